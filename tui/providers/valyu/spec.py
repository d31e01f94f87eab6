"""Valyu as data: endpoints, actions, modes, prices, and what it would refuse (contract: valyu.md)."""

import uuid
from collections.abc import Mapping
from typing import Any

from tui.domain import actions
from tui.domain.capability import Capability
from tui.domain.detail import Json
from tui.domain.errors import UsageError
from tui.domain.provider import BatchLimits, Cadence, Draft, Mode
from tui.domain.task import Cost, CostKind
from tui.providers.sdk.draft_rules import filled
from tui.providers.sdk.endpoints import DELETE, GET, POST, Endpoint, Endpoints, Paging
from tui.providers.sdk.spec import UUID, HeaderKey, ProviderSpec, Reference
from tui.providers.valyu.options import CODE_RUN_USD, CODE_RUNS, OPTIONS, SCREENSHOT_USD, SCREENSHOTS, check_together

# The higher of the published figures, as "at most" must hold (section 5, SDK 2.13.1: 25, 100, 500 and 2,500 credits of
# $0.00625). The price of `instant` is not published.
TASK_USD = {"fast": 0.15625, "standard": 0.625, "lite": 0.625, "heavy": 3.125, "max": 15.625}
_DELIVERABLE_USD = 0.10  # each after the first
_TIMES = {
    "instant": "under 30 s",
    "fast": "2 to 5 min; about 10 steps",
    "standard": "10 to 20 min; about 15 steps",
    "heavy": "up to 90 min; about 15 steps",
    "max": "up to 3 h; about 25 steps",
}


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the request body with set fields only, as Valyu refuses nulls and unknown fields."""
    options = PROVIDER.body_options(draft)
    body: dict[str, Any] = {} if "workflow_id" in options else {"query": draft.prompt}
    mode = draft.mode or (None if "workflow_id" in options else "standard")
    if mode:
        body["mode"] = "standard" if mode == "lite" else mode
    formats = options.pop("output_formats", None)
    if draft.output_schema is not None:
        chosen = [name for name in formats if name == "toon"] if isinstance(formats, list | tuple) else []
        body["output_formats"] = [*chosen, draft.output_schema]
    elif formats:
        body["output_formats"] = formats
    return body | options


def cost_at_most(draft: Draft) -> Cost:
    """Return the price of the mode and of every surcharge `draft` can cause; None for a mode without a price."""
    options = draft.options
    mode = draft.mode or (None if options.get("workflow_id") else "standard")
    price = TASK_USD.get(mode or "")
    if price is None:
        return Cost()
    tools = options.get("tools")
    tools = tools if isinstance(tools, Mapping) else {}
    code = tools.get("code_execution", options.get("code_execution", mode != "instant"))
    deliverables = options.get("deliverables")
    files = len(deliverables) if isinstance(deliverables, list | tuple) else 0
    extras = (
        ("code execution", _uses(code, CODE_RUNS) * CODE_RUN_USD),
        ("screenshots", _uses(tools.get("screenshots"), SCREENSHOTS) * SCREENSHOT_USD),
        ("deliverables", max(0, files - 1) * _DELIVERABLE_USD),
    )
    parts = (("task", price), *((name, round(amount, 2)) for name, amount in extras if amount))
    return Cost(round(sum(amount for _, amount in parts), 5), "USD", CostKind.PRICE_LIST, parts)


def _uses(setting: Json, most: int) -> int:
    """Return how often a tool may be used at most; a number of calls lowers the cap."""
    if isinstance(setting, Mapping):
        setting = setting.get("max_calls", True) if setting.get("enabled", True) else False
    return min(most, setting) if isinstance(setting, int) and not isinstance(setting, bool) else most if setting else 0


def _steer(action: actions.Steer, _: str) -> Mapping[str, Json]:
    return {"instruction": filled(action.instruction, "the instruction")}


def _respond(action: actions.Action, _: str) -> Mapping[str, Json]:
    response: Json
    if isinstance(action, actions.Respond):
        response = {"answers": [{"question": question, "answer": answer} for question, answer in action.answers]}
    elif isinstance(action, actions.Approve):
        response = {"approved": action.approved} | ({"modifications": action.changes} if action.changes else {})
    elif isinstance(action, actions.Select):
        response = {"included_domains": [*action.included], "excluded_domains": [*action.excluded]}
    else:
        assert isinstance(action, actions.RespondJson)
        response = action.value
        if not isinstance(response, Mapping) or not response:
            raise UsageError("Valyu takes an object as answer")
    return {"interaction_id": filled(action.interaction_id, "the checkpoint"), "response": response}


def _edit(action: actions.Edit, _: str) -> Mapping[str, Json]:
    body: dict[str, Json] = {"instruction": filled(action.instruction, "the instruction")}
    if action.section is not None:
        body["focus"] = {"section": action.section}
    return body | ({} if action.base_version is None else {"base_version": action.base_version})


def _once(action: actions.Edit, _: str) -> Mapping[str, str]:
    return {"Idempotency-Key": action.confirmation or str(uuid.uuid4())}


def _open_batch(action: actions.OpenBatch, _: str) -> Mapping[str, Json]:
    if action.mode in BATCH.without_modes:
        raise UsageError(f"batches have no mode {action.mode}")
    return ({"name": action.name} if action.name else {}) | ({"mode": action.mode} if action.mode else {})


def _add(action: actions.AddToBatch, _: str) -> Mapping[str, Json]:
    if not 0 < len(action.tasks) <= BATCH.most:
        raise UsageError(f"a batch takes 1 to {BATCH.most} tasks at a time")
    return {"tasks": [{"id": ours, "query": filled(prompt, "a brief")} for ours, prompt in action.tasks]}


def _mode(name: str) -> Mode:
    price = TASK_USD.get(name)
    cost = Cost() if price is None else Cost(price, "USD", CostKind.PRICE_LIST)
    return Mode(name, cost, _TIMES[name], default=name == "standard", known_on="2026-11-21")


def _task(*path: str, **more: Any) -> Endpoint:
    return POST(*_ROOT, "tasks", "{id}", *path, **more)


_ROOT = ("deepresearch",)
_STATUS = (*_ROOT, "tasks", "{id}", "status")
_BATCHES = (*_ROOT, "batches")
BATCH = BatchLimits(100, frozenset({"instant", "lite"}))  # section 12
_ANSWER = _task("respond", body=_respond)
PROVIDER = ProviderSpec(
    name="valyu",
    title="Valyu",
    base_url="https://api.valyu.ai",
    key=HeaderKey("x-api-key", "VALYU_API_KEY"),
    key_page="https://platform.valyu.ai",
    reference=Reference(UUID, ("valyu.ai", "valyu.network"), lower=True),  # assets come after the task's id
    reader_class="tui.providers.valyu.read:ValyuReader",
    endpoints=Endpoints(
        create=POST(*_ROOT, "tasks", body=create_body),
        # Late answers carry the whole trace: the ETag saves half a megabyte a poll.
        fetch=GET(*_STATUS),
        list=GET(*_ROOT, "list"),
        paging=Paging(100, items=("data", "tasks", "items", "results")),  # more cannot be reached (section 10)
        actions={
            actions.Cancel: _task("cancel", body=lambda *_: {}),
            actions.Delete: DELETE(*_ROOT, "tasks", "{id}", "delete"),
            actions.Steer: _task("update", body=_steer),
            actions.Respond: _ANSWER,
            actions.Approve: _ANSWER,
            actions.Select: _ANSWER,
            actions.RespondJson: _ANSWER,
            actions.Share: _task("public", body=lambda action, _: {"public": action.public}),
            actions.Edit: _task("edit", body=_edit, headers=_once),
            actions.EditProgress: GET(*_ROOT, "tasks", "{id}", "edits", "{edit_id}"),
            actions.ListVersions: GET(*_ROOT, "tasks", "{id}", "versions"),
            actions.ReadVersion: GET(*_STATUS, query=lambda action, _: {"version": str(action.number)}),
            actions.Restore: _task("versions", "{number}", "restore"),
            actions.OpenBatch: POST(*_BATCHES, body=_open_batch),
            actions.AddToBatch: POST(*_BATCHES, "{id}", "tasks", body=_add),
            actions.ReadBatch: GET(*_BATCHES, "{id}"),
            actions.ListBatches: GET(*_BATCHES),
            actions.CancelBatch: POST(*_BATCHES, "{id}", "cancel", body=lambda *_: {}),
        },
        assets=True,
    ),
    cadence=Cadence(first=5.0, steady=5.0, idle=30.0),
    requests_per_second=2.0,
    modes=tuple(map(_mode, _TIMES)),
    mode_aliases=("lite",),
    longest_prompt=25_000,
    prompt_needed=lambda draft: draft.options.get("workflow_id") is None,
    service_options=OPTIONS,
    check_more=check_together,
    cost=cost_at_most,
    batch=BATCH,
    follows=lambda ids: {"previous_reports": [*ids]},
    cannot={
        Capability.STOP: "Valyu cannot end a task early and keep what it found; it can cancel it",
        Capability.ACCOUNT: "Valyu has no endpoint that tells the balance",
    },
)
