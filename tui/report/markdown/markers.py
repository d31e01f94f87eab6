"""Inline rules for markdown-it that find citation markers (citations.md sections 1 and 5)."""

import json
import re

from markdown_it.rules_inline import StateInline

from tui.domain.patterns import late
from tui.report.document import MarkerKind
from tui.report.markdown.grammar import (
    BRACKET,
    CITE_ID,
    CITE_TAG,
    DAGGER,
    DOUBLE_BRACKET,
    EMPHASISED,
    ESCAPED_BRACKET,
    EXPONENT_BEFORE,
    FOOTNOTE,
    FOOTNOTE_ID,
    GEMINI_START,
    IN_BRACKETS,
    IN_LENTICULAR,
    KOREAN_OR_KANA,
    LENTICULAR,
    OAICITE,
    ONLY_NUMBERS,
    PUA,
    TAG,
    TURNS,
    MarkerToken,
    expand,
    expand_tags,
    is_interval,
    split,
)
from tui.report.markdown.inlines import push_mark
from tui.report.markdown.lookalikes import is_arithmetic, is_index, is_parameters, is_substance, matrix_end
from tui.report.markdown.notations import (
    CARET,
    CARET_MATH,
    SUPERSCRIPT,
    Choices,
    in_brackets,
    may_be_raised_after,
    superscripts,
)

_SEPARATOR = "\ue202"
_TURN = late(r"turn\d+[a-z]+\d+")
_NUMBERED_NOTE = late(r"[^\W_]*\d\w*|[^\W_]\w*\d")  # "1", "1_2", "x_2", "note3"; not "a-z0-9"
_TAG_BEFORE = late(r"(?:</?[A-Za-z][^<>]*>)+\Z")
_INTERVAL_WORDS = 24
_BEFORE = 40  # characters that are looked at in front of a raised number


def square(state: StateInline, silent: bool) -> bool:
    """Everything in square brackets that is no link: footnotes, tags, numbers."""
    if state.src[state.pos] != "[":
        return False
    if not state.linkLevel and (
        _footnote(state)
        or _tagged(state)
        or _matrix(state)
        or _numeric(state, DOUBLE_BRACKET)
        or _numeric(state, BRACKET)
        or _emphasised(state)
        or _listed(state)
    ):
        return True
    state.append_pending("[")  # no rule after this one knows the character
    state.pos += 1
    return True


def escaped(state: StateInline, silent: bool) -> bool:
    r"""`\[12\]`: brackets that an exporter escaped."""
    if state.src[state.pos] != "\\" or state.linkLevel:
        return False
    return _numeric(state, ESCAPED_BRACKET) or (state.src.startswith("\\[", state.pos) and _listed(state))


def _take(state: StateInline, match: re.Match[str], kind: MarkerKind, ids: tuple[str, ...], shown: str) -> bool:
    mark = MarkerToken(
        kind, ids, match[0], state.pos, shown=shown, first=state.pos == 0 or state.src[state.pos - 1] == "\n"
    )
    mark.strict = kind is MarkerKind.NUMERIC and len(ids) > 1
    push_mark(state, mark)
    state.pos = match.end()
    return True


def _take_listed(state: StateInline, end: int, choices: Choices, shown: str) -> MarkerToken:
    """Take a marker that counts only if a list has all its ids."""
    marker = state.src[state.pos : end]
    mark = MarkerToken(MarkerKind.NUMERIC, choices[0], marker, state.pos, shown=shown, listed=True, choices=choices)
    mark.first = state.pos == 0 or state.src[state.pos - 1] == "\n"
    push_mark(state, mark)
    state.pos = end
    return mark


def _footnote(state: StateInline) -> bool:
    """`[^1]`; `[^1,2]` and `[^word]` only if they are defined, because `[^a-z]` is a regular expression."""
    match = FOOTNOTE.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    name = match[1].strip()
    if _NUMBERED_NOTE.fullmatch(name):
        return _take(state, match, MarkerKind.FOOTNOTE, (name,), f"[{name}]")
    several = expand(name.replace("^", ""))
    choices: Choices = ((name,),) if FOOTNOTE_ID.fullmatch(name) else ()
    if several and "0" not in several:
        choices = (*choices, several)
    if not choices:
        return False
    mark = _take_listed(state, match.end(), choices, f"[{name.replace('^', '')}]")
    mark.kind = MarkerKind.FOOTNOTE
    return True


