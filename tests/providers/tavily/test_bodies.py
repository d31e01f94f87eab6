"""Every example body of Tavily's contract and our own, one by one; what is planted in them; what is refused."""

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.providers.conftest import NOW
from tests.providers.saying import Refuses, Says, check_refusal, planted_at, read, said
from tui.domain.detail import Detail
from tui.domain.errors import BadAnswer, BadKey, Forbidden, Gone, PaymentNeeded, RateLimited, Refused, Unavailable
from tui.domain.provider import Draft
from tui.domain.task import CostKind, Task, TaskStatus
from tui.providers.registry import recognise
from tui.providers.saved import read_saved, read_stream
from tui.providers.sdk.reader import JsonReader
from tui.providers.tavily.answer import read_frames
from tui.providers.tavily.spec import PROVIDER, create_body, is_whole
from tui.testing.contract import ProviderContract

OWN = Path(__file__).parent / "bodies"
QUEUED, RUNNING, DONE, FAILED = TaskStatus.QUEUED, TaskStatus.RUNNING, TaskStatus.DONE, TaskStatus.FAILED
CREDITS, LIST = CostKind.CREDITS, CostKind.PRICE_LIST
FREE, MINISTRY = "https://city-a.example/free-transport", "https://ministry.example/evaluation-2025"
CARS, BUDGET = "https://journal.example/car-counts", "https://city-b.example/budget-2026"
PANEL = "https://institute.example/panel"
FARES, TIMES = "https://harbour.example/fares", "https://ferry.example/timetable"
NEWS, RESEARCH = "https://example.com/ai-news", "https://example.com/ai-research"

TASKS = {
    "created": Says(QUEUED, "pending", (250.0, LIST)),
    "created-published": Says(QUEUED, "pending", (110.0, LIST)),
    "status-pending": Says(QUEUED, "pending"),
    "status-in_progress-published": Says(RUNNING, "in_progress"),
    "completed-published": Says(DONE, "completed", sources=(NEWS, RESEARCH), begins="Research Rep"),
    "completed-long": Says(
        DONE,
        "completed",
        (87.0, CREDITS),
        (FREE, MINISTRY, CARS, BUDGET, FREE, BUDGET, MINISTRY, FREE, BUDGET, CARS, PANEL, f"{MINISTRY} {CARS}", "?"),
        (FREE, MINISTRY, CARS, BUDGET, PANEL),
        begins="# Free publi",
    ),
    "completed-no-list-in-text": Says(
        DONE, "completed", cited=(FREE, CARS), sources=(CARS, FREE), begins="Ridership ro"
    ),
    "completed-apa": Says(DONE, "completed", (22.0, CREDITS), sources=(FREE, CARS), begins="Ridership ro"),
    "completed-structured": Says(DONE, "completed", (31.0, CREDITS), sources=(BUDGET,), begins='{\n  "company'),
    "completed-names-only": Says(DONE, "completed", begins="The author k"),
    "completed-cli-content-only": Says(DONE, "completed", begins="Report."),
    "failed-published": Says(FAILED, "failed", error="Tavily gave no reason"),
    "failed-with-error": Says(FAILED, "failed", (4.0, CREDITS), error="Research task failed"),
    "unknown-status": Says(TaskStatus.CANCELLED, "cancelled"),
}
OWN_TASKS = {
    "listed": Says(DONE, "completed", (17.0, CREDITS), (TIMES, FARES, "?"), (FARES, TIMES), begins="# Ferries\n\nF"),
    "by-position": Says(
        DONE, "completed", cited=(TIMES, f"{FARES} {TIMES}"), sources=(FARES, TIMES), begins="Fares rose ["
    ),
    "object-in-text": Says(DONE, "completed", sources=(FARES,), begins='{\n  "boats":'),
    "content-only": Says(DONE, "completed", begins="Boats."),
    "failed-message": Says(FAILED, "error", error="search is down"),
    "bare-addresses": Says(DONE, "completed", cited=(FARES,), sources=(FARES,), begins="Boats [1]."),
}
ERRORS = {
    "400": Refuses(400, Refused, "Invalid request parameters", "POST"),
    "400-stream-required": Refuses(400, Refused, "nothing was started", "POST"),
    "401": Refuses(401, BadKey, "missing or invalid API key"),
    "403": Refuses(403, Forbidden, "Forbidden"),
    "404": Refuses(404, Gone, "Research task not found"),
    "422-list": Refuses(422, Refused, "input: field required", "POST"),
    "429": Refuses(429, RateLimited, "excessive requests"),
    "432": Refuses(432, PaymentNeeded, "credits of the Tavily plan", "POST"),
    "433": Refuses(433, PaymentNeeded, "pay-as-you-go", "POST"),
    "500": Refuses(500, Unavailable, "Error getting research status"),
    "keyless": Refuses(429, RateLimited, "Daily limit reached"),
}
ACCOUNTS = {
    "usage-published": (850.0, 1000.0),
    "usage-no-limit": (997.0, 1000.0),
    "usage-odd": (850.0, 1000.0),
}
REQUESTS = {"create-request", "create-request-schema-published", "create-request-stream"}
STREAMS = {"stream-report", "stream-structured", "stream-error"}


