"""Responses to typed actions in their usual shapes: an edit, versions of a report, batches and their tasks."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tui.domain.actions import (
    BATCH_ACTIONS,
    Action,
    Batch,
    BatchOutcome,
    Edit,
    EditProgress,
    ListVersions,
    Outcome,
    Pending,
    RemoteVersion,
    Restore,
    Versions,
)
from tui.domain.task import Cost, CostKind, Task
from tui.domain.text import clean, join, one_line, plural
from tui.domain.times import parse_time
from tui.providers.http.explain import explain_value
from tui.providers.sdk.json import to_amount

_FIRST_POLL, _LONGEST_POLL = 3.0, 30.0
TaskIn = Callable[[Mapping[str, Any]], Task]


def usual_outcome(
    action: Action, value: Mapping[str, Any], words: str, task_in: TaskIn, id_member: str
) -> Outcome | None:
    """Return the outcome told by a response about an edit, versions or a batch; None for other actions.

    Args:
        action: what was asked for.
        value: the answer.
        words: what was done, in the usual words.
        task_in: reads a task object.
        id_member: where a task object has its id.
    """
    if isinstance(action, Edit | EditProgress):
        return read_edit(value)
    if isinstance(action, Restore | ListVersions):
        return read_versions(value, words)
    return read_batch(value, words, task_in, id_member) if type(action) in BATCH_ACTIONS else None


def read_edit(value: Mapping[str, Any]) -> Outcome:
    """Return the state of an edit: in progress, applied as a new version, declined or failed."""
    status, edit_id = value.get("status"), value.get("edit_id")
    if status in ("running", "queued", None) and isinstance(edit_id, str):
        pause = to_amount(value.get("retry_after_seconds")) or _FIRST_POLL
        return Pending("the edit is being made", ask=EditProgress(edit_id), after=min(pause, _LONGEST_POLL))
    if status == "applied":
        version, left_out = value.get("version"), value.get("unapplied")
        warnings = value.get("warnings")
        notes = [explain_value(item) for item in warnings] if isinstance(warnings, list) else []
        if isinstance(left_out, list) and left_out:
            notes.append(f"{plural(len(left_out), 'part')} could not be applied")
        head = f"edited; it is version {version} now" if isinstance(version, int) else "edited"
        return Outcome("; ".join(filter(None, [head, explain_value(value.get("summary")), *notes])))
    reason = value.get("decline") if status == "declined" else value.get("error")
    said = explain_value(reason) or "no reason given"
    advice = explain_value(reason.get("suggestion")) if isinstance(reason, Mapping) else ""
    word = "declined" if status == "declined" else "failed"
    return Outcome(f"the edit {word}: {said}" + (f" ({advice})" if advice else ""))


def read_versions(value: Mapping[str, Any], words: str) -> Outcome:
    """Return the versions of a report, newest first, or the restored one."""
    if isinstance(value.get("restored_from"), int):
        return Outcome(f"version {value['restored_from']} restored; it is version {value.get('version')} now")
    entries = value.get("versions")
    if not isinstance(entries, list):
        return Outcome(words)
    head = value.get("head")
    told = plural(len(entries), "version") + (f"; the newest is {head}" if isinstance(head, int) else "")
    found = [version for entry in entries if (version := _version(entry, head)) is not None]
    return Versions(told, versions=tuple(sorted(found, key=lambda version: -version.number)))


def _version(entry: object, head: object) -> RemoteVersion | None:
    number = entry.get("version") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(number, int) or isinstance(number, bool):
        return None
    told = [clean(str(entry[name])) for name in ("kind", "instruction", "summary") if entry.get(name)]
    newest = entry.get("is_head") is True or number == head
    return RemoteVersion(number, parse_time(entry.get("created_at")), ": ".join(told[:2]), newest)


def read_batch(value: Mapping[str, Any], words: str, task_in: TaskIn, id_member: str) -> Outcome:
    """Return batches, or one with its tasks; `words` is the message if the response has none."""
    listed = next((value[name] for name in ("batches", "data", "items") if isinstance(value.get(name), list)), None)
    if listed is not None:
        batches = tuple(one for item in listed if (one := _batch_of(item)) is not None)
        return BatchOutcome(plural(len(batches), "batch", "batches"), batches=batches)
    inner = value.get("batch")
    batch: Mapping[str, Any] = inner if isinstance(inner, dict) else value
    batch_id = batch.get("batch_id")
    known = clean(batch_id) if isinstance(batch_id, str) else None
    tasks = tuple(_tasks(batch.get("tasks"), known, task_in, id_member))
    told = join(_batch_words(batch, tasks), "and") or words
    return BatchOutcome(told, batch_id=known, tasks=tasks, batches=tuple(filter(None, [_batch_of(batch)])))


def _batch_of(item: object) -> Batch | None:
    """Return the batch in an object; None if it has no id."""
    if not isinstance(item, dict) or not isinstance(item.get("batch_id"), str):
        return None

    def text(name: str) -> str:
        value = item.get(name)
        return one_line(value, 200) if isinstance(value, str) else ""

    counts, amount = item.get("counts"), to_amount(item.get("cost"))
    return Batch(
        id=text("batch_id"),
        name=text("name"),
        status=text("status"),
        mode=text("mode") or text("model") or None,
        counts={
            one_line(name, 40): count
            for name, count in (counts.items() if isinstance(counts, dict) else ())
            if isinstance(count, int) and not isinstance(count, bool)
        },
        cost=Cost() if amount is None else Cost(amount, "USD", CostKind.REPORTED),
        created_at=parse_time(item.get("created_at")),
    )


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


def _tasks(items: object, batch_id: str | None, task_in: TaskIn, id_member: str) -> list[Task]:
    found = []
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and isinstance(item.get(id_member), str):
            task, ours = task_in(item), item.get("task_id")
            found.append(
                replace(task, id=clean(ours) if isinstance(ours, str) else "", batch_id=batch_id or task.batch_id)
            )
    return found