def _tagged(state: StateInline) -> bool:
    src, pos, end = state.src, state.pos, state.posMax
    if match := CITE_TAG.match(src, pos, end):
        return _gemini(state, match)
    if match := GEMINI_START.match(src, pos, end):
        state.pos = match.end()
        return True
    if match := TAG.match(src, pos, end):
        ids = expand_tags(match[1])
        return ids is not None and _take(state, match, MarkerKind.TAG, ids, match[0])
    if match := DAGGER.match(src, pos, end):
        return _take(state, match, MarkerKind.LENTICULAR, (match[1],), f"[{match[1]}]")
    return False


def _gemini(state: StateInline, match: re.Match[str]) -> bool:
    """`[cite: 3, 12]` and `[cite: source_8, 1.2.1]`: ids as written, else the number at their end."""
    ids: list[str] = []
    for part in split(match[1]):
        numbers = expand(part)
        if numbers is None and not (CITE_ID.fullmatch(part) and any(map(str.isdigit, part))):
            return False
        ids.extend(numbers or (part,))
    ends = tuple(part.rpartition("_")[2] for part in ids)
    _take(state, match, MarkerKind.GEMINI_CITE, tuple(ids), f"[{match[1]}]")
    if all(map(str.isdigit, ends)):
        state.env["marks"][-1].choices = (tuple(ids), ends)
    return True


def _matrix(state: StateInline) -> bool:
    if not state.src.startswith("[[", state.pos):
        return False
    end = matrix_end(state.src, state.pos)
    if not 0 < end <= state.posMax:
        return False
    state.append_pending(state.src[state.pos : end])
    state.pos = end
    return True


def _emphasised(state: StateInline) -> bool:
    """`[**1**]`: emphasis inside the brackets."""
    match = EMPHASISED.match(state.src, state.pos, state.posMax)
    ids = expand(match[2]) if match else None
    return match is not None and ids is not None and _take(state, match, MarkerKind.NUMERIC, ids, f"[{match[2]}]")


def _listed(state: StateInline) -> bool:
    """`[Source 2]`, `[1, p. 23]`, `[S1]`, `[Smith2020]`: only if a list has the ids."""
    match = IN_BRACKETS.match(state.src, state.pos, state.posMax)
    choices = in_brackets(match[1]) if match and not ONLY_NUMBERS.fullmatch(match[1]) else ()
    if not match or not choices:
        return False
    mark = _take_listed(state, match.end(), choices, f"[{match[1].strip()}]")
    if not mark.marker.startswith("["):
        mark.plain = f"[{match[1]}]"
    return True


def _numeric(state: StateInline, form: re.Pattern[str]) -> bool:
    src, pos = state.src, state.pos
    match = form.match(src, pos, state.posMax)
    ids = expand(match[1]) if match else None
    if not match or ids is None:
        return False
    if is_interval(match[1], ids, _words_before(src, pos)):
        return False
    if is_substance(src, match.end()) or is_index(src, pos, match.end()):
        return False
    if is_arithmetic(ids, src, pos, match.end()):
        return False
    if is_parameters(ids, src, match.end(), double=form is DOUBLE_BRACKET):
        state.append_pending(match[0])
        state.pos = match.end()
        return True
    after = src[match.end() : match.end() + 1]
    if pos and src[pos - 1] == " " and not after.isascii() and KOREAN_OR_KANA.match(after):  # a step: "이유: [3]의"
        return False
    _take(state, match, MarkerKind.NUMERIC, ids, f"[{match[1]}]")
    if ids == ("0",):
        state.env["marks"][-1].listed = True
    return True


def _words_before(src: str, pos: int) -> str:
    """Return the text before a bracket without an HTML tag at its end."""
    before = src[max(pos - _BEFORE, 0) : pos]
    return _TAG_BEFORE.sub("", before)[-_INTERVAL_WORDS:]


