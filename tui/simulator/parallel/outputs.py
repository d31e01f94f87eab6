"""The output of a run: a text with its own references, or fields; each with its basis."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tui.simulator.content import DemoReport, DemoSource
from tui.simulator.course import Course
from tui.simulator.json_body import Body
from tui.simulator.schema_samples import instance
from tui.simulator.tasks import SimTask

SCRIPTS: Mapping[str, Course] = {
    "done": Course("a text with its own references, the basis in another order", seconds=600),
    "unmarked": Course("a text without a marker: the basis is all there is", seconds=240, traits={"unmarked": True}),
    "no-basis": Course("nothing was found", seconds=120, traits={"nothing": True}),
    "warnings": Course("completes with two warnings", seconds=240, traits={"warnings": True}),
    "tools": Course("calls tools of an MCP server, one in vain", seconds=240, traits={"tools": True}),
    "content-string": Course("fields come as a text", seconds=240, traits={"string": True}),
    "of-2025": Course("members without a value are sent as null", seconds=240, traits={"nulls": True}),
    "failed": Course("fails half way", "failed", share=0.5),
    "failed-silent": Course("fails without a reason", "failed", share=0.5, traits={"silent": True}),
    "action-required": Course("wants something that nothing documents", "action_required", share=0.5),
    "cancelled": Course("is cancelled by somebody at the service", "cancelled", share=0.4),
    "waiting": Course("stays queued for five minutes", queued=300),
    "stuck": Course("goes on for ever", None, share=0.6),
}
_SMALL = ("lite", "base", "core")
_MARKER = re.compile(r"\s?\[\d+\](?!\()")


def output(task: SimTask, report: DemoReport) -> Body:
    """The output of a run that completed."""
    traits = SCRIPTS[task.script].traits
    found = _content(task, report)
    if traits.get("string") and found["type"] == "json":
        found["content"] = json.dumps(found["content"], ensure_ascii=False)
    if traits.get("tools"):
        found["mcp_tool_calls"] = [*_tool_calls(report)]
    return found


def _content(task: SimTask, report: DemoReport) -> Body:
    traits = SCRIPTS[task.script].traits
    if traits.get("nothing"):
        return {"type": "text", "content": "Nothing could be found in public sources.", "basis": []}
    wanted = (task.request.get("task_spec") or {}).get("output_schema")
    if isinstance(wanted, dict) and wanted.get("type") == "json":
        return _fields(report, wanted.get("json_schema") or {})
    if isinstance(wanted, str) or (isinstance(wanted, dict) and wanted.get("type") != "auto"):
        text = _MARKER.sub("", report.markdown) if traits.get("unmarked") else _with_references(report)
        return {"type": "text", "content": text, "basis": [_entry("output", _shuffled(report.sources))]}
    if str(task.request.get("processor", "")).removesuffix("-fast") in _SMALL:
        content = {"output": _with_references(report)}
        basis = [_entry("output", _shuffled(report.sources))]
        return {"type": "json", "content": content, "basis": basis, "output_schema": {}}
    return _sections(report)


def _with_references(report: DemoReport) -> str:
    """Return the text with its list of references; the last sources were read and are not in it."""
    cited = {int(number) for number in re.findall(r"\[(\d+)\](?!\()", report.markdown)}
    lines = [f"{one.id}. *{one.title}*. {one.url}" for one in report.sources if one.id in cited]
    return f"{report.markdown.rstrip()}\n\n## References\n\n" + "\n".join(lines) + "\n"


def _shuffled(sources: Sequence[DemoSource]) -> list[DemoSource]:
    """Return the sources in an order unrelated to their numbers."""
    return [*sources[1::2], *sources[0::2]]


def _entry(field: str, sources: Sequence[DemoSource], confidence: str | None = "high") -> Body:
    citations = [
        {"url": one.url, "title": one.title} | ({"excerpts": [one.snippet]} if one.snippet else {"excerpts": []})
        for one in sources
    ]
    reasoning = f"{len(sources)} pages agree." if len(sources) > 1 else "The page says so."
    return {"field": field, "reasoning": reasoning, "confidence": confidence, "citations": citations}


def _fields(report: DemoReport, schema: Body) -> Body:
    """Fields by a schema; paths of the basis have dots and element numbers."""
    own, known = report.structured, {one.id: one for one in report.sources}
    if own is None or own["schema"] != schema:
        content = instance(schema, iter(lambda: report.title, None))
        names = [*content] if isinstance(content, dict) else ["output"]
        basis = [_entry(name, report.sources[:1], "low") for name in names]
        return {"type": "json", "content": content, "basis": basis}
    levels = ("high", "medium", "low", "", None)
    basis = [
        _entry(re.sub(r"\[(\d+)\]", r".\1", path), [known[one] for one in ids if one in known], levels[number % 5])
        for number, (path, ids) in enumerate(own["basis"].items())
    ]
    return {"type": "json", "content": own["fields"], "basis": basis}


def _sections(report: DemoReport) -> Body:
    """Return fields chosen by the service."""
    parts = re.split(r"(?m)^## +", report.markdown)[1:]
    sections = []
    basis = []
    for number, part in enumerate(parts):
        heading, _, text = part.partition("\n")
        sections.append({"heading": heading.strip(), "text": _MARKER.sub("", text).strip()})
        cited = {int(one) for one in re.findall(r"\[(\d+)\](?!\()", text)}
        found = [source for source in report.sources if source.id in cited]
        if found:
            basis.append(_entry(f"sections.{number}.text", found, "medium"))
    string = {"type": "string"}
    section = {"type": "object", "properties": {"heading": string, "text": string}}
    schema = {
        "type": "object",
        "properties": {"title": string, "sections": {"type": "array", "items": section}},
    }
    content = {"title": report.title, "sections": sections}
    return {"type": "json", "content": content, "basis": basis, "output_schema": schema}


def _tool_calls(report: DemoReport) -> Iterator[Body]:
    about = {"server_name": "library", "tool_name": "search"}
    arguments = json.dumps({"objective": report.title})
    yield {**about, "tool_call_id": "call_1", "arguments": arguments, "content": '{"results": []}', "error": ""}
    yield {**about, "tool_call_id": "call_2", "arguments": arguments, "content": "", "error": "timed out after 30 s"}


def messages(report: DemoReport, share: float) -> list[tuple[float, str, str]]:
    """Return the messages so far as (share of the work, kind, message)."""
    said = [(0.0, "exec_status", "Starting research"), (0.02, "plan", f"I will look into: {report.title}")]
    sources = report.sources[:24]
    for number, source in enumerate(sources):
        at = 0.05 + 0.8 * number / len(sources)
        if number % 4 == 0:
            subject = (report.headings or [report.title])[number // 4 % max(len(report.headings), 1)]
            said.append((at, "search", f"Query: {subject}"))
        said.append((at, "extract", f"Extract: {source.url}"))
    said.append((0.9, "result", "I have enough and write the report."))
    return [one for one in said if one[0] <= share]


def stats(report: DemoReport, share: float) -> Body:
    """Return the number of pages looked at, which is not always in step with the messages."""
    pages = [source.url for source in report.sources[: int(len(report.sources) * share)]]
    considered = len(pages) * 6 + 5
    counts: dict[str, Any] = {
        "num_sources_considered": considered,
        "num_sources_read": len(pages),
        "sources_read_sample": pages[-3:],
    }
    return {"type": "task_run.progress_stats", "source_stats": counts, "progress_meter": round(share * 97.5, 1)}
