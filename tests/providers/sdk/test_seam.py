"""The seam does everything that services need: shown with a toy that uses what our first three do not."""

import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from tests.providers.sdk.toy import PROVIDER
from tui.domain.actions import Approve, Cancel, Delete, FollowUp, Share, Steer, Stop
from tui.domain.anchors import Anchored, FieldAnchor, MarkerAnchor, OffsetUnit, SpanAnchor, WholeAnchor
from tui.domain.capability import Capability
from tui.domain.errors import (
    BadKey,
    Gone,
    PaymentNeeded,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    UsageError,
)
from tui.domain.provider import Draft, RefusalRule, RefusalRules, Response
from tui.domain.secret import Secret
from tui.domain.task import CostKind, Counter, TaskStatus
from tui.providers.http.errors import Failure, refusal
from tui.providers.protocol import Client, ClientSettings
from tui.providers.sdk.exchanges import MAGIC, unpack
from tui.providers.sdk.prices import Rates, TokenPrices, set_prices
from tui.testing.contract import ProviderContract
from tui.testing.scripted import ScriptedServer, events, reply, scripted_server

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ID = "toy_00000001"
RUN = f"/v1beta/runs/{ID}"
READER = PROVIDER.reader()


@asynccontextmanager
async def toy() -> AsyncIterator[tuple[Client, ScriptedServer]]:
    async with scripted_server() as server:
        settings = ClientSettings(server.base, Secret("k"), headers={"X-Toy-Organization": "org"})
        client = PROVIDER.client(settings)
        try:
            yield client, server
        finally:
            await client.close()


def run(status: str, **members: Any) -> dict[str, Any]:
    return {"id": ID, "status": status, "model": "toy-large-0815", **members}


def read(answer: Response) -> Any:
    return READER.read_task(answer.body or b"", remote_id=ID, received_at=NOW)


def names(answer: Response) -> list[str]:
    return [one.name for one in unpack(answer.body or b"")]


def test_what_a_service_can_do_follows_from_its_endpoints_and_the_rest_is_explained() -> None:
    info = PROVIDER.info
    can = {"create", "cancel", "stop", "delete", "respond", "follow", "account"}
    assert {str(one) for one in info.capabilities} == can
    assert "adopted by id" in info.missing[Capability.LIST]
    assert all("Toy" in said for said in info.missing.values())


async def test_the_headers_the_version_and_the_query_go_along() -> None:
    async with toy() as (client, server):
        server.on(f"GET {RUN}", reply(run("failed")))
        await client.fetch(ID)
    (asked,) = server.requests(f"GET {RUN}")
    assert asked.query == {"expand": "usage"}
    told = {name: asked.headers.get(name) for name in ("authorization", "x-toy-organization", "x-toy-api")}
    assert told == {"authorization": "Bearer k", "x-toy-organization": "org", "x-toy-api": "7"}


async def test_options_go_where_their_rows_say_and_a_create_is_sent_once() -> None:
    async with toy() as (client, server):
        server.on("POST /v1beta/runs", reply({"run_id": ID, "status": "queued"}))
        draft = Draft("why?", "toy-huge", options={"effort": "high", "summary": True}, previous=("toy_000000ff",))
        assert PROVIDER.check(draft) == []
        answer = await client.create(draft)
    (asked,) = server.asked
    assert asked.json == {
        "input": "why?",
        "model": "toy-huge",
        "reasoning": {"effort": "high"},
        "reason": "auto",
        "previous": "toy_000000ff",
    }
    task = READER.read_created(answer.body or b"", draft=draft, received_at=NOW)
    assert (task.remote_id, task.mode, task.prompt, task.status) == (ID, "toy-huge", "why?", TaskStatus.QUEUED)


def test_a_create_may_be_answered_with_the_report_and_without_an_id() -> None:
    body = b'{"status": "completed", "answer": "# Done\\n\\nat once"}'
    task = READER.read_created(body, draft=Draft("why?"), received_at=NOW)
    assert (task.remote_id, task.status, task.has_report, task.title) == (None, TaskStatus.DONE, True, "Done")
    again = READER.read_task(body, remote_id=None, received_at=NOW)  # as it is read from the archive
    assert again.report is not None