class TestTavily(ProviderContract):
    """Tavily."""

    provider = PROVIDER
    remote_id = "5b0f7d1e-93c4-4a8f-8d21-7e6c5b4a3f20"
    id_member = "request_id"
    task_answer: ClassVar = {
        "request_id": "5b0f7d1e-93c4-4a8f-8d21-7e6c5b4a3f20",
        "status": "pending",
        "response_time": 0.04,
        "input": "what about umlauts: äöü?",
        "model": "mini",
    }
    key_header = ("authorization", "Bearer {key}")
    fetch_target = "/research/5b0f7d1e-93c4-4a8f-8d21-7e6c5b4a3f20?include_usage=true"
    create_target = "/research"


def test_every_example_is_here(more_examples: Path) -> None:
    found = {path.stem.removeprefix("tavily-") for path in more_examples.glob("tavily-*") if path.suffix != ".md"}
    assert found == {*TASKS, *(f"error-{name}" for name in ERRORS), *ACCOUNTS, *REQUESTS, *STREAMS}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_of_the_examples(name: str, more_examples: Path) -> None:
    body = (more_examples / f"tavily-{name}.json").read_bytes()
    assert said(read(PROVIDER, body)) == TASKS[name]
    found = recognise(body, received_at=NOW)
    assert (found is not None and found[0] == "tavily") is ("request_id" in json.loads(body))


@pytest.mark.parametrize("name", OWN_TASKS)
def test_a_task_of_our_own(name: str) -> None:
    assert said(read(PROVIDER, (OWN / f"{name}.json").read_bytes())) == OWN_TASKS[name]


@pytest.mark.parametrize("name", ERRORS)
def test_an_error(name: str, more_examples: Path) -> None:
    body = (more_examples / f"tavily-error-{name}.json").read_bytes()
    check_refusal(PROVIDER, body, ERRORS[name])
    with pytest.raises(BadAnswer, match="no task"):
        read(PROVIDER, body)


@pytest.mark.parametrize("name", ACCOUNTS)
def test_the_smaller_rest_of_key_and_plan_counts(name: str, more_examples: Path) -> None:
    reader = PROVIDER.reader()
    assert isinstance(reader, JsonReader)
    account = reader.read_account((more_examples / f"tavily-{name}.json").read_bytes())
    assert (account.remaining, account.limit, account.unit) == (*ACCOUNTS[name], "credits")
    assert any(label == "plan" for label, _ in account.facts)


def test_an_account_without_any_limit_has_no_rest() -> None:
    reader = PROVIDER.reader()
    assert isinstance(reader, JsonReader)
    account = reader.read_account(b'{"key": {"usage": 3, "limit": null, "new": 1}, "account": null}')
    assert (account.remaining, account.limit) == (None, None)
    assert ("key new", "1") in account.facts


def test_the_list_of_the_text_beats_the_position_and_says_so() -> None:
    from tui.report.read import read_report

    listed = read(PROVIDER, (OWN / "listed.json").read_bytes()).report
    assert listed is not None
    assert [str(citation.status[0]) for citation in read_report(listed).citations] == ["url", "url", "dangling"]
    by_position = read(PROVIDER, (OWN / "by-position.json").read_bytes()).report
    assert by_position is not None
    assert {str(one) for citation in read_report(by_position).citations for one in citation.status} == {"sidecar"}


@pytest.mark.parametrize("place", [(), ("usage",), ("sources", 0)])
def test_a_member_that_nobody_knows_has_a_place(place: tuple[Any, ...]) -> None:
    assert "canary" in repr(read(PROVIDER, planted_at(OWN, "listed.json", place)))


def test_the_requests_of_the_examples_are_what_is_sent(more_examples: Path) -> None:
    def wanted(file: str) -> Any:
        return json.loads((more_examples / f"tavily-{file}.json").read_text())

    plain = wanted("create-request")
    options: dict[str, Any] = {"citation_format": "numbered", "output_length": "long"}
    draft = Draft(plain["input"], "pro", options=options)
    assert not PROVIDER.check(draft)
    assert create_body(draft) == plain
    fields = wanted("create-request-schema-published")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", **fields["output_schema"]}
    draft = Draft(fields["input"], "auto", schema)
    assert not PROVIDER.check(draft)
    assert create_body(draft) == fields
    streamed = wanted("create-request-stream")
    form = [{"name": "notes.md", "media_type": "text/markdown", "base64": "IyBOb3Rlcwo="}]
    options = {"include_domains": ["europa.eu"], "exclude_domains": ["blog.example"], "files": form}
    draft = Draft(streamed["input"], "mini", options=options)
    assert not PROVIDER.check(draft)
    assert create_body(draft) == {name: value for name, value in streamed.items() if name != "stream"}


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft("x", options={"include_domains": ["a.example"] * 21}), "options.include_domains"),
        (Draft("x", options={"citation_format": "bibtex"}), "options.citation_format"),
        (Draft("x", options={"files": [{"name": "a.pdf", "base64": ""}]}), "options.files"),
        (Draft("x", options={"stream": "always"}), "options.stream"),
        (Draft("x", output_schema={"type": "array"}), "output_schema"),
        (Draft("x", output_schema={"properties": {"a": {"type": "string"}}}), "output_schema"),
        (Draft("x", previous=("1",)), "previous"),
    ],
)
def test_limits_are_checked_before_sending(draft: Draft, field: str) -> None:
    assert [name for name, _ in PROVIDER.check(draft)] == [field]


