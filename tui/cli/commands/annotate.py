"""mark, remove, restore: annotations and deletion with undo, in the archive only."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from tui.cli import common
from tui.cli.option_args import yes_option
from tui.domain.annotations import Annotations, is_unread
from tui.domain.errors import NotFound, NotSavedYet, UsageError
from tui.domain.text import clean, one_line, plural

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tui.domain.task import Task
    from tui.engine.archive import Archive

_NAMED = 5
_ids = click.argument("task_ids", metavar="ID...", nargs=-1, required=True, shell_complete=common.complete_ids)


@click.command()
@_ids
@click.option("--note", help="your note, replacing the one there is; - reads it from standard input, '' removes it")
@click.option("--tag", "tags", multiple=True, help="one more tag; may be repeated")
@click.option("--untag", "fewer", multiple=True, help="one tag less; may be repeated")
@click.option("--pin/--unpin", "pinned", default=None, help="on top of the list, or not any more")
@click.option("--read/--unread", "read", default=None, help="whether the report counts as read")
@click.option("--hide/--unhide", "hidden", default=None, help="leave it out of the dashboard's list, or not")
@common.as_json_option
def mark(
    task_ids: Sequence[str],
    note: str | None,
    tags: Sequence[str],
    fewer: Sequence[str],
    pinned: bool | None,
    read: bool | None,
    hidden: bool | None,
    as_json: bool,
) -> None:
    """Add a note, tags or marks to tasks, and print what they have; nothing leaves this machine.

    Without options it only prints. `search` and the filter of the dashboard find notes and tags (tag:NAME, is:noted).
    """
    changing = note is not None or tags or fewer or any(one is not None for one in (pinned, read, hidden))
    with common.open_archive(read_only=not changing, waits=True) as opened:
        ids = _found(opened, task_ids)
        annotations = opened.annotations
        done = [annotations.change_tags(ids, add=tags, remove=fewer)] if tags or fewer else []
        if note is not None:
            text = _typed(note)
            done += [annotations.set_note(task_id, text) for task_id in ids]
        changes = ((pinned, annotations.set_pinned), (read, annotations.set_read), (hidden, annotations.set_hidden))
        done += [change(ids, value) for value, change in changes if value is not None]
        _saved(*done)
        rows = [_row(opened.task(task_id), annotations.local(task_id)) for task_id in ids]
    if as_json:
        common.emit({"schema_version": 1, "tasks": rows})
    else:
        for row in rows:
            click.echo(_line(row))


@click.command()
@_ids
@yes_option
@common.as_json_option
def remove(task_ids: Sequence[str], yes: bool, as_json: bool) -> None:
    """Delete tasks from this archive only; `divewatch restore` undoes it. Their providers keep them."""
    with common.open_archive(read_only=False, waits=True) as opened:
        ids = _found(opened, task_ids)
        tasks = [opened.task(task_id) for task_id in ids]
        running = sum(not task.status.is_final for task in tasks)
        names = "; ".join(one_line(task.title, 60) or task.id for task in tasks[:_NAMED])
        more = f" and {len(tasks) - _NAMED} more" if len(tasks) > _NAMED else ""
        still = f" Still under way: {running}; unwatched they go on, and cost." if running else ""
        common.confirm(f"Delete {plural(len(tasks), 'task')} here ({names}{more})?{still}", yes=yes)
        if not _saved(opened.annotations.delete(ids)):
            return
        from tui.engine.state.log_lines import note

        note(opened, f"remove: deleted {plural(len(ids), 'task')} here ({names}{more})")
    _tell(ids, f"deleted {plural(len(ids), 'task')} here; `divewatch restore` brings them back", as_json)


@click.command()
@click.argument("task_ids", metavar="[ID]...", nargs=-1)
@common.as_json_option
def restore(task_ids: Sequence[str], as_json: bool) -> None:
    """Bring deleted tasks back: these, or those of the latest deletion. `divewatch list --is deleted` lists all."""
    with common.open_archive(read_only=False, waits=True) as opened:
        if task_ids:
            ids = _deleted(opened, task_ids)
            opened.annotations.restore(ids).result()
        else:
            ids = opened.annotations.restore_latest().result()
        if ids:
            from tui.engine.state.log_lines import note

            note(opened, f"restore: brought back {plural(len(ids), 'task')}")
    if not ids:
        raise NotFound("nothing is deleted in this archive")
    _tell(ids, f"brought back {plural(len(ids), 'task')}", as_json)


def _saved(*changes: "Future[None]") -> bool:
    """Wait for changes; False, which is said, if they are kept on this machine until the archive's server is back."""
    later = None
    for change in changes:
        try:
            change.result()
        except NotSavedYet as error:
            later = error
    if later is not None:
        common.narrate(later.message)
    return later is None


def _found(opened: "Archive", prefixes: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(opened.find(prefix) for prefix in prefixes))


def _deleted(opened: "Archive", prefixes: Sequence[str]) -> list[str]:
    deleted = opened.annotations.deleted()
    ids: dict[str, None] = {}
    for prefix in prefixes:
        found = [task_id for task_id in deleted if task_id.startswith(prefix)]
        if not found:
            raise NotFound(
                f"no deleted task begins with {clean(prefix)}", hint="`divewatch list --is deleted` lists all"
            )
        if len(found) > 1 and prefix not in found:
            raise UsageError(
                f"several deleted tasks begin with {clean(prefix)}", hint=f"one of: {', '.join(found[:5])}"
            )
        ids[prefix if prefix in found else found[0]] = None
    return list(ids)


def _typed(note: str) -> str:
    if note != "-":
        return note
    from tui.engine.files.documents import read_text

    return read_text("-")


def _row(task: "Task", added: Annotations) -> dict[str, Any]:
    return {
        "id": task.id,
        "title": task.title,
        "note": added.note,
        "tags": [*added.tags],
        "pinned": added.pinned,
        "unread": is_unread(task, added),
        "hidden": added.hidden,
    }


def _line(row: Mapping[str, Any]) -> str:
    words = [word for word in ("pinned", "unread", "hidden") if row[word]]
    told = " ".join((*words, *(f"#{tag}" for tag in row["tags"])))
    note = "".join(f"\n    {line}" for line in row["note"].splitlines())
    return f"{row['id']}  {one_line(row['title'], 100)}" + (f"\n    {told}" if told else "") + note


def _tell(ids: Sequence[str], text: str, as_json: bool) -> None:
    if as_json:
        common.emit({"schema_version": 1, "ids": [*ids]})
    else:
        common.narrate(text)
