"""Valyu's actions: the one request each makes, and the line a person reads afterwards."""

import json
from typing import Any

import jsonschema
import pytest

from tests.providers.conftest import NOW
from tui.domain.actions import (
    Action,
    AddToBatch,
    Approve,
    BatchOutcome,
    Cancel,
    CancelBatch,
    Delete,
    Edit,
    EditProgress,
    ListBatches,
    ListVersions,
    OpenBatch,
    Outcome,
    Pending,
    ReadBatch,
    ReadVersion,
    Respond,
    RespondJson,
    Restore,
    Select,
    Share,
    Shared,
    Steer,
    Stop,
    Versions,
    answer_of,
    capability_of,
)
from tui.domain.capability import Capability
from tui.domain.detail import Interaction, Reply
from tui.domain.errors import BadAnswer, UsageError
from tui.domain.secret import Secret
from tui.domain.task import TaskStatus
from tui.providers.protocol import ClientSettings
from tui.providers.registry import load
from tui.testing.scripted import Asked, reply, scripted_server

ID = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
BATCH = "batch_1"
TASK = "/v1/deepresearch/tasks/{id}"
REQUESTS = [
    (Cancel(), f"POST {TASK}/cancel"),
    (Delete(), f"DELETE {TASK}/delete"),
    (Steer("look at Europe"), f"POST {TASK}/update"),
    (Share(public=False), f"POST {TASK}/public"),
    (Respond("int_1", (("Which?", "That."),)), f"POST {TASK}/respond"),
    (Approve("int_1", approved=True), f"POST {TASK}/respond"),
    (Approve("int_1", approved=False, changes="shorter"), f"POST {TASK}/respond"),
    (Select("int_1", ("a.example",)), f"POST {TASK}/respond"),
    (RespondJson("int_1", {"approved": True}), f"POST {TASK}/respond"),
    (Edit("shorter", section="Intro", base_version=1), f"POST {TASK}/edit"),
    (EditProgress("ed_1"), f"GET {TASK}/edits/{{edit_id}}"),
    (ListVersions(), f"GET {TASK}/versions"),
    (ReadVersion(2), f"GET {TASK}/status"),
    (Restore(1), f"POST {TASK}/versions/{{version}}/restore"),
    (OpenBatch("n", "heavy"), "POST /v1/deepresearch/batches"),
    (AddToBatch((("mine", "a question"),)), "POST /v1/deepresearch/batches/{id}/tasks"),
    (ReadBatch(), "GET /v1/deepresearch/batches/{id}"),
    (CancelBatch(), "POST /v1/deepresearch/batches/{id}/cancel"),
]
BODIES = [
    (Respond("i", (("Which?", "That."),)), {"answers": [{"question": "Which?", "answer": "That."}]}),
    (Approve("i", approved=True), {"approved": True}),
    (Approve("i", approved=False, changes="shorter"), {"approved": False, "modifications": "shorter"}),
    (Select("i", ("a.org",), ("b.org",)), {"included_domains": ["a.org"], "excluded_domains": ["b.org"]}),
    (RespondJson("i", {"x": [1]}), {"x": [1]}),
]  # fmt: skip


async def asked_for(action: Action, remote_id: str = ID) -> Asked:
    """The request that an action makes; every request is answered with an empty object."""
    async with scripted_server() as server:
        client = load("valyu").client(ClientSettings(server.base, Secret("k")))
        try:
            await client.act(action, remote_id)
        except BadAnswer:  # pragma: no cover - what came back does not matter here
            pass
        except Exception:
            if not server.asked:
                raise
        finally:
            await client.close()
    (asked,) = server.asked
    return asked


def outcome(action: Action, value: Any) -> Outcome:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return load("valyu").reader().read_outcome(action, body, received_at=NOW)


