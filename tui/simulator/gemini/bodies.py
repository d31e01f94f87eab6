"""A simulated interaction at one moment: its steps, texts with their annotations, usage, stream frames."""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from tui.simulator.content import DemoReport, DemoSource, prose_and_code
from tui.simulator.course import Moment
from tui.simulator.events import frame
from tui.simulator.gemini.scripts import SCRIPTS
from tui.simulator.json_body import Body
from tui.simulator.tasks import SimTask

_ENDED = frozenset({"completed", "failed", "cancelled", "incomplete", "budget_exceeded", "requires_action"})
_DONE = b"event: done\ndata: [DONE]\n\n"
_PIECE = 400  # characters of text in one frame
_EVERY = 3  # one frame in three has an id

Frame = tuple[str | None, bytes]  # (event id, bytes)
_REDIRECT = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/"
_MARKERS = re.compile(r"(?:\[\d+\](?!\())+")
_SENTENCE = re.compile(r"[^.!?\n|#]+[.!?]?\s*(?:\[\d+\](?!\())+[.!?]?")
_DOT = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63606060600000000500"
        "01a5f645400000000049454e44ae426082"
    )
).decode()
PICTURE: Body = {"type": "image", "mime_type": "image/png", "data": _DOT}


def steps_at(task: SimTask, now: Moment, report: DemoReport, *, summaries: bool, traced: bool = True) -> list[Body]:
    """The question, the trace so far (where it is `traced`), and at the end the output."""
    traits = SCRIPTS[task.script].traits
    steps: list[Body] = [{"type": "user_input", "content": [{"type": "text", "text": task.prompt}]}]
    if traits.get("note") and now.started:
        steps.append(_output({"type": "text", "text": "I will start now."}))
    if traced and not (traits.get("plan") or traits.get("spans")):
        work = [step for step in trace(report) if summaries or step["type"] != "thought"]
        steps += work[: int(len(work) * now.share)]
    if now.ended == "completed" and traits.get("fault"):
        fault = {"code": 13, "message": "Internal error while writing the report.", "details": []}
        steps.append({"type": "model_output", "content": [], "error": fault})
    elif now.ended == "completed" and not traits.get("silent"):
        steps.append(_output(*_content(report, traits)))
    elif now.ended == "incomplete" and traits.get("half"):
        steps.append(_output(agent_text(report, report.beginning(0.4), with_list=False)))
    elif now.ended == "requires_continuation":
        steps.append(_output({"type": "text", "text": report.beginning(0.3)}))
    elif now.ended == "requires_action":
        steps.append({"type": "function_call", "id": "fc_1", "name": "get_quote", "arguments": {"symbols": ["AAPL"]}})
    return steps


def _content(report: DemoReport, traits: Mapping[str, Any]) -> list[Body]:
    if traits.get("plan"):
        return [{"type": "text", "text": plan_text(report)}]
    if traits.get("spans"):
        return [model_text(report)]
    if traits.get("picture"):
        opening = {"type": "text", "text": "# Overview\n\nThe picture shows what follows.\n\n"}
        return [opening, PICTURE, agent_text(report)]
    return [agent_text(report)]


def _output(*content: Body) -> Body:
    return {"type": "model_output", "content": [*content]}


def usage(task: SimTask, report: DemoReport, traits: Mapping[str, Any]) -> Body:
    """Tokens: their sum is the total."""
    quick = traits.get("plan") or traits.get("spans")
    scale = 0.01 if quick else 1.0
    read, written = int(task.spread(180_000, 320_000) * scale), int(task.spread(30_000, 65_000) * scale)
    thought, tools = int(written * 0.4), int(read * 0.03)
    told: Body = {
        "total_tokens": read + written + thought + tools,
        "total_input_tokens": read,
        "input_tokens_by_modality": [{"modality": "text", "tokens": read}],
        "total_cached_tokens": int(read * 0.6),
        "total_output_tokens": written,
        "total_thought_tokens": thought,
        "total_tool_use_tokens": tools,
    }
    searches = 0 if quick else sum(step["type"] == "google_search_call" for step in trace(report))
    return told | ({"grounding_tool_count": [{"type": "google_search", "count": searches}]} if searches else {})


def frames_of(body: Body, summaries: bool) -> list[Frame]:
    """Return every frame so far; later calls return the same frames first."""
    head = {name: body[name] for name in ("id", "object", "agent", "model") if name in body}
    told: list[tuple[str, Body]] = [
        ("interaction.created", {"interaction": {**head, "status": "in_progress"}}),
        ("interaction.status_update", {"interaction_id": body["id"], "status": "in_progress"}),
    ]
    steps = [step for step in body.get("steps", ()) if step["type"] != "user_input"]
    for index, step in enumerate(steps):
        told.append(("step.start", {"index": index, "step": {"type": step["type"]}}))
        told += [("step.delta", {"index": index, "delta": delta}) for delta in _deltas(step, summaries)]
        told.append(("step.stop", {"index": index}))
    if body["status"] in _ENDED:
        whole = {name: value for name, value in body.items() if name not in {"steps", "outputs"}}
        told.append(("interaction.completed", {"interaction": whole}))
    made = [_made(number, name, data) for number, (name, data) in enumerate(told, 1)]
    return [*made, (None, _DONE)] if body["status"] in _ENDED else made


def resumed(frames: list[Frame], after: str) -> list[bytes]:
    """Return the frames after the one with an id; all of them without one."""
    ids = [event_id for event_id, _ in frames]
    start = ids.index(after) + 1 if after in ids else 0
    return [sent for _, sent in frames[start:]]


