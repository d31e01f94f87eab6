"""Turns report markdown into the kind of HTML Yutori delivers."""

import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_MARKER = re.compile(r"\s*\[(\d+)\]")
_TAGS = {"strong": "b", "em": "i"} | {f"h{level}": f"h{min(level + 1, 6)}" for level in range(1, 7)}


def to_html(markdown: str, urls: Mapping[int, str]) -> str:
    """The markdown as one `<article>`; `[n]` becomes an anchor without text to `urls[n]`."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("escape")  # formulas keep theirs
    tokens = parser.parse(markdown)
    for token in tokens:
        token.tag, token.info = _TAGS.get(token.tag, token.tag), ""
        token.attrs.pop("style", None)
        for part in token.children or ():
            _change(part, urls)
    return f"<article>{parser.renderer.render(tokens, parser.options, {})}</article>"


def _change(part: "Token", urls: Mapping[int, str]) -> None:
    """Turn a piece of text into HTML, with anchors for its markers."""

    def anchor(found: re.Match[str]) -> str:
        url = urls.get(int(found[1]))
        return found[0] if url is None else f' <a href="{escape(url)}"></a>'

    part.tag = _TAGS.get(part.tag, part.tag)
    if part.type == "text":
        part.type, part.content = "html_inline", _MARKER.sub(anchor, escape(part.content))