@pytest.mark.parametrize(("action", "expected"), REQUESTS)
async def test_an_action_is_one_request_of_the_contract(
    action: Action, expected: str, specs: dict[str, dict[str, Any]]
) -> None:
    asked = await asked_for(action)
    method, path = expected.split(" ")
    endpoint = specs["valyu"]["paths"][path][method.lower()]
    ours, wanted = asked.path.split("/"), path.split("/")
    assert asked.method == method
    assert len(ours) == len(wanted)
    assert all(their.startswith("{") or our == their for our, their in zip(ours, wanted, strict=True))
    assert set(asked.query) <= {parameter["name"] for parameter in endpoint.get("parameters", ())}
    if "requestBody" in endpoint:
        schema = endpoint["requestBody"]["content"]["application/json"]["schema"]
        jsonschema.validate(asked.json, schema | {"components": specs["valyu"]["components"]})
    else:
        assert asked.body == b""


@pytest.mark.parametrize(("action", "response"), BODIES)
async def test_an_answer_is_sent_in_valyus_words(action: Action, response: Any) -> None:
    assert (await asked_for(action)).json == {"interaction_id": "i", "response": response}


@pytest.mark.parametrize("action", [one for one, _ in BODIES if not isinstance(one, RespondJson)])
async def test_json_typed_for_a_checkpoint_means_the_same_as_the_form(action: Action) -> None:
    replies = {Respond: Reply.ANSWERS, Approve: Reply.APPROVAL, Select: Reply.SELECTION}
    asked = Interaction("i", "x", None, reply=replies[type(action)])
    typed = (await asked_for(action)).json["response"]
    assert answer_of(asked, typed) == action
    assert answer_of(asked, {"else": 1}) == RespondJson("i", {"else": 1})


