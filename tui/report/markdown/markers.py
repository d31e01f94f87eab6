"""Inline rules for markdown-it that find citation markers (citations.md section 6.5, rules 1-3 and 5-7)."""

import json
import re

from markdown_it.rules_inline import StateInline

from tui.report.document import MarkerKind
from tui.report.markdown.grammar import (
    BRACKET,
    CITE_TAG,
    DAGGER,
    DOUBLE_BRACKET,
    ESCAPED_BRACKET,
    FOOTNOTE,
    KOREAN_OR_KANA,
    LENTICULAR,
    OAICITE,
    PUA,
    TAG,
    MarkerToken,
    expand,
    expand_tags,
    is_interval,
)
from tui.report.markdown.inlines import push_mark

_SEPARATOR = "\ue202"
_AFTER_LABEL = re.compile(r"-[A-Za-z]")


def square(state: StateInline, silent: bool) -> bool:
    """Everything in square brackets that is no link: footnotes, tags, numbers."""
    if state.src[state.pos] != "[":
        return False
    if not state.linkLevel and (
        _footnote(state) or _tagged(state) or _numeric(state, DOUBLE_BRACKET) or _numeric(state, BRACKET)
    ):
        return True
    state.append_pending("[")  # no rule after this one knows the character
    state.pos += 1
    return True


def escaped(state: StateInline, silent: bool) -> bool:
    r"""`\[12\]`: brackets that an exporter escaped."""
    return state.src[state.pos] == "\\" and not state.linkLevel and _numeric(state, ESCAPED_BRACKET)


def _take(state: StateInline, match: re.Match[str], kind: MarkerKind, ids: tuple[str, ...], shown: str) -> bool:
    mark = MarkerToken(
        kind, ids, match[0], state.pos, shown=shown, first=state.pos == 0 or state.src[state.pos - 1] == "\n"
    )
    mark.strict = kind is MarkerKind.NUMERIC and len(ids) > 1
    push_mark(state, mark)
    state.pos = match.end()
    return True


def _footnote(state: StateInline) -> bool:
    match = FOOTNOTE.match(state.src, state.pos, state.posMax)
    return match is not None and _take(state, match, MarkerKind.FOOTNOTE, (match[1],), f"[{match[1]}]")


def _tagged(state: StateInline) -> bool:
    src, pos, end = state.src, state.pos, state.posMax
    if match := CITE_TAG.match(src, pos, end):
        ids = expand(match[1])
        return ids is not None and _take(state, match, MarkerKind.GEMINI_CITE, ids, f"[{match[1]}]")
    if match := TAG.match(src, pos, end):
        ids = expand_tags(match[1])
        return ids is not None and _take(state, match, MarkerKind.TAG, ids, match[0])
    if match := DAGGER.match(src, pos, end):
        return _take(state, match, MarkerKind.LENTICULAR, (match[1],), f"[{match[1]}]")
    return False


def _numeric(state: StateInline, form: re.Pattern[str]) -> bool:
    src, pos = state.src, state.pos
    match = form.match(src, pos, state.posMax)
    ids = expand(match[1]) if match else None
    if not match or ids is None or is_interval(match[1], ids, src[max(pos - 24, 0) : pos]):
        return False
    if _AFTER_LABEL.match(src, match.end()):  # [6]-gingerol
        return False
    if pos and src[pos - 1] == " " and KOREAN_OR_KANA.match(src, match.end()):  # a step: "이유: [3]의"
        return False
    return _take(state, match, MarkerKind.NUMERIC, ids, f"[{match[1]}]")


def lenticular(state: StateInline, silent: bool) -> bool:
    """`【n】` and its relatives."""
    if state.src[state.pos] not in "【［〔" or state.linkLevel:
        return False
    match = LENTICULAR.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if match["dagger"]:
        return _take(state, match, MarkerKind.LENTICULAR, (match["dagger"],), f"[{match['dagger']}]")
    if match["turn"]:
        turns = tuple(re.findall(r"turn\w+", match["turn"]))
        return _take(state, match, MarkerKind.LENTICULAR, turns, f"[{', '.join(turns)}]")
    numbers = match["list"] or match["wide"] or match["shell"]
    ids = expand(numbers)
    return ids is not None and _take(state, match, MarkerKind.LENTICULAR, ids, f"[{numbers}]")


def private(state: StateInline, silent: bool) -> bool:
    """Private-use characters around citations, entities and pictures."""
    if state.src[state.pos] != "\ue200":
        return False
    match = PUA.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    name, *parts = match[1].split(_SEPARATOR)
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
