"""Inline rules for markdown-it: running text, line ends, escapes, entities and math.

Each rule looks at one character, consumes what it understands and leaves a token; markers become `MarkerToken`s in
`env["marks"]`, undecided until the lists of sources are known. No rule ever looks further than a bounded or an
already indexed distance, so that hostile input costs linear time.
"""

import re
from collections.abc import MutableMapping
from typing import Any

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize

from tui.domain.patterns import late
from tui.domain.slices import SLICE
from tui.report.address import unescape
from tui.report.document import MarkerKind
from tui.report.markdown.grammar import FLATTENED, NOT_FLATTENED, MarkerToken

# Where a rule may begin; what follows is looked at here, because trying every rule costs twenty times a look.
TERMINATORS = late(
    r"[\n$*_`\\]|\[(?!\[\[)|~(?=~)|!(?=\[)|&(?=[#A-Za-z])|:(?=//|contentR)|<(?=[A-Za-z/!])"
    r"|[【［〔¹²³⁰⁴-⁹]|\^(?=[\d{])|c(?=iteturn\d)|\ue200(?=[a-z])"
)
_ENTITY = late(r"&(?:#x[0-9a-f]{1,6}|#\d{1,7}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_MATH_INSIDE = late(r"\\[A-Za-z]|[=^_{}]")
_TEX_INSIDE = late(r"\\[A-Za-z]{2}")
_LONGEST_MATH = 4000
_LOOK_AHEAD = 16  # characters, more than `TERMINATORS` looks at
_LETTERS = (  # the first and the last of each range
    ("\u1100", "\u11ff"),
    ("\u3041", "\u30ff"),
    ("\u3400", "\u9fff"),
    ("\uac00", "\ud7af"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003fffd"),
)


def text(state: StateInline, silent: bool) -> bool:
    """Parse text up to the next character that may start something, and flattened numbers in it."""
    start = state.pos
    most = min(state.posMax, start + SLICE)
    found = TERMINATORS.search(state.src, start, most)
    end = found.start() if found else most
    if end < state.posMax and not found:  # at a blank, so that no rule sees half of what it looks for
        blank = state.src.rfind(" ", start + 1, most)
        end = blank if blank > 0 else most - _LOOK_AHEAD
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
    for match in FLATTENED.finditer(src, start, min(end + 1, state.posMax)):
        if match.end() > end or NOT_FLATTENED.search(src, max(match.start() - 8, 0), match.start()):
            continue
        state.append_pending(src[start : match.start()])
        mark = MarkerToken(
            MarkerKind.FLATTENED, (str(int(match[1])),), match[1], match.start(), shown=f"[{match[1]}]", strict=True
        )
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


def push_mark(state: StateInline, mark: MarkerToken) -> None:
    """Add a marker to the token stream and to the text's list of markers."""
    token = state.push("cite", "", 0)
    token.content = mark.marker
    token.meta["mark"] = mark
    state.env["marks"].append(mark)


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
    r"""`$…$`, `$$…$$`, `\(…\)` and `\[…\]`: nothing in them is a citation (citations.md section 1)."""
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


def find_ahead(env: MutableMapping[str, Any], src: str, needle: str, start: int) -> int:
    """Like `src.find`, but a needle that no longer occurs costs nothing."""
    last: dict[str, int] = env["last"]
    if needle not in last:
        last[needle] = src.rfind(needle)
    return src.find(needle, start) if last[needle] >= start else -1


def _dollars(src: str, pos: int, maximum: int, env: MutableMapping[str, Any]) -> tuple[int, int, int] | None:
    if src.startswith("$$", pos):
        end = find_ahead(env, src, "$$", pos + 2)
        return (pos + 2, end, end + 2) if pos + 2 < end < maximum else None
    end = find_ahead(env, src, "$", pos + 1)
    line_end = find_ahead(env, src, "\n", pos + 1)
    if not pos + 1 < end < maximum or 0 <= line_end < end:
        return None
    apart = src[pos + 1].isspace() or src[end - 1].isspace() or src[end + 1 : end + 2].isdigit()
    if apart and not _TEX_INSIDE.search(src, pos + 1, end):  # two prices
        return None
    return pos + 1, end, end + 1


def _escaped_math(src: str, pos: int, maximum: int, env: MutableMapping[str, Any]) -> tuple[int, int, int] | None:
    closer = "\\)" if src[pos + 1] == "(" else "\\]"
    end = find_ahead(env, src, closer, pos + 2)
    if not pos + 2 < end < maximum or end - pos > _LONGEST_MATH:
        return None
    if closer == "\\]" and not _MATH_INSIDE.search(src, pos + 2, end):
        return None
    return pos + 2, end, end + 2


def emphasis(state: StateInline, silent: bool) -> bool:
    """Collect delimiters as markdown does, but let asterisks beside such a letter open and close as beside a blank.

    CommonMark asks for a blank or punctuation between closing punctuation and what follows, so that reports in these
    languages are full of asterisks that were meant to be bold.
    """
    start, known = state.pos, len(state.delimiters)
    if not tokenize(state, silent):
        return False
    before, after = state.src[start - 1 : start], state.src[state.pos : state.pos + 1]
    if state.src[start] == "*" and (_is_letter(before) or _is_letter(after)):
        for delimiter in state.delimiters[known:]:
            delimiter.open = bool(after.strip())
            delimiter.close = bool(before.strip())
    return True


def _is_letter(char: str) -> bool:
    return any(span[0] <= char <= span[1] for span in _LETTERS)
