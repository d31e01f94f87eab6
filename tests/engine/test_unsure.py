"""An answer that refuses nothing leaves the outcome of a request unknown: nothing is sent twice, the list decides."""

from pathlib import Path

import pytest

from tests.engine.recorder import ID, ID_MEMBERS, Recorder, Reply, encoded, recording
from tests.engine.sockets import PROVIDERS, WAIT, running
from tests.tiers import in_turn
from tui.domain.actions import Action, Cancel, Edit, Share, Steer
from tui.domain.errors import DivewatchError, ProviderError
from tui.domain.provider import Draft
from tui.domain.task import TaskStatus
from tui.engine.ingest.merge import UNKNOWN_OUTCOME

PROMPT = "Who makes bells?\tAnd\u200b organs?"
MODES = {"extruct": "medium", "yutori": "fast", "valyu": "fast"}
UNSURE = [
    *(Reply(status, b"") for status in (200, 201, 202, 203, 204, 205, 206, 226, 299, 300, 303, 304, 305, 306, 399)),
    *(Reply(status, b"") for status in (408, 425, 500, 502, 504, 520, 599)),
    *(
        Reply(200, text)
        for text in (
            b"null",
            b"[]",
            b"{}",
            b'""',
            b"7",
            b"true",
            b"NaN",
            b'{"id":',
            b"ok",
            b"\xff\xfe\x00",
            b'{"\\ud800": 1}',
            b'{"message": "accepted"}',
            b"[" * 3000,
            b"1" * 5000,
            b'{"status": "queued"}',
        )
    ),
    Reply(200, b"<html><title>Sign in</title>", (("Content-Type", "text/html"),)),
    Reply(200, b"\x1f\x8bbroken", (("Content-Encoding", "gzip"),)),
    Reply(200, b"xx", (("Content-Encoding", "br"),)),
]


def started(service: Recorder) -> None:
    service.listed = encoded([service.entry(1, "running" if service.provider != "extruct" else "in_progress", PROMPT)])
    service.listed = service.listed.replace(b"2026-11-22T12:00:00Z", b"")  # a time that says nothing


@pytest.mark.parametrize(
    ("reply", "provider"), in_turn(UNSURE, PROVIDERS, lambda reply: f"{reply.status}-{reply.body[:12]!r}")
)
def test_a_create_that_was_not_refused_is_unknown_and_found_in_the_list(
    provider: str, reply: Reply, tmp_path: Path
) -> None:
    with recording(provider) as service, running(tmp_path / "a.db", service.accounts()) as (_, runtime):
        service.changes = lambda path: reply
        service.tasks[ID.format(1)] = Reply(503, b"")
        row = runtime.create(provider, Draft(PROMPT, MODES[provider])).result(WAIT)
        assert row.remote_id is None
        assert row.status is TaskStatus.UNKNOWN
        assert any(note.startswith(UNKNOWN_OUTCOME) for note in row.warnings)
        assert service.times("POST") == 1
        started(service)
        runtime.sync().result(WAIT)
        (task,) = runtime.tasks().values()
        assert (task.id, task.remote_id) == (row.id, ID.format(1))
        assert service.times("POST") == 1


@pytest.mark.parametrize(
    ("status", "provider"), in_turn([301, 302, 307, 308, 400, 401, 402, 403, 404, 405, 409, 410, 422], PROVIDERS)
)
def test_a_create_that_was_refused_starts_nothing_and_says_so(provider: str, status: int, tmp_path: Path) -> None:
    with recording(provider) as service, running(tmp_path / "a.db", service.accounts()) as (_, runtime):
        service.changes = lambda path: Reply(status, b'{"detail":"no"}', (("Location", "https://x.example/"),))
        with pytest.raises(ProviderError):
            runtime.create(provider, Draft(PROMPT, MODES[provider])).result(WAIT)
        (task,) = runtime.tasks().values()
        assert task.status is TaskStatus.FAILED
        assert service.times("POST") == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_half_a_character_in_the_name_of_a_member_costs_nothing(provider: str, tmp_path: Path) -> None:
    with recording(provider) as service, running(tmp_path / "a.db", service.accounts()) as (_, runtime):
        odd: dict[str, object] = {"\ud800": 1, "deeper": {"\udfff": ["\ud83d"]}}
        queued = {"extruct": "created", "yutori": "queued", "valyu": "queued"}[provider]
        service.changes = lambda path: Reply(body=encoded({**service.entry(1, queued), **odd}))
        service.tasks[ID.format(1)] = Reply(body=encoded({**service.entry(1, queued, "t"), **odd}))
        service.tasks[ID.format(2)] = Reply(body=encoded(service.entry(2, queued)))
        service.listed = encoded([{**service.entry(1, queued), **odd}, service.entry(2, queued)])
        task = runtime.create(provider, Draft("brief 1", MODES[provider])).result(WAIT)
        assert task.remote_id == ID.format(1)
        summary = runtime.sync().result(WAIT)
        assert (dict(summary.errors), dict(summary.seen)) == ({}, {provider: 2})
        assert {one.remote_id for one in runtime.tasks().values()} == {ID.format(1), ID.format(2)}
        assert not any(one.warnings for one in runtime.tasks().values())