async def test_what_did_not_change_is_the_same_answer() -> None:
    async with toy() as (client, server):
        server.on(f"GET {RUN}", reply(run("working")))
        server.on(f"GET {RUN}/input", reply({"text": "why?"}))
        server.on(f"GET {RUN}/events", events(("note", {"n": 1, "text": "plan"})), events())
        first = await client.fetch(ID)
        second = await client.fetch(ID, previous=first.body)
    assert second.body == first.body


async def test_progress_comes_from_the_stream_and_the_pages_and_is_kept() -> None:
    async with toy() as (client, server):
        server.on(f"GET {RUN}", reply(run("working", percent=12.5)))
        server.on(f"GET {RUN}/input", reply({"text": "why?"}))
        server.on(
            f"GET {RUN}/events",
            events(("note", {"n": 1, "text": "plan"}), ("stats", {"n": 2, "text": "1 page"}), held=True),
            events(("stats", {"n": 3, "text": "2 pages"}), ("note", {"n": 4, "text": "read"}), held=True),
        )
        server.on(f"GET {RUN}/searches", reply([{"q": "a"}]), reply([{"q": "b"}]))
        first = await client.fetch(ID)
        second = await client.fetch(ID, previous=first.body)
    assert first.irreplaceable
    assert names(first) == ["status", "input", "events", "searches"]
    assert len(server.requests(f"GET {RUN}/input")) == 1  # asked once
    assert [asked.query.get("after") for asked in server.requests(f"GET {RUN}/events")] == [None, "2"]
    assert [asked.query.get("from") for asked in server.requests(f"GET {RUN}/searches")] == [None, "1"]
    detail = read(second)
    assert detail.task.prompt == "why?"
    assert detail.task.counters == {"percent": Counter(12.5, 100), "searches": Counter(2)}
    assert detail.task.counters["percent"].fraction == 0.125
    assert [step.text for step in detail.trace] == ["plan", "2 pages", "read"]


async def test_what_was_seen_while_it_ran_stays_after_the_end_and_the_result_is_read_once() -> None:
    async with toy() as (client, server):
        server.on(f"GET {RUN}", reply(run("working")), reply(run("completed", ended="2026-11-28T11:00:00Z")))
        server.on(f"GET {RUN}/events", events(("note", {"n": 1, "text": "plan"})))
        server.on(f"GET {RUN}/result", reply({"text": "# Report"}), reply({"detail": "read already"}, 410))
        first = await client.fetch(ID)
        second = await client.fetch(ID, previous=first.body)
        third = await client.fetch(ID, previous=second.body)
    assert len(server.requests(f"GET {RUN}/result")) == 1
    for answer in (second, third):
        detail = read(answer)
        assert detail.task.status is TaskStatus.DONE
        assert detail.report is not None
        assert detail.report.text == "# Report"
        assert [step.text for step in detail.trace] == ["plan"]
        assert detail.task.expires_at == datetime(2026, 11, 28, 11, 10, tzinfo=UTC)


async def test_a_result_that_is_not_there_says_nothing_about_the_task() -> None:
    async with toy() as (client, server):
        server.on(f"GET {RUN}", reply(run("completed")))
        server.on(f"GET {RUN}/result", reply({"detail": "no such run"}, 404))
        answer = await client.fetch(ID)
    assert answer.trouble is None
    assert read(answer).task.status is TaskStatus.DONE
    assert not read(answer).task.has_report