def _made(number: int, name: str, data: Body) -> Frame:
    event_id = f"evt_{number:04}" if number % _EVERY == 1 else None
    told = {**data, "event_type": name, **({"event_id": event_id} if event_id else {})}
    return event_id, frame(name, told)


def _deltas(step: Body, summaries: bool) -> list[dict[str, Any]]:
    if step["type"] == "thought":
        return [{"type": "thought_summary", "content": part} for part in step.get("summary", ())] if summaries else []
    if step["type"] != "model_output":
        return [{name: value for name, value in step.items() if name != "id"}]
    found: list[dict[str, Any]] = []
    for part in step["content"]:
        if part["type"] != "text":
            found.append(part)
            continue
        text = part["text"]
        found += [{"type": "text", "text": text[at : at + _PIECE]} for at in range(0, len(text), _PIECE)]
        if part.get("annotations"):
            found.append({"type": "text_annotation_delta", "annotations": part["annotations"]})
    return found


def redirect(source: DemoSource) -> str:
    """The address under which Gemini names a page: opaque, and the same for the same page."""
    seed = hashlib.sha256(source.url.encode()).digest()
    more = hashlib.sha256(seed).digest()
    return f"{_REDIRECT}AUZIYQ{base64.urlsafe_b64encode(seed + more + seed).decode().rstrip('=')}=="


def agent_text(report: DemoReport, markdown: str | None = None, *, with_list: bool = True) -> Body:
    """The text with `[cite: n]` markers and its list of sources; one annotation for each number of each marker.

    The annotations of one marker come in another order than its numbers, as Gemini has been seen to send them.
    """
    by_id = {source.id: source for source in report.sources}
    numbers: dict[int, int] = {}
    annotations: list[Body] = []
    written = ""
    for text, is_code in prose_and_code(report.markdown if markdown is None else markdown):
        end = 0
        for found in () if is_code else _MARKERS.finditer(text):
            ids = [int(digits) for digits in re.findall(r"\d+", found[0]) if int(digits) in by_id]
            if not ids:
                continue
            named = sorted((numbers.setdefault(one, len(numbers) + 1), one) for one in dict.fromkeys(ids))
            written += text[end : found.start()]
            end = found.end()
            marker = f"[cite: {', '.join(str(number) for number, _ in named)}]"
            start = len(written.encode())
            for _, one in reversed(named):
                annotations.append(_annotation(by_id[one], start, start + len(marker)))
            written += marker
        written += text[end:]
    if with_list and numbers:
        lines = [f"{number}. [{by_id[one].host}]({redirect(by_id[one])})" for one, number in numbers.items()]
        written = written.rstrip() + "\n\n**Sources:**\n" + "\n".join(lines) + "\n"
    return {"type": "text", "text": written, "annotations": annotations}


def model_text(report: DemoReport) -> Body:
    """The beginning of the text without markers; annotations cover the sentences that had some."""
    by_id = {source.id: source for source in report.sources}
    written = ""
    annotations: list[Body] = []
    for text, is_code in prose_and_code(report.beginning(0.2)):
        end = 0
        for found in () if is_code else _SENTENCE.finditer(text):
            bare = _MARKERS.sub("", found[0]).strip()
            written += text[end : found.start()] + found[0][: len(found[0]) - len(found[0].lstrip())]
            start = len(written.encode())
            written += bare
            end = found.end()
            named = re.findall(r"\[(\d+)\]", found[0]) if " " in bare else ()  # a word alone is no claim
            cited = [by_id[int(digits)] for digits in named if int(digits) in by_id]
            annotations += [_annotation(source, start, len(written.encode())) for source in cited]
        written += _MARKERS.sub("", text[end:]) if not is_code else text[end:]
    return {"type": "text", "text": written, "annotations": annotations}


def plan_text(report: DemoReport) -> str:
    """A plan for the research that would end in this report."""
    points = "\n".join(f"{number}. {heading}" for number, heading in enumerate(report.headings or [report.title], 1))
    return f"I will research the following:\n\n{points}\n\nDo you want to change the plan?"


def trace(report: DemoReport) -> list[Body]:
    """The steps of the work in order: reasoning, searches, pages."""
    steps: list[Body] = [_thought("Generating research plan", f"I will look for primary sources on: {report.title}.")]
    pages = [source.url for source in report.sources]
    for number, heading in enumerate(report.headings[:6] or [report.title]):
        search, read, here = f"s{number + 1}", f"u{number + 1}", pages[number * 3 : number * 3 + 3]
        call = {"type": "google_search_call", "id": search, "search_type": "web_search"}
        widget = [{"search_suggestions": "<div></div>"}]
        steps += [
            {**call, "arguments": {"queries": [heading]}},
            {"type": "google_search_result", "call_id": search, "is_error": False, "result": widget},
        ]
        if here:
            states = ["success", "success", "paywall" if number % 2 else "success"]
            found = [{"url": url, "status": state} for url, state in zip(here, states, strict=False)]
            steps += [
                {"type": "url_context_call", "id": read, "arguments": {"urls": here}},
                {"type": "url_context_result", "call_id": read, "is_error": False, "result": found},
            ]
        steps.append(_thought(f"Weighing: {heading}", "The newer source is the better one."))
    return steps


def _thought(heading: str, text: str) -> Body:
    return {"type": "thought", "signature": "", "summary": [{"type": "text", "text": f"**{heading}**\n\n{text}"}]}


def _annotation(source: DemoSource, start: int, end: int) -> Body:
    return {
        "type": "url_citation",
        "url": redirect(source),
        "title": source.host,
        "start_index": start,
        "end_index": end,
    }
