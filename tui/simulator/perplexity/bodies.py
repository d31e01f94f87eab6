"""The body of a run: searches one by one, pages, the message, usage and cost."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tui.simulator.content import DemoReport, DemoSource, replace_markers
from tui.simulator.course import Course
from tui.simulator.json_body import Body
from tui.simulator.schema_samples import structured
from tui.simulator.tasks import SimTask

SCRIPTS: Mapping[str, Course] = {
    "done": Course("several searches, a report with [n] markers", seconds=420),
    "web-markers": Course("markers as [web:n], and a note before the report", seconds=300, traits={"web": True}),
    "repeated-ids": Course("ids start again with each search: one number, two sources", traits={"repeated": True}),
    "files": Course("a report, and a file made in the sandbox", seconds=300, traits={"files": True}),
    "silent": Course("completes without a text", seconds=120, traits={"silent": True}),
    "approval": Course("asks whether a tool may be used", "requires_action", share=0.5, traits={"asks": "mcp"}),
    "function": Course("wants the result of a function", "requires_action", share=0.5, traits={"asks": "function"}),
    "failed": Course("fails after some searches", "failed", share=0.4),
    "failed-silent": Course("fails without a reason", "failed", share=0.4, traits={"silent": True}),
    "incomplete": Course("ends early at its token limit", "incomplete", share=0.8),
    "waiting": Course("stays queued for five minutes", queued=300),
    "stuck": Course("goes on for ever", None, share=0.4),
}
MODEL = "openai/gpt-6.1-sol"
_SEARCH_USD, _PAGE_USD = 0.0025, 0.0005
_PER_SEARCH = 6  # results


def output(task: SimTask, report: DemoReport, share: float, ended: str | None) -> list[Body]:
    """Return the output items of a run with `share` of its work done."""
    traits = SCRIPTS[task.script].traits
    items = [*_searches(report, share, repeated=bool(traits.get("repeated")))]
    if ended == "requires_action":
        return [*items, _question(task, traits["asks"])]
    if ended == "incomplete":
        return [*items, message(task, report.beginning(share), "incomplete")]
    if ended != "completed" or traits.get("silent"):
        return items
    if traits.get("files"):
        items += _file(task, report)
    if traits.get("web"):
        items.append(message(task, "I have what I need and write the report now.", "completed", 1))
    return [*items, message(task, text(task, report), "completed")]


def text(task: SimTask, report: DemoReport) -> str:
    """The report as this run writes it: markdown, or JSON where a schema was given."""
    wanted = task.request.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        schema = (wanted.get("json_schema") or {}).get("schema")
        return json.dumps(structured(report, schema or {}), ensure_ascii=False)
    if SCRIPTS[task.script].traits.get("web"):
        return replace_markers(report.markdown, {source.id: f"[web:{source.id}]" for source in report.sources})
    return report.markdown


def message(task: SimTask, written: str, status: str, number: int = 2) -> Body:
    """A message; annotations are empty in every answer that was ever seen."""
    part = {"type": "output_text", "text": written, "annotations": []}
    return {
        "id": f"msg_{task.id[5:-1]}{number}",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": [part],
    }


def _searches(report: DemoReport, share: float, *, repeated: bool) -> Iterator[Body]:
    """Searches and the pages read after each, as far as the run has come; ids run on unless `repeated`."""
    pages = [report.sources[at : at + _PER_SEARCH] for at in range(0, len(report.sources), _PER_SEARCH)]
    subjects = [*report.headings, report.title]
    for number, found in enumerate(pages[: math.ceil(len(pages) * min(1.0, share * 1.25))]):
        first = found[0].id - 1 if repeated and number else 0
        queries = [subjects[number % len(subjects)], report.title][: 1 + number % 2]
        yield {
            "type": "search_results",
            "queries": queries,
            "results": [_result(source, source.id - first) for source in found],
        }
        yield {
            "type": "fetch_url_results",
            "contents": [
                {"url": source.url, "title": source.title, "snippet": source.snippet or source.title}
                for source in found[:2]
            ],
        }


def _result(source: DemoSource, number: int) -> Body:
    found: Body = {"id": number, "url": source.url, "title": source.title, "snippet": source.snippet, "source": "web"}
    return found | ({"date": source.date, "last_updated": source.date} if source.date else {})


def _question(task: SimTask, kind: str) -> Body:
    if kind == "function":
        arguments = json.dumps({"sku": "4711"})
        return {
            "type": "function_call",
            "id": f"fc_{task.id[5:]}",
            "call_id": f"call_{task.id[5:]}",
            "name": "get_price",
            "arguments": arguments,
            "status": "completed",
        }
    arguments = json.dumps({"query": task.prompt[:60]})
    return {
        "type": "mcp_approval_request",
        "id": f"mcpr_{task.id[5:]}",
        "server_label": "library",
        "name": "search_catalogue",
        "arguments": arguments,
    }


def table(report: DemoReport) -> str:
    """The file that a run makes: its sources as CSV."""
    rows = (f'{source.id},"{source.title.replace(chr(34), chr(34) * 2)}",{source.url}' for source in report.sources)
    return "\n".join(["id,title,url", *rows]) + "\n"


def _file(task: SimTask, report: DemoReport) -> list[Body]:
    ran = {"status": "completed", "exit_code": 0, "stdout": "sources.csv\n", "stderr": "", "duration_ms": 210}
    return [
        {
            "type": "sandbox_results",
            "call_id": "call_1",
            "code": "write_sources('sources.csv')",
            "language": "python",
            "status": "completed",
            "results": [ran],
        },
        {
            "type": "share_file",
            "call_id": "call_2",
            "file_id": "file_1",
            "filename": "sources.csv",
            "size_bytes": len(table(report).encode()),
            "url": f"/v1/responses/{task.id}/files/file_1/content",
        },
    ]


def usage(task: SimTask, items: Sequence[Body]) -> Body:
    """Tokens, tools and their cost, in parts that add up."""
    searches = sum(item["type"] == "search_results" for item in items)
    pages = sum(len(item.get("contents", ())) for item in items)
    size = len(json.dumps(items, ensure_ascii=False)) // 4
    read, cached = 40_000 + size * 3, 12_000
    tools = {"search_web": round(searches * _SEARCH_USD, 6), "fetch_url": round(pages * _PAGE_USD, 6)}
    parts = {
        "input_cost": round((read - cached) * 1.25e-6, 6),
        "output_cost": round(size * 1e-5, 6),
        "cache_creation_cost": 0.0,
        "cache_read_cost": round(cached * 1e-7, 6),
        "tool_calls_cost": round(sum(tools.values()), 6),
    }
    return {
        "input_tokens": read,
        "input_tokens_details": {
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": cached,
            "cached_tokens": cached,
        },
        "output_tokens": size,
        "output_tokens_details": {"reasoning_tokens": size // 3},
        "total_tokens": read + size,
        "tool_calls_details": {
            "search_web": {"invocation": searches, "cost_usd": tools["search_web"]},
            "fetch_url": {"invocation": pages, "cost_usd": tools["fetch_url"]},
        },
        "cost": {
            "currency": "USD",
            **parts,
            "tool_calls_cost_details": tools,
            "total_cost": round(sum(parts.values()), 6),
        },
    }


def envelope(task: SimTask) -> Body:
    """Return the members that repeat the request; the live response has more than the schema."""
    asked = task.request
    echoed: dict[str, Any] = {
        "background": asked.get("background", False),
        "store": asked.get("store", True),
        "previous_response_id": asked.get("previous_response_id"),
        "instructions": asked.get("instructions"),
        "max_output_tokens": asked.get("max_output_tokens"),
        "tools": asked.get("tools") or [{"type": "web_search"}, {"type": "fetch_url"}],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "service_tier": "default",
        "text": {"format": {"type": "text"}},
        "truncation": "",
        "metadata": {},
        "user": None,
    }
    tier = asked.get("effort") or asked.get("preset")
    return echoed | ({"preset": tier, "effort": tier} if tier else {})