async def test_trouble_with_a_further_request_does_not_lose_what_was_got() -> None:
    async with toy() as (client, server):
        server.on(f"GET {RUN}", reply(run("completed")))
        server.on(f"GET {RUN}/input", reply({"text": "why?"}))
        server.on(f"GET {RUN}/result", reply({"error": "oh"}, 503))
        answer = await client.fetch(ID)
    assert isinstance(answer.trouble, Unavailable)
    assert names(answer) == ["status", "input"]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": {"details": [{"reason": "API_KEY_INVALID"}]}}, BadKey),
        (400, {"error": {"code": 400, "message": "bad"}}, Refused),
        (429, {"error": {"code": "insufficient_quota"}}, PaymentNeeded),
        (432, {"detail": {"error": "plan"}}, PaymentNeeded),
        (418, None, Gone),
        (404, None, Gone),
    ],
)
async def test_one_status_means_what_its_code_says(status: int, body: Any, error: type[Exception]) -> None:
    async with toy() as (client, server):
        server.on(f"GET {RUN}", reply(body, status))
        with pytest.raises(error) as raised:
            await client.fetch(ID)
    assert type(raised.value) is error


def test_a_refusal_in_words_alone_is_told_by_a_pattern_and_may_name_another_wait() -> None:
    refusal_rules: RefusalRules = {
        (400, re.compile("key not valid")): RefusalRule(BadKey),
        (429, re.compile('"quotaId": *"PerDay"')): RefusalRule(RateLimited, "used up for today", wait=3600),
        429: RefusalRule(RateLimited),
    }

    def told(status: int, body: bytes) -> ProviderError:
        return refusal(Failure(status, body, refusal_rules=(refusal_rules,)), PROVIDER.info)

    bad_key = told(400, b'[{"error": {"message": "API key not valid."}}]')
    assert (type(bad_key), bad_key.message) == (BadKey, "Toy rejects the key: API key not valid.")
    assert type(told(400, b'{"error": {"message": "x"}}')) is Refused
    assert type(told(401, b"key not valid")) is BadKey
    wait = b'{"error": {"details": [{"quotaId": "%s"}, {"retryDelay": "36.5s"}]}}'
    today, soon = told(429, wait % b"PerDay"), told(429, wait % b"PerMinute")
    assert (today.message, today.retry_after, soon.retry_after) == ("used up for today", 3600, 36.5)


async def test_a_stream_goes_on_behind_the_last_event_that_says_where() -> None:
    async with toy() as (client, server):
        server.on(f"GET {RUN}", reply(run("working")))
        server.on(f"GET {RUN}/events", events(("note", {"n": 5, "text": "a"}), ("note", "without a number")))
        first = await client.fetch(ID)
        await client.fetch(ID, previous=first.body)
    assert [asked.query.get("after") for asked in server.requests(f"GET {RUN}/events")] == [None, "5"]


async def test_cancel_takes_its_time_stop_keeps_the_report_and_an_ended_run_is_told() -> None:
    async with toy() as (client, server):
        server.on(f"POST {RUN}/cancel", reply({"id": ID, "status": "cancelling"}), reply({"code": "already_over"}, 400))
        server.on(f"POST {RUN}/stop", reply(run("stopped")))
        server.on(f"DELETE {RUN}", reply(None, 204))
        for action, status in ((Cancel(), TaskStatus.CANCELLING), (Stop(), TaskStatus.PARTIAL), (Delete(), None)):
            answer = await client.act(action, ID)
            outcome = READER.read_outcome(action, answer.body or b"", received_at=NOW, remote_id=ID)
            assert (outcome.status, outcome.successor) == (status, None)
        with pytest.raises(Refused, match="over already"):
            await client.act(Cancel(), ID)
    assert not TaskStatus.CANCELLING.is_final


async def test_an_approval_and_a_follow_up_go_on_as_another_task() -> None:
    async with toy() as (client, server):
        server.on("POST /v1beta/runs", reply({"id": "toy_00000002", "status": "queued"}))
        for action in (Approve("plan", approved=True), FollowUp("and then?")):
            answer = await client.act(action, ID)
            outcome = READER.read_outcome(action, answer.body or b"", received_at=NOW, remote_id=ID)
            assert outcome.successor is not None
            assert (outcome.successor.remote_id, outcome.successor.parent_id) == ("toy_00000002", ID)
    assert [asked.json["previous"] for asked in server.asked] == [ID, ID]