def raised(state: StateInline, silent: bool) -> bool:
    """`rose.¹,²` and `rose.^1,2^`: raised numbers that a list has; units and exponents are none."""
    src, pos = state.src, state.pos
    caret = src[pos] == "^"
    match = (CARET if caret else SUPERSCRIPT).match(src, pos, state.posMax)
    if not match:
        return False
    numbers = expand(match[1] or match[2]) if caret else None
    choices = ((numbers,) if numbers else ()) if caret else superscripts(match[0])
    if state.linkLevel or not choices:
        state.append_pending(match[0])
        state.pos = match.end()
        return True
    first = pos == 0 or src[pos - 1] == "\n"
    if not first and not may_be_raised_after(src[max(pos - _BEFORE, 0) : pos]):
        state.append_pending(match[0])
        state.pos = match.end()
        return True
    _take_listed(state, match.end(), choices, f"[{', '.join(choices[0])}]")
    return True


def raised_math(state: StateInline, silent: bool) -> bool:
    """`$^{1,2}$` behind a word; `$^{[1]}$` is a marker even without a list."""
    src, pos = state.src, state.pos
    match = CARET_MATH.match(src, pos, state.posMax) if src.startswith("$", pos) and not state.linkLevel else None
    ids = expand(match[2] or match[3]) if match else None
    if not match or not ids or EXPONENT_BEFORE.search(src, max(pos - 4, 0), pos):
        return False
    if match["open"]:
        return _take(state, match, MarkerKind.NUMERIC, ids, f"[{match[2]}]")
    mark = _take_listed(state, match.end(), (ids,), f"[{', '.join(ids)}]")
    mark.plain, mark.raised = ", ".join(ids), True
    return True


def turns(state: StateInline, silent: bool) -> bool:
    """`citeturn0search1turn2view0`: what is left when an exporter drops the private-use characters."""
    if state.src[state.pos] != "c" or state.linkLevel:
        return False
    match = TURNS.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    ids = tuple(_TURN.findall(match[0]))
    return _take(state, match, MarkerKind.OPENAI_PUA, ids, f"[{', '.join(ids)}]")


def lenticular(state: StateInline, silent: bool) -> bool:
    """`【n】` and its relatives."""
    if state.src[state.pos] not in "【［〔" or state.linkLevel:
        return False
    match = LENTICULAR.match(state.src, state.pos, state.posMax)
    if not match:
        return _listed_lenticular(state)
    if match["dagger"]:
        return _take(state, match, MarkerKind.LENTICULAR, (match["dagger"],), f"[{match['dagger']}]")
    if match["turn"]:
        turns = tuple(re.findall(r"turn\w+", match["turn"]))
        return _take(state, match, MarkerKind.LENTICULAR, turns, f"[{', '.join(turns)}]")
    numbers = match["list"] or match["wide"] or match["shell"]
    ids = expand(numbers)
    return ids is not None and _take(state, match, MarkerKind.LENTICULAR, ids, f"[{numbers}]")


def _listed_lenticular(state: StateInline) -> bool:
    """`【来源1】`, `［S1］`: only if a list has the ids."""
    match = IN_LENTICULAR.match(state.src, state.pos, state.posMax)
    choices = in_brackets(match[1]) if match else ()
    if not match or not choices:
        return False
    _take_listed(state, match.end(), choices, f"[{match[1].strip()}]").kind = MarkerKind.LENTICULAR
    return True


def private(state: StateInline, silent: bool) -> bool:
    """Private-use characters around citations, entities and pictures."""
    if state.src[state.pos] != "\ue200":
        return False
    match = PUA.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    name, *parts = match[1].split(_SEPARATOR)
    if name == "citeas" and len(parts) > 1:  # how other markups are rewritten: what is shown, and the ids
        return _take(state, match, MarkerKind.OPENAI_PUA, tuple(parts[1:]), parts[0])
    if name in {"cite", "filecite"} and any(parts):
        ids = tuple(part for part in parts if part)
        return _take(state, match, MarkerKind.OPENAI_PUA, ids, f"[{', '.join(ids)}]")
    state.append_pending(_entity_name(parts) if name == "entity" else "")
    state.pos = match.end()
    return True


def _entity_name(parts: list[str]) -> str:
    try:
        entity = json.loads(parts[0])
    except (ValueError, IndexError, RecursionError):
        return ""
    return str(entity[1]) if isinstance(entity, list) and len(entity) > 1 else ""


def oaicite(state: StateInline, silent: bool) -> bool:
    """`:contentReference[oaicite:n]{index=n}`."""
    if state.src[state.pos] != ":":
        return False
    match = OAICITE.match(state.src, state.pos, state.posMax)
    return match is not None and _take(state, match, MarkerKind.OAICITE, (f"oaicite:{match[1]}",), f"[{match[1]}]")
