"""The event stream of a run: percentage, pages, messages; not available elsewhere, nor after its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.domain.detail import Step
from tui.domain.task import Counter
from tui.domain.text import clean
from tui.providers.parallel.models import SourceStatsBody
from tui.providers.sdk.json import Notes, as_text, clean_json, facts, read, rest_facts, to_amount

_MESSAGE = "task_run.progress_msg."
_KINDS = {
    "plan": "reasoning",
    "search": "call",
    "extract": "call",
    "tool_call": "call",
    "tool": "call",
    "result": "result",
    "exec_status": "text",
}


@dataclass(slots=True)
class ParallelProgress:
    """The progress told by the kept events."""

    counters: dict[str, Counter] = field(default_factory=dict)
    trace: list[Step] = field(default_factory=list)
    facts: tuple[tuple[str, str], ...] = ()
    run: Mapping[str, Any] | None = None  # of the newest state
    input: Mapping[str, Any] | None = None
    output: Mapping[str, Any] | None = None


def read_events(events: list[tuple[str, str, Any]], notes: Notes) -> ParallelProgress:
    """Parse the events of a run; unknown ones become steps."""
    progress = ParallelProgress()
    for name, _, data in events:
        if not isinstance(data, dict):
            continue
        kind = data.get("type") if isinstance(data.get("type"), str) else name
        if kind == "task_run.state":
            progress.run = data.get("run") if isinstance(data.get("run"), dict) else progress.run
            progress.input = data.get("input") if isinstance(data.get("input"), dict) else progress.input
            progress.output = data.get("output") if isinstance(data.get("output"), dict) else progress.output
        elif kind == "task_run.progress_stats":
            _read_stats(progress, data, notes)
        else:
            progress.trace.append(_step(str(kind), data))
    return progress


def _read_stats(progress: ParallelProgress, data: Mapping[str, Any], notes: Notes) -> None:
    stats = read(SourceStatsBody, data.get("source_stats"), notes.at("source_stats")) or SourceStatsBody()
    meter = to_amount(data.get("progress_meter"))
    if meter is not None:
        progress.counters["percent"] = Counter(round(meter, 2), 100)
    if stats.num_sources_read is not None:
        progress.counters["pages_read"] = Counter(stats.num_sources_read)
    if stats.num_sources_considered is not None:
        progress.counters["sources_considered"] = Counter(stats.num_sources_considered)
    progress.facts = facts(("read, among others", "; ".join(stats.sources_read_sample))) + rest_facts(stats.rest())


def _step(kind: str, data: Mapping[str, Any]) -> Step:
    value = clean_json(dict(data))
    assert isinstance(value, dict)
    word = clean(kind.removeprefix(_MESSAGE))
    text = as_text(value.get("message"))
    if kind == "error":  # about the stream, not about the run
        inner = value.get("error")
        text = f"the event stream broke off: {as_text(inner.get('message') if isinstance(inner, Mapping) else inner)}"
    kept = {name: item for name, item in value.items() if name not in {"type", "message"}}
    shown = _KINDS.get(word, word)
    return Step("parallel", shown, text, word if shown in {"call", "result"} else None, kept or None)