def test_credits_are_a_range_by_model() -> None:
    cost = PROVIDER.cost_at_most(Draft("x", "pro"))
    assert (cost.at_least, cost.amount, cost.unit) == (15, 250, "credits")


def test_the_project_goes_along() -> None:
    assert PROVIDER.info.headers == {"TAVILY_PROJECT": "X-Project-ID", "TAVILY_ORG_ID": "X-Tavily-Orgid"}


def test_an_answer_of_its_search_is_read_too() -> None:
    value = {"query": "?", "answer": "Yes [1].", "results": [{"url": FARES, "title": "Fares", "content": "They rose"}]}
    answer = read_saved(json.dumps(value).encode())
    assert answer is not None
    assert answer.report is not None
    assert [source.url for source in answer.report.sources] == [FARES]


def streamed(more_examples: Path, name: str) -> Says | None:
    """What a saved stream says, as the row of a task."""
    text = (more_examples / f"tavily-{name}.txt").read_text()
    answer = read_stream(text)
    return None if answer is None else said(Detail(Task("", "tavily", provider_status=answer.status), answer.report))


def test_a_saved_stream_is_put_together_from_its_pieces(more_examples: Path) -> None:
    unknown = TaskStatus.UNKNOWN
    assert streamed(more_examples, "stream-report") == Says(
        unknown, "completed", cited=(FREE,), sources=(FREE, MINISTRY), begins="# Free trans"
    )
    assert streamed(more_examples, "stream-structured") == Says(
        unknown, "completed", sources=(FREE,), begins='{\n  "company'
    )
    assert streamed(more_examples, "stream-error") == Says(unknown, "failed")
    cut = (more_examples / "tavily-stream-report.txt").read_text().removesuffix("event: done\n\n").rstrip()
    answer = read_stream(cut.removesuffix("event: done"))
    assert answer is not None
    assert answer.report is not None
    assert (answer.status, answer.report.partial) == ("in_progress", True)


RUN = "5b0f7d1e-93c4-4a8f-8d21-7e6c5b4a3f20"


def _run(*deltas: dict[str, Any], end: str = "event: done\n\n") -> bytes:
    frames = ({"id": RUN, "object": "chat.completion.chunk", "choices": [{"delta": one}]} for one in deltas)
    return ("".join(f"event: chat.completion.chunk\ndata: {json.dumps(one)}\n\n" for one in frames) + end).encode()


SOURCES = [{"url": FARES, "title": "Fares"}]


def test_a_create_that_is_answered_with_the_stream_of_the_run_is_the_report() -> None:
    body = _run({"tool_calls": {}}, {"content": "They "}, {"content": "rose [1]."}, {"sources": SOURCES})
    made = PROVIDER.reader().read_created(body, draft=Draft("x", options={"stream": True}), received_at=NOW)
    assert (made.remote_id, made.status, made.has_report) == (RUN, TaskStatus.DONE, True)
    assert said(read(PROVIDER, body)) == Says(
        TaskStatus.DONE, "completed", cited=(FARES,), sources=(FARES,), begins="They rose [1"
    )


def test_a_stream_ends_with_its_own_event_and_not_with_what_a_report_says_of_events() -> None:
    said = b'event: message\ndata: {"choices": [{"delta": {"content": "an event: error and an event: done\\n"}}]}\n\n'
    assert not is_whole(said)
    assert is_whole(said + b"event: done\n\n")
    assert is_whole(said + b"event: error\ndata: {}\n\n")
    assert is_whole(b"event: error\ndata: {}\n\n")


def test_a_stream_that_broke_off_is_no_task_and_one_that_failed_says_why() -> None:
    with pytest.raises(BadAnswer):
        PROVIDER.reader().read_created(_run({"content": "They"}, end=""), draft=Draft("x"), received_at=NOW)
    error = "event: error\ndata: " + json.dumps({"id": RUN, "object": "error", "error": "no model"}) + "\n\n"
    made = PROVIDER.reader().read_created(_run({"content": "They"}, end=error), draft=Draft("x"), received_at=NOW)
    assert (made.remote_id, made.error) == (RUN, "no model")
    assert made.status in {TaskStatus.FAILED, TaskStatus.PARTIAL}


def test_fields_of_a_stream_are_joined_name_by_name() -> None:
    def frame(**delta: Any) -> dict[str, Any]:
        return {"choices": [{"delta": delta}]}

    frames = [frame(content={"a": "x", "n": 1}), frame(content={"a": "y", "n": 2}), frame(sources=[])]
    answer = read_frames(frames, done=True)
    assert answer is not None
    assert answer.report is not None
    assert json.loads(answer.report.text) == {"a": "xy", "n": 2}
    assert read_frames([frame(content="a chat")], done=True) is None
