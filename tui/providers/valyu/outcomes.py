"""What an action at Valyu did, in one line (tests/contracts/valyu.md 7, 11 and 12)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tui.domain.errors import BadAnswer
from tui.domain.redact import is_secret_name, redact_json
from tui.domain.task import Task, TaskStatus
from tui.domain.text import clean, join, one_line, plural
from tui.providers.base import Outcome
from tui.providers.explain import explain_value
from tui.providers.reading import each
from tui.providers.valyu.read import PAGE, detail
from tui.providers.wire import Notes, clean_json, decode, to_amount

_DONE = {
    "cancel": "cancelled at Valyu",
    "delete": "deleted at Valyu",
    "steer": "instruction sent",
    "respond": "answer sent",
    "share": "sharing changed",
    "edit": "edit asked for",
    "versions": "versions read",
    "batch": "batch read",
}
_STATUS = {"running": TaskStatus.RUNNING, "queued": TaskStatus.QUEUED}
_FIRST_POLL, _LONGEST_POLL = 3.0, 30.0
_LISTS = ("batches", "data")


def read_outcome(action: str, body: bytes, *, received_at: datetime) -> Outcome:
    """Read the answer to `action`; an empty one says that it was done."""
    notes = Notes()
    if not body.strip():
        return Outcome(_DONE.get(action, "done"))
    try:
        value = decode(body, notes)
    except BadAnswer as error:
        error.outcome_unknown = True  # it was taken; only its answer cannot be read
        raise
    if isinstance(value, list):
        value = {"batches": value}
    if not isinstance(value, dict):
        raise BadAnswer("the answer does not say what happened", outcome_unknown=True)
    if value.get("success") is False:
        raise BadAnswer(f"Valyu did not do it: {explain_value(value) or 'no reason given'}")
    readers = {"edit": _edit, "versions": _versions, "batch": _batch, "share": _share}
    outcome = readers.get(action, _plain)(action, value)
    return replace(outcome, message=one_line(outcome.message, 400), data=redact_json(clean_json(value), is_secret_name))


def _plain(action: str, value: Mapping[str, Any]) -> Outcome:
    said = explain_value(value.get("message"))
    word = value.get("status")
    status = _STATUS.get(word) if isinstance(word, str) else None
    done = _DONE.get(action, "done")
    return Outcome(f"{done} ({said})" if said else done, TaskStatus.CANCELLED if action == "cancel" else status)


def _share(_action: str, value: Mapping[str, Any]) -> Outcome:
    remote_id = value.get("deepresearch_id")
    if value.get("public") is True:
        address = PAGE + quote(remote_id, safe="") if isinstance(remote_id, str) else None
        return Outcome(f"everyone with the address can read it now{': ' + address if address else ''}", web_url=address)
    if value.get("public") is False:
        return Outcome("it is private again")
    return Outcome(_DONE["share"])


def _edit(_action: str, value: Mapping[str, Any]) -> Outcome:
    status = value.get("status")
    if status in ("running", "queued", None) and isinstance(value.get("edit_id"), str):
        pause = to_amount(value.get("retry_after_seconds")) or _FIRST_POLL
        return Outcome(
            "the edit is being made", poll_after=min(pause, _LONGEST_POLL), poll_with={"edit_id": value["edit_id"]}
        )
    if status == "applied":
        version = value.get("version")
        said = explain_value(value.get("summary"))
        notes = [*_lines(value.get("warnings")), *_left_out(value.get("unapplied"))]
        head = f"edited; it is version {version} now" if isinstance(version, int) else "edited"
        return Outcome("; ".join(filter(None, [head, said, *notes])))
    reason = value.get("decline") if status == "declined" else value.get("error")
    said = explain_value(reason) or "no reason given"
    advice = explain_value(reason.get("suggestion")) if isinstance(reason, Mapping) else ""
    word = "declined" if status == "declined" else "failed"
    return Outcome(f"the edit {word}: {said}" + (f" ({advice})" if advice else ""))


def _lines(items: object) -> list[str]:
    return [said for item in items if (said := explain_value(item))] if isinstance(items, list) else []


def _left_out(items: object) -> list[str]:
    return [f"{plural(len(items), 'part')} could not be applied"] if isinstance(items, list) and items else []


def _versions(_action: str, value: Mapping[str, Any]) -> Outcome:
    if isinstance(value.get("restored_from"), int):
        return Outcome(f"version {value['restored_from']} restored; it is version {value.get('version')} now")
    entries = value.get("versions")
    if isinstance(entries, list):
        head = value.get("head")
        return Outcome(plural(len(entries), "version") + (f"; the newest is {head}" if isinstance(head, int) else ""))
    return Outcome(_DONE["versions"])


def _batch(_action: str, value: Mapping[str, Any]) -> Outcome:
    batch = value.get("batch") if isinstance(value.get("batch"), dict) else value
    assert isinstance(batch, Mapping)
    batches = next((value[name] for name in _LISTS if isinstance(value.get(name), list)), None)
    if batches is not None:
        return Outcome(plural(len(batches), "batch", "batches"))
    batch_id = batch.get("batch_id")
    known_id = clean(batch_id) if isinstance(batch_id, str) else None
    tasks = _tasks(batch.get("tasks"), known_id)
    return Outcome(join(_batch_words(batch, tasks), "and") or _DONE["batch"], tasks=tasks, batch_id=known_id)


def _batch_words(batch: Mapping[str, Any], tasks: tuple[Task, ...]) -> list[str]:
    words = []
    if isinstance(batch.get("status"), str):
        words.append(f"the batch is {batch['status'].replace('_', ' ')}")
    if isinstance(batch.get("cancelled_count"), int):
        words.append(f"{plural(batch['cancelled_count'], 'task')} cancelled")
    if isinstance(batch.get("added"), int):
        words.append(f"{plural(batch['added'], 'task')} added")
    elif tasks:
        words.append(plural(len(tasks), "task"))
    counts = batch.get("counts")
    if isinstance(counts, Mapping):
        words += [f"{count} {name}" for name, count in counts.items() if isinstance(count, int) and count]
    return words


def _tasks(items: object, batch_id: str | None) -> tuple[Task, ...]:
    def one(item: Any) -> Task:
        if not isinstance(item, dict) or not isinstance(item.get("deepresearch_id"), str):
            raise BadAnswer("it is no task")
        task = detail(item, None, Notes(), told=False).task
        ours = item.get("task_id")
        return replace(task, id=clean(ours) if isinstance(ours, str) else "", batch_id=batch_id or task.batch_id)

    return tuple(each(items, one, Notes())) if isinstance(items, list) else ()
