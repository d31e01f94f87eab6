"""The markdown tokenizer: markdown-it-py with our rules where real reports or hostile input break its own."""

from collections.abc import MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from tui.report.markdown import blocks, inlines, links, markers, tags
from tui.report.markdown.grammar import MarkerToken
from tui.report.markdown.inlines import emphasis

if TYPE_CHECKING:
    from tui.report.html.reader import Markup

_INTERRUPTS = ["paragraph", "reference", "blockquote"]


@cache
def front() -> MarkdownIt:
    """Return the parser; it is created once.

    `html` is on so that HTML is recognised, not run: it becomes tokens like everything else. Link and image rules are
    ours (the stock ones are quadratic on brackets and refuse raw blanks), as are tables, fences and definitions.
    """
    return _configured()


def _configured() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"maxNesting": 200, "html": True})
    md.disable(["code", "reference", "lheading"])
    block = md.block.ruler
    block.at("fence", blocks.fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    block.at("table", blocks.table, {"alt": ["paragraph", "reference"]})
    block.at("html_block", blocks.html, {"alt": _INTERRUPTS})
    block.before("table", "front_matter", blocks.front_matter)
    block.before("front_matter", "deep", blocks.deep)
    block.after("fence", "math_block", blocks.math_block, {"alt": _INTERRUPTS})
    block.after("html_block", "definition", blocks.definition, {"alt": _INTERRUPTS})
    block.after("definition", "directive", blocks.directive, {"alt": _INTERRUPTS})
    block.after("definition", "clipped", blocks.clipped, {"alt": _INTERRUPTS})
    block.before("paragraph", "setext", blocks.setext)
    md.enable(["table", "strikethrough"])
    inline = md.inline.ruler
    inline.at("text", inlines.text)
    inline.at("newline", inlines.newline)
    inline.at("emphasis", emphasis)
    inline.at("image", links.image)
    inline.at("backticks", links.code)
    inline.at("escape", inlines.escape)
    inline.at("entity", inlines.entity)
    inline.at("html_inline", tags.html)
    inline.disable(["autolink", "linkify", "link"])
    inline.before("escape", "web_link", links.link)
    inline.before("escape", "marker", markers.square)
    inline.before("escape", "escaped_marker", markers.escaped)
    inline.before("escape", "raised_math", markers.raised_math)
    inline.before("escape", "math", inlines.math)
    inline.after("link", "lenticular", markers.lenticular)
    inline.after("lenticular", "private", markers.private)
    inline.after("private", "url", links.url)
    inline.before("url", "oaicite", markers.oaicite)
    inline.after("url", "raised", markers.raised)
    inline.after("raised", "turns", markers.turns)
    md.inline.terminator_re = inlines.TERMINATORS
    md.core.ruler.at("inline", _inline)
    md.core.ruler.disable(["text_join", "normalize"])  # `parse` has done that, without holding the interpreter so long
    return md


def new_env(*, flattened: bool = False) -> dict[str, Any]:
    """Return the state of one parse: markers, definitions, and indexes that rules fill on first use."""
    return {
        "marks": [],
        "references": {},
        "used": set(),
        "flattened": flattened,
        "brackets": None,
        "last": {},
        "closers": {},
    }


def parse_inline(md: MarkdownIt, content: str, env: MutableMapping[str, Any], token: Token | None) -> list[Token]:
    """Return the inline tokens of `content`; their markers know the enclosing block token."""
    env["brackets"], env["last"] = None, {}
    marks: list[MarkerToken] = env["marks"]
    before = len(marks)
    children: list[Token] = []
    md.inline.parse(content, md, env, children)
    for mark in marks[before:]:
        mark.token = token
    return children


def _inline(state: StateCore) -> None:
    """Parse the inline text of every block, and HTML blocks into their contents, in order."""
    tokens: list[Token] = []
    for token in state.tokens:
        if token.type == "inline":
            token.children = parse_inline(state.md, token.content, state.env, token)
        elif token.type == "html_block":
            tokens.extend(_html_block(state, token))
            continue
        tokens.append(token)
    state.tokens = tokens


def _html_block(state: StateCore, token: Token) -> list[Token]:
    from tui.report.html.reader import read_markup

    def inline(text: str) -> tuple[list[Token], list[MarkerToken]]:
        env = new_env()
        env["references"], env["used"] = state.env["references"], state.env["used"]
        return parse_inline(state.md, text, env, None), env["marks"]

    markup = read_markup(token.content, inline, first_line=(token.map or [0])[0])
    for mark in markup.marks:
        mark.token = token
    state.env["marks"].extend(markup.marks)
    return markup.tokens


@cache
def page_front() -> MarkdownIt:
    """Return the inline parser of HTML texts, in which asterisks and backticks are plain characters."""
    md = _configured()
    md.disable(["emphasis", "strikethrough", "backticks", "escape", "math", "html_inline", "image"])
    return md


def read_plain(text: str) -> tuple[list[Token], list[MarkerToken]]:
    """Return the tokens of plain text: a paragraph for each run of lines, with hard breaks."""
    tokens: list[Token] = []
    env = new_env()
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].strip():
            end += 1
        if end > at:
            opening, inline, closing = (
                Token("paragraph_open", "p", 1),
                Token("inline", "", 0),
                Token("paragraph_close", "p", -1),
            )
            opening.map = inline.map = [at, end]
            inline.content = "\n".join(lines[at:end])
            inline.children = parse_inline(page_front(), inline.content, env, inline)
            for child in inline.children:
                if child.type == "softbreak":
                    child.type = "hardbreak"
            tokens += [opening, inline, closing]
        at = end + 1
    return tokens, env["marks"]


def read_page(text: str) -> "Markup":
    """Return the tokens of a whole HTML page."""
    from tui.report.html.reader import read_markup

    def inline(part: str) -> tuple[list[Token], list[MarkerToken]]:
        env = new_env()
        return parse_inline(page_front(), part, env, None), env["marks"]

    return read_markup(text, inline)
