"""HTML source cut into tags and texts, so that an HTML parser sees the structure and we keep every place."""

import re
from dataclasses import dataclass

_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[|<[!?][^>]*>"
    r"|<(?P<raw>script|style|template|noembed|noframes)\b[^>]*>.*?(?:</(?P=raw)\s*>|\Z)"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*)(?:[\s/](?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)?>",
    re.IGNORECASE | re.DOTALL,
)
_SENTINELS = str.maketrans({"\ue100": "\ufffd", "\ue101": "\ufffd"})
REFERENCE = re.compile("\ue100(\\d+)\ue101")  # stands for a text
_SELF_CLOSING = frozenset("area base br col embed hr img input link meta source track wbr".split())
_CLOSED_BY_OTHERS = frozenset("p li td th tr dt dd option thead tbody tfoot colgroup".split())
_DEEPEST = 400  # open elements; the HTML parser is quadratic in the depth


@dataclass(slots=True)
class Skeleton:
    """A source cut into pieces."""

    markup: str  # tags, and a reference for each text
    texts: list[tuple[int, int]]
    anchors: list[tuple[int, int]]  # of every "<a …>": its start and the end of its "</a>"


def cut(html: str) -> Skeleton:
    """Return the tags of `html` with a reference in place of each text; comments and scripts are left out."""
    parts: list[str] = []
    texts: list[tuple[int, int]] = []
    anchors: list[list[int]] = []
    open_anchors: list[int] = []
    at = depth = 0

    def take_text(end: int) -> None:
        if html[at:end].strip():
            parts.append(f"\ue100{len(texts)}\ue101")
            texts.append((at, end))
        elif at < end:
            parts.append(" ")

    for piece in _PIECE.finditer(html):
        take_text(piece.start())
        at = piece.end()
        name = (piece["name"] or "").lower()
        if not name:
            continue
        counted = name not in _SELF_CLOSING and name not in _CLOSED_BY_OTHERS
        if piece["close"]:
            depth -= counted and depth > 0
            if name == "a" and open_anchors:
                anchors[open_anchors.pop()][1] = piece.end()
        else:
            depth += counted
            if depth > _DEEPEST:
                continue
            if name == "a":
                open_anchors.append(len(anchors))
                anchors.append([piece.start(), piece.end()])
                parts.append(f'<a data-at="{len(anchors) - 1}"{piece[0][2:]}')
                continue
        parts.append(piece[0])
    take_text(len(html))
    return Skeleton("".join(parts), texts, [(start, end) for start, end in anchors])


def without_sentinels(html: str) -> str:
    """Return `html` without the private characters that stand around references; lengths stay."""
    return html.translate(_SENTINELS)
