"""HTML to the token stream of markdown, through a real HTML parser, so that one path leads on to a document.

The source is cut into tags and texts once. The HTML parser gets the tags and, for each text, only a reference; so it
decides what belongs to what, while every text and every marker keeps its exact place in the source. Scripts, styles
and comments go nowhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape as unescape_html

from markdown_it.token import Token
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tui.domain.frozen import frozen
from tui.domain.patterns import late
from tui.report.html.paragraphs import Inline, ProseReader, tidy
from tui.report.markdown.grammar import MarkerToken
from tui.report.markdown.html_tokens import split_tags, without_sentinels
from tui.report.markdown.tags import KEPT_TAGS
from tui.report.markdown.vendor_tags import is_vendor

_LANGUAGE = late(r"(?:language|lang|highlight-source)-([\w+#-]+)")
_HIDDEN = frozenset(
    "script style head template iframe object svg button select textarea canvas audio video noembed".split()
)
_BLOCKS = frozenset(
    "address article aside body center details dialog dd div dl dt fieldset figcaption figure footer form header hgroup"
    " html legend main nav p section summary caption".split()
)
_STRONG_BLOCKS = frozenset({"summary", "dt", "caption", "figcaption"})
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_TABLE = frozenset({"table", "tr", "td", "th"})
_DEEPEST_BOX = 60  # open lists, items and quotes


@dataclass(slots=True)
class _Reader(ProseReader):
    """Walks the tree without recursion and emits block tokens."""

    tokens: list[Token] = field(default_factory=list)
    title: str | None = None
    _boxes: list[str] = field(default_factory=list)  # open containers: ul, ol, li, blockquote
    _numbers: list[int] = field(default_factory=list)
    _heading: int = 0
    _paragraph: bool = False  # inside <p>
    _cells: int = 0
    _skipped: int = 0  # lists and quotes too deep to be shown as such

    def run(self) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", self.html))]
        root = LexborHTMLParser(self.source.markup).root
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
        where: list[int] | None = None
        for token in reversed(self.tokens):  # what opens stands where its first text does
            where = token.map if token.type == "inline" else where
            token.map = where or token.map

    def _put(self, kind: str, tag: str = "", nesting: int = 0) -> Token:
        token = Token(kind, tag, 1 if nesting > 0 else -1 if nesting < 0 else 0)
        line = self._line(self._at if self._begun is None else self._begun)
        token.map = [line, line + 1]
        self.tokens.append(token)
        return token

    def _flush(self) -> None:
        """End the current text and emit it as a heading or paragraph."""
        children, self._children = self._children, []
        content = tidy(children)
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
        self._put(f"{name}_open", tag, 1).hidden = not self._paragraph  # as markdown-it tells tight lists
        token = self._put("inline")
        token.content, token.children = content, children
        self._put(f"{name}_close", tag, -1)
        if implied:
            self._close_item()
        self._begun = None

    def _break(self) -> None:
        """Separate two blocks; inside a table cell by a line break."""
        if not self._cells:
            self._flush()
        elif any(child.content.strip() or child.type == "cite" for child in self._children):
            self._child("hardbreak")

    def _enter(self, node: LexborNode) -> bool:
        """Read the start of a node; returns whether to descend into it."""
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

    def _open(self, tag: str, node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
        if tag == "a":
            return self._anchor(node, attributes)
        if is_vendor(tag):
            return self._vendor(tag, attributes)
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

    def _open_block(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        heading = len(tag) == 2 and tag[0] == "h" and tag[1] in "123456"
        if heading or tag in _BLOCKS or tag in {"ul", "ol", "li", "blockquote", "pre"}:
            self._break()
            self._paragraph = tag == "p"
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
        elif is_vendor(tag):
            self._leave_vendor(node.attributes)
        elif tag in KEPT_TAGS and tag not in _CODE:
            self._unlook(KEPT_TAGS[tag])
        elif tag in _TABLE:
            self._close_table(tag)
        elif tag in _BLOCKS or tag in {"ul", "ol", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}:
            self._close_block(tag)

    def _close_block(self, tag: str) -> None:
        self._break()
        self._paragraph = False
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
            content = tidy(children)
            token = self._put("inline")
            token.content, token.children = content, children
            self._begun = None
        elif self._cells:
            self._break()
            return
        else:
            self._flush()
        self._put(f"{tag}_close", tag, -1)

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

    def _void(self, tag: str, attributes: Mapping[str, str | None]) -> None:
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


@frozen
class Markup:
    """The tokens of a piece of HTML. Offsets of `marks` count from its start."""

    tokens: list[Token]
    marks: list[MarkerToken]
    title: str | None


def read_markup(html: str, inline: Inline, *, first_line: int = 0) -> Markup:
    """Return the tokens of a page or a piece of HTML.

    Args:
        html: Any string; never raises.
        inline: The inline parser for its texts.
        first_line: The 0-based line on which it stands in the report.
    """
    html = without_sentinels(html)
    reader = _Reader(html, inline, first_line, split_tags(html))
    reader.run()
    return Markup(reader.tokens, reader.marks, reader.title)


def markdown_inside(html: str) -> str | None:
    """Return the text of `<pre>…</pre>` if that is all there is: escaped markdown (tests/contracts/yutori.md 7)."""
    match = re.fullmatch(r"\s*(?:<(?:article|div|section)[^<>]*>\s*)?<pre[^<>]*>([^<]*)</pre>\s*(?:</\w+>\s*)?", html)
    return unescape_html(match[1]) if match else None
