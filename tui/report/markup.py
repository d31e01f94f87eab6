"""HTML to the token stream of markdown, through a real HTML parser, so that one path leads on to a document.

The source is cut into tags and texts once. The HTML parser gets the tags and, for each text, only a reference; so it
decides what belongs to what, while every text and every marker keeps its exact place in the source. Scripts, styles
and comments go nowhere.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape as unescape_html

from markdown_it.token import Token
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tui.report.address import is_url, is_web
from tui.report.document import Kind
from tui.report.grammar import Mark, numbers_in
from tui.report.inlines import KEPT_TAGS

Inline = Callable[[str], tuple[list[Token], list[Mark]]]  # inline parser of a text: its tokens and its markers

_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[|<[!?][^>]*>"
    r"|<(?P<raw>script|style|template|noembed|noframes)\b[^>]*>.*?(?:</(?P=raw)\s*>|\Z)"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*)(?:[\s/](?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)?>",
    re.IGNORECASE | re.DOTALL,
)
_REFERENCE = re.compile("\ue100(\\d+)\ue101")
_SENTINELS = str.maketrans({"\ue100": "\ufffd", "\ue101": "\ufffd"})
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source)-([\w+#-]+)")
_SELF_CLOSING = frozenset("area base br col embed hr img input link meta source track wbr".split())
_CLOSED_BY_OTHERS = frozenset("p li td th tr dt dd option thead tbody tfoot colgroup".split())
_HIDDEN = frozenset(
    "script style head template iframe object svg button select textarea canvas audio video noembed".split()
)
_BLOCKS = frozenset(
    "address article aside body center details dialog dd div dl dt fieldset figcaption figure footer form header hgroup"
    " html legend main nav p section summary caption".split()
)
_STRONG_BLOCKS = frozenset({"summary", "dt", "caption", "figcaption"})
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_DEEPEST_BOX = 60  # open lists, items and quotes
_DEEPEST = 400  # open elements; the HTML parser is quadratic in the depth


@dataclass(slots=True)
class _Source:
    """The source cut into pieces."""

    skeleton: str  # tags, and a reference for each text
    texts: list[tuple[int, int]]
    anchors: list[tuple[int, int]]  # of every "<a …>": its start and the end of its "</a>"


def _cut(html: str) -> _Source:
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
    return _Source("".join(parts), texts, [(start, end) for start, end in anchors])


@dataclass(slots=True)
class _Link:
    target: str
    mark: Mark | None


@dataclass(slots=True)
class _Reader:
    """Walks the tree without recursion and writes tokens."""

    html: str
    inline: Inline
    first_line: int
    source: _Source
    tokens: list[Token] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    title: str | None = None
    _starts: list[int] = field(default_factory=list)
    _children: list[Token] = field(default_factory=list)
    _at: int = 0  # offset of the text read last
    _begun: int | None = None  # offset of the first text of the block at hand
    _looks: list[str] = field(default_factory=list)
    _links: list[_Link] = field(default_factory=list)
    _boxes: list[str] = field(default_factory=list)  # open containers: ul, ol, li, blockquote
    _numbers: list[int] = field(default_factory=list)
    _heading: int = 0
    _cells: int = 0
    _skipped: int = 0  # lists and quotes too deep to be shown as such

    def run(self) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", self.html))]
        root = LexborHTMLParser(self.source.skeleton).root
        node: LexborNode | None = root
        while node is not None:
            inner = node.first_child if self._enter(node) else None
            if inner is not None:
                node = inner
                continue
            while node is not None:
                self._leave(node)
                if node.next is not None:
                    node = node.next
                    break
                node = node.parent
        self._flush()

    # -- positions and tokens

    def _line(self, offset: int) -> int:
        return self.first_line + bisect_right(self._starts, offset) - 1

    def _put(self, kind: str, tag: str = "", nesting: int = 0) -> Token:
        token = Token(kind, tag, 1 if nesting > 0 else -1 if nesting < 0 else 0)
        line = self._line(self._at if self._begun is None else self._begun)
        token.map = [line, line + 1]
        self.tokens.append(token)
        return token

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

    def _flush(self) -> None:
        """End the piece of text at hand and write it as a heading or paragraph."""
        children, self._children = self._children, []
        content = _tidy(children)
        begun, self._begun = self._begun, None
        if not content.strip() and not any(child.type in {"cite", "image", "code_inline"} for child in children):
            for child in children:
                if child.type == "anchor":
                    self._put("anchor").content = child.content
            return
        if self._links and children:
            children.append(Token("link_close", "a", -1))
        self._begun = begun
        implied = bool(self._boxes) and self._boxes[-1] in {"ul", "ol"}
        if implied:
            self._open_item()
        name = "heading" if self._heading else "paragraph"
        tag = f"h{self._heading}" if self._heading else "p"
        self._put(f"{name}_open", tag, 1)
        token = self._put("inline")
        token.content, token.children = content, children
        self._put(f"{name}_close", tag, -1)
        if implied:
            self._close_item()
        self._begun = None

    def _break(self) -> None:
        """Part two blocks; inside a table cell by a line break."""
        if not self._cells:
            self._flush()
        elif any(child.content.strip() or child.type == "cite" for child in self._children):
            self._child("hardbreak")

    # -- nodes

    def _enter(self, node: LexborNode) -> bool:
        """Read what a node begins with; return whether to go into it."""
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
            return False
        if tag.startswith(("-", "!")):
            return tag == "-document"
        if tag in _HIDDEN:
            if tag == "head":
                self._read_title(node)
            return False
        attributes = node.attributes
        anchor = attributes.get("id") or (attributes.get("name") if tag == "a" else None)
        if anchor:
            self._child("anchor", anchor)
        return self._open(tag, node, attributes)

    def _open(self, tag: str, node: LexborNode, attributes: dict[str, str | None]) -> bool:
        if tag == "a":
            return self._anchor(node, attributes)
        if tag in _CODE:
            return self._code(node)
        if tag == "sup" and self._superscript(node):
            return False
        if tag in KEPT_TAGS:
            self._look(KEPT_TAGS[tag])
        elif tag == "pre" and not self._cells:
            self._pre(node)
            return False
        elif tag in {"br", "hr", "img", "input"}:
            self._void(tag, attributes)
        elif tag in _TABLE:
            self._open_table(tag)
        else:
            self._open_block(tag, attributes)
        return True

    def _open_block(self, tag: str, attributes: dict[str, str | None]) -> None:
        heading = len(tag) == 2 and tag[0] == "h" and tag[1] in "123456"
        if heading or tag in _BLOCKS or tag in {"ul", "ol", "li", "blockquote", "pre"}:
            self._break()
        if self._cells:
            if tag == "li":
                self._child("text", "• ")
        elif heading:
            self._heading = int(tag[1])
        elif tag in {"ul", "ol", "blockquote"} and len(self._boxes) >= _DEEPEST_BOX:
            self._skipped += 1
        elif tag in {"ul", "ol"}:
            if self._boxes and self._boxes[-1] in {"ul", "ol"}:
                self._open_item()
                self._boxes[-1] = "li-implied"
            start = attributes.get("start") or ""
            self._numbers.append(int(start) - 1 if start.isdigit() and len(start) < 10 else 0)
            self._put("ordered_list_open" if tag == "ol" else "bullet_list_open", tag, 1)
            self._boxes.append(tag)
        elif tag == "li" and not self._skipped and self._boxes and self._boxes[-1] in {"ul", "ol"}:
            self._open_item()
        elif tag == "blockquote":
            self._put("blockquote_open", tag, 1)
            self._boxes.append(tag)
        if tag in _STRONG_BLOCKS:
            self._look("strong")

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "a":
            self._leave_anchor(node)
        elif tag in KEPT_TAGS and tag not in _CODE:
            self._unlook(KEPT_TAGS[tag])
        elif tag in _TABLE:
            self._close_table(tag)
        elif tag in _BLOCKS or tag in {"ul", "ol", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}:
            self._close_block(tag)

    def _close_block(self, tag: str) -> None:
        self._break()
        if tag in _STRONG_BLOCKS:
            self._unlook("strong")
        if self._cells:
            return
        if tag[0] == "h" and tag[1:] in {"1", "2", "3", "4", "5", "6"}:
            self._heading = 0
        elif self._skipped and tag in {"ul", "ol", "blockquote"}:
            self._skipped -= 1
        elif tag in {"ul", "ol"} and self._boxes and self._boxes[-1] == tag:
            self._boxes.pop()
            self._numbers.pop()
            self._put("ordered_list_close" if tag == "ol" else "bullet_list_close", tag, -1)
            if self._boxes and self._boxes[-1] == "li-implied":
                self._close_item()
        elif tag == "li" and not self._skipped and self._boxes and self._boxes[-1] == "li":
            self._close_item()
        elif tag == "blockquote" and self._boxes and self._boxes[-1] == tag:
            self._boxes.pop()
            self._put("blockquote_close", tag, -1)

    def _open_item(self) -> None:
        token = self._put("list_item_open", "li", 1)
        if self._boxes[-1] == "ol":
            self._numbers[-1] += 1
            token.info = str(self._numbers[-1])
        self._boxes.append("li")

    def _close_item(self) -> None:
        self._boxes.pop()
        self._put("list_item_close", "li", -1)

    def _open_table(self, tag: str) -> None:
        if self._cells:
            if tag in {"td", "th"}:
                self._cells += 1
                self._child("text", " ")
            elif tag == "tr":
                self._break()
            return
        self._flush()
        if tag in {"td", "th"}:
            self._cells = 1
        self._put(f"{'td' if tag == 'td' else tag}_open", tag, 1)

    def _close_table(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._cells -= 1
            if self._cells:
                return
            children, self._children = self._children, []
            content = _tidy(children)
            token = self._put("inline")
            token.content, token.children = content, children
            self._begun = None
        elif self._cells:
            return
        else:
            self._flush()
        self._put(f"{tag}_close", tag, -1)

    # -- inline content

    def _text(self, text: str) -> None:
        for piece in _REFERENCE.split(text)[1::2] or [""]:
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
        return _REFERENCE.sub(lambda found: self._slice(int(found[1])), raw)

    def _slice(self, number: int) -> str:
        start, end = self.source.texts[number]
        self._at = start
        return unescape_html(self.html[start:end])

    def _anchor(self, node: LexborNode, attributes: dict[str, str | None]) -> bool:
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
        if ids and (web or target.startswith("#")):
            kind = Kind.NUM_LINK if web else Kind.NUM_ANCHOR
            mark = Mark(kind, ids, self.html[start:end], start, f"[{', '.join(ids)}]", target if web else None)
            self.marks.append(mark)
            self._child("cite").meta["mark"] = mark
            return False
        made = Mark(Kind.LINK, (), self.html[start:end], start, url=target, label=words) if web else None
        if made is not None:
            self.marks.append(made)
        link = _Link(target, made)
        if not self._children:
            self._reopen()
        self._children.append(_link_token(link))
        self._links.append(link)
        return True

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
            mark = Mark(Kind.URL, (), words, self._at, url=words.strip())
            self.marks.append(mark)
            self._child("cite").meta["mark"] = mark
        else:
            self._child("code_inline", words)
        return False

    def _superscript(self, node: LexborNode) -> bool:
        """`<sup>3</sup>` that follows no digit may be a citation, if there is a source 3."""
        words = self._words(node).strip()
        before = next((child.content for child in reversed(self._children) if child.content.strip()), "")
        if not (words.isdigit() and len(words) <= 3) or before[-1:].isdigit() or node.css_first("a"):
            return False
        mark = Mark(Kind.NUMERIC, (str(int(words)),), words, self._at, shown=words, strict=True)
        self.marks.append(mark)
        self._child("cite").meta["mark"] = mark
        return True

    def _pre(self, node: LexborNode) -> None:
        self._flush()
        content = self._words(node)
        classes = f"{node.attributes.get('class') or ''} "
        code = node.css_first("code")
        classes += (code.attributes.get("class") or "") if code is not None else ""
        language = _LANGUAGE.search(classes)
        token = self._put("fence", "code")
        token.content = content.strip("\n") + "\n"
        token.info = language[1] if language else ""

    def _void(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "br":
            self._child("hardbreak")
        elif tag == "hr" and not self._cells:
            self._flush()
            self._put("hr", "hr")
        elif tag == "img":
            self._child("image", attributes.get("alt") or "").attrs = {"src": attributes.get("src") or ""}
        elif tag == "input" and attributes.get("type") == "checkbox":
            self._child("text", "[x] " if "checked" in attributes else "[ ] ")

    def _read_title(self, node: LexborNode) -> None:
        title = node.css_first("title")
        if title is not None:
            self.title = " ".join(self._words(title).split()) or None


_TABLE = frozenset({"table", "tr", "td", "th"})


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


def _tidy(children: list[Token]) -> str:
    """Fold blanks as a browser does and return the text, with a newline for each hard break."""
    parts: list[str] = []
    blank = True
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
    for child in reversed(children):
        if child.type == "text":
            child.content = child.content.rstrip()
            if child.content:
                break
        elif child.type in {"cite", "code_inline", "image", "math"}:
            break
    return "".join(parts).rstrip()


@dataclass(frozen=True, slots=True)
class Markup:
    """What a piece of HTML became. Offsets of `marks` count from its start."""

    tokens: list[Token]
    marks: list[Mark]
    title: str | None


def read_markup(html: str, inline: Inline, *, first_line: int = 0) -> Markup:
    """Return the tokens of a page or a piece of HTML.

    Args:
        html: Any string; never raises.
        inline: The inline parser for its texts.
        first_line: The 0-based line on which it stands in the report.
    """
    html = html.translate(_SENTINELS)
    reader = _Reader(html, inline, first_line, _cut(html))
    reader.run()
    return Markup(reader.tokens, reader.marks, reader.title)


def markdown_inside(html: str) -> str | None:
    """Return the text of `<pre>…</pre>` if that is all there is: entity-escaped markdown (yutori.md section 7)."""
    match = re.fullmatch(r"\s*(?:<(?:article|div|section)[^<>]*>\s*)?<pre[^<>]*>([^<]*)</pre>\s*(?:</\w+>\s*)?", html)
    return unescape_html(match[1]) if match else None
