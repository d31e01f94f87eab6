"""Inline HTML in markdown: addresses, anchors, superscripts, styles and breaks; unknown tags stay visible."""

import re

from markdown_it.rules_inline import StateInline

from tui.domain.patterns import late
from tui.report.address import unescape
from tui.report.document import MarkerKind
from tui.report.markdown.grammar import EXPONENT_BEFORE, MarkerToken, raised_number
from tui.report.markdown.inlines import find_ahead, push_mark
from tui.report.markdown.links import emit_link
from tui.report.markdown.vendor_tags import find_tag

_AUTOLINK = late(r"<(https?://[^\s<>]+)>", re.IGNORECASE)
_EMAIL = late(r"<((?:mailto:)?[\w.+-]{1,64}@[\w.-]{1,255})>")
_TAG = late(
    r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,15})(?P<rest>(?:\s(?:[^<>\"']|\"[^\"<>]*\"|'[^'<>]*')*)?)/?>"
)
_HREF = late(r"\shref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_ATTRIBUTE = late(r"\s(src|alt|id|name)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_SUP = late(r"<sup(?:\s[^<>]*)?>([^<>\[]{1,60})</sup>", re.IGNORECASE)
_LONGEST_ANCHOR = 4000
KEPT_TAGS = {
    "b": "strong", "strong": "strong", "i": "em", "em": "em", "cite": "em", "s": "s", "del": "s", "strike": "s",
    "sup": "sup", "sub": "sub", "code": "code", "kbd": "code", "tt": "code", "samp": "code", "var": "em",
}  # fmt: skip
DROPPED_TAGS = frozenset(
    "a abbr article aside big center col colgroup details dd div dl dt figcaption figure font footer header hr ins li"
    " main mark nav ol p q section small span summary table tbody td tfoot th thead tr u ul wbr".split()
)


def html(state: StateInline, silent: bool) -> bool:
    """Inline HTML: addresses, anchors, superscripts, looks and breaks; tags nobody knows stay visible text."""
    pos, src = state.pos, state.src
    if src[pos] != "<":
        return False
    if src.startswith("<!--", pos):
        end = find_ahead(state.env, src, "-->", pos + 4)
        if not 0 <= end < state.posMax:
            return False
        state.pos = end + 3
        return True
    auto = _AUTOLINK.match(src, pos, state.posMax)
    if auto and not state.linkLevel:
        push_mark(state, MarkerToken(MarkerKind.URL, (), auto[0], pos, url=unescape(auto[1])))
        state.pos = auto.end()
        return True
    email = _EMAIL.match(src, pos, state.posMax)
    if email:
        state.append_pending(email[1])
        state.pos = email.end()
        return True
    if _vendor(state):
        return True
    tag = _TAG.match(src, pos, state.posMax)
    return tag is not None and _html_tag(state, tag)


def _vendor(state: StateInline) -> bool:
    """A tag of a service: a citation, or nothing a reader sees; the words in it are no citations of their own."""
    start, maximum = state.pos, state.posMax
    tag = find_tag(state.src, start, maximum)
    if tag is None:
        return False
    if tag.choices and not state.linkLevel:
        if tag.inside >= 0 and not tag.hidden:
            marks: list[MarkerToken] = state.env["marks"]
            before = len(marks)
            state.pos, state.posMax = tag.end, tag.inside
            state.md.inline.tokenize(state)
            for mark in marks[before:]:
                mark.state = "text"
        state.pos, state.posMax = start, maximum
        mark = MarkerToken(MarkerKind.TAG, tag.choices[0], state.src[start : tag.stop], start, choices=tag.choices)
        mark.shown = f"[{', '.join(tag.choices[-1])}]"
        push_mark(state, mark)
        state.pos = tag.stop
    else:
        state.pos = tag.stop if tag.hidden else tag.end
    return True


def _html_tag(state: StateInline, tag: re.Match[str]) -> bool:
    name, src = tag["name"].lower(), state.src
    sup = _SUP.match(src, state.pos, state.posMax) if name == "sup" and not state.linkLevel else None
    if sup and not EXPONENT_BEFORE.search(src, max(state.pos - 4, 0), state.pos):
        mark = raised_number(sup[1], sup[0], state.pos)
        if mark is not None:
            push_mark(state, mark)
            state.pos = sup.end()
            return True
    if name == "a" and not tag["close"] and not state.linkLevel and _anchor(state, tag):
        return True
    if name == "br":
        token = state.push("hardbreak", "br", 0)
        token.meta["cut"] = (state.pos, tag.end())
    elif name == "img":
        values = {found[1].lower(): found[2] or found[3] or "" for found in _ATTRIBUTE.finditer(tag["rest"])}
        token = state.push("image", "img", 0)
        token.content = unescape(values.get("alt", ""))
        token.attrs = {"src": unescape(values.get("src", ""))}
    elif name in KEPT_TAGS:
        token = state.push("html_tag", KEPT_TAGS[name], 0)
        token.info = "close" if tag["close"] else "open"
    elif name not in DROPPED_TAGS:
        return False
    for found in _ATTRIBUTE.finditer(tag["rest"]):
        if found[1].lower() in {"id", "name"}:
            state.push("anchor", "", 0).content = found[2] or found[3] or ""
    state.pos = tag.end()
    return True


def _anchor(state: StateInline, tag: re.Match[str]) -> bool:
    """`<a href=…>text</a>` within one piece of text, treated like a markdown link."""
    href = _HREF.search(tag["rest"])
    end = state.src.find("</a>", tag.end(), min(tag.end() + _LONGEST_ANCHOR, state.posMax))
    if not href or end < 0:
        return False
    target = unescape(href[1] or href[2] or href[3] or "")
    for found in _ATTRIBUTE.finditer(tag["rest"]):
        if found[1].lower() in {"id", "name"}:
            state.push("anchor", "", 0).content = found[2] or found[3] or ""
    return emit_link(state, target.strip(), (tag.end(), end), end + 4)
