"""The inline content of HTML: texts, styles, links and markers, each with its exact position in the source."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape as unescape_html
from itertools import pairwise

from markdown_it.token import Token
from selectolax.lexbor import LexborNode

from tui.domain.patterns import late
from tui.report.address import is_url, is_web
from tui.report.document import MarkerKind
from tui.report.markdown.grammar import EXPONENT_BEFORE, MarkerToken, numbers_in, raised_number
from tui.report.markdown.html_tokens import REFERENCE, SplitHtml
from tui.report.markdown.vendor_tags import find_tag

Inline = Callable[[str], tuple[list[Token], list[MarkerToken]]]  # inline parser of a text: its tokens and its markers
_LONGEST_RAISED = 60  # characters
_BLANKS = late(r"[ \t\n\r\f](?:[ \t\n\r\f]+|(?<! ))")  # all but a single space


@dataclass(slots=True)
class _Link:
    target: str
    mark: MarkerToken | None


@dataclass(slots=True)
class ProseReader:
    """Collects the inline tokens of the current block."""

    html: str
    inline: Inline
    first_line: int
    source: SplitHtml
    marks: list[MarkerToken] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _children: list[Token] = field(default_factory=list)
    _at: int = 0  # offset of the text read last
    _begun: int | None = None  # offset of the first text of the block at hand
    _looks: list[str] = field(default_factory=list)
    _links: list[_Link] = field(default_factory=list)
    _quoting: list[MarkerToken] = field(default_factory=list)  # open tags of services: what they enclose is their quote

    def _line(self, offset: int) -> int:
        return self.first_line + bisect_right(self._starts, offset) - 1

    def _child(self, kind: str, content: str = "", tag: str = "") -> Token:
        token = Token(kind, tag, 0)
        token.content = content
        if not self._children:
            self._reopen()
        self._children.append(token)
        return token

    def _reopen(self) -> None:
        for look in self._looks:
            self._children.append(_tag_token(look, "open"))
        for link in self._links:
            self._children.append(_link_token(link))

    def _text(self, text: str) -> None:
        for piece in REFERENCE.split(text)[1::2] or [""]:
            if not piece:
                if self._children:
                    self._child("text", " ")
                continue
            start, end = self.source.texts[int(piece)]
            self._at = start + len(self.html[start:end]) - len(self.html[start:end].lstrip())
            if self._begun is None:
                self._begun = self._at
            if self._links:
                self._child("text", _BLANKS.sub(" ", unescape_html(self.html[start:end])))
            else:
                self._prose(start, end)

    def _prose(self, start: int, end: int) -> None:
        children, marks = self.inline(self.html[start:end])
        for mark in marks:
            mark.start += start
            if self._quoting:
                mark.state = "text"
        self.marks.extend(marks)
        if not self._children:
            self._reopen()
        for child in children:
            if child.type == "softbreak":
                child.type, child.content = "text", " "
            elif child.type == "text":
                child.content = _BLANKS.sub(" ", child.content)
            self._children.append(child)

    def _look(self, name: str) -> None:
        self._child("html_tag", tag=name).info = "open"
        self._looks.append(name)

    def _unlook(self, name: str) -> None:
        if name in self._looks:
            self._looks.reverse()
            self._looks.remove(name)
            self._looks.reverse()
            if self._children:
                self._child("html_tag", tag=name).info = "close"

    def _words(self, node: LexborNode) -> str:
        """Return the text inside a node."""
        raw = node.text(deep=True) or ""
        return REFERENCE.sub(lambda found: self._slice(int(found[1])), raw)

    def _slice(self, number: int) -> str:
        start, end = self.source.texts[number]
        self._at = start
        return unescape_html(self.html[start:end])

    def _anchor(self, node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
        target = (attributes.get("href") or "").strip()
        if not target:
            return True
        start, end = self.source.anchors[int(attributes.get("data-at") or 0)]
        words = self._words(node).strip()
        self._at = start
        if self._begun is None:
            self._begun = start
        web = is_web(target)
        ids = numbers_in(words) if len(words) < 200 else None
        if self._quoting:
            ids = None
        if ids and (web or target.startswith("#")):
            kind = MarkerKind.NUM_LINK if web else MarkerKind.NUM_ANCHOR
            mark = MarkerToken(kind, ids, self.html[start:end], start, f"[{', '.join(ids)}]", target if web else None)
            mark.target = target.removeprefix("#") if not web else ""
            self.marks.append(mark)
            self._child("cite").meta["mark"] = mark
            return False
        made = MarkerToken(MarkerKind.LINK, (), self.html[start:end], start, url=target, label=words) if web else None
        if made is not None and self._quoting:
            made.state = "text"
        elif len(target) > 1 and target.startswith("#"):
            made = MarkerToken(MarkerKind.NUM_ANCHOR, (), self.html[start:end], start, label=words, target=target[1:])
        if made is not None:
            self.marks.append(made)
        link = _Link(target, made)
        if not self._children:
            self._reopen()
        self._children.append(_link_token(link))
        self._links.append(link)
        return True

    def _vendor(self, tag: str, attributes: Mapping[str, str | None]) -> bool:
        """Read a vendor tag; returns whether its words are shown."""
        start, end = self.source.anchors[int(attributes.get("data-at") or 0)]
        opened = find_tag(self.html, start, len(self.html))
        if opened is None or not opened.choices or self._links:
            return opened is None or not opened.hidden
        if self._begun is None:
            self._begun = start
        mark = MarkerToken(MarkerKind.TAG, opened.choices[0], self.html[start:end], start, choices=opened.choices)
        mark.shown = f"[{', '.join(opened.choices[-1])}]"
        self.marks.append(mark)
        if opened.hidden or opened.inside < 0:
            self._child("cite").meta["mark"] = mark
            return False
        self._quoting.append(mark)
        return True

    def _leave_vendor(self, attributes: Mapping[str, str | None]) -> None:
        start, _ = self.source.anchors[int(attributes.get("data-at") or 0)]
        if self._quoting and self._quoting[-1].start == start:
            self._child("cite").meta["mark"] = self._quoting.pop()

    def _leave_anchor(self, node: LexborNode) -> None:
        if self._links and (node.attributes.get("href") or "").strip() == self._links[-1].target:
            self._links.pop()
            if self._children:
                self._children.append(Token("link_close", "a", -1))

    def _code(self, node: LexborNode) -> bool:
        words = self._words(node)
        if self._begun is None:
            self._begun = self._at
        if is_url(words.strip()) and not self._links:
            mark = MarkerToken(MarkerKind.URL, (), words, self._at, url=words.strip())
            self.marks.append(mark)
            self._child("cite").meta["mark"] = mark
        else:
            self._child("code_inline", words)
        return False

    def _superscript(self, node: LexborNode) -> bool:
        """`<sup>3</sup>` that follows no digit may be a citation, if there is a source 3."""
        words = self._words(node).strip()
        before = next((child.content for child in reversed(self._children) if child.content.strip()), "")
        if EXPONENT_BEFORE.search(before[-4:]) or len(words) > _LONGEST_RAISED or node.css_first("a"):
            return False
        mark = raised_number(words, words, self._at)
        if mark is None:
            return False
        self.marks.append(mark)
        self._child("cite").meta["mark"] = mark
        return True


def _tag_token(name: str, info: str) -> Token:
    token = Token("html_tag", name, 0)
    token.info = info
    return token


def _link_token(link: _Link) -> Token:
    token = Token("link_open", "a", 1)
    token.attrs = {"href": link.target}
    if link.mark is not None:
        token.meta["mark"] = link.mark
    return token


def tidy(children: list[Token]) -> str:
    """Collapse white space as a browser does; a hard break becomes a newline.

    A citation without words counts as a word: the reader shows its number there.
    """
    parts: list[str] = []
    blank = True
    chips = {id(before) for before, after in pairwise(children) if _is_chip(before, after)}
    for child in children:
        if child.type == "text":
            if blank:
                child.content = child.content.lstrip(" ")
            if child.content:
                blank = child.content.endswith(" ")
            parts.append(child.content)
        elif child.type == "hardbreak":
            child.meta["pos"] = sum(map(len, parts))
            parts.append("\n")
            blank = True
        elif child.type == "cite":
            parts.append(child.meta["mark"].shown or child.meta["mark"].marker)
            blank = False
        elif child.type in {"code_inline", "image", "math"}:
            parts.append(child.content)
            blank = False
        elif id(child) in chips:
            blank = False
    _trim_end(children, chips)
    return "".join(parts).rstrip()


def _trim_end(children: list[Token], chips: set[int]) -> None:
    for child in reversed(children):
        if child.type == "text":
            child.content = child.content.rstrip()
            if child.content:
                break
        elif child.type in {"cite", "code_inline", "image", "math"} or id(child) in chips:
            break


def _is_chip(opened: Token, closed: Token) -> bool:
    return opened.type == "link_open" and closed.type == "link_close" and "mark" in opened.meta