ODD_ENTRIES: list[object] = [
    None,
    7,
    "text",
    [],
    {},
    {"status": "done"},
    {"\ud800": "\ud800"},
    {"deep": "DEEP"},
    {"model_config": 1, "model_fields": 2, "__class__": 3, "model_extra": {}, "__pydantic_extra__": {}, "": 0},
    {"created_at": 10**400, "cost": "1e999", "sources": {"a": [{}]}, "progress": [], "report": [[]], "updates": 5},
]


@pytest.mark.parametrize(("odd", "provider"), in_turn(ODD_ENTRIES, PROVIDERS))
def test_nothing_inside_one_entry_of_a_list_costs_another(provider: str, odd: object, tmp_path: Path) -> None:
    with recording(provider) as service, running(tmp_path / "a.db", service.accounts()) as (_, runtime):
        names = {ID_MEMBERS[provider]: ID.format(5)}
        entry = {**names, **odd} if isinstance(odd, dict) and "status" not in odd else odd
        body = encoded([service.entry(1, "x"), entry, service.entry(2, "x")]).replace(
            b'"DEEP"', b'{"a":' * 700 + b"1" + b"}" * 700
        )
        service.listed = body
        summary = runtime.sync().result(WAIT)
        assert {ID.format(1), ID.format(2)} <= {one.remote_id for one in runtime.tasks().values()}
        assert not any("internal" in said or "Error" in said for said in summary.errors.values())


ACTIONS = [Cancel(), Steer("shorter"), Share(public=True), Edit("shorter")]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "reply",
    [Reply(206, b'{"succ'), Reply(200, b"ok"), Reply(200, b"7"), Reply(304), Reply(303), Reply(500), Reply(200, b"[[")],
    ids=lambda reply: f"{reply.status}-{reply.body!r}",
)
def test_an_action_whose_answer_says_neither_yes_nor_no_is_said_to_be_unknown(
    action: Action, reply: Reply, tmp_path: Path
) -> None:
    with recording("valyu") as service, running(tmp_path / "a.db", service.accounts()) as (_, runtime):
        service.listed = encoded([service.entry(1, "running")])
        service.tasks[ID.format(1)] = Reply(body=encoded(service.entry(1, "running")))
        runtime.sync().result(WAIT)
        (task,) = runtime.tasks().values()
        service.changes = lambda path: reply
        with pytest.raises(DivewatchError) as caught:
            runtime.act(task.id, action).result(WAIT)
        assert isinstance(caught.value, ProviderError)
        assert caught.value.outcome_unknown
        assert "may have been carried out" in caught.value.hint
        changes = sum(method != "GET" for method, _ in service.asked)
        assert changes == 1


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_answered_without_content_was_carried_out(action: Action, tmp_path: Path) -> None:
    with recording("valyu") as service, running(tmp_path / "a.db", service.accounts()) as (_, runtime):
        service.listed = encoded([service.entry(1, "running")])
        service.tasks[ID.format(1)] = Reply(body=encoded(service.entry(1, "running")))
        runtime.sync().result(WAIT)
        (task,) = runtime.tasks().values()
        service.changes = lambda path: Reply(204)
        assert runtime.act(task.id, action).result(WAIT).message
