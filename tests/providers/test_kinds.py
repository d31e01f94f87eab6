"""Bodies of kinds that the examples of the contracts lack: status, reason, cost, and where each citation leads."""

import json
from importlib import import_module
from typing import Any, NamedTuple

import pytest

from tests.providers.conftest import NOW
from tests.providers.saying import read
from tui.domain.detail import Detail
from tui.domain.task import CostKind, TaskStatus
from tui.engine.files.documents import detect_document
from tui.providers.registry import recognise
from tui.providers.sdk.json import indented
from tui.report.read import read_report

S = TaskStatus
A, B, C, D = (f"https://{name}.example/page" for name in "abcd")
Object = dict[str, Any]


class Kind(NamedTuple):
    """A body and its right reading; `cited` has one entry for each citation, with every address that it leads to."""

    service: str
    body: Object
    status: TaskStatus
    cited: tuple[tuple[str, ...], ...] = ()
    said: str = ""  # in the reason or the warnings
    cost: tuple[float | None, CostKind] | None = None  # None: of no interest here
    report: bool = True
    asks: bool = False


def openai(output: list[Object], status: str = "completed", **more: Any) -> Object:
    return {
        "id": "resp_0d1e2a7c91b84c0d006921aa00c8a88197b0f7c5d0e4a1b2c3",
        "object": "response",
        "created_at": 1795773600.5,
        "status": status,
        "model": "gpt-6.2-astra",
        "output": output,
        "usage": {
            "input_tokens": 100_000,
            "input_tokens_details": {"cached_tokens": 40_000},
            "output_tokens": 10_000,
            "total_tokens": 110_000,
        },
        "tool_usage": {"web_search": {"num_requests": 3}},
    } | more


def perplexity(*output: Object, status: str = "completed", **more: Any) -> Object:
    return {
        "id": "resp_3f0e2f3e-1111-4222-8333-444455556666",
        "object": "response",
        "created_at": 1795773600,
        "status": status,
        "model": "openai/gpt-6-luna",
        "output": [*output],
        "usage": {"cost": {"currency": "USD", "input_cost": 0.001, "tool_calls_cost": 0.005, "total_cost": 0.006}},
    } | more


def message(text: str, annotations: list[Object] | None = None, **more: Any) -> Object:
    part = {"type": "output_text", "text": text, "annotations": annotations or []}
    return {"type": "message", "role": "assistant", "content": [part]} | more


def results(*rows: tuple[object, str]) -> Object:
    return {"type": "search_results", "queries": ["q"], "results": [{"id": name, "url": url} for name, url in rows]}


def cites(url: str, start: int | None = None, end: int | None = None) -> Object:
    return {"type": "url_citation", "url": url, "title": "T", "start_index": start, "end_index": end}


def gemini(text: str, status: str = "completed", annotations: list[Object] | None = None, **more: Any) -> Object:
    content = [{"type": "text", "text": text, "annotations": annotations}]
    return {
        "id": "v1_ChdabcDEFghiJKLmnoPQRstuVWxyz0123456789",
        "object": "interaction",
        "status": status,
        "agent": "deep-research-max-preview-04-2026",
        "steps": [{"type": "model_output", "content": content}],
    } | more


def parallel(output: Object | None, **more: Any) -> Object:
    run = {"run_id": "trun_0123456789abcdef0123456789abcdef", "status": "completed", "processor": "core-fast"} | more
    return run if output is None else {"run": run, "output": output}


def basis(field: str, *urls: str) -> Object:
    return {"field": field, "citations": [{"url": url, "title": None, "excerpts": None} for url in urls]}


def exa(text: str, structured: object = None, *grounding: Object, **more: Any) -> Object:
    return {
        "id": "agent_run_01k0abcdefghijklmnopqrstuv",
        "object": "agent_run",
        "status": "completed",
        "stopReason": None,
        "request": {"query": "q", "effort": "auto"},
        "output": {"text": text, "structured": structured, "grounding": [*grounding]},
        "costDollars": {"total": 1.5},
    } | more


def tavily(content: object, *urls: str | None, **more: Any) -> Object:
    listed = [{"title": "T", "url": url} for url in urls]
    name = "0b0e5f2a-1111-4222-8333-444455556666"
    return {"request_id": name, "status": "completed", "content": content, "sources": listed} | more


def you(content: object, *urls: str, status: str = "completed", **more: Any) -> Object:
    output = {"content": content, "sources": [{"url": url, "title": None, "snippets": None} for url in urls]}
    return {
        "id": "0b0e5f2a-1111-4222-8333-444455556666",
        "task_type": "research",
        "status": status,
        "input": {"input": "q", "research_effort": "frontier"},
        "result": {"output": output} if content is not None else None,
    } | more


