"""Valyu's actions: the one request each makes, and the line a person reads afterwards."""

import json
from typing import Any

import jsonschema
import pytest

from tests.providers.conftest import NOW
from tui.domain.errors import BadAnswer, UsageError
from tui.domain.task import TaskStatus
from tui.providers.base import Outcome
from tui.providers.registry import load
from tui.providers.valyu.actions import build

ID = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
BATCH = "batch_1"
TASKS = [{"id": "mine", "query": "a question", "urls": ["https://a.example/"], "metadata": {"a": 1}}]
ANSWERS = {"answers": [{"question": "Which?", "answer": "That."}]}
REQUESTS = [
    ("cancel", ID, {}, "POST /v1/deepresearch/tasks/{id}/cancel"),
    ("delete", ID, {}, "DELETE /v1/deepresearch/tasks/{id}/delete"),
    ("steer", ID, {"instruction": "look at Europe"}, "POST /v1/deepresearch/tasks/{id}/update"),
    ("share", ID, {"public": False}, "POST /v1/deepresearch/tasks/{id}/public"),
    ("respond", ID, {"interaction_id": "int_1", "response": ANSWERS}, "POST /v1/deepresearch/tasks/{id}/respond"),
    (
        "respond",
        ID,
        {"interaction_id": "int_1", "response": {"approved": True, "modifications": "shorter"}},
        "POST /v1/deepresearch/tasks/{id}/respond",
    ),
    (
        "respond",
        ID,
        {"interaction_id": "int_1", "response": {"included_domains": ["a.example"], "excluded_domains": []}},
        "POST /v1/deepresearch/tasks/{id}/respond",
    ),
    (
        "edit",
        ID,
        {
            "instruction": "shorter",
            "focus": {"section": "Intro", "scope": "strict"},
            "base_version": 1,
            "wait_seconds": 5,
        },
        "POST /v1/deepresearch/tasks/{id}/edit",
    ),
    ("edit", ID, {"edit_id": "ed_1"}, "GET /v1/deepresearch/tasks/{id}/edits/{edit_id}"),
    ("versions", ID, {}, "GET /v1/deepresearch/tasks/{id}/versions"),
    ("versions", ID, {"version": 2}, "GET /v1/deepresearch/tasks/{id}/status"),
    ("versions", ID, {"restore": 1}, "POST /v1/deepresearch/tasks/{id}/versions/{version}/restore"),
    (
        "batch",
        "",
        {"do": "create", "name": "n", "mode": "heavy", "metadata": {"a": 1}},
        "POST /v1/deepresearch/batches",
    ),
    ("batch", "", {"do": "list"}, "GET /v1/deepresearch/batches"),
    ("batch", BATCH, {"do": "read"}, "GET /v1/deepresearch/batches/{id}"),
    ("batch", BATCH, {"do": "add", "tasks": TASKS}, "POST /v1/deepresearch/batches/{id}/tasks"),
    (
        "batch",
        BATCH,
        {"do": "tasks", "limit": 50, "last_key": "k", "include_output": True, "status": "running"},
        "GET /v1/deepresearch/batches/{id}/tasks",
    ),
    ("batch", BATCH, {"do": "cancel"}, "POST /v1/deepresearch/batches/{id}/cancel"),
]


def outcome(action: str, value: Any) -> Outcome:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return load("valyu").reader().read_outcome(action, body, received_at=NOW)


@pytest.mark.parametrize(("action", "remote_id", "arguments", "expected"), REQUESTS)
def test_an_action_is_one_request_of_the_contract(
    action: str, remote_id: str, arguments: dict[str, Any], expected: str, specs: dict[str, dict[str, Any]]
) -> None:
    request = build(action, remote_id, {**arguments, "unset": None})
    method, path = expected.split(" ")
    endpoint = specs["valyu"]["paths"][path][method.lower()]
    wanted = path.strip("/").split("/")
    assert request.method == method
    assert len(request.path) == len(wanted)
    assert all(theirs.startswith("{") or ours == theirs for ours, theirs in zip(request.path, wanted, strict=True))
    assert (
        set(request.params) <= {parameter["name"] for parameter in endpoint["parameters"]} if request.params else True
    )
    if "requestBody" in endpoint:
        schema = endpoint["requestBody"]["content"]["application/json"]["schema"]
        jsonschema.validate(request.body, schema | {"components": specs["valyu"]["components"]})
    else:
        assert request.body is None


def test_an_edit_always_carries_an_idempotency_key() -> None:
    first, second = (build("edit", ID, {"instruction": "x"}).headers["Idempotency-Key"] for _ in range(2))
    assert first != second
    assert build("edit", ID, {"instruction": "x", "idempotency_key": "mine"}).headers == {"Idempotency-Key": "mine"}


