"""Every example body of Parallel, and what it means."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.providers.conftest import NOW
from tests.providers.shown import lost
from tui.domain.actions import AddToBatch, BatchOutcome, OpenBatch
from tui.domain.anchors import FieldAnchor, WholeAnchor
from tui.domain.detail import Detail, ReportFormat
from tui.domain.errors import BadAnswer, BadKey, Forbidden, Gone, PaymentNeeded, RateLimited, Refused, Unavailable
from tui.domain.provider import Draft
from tui.domain.task import CostKind, TaskStatus
from tui.providers.http.errors import Failure, refusal
from tui.providers.parallel.spec import PROVIDER
from tui.providers.registry import recognise
from tui.providers.saved import read_stream
from tui.providers.sdk.exchanges import STATUS, Received, pack
from tui.report.read import read_report

OWN = Path(__file__).parent / "bodies"
RUN = "trun_7c1f0a52d9e84b6fa3b1c0e94d27f658"
S = TaskStatus


class Run(NamedTuple):
    """A run: status, processor, price, citations and how many lead somewhere, sources, error, warnings, problems."""

    status: TaskStatus
    mode: str = "pro"
    cost: float | None = 0.1
    cited: tuple[int, int] | None = None
    sources: int | None = None
    error: str | None = None
    warnings: int = 0
    problems: int = 0


FAILED = "Task run failed: the output did not satisfy the schema after the last attempt"
RUNS = {
    "created": Run(S.QUEUED, "ultra", 0.3),
    "created-published": Run(S.QUEUED, "core", 0.025),
    "created-observed-2025": Run(S.QUEUED, "ultra", 0.3),
    "run-queued": Run(S.QUEUED),
    "run-running": Run(S.RUNNING),
    "run-running-observed-2025": Run(S.RUNNING),
    "run-action_required": Run(S.WAITING, warnings=1),
    "run-completed": Run(S.DONE, "ultra", 0.3),
    "run-completed-warnings": Run(S.DONE, warnings=2),
    "run-failed": Run(S.FAILED, cost=None, error=FAILED),
    "run-failed-no-error": Run(S.FAILED, cost=None, error="Parallel gave no reason"),
    "run-cancelling": Run(S.CANCELLING),
    "run-cancelled": Run(S.CANCELLED, cost=None),
    "run-unknown-status": Run(S.UNKNOWN, problems=1),
    "run-stale-docs-shape": Run(S.DONE, "core", 0.025),
    "result-text-ultra-observed": Run(S.DONE, "ultra", 0.3, (105, 105), 74),
    "result-json-ultra-observed-cut": Run(S.DONE, "ultra", 0.3, (74, 74), 74),
    "result-text-core-observed": Run(S.DONE, "core", 0.025, (1, 1), 5),
    "result-lite-mcp-published": Run(S.DONE, "lite", 0.005, (1, 1), 1),
    "result-lite-mcp-warning-published": Run(S.DONE, "lite", 0.005, (1, 1), 1, warnings=1),
    "result-2025-empty-confidence": Run(S.DONE, "lite", 0.005, (0, 0), 0),
    "result-json-element-basis": Run(S.DONE, "core", 0.025, (6, 6), 6),
    "result-json-content-string": Run(S.DONE, "core", 0.025, (1, 1), 1),
    "result-text-no-basis": Run(S.DONE, "pro", 0.1, (0, 0), 0),
    "webhook-completed-published": Run(S.DONE, "core", 0.025),
    "webhook-failed-published": Run(S.FAILED, "core", None, error="Task execution failed"),
}
ERRORS = {
    "error-401": (401, BadKey, "invalid or missing credentials"),
    "error-402": (402, PaymentNeeded, "insufficient credit"),
    "error-403": (403, Forbidden, "invalid processor"),
    "error-404-run": (404, Gone, "Run id not found"),
    "error-404-group": (404, Gone, "TaskGroup not found"),
    "error-404-result-failed-run": (404, Gone, "Run failed or run id not found"),
    "error-408": (408, Unavailable, "run still active"),
    "error-422": (422, Refused, "validation error"),
    "error-422-detail": (422, Refused, "Request validation error"),
    "error-422-group": (422, Refused, "Field required"),
    "error-429": (429, RateLimited, "quota temporarily exceeded"),
    "error-500": (500, Unavailable, "Internal server error"),
    "error-no-type": (402, PaymentNeeded, "insufficient credit"),
}


class Events(NamedTuple):
    """A stream: percent, pages read, pages considered, messages, whether it brings the report."""

    percent: float | None
    read: int | None
    considered: int | None
    messages: int
    report: bool = False


EVENTS = {
    "events-running-published": Events(50.0, 22, 223, 6),
    "events-completed": Events(87.5, 9, 61, 3, True),
    "events-nonactive-failed": Events(None, None, None, 0),
    "events-window-ended": Events(None, None, None, 1),
    "events-error": Events(None, None, None, 1),
    "events-no-meter-2025": Events(None, None, 41, 1),
}
REQUESTS = {
    "create-request-text": Draft(
        "",
        options={
            "description": "A report of about 2000 words with a table per port.",
            "metadata": {"divewatch_id": "01JD4Z9Y"},
        },
    ),
    "create-request-json": Draft(
        "",
        "core",
        output_schema={},
        options={
            "exclude_domains": ["wikipedia.org"],
            "after_date": "2024-01-01",
            "metadata": {"row": 42, "dry": False},
        },
    ),
    "create-request-auto-mcp": Draft(
        "",
        "ultra-fast",
        options={
            "output": "auto",
            "mcp_servers": [
                {
                    "type": "url",
                    "url": "https://mcp.example/v1",
                    "name": "wiki",
                    "headers": {"Authorization": "Bearer EXAMPLE"},
                    "allowed_tools": ["search"],
                }
            ],
            "webhook": {"url": "https://hooks.example/p", "event_types": ["task_run.status"]},
            "location": "nl",
        },
        previous=(RUN,),
    ),
}
# Times and statuses are values of their own; of a warning the quoted headers are left out.
SHOWN_OTHERWISE = {"created_at", "modified_at", "timestamp", "type", "field", "message"}
OTHERS = {
    "input",
    "group-created",
    "group-add-runs",
    "group-add-runs-request",
    "group-status",  # with the two below: what a group says that no run says is nothing
    "group-runs.txt",
    "group-events.txt",
    "memory-retrieve",  # not asked for: needs a memory, which ordinary accounts may not have
}


def path_of(folder: Path, name: str) -> Path:
    suffix = ".txt" if name.startswith("events-") else "" if name.endswith(".txt") else ".json"
    return folder / f"parallel-{name}{suffix}"


def look(body: bytes, **more: bytes) -> Detail:
    if more:
        answers = [Received(STATUS, body, NOW), *(Received(name, one, NOW) for name, one in more.items())]
        body = pack("parallel", answers)
    return PROVIDER.reader().read_task(body, remote_id=None, received_at=NOW)


def test_every_example_has_a_meaning(more_examples: Path) -> None:
    known = {path_of(more_examples, name).name for name in {*RUNS, *ERRORS, *EVENTS, *REQUESTS, *OTHERS}}
    assert {path.name for path in more_examples.glob("parallel-*") if path.suffix != ".md"} == known


@pytest.mark.parametrize("name", RUNS)
def test_a_run(name: str, more_examples: Path) -> None:
    detail, meant = look(path_of(more_examples, name).read_bytes()), RUNS[name]
    task = detail.task
    assert (task.status, task.mode, task.error) == (meant.status, meant.mode, meant.error)
    assert (task.cost.amount, task.cost.kind is CostKind.PRICE_LIST) == (meant.cost, meant.cost is not None)
    assert (len(task.warnings), len(detail.problems), task.sources) == (meant.warnings, meant.problems, meant.sources)
    assert task.web_url == f"https://platform.parallel.ai/play/deep-research/{task.remote_id}"
    assert (task.finished_at is not None) == task.status.is_final
    assert task.has_report == (meant.cited is not None)
    if detail.report is not None:
        citations = read_report(detail.report).citations
        assert (len(citations), sum(any(one.urls) for one in citations)) == meant.cited


@pytest.mark.parametrize("name", RUNS)
def test_a_saved_answer_is_recognised(name: str, more_examples: Path) -> None:
    found = recognise(path_of(more_examples, name).read_bytes(), received_at=NOW)
    assert found is not None
    assert found[0] == "parallel"


@pytest.mark.parametrize("name", RUNS)
def test_every_value_of_an_answer_has_a_place(name: str, more_examples: Path) -> None:
    body = path_of(more_examples, name).read_bytes()
    assert lost(body, look(body), SHOWN_OTHERWISE) == {}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error(name: str, more_examples: Path) -> None:
    http, kind, said = ERRORS[name]
    body = path_of(more_examples, name).read_bytes()
    error = refusal(Failure(http, body, "application/json"), PROVIDER.info)
    assert type(error) is kind
    assert said in error.message
    with pytest.raises(BadAnswer):
        look(body)


@pytest.mark.parametrize("name", EVENTS)
def test_events(name: str, more_examples: Path) -> None:
    meant = EVENTS[name]
    run = path_of(more_examples, "run-running").read_bytes()
    detail = look(run, events=path_of(more_examples, name).read_bytes())
    counters = {key: one.value for key, one in detail.task.counters.items()}
    wanted = {"percent": meant.percent, "pages_read": meant.read, "sources_considered": meant.considered}
    assert counters == {key: value for key, value in wanted.items() if value is not None}
    assert len(detail.trace) == meant.messages
    assert (detail.report is not None) == meant.report
    assert detail.problems == ()
    saved = read_stream(path_of(more_examples, name).read_text())
    assert (saved is not None) == meant.report


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request(name: str, more_examples: Path) -> None:
    sent: dict[str, Any] = json.loads(path_of(more_examples, name).read_text())
    given = REQUESTS[name]
    schema = sent.get("task_spec", {}).get("output_schema", {}).get("json_schema")
    draft = Draft("what was asked", given.mode, schema, given.options, given.previous)
    assert not PROVIDER.check(draft)
    endpoint = PROVIDER.endpoints.create
    assert endpoint is not None
    assert endpoint.body is not None
    assert endpoint.body(draft) == {**sent, "input": "what was asked", "enable_events": True}


def test_what_a_run_was_asked_is_recovered(more_examples: Path) -> None:
    asked = path_of(more_examples, "input").read_bytes()
    detail = look(path_of(more_examples, "run-completed").read_bytes(), input=asked)
    assert detail.task.prompt == json.loads(asked)["input"]
    assert detail.task.title.startswith("How did the three largest")
    assert "A report of about 2000 words" in dict(detail.facts)["task spec"]


def test_keys_of_tool_servers_are_not_shown(more_examples: Path) -> None:
    asked = path_of(more_examples, "create-request-auto-mcp").read_bytes()
    detail = look(path_of(more_examples, "run-completed").read_bytes(), input=asked)
    assert dict(detail.facts)["MCP servers"] == "wiki https://mcp.example/v1"
    assert "EXAMPLE" not in repr(detail)
    assert detail.task.parent_id == RUN
    warned = look(path_of(more_examples, "result-lite-mcp-warning-published").read_bytes())
    assert "x-api-key" not in repr(warned.task.warnings)


def test_a_group_is_made_and_filled(more_examples: Path) -> None:
    reader = PROVIDER.reader()
    made = reader.read_outcome(OpenBatch(), path_of(more_examples, "group-created").read_bytes(), received_at=NOW)
    assert isinstance(made, BatchOutcome)
    assert made.batch_id == "tgrp_3f8d51c7a2b94e7f9c0d6a1b5e42f87019ac4d2b"
    adding = AddToBatch((("a1", "Shore power in Rotterdam"), ("a2", "Shore power in Antwerp")), "pro")
    added = reader.read_outcome(adding, path_of(more_examples, "group-add-runs").read_bytes(), received_at=NOW)
    assert isinstance(added, BatchOutcome)
    assert [(one.id, one.remote_id) for one in added.tasks] == [("a1", f"trun_{'1' * 32}"), ("a2", f"trun_{'2' * 32}")]
    sent = json.loads(path_of(more_examples, "group-add-runs-request").read_text())
    body = PROVIDER.endpoints.actions[AddToBatch].body
    assert body is not None
    for run in sent["inputs"]:
        run["enable_events"] = True
    assert body(adding, made.batch_id) == sent


def test_the_basis_of_a_field_keeps_its_reasons_and_quotes(more_examples: Path) -> None:
    report = look(path_of(more_examples, "result-json-element-basis").read_bytes()).report
    assert report is not None
    found = {one.anchor.path: one for one in report.anchored if isinstance(one.anchor, FieldAnchor)}
    assert [*found] == ["founded", "employees", "sites", "sites.0", "sites.1"]
    assert (found["employees"].confidence, found["employees"].sources) == ("low", ("employees:1",))
    assert found["employees"].reasoning.startswith("Two different counts")
    sources = {source.id: source for source in report.sources}
    assert (sources["sites.0:1"].url, sources["sites.0:1"].snippet) == (sources["sites:1"].url, "Havenweg 1, Breda")


def test_every_path_of_the_observed_fields_is_placed(more_examples: Path) -> None:
    report = look(path_of(more_examples, "result-json-ultra-observed-cut").read_bytes()).report
    assert report is not None
    assert read_report(report).problems == ()


def test_tool_calls_are_steps(more_examples: Path) -> None:
    detail = look(path_of(more_examples, "result-lite-mcp-published").read_bytes())
    assert [(step.kind, step.tool) for step in detail.trace] == [("call", "web_search"), ("result", "web_search")]
    assert detail.report is not None
    assert detail.report.format is ReportFormat.MARKDOWN
    assert detail.structured is None


# -- our own body, so that a clone without the contracts is whole ------------------------------------------------------


@pytest.fixture
def own() -> bytes:
    return (OWN / "result.json").read_bytes()


def split(own: bytes) -> tuple[bytes, bytes]:
    return json.dumps(json.loads(own)["run"]).encode(), own


def test_numbers_mean_the_list_in_the_text_and_never_a_position_in_the_basis(own: bytes) -> None:
    report = look(own).report
    assert report is not None
    document = read_report(report)
    prices, exports, frost = (
        "https://tea.example/prices",
        "https://tea.example/exports",
        "https://weather.example/frost",
    )
    assert [one.urls for one in document.citations] == [(prices,), (exports,), (prices,), (frost,)]


def test_the_basis_stands_beside_the_list_joined_by_address(own: bytes) -> None:
    report = look(own).report
    assert report is not None
    assert [(source.id, source.snippet, source.excerpts) for source in report.sources] == [
        ("content:1", "A frost in May.", ("The second in ten years.",)),
        ("content:2", None, ()),
        ("content:3", "Exports fell.", ()),
        ("content:4", None, ()),
    ]
    (whole,) = report.anchored
    assert isinstance(whole.anchor, WholeAnchor)
    assert (whole.reasoning, whole.confidence) == ("Three sources agree.", "high")
    entries = {entry.id: entry for entry in read_report(report).sources}
    assert (entries["3"].url, entries["3"].snippet) == ("https://weather.example/frost", "A frost in May.")
    assert "https://unused.example/" in {entry.url for entry in entries.values()}


def test_reasons_confidence_and_every_quote_stand_beside_the_source(own: bytes, more_examples: Path) -> None:
    report = look(own).report
    assert report is not None
    entries = {entry.id: dict(entry.facts) for entry in read_report(report).sources}
    assert entries["3"]["quote"] == "The second in ten years."
    assert (entries["3"]["confidence"], entries["3"]["reasoning"]) == ("high", "Three sources agree.")
    fields = look(path_of(more_examples, "result-json-element-basis").read_bytes()).report
    assert fields is not None
    shown = {entry.id: dict(entry.facts) for entry in read_report(fields).sources}
    assert shown["employees:1"]["confidence"] == "low"
    assert shown["employees:1"]["reasoning"].startswith("Two different counts")


def test_a_result_says_the_same_alone_and_beside_its_run(own: bytes) -> None:
    run, result = split(own)
    alone, beside = look(own), look(run, result=result)
    assert alone.report == beside.report
    assert alone.task == beside.task
    assert beside.extra == {"mood": "calm"}
    assert dict(beside.facts)["beta fields"] == '{"x": 1}'
    assert dict(beside.facts)["metadata"] == '{"divewatch_id": "a1"}'


def test_a_result_of_another_run_is_not_taken_for_this_one_s(own: bytes) -> None:
    run, result = split(own)
    other = json.loads(result)
    other["run"]["run_id"] = RUN
    detail = look(run, result=json.dumps(other).encode())
    assert (detail.report, detail.problems) == (None, ("result: is about another run",))


def test_without_a_result_a_run_has_no_report_and_no_fault(own: bytes) -> None:
    run, _ = split(own)
    detail = look(run)
    assert (detail.task.status, detail.report, detail.task.error, detail.problems) == (TaskStatus.DONE, None, None, ())


def test_the_last_state_of_a_stream_stands_in_for_a_result(own: bytes) -> None:
    value = json.loads(own)
    state = {"type": "task_run.state", "run": value["run"], "output": value["output"], "input": {"input": "Tea?"}}
    frames = f"event: task_run.state\ndata: {json.dumps(state)}\n\n".encode()
    detail = look(split(own)[0], events=frames)
    assert detail.report == look(own).report
    assert detail.task.prompt == "Tea?"


def test_a_percentage_of_a_run_that_ended_is_not_shown(own: bytes) -> None:
    stats = {"type": "task_run.progress_stats", "source_stats": {"num_sources_read": 3}, "progress_meter": 87.5}
    frames = f"event: task_run.progress_stats\ndata: {json.dumps(stats)}\n\n".encode()
    assert [*look(own, events=frames).task.counters] == ["pages_read"]


def test_a_file_of_the_web_application_is_read(own: bytes) -> None:
    output = json.loads(own)["output"]
    saved = {"input": "Tea?", "output": output["content"], "basis": output["basis"], "output_schema": None}
    found = recognise(json.dumps(saved).encode(), received_at=NOW)
    assert found is not None
    assert (found[0], found[1].task.status, found[1].task.prompt) == ("parallel", TaskStatus.DONE, "Tea?")
    assert found[1].report is not None
    assert found[1].report.sources == (look(own).report or found[1].report).sources


@pytest.mark.parametrize("odd", [None, 5, "x", [], [1], [[]], {"a": 1}, {"a": []}])
def test_no_odd_value_anywhere_breaks_the_reader(odd: Any, own: bytes) -> None:
    for place in walk(json.loads(own)):
        value = json.loads(own)
        inner = value
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = odd
        try:
            detail = look(json.dumps(value).encode())
        except BadAnswer:
            assert place in {("run",), ("run", "run_id")}
            continue
        if detail.report is not None:
            read_report(detail.report)


@pytest.mark.parametrize("odd", [None, 5, "x", [], [1], {"a": 1}, {"type": "task_run.state", "run": 5, "output": []}])
def test_no_odd_event_breaks_the_reader(odd: Any, own: bytes) -> None:
    for kind in ("task_run.state", "task_run.progress_stats", "task_run.progress_msg.plan", "error", "new"):
        for data in (odd, {"type": kind, "message": odd, "source_stats": odd, "error": odd, "progress_meter": odd}):
            frames = f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()
            assert look(own, events=frames, input=json.dumps(odd).encode()).report is not None


def walk(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every value inside a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield (*place, step)
        yield from walk(inner, (*place, step))
