"""An action and its arguments -> the one request that carries it out (tests/contracts/valyu.md 7, 11 and 12)."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.domain.detail import Json
from tui.domain.errors import UsageError
from tui.domain.text import join, one_line
from tui.providers.checks import Rule, choice, flag, list_of, object_of, text, web, whole, without_nulls

_TASKS = ("v1", "deepresearch", "tasks")
_BATCHES = ("v1", "deepresearch", "batches")

_ANSWERS = object_of({"question": text(), "answer": text()}, ("question", "answer"))
_RESPONSE = object_of(
    {
        "answers": list_of(_ANSWERS),
        "approved": flag,
        "modifications": text(),
        "included_domains": list_of(text()),
        "excluded_domains": list_of(text()),
    }
)
_BATCH_TASK = object_of(
    {
        "id": text(),
        "query": text(25_000),
        "research_strategy": text(15_000),
        "report_format": text(15_000),
        "urls": list_of(web, 10),
        "metadata": lambda value: None if isinstance(value, Mapping) else "must be an object",
    },
    ("query",),
)
_ANY: Rule = lambda _value: None  # noqa: E731 - a rule like the others


@dataclass(frozen=True, slots=True)
class Request:
    """One request: path segments below the base URL, query and body."""

    method: str
    path: tuple[str, ...]
    body: Mapping[str, Any] | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def build(action: str, remote_id: str, arguments: Mapping[str, Json]) -> Request:
    """Return the request for `action`.

    `action` is one of: cancel, delete, steer {instruction}, respond {interaction_id, response}, share {public},
    edit {instruction, focus, base_version, citations, target, wait_seconds, idempotency_key} or {edit_id} to ask how an
    edit goes, versions {} or {restore: n} or {version: n} (the answer is a task), batch {do: create, list, read, add,
    tasks, cancel} where `remote_id` is the batch's.

    Raises:
        UsageError: there is no such action, or it does not take these arguments.
    """
    builder = _BUILDERS.get(action)
    if builder is None:
        raise UsageError(f"Valyu cannot {one_line(action, 40)} a task", hint=f"it can {join(_BUILDERS)}")
    given = {name: value for name, value in arguments.items() if value is not None}
    return builder(remote_id, given)


def _checked(given: Mapping[str, Json], rules: Mapping[str, Rule], required: tuple[str, ...] = ()) -> dict[str, Any]:
    trouble = object_of(rules, required)(given)
    if trouble:
        raise UsageError(f"Valyu does not take this: {trouble}")
    return {name: without_nulls(value) for name, value in given.items()}


def _cancel(remote_id: str, given: Mapping[str, Json]) -> Request:
    return Request("POST", (*_TASKS, remote_id, "cancel"), _checked(given, {}))


def _delete(remote_id: str, given: Mapping[str, Json]) -> Request:
    _checked(given, {})
    return Request("DELETE", (*_TASKS, remote_id, "delete"))


def _steer(remote_id: str, given: Mapping[str, Json]) -> Request:
    return Request("POST", (*_TASKS, remote_id, "update"), _checked(given, {"instruction": text()}, ("instruction",)))


def _share(remote_id: str, given: Mapping[str, Json]) -> Request:
    return Request("POST", (*_TASKS, remote_id, "public"), _checked(given, {"public": flag}, ("public",)))


def _respond(remote_id: str, given: Mapping[str, Json]) -> Request:
    body = _checked(given, {"interaction_id": text(), "response": _RESPONSE}, ("interaction_id", "response"))
    kinds = [{"answers"}, {"approved", "modifications"}, {"included_domains", "excluded_domains"}]
    if not any(body["response"] and body["response"].keys() <= kind for kind in kinds):
        raise UsageError("a response holds answers, or approved, or included and excluded domains")
    if "modifications" in body["response"] and "approved" not in body["response"]:
        raise UsageError("Valyu does not take this: response needs approved")
    return Request("POST", (*_TASKS, remote_id, "respond"), body)


def _edit(remote_id: str, given: Mapping[str, Json]) -> Request:
    if "edit_id" in given:
        edit = _checked(given, {"edit_id": text()})
        return Request("GET", (*_TASKS, remote_id, "edits", edit["edit_id"]))
    rules: dict[str, Rule] = {
        "instruction": text(),
        "focus": object_of({"section": text(), "scope": text()}),
        "base_version": whole(1),
        "citations": text(),
        "wait_seconds": whole(0, 20),
        "target": _ANY,
        "idempotency_key": text(200),
    }
    body = _checked(given, rules, ("instruction",))
    key = body.pop("idempotency_key", None) or str(uuid.uuid4())
    return Request("POST", (*_TASKS, remote_id, "edit"), body, headers={"Idempotency-Key": key})


def _versions(remote_id: str, given: Mapping[str, Json]) -> Request:
    wanted = _checked(given, {"restore": whole(1), "version": whole(1)})
    if "restore" in wanted:
        return Request("POST", (*_TASKS, remote_id, "versions", str(wanted["restore"]), "restore"))
    if "version" in wanted:
        return Request("GET", (*_TASKS, remote_id, "status"), params={"version": str(wanted["version"])})
    return Request("GET", (*_TASKS, remote_id, "versions"))


def _batch(batch_id: str, given: Mapping[str, Json]) -> Request:
    do = given.get("do")
    rest = {name: value for name, value in given.items() if name != "do"}
    if do == "create":
        return Request("POST", _BATCHES, _checked(rest, _BATCH_RULES))
    if do == "list":
        return Request("GET", _BATCHES, params={"limit": "100"})
    if do == "read":
        return Request("GET", (*_BATCHES, batch_id))
    if do == "add":
        rules = {"tasks": list_of(_BATCH_TASK, 100, "task", "tasks")}
        body = _checked(rest, rules, ("tasks",))
        if not body["tasks"]:
            raise UsageError("Valyu does not take this: tasks is empty")
        return Request("POST", (*_BATCHES, batch_id, "tasks"), body)
    if do == "tasks":
        page = _checked(rest, {"status": text(), "limit": whole(1), "last_key": text(), "include_output": flag})
        params = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in page.items()}
        return Request("GET", (*_BATCHES, batch_id, "tasks"), params=params)
    if do == "cancel":
        return Request("POST", (*_BATCHES, batch_id, "cancel"), {})
    raise UsageError("a batch can be created, listed, read, added to, or cancelled", hint="do: create, list, read, ...")


_BATCH_RULES: dict[str, Rule] = {
    "name": text(),
    "mode": choice("fast", "standard", "heavy", "max"),  # batches have no instant mode
    "output_formats": _ANY,
    "search": _ANY,
    "brand_collection_id": text(),
    "metadata": _ANY,
    "alert_email": text(),
    "mcp_servers": _ANY,
}
_BUILDERS: dict[str, Callable[[str, Mapping[str, Json]], Request]] = {
    "cancel": _cancel,
    "delete": _delete,
    "steer": _steer,
    "respond": _respond,
    "share": _share,
    "edit": _edit,
    "versions": _versions,
    "batch": _batch,
}
