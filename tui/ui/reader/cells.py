"""Cell widths and line breaking: where text may break, in Latin, CJK and everything between. Pure."""

import re
from collections.abc import Iterator

from rich.cells import cell_len, split_graphemes

__all__ = ["cell_len", "fit", "fold", "wrap"]

_WIDE = (
    "\u1100-\u115f\u2e80-\u2fff\u3040-\u30ff\u3100-\u31bf\u31f0-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fffd"
)
_OPEN = "（〔［｛〈《「『【〖〘‘“"
_CLOSE = "、。，．：；？！）〕］｝〉》」』】〗〙’”ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％‰°℃…"
_ATOM = re.compile(
    f"\n| +|[{_OPEN}]*[{_WIDE}][{_CLOSE}]*|[–—-]*[{_OPEN}]*[^ \n{_WIDE}{_OPEN}–—-]+[–—-]*|[–—-]+|[{_OPEN}]+"
)
_NEIGHBOURS = re.compile(r"(?<=\])(?=\[)")
_ENDS = re.compile(r"(?<=[/?&=_.,;:%#])")


def wrap(text: str, first: int, rest: int) -> list[tuple[int, int]]:
    """Return where the lines of `text` begin and end: `first` cells for the first line, `rest` for the others.

    Breaks at blanks, after hyphens, between CJK characters (never before closing or after opening punctuation) and
    between neighbouring "][" chips; longer words are cut where they fill the line. Newlines always break. A no-break
    space does not.
    """
    if len(text) <= first and "\n" not in text and (text.isascii() or cell_len(text) <= first):
        return [(0, len(text))]
    width = len if text.isascii() else cell_len
    lines: list[tuple[int, int]] = []
    start = end = used = blanks = 0
    room = max(first, 1)
    for first_of_atom, stop in _atoms(text):
        begin = first_of_atom
        char = text[begin]
        if char == "\n":
            lines.append((start, max(start, end)))
            start = end = stop
            used, blanks, room = 0, 0, max(rest, 1)
            continue
        size = width(text[begin:stop])
        if char == " ":
            blanks += size
            continue
        if used and used + blanks + size > room:
            lines.append((start, end))
            start, used, blanks, room = begin, 0, 0, max(rest, 1)
        while size + used + blanks > room:
            cut = _cut(text, begin, stop, room - used - blanks)
            lines.append((start, cut))
            start = begin = cut
            used, blanks, room = 0, 0, max(rest, 1)
            size = width(text[begin:stop])
        used += blanks + size
        blanks, end = 0, stop
    lines.append((start, max(start, end)))
    return lines


def _atoms(text: str) -> Iterator[tuple[int, int]]:
    for match in _ATOM.finditer(text):
        start, end = match.span()
        if "][" in (atom := match[0]):
            for piece in _NEIGHBOURS.split(atom):
                yield start, start + len(piece)
                start += len(piece)
        else:
            yield start, end


def _cut(text: str, start: int, stop: int, room: int) -> int:
    """Where to cut the overlong word text[start:stop] so that its head takes at most `room` cells (at least 1 letter).

    An address is rather cut after one of its separators when one stands in the last third.
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
    ends = [match.end() for match in _ENDS.finditer(word, 0, taken) if match.end() > taken * 2 // 3]
    return start + (ends[-1] if ends else taken)


def fit(text: str, room: int) -> str:
    """Return `text` cut to `room` cells, with an ellipsis if something was cut."""
    if cell_len(text) <= room:
        return text
    if room <= 1:
        return "…"[:room]
    used, out = 0, 0
    for _, end, size in split_graphemes(text)[0]:
        if used + size > room - 1:
            break
        used, out = used + size, end
    return text[:out].rstrip() + "…"


def fold(text: str, room: int) -> list[str]:
    """Return the lines of `text` wrapped to `room` cells."""
    return [text[start:end] for start, end in wrap(text, room, room)]
