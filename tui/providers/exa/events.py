"""Exa's stored events -> what a run did: its trace, its searches, the pages it met.

`created`, `started`, `completed` and `source.added` are documented or known from the vendor's own readers; an event of
another name is shown under that name.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.domain.detail import Step
from tui.domain.text import one_line, plural
from tui.providers.exa.models import EventPageBody
from tui.providers.sdk.json import as_text, clean_json, read
from tui.providers.sdk.parts import ReadContext

_PREFIX = "agent_run."
_SILENT = frozenset({"created", "started", "completed", "cancelled", "failed", "function_call_arguments.done"})


@dataclass(slots=True)
class ExaProgress:
    """The progress told by events. `pages` holds (address, title) of every page met, each once."""

    steps: list[Step] = field(default_factory=list)
    searches: int = 0
    pages: dict[str, str | None] = field(default_factory=dict)


def read_progress(context: ReadContext) -> ExaProgress:
    """Parse the event pages of a fetch."""
    progress = ExaProgress()
    for name, data in _events(context):
        _take(progress, name.removeprefix(_PREFIX), data)
    return progress


def _events(context: ReadContext) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every event once, in order; kept pages may overlap, because the last page grows."""
    told = set()
    for number, page in enumerate(context.pages("events")):
        found = read(EventPageBody, page, context.notes.at(f"events[{number}]"))
        for event in found.data if found else ():
            mark = (str(event.id), event.event) if event.id is not None else (str(event), None)
            if mark not in told:
                told.add(mark)
                yield event.event or "", _object(event.data)


def _object(data: object) -> Mapping[str, Any]:
    if isinstance(data, str):
        try:
            data = json.loads(data, strict=False)
        except (ValueError, RecursionError):
            return {"text": data}
    return data if isinstance(data, dict) else {"data": data}


def _take(progress: ExaProgress, name: str, data: Mapping[str, Any]) -> None:
    item = data.get("item")
    if name == "search_trace":
        progress.searches += 1
        progress.steps.append(_step("call", data.get("text"), data, data.get("tool")))
    elif name.startswith("output_item.") and isinstance(item, dict):
        _take_item(progress, name.endswith(".done"), item)
    elif name == "source.added":
        source = data.get("source")
        address = source.get("url") if isinstance(source, dict) else None
        if isinstance(address, str) and address:
            title = source.get("title") if isinstance(source, dict) else None
            progress.pages.setdefault(address, title if isinstance(title, str) else None)
    elif name == "preliminary_list":
        found = data.get("preliminaryList", data)
        answer = found.get("answer") if isinstance(found, dict) else found
        progress.steps.append(_step("preliminary list", answer, data))
    elif name not in _SILENT:
        progress.steps.append(_step(name or "event", data, data))


def _take_item(progress: ExaProgress, done: bool, item: Mapping[str, Any]) -> None:
    """Add a tool call; its start is shown unless it is a search that the trace already tells of."""
    tool = item.get("name")
    metadata = item.get("metadata")
    count = metadata.get("sourceCount") if isinstance(metadata, dict) else None
    if done:
        told = plural(count, "source") if isinstance(count, int) and not isinstance(count, bool) else item.get("status")
        progress.steps.append(_step("result", told, item, tool))
    elif tool != "search":
        progress.steps.append(_step("call", tool, item, tool))


def _step(kind: str, text: object, data: Mapping[str, Any], tool: object = None) -> Step:
    named = one_line(tool, 60) if isinstance(tool, str) else None
    return Step("exa", one_line(kind, 60), as_text(clean_json(text)), named, clean_json(data))
