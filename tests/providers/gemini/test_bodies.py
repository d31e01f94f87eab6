"""Every saved body of Gemini is read as what it means: our own bodies, and each of the contract's."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.providers.gemini.expected import CONTRACT, ERRORS, OURS, REDIRECT, STREAMS, Means
from tui.domain.detail import Detail, Reply
from tui.domain.errors import BadAnswer
from tui.domain.task import CostKind
from tui.engine.files.documents import detect_document
from tui.providers.answer import Answer
from tui.providers.gemini.spec import PROVIDER
from tui.providers.http.errors import Failure, refusal
from tui.providers.registry import recognise
from tui.providers.saved import read_stream
from tui.providers.sdk.exchanges import Received, pack
from tui.report.document import Document
from tui.report.read import read_report

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
BODIES = Path(__file__).parent / "bodies"
_LINE = re.compile(r"(?m)^(\d+)\. \[[^\]]+\]\((\S+)\)$")


def read(body: bytes) -> Detail:
    return PROVIDER.reader().read_task(body, remote_id=None, received_at=NOW)


@pytest.fixture
def contract(shared: Path) -> Callable[[str], bytes]:
    """Reads a body of the contract by name."""
    return lambda name: (shared / "contracts" / "more" / "examples" / f"gemini-{name}").read_bytes()


def check(detail: Detail, means: Means) -> None:
    task = detail.task
    assert (task.status.value, task.mode, task.error) == (means.status, means.mode, means.error)
    assert {name: counter.value for name, counter in task.counters.items()} == means.counters
    assert all(counter.total is None for counter in task.counters.values())
    if means.cost is None:
        assert (task.cost.amount, task.cost.kind) == (None, CostKind.UNKNOWN)
    else:
        assert (task.cost.at_least, task.cost.amount, task.cost.kind) == (*means.cost, CostKind.ESTIMATE)
    assert any(means.warned in warning for warning in task.warnings) if means.warned else task.warnings == ()
    assert (detail.report is not None) is task.has_report is means.report
    assert (len(detail.images), len(detail.trace)) == (means.images, means.steps)
    asked = detail.interaction
    assert (asked is not None and asked.reply is Reply.APPROVAL and bool(asked.text)) is means.asks
    if detail.report is not None:
        assert detail.report.partial is means.partial
        check_citations(read_report(detail.report), detail.report.text, means)


def check_citations(document: Document, text: str, means: Means) -> None:
    cited = tuple(
        (one.marker, tuple(url.removeprefix(REDIRECT) for url in one.urls if url)) for one in document.citations
    )
    if not means.all_cited:
        assert cited == means.cited
        return
    assert len(cited) == means.all_cited
    listed = {number: url.removeprefix(REDIRECT) for number, url in _LINE.findall(text)}
    for marker, urls in cited:
        assert all(urls)
        if marker.startswith("[cite:"):
            assert urls == tuple(listed[number] for number in re.findall(r"\d+", marker))


@pytest.mark.parametrize("name", OURS)
def test_our_bodies_mean_what_they_say(name: str) -> None:
    check(read((BODIES / f"{name}.json").read_bytes()), OURS[name])


@pytest.mark.parametrize("name", CONTRACT)
def test_bodies_of_the_contract_mean_what_they_say(name: str, contract: Callable[[str], bytes]) -> None:
    check(read(contract(f"{name}.json")), CONTRACT[name])


def test_no_body_is_left_out(shared: Path) -> None:
    there = {path.stem.removeprefix("gemini-") for path in (shared / "contracts/more/examples").glob("gemini-*")}
    known = {*CONTRACT, *ERRORS, *STREAMS, "README", "delete-200"}
    assert {name for name in there - known if not name.startswith("create-request")} == set()
    assert known <= there
    assert {path.stem for path in BODIES.glob("*.json")} == set(OURS)


@pytest.mark.parametrize("name", ERRORS)
def test_errors_of_the_contract_are_what_they_are(name: str, contract: Callable[[str], bytes]) -> None:
    failure = Failure(int(name[6:9]), contract(f"{name}.json"), changes=True, refusal_rules=(PROVIDER.refusal_rules,))
    error = refusal(failure, PROVIDER.info)
    assert type(error).__name__ == ERRORS[name]
    assert error.message
    assert "@type" not in error.message


def test_a_quota_of_the_day_is_no_short_wait(contract: Callable[[str], bytes]) -> None:
    body = contract("error-429.json")
    of_the_day = refusal(Failure(429, body, refusal_rules=(PROVIDER.refusal_rules,)), PROVIDER.info)
    assert "of the day" in of_the_day.message
    assert of_the_day.retry_after == 3600
    of_the_minute = refusal(
        Failure(429, body.replace(b"PerDay", b"PerMinute"), refusal_rules=(PROVIDER.refusal_rules,)), PROVIDER.info
    )
    assert of_the_minute.retry_after == 36


def test_saved_answers_are_recognised() -> None:
    for name in OURS:
        body = (BODIES / f"{name}.json").read_bytes()
        found = recognise(body, received_at=NOW)
        assert found is not None, name
        assert found[0] == "gemini"
        assert detect_document(body, "saved.json").task.status is found[1].task.status


def test_answers_of_others_are_not_taken(shared: Path) -> None:
    reader = PROVIDER.reader()
    taken = [
        path.name
        for folder in ("examples", "more/examples")
        for path in sorted((shared / "contracts" / folder).glob("*.json"))
        if not path.name.startswith("gemini-")
        and isinstance(value := json.loads(path.read_bytes()), dict)
        and reader.recognises(value)
    ]
    assert taken == []


# -- what else a body says ---------------------------------------------------------------------------------------------


def body(name: str, **changed: Any) -> bytes:
    return json.dumps({**json.loads((BODIES / f"{name}.json").read_text()), **changed}).encode()


def test_a_pictures_bytes_and_place_are_kept() -> None:
    (image,) = read(body("picture")).images
    assert image.data is not None
    assert image.data.startswith(b"\x89PNG")
    assert (image.media_type, image.facts) == ("image/png", (("behind character", "9"),))


def test_two_pages_of_a_file_are_two_sources() -> None:
    report = read(body("files")).report
    assert report is not None
    assert [dict(source.facts).get("page") for source in report.sources] == ["2", "7"]
    assert dict(report.sources[1].facts)["metadata"] == '{"shelf": "B"}'


def test_pages_that_were_only_read_are_told_apart() -> None:
    report = read(body("completed")).report
    assert report is not None
    assert [source.url for source in report.sources if not source.cited] == ["https://flora.example/x"]


def test_the_widget_and_signatures_are_left_out_and_the_state_of_every_page_is_kept() -> None:
    trace = read(body("completed")).trace
    assert "widget" not in repr(trace)
    assert "opaque" not in repr(trace)
    assert trace[-1].text == "https://flora.example/x: success\nhttps://wall.example/: paywall"
    assert trace[1].text == "lichens roof tiles, xanthoria nitrogen"


def test_neither_begin_nor_end_is_computed_from_equal_times() -> None:
    task = read(body("completed")).task
    assert (task.updated_at, task.finished_at) == (None, None)
    assert task.created_at == datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def test_an_empty_or_cut_redirector_breaks_nothing() -> None:
    odd = [{"type": "model_output", "content": [{"type": "text", "text": "x", "annotations": [None, 3, {"url": 7}]}]}]
    assert read(body("completed", steps=odd)).report is not None


@pytest.mark.parametrize(
    ("member", "value", "shown"),
    [
        ("environment_id", "env-1", "env-1"),
        ("labels", {"team": "roofs"}, "roofs"),
        ("service_tier", "flex", "flex"),
        ("continuation_token", "ct_7", "ct_7"),
        ("response_format", {"kind": "planted"}, "planted"),
        ("tools", [{"type": "planted_tool"}], "planted_tool"),
        ("agent_config", {"visualization": "planted"}, "planted"),
        ("role", "planted", "planted"),
        ("errors", [{"code": "odd", "message": "planted"}], "planted"),
        ("error", {"code": 5, "message": "m", "details": [{"planted": 1}]}, "planted"),
        ("usage", {"initial_input_tokens": 4711}, "4711"),
        ("input", [{"type": "text", "text": "planted"}], "planted"),
        ("brand_new", {"deep": "planted"}, "planted"),
    ],
)
def test_every_member_has_a_place(member: str, value: Any, shown: str) -> None:
    detail = read(body("completed", **{member: value}))
    assert shown in repr(detail.facts) + repr(detail.extra)


def test_predecessor_and_mode_are_told() -> None:
    task = read(body("model-claims")).task
    assert (task.parent_id, task.mode) == ("v1_earlier_one_0001", "gemini-3.8-flash")


# -- streams -----------------------------------------------------------------------------------------------------------


def with_events(status: str, events: bytes, **more: Any) -> Detail:
    answer = {"id": "v1_x", "status": status, "object": "interaction", **more}
    answers = [Received("status", json.dumps(answer).encode(), NOW), Received("events", events, NOW)]
    return read(pack("gemini", answers))


def test_progress_comes_from_the_stream_where_the_steps_are_silent() -> None:
    detail = with_events("in_progress", (BODIES / "stream.txt").read_bytes())
    assert [(step.kind, step.text) for step in detail.trace] == [
        ("reasoning", "**Planning**"),
        ("call", "lichens, moss"),
    ]
    assert {name: one.value for name, one in detail.task.counters.items()} == {
        "searches": 2,
        "thoughts": 1,
        "tokens": 1234,
    }


@pytest.mark.parametrize("name", STREAMS)
def test_streams_of_the_contract_are_read(name: str, contract: Callable[[str], bytes]) -> None:
    events = contract(f"{name}.txt")
    running, failed = with_events("in_progress", events), with_events("failed", events)
    if name == "sse-deep-research":
        assert [step.kind for step in running.trace] == ["reasoning"]
        assert running.task.counters["searches"].value == 78
    elif name == "sse-google-search-real-excerpt":
        assert running.task.counters["searches"].value == 4  # questions of one call
        assert [step.kind for step in running.trace] == ["call", "result"]
    else:
        assert running.trace == ()
        assert running.task.status.value == "running"  # that a stream ends says nothing about the task
        assert failed.task.error == "Deadline expired before operation could complete."


@pytest.mark.parametrize(
    ("name", "cited"),
    [("sse-deep-research", ["[cite: 1]"]), ("sse-google-search-real-excerpt", None), ("sse-error", [])],
)
def test_a_saved_stream_is_joined_to_its_report(
    name: str, cited: list[str] | None, contract: Callable[[str], bytes]
) -> None:
    found = read_stream(contract(f"{name}.txt").decode())
    if not cited and cited is not None:
        assert found == Answer("gemini", "in_progress")  # an error of the stream is none of the task
        return
    assert found is not None
    assert (found.service, found.status) == ("gemini", "completed")
    assert found.report is not None
    document = read_report(found.report)
    assert all(url and url.startswith(REDIRECT) for one in document.citations for url in one.urls)
    assert [one.marker for one in document.citations] == cited if cited else len(document.citations) == 2


# -- damage ------------------------------------------------------------------------------------------------------------

_ODD: tuple[Any, ...] = (
    None,
    0,
    -1,
    1.5,
    True,
    "",
    "x",
    "\x1b[2J\ue200",
    [],
    [None],
    {},
    {"a": [1]},
    "9" * 400,
    10**40,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(item, (*path, key))


def _planted(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    copy = {**value} if isinstance(value, dict) else [*value]
    copy[path[0]] = _planted(value[path[0]], path[1:], odd)
    return copy


@pytest.mark.parametrize("name", OURS)
def test_no_value_at_any_place_breaks_the_reader_or_reaches_the_terminal(name: str) -> None:
    whole = json.loads((BODIES / f"{name}.json").read_text())
    for number, path in enumerate(_places(whole)):
        for odd in _ODD[number % 3 :: 3]:
            value = _planted(whole, path, odd)
            damaged = json.dumps(value).encode()
            assert not isinstance(value, dict) or PROVIDER.reader().recognises(value) >= 0
            with suppress(BadAnswer):
                detail = read(damaged)
                assert "\x1b" not in f"{detail.task}{detail.trace}{detail.facts}{detail.extra}{detail.images}"
                if detail.report is not None:
                    read_report(detail.report)


@pytest.mark.parametrize("odd", _ODD)
def test_no_frame_breaks_the_reader(odd: Any) -> None:
    frames = [
        {"event_type": "step.start", "index": 0, "step": odd},
        {"event_type": "step.start", "index": odd, "step": {"type": "thought", "summary": odd}},
        {"event_type": "step.delta", "index": 0, "delta": odd},
        {"event_type": "step.delta", "index": 0, "delta": {"type": "thought_summary", "content": odd}},
        {"event_type": "step.delta", "index": 1, "delta": {"type": odd, "result": odd}},
        {"event_type": "step.delta", "index": 1, "delta": {"type": "url_context_result", "result": odd}},
        {"event_type": odd, "metadata": {"total_usage": odd}},
        {"event_type": "interaction.completed", "interaction": {"usage": odd}},
        {"event_type": "error", "error": odd},
        odd,
    ]
    events = b"".join(b"event: x\ndata: " + json.dumps(frame).encode() + b"\n\n" for frame in frames)
    for status in ("in_progress", "failed"):
        assert with_events(status, events).task.provider_status == status
