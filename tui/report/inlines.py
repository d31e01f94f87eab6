"""Inline rules for markdown-it: links with raw blanks, URLs, math, inline HTML and code that is an address.

Each rule looks at one character, consumes what it understands and leaves a token; markers become `Mark`s in
`env["marks"]`, undecided until the lists of sources are known. No rule ever looks further than a bounded or an
already indexed distance, so that hostile input costs linear time.
"""

import re

from markdown_it.rules_inline import StateInline, backtick

from tui.report.address import bare_url, is_url, is_web, unescape
from tui.report.brackets import Brackets, match_brackets
from tui.report.document import Kind
from tui.report.grammar import FLATTENED, NOT_FLATTENED, Mark, numbers_in

# Where a rule may begin; what follows is looked at here, because trying every rule costs twenty times a look.
TERMINATORS = re.compile(
    r"[\n$*_`\\]|\[(?!\[\[)|~(?=~)|!(?=\[)|&(?=[#A-Za-z])|:(?=//|contentR)|<(?=[A-Za-z/!])|[【［〔](?=[\st\d])|\ue200(?=[a-z])"
)
_TITLE = re.compile(r"\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\))\s*\Z")
_AUTOLINK = re.compile(r"<(https?://[^\s<>]+)>", re.IGNORECASE)
_EMAIL = re.compile(r"<((?:mailto:)?[\w.+-]{1,64}@[\w.-]{1,255})>")
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,15})(?P<rest>(?:\s(?:[^<>\"']|\"[^\"<>]*\"|'[^'<>]*')*)?)/?>"
)
_HREF = re.compile(r"\shref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\s(src|alt|id|name)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_SUP = re.compile(r"<sup>\s*(\d{1,3})\s*</sup>", re.IGNORECASE)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_ENTITY = re.compile(r"&(?:#x[0-9a-f]{1,6}|#\d{1,7}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_LONGEST_ANCHOR = 4000
_MATH_INSIDE = re.compile(r"\\[A-Za-z]|[=^_{}]")
KEPT_TAGS = {
    "b": "strong", "strong": "strong", "i": "em", "em": "em", "cite": "em", "s": "s", "del": "s", "strike": "s",
    "sup": "sup", "sub": "sub", "code": "code", "kbd": "code", "tt": "code", "samp": "code", "var": "em",
}  # fmt: skip
DROPPED_TAGS = frozenset(
    "a abbr article aside big center col colgroup details dd div dl dt figcaption figure font footer header hr ins li"
    " main mark nav ol p q section small span summary table tbody td tfoot th thead tr u ul wbr".split()
)


def text(state: StateInline, silent: bool) -> bool:
    """Take everything up to the next character that may start something; look for flattened numbers on the way."""
    start = state.pos
    found = TERMINATORS.search(state.src, start, state.posMax)
    end = found.start() if found else state.posMax
    if end == start:
        return False
    if state.env.get("flattened") and not state.linkLevel:
        _flattened(state, start, end)
    else:
        state.append_pending(state.src[start:end])
    state.pos = end
    return True


def _flattened(state: StateInline, start: int, end: int) -> None:
    src = state.src
    for match in FLATTENED.finditer(src, max(start - 2, 0)):
        if match.start() >= end:
            break
        if match.start() < start or NOT_FLATTENED.search(src, max(match.start() - 8, 0), match.start()):
            continue
        state.append_pending(src[start : match.start()])
        mark = Mark(Kind.FLATTENED, (str(int(match[1])),), match[1], match.start(), shown=f"[{match[1]}]", strict=True)
        push_mark(state, mark)
        start = match.end()
    state.append_pending(src[start:end])


def newline(state: StateInline, silent: bool) -> bool:
    """End a line; two blanks or a backslash before it make a hard break."""
    pos = state.pos
    if state.src[pos] != "\n":
        return False
    pending = state.pending
    hard = pending.endswith("  ")
    if pending.endswith(" "):
        state.pending = pending.rstrip(" ")
    token = state.push("hardbreak" if hard else "softbreak", "br", 0)
    token.meta["pos"] = pos
    pos += 1
    while pos < state.posMax and state.src[pos] in " \t":
        pos += 1
    state.pos = pos
    return True


def push_mark(state: StateInline, mark: Mark) -> None:
    """Put a marker into the token stream and into the list of markers of this text."""
    token = state.push("cite", "", 0)
    token.content = mark.marker
    token.meta["mark"] = mark
    state.env["marks"].append(mark)


def brackets_of(state: StateInline) -> Brackets:
    """Return the matching brackets of the text at hand, found on first use."""
    found = state.env["brackets"]
    if found is None:
        found = state.env["brackets"] = match_brackets(state.src)
    assert isinstance(found, Brackets)
    return found


def destination(raw: str) -> str | None:
    """Return the target in the parentheses of a link; None if that is no target (citations.md section 6.2)."""
    raw = raw.strip()
    if raw.startswith("<"):
        end = raw.find(">")
        return unescape(raw[1:end]) if end > 0 else None
    if raw.endswith(('"', "'", ")")):
        raw = _TITLE.sub("", raw) or raw
    if (" " in raw or "\t" in raw) and not is_web(raw):
        return None
    return unescape(raw)


def link(state: StateInline, silent: bool) -> bool:
    """`[text](target)`; the text may hold balanced brackets, an http target may hold blanks and brackets."""
    pos, src = state.pos, state.src
    if src[pos] != "[" or state.linkLevel:
        return False
    brackets = brackets_of(state)
    end = brackets.square.get(pos, -1)
    if not pos < end < state.posMax:
        return False
    if src.startswith("(", end + 1):
        close = brackets.closing(end + 1)
        if not 0 <= close < state.posMax or brackets.holds_link(pos + 1, end):
            return False
        target = destination(src[end + 2 : close])
        if target is None or (close != brackets.round.get(end + 1) and not is_web(target)):
            return False
        return emit_link(state, target, (pos + 1, end), close + 1)
    return _reference(state, pos, end)


def _reference(state: StateInline, pos: int, end: int) -> bool:
    """`[text][label]` and `[label]` with a definition elsewhere: a link for the reader, never a citation."""
    references: dict[str, str] = state.env["references"]
    if not references:
        return False
    src = state.src
    stop, label = end + 1, src[pos + 1 : end]
    if src.startswith("[", end + 1):
        other = brackets_of(state).square.get(end + 1, -1)
        if 0 < other < state.posMax and other - end < 200:
            stop, label = other + 1, src[end + 2 : other] or label
    target = references.get(label.strip().casefold()) if len(label) < 200 else None
    if target is None or numbers_in(label) or label.startswith("^"):
        return False
    _open_link(state, target, None, (pos + 1, end), stop)
    return True


def emit_link(state: StateInline, target: str, inside: tuple[int, int], stop: int) -> bool:
    """Put a link into the stream: a chip for a numbered one, else its text between two tokens."""
    src, start = state.src, state.pos
    label = src[inside[0] : inside[1]]
    plain = _MARKUP.sub("", label) if "<" in label else label
    ids = numbers_in(plain) if len(plain) < 200 else None
    web = is_web(target)
    if ids and (web or target.startswith("#")):
        kind = Kind.NUM_LINK if web else Kind.NUM_ANCHOR
        mark = Mark(kind, ids, src[start:stop], start, shown=f"[{', '.join(ids)}]", url=target if web else None)
        push_mark(state, mark)
        state.pos = stop
        return True
    made = Mark(Kind.LINK, (), src[start:stop], start, url=target, label=label) if web else None
    _open_link(state, target, made, inside, stop)
    return True


def _open_link(state: StateInline, target: str, mark: Mark | None, inside: tuple[int, int], stop: int) -> None:
    maximum = state.posMax
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": target}
    if mark is not None:
        token.meta["mark"] = mark
        state.env["marks"].append(mark)
    state.pos, state.posMax = inside
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.push("link_close", "a", -1)
    state.pos, state.posMax = stop, maximum


def image(state: StateInline, silent: bool) -> bool:
    """`![alternative](target)` and `![alternative][label]`: never a citation, whatever the alternative says."""
    pos, src = state.pos, state.src
    if src[pos] != "!" or not src.startswith("[", pos + 1):
        return False
    brackets = brackets_of(state)
    end = brackets.square.get(pos + 1, -1)
    if not pos < end < state.posMax:
        return False
    target: str | None
    if src.startswith("(", end + 1):
        close = brackets.closing(end + 1)
        target = destination(src[end + 2 : close]) if 0 <= close < state.posMax else None
        stop = close + 1
    else:
        close = brackets.square.get(end + 1, -1)
        label = src[end + 2 : close] if close > 0 else src[pos + 2 : end]
        stop = close + 1 if close > 0 else end + 1
        target = state.env["references"].get(label.strip().casefold()) if len(label) < 200 else None
        if target is None and close > 0:
            target = ""
    if target is None or stop > state.posMax:
        return False
    token = state.push("image", "img", 0)
    token.content = src[pos + 2 : end]
    token.attrs = {"src": target}
    state.pos = stop
    return True


def url(state: StateInline, silent: bool) -> bool:
    """A bare address in running text, recognised at its colon; its scheme is taken back from the pending text."""
    pos, src = state.pos, state.src
    if src[pos] != ":" or not src.startswith("://", pos) or state.linkLevel:
        return False
    pending = state.pending
    tail = pending[-6:].lower()
    length = 5 if tail.endswith("https") else 4 if tail.endswith("http") else 0
    if not length or (len(tail) > length and tail[-length - 1].isascii() and tail[-length - 1].isalnum()):
        return False
    start = pos - length
    end = bare_url(src, start, state.posMax)
    if end == start:
        return False
    state.pending = pending[:-length]
    push_mark(state, Mark(Kind.URL, (), src[start:end], start, url=unescape(src[start:end])))
    state.pos = end
    return True


def code(state: StateInline, silent: bool) -> bool:
    """A code span; one that is an address and nothing else is a citation."""
    start, before = state.pos, len(state.tokens)
    if state.src[start] != "`" or not backtick(state, False):
        return False
    if len(state.tokens) == before:  # a run of backticks without its like
        return True
    token = state.tokens[-1]
    if (
        token.type == "code_inline"
        and token.content.startswith("http")
        and is_url(token.content)
        and not state.linkLevel
    ):
        state.tokens.pop()
        state.tokens_meta.pop()
        push_mark(state, Mark(Kind.URL, (), state.src[start : state.pos], start, url=token.content))
    return True


def escape(state: StateInline, silent: bool) -> bool:
    r"""A backslash before punctuation stands for the punctuation; before a line end it is a hard break."""
    pos, src = state.pos, state.src
    if src[pos] != "\\" or pos + 1 >= state.posMax:
        return False
    char = src[pos + 1]
    if char == "\n":
        state.push("hardbreak", "br", 0).meta["pos"] = pos + 1
    elif char in _PUNCTUATION:
        state.append_pending(char)
    else:
        return False
    state.pos = pos + 2
    return True


def entity(state: StateInline, silent: bool) -> bool:
    """`&amp;` and `&#38;` stand for their characters."""
    if state.src[state.pos] != "&":
        return False
    match = _ENTITY.match(state.src, state.pos, state.posMax)
    char = unescape(match[0]) if match else ""
    if not match or char == match[0]:
        return False
    state.append_pending(char)
    state.pos = match.end()
    return True


def math(state: StateInline, silent: bool) -> bool:
    r"""`$…$`, `$$…$$`, `\(…\)` and `\[…\]`: nothing in them is a citation (citations.md section 6.1)."""
    pos, src = state.pos, state.src
    char = src[pos]
    if char == "$":
        span = _dollars(src, pos, state.posMax, state.env)
    elif char == "\\" and src[pos + 1 : pos + 2] in {"(", "["}:
        span = _escaped_math(src, pos, state.posMax, state.env)
    else:
        return False
    if span is None:
        return False
    start, end, stop = span
    token = state.push("math", "", 0)
    token.content = src[start:end]
    token.markup = src[pos:start]
    state.pos = stop
    return True


def _find(env: dict[str, object], src: str, needle: str, start: int) -> int:
    """`src.find`, but a needle that no longer occurs costs nothing."""
    last = env["last"]
    assert isinstance(last, dict)
    if needle not in last:
        last[needle] = src.rfind(needle)
    return src.find(needle, start) if last[needle] >= start else -1


def _dollars(src: str, pos: int, maximum: int, env: dict[str, object]) -> tuple[int, int, int] | None:
    if src.startswith("$$", pos):
        end = _find(env, src, "$$", pos + 2)
        return (pos + 2, end, end + 2) if pos + 2 < end < maximum else None
    end = _find(env, src, "$", pos + 1)
    line_end = _find(env, src, "\n", pos + 1)
    if not pos + 1 < end < maximum or 0 <= line_end < end:
        return None
    if src[pos + 1].isspace() or src[end - 1].isspace() or src[end + 1 : end + 2].isdigit():
        return None
    return pos + 1, end, end + 1


def _escaped_math(src: str, pos: int, maximum: int, env: dict[str, object]) -> tuple[int, int, int] | None:
    closer = "\\)" if src[pos + 1] == "(" else "\\]"
    end = _find(env, src, closer, pos + 2)
    if not pos + 2 < end < maximum or end - pos > _LONGEST_ANCHOR:
        return None
    if closer == "\\]" and not _MATH_INSIDE.search(src, pos + 2, end):
        return None
    return pos + 2, end, end + 2


def html(state: StateInline, silent: bool) -> bool:
    """Inline HTML: addresses, anchors, superscripts, looks and breaks; tags nobody knows stay visible text."""
    pos, src = state.pos, state.src
    if src[pos] != "<":
        return False
    if src.startswith("<!--", pos):
        end = _find(state.env, src, "-->", pos + 4)
        if not 0 <= end < state.posMax:
            return False
        state.pos = end + 3
        return True
    auto = _AUTOLINK.match(src, pos, state.posMax)
    if auto and not state.linkLevel:
        push_mark(state, Mark(Kind.URL, (), auto[0], pos, url=unescape(auto[1])))
        state.pos = auto.end()
        return True
    email = _EMAIL.match(src, pos, state.posMax)
    if email:
        state.append_pending(email[1])
        state.pos = email.end()
        return True
    tag = _TAG.match(src, pos, state.posMax)
    return bool(tag) and _html_tag(state, tag)


def _html_tag(state: StateInline, tag: re.Match[str]) -> bool:
    name, src = tag["name"].lower(), state.src
    sup = _SUP.match(src, state.pos, state.posMax) if name == "sup" and not state.linkLevel else None
    if sup and not src[max(state.pos - 1, 0) : state.pos].isdigit():
        mark = Mark(Kind.NUMERIC, (str(int(sup[1])),), sup[0], state.pos, shown=sup[1], strict=True)
        push_mark(state, mark)
        state.pos = sup.end()
        return True
    if name == "a" and not tag["close"] and not state.linkLevel and _anchor(state, tag):
        return True
    if name == "br":
        token = state.push("hardbreak", "br", 0)
        token.markup = "<br>"
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
    return emit_link(state, target.strip(), (tag.end(), end), end + 4)
