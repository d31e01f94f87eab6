"""One entry of a source list while it is read, and its title."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markdown_it.token import Token

from tui.domain.patterns import late
from tui.report.address import is_url, unescape
from tui.report.document import MarkerKind
from tui.report.list_headings import has_access_date, without_access_date
from tui.report.markdown.grammar import MarkerToken
from tui.report.markdown.spans import SourceLine

_EDGES = late(
    r"\A[\s\-–—:：|,，;；.。·•*_~^<>#=→\\]+"
    r"|[\s\-–—:：|,，、;；.·*_~^<>#\\(（\[]+\Z"
)
_POINTER_AT_END = late(
    r"(?:\A|[\s,，;；.。|–—-])(?:url|link|enlace|lien|网址|網址|链接|連結|リンク|링크"
    r"|available (?:at|from)|disponible(?: en| \(en\)| sur)?|disponível em|disponibile (?:su|a)|verfügbar unter)"
    r"\s*[:：]?\s*\Z",
    re.IGNORECASE,
)
_QUOTED = late(r"\"([^\"]+)\"|'([^']+)'")  # `[2]: address "Title"`
_EMPTY = late(r"[(（\[【]\s*[)）\]】]")
_POINTERS = frozenset("link url source pdf here view open 链接 連結 原文 リンク 링크 enlace lien ссылка".split())
_BREAK = Token("softbreak", "br", 0)


@dataclass(slots=True, eq=False)
class Definition:
    """One entry of a list in the text."""

    label: str | None
    url: str | None
    title: str | None
    line: int
    id: str = ""
    dated: bool = False  # carries a day of access
    anchors: frozenset[str] = frozenset()  # names by which links within the document lead to it


@dataclass(slots=True, eq=False)
class EntryDraft:
    """An entry while its lines are read."""

    labels: list[str]
    line: SourceLine
    own: dict[str, str] = field(default_factory=dict)  # URLs that labels carry themselves
    pieces: list[Token] = field(default_factory=list)
    link: str | None = None
    bare: str | None = None
    group: bool = False  # a list item that only names the items below it

    def add(self, tokens: Iterable[Token]) -> None:
        """Add the tokens of one line: its words to the title, its first link as the URL."""
        if self.pieces:
            self.pieces.append(_BREAK)
        for token in tokens:
            mark: MarkerToken | None = token.meta.get("mark")
            if token.type == "link_open" and mark and mark.url and self.link is None:
                self.link = mark.url
            elif token.type == "cite" and mark and mark.url:
                if mark.kind is MarkerKind.URL:
                    self.bare = self.bare or mark.url
                elif self.link is None:
                    self.link = mark.url
            self.pieces.append(token)

    def add_address(self, tokens: Iterable[Token]) -> None:
        """Take the URL of a remark below the entry, but not its words."""
        self.add(token for token in tokens if "mark" in token.meta and token.type == "cite")
        for token in tokens:
            mark: MarkerToken | None = token.meta.get("mark")
            if token.type == "link_open" and mark and self.link is None:
                self.link = mark.url

    @property
    def url(self) -> str | None:
        """The first link, else the first bare address."""
        return self.link or self.bare

    def finish(self) -> Iterator[Definition]:
        """Yield the entry once for each of its labels; nothing if it is empty."""
        raw = text_of(self.pieces)
        title = tidy_title(raw)
        if title and self.line.unit.kind == "definition" and (quoted := _QUOTED.fullmatch(title)):
            title = quoted[1] or quoted[2] or title
        if self.group and not self.url:
            return
        if title is None and not self.url and not self.own:
            return
        dated, anchors = has_access_date(raw), frozenset(self.line.anchors())
        if not self.labels:
            yield Definition(None, self.url, title, self.line.number, dated=dated, anchors=anchors)
        for label in self.labels:
            yield Definition(
                label, self.own.get(label) or self.url, title, self.line.number, dated=dated, anchors=anchors
            )


def text_of(tokens: Iterable[Token]) -> str:
    """Return the words of inline tokens, without addresses, markers and pictures."""
    parts: list[str] = []
    in_address = False
    for token in tokens:
        if token.type == "link_open":
            in_address = is_address(token) or _leads_back(token)
        elif token.type == "link_close":
            in_address = False
        elif in_address:
            continue
        elif token.type == "text" and not is_url(token.content.strip()):
            parts.append(token.content[token.meta.get("skip", 0) :])
        elif token.type in {"code_inline", "math"} and not is_url(token.content):
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif token.type == "cite" and _is_word(token.meta["mark"]):
            mark: MarkerToken = token.meta["mark"]
            parts.append(mark.marker if mark.plain is None else mark.plain)
    return "".join(parts)


def _leads_back(opening: Token) -> bool:
    """Whether the text of a link within the document is only an arrow or a number."""
    mark: MarkerToken | None = opening.meta.get("mark")
    return mark is not None and bool(mark.target) and not any(map(str.isalpha, mark.label))


def _is_word(mark: MarkerToken) -> bool:
    """Whether a marker is bracketed words ("[Online]") that belong to a title unless they are its label."""
    return mark.listed and mark.state != "label" and not mark.ids[0].isdigit()


def is_address(opening: Token) -> bool:
    """Whether the text of a link is an address, or a word such as "here"."""
    mark: MarkerToken | None = opening.meta.get("mark")
    if mark is None:
        return False
    words = unescape(mark.label.strip(" *_<>[]"))
    return is_url(words) or words.lower() in _POINTERS


def tidy_title(text: str) -> str | None:
    """Return the title of an entry without access date and stray punctuation; None if it is empty."""
    text = _EMPTY.sub(" ", without_access_date(text))
    text = " ".join(text.split())
    before = ""
    while text != before:
        before = text
        text = _EDGES.sub("", _POINTER_AT_END.sub("", text))
    return text or None


def lone_url(line: SourceLine) -> str | None:
    """Return the URL of a line that has nothing else; None for any other line."""
    urls = [mark.url for mark in line.marks() if mark.url]
    return urls[0] if len(urls) == 1 and not tidy_title(text_of(line.tokens)) else None