@pytest.mark.parametrize(
    ("action", "arguments", "words"),
    [
        ("explode", {}, "cannot explode"),
        ("steer", {}, "needs instruction"),
        ("steer", {"instruction": " "}, "must be a text"),
        ("steer", {"instruction": "x", "loudly": True}, "unknown member 'loudly'"),
        ("cancel", {"why": "x"}, "unknown member"),
        ("share", {"public": "yes"}, "true or false"),
        ("respond", {"response": {"approved": True}}, "needs interaction_id"),
        ("respond", {"interaction_id": "i", "response": {}}, "a response holds"),
        ("respond", {"interaction_id": "i", "response": {"approved": True, "answers": []}}, "a response holds"),
        ("respond", {"interaction_id": "i", "response": {"modifications": "x"}}, "needs approved"),
        ("respond", {"interaction_id": "i", "response": {"answers": [{"question": "q"}]}}, "needs answer"),
        ("edit", {"focus": {}}, "needs instruction"),
        ("edit", {"instruction": "x", "wait_seconds": 21}, "0 to 20"),
        ("versions", {"restore": 0}, "from 1"),
        ("batch", {}, "created, listed"),
        ("batch", {"do": "create", "mode": "instant"}, "fast, standard, heavy or max"),
        ("batch", {"do": "add", "tasks": []}, "tasks is empty"),
        ("batch", {"do": "add", "tasks": [{"query": "q"}] * 101}, "at most 100"),
        ("batch", {"do": "add", "tasks": [{"id": "x"}]}, "needs query"),
    ],
)
def test_arguments_are_checked_before_anything_is_sent(action: str, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        build(action, ID, arguments)


@pytest.mark.parametrize(
    ("action", "answer", "message"),
    [
        ("cancel", b"", "cancelled at Valyu"),
        ("delete", b" ", "deleted at Valyu"),
        ("share", {"public": False}, "it is private again"),
        ("share", {"public": True}, "everyone with the address can read it now"),
        ("share", {}, "sharing changed"),
        ("edit", {"edit_id": "ed_1", "status": "running"}, "the edit is being made"),
        (
            "edit",
            {"status": "declined", "decline": {"code": "x", "message": "too vague", "suggestion": "name a section"}},
            "the edit declined: too vague (name a section)",
        ),
        ("edit", {"status": "failed", "error": {"code": "edit.interrupted"}}, "the edit failed: no reason given"),
        ("edit", {"status": "applied", "unapplied": [1, 2], "warnings": [{"type": "x", "message": "files are old"}]},
         "edited; files are old; 2 parts could not be applied"),
        ("versions", {"version": 3, "restored_from": 1}, "version 1 restored; it is version 3 now"),
        ("versions", {}, "versions read"),
        ("batch", {"batches": []}, "0 batches"),
        ("batch", {"data": [{}]}, "1 batch"),
        ("batch", {"batch": {"status": "completed_with_errors"}}, "the batch is completed with errors"),
        ("respond", {"success": True, "status": "queued"}, "answer sent"),
    ],
)  # fmt: skip
def test_what_an_action_did_is_said_in_one_line(action: str, answer: Any, message: str) -> None:
    assert outcome(action, answer).message == message


def test_an_edit_under_way_says_when_and_how_to_ask_again() -> None:
    running = outcome("edit", {"edit_id": "ed_1", "status": "running", "retry_after_seconds": 900})
    assert (running.poll_after, running.poll_with) == (30.0, {"edit_id": "ed_1"})


def test_a_batch_brings_its_tasks() -> None:
    entry = {"deepresearch_id": ID, "task_id": "mine", "status": "failed", "query": "q", "error": "because"}
    (task,) = outcome("batch", {"batch_id": BATCH, "tasks": [entry, None, {"task_id": "x"}]}).tasks
    assert (task.remote_id, task.batch_id, task.status, task.error) == (ID, BATCH, TaskStatus.FAILED, "because")


@pytest.mark.parametrize("answer", [{"success": False, "error": "Task already finished"}, {"success": False}])
def test_a_no_inside_a_good_answer_is_an_error(answer: Any) -> None:
    with pytest.raises(BadAnswer, match=r"did not do it: (Task already finished|no reason given)"):
        outcome("cancel", answer)


@pytest.mark.parametrize("answer", [b"1", b"null", b"<html>x</html>", b"{"])
def test_an_answer_that_says_nothing_is_an_error(answer: bytes) -> None:
    with pytest.raises(BadAnswer):
        outcome("cancel", answer)


def test_secrets_do_not_come_back() -> None:
    batch = outcome("batch", {"batch_id": BATCH, "webhook_secret": "canary", "pdf_url": "https://x/?token=canary"})
    assert "canary" not in str(batch)


@pytest.mark.parametrize("name", ["extruct", "yutori"])
def test_a_service_without_actions_says_so(name: str) -> None:
    with pytest.raises(BadAnswer, match="has no action cancel"):
        load(name).reader().read_outcome("cancel", b"{}", received_at=NOW)
