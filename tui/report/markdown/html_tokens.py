"""HTML source split into tags and texts, so that an HTML parser sees the structure and positions are kept."""

import re
from dataclasses import dataclass, field

from tui.domain.patterns import late
from tui.report.markdown.vendor_tags import is_vendor

_PIECE = late(
    r"<(?:(?P<comment>!--)|!\[CDATA\[|[!?][^<>]*>"
    r"|(?P<raw>script|style|template|noembed|noframes)(?:[\s/][^<>]*)?>"
    r"|(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*)(?:[\s/](?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)?>)",
    re.IGNORECASE,
)
_SENTINELS = str.maketrans({"\ue100": "\ufffd", "\ue101": "\ufffd"})
REFERENCE = late("\ue100(\\d+)\ue101")  # stands for a text
_SELF_CLOSING = frozenset("area base br col embed hr img input link meta source track wbr".split())
_CLOSED_BY_OTHERS = frozenset("p li td th tr dt dd option thead tbody tfoot colgroup".split())
_ATTRIBUTE = late(r"[^\s\"'<>/=]+(?:\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>]*))?")
_MOST_ATTRIBUTES = 64  # of one tag; the HTML parser is quadratic in them
_LONGEST_TAG = 2000  # characters; a shorter one has not enough room for too many
_DEEPEST = 400  # open elements; the HTML parser is quadratic in the depth


@dataclass(slots=True)
class SplitHtml:
    """The source of an HTML page split into tags and texts."""

    markup: str  # tags, and a reference for each text
    texts: list[tuple[int, int]]
    anchors: list[tuple[int, int]]  # of every "<a …>" and tag of a service: its start and the end of its closing tag


def split_tags(html: str) -> SplitHtml:
    """Return the tags of `html` with a reference in place of each text; comments and scripts are left out."""
    cutter = _Cutter(html)
    cutter.run()
    anchors = [(start, end) for start, end in cutter.anchors]
    return SplitHtml("".join(cutter.parts), cutter.texts, anchors)


@dataclass(slots=True)
class _Cutter:
    html: str
    parts: list[str] = field(default_factory=list)
    texts: list[tuple[int, int]] = field(default_factory=list)
    anchors: list[list[int]] = field(default_factory=list)
    _open_anchors: dict[str, list[int]] = field(default_factory=dict)
    _depth: int = 0
    _last: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        """Split the whole source."""
        at = start = 0
        while piece := _PIECE.search(self.html, at):
            at = piece.end()
            if piece["comment"] or piece["raw"]:
                at = self._closed("-->" if piece["comment"] else f"</{piece['raw'].lower()}", at)
                if at < 0:  # never closed: what follows is text, not lost
                    at = piece.end()
                    continue
            self._text(start, piece.start())
            start = at
            if piece["name"]:
                self._tag(piece, piece["name"].lower())
        self._text(start, len(self.html))

    def _closed(self, closer: str, at: int) -> int:
        """Return the end of what began before `at`, else -1; a missing closer is searched only once."""
        if closer not in self._last:
            self._last[closer] = last_of(closer, self.html)
        if self._last[closer] < at:
            return -1
        found = re.compile(re.escape(closer), re.IGNORECASE | re.ASCII).search(self.html, at)
        return self.html.find(">", found.end() - 1) + 1 or len(self.html) if found else -1

    def _text(self, start: int, end: int) -> None:
        if self.html[start:end].strip():
            self.parts.append(f"\ue100{len(self.texts)}\ue101")
            self.texts.append((start, end))
        elif start < end:
            self.parts.append(" ")

    def _tag(self, piece: re.Match[str], name: str) -> None:
        counted = name not in _SELF_CLOSING and name not in _CLOSED_BY_OTHERS
        if piece["close"]:
            self._depth -= counted and self._depth > 0
            if self._open_anchors.get(name):
                self.anchors[self._open_anchors[name].pop()][1] = piece.end()
        else:
            self._depth += counted
            if self._depth > _DEEPEST:
                return
            if name == "a" or is_vendor(name):
                if not piece[0].endswith("/>"):
                    self._open_anchors.setdefault(name, []).append(len(self.anchors))
                self.anchors.append([piece.start(), piece.end()])
                self.parts.append(f'<{name} data-at="{len(self.anchors) - 1}"{_bounded(piece[0])[len(name) + 1 :]}')
                return
        self.parts.append(_bounded(piece[0]))


def _bounded(tag: str) -> str:
    """Return a tag with its first attributes only: any more are an attack."""
    if len(tag) <= _LONGEST_TAG:
        return tag
    name = re.match(r"</?[A-Za-z][A-Za-z0-9:-]*", tag)
    assert name is not None, "what is no tag is no piece"
    kept = [found[0] for _, found in zip(range(_MOST_ATTRIBUTES), _ATTRIBUTE.finditer(tag, name.end()), strict=False)]
    return f"{' '.join([name[0], *kept])}>"


def last_of(needle: str, text: str) -> int:
    """Return the last index of `needle`, ignoring case; -1 if there is none."""
    last = -1
    for found in re.finditer(re.escape(needle), text, re.IGNORECASE | re.ASCII):
        last = found.start()
    return last


def without_sentinels(html: str) -> str:
    """Return `html` without the private-use characters around references; its length stays."""
    return html.translate(_SENTINELS)