async def test_an_edit_always_carries_an_idempotency_key() -> None:
    keys = [(await asked_for(Edit("x"))).headers["idempotency-key"] for _ in range(2)]
    assert keys[0] != keys[1]
    assert (await asked_for(Edit("x", confirmation="mine"))).headers["idempotency-key"] == "mine"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Stop(), "cannot end a task early"),
        (Steer(" "), "instruction is empty"),
        (Edit(""), "instruction is empty"),
        (Approve("", approved=True), "checkpoint is empty"),
        (RespondJson("i", {}), "takes an object"),
        (RespondJson("i", [1]), "takes an object"),
        (OpenBatch(mode="instant"), "no mode instant"),
        (AddToBatch(()), "1 to 100"),
        (AddToBatch((("x", "q"),) * 101), "1 to 100"),
        (AddToBatch((("x", " "),)), "brief is empty"),
    ],
)
async def test_an_action_is_checked_before_anything_is_sent(action: Action, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        await asked_for(action)


@pytest.mark.parametrize(
    ("action", "answer", "message"),
    [
        (Cancel(), b"", "cancelled at Valyu"),
        (Delete(), b" ", "deleted at Valyu"),
        (Share(public=False), {"public": False}, "it is private again"),
        (Share(public=True), {"public": True}, "everyone with the address can read it now"),
        (Share(public=True), {}, "sharing changed"),
        (Edit("x"), {"edit_id": "ed_1", "status": "running"}, "the edit is being made"),
        (
            Edit("x"),
            {"status": "declined", "decline": {"code": "x", "message": "too vague", "suggestion": "name a section"}},
            "the edit declined: too vague (name a section)",
        ),
        (Edit("x"), {"status": "failed", "error": {"code": "edit.interrupted"}}, "the edit failed: no reason given"),
        (Edit("x"), {"status": "applied", "unapplied": [1, 2], "warnings": [{"type": "x", "message": "files are old"}]},
         "edited; files are old; 2 parts could not be applied"),
        (Restore(1), {"version": 3, "restored_from": 1}, "version 1 restored; it is version 3 now"),
        (ListVersions(), {}, "versions read"),
        (CancelBatch(), {"batch": {"status": "completed_with_errors"}}, "the batch is completed with errors"),
        (Respond("i", ()), {"success": True, "status": "queued"}, "answer sent"),
    ],
)  # fmt: skip
def test_what_an_action_did_is_said_in_one_line(action: Action, answer: Any, message: str) -> None:
    assert outcome(action, answer).message == message


def test_an_edit_under_way_says_when_and_how_to_ask_again() -> None:
    running = outcome(Edit("x"), {"edit_id": "ed_1", "status": "running", "retry_after_seconds": 900})
    assert isinstance(running, Pending)
    assert (running.after, running.ask) == (30.0, EditProgress("ed_1"))


def test_versions_are_told_newest_first_and_those_without_a_number_left_out() -> None:
    listed = [{"version": 1, "kind": "original"}, {"version": 2, "kind": "edit", "instruction": "shorter"}, {"x": 1}, 7]
    told = outcome(ListVersions(), {"versions": listed, "head": 2})
    assert isinstance(told, Versions)
    assert [(one.number, one.about, one.newest) for one in told.versions] == [
        (2, "edit: shorter", True),
        (1, "original", False),
    ]


def test_a_public_report_has_its_address() -> None:
    shared = outcome(Share(public=True), {"public": True, "deepresearch_id": ID})
    assert isinstance(shared, Shared)
    assert shared.web_url == f"https://platform.valyu.ai/playground/deepresearch/{ID}"


def test_a_batch_brings_its_tasks() -> None:
    entry = {"deepresearch_id": ID, "task_id": "mine", "status": "failed", "query": "q", "error": "because"}
    added = outcome(AddToBatch(()), {"batch_id": BATCH, "tasks": [entry, None, {"task_id": "x"}]})
    assert isinstance(added, BatchOutcome)
    (task,) = added.tasks
    assert (task.id, task.remote_id, task.batch_id) == ("mine", ID, BATCH)
    assert (task.status, task.error) == (TaskStatus.FAILED, "because")


@pytest.mark.parametrize("answer", [{"success": False, "error": "Task already finished"}, {"success": False}])
def test_a_no_inside_a_good_answer_is_an_error(answer: Any) -> None:
    with pytest.raises(BadAnswer, match=r"did not do it: (Task already finished|no reason given)"):
        outcome(Cancel(), answer)


@pytest.mark.parametrize("answer", [b"1", b"null", b"<html>x</html>", b"{"])
def test_an_answer_that_says_nothing_is_an_error(answer: bytes) -> None:
    with pytest.raises(BadAnswer):
        outcome(Cancel(), answer)


def test_secrets_do_not_come_back() -> None:
    batch = outcome(OpenBatch(), {"batch_id": BATCH, "webhook_secret": "canary", "pdf_url": "https://x/?token=canary"})
    assert "canary" not in str(batch)


def test_every_action_has_its_capability_and_the_three_services_tell_what_they_lack() -> None:
    assert {capability_of(action) for action, _ in REQUESTS} <= load("valyu").info.capabilities
    for name in ("extruct", "yutori"):
        assert capability_of(Cancel()) is Capability.CANCEL
        assert Capability.CANCEL in load(name).info.missing
    assert reply({}).status == 200


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (b'{"batches": [{"batch_id": "a"}, {"name": "no id"}, 7]}', ["a"]),
        (b'{"success": true, "data": []}', []),
        (b'{"batches": "x"}', []),
    ],
)
def test_odd_lists_of_batches_are_read_as_far_as_they_go(body: bytes, ids: list[str]) -> None:
    outcome = load("valyu").reader().read_outcome(ListBatches(), body, received_at=NOW)
    assert [batch.id for batch in (outcome.batches if isinstance(outcome, BatchOutcome) else ())] == ids


def test_a_batch_is_told_with_its_counts_as_far_as_they_are_numbers() -> None:
    body = b'{"batch": {"batch_id": "b", "name": "Monday", "counts": {"total": 2, "odd": "x"}, "cost": "much"}}'
    outcome = load("valyu").reader().read_outcome(ReadBatch(), body, received_at=NOW, remote_id="b")
    assert isinstance(outcome, BatchOutcome)
    (one,) = outcome.batches
    assert (one.id, one.name, dict(one.counts), one.cost.amount) == ("b", "Monday", {"total": 2}, None)
