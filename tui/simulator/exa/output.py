"""The output of a simulated run: prose or fields, grounding, usage, cost."""

from collections.abc import Iterator, Mapping
from typing import Any

from tui.simulator.content import DemoReport, without_markers
from tui.simulator.course import Moment
from tui.simulator.exa.scripts import CAPS, PRICES
from tui.simulator.json_body import Body

_COMPUTE, _SEARCH = 0.10, 0.005  # dollars of a compute unit and of a search
NOTHING: Body = {"text": "", "structured": None, "grounding": []}


def output(report: DemoReport, request: Body, share: float, traits: Mapping[str, Any]) -> Body:
    """Return the result of a run that ended with `share` of its work done."""
    if traits.get("empty") or share <= 0:
        return dict(NOTHING)
    structured: Any = None
    grounding: list[Body] = []
    if request.get("outputSchema") is not None or traits.get("both") or traits.get("ragged"):
        structured, grounding = _fields(report)
        if traits.get("ragged"):
            structured, grounding = _ragged(structured, grounding)
    if structured is not None and not traits.get("both"):
        count = sum(1 for _ in structured)
        return {
            "text": f"Returned {count} field{'s' if count > 1 else ''}.",
            "structured": structured,
            "grounding": grounding,
        }
    text = without_markers(report)
    text = text if share >= 1 else text[: int(len(text) * share)].rpartition("\n\n")[0]
    cited = [{"url": source.url, "title": source.title} for source in report.sources]
    of_text = {"field": "text", "citations": cited[: max(1, int(len(cited) * share))], "confidence": "medium"}
    return {"text": text, "structured": structured, "grounding": [of_text, *grounding]}


def _fields(report: DemoReport) -> tuple[Any, list[Body]]:
    """Return the structured output of a report, and the grounding of each field."""
    found = report.structured
    if found is None:
        entries = [{"title": source.title, "host": source.host} for source in report.sources[:8]]
        places = {f"sources[{number}].title": [source.id] for number, source in enumerate(report.sources[:8])}
        return {"sources": entries}, [*_grounding(report, places)]
    return found["fields"], [*_grounding(report, found["basis"])]


def _grounding(report: DemoReport, basis: Mapping[str, Any]) -> Iterator[Body]:
    known = {source.id: source for source in report.sources}
    for number, (place, ids) in enumerate(basis.items()):
        cited = [{"url": known[one].url, "title": known[one].title} for one in ids if one in known]
        confidence = ("high", "high", "medium", "low")[number % 4]
        yield {"field": f"structured.{place}", "citations": cited, "confidence": confidence}


def _ragged(structured: Any, grounding: list[Body]) -> tuple[Any, list[Body]]:
    """Make output irregular as real ones are: nulls, citations without titles, a field without any."""
    cut = {**structured, "not_found": None}
    bare = [{**entry, "citations": [{"url": one["url"]} for one in entry["citations"]]} for entry in grounding]
    nowhere = {**bare[0], "field": "structured.left_out[3].name"}
    return cut, [*bare, {"field": "structured.not_found", "citations": [], "confidence": None}, nowhere]


def bill(request: Body, now: Moment, searches: int) -> tuple[Body, Body]:
    """Return usage and cost: zeros until the end."""
    if now.ended is None:
        searches = 0
    units = round(searches * 0.17, 3)
    usage = {"agentComputeUnits": units, "searches": searches, "emails": 0, "phoneNumbers": 0}
    compute, search = round(units * _COMPUTE, 4), round(searches * _SEARCH, 4)
    effort = request.get("effort") or "auto"
    cap = (request.get("budget") or {}).get("maxCostDollars") or CAPS.get(effort, 5.0)
    total = PRICES.get(effort, min(round(compute + search, 4), cap)) if now.ended else 0
    cost = {"total": total, "agentCompute": compute, "search": search, "emails": 0, "phoneNumbers": 0}
    return usage, cost
