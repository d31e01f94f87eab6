r"""The labels of listed sources: `[3]`, `3.`, `(3)`, `[[3]](url)`, `[3\. Title](url)` and the like."""

from collections import Counter
from collections.abc import Iterable, Sequence

from markdown_it.token import Token

from tui.domain.patterns import late
from tui.report.document import MarkerKind
from tui.report.markdown.grammar import MarkerToken
from tui.report.markdown.notations import NAME_ONLY, WRITTEN_KEY, WRITTEN_LABEL, is_short_key, keycap_or_circled
from tui.report.markdown.spans import SourceLine

_TEXT_LABEL = late(
    r"\s*(?:[(（](\d{1,3})[)）]|(\d{1,3})(?:[.)）．]\s|[.)）．、](?=[^\d\s])|\]\s)|\[(\d{1,3})[.:：]\]?)\s*"
)
_LINK_LABEL = late(r"\s*(\d{1,3})\s*(?:\\?\.|\)|、|．)\s*(?=\S)")
_AROUND = frozenset({"strong_open", "strong_close", "em_open", "em_close", "html_tag", "anchor"})
_LONGEST_OF_SERIES = 6
_ENDS = frozenset({"text", "strong_close", "em_close", "html_tag", "cite", "link_open"})
_LABEL_KINDS = frozenset(
    {MarkerKind.NUMERIC, MarkerKind.LENTICULAR, MarkerKind.FOOTNOTE, MarkerKind.NUM_LINK, MarkerKind.NUM_ANCHOR}
)


def take_labels(line: SourceLine) -> tuple[list[str], dict[str, str], list[Token]]:
    """Return the labels at the start of a line, their own URLs, and the tokens after them."""
    labels: list[str] = []
    own: dict[str, str] = {}
    family: tuple[MarkerKind, bool] | None = None
    tokens = line.tokens
    at = 0
    while at < len(tokens):
        token = tokens[at]
        mark: MarkerToken | None = token.meta.get("mark")
        if token.type == "cite" and mark and _is_label(mark) and family in {None, _family(mark)}:
            family = _family(mark)  # "[8] [731](url)" is one label and a title, so is "[8] [RFC]"
            labels.extend(mark.ids)
            if mark.url:
                own.update(dict.fromkeys(mark.ids, mark.url))
            mark.state = "label"
        elif not _is_decoration(token):
            break
        at += 1
    rest = tokens[at:]
    if labels:
        title_link(rest)
    else:
        found = _written_label(rest)
        if found:
            return [found], own, rest
    return labels, own, rest


def _family(mark: MarkerToken) -> tuple[MarkerKind, bool]:
    return mark.kind, mark.ids[0].isdigit()


def _is_decoration(token: Token) -> bool:
    """Whether a token may surround labels: bold, spaces, a colon, "Source" before "[1]"."""
    if token.type != "text":
        return token.type in _AROUND
    bare = not token.content.strip(" \t:：")
    return bare or (token.content[-1:].isspace() and bool(NAME_ONLY.fullmatch(token.content)))  # as it must end


def title_link(tokens: Iterable[Token]) -> None:
    """Mark a numbered link right after a label as the entry's title ("731" is a film), not a citation."""
    for token in tokens:
        if token.type == "cite" and token.meta["mark"].kind is MarkerKind.NUM_LINK:
            token.meta["mark"].state = "text"
        if token.type != "text" or token.content.strip(" :："):
            return


def settle_keys(lines: Sequence[SourceLine], inside: bytearray) -> None:
    """Decide which bracketed words at the start of an entry are its label: cited ones, and short keys.

    "[Smith2020] Title" has a label; "[Video] Title" has none, unless the text says "[Video]" too.
    """
    keys: list[tuple[int, MarkerToken]] = []
    cited: set[str] = set()
    for at, line in enumerate(lines):
        if line.unit.kind == "definition":
            continue
        for place, mark in enumerate(line.marks()):
            if not mark.listed or mark.ids[0].isdigit() or mark.kind is MarkerKind.FOOTNOTE:
                continue
            if place == 0 and _leads(line, mark) and (inside[at] or any(other.url for other in line.marks())):
                keys.append((at, mark))
            elif not inside[at]:
                cited.update(number for choice in mark.choices for number in choice)
    times = Counter(mark.ids[0] for _, mark in keys)
    for at, mark in keys:
        number = mark.ids[0]
        numbered = (lines[at].unit.item or "•") != "•" and lines[at].at == 0
        if times[number] > 1 or not (number in cited or (is_short_key(number) and not numbered)):
            mark.state = "text"
    for at, line in enumerate(lines):
        if inside[at] and cited:
            _settle_written_key(line, cited)