async def test_what_a_service_cannot_do_is_refused_before_anything_is_sent() -> None:
    async with toy() as (client, server):
        for action in (Steer("x"), Share(public=True)):
            with pytest.raises(UsageError, match="Toy"):
                await client.act(action, ID)
        with pytest.raises(UsageError, match="adopted by id"):
            await client.fetch_page()
    assert server.asked == []


def test_a_completed_run_that_asks_is_waiting() -> None:
    detail = READER.read_task(
        b'{"id": "%b", "status": "completed", "plan": "1. look"}' % ID.encode(), remote_id=ID, received_at=NOW
    )
    assert detail.task.status is TaskStatus.WAITING
    assert detail.interaction is not None
    assert detail.interaction.text == "1. look"


async def test_citations_keep_their_anchor_reason_confidence_and_excerpts() -> None:
    cites = [
        ("span", (0, 4, 0), "p1", {}),
        ("mark", "[web:1]", "p1", {}),
        ("field", "a.0.b", "p2", {"why": "it says so", "sure": "high", "says": ["one", "two"]}),
        ("all", None, "p3", {}),
    ]
    pages = [
        {"url": "https://vertex.example/r/1", "real": "https://example.org/a"},
        {"url": "https://example.org/b"},
        {"url": "https://example.org/c", "cited": False},
    ]
    async with toy() as (client, server):
        server.on(f"GET {RUN}", reply(run("completed", picture=base64.b64encode(b"png").decode())))
        server.on(f"GET {RUN}/result", reply({"text": "äöü", "cites": cites, "pages": pages}))
        detail = read(await client.fetch(ID))
    report = detail.report
    assert report.anchored == (
        Anchored(SpanAnchor(0, 4, OffsetUnit.UTF8, 0), ("p1",)),
        Anchored(MarkerAnchor("[web:1]"), ("p1",)),
        Anchored(FieldAnchor("a.0.b"), ("p2",), "it says so", "high", ("one", "two")),
        Anchored(WholeAnchor(), ("p3",)),
    )
    assert [(source.cited, source.final_url) for source in report.sources] == [
        (True, "https://example.org/a"),
        (True, None),
        (False, None),
    ]
    (image,) = detail.images
    assert (image.url, image.data, image.media_type) == (None, b"png", "image/png")


def test_a_cost_comes_from_tokens_and_calls_as_a_range_and_the_user_can_change_the_table() -> None:
    body = b'{"id": "%b", "status": "completed", "model": "toy-large-1", "tokens_in": 1000000, "tokens_out": 100000}'
    task = READER.read_task(body % ID.encode(), remote_id=ID, received_at=NOW).task
    assert (task.cost.amount, task.cost.at_least, task.cost.kind) == (3.01, None, CostKind.ESTIMATE)
    set_prices("toy", TokenPrices((Rates("toy-.*", 1.0, 1.0),), {"search": 0.0}))
    try:
        assert READER.read_task(body % ID.encode(), remote_id=ID, received_at=NOW).task.cost.amount == 1.1
    finally:
        set_prices("toy", None)


def test_a_container_is_told_apart_and_broken_ones_are_bad_answers() -> None:
    from tui.domain.errors import BadAnswer

    for body in (MAGIC + b"toy\n", MAGIC + b"toy\n{}\n", MAGIC + b'toy\n{"name":"a","bytes":9,"at":"2026-11-28"}\nx\n'):
        with pytest.raises(BadAnswer):
            READER.read_task(body, remote_id=ID, received_at=NOW)


def test_expiry_is_what_the_service_keeps_after_the_end() -> None:
    assert PROVIDER.info.retention is not None
    assert PROVIDER.info.retention.keeps == timedelta(minutes=10)


class TestToy(ProviderContract):
    """The toy keeps the contract."""

    provider = PROVIDER
    remote_id = "toy_00000abc"
    task_answer: ClassVar = {"id": "toy_00000abc", "status": "queued"}
    key_header = ("authorization", "Bearer {key}")
    fetch_target = "/v1beta/runs/toy_00000abc?expand=usage"
    create_target = "/v1beta/runs"
