"""The output items of a response: reasoning, searches, pages, notes, and the report with its annotations."""

import json
import re
from collections.abc import Mapping
from typing import Any

from tui.simulator.content import DemoReport, prose_and_code
from tui.simulator.json_body import Body
from tui.simulator.openai.scripts import Ending
from tui.simulator.schema_samples import structured

FILE = b"finding,source\nreport,1\n"
_MARKER = re.compile(r"\[(\d+)\](?!\()")
_PART = 0.5  # of the sections, where a report is cut short
_PER_SEARCH = 4  # sources


def items(task_id: str, report: DemoReport, ending: Ending, request: Mapping[str, Any]) -> list[Body]:
    """Return all items of the whole run, in order."""
    stem = task_id.removeprefix("resp_")
    if ending.text == "empty":
        return []
    found = _work(stem, report, ending, request)
    if ending.files:
        found.append(
            _item(stem, "ci", "code_interpreter_call", code="write_csv()", container_id="cntr_0001", outputs=None)
        )
    if ending.text == "approval":
        arguments = json.dumps({"query": report.title})
        found.append(
            _item(stem, "mcpr", "mcp_approval_request", 99, name="search", server_label="docs", arguments=arguments)
        )
        found[-1].pop("status")
    elif ending.text == "function":
        found.append(_item(stem, "fc", "function_call", 99, name="lookup", arguments="{}", call_id="call_0001"))
    elif ending.text == "refusal":
        part = {"type": "refusal", "refusal": "I can't help with that request."}
        found.append(_item(stem, "msg", "message", 99, role="assistant", content=[part]))
    elif ending.text != "none":
        note = {"type": "output_text", "text": f"I will compare {len(report.sources)} sources.", "annotations": []}
        found.append(_item(stem, "msg", "message", 98, role="assistant", content=[note], phase="commentary"))
        found.append(
            _item(
                stem,
                "msg",
                "message",
                99,
                role="assistant",
                content=[_part(report, ending, request)],
                phase="final_answer",
            )
        )
    return found


def _item(stem: str, kind: str, type_: str, number: int = 0, **members: Any) -> Body:
    return {"id": f"{kind}_{stem[:40]}{number:02}", "type": type_, "status": "completed", **members}


def _work(stem: str, report: DemoReport, ending: Ending, request: Mapping[str, Any]) -> list[Body]:
    """Return searches with the pages opened after them, and the thoughts in between."""
    kinds = [tool.get("type", "") for tool in request.get("tools") or [] if isinstance(tool, dict)]
    told = bool((request.get("reasoning") or {}).get("summary"))
    headings = report.headings or [report.title]
    found: list[Body] = []

    def think(text: str) -> None:
        summary = [{"type": "summary_text", "text": text}] if told else []
        found.append({"id": f"rs_{stem[:40]}{len(found):02}", "type": "reasoning", "summary": summary})

    def call(**action: Any) -> None:
        found.append(_item(stem, "ws", "web_search_call", len(found), action=action))
        if ending.azure:
            found[-1]["status"] = "searching"

    think(f"**Planning the search**\n\nThe question is about {report.title}.")
    if not any(str(kind).startswith("web_search") for kind in kinds):
        return found
    most = request.get("max_tool_calls") or 40
    for number, start in enumerate(range(0, len(report.sources), _PER_SEARCH)):
        if sum(item["type"] == "web_search_call" for item in found) + 2 > most:
            break
        sources = report.sources[start : start + _PER_SEARCH]
        query = f"{report.title} {headings[number % len(headings)]}"
        listed = [{"type": "url", "url": source.url} for source in sources]
        call(type="search", query=query, queries=[query], sources=listed)
        call(type="open_page", url=sources[0].url)
        if number % 3 == 2:
            call(type="find_in_page", url=sources[0].url, pattern=report.title.split()[0])
            think(f"**Checking {headings[number % len(headings)]}**\n\nTwo sources disagree; the newer one counts.")
    return found


def without_sources(found: list[Body]) -> list[Body]:
    """Return items without the addresses of searches, which are sent only on request."""
    return [
        {**item, "action": {name: value for name, value in item["action"].items() if name != "sources"}}
        if "action" in item
        else item
        for item in found
    ]


def _part(report: DemoReport, ending: Ending, request: Mapping[str, Any]) -> Body:
    form = (request.get("text") or {}).get("format") or {}
    annotations: list[Body] = []
    if form.get("type") == "json_schema" and isinstance(form.get("schema"), dict):
        text = json.dumps(structured(report, form["schema"]), ensure_ascii=False)
    elif form.get("type") == "json_object":
        text = json.dumps({"title": report.title}, ensure_ascii=False)
    else:
        markdown = report.beginning(_PART) if ending.text == "part" else report.markdown
        text, annotations = linked(report, markdown, ending)
    if ending.files:
        before = f"{text}\n\nThe figures are in [figures.csv]("
        address = "sandbox:/mnt/data/figures.csv"
        text = f"{before}{address})."
        annotations.append(
            {
                "type": "container_file_citation",
                "container_id": "cntr_0001",
                "file_id": "cfile_0001",
                "filename": "figures.csv",
                "start_index": len(before),
                "end_index": len(before) + len(address),
            }
        )
    return {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}


def linked(report: DemoReport, markdown: str, ending: Ending) -> tuple[str, list[Body]]:
    """Return the report with a link for every marker, and the annotation of each: code points, end exclusive."""
    by_id = {source.id: source for source in report.sources}
    pieces: list[str] = []
    length = 0
    annotations: list[Body] = []

    def add(text: str) -> None:
        nonlocal length
        pieces.append(text)
        length += len(text)

    for text, is_code in prose_and_code(markdown):
        done = 0
        for found in () if is_code else _MARKER.finditer(text):
            source = by_id.get(int(found[1]))
            if source is None:
                continue
            add(text[done : found.start()])
            done = found.end()
            if ending.marks:
                add(f"\ue200cite\ue202turn0search{source.id}\ue201")
                continue
            url = (
                source.url
                if source.id % 2 or "?" in source.url or "#" in source.url
                else f"{source.url}?utm_source=openai"
            )
            link = f"[{source.title if ending.azure else source.host}]({url})"
            begin = length
            add(link if ending.azure else f"({link})")
            annotations.append(
                {"type": "url_citation", "start_index": begin, "end_index": length, "title": source.title, "url": url}
            )
        add(text[done:])
    return "".join(pieces), annotations
