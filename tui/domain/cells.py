"""Terminal cells: width, cutting and wrapping of text in Latin, CJK and mixed scripts.

The one place that measures, for lists, reader and command line. The width of a character is rich's, as it is Textual's:
what the terminal is told and what the layout counts cannot differ.
"""

import re
from collections.abc import Iterator
from functools import cache

from rich.cells import cell_len as rich_cell_len
from rich.cells import split_graphemes

from tui.domain.patterns import late

_WIDE = (
    "\u1100-\u115f\u2e80-\u2fff\u3040-\u30ff\u3100-\u31bf\u31f0-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fffd"
)
_OPEN = "（〔［｛〈《「『【〖〘‘“"
_CLOSE = "、。，．：；？！）〕］｝〉》」』】〗〙’”ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％‰°℃…"
_ATOM = f" +|[{_OPEN}]*[{_WIDE}][{_CLOSE}]*|[–—-]*[{_OPEN}]*[^ \n{_WIDE}{_OPEN}–—-]+[–—-]*|[–—-]+|[{_OPEN}]+"
_NARROW = late(
    "[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0588\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u22ff]*"
)
_UNITS = (
    "%|°[CF]?|[kKMGTcdmµμnp]?(?:m|g|l|L|s|W|V|A|J|Hz|eV|B|b|bit|Pa|mol|Wh|t|K|Ω|F)"
    "|[kMGT]iB|h|min|ms|dB|ppm|ppb|mmHg|rpm|bn|mn"
)
_QUANTITY = late(rf"(?<=\d)[-–](?=\d)|(?<=\d) (?=(?:{_UNITS})(?![0-9A-Za-zÀ-ÿ'’]))")  # "1-2 nm" stays on one line
_NO_BREAK_AFTER = {"", " ", "-", "–", "—"}
_NEIGHBOURS = late(r"(?<=\])(?=\[)")
_ENDS = late(r"(?<=[/?&=_.,;:%#])")


@cache
def _atom() -> re.Pattern[str]:
    """Return the pattern of unbreakable pieces; compiled for the first text that is not Latin, not at start-up."""
    return re.compile(_ATOM)


def cell_len(text: str) -> int:
    """Return how many terminal cells `text` takes."""
    return len(text) if text.isascii() else rich_cell_len(text)


def line_spans(text: str, first: int, rest: int) -> list[tuple[int, int]]:
    """Return (start, end) of the lines of `text` wrapped to `first` cells, further lines to `rest`.

    Breaks at blanks, after hyphens, between CJK characters (never before closing or after opening punctuation) and
    between neighbouring "][" chips; longer words are cut where they fill the line. Newlines always break. A no-break
    space does not.
    """
    first, rest = max(first, 1), max(rest, 1)
    if _QUANTITY.search(text):
        text = _QUANTITY.sub(lambda match: "\xa0" if match[0] == " " else "\u2011", text)
    if "\n" not in text:
        return _wrap_line(text, 0, len(text), first, rest)
    lines: list[tuple[int, int]] = []
    start = 0
    for piece in text.split("\n"):
        lines += _wrap_line(text, start, start + len(piece), rest if lines else first, rest)
        start += len(piece) + 1
    return lines


def _wrap_line(text: str, start: int, stop: int, first: int, rest: int) -> list[tuple[int, int]]:
    line = text[start:stop]
    if _NARROW.fullmatch(line):
        if len(line) <= first:
            return [(start, stop)]
        return [(start + low, start + high) for low, high in _wrap_narrow(line, first, rest)]
    return [(start + low, start + high) for low, high in _wrap_any(line, first, rest)]


def _wrap_narrow(text: str, first: int, rest: int) -> list[tuple[int, int]]:
    """Wrap text of one cell a character: ten times as fast, because it looks at line ends only."""
    lines: list[tuple[int, int]] = []
    hyphens = [hyphen for hyphen in "-–—" if hyphen in text]
    start, room, length = 0, first, len(text.rstrip(" "))
    while length - start > room:
        limit = start + room
        blank = limit if text[limit] == " " else text.rfind(" ", start, limit)
        cut = limit if blank == limit else max(blank, _inside(text, max(blank + 1, start), limit, hyphens))
        if cut <= start or not text[start:cut].strip(" "):
            word = start + len(text[start:]) - len(text[start:].lstrip(" "))
            if word > start:  # blanks before a word that does not fit: they go
                start = word
                continue
            end = text.find(" ", start)
            cut = _cut(text, start, end if end >= 0 else length, room)
        lines.append((start, start + len(text[start:cut].rstrip(" "))))
        start, room = cut, rest
        while start < length and text[start] == " ":
            start += 1
    lines.append((start, max(start, length)))
    return lines


