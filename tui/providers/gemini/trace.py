"""The steps of an interaction as a trace: reasoning, searches, pages, calls."""

from collections.abc import Mapping, Sequence

from tui.domain.detail import Json, Step
from tui.domain.task import Counter
from tui.domain.text import clean
from tui.providers.gemini.models import GeminiUsage, StepBody
from tui.providers.sdk.json import as_text

_WIDGET = "search_suggestions"  # HTML of a search box, no result
_SPOKEN = frozenset({"user_input", "model_output"})


def has_trace(steps: Sequence[StepBody]) -> bool:
    """Whether the steps show the work; a finished interaction may hold question and report only."""
    return any(step.type not in _SPOKEN for step in steps)


def trace_of(steps: Sequence[StepBody]) -> tuple[Step, ...]:
    """Return one entry for every step with content; the report is not an entry."""
    last = max((number for number, step in enumerate(steps) if step.type == "model_output"), default=-1)
    shown = (_step(step) for number, step in enumerate(steps) if step.type != "user_input" and number != last)
    return tuple(step for step in shown if step is not None)


def counters_of(steps: Sequence[StepBody], usage: GeminiUsage | None) -> dict[str, Counter]:
    """Return counters of searches, pages read and thoughts; none has a total."""
    grounding = usage.grounding_tool_count if usage else ()
    told = {tool.type: tool.count for tool in grounding if tool.type and tool.count is not None}
    calls = [step for step in steps if step.type == "google_search_call"]
    searches = told.get("google_search", sum(len(_texts(step, "queries")) or 1 for step in calls))
    pages = sum(page.get("status") == "success" for step in steps for page in _pages(step))
    thoughts = sum(step.type == "thought" and bool(_said(step)) for step in steps)
    others = {kind.replace("_", " "): count for kind, count in told.items() if kind != "google_search"}
    figures = {"searches": searches, "pages_read": pages, "thoughts": thoughts, **others}
    return {name: Counter(value) for name, value in figures.items() if value}


def _step(step: StepBody) -> Step | None:
    kind = step.type or "step"
    if kind == "thought":
        said = _said(step)
        return Step("gemini", "reasoning", said, data=_rest(step)) if said else None
    if kind == "model_output":
        said = clean("".join(part.text or "" for part in step.content))
        return Step("gemini", "text", said, data=_rest(step)) if said else None
    for ending in ("call", "result"):
        if kind.endswith(f"_{ending}"):
            tool = step.name or kind.removesuffix(f"_{ending}")
            text = _call(step) if ending == "call" else _result(step)
            data = step.arguments if ending == "call" else _without_widget(step.result)
            return Step("gemini", ending, text, tool, _with_rest(data, step))
    said = _said(step) or as_text(step.arguments)
    return Step("gemini", kind, said, data=_with_rest(_without_widget(step.result), step))


def _call(step: StepBody) -> str:
    """Return the arguments of a call: words, addresses, code, or JSON."""
    words = [*_texts(step, "queries"), *_texts(step, "urls")]
    code = step.arguments.get("code") if isinstance(step.arguments, Mapping) else None
    if words:
        return ", ".join(words)
    return code if isinstance(code, str) else as_text(step.arguments)


def _result(step: StepBody) -> str:
    failed = "failed" if step.is_error else ""
    pages = [f"{page.get('url')}: {page.get('status') or 'read'}" for page in _pages(step)]
    if pages:
        return "\n".join(pages)
    found = _without_widget(step.result)
    said = as_text(found) if found not in (None, [], {}) else _said(step)
    return ": ".join(filter(None, (failed, said)))


def _said(step: StepBody) -> str:
    return clean("\n\n".join(part.text for part in (*step.summary, *step.content) if part.text))


def _texts(step: StepBody, name: str) -> list[str]:
    given = step.arguments.get(name) if isinstance(step.arguments, Mapping) else None
    return [item for item in given if isinstance(item, str)] if isinstance(given, list) else []


def _pages(step: StepBody) -> list[Mapping[str, Json]]:
    if step.type != "url_context_result" or not isinstance(step.result, list):
        return []
    return [page for page in step.result if isinstance(page, Mapping) and isinstance(page.get("url"), str)]


def _without_widget(result: Json) -> Json:
    """Return a result without search widgets; None if nothing else is in it."""
    if isinstance(result, list):
        kept = [_without_widget(item) for item in result]
        return [item for item in kept if item not in (None, {})] or None
    if isinstance(result, Mapping):
        return {name: item for name, item in result.items() if name != _WIDGET}
    return result


def _rest(step: StepBody) -> Json:
    """Return the members that have no other place: ids, kinds, unknown members."""
    known = {"id": step.id, "call_id": step.call_id, "search_type": step.search_type, "server": step.server_name}
    known = {name: value for name, value in known.items() if value}
    failed = {"is_error": step.is_error} if step.is_error is not None else {}
    fault = {"error": step.error.message or step.error.code} if step.error else {}
    return {**known, **failed, **fault, **step.rest()} or None


def _with_rest(data: Json, step: StepBody) -> Json:
    rest = _rest(step)
    if rest is None:
        return data
    assert isinstance(rest, Mapping)
    return {**rest, **data} if isinstance(data, Mapping) else rest if data is None else {**rest, "value": data}