def _settle_written_key(line: SourceLine, cited: set[str]) -> None:
    """Label `S1: Title`, `**S1** Title` and a cell "S1" if the text cites "[S1]"."""
    text = next((token for token in line.tokens if not _is_decoration(token)), None)
    if text is not None and text.type == "text":
        match = WRITTEN_KEY.match(text.content)
        if match and (match[1] in cited or _series(match[1]) in {_series(key) for key in cited} - {""}):
            text.meta["key"] = match[1], match.end()


def _series(key: str) -> str:
    """Return the letters of "S1", which its neighbours share; "" for other keys."""
    return key.rstrip("0123456789") if is_short_key(key) and len(key) <= _LONGEST_OF_SERIES else ""


def _leads(line: SourceLine, mark: MarkerToken) -> bool:
    """Whether only styles and spaces precede a marker."""
    for token in line.tokens:
        if token.meta.get("mark") is mark:
            return True
        if not _is_decoration(token):
            return False
    return False


def _is_label(mark: MarkerToken) -> bool:
    if mark.state == "text":
        return False
    return mark.kind in _LABEL_KINDS and (len(mark.ids) == 1 or mark.kind is MarkerKind.NUM_LINK)


def _written_label(tokens: Sequence[Token]) -> str | None:
    r"""Return the label of `3. …`, `(3) …` and `[3\. Title](url)`, and remove it from the text."""
    if not tokens:
        return None
    first = tokens[0]
    form, at = _TEXT_LABEL, 0
    if first.type == "link_open" and len(tokens) > 1:
        form, at = _LINK_LABEL, 1
    elif first.type != "text":
        return None
    text = tokens[at]
    if text.type != "text":
        return None
    if "key" in text.meta:
        key, text.meta["skip"] = text.meta["key"]
        return str(key)
    number = text.content.strip(" .:：)[]#、．")
    if at == 0 and number.isdecimal() and len(number) <= 3 and len(tokens) > 1 and tokens[1].type in _ENDS:
        text.meta["skip"] = len(text.content)  # an element of its own in front of the entry
        return str(int(number))
    match = form.match(text.content) or (WRITTEN_LABEL.match(text.content) if at == 0 else None)
    if match:
        label = next(group for group in match.groups() if group)
        text.meta["skip"] = match.end()
        return str(int(label))
    sign = keycap_or_circled(text.content.lstrip()) if at == 0 else None
    if sign:
        label, length = sign
        text.meta["skip"] = len(text.content) - len(text.content.lstrip()) + length
        return label
    return None


def starts_with_label(line: SourceLine) -> bool:
    """Whether a line begins with a marker that may be a label."""
    for token in line.tokens:
        if token.type == "cite":
            mark: MarkerToken = token.meta["mark"]
            return _is_label(mark)
        if token.type not in {"strong_open", "em_open"} and not (
            token.type == "text" and NAME_ONLY.fullmatch(token.content)
        ):
            return False
    return False


def is_block(line: SourceLine) -> bool:
    """Whether a line is labels, each with or without a URL, and a title without further citations."""
    tail = False
    for token in line.tokens:
        mark: MarkerToken | None = token.meta.get("mark")
        if mark is None:
            tail = tail or (token.type == "text" and bool(token.content.strip()))
        elif tail and mark.kind in _LABEL_KINDS:
            return False
    return True


def is_labelled_url(line: SourceLine) -> bool:
    """Whether a line is `[n] url` or `[n] [title](url)`."""
    if line.unit.kind != "text" or not starts_with_label(line):
        return False
    seen = False
    for token in line.tokens:
        mark: MarkerToken | None = token.meta.get("mark")
        if token.type == "text" and not token.content.strip(" \t.:：-–—"):
            continue
        if mark is not None and mark.kind in {MarkerKind.LINK, MarkerKind.URL}:
            return seen
        if mark is None and token.type not in {"strong_open", "strong_close", "em_open", "em_close"}:
            return False
        if mark is not None and mark.kind is MarkerKind.NUM_LINK:
            return False
        seen = seen or mark is not None
    return False