def _inside(text: str, start: int, limit: int, hyphens: list[str]) -> int:
    """Return the last position up to `limit` where the word at `start` may break; -1 for none."""
    best = text.rfind("][", start, limit + 1) + 1 or -1
    for hyphen in hyphens:
        at = text.rfind(hyphen, start, limit)
        while at > start:
            following = text[at + 1 : at + 2]
            if following not in _NO_BREAK_AFTER and following not in _CLOSE and text[start:at].strip("-–—"):
                best = max(best, at + 1)
                break
            at = text.rfind(hyphen, start, at)
    return best


def _wrap_any(text: str, first: int, rest: int) -> list[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    start = end = used = blanks = 0
    room = first
    for first_of_atom, stop in _atoms(text):
        begin = first_of_atom
        size = cell_len(text[begin:stop])
        if text[begin] == " ":
            blanks += size
            continue
        if used + blanks + size > room:
            if used:
                lines.append((start, end))
                room = rest
            start, used, blanks = begin, 0, 0
        while size > room:
            cut = _cut(text, begin, stop, room)
            lines.append((start, cut))
            start = begin = cut
            room = rest
            size = cell_len(text[begin:stop])
        used += blanks + size
        blanks, end = 0, stop
    lines.append((start, max(start, end)))
    return lines


def _atoms(text: str) -> Iterator[tuple[int, int]]:
    """Yield the unbreakable pieces of a text; closing punctuation stays with what it closes."""
    begun, ended = -1, -1
    for start, end in _pieces(text):
        if begun >= 0 and text[start] in _CLOSE and text[ended - 1] != " ":
            ended = end
            continue
        if begun >= 0:
            yield begun, ended
        begun, ended = start, end
    if begun >= 0:
        yield begun, ended


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    for match in _atom().finditer(text):
        start, end = match.span()
        if "][" in (atom := match[0]):
            for piece in _NEIGHBOURS.split(atom):
                yield start, start + len(piece)
                start += len(piece)
        else:
            yield start, end


def _cut(text: str, start: int, stop: int, room: int) -> int:
    """Return where to cut the overlong word text[start:stop] so that its head takes at most `room` cells.

    An address is rather cut after one of its separators when one stands in the last third, and what a no-break space
    holds together rather there than within its parts.
    """
    word = text[start:stop]
    taken = used = 0
    if word.isascii():
        taken = max(1, room)
    else:
        for _, end, size in split_graphemes(word)[0]:
            if used + size > room and taken:
                break
            taken, used = end, used + size
    if (held := word.rfind("\xa0", 1, taken)) > 0:
        return start + held + 1
    ends = [match.end() for match in _ENDS.finditer(word, 0, taken) if match.end() > taken * 2 // 3]
    return start + (ends[-1] if ends else taken)


def cut(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, with an ellipsis if something was cut; no character is halved."""
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return "…"[: max(0, width)]
    if text.isascii():
        return text[: width - 1].rstrip() + "…"
    used, out = 0, 0
    for _, end, size in split_graphemes(text)[0]:
        if used + size > width - 1:
            break
        used, out = used + size, end
    return text[:out].rstrip() + "…"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return `text` in exactly `width` cells: padded, or cut with an ellipsis."""
    text = cut(text, width)
    padding = " " * (width - cell_len(text))
    return padding + text if right else text + padding


def fold(text: str, room: int) -> list[str]:
    """Return the lines of `text` wrapped to `room` cells."""
    return [text[start:end] for start, end in line_spans(text, room, room)]


def wrap(text: str, width: int) -> list[str]:
    """Return `text` broken into lines of at most `width` cells; its own line breaks are kept, indents too."""
    width = max(1, width)
    wrapped: list[str] = []
    for paragraph in text.split("\n"):
        if cell_len(paragraph) <= width:
            wrapped.append(paragraph.rstrip())
            continue
        words = paragraph.lstrip(" ")
        indent = paragraph[: len(paragraph) - len(words)][: width // 2]
        wrapped += [indent + line for line in fold(words, width - len(indent))]
    return wrapped
