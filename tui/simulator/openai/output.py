"""The output items of a response: reasoning, searches, pages, notes, the report with its annotations; their events."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tui.simulator.content import DemoReport, prose_and_code
from tui.simulator.events import frame
from tui.simulator.json_body import Body
from tui.simulator.openai.scripts import Ending
from tui.simulator.schema_samples import structured

FILE = b"finding,source\nreport,1\n"
_MARKER = re.compile(r"\[(\d+)\](?!\()")
_PART = 0.5  # of the sections, where a report is cut short
_PER_SEARCH = 4  # sources
_DELTA = 600  # characters
_LAST = {"completed": "completed", "incomplete": "incomplete"}  # everything else ends as "failed", cancelled ones, too


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


def frames(now: Body, begun: Body, shown: list[Body]) -> list[bytes]:
    """Return the frames so far.

    Args:
        now: The response as a get would answer.
        begun: The same as it was when it was created.
        shown: The items that are there by now.
    """
    told: list[tuple[str, Body]] = [("created", {"response": begun}), ("queued", {"response": begun})]
    if now["status"] != "queued":
        told.append(("in_progress", {"response": {**begun, "status": "in_progress"}}))
    for place, item in enumerate(shown):
        told += _item_events(place, item)
    if now["status"] not in {"queued", "in_progress"}:
        told.append((_LAST.get(now["status"], "failed"), {"response": now}))
    numbered = enumerate((f"response.{name}", data) for name, data in told)
    return [frame(name, {"type": name, "sequence_number": number, **data}) for number, (name, data) in numbered]


def _item_events(place: int, item: Body) -> Iterator[tuple[str, Body]]:
    where: dict[str, Any] = {"output_index": place, "item_id": item["id"]}
    begun = {name: [] if name in {"content", "summary"} else value for name, value in item.items()}
    yield (
        "output_item.added",
        {"output_index": place, "item": begun | ({"status": "in_progress"} if "status" in item else {})},
    )
    if item["type"].endswith("_call") and item["type"] != "function_call":
        for state in (
            ("in_progress", "searching", "completed") if "search" in item["type"] else ("in_progress", "completed")
        ):
            yield f"{item['type']}.{state}", where
    for number, part in enumerate(item.get("summary") or ()):
        yield from _text_events(part, "text", "reasoning_summary", {**where, "summary_index": number})
    for number, part in enumerate(item.get("content") or ()):
        name = "refusal" if part["type"] == "refusal" else "output"
        yield from _text_events(
            part, "refusal" if name == "refusal" else "text", name, {**where, "content_index": number}
        )
    yield "output_item.done", {"output_index": place, "item": item}


def _text_events(part: Body, member: str, name: str, where: Body) -> Iterator[tuple[str, Body]]:
    holder = "reasoning_summary_part" if name == "reasoning_summary" else "content_part"
    texts = "refusal" if name == "refusal" else f"{name}_text"
    empty = {**part, member: ""} | ({"annotations": []} if "annotations" in part else {})
    yield f"{holder}.added", {**where, "part": empty}
    for start in range(0, len(part[member]), _DELTA):
        yield f"{texts}.delta", {**where, "delta": part[member][start : start + _DELTA]}
    for number, annotation in enumerate(part.get("annotations") or ()):
        yield "output_text.annotation.added", {**where, "annotation_index": number, "annotation": annotation}
    yield f"{texts}.done", {**where, member: part[member]}
    yield f"{holder}.done", {**where, "part": part}