LINKED = f"A fact ([a.example]({A})). Another 😀 ([b.example]({B}))."
APPROVAL = {"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "s", "name": "n", "arguments": "{}"}
CALL = {"type": "function_call", "name": "weather", "arguments": "{}", "call_id": "c1"}
FOUND = results((1, A), (2, B), (3, C))
REFERENCES = f"One [1]. Two [2, 3].\n\n## References\n\n1. *A*. {A}\n2. *B*. {B}\n3. *C*. {C}\n"
LIST, REPORTED, ESTIMATE, UNKNOWN = CostKind.PRICE_LIST, CostKind.REPORTED, CostKind.ESTIMATE, CostKind.UNKNOWN
NOTHING = (None, UNKNOWN)

KINDS = {
    "openai: a request behind a note": Kind(
        "openai", openai([message("I need a tool."), APPROVAL]), S.WAITING, report=False, asks=True
    ),
    "openai: a request before the report": Kind(
        "openai", openai([APPROVAL, message(LINKED)]), S.DONE, ((A,), (B,)), cost=(0.926, ESTIMATE)
    ),
    "openai: a function beside a report": Kind(
        "openai", openai([message(LINKED), CALL]), S.DONE, ((A,), (B,)), "wants a function called"
    ),
    "openai: an annotation without a place": Kind(
        "openai", openai([message(LINKED, [cites(C)])]), S.DONE, ((A,), (B,), (C,)), "no search was made"
    ),
    "openai: an annotation outside the text": Kind(
        "openai", openai([message("Nothing here.", [cites(C, 500, 510)])]), S.DONE, ((C,),), "no search was made"
    ),
    "openai: content that is a bare text": Kind(
        "openai", openai([message("", content=LINKED)]), S.DONE, ((A,), (B,)), "no search was made"
    ),
    "openai: steered": Kind(
        "openai",
        openai([message(LINKED)], "incomplete", incomplete_details={"reason": "steered"}),
        S.PARTIAL,
        ((A,), (B,)),
        "ended early: steered",
    ),
    "openai: a half-priced tier": Kind(
        "openai", openai([message(LINKED)], service_tier="flex"), S.DONE, ((A,), (B,)), "memory", (0.478, ESTIMATE)
    ),
    "openai: a model without a price": Kind(
        "openai", openai([message(LINKED)], model="gpt-7"), S.DONE, ((A,), (B,)), "memory", NOTHING
    ),
    "perplexity: content that is a bare text": Kind(
        "perplexity",
        perplexity(FOUND, {"type": "message", "role": "assistant", "content": "One.[1] Two.[3]"}),
        S.DONE,
        ((A,), (C,)),
        cost=(0.006, REPORTED),
    ),
    "perplexity: several results in one mark": Kind(
        "perplexity", perplexity(FOUND, message("One.[web:1, web:3] Two.[web:2,1]")), S.DONE, ((A, C), (B, A))
    ),
    "perplexity: ids that say web": Kind(
        "perplexity", perplexity(results(("web:1", A), ("web:2", B)), message("[web:1] [2]")), S.DONE, ((A,), (B,))
    ),
    "perplexity: a number that is the label of a link": Kind(
        "perplexity", perplexity(FOUND, message(f"[3]({D}) and [3].")), S.DONE, ((D,), (C,))
    ),
    "perplexity: an annotation says where a marker leads": Kind(
        "perplexity", perplexity(FOUND, message("One.[1] Two.[2]", [cites(D, 12, 15)])), S.DONE, ((A,), (D,))
    ),
    "perplexity: an annotation without a place": Kind(
        "perplexity", perplexity(FOUND, message("One.[1]", [cites(D)])), S.DONE, ((A,), (D,))
    ),
    "perplexity: failed with something written": Kind(
        "perplexity",
        perplexity(FOUND, message("One.[1]"), status="failed", error={"code": "server_error", "message": "It broke."}),
        S.FAILED,
        ((A,),),
        said="It broke.",
    ),
    "openai: failed with something written": Kind(
        "openai",
        openai([message("Half a report.")], status="failed", error={"code": "server_error", "message": "It broke."}),
        S.FAILED,
        said="It broke.",
    ),
    "perplexity: a question behind a note": Kind(
        "perplexity",
        perplexity(FOUND, message("I need the weather."), CALL, status="requires_action"),
        S.WAITING,
        report=False,
        asks=True,
    ),
    "perplexity: a reason that is a code": Kind(
        "perplexity",
        perplexity(status="failed", error={"message": None, "type": None, "code": 500}, usage=None),
        S.FAILED,
        said="500",
        report=False,
        cost=NOTHING,
    ),
    "perplexity: parts without a total": Kind(
        "perplexity",
        perplexity(message("x"), usage={"cost": {"input_cost": 0.001, "output_cost": 0.002}}),
        S.DONE,
        cost=(0.003, REPORTED),
    ),
    "gemini: diagnostics beside a whole report": Kind(
        "gemini",
        gemini(f"One [cite: 1].\n\n**Sources:**\n1. [a]({A})\n", errors=[{"code": 8, "message": "a slow page"}]),
        S.DONE,
        ((A,),),
        "a slow page",
        (7.0, ESTIMATE),
    ),
    "gemini: an output that broke off": Kind(
        "gemini",
        gemini("", steps=[{"type": "model_output", "content": [{"text": "Half."}], "error": {"message": "broke"}}]),
        S.PARTIAL,
        said="broke",
    ),
    "gemini: markers without a list": Kind(
        "gemini",
        gemini("Ä [cite: 1]. Ö [cite: 2].", annotations=[cites(A, 3, 12), cites(B, 17, 26)]),
        S.DONE,
        ((A,), (B,)),
    ),
    "parallel: an error without a message": Kind(
        "parallel",
        parallel(None, status="failed", error={"ref_id": "r", "message": None, "detail": {"reason": "no pages"}}),
        S.FAILED,
        said="no pages",
        report=False,
        cost=NOTHING,
    ),
    "parallel: an error that is a text": Kind(
        "parallel", parallel(None, status="failed", error="broken"), S.FAILED, said="broken", report=False
    ),
    "parallel: errors of the stale page": Kind(
        "parallel", parallel(None, status="failed", errors=[{"message": "old"}]), S.FAILED, said="old", report=False
    ),
    "parallel: one figure, supported as a whole": Kind(
        "parallel",
        parallel({"type": "json", "content": 42, "basis": [basis("output", A, B)]}),
        S.DONE,
        ((A,), (B,)),
        cost=(0.025, LIST),
    ),
    "parallel: a field that is called output": Kind(
        "parallel",
        parallel({"type": "json", "content": {"output": "x", "n": 1}, "basis": [basis("output", A)]}),
        S.DONE,
        ((A,),),
    ),
    "parallel: a list of its own beats the basis": Kind(
        "parallel",
        parallel({"type": "text", "content": REFERENCES, "basis": [basis("output", C, A)]}),
        S.DONE,
        ((A,), (B, C)),
    ),
    "parallel: a saved page without a basis": Kind(
        "parallel", {"input": "q", "output": REFERENCES, "basis": None}, S.DONE, ((A,), (B, C))
    ),
    "parallel: a saved page with a field called content": Kind(
        "parallel", {"input": "q", "output": {"content": "x"}, "basis": [basis("content", A)]}, S.DONE, ((A,),)
    ),
    "exa: support of the text beside fields": Kind(
        "exa",
        exa(
            "",
            {"rows": [{"name": "x"}]},
            {"field": "structured.rows[0].name", "citations": [{"url": A}]},
            {"field": "text", "citations": [{"url": B}]},
        ),
        S.DONE,
        ((A,), (B,)),
        cost=(1.5, REPORTED),
    ),
    "exa: parts without a total": Kind(
        "exa",
        exa("One.\nTwo.", costDollars={"total": None, "agentCompute": 0.25, "search": 0.06}),
        S.DONE,
        cost=(0.31, REPORTED),
    ),
    "exa: a failure that is a code": Kind(
        "exa",
        exa("", status="failed", stopReason="error", error={"type": "SERVER", "code": "TIMEOUT", "message": None}),
        S.FAILED,
        said="TIMEOUT",
        report=False,
    ),
    "tavily: a list in the text in another order": Kind(
        "tavily", tavily(f"One [1]. Two [2].\n\n## Sources\n1. {B}\n2. {A}\n", A, B), S.DONE, ((B,), (A,))
    ),
    "tavily: credits that are a text": Kind(
        "tavily", tavily("One [1].", A, usage={"credits": "12"}), S.DONE, ((A,),), cost=(12.0, CostKind.CREDITS)
    ),
    "tavily: a failed task has no price": Kind(
        "tavily",
        tavily(None, status="failed", model="pro"),
        S.FAILED,
        said="gave no reason",
        report=False,
        cost=NOTHING,
    ),
    "you: a failed task has no price": Kind(
        "you",
        you(None, status="failed", error={"code": "timeout", "message": None}),
        S.FAILED,
        said="timeout",
        report=False,
        cost=NOTHING,
    ),
    "you: no kind of content": Kind("you", you("One [[1]], [[2, 1]].", A, B), S.DONE, ((A,), (B, A)), cost=(1.2, LIST)),
    "you: an empty answer at once": Kind(
        "you", {"output": {"content": "", "sources": []}, "warnings": ["nothing"]}, S.DONE, said="nothing", report=False
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_body_means_what_its_row_says(name: str) -> None:
    kind = KINDS[name]
    detail = look(kind)
    task = detail.task
    assert task.status is kind.status
    assert kind.said in " ".join((task.error or "", *task.warnings))
    assert (detail.report is not None) == kind.report
    assert (detail.interaction is not None) == kind.asks
    assert kind.cost in (None, (task.cost.amount, task.cost.kind))
    cited = read_report(detail.report).citations if detail.report else ()
    assert tuple(tuple(one.urls) for one in cited) == kind.cited


def look(kind: Kind) -> Detail:
    return read(import_module(f"tui.providers.{kind.service}.spec").PROVIDER, indented(kind.body).encode())


def stream(*frames: tuple[str, Object]) -> bytes:
    """A transcript as `curl -N` leaves it: comments, ids, and no blank line at the end."""
    told = (f"id: {at}\nevent: {name}\ndata: {json.dumps(data)}" for at, (name, data) in enumerate(frames))
    return (": keep-alive\n\n" + "\n\n".join(told) + "\n").encode()


STREAMS = {
    "openai": (stream(("response.completed", {"response": openai([message(LINKED)])})), S.DONE, 2),
    "openai cancelled": (stream(("response.failed", {"response": openai([], "cancelled")})), S.CANCELLED, None),
    "perplexity": (stream(("response.completed", {"response": perplexity(FOUND, message("One.[1]"))})), S.DONE, 1),
    "perplexity in pieces": (
        stream(
            ("response.created", {"response": perplexity(status="in_progress")}),
            ("response.output_item.done", {"type": "response.output_item.done", "output_index": 0, "item": FOUND}),
            ("response.completed", {"response": perplexity()}),
        ),
        S.DONE,
        None,
    ),
    "gemini": (
        stream(
            ("step.start", {"event_type": "step.start", "index": 0, "step": {"type": "model_output"}}),
            ("step.delta", {"event_type": "step.delta", "index": 0, "delta": {"type": "text", "text": LINKED}}),
            ("interaction.completed", {"event_type": "interaction.completed", "interaction": gemini("", steps=None)}),
        ),
        S.DONE,
        2,
    ),
    "parallel": (
        stream(("task_run.state", {"type": "task_run.state"} | parallel({"type": "text", "content": REFERENCES}))),
        S.DONE,
        2,
    ),
    "parallel failed": (stream(("task_run.state", {"run": parallel(None, status="failed")})), S.FAILED, None),
    "exa": (stream(("agent_run.completed", exa(LINKED))), S.DONE, 2),
    "exa failed": (
        stream(("agent_run.failed", {"id": "agent_run_01k0abcdefghijklmnopqrstuv", "status": "failed"})),
        S.FAILED,
        None,
    ),
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_saved_stream_is_the_task_that_it_tells_of(name: str) -> None:
    body, status, cited = STREAMS[name]
    found = recognise(body, received_at=NOW)
    assert found is not None
    service, detail = found
    assert service == name.split(maxsplit=1)[0]
    assert detail.task.status is status
    assert (detail.report is not None) == (cited is not None)
    if detail.report is not None:
        assert len(read_report(detail.report).citations) == cited
    assert detect_document(body, "saved").report == detail.report


def test_the_stream_of_a_task_of_you_com_is_no_result() -> None:
    body = stream(("completed", {"type": "completed", "data": {}, "sequence": 7, "task_id": "3c1d9a52"}))
    detail = detect_document(body, "saved")
    assert (detail.task.provider_status, detail.report) == ("completed", None)


def test_a_comment_of_a_stream_costs_no_time() -> None:
    assert recognise(b"\n: x" * 5000 + b"\n", received_at=NOW) is None


def test_the_heading_of_the_sources_names_no_report() -> None:
    assert look(KINDS["parallel: a list of its own beats the basis"]).task.title == ""
