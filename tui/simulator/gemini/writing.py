"""Reports as the deep research agent writes them, and as models do: markers or whole sentences, offsets in bytes."""

import base64
import hashlib
import re

from tui.simulator.content import DemoReport, DemoSource, prose_and_code
from tui.simulator.json_body import Body

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
