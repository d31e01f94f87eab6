r"""The labels in front of listed sources: `[3]`, `3.`, `(3)`, `[[3]](url)`, `[3\. Title](url)` and their like."""

import re
from collections.abc import Iterable, Sequence

from markdown_it.token import Token

from tui.report.document import MarkerKind
from tui.report.markdown.grammar import MarkerToken
from tui.report.markdown.spans import SourceLine

_TEXT_LABEL = re.compile(
    r"\s*(?:[(（](\d{1,3})[)）]|(\d{1,3})(?:[.)）．]\s|[.)）．、](?=[^\d\s]))|\[(\d{1,3})[.:：])\s*"
)
_LINK_LABEL = re.compile(r"\s*(\d{1,3})\s*(?:\\?\.|\)|、|．)\s*(?=\S)")
_AROUND = frozenset({"strong_open", "strong_close", "em_open", "em_close", "html_tag", "anchor"})
_LABEL_KINDS = frozenset(
    {MarkerKind.NUMERIC, MarkerKind.LENTICULAR, MarkerKind.FOOTNOTE, MarkerKind.NUM_LINK, MarkerKind.NUM_ANCHOR}
)


def take_labels(line: SourceLine) -> tuple[list[str], dict[str, str], list[Token]]:
    """Return the labels at the start of a line, the URLs they carry themselves, and the tokens after them."""
    labels: list[str] = []
    own: dict[str, str] = {}
    family: MarkerKind | None = None
    tokens = line.tokens
    at = 0
    while at < len(tokens):
        token = tokens[at]
        mark: MarkerToken | None = token.meta.get("mark")
        if token.type == "cite" and mark and _is_label(mark) and (family is None or family is mark.kind):
            family = mark.kind  # "[8] [731](url)" is one label and a title
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


def _is_decoration(token: Token) -> bool:
    """Whether a token may stand around labels: bold, blanks, a colon."""
    return token.type in _AROUND or (token.type == "text" and not token.content.strip(" \t:："))


def title_link(tokens: Iterable[Token]) -> None:
    """A numbered link right after a label is the entry's title ("731" is a film), no citation."""
    for token in tokens:
        if token.type == "cite" and token.meta["mark"].kind is MarkerKind.NUM_LINK:
            token.meta["mark"].state = "text"
        if token.type != "text" or token.content.strip(" :："):
            return


def _is_label(mark: MarkerToken) -> bool:
    return mark.kind in _LABEL_KINDS and (len(mark.ids) == 1 or mark.kind is MarkerKind.NUM_LINK)


def _written_label(tokens: Sequence[Token]) -> str | None:
    r"""Return the label of `3. …`, `(3) …` and `[3\. Title](url)`, and take it out of the text."""
    if not tokens:
        return None
    first = tokens[0]
    form, at = _TEXT_LABEL, 0
    if first.type == "link_open" and len(tokens) > 1:
        form, at = _LINK_LABEL, 1
    elif first.type != "text":
        return None
    text = tokens[at]
    number = text.content.strip(" .)[]")
    if at == 0 and number.isdigit() and len(number) <= 3 and len(tokens) > 1 and tokens[1].type == "text":
        text.meta["skip"] = len(text.content)  # an element of its own in front of the entry
        return str(int(number))
    match = form.match(text.content) if text.type == "text" else None
    if not match:
        return None
    label = next(group for group in match.groups() if group)
    text.meta["skip"] = match.end()
    return str(int(label))


def starts_with_label(line: SourceLine) -> bool:
    """Whether a line begins with a marker that could be a label."""
    for token in line.tokens:
        if token.type == "cite":
            mark: MarkerToken = token.meta["mark"]
            return _is_label(mark)
        if token.type not in {"strong_open", "em_open"}:
            return False
    return False


def is_block(line: SourceLine) -> bool:
    """Whether a line is labels, each with its own URL or without one, and a title that cites nothing more."""
    tail = False
    for token in line.tokens:
        mark: MarkerToken | None = token.meta.get("mark")
        if mark is None:
            tail = tail or (token.type == "text" and bool(token.content.strip()))
        elif tail and mark.kind in _LABEL_KINDS:
            return False
    return True


def is_labelled_url(line: SourceLine) -> bool:
    """Whether a line reads `[n] url` or `[n] [title](url)`."""
    if line.unit.kind != "text" or not starts_with_label(line):
        return False
    seen = False
    for token in line.tokens:
        mark: MarkerToken | None = token.meta.get("mark")
        if token.type == "text" and not token.content.strip(" \t:：-–—"):
            continue
        if mark is not None and mark.kind in {MarkerKind.LINK, MarkerKind.URL}:
            return seen
        if mark is None and token.type not in {"strong_open", "strong_close", "em_open", "em_close"}:
            return False
        if mark is not None and mark.kind is MarkerKind.NUM_LINK:
            return False
        seen = seen or mark is not None
    return False
