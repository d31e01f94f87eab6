"""The output of a simulated task: text with or without numbers, fields, sources, stream frames."""

from collections.abc import Mapping
from typing import Any

from tui.simulator.content import DemoReport, without_markers
from tui.simulator.events import frame
from tui.simulator.json_body import Body
from tui.simulator.schema_samples import by_property

_PIECE = 400  # characters of a piece of text in a stream


def sources(report: DemoReport, traits: Mapping[str, Any]) -> list[Body]:
    """Return the sources: title, address, picture of the site; neither id nor quote."""
    if traits.get("names"):
        return []
    listed: list[Body] = [
        {"title": source.title, "url": source.url, "favicon": f"https://{source.host}/favicon.ico"}
        for source in report.sources
    ]
    if traits.get("ragged"):
        listed += [{**listed[0], "title": f"{listed[0]['title']} (annex)"}, {"title": "notes.md"}]
    return listed


def content(report: DemoReport, request: Body, traits: Mapping[str, Any]) -> Any:
    """Markdown in the wanted form of citation, or an object where a schema was sent."""
    schema = request.get("output_schema")
    if schema is not None:
        return by_property(report, schema)
    text = report.markdown.rstrip()
    if traits.get("names") or request.get("citation_format") in {"mla", "apa", "chicago"}:
        text = without_markers(report).rstrip()
        listed = [f"{source.title}. {source.url}" for source in report.sources]
        return text if traits.get("names") else "\n\n".join([text, "## References", *listed])
    if traits.get("ragged"):
        text += f"\n\nOne figure could not be traced to a source [{len(report.sources) + 7}]."
    if traits.get("unlisted") or traits.get("ragged"):
        return text
    rows = [f"[{number}] {source.title} - {source.url}" for number, source in enumerate(report.sources, 1)]
    return "\n".join([text, "", "## Sources", "", *rows, ""])


def frames(task_id: str, model: str, report: DemoReport, share: float, request: Body) -> list[bytes]:
    """The frames of a stream so far; the text comes in one burst at the end."""
    made: list[Body] = [_call("tool_call", "Planning", "t0", "Initializing research plan")]
    headings = report.headings or [report.title]
    for number, heading in enumerate(headings[: int(len(headings) * share)], 1):
        call = f"t{number}"
        made.append(_call("tool_call", "WebSearch", call, "Executing 1 search query", queries=[heading]))
        found = sources(report, {})[number - 1 : number + 1]
        made.append(_call("tool_response", "WebSearch", call, "Completed executing search tool call", sources=found))
    if share >= 1:
        made.append(_call("tool_call", "Generating", "t99", "Generating final report"))
        whole = content(report, request, {})
        pieces = (
            [whole] if isinstance(whole, dict) else [whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE)]
        )
        made += [{"role": "assistant", "content": piece} for piece in pieces]
        made.append({"role": "assistant", "sources": sources(report, {})})
    head = {"id": task_id, "object": "chat.completion.chunk", "model": model, "created": 1_795_165_200}
    return [frame("chat.completion.chunk", {**head, "choices": [{"delta": delta}]}) for delta in made]


def _call(kind: str, name: str, call: str, arguments: str, **more: Any) -> Body:
    entry = {"name": name, "id": call, "arguments": arguments, **more}
    return {"role": "assistant", "tool_calls": {"type": kind, kind: [entry]}}
