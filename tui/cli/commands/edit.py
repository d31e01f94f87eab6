"""edit and versions: have a report edited at its provider; list, compare and restore the versions of a report."""

import difflib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from tui.cli import common, output
from tui.cli.commands.act import refuse
from tui.cli.option_args import yes_option
from tui.domain.actions import Edit, ListVersions, Outcome, Restore, Versions
from tui.domain.amounts import size_text
from tui.domain.capability import Capability
from tui.domain.errors import DivewatchError, UsageError
from tui.domain.possible import why_not
from tui.domain.text import clean, one_line
from tui.domain.times import format_local, iso, parse_time

if TYPE_CHECKING:
    from tui.domain.detail import Detail
    from tui.engine.archive import Archive
    from tui.engine.runtime import Runtime

_THERE = "@"  # in front of the number of a version that the provider keeps


@click.command()
@common.task_argument
@click.argument("instruction", nargs=-1, required=True)
@yes_option
@common.as_json_option
def edit(task_id: str, instruction: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Have a finished report edited at its provider, and wait until that is done; the version before stays.

    INSTRUCTION - reads it from standard input. Ctrl-c stops waiting, not the edit.

    \b
    divewatch edit 3f2a 'Add a table of prices.'
    """  # noqa: D301 - click wants the backspace
    from tui.engine.files.documents import read_text

    typed = " ".join(instruction)
    text = read_text("-") if typed == "-" else typed.strip()
    if not text:
        raise UsageError("what should be changed?", hint="nothing was sent")
    with common.open_engine() as (opened, engine):
        task = opened.task(opened.find(task_id))
        refuse(Capability.EDIT, task)
        title = one_line(task.title, 60) or task.id
        common.confirm(f"Have {title} edited at {task.provider}? It may cost, and is not told beforehand.", yes=yes)
        common.narrate(f"sent to {task.provider}; waiting for the edited report")
        outcome = engine.act_to_end(task.id, Edit(text)).result()
        common.look_again(engine, task.id)
    common.tell_done(outcome.message, as_json, id=task.id)


class _ListByDefault(common.CommandGroup):
    """A command group in which a task id alone means `list`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; an unknown name is taken as a task id."""
        known = args[0] in self.commands or args[0].startswith("-")
        return super().resolve_command(ctx, args if known else ["list", *args])


@click.group(cls=_ListByDefault)
def versions() -> None:
    """Versions of a report: those kept here (1, 2, ...) and those its provider keeps (@1, @2, ...).

    An id alone lists them.

    \b
    divewatch versions list 3f2a
    divewatch versions diff 3f2a 1 @2
    divewatch versions restore 3f2a @1
    """  # noqa: D301 - click wants the backspace


@versions.command("list")
@common.task_argument
@click.option("--offline", is_flag=True, help="only what is kept here; ask nobody")
@common.as_json_option
def list_versions(task_id: str, offline: bool, as_json: bool) -> int:
    """List every version, oldest first; `divewatch show ID --version N` prints one that is kept here.

    \b
    divewatch versions list 3f2a --json
    """  # noqa: D301 - click wants the backspace
    with common.open_archive() as opened:
        task = opened.task(opened.find(task_id))
        here = [_here(one) for one in opened.versions(task.id)]
    reason = "not asked" if offline else why_not(Capability.VERSIONS, task, common.info_of(task.provider))
    there: list[dict[str, Any]] = []
    code = 0
    if not reason:
        try:
            with common.open_engine() as (_, engine):
                there = _there(engine.act(task.id, ListVersions()).result())
        except DivewatchError as error:  # what is kept here is told all the same
            reason, code = error.message, error.exit_code
    if as_json:
        common.emit({"schema_version": 1, "id": task.id, "here": here, "there": there, "why_not": reason})
        return code
    rows = [[str(row["version"]), "here", format_local(parse_time(row["at"])), _about_here(row)] for row in here]
    rows += [
        [f"@{row['version']}", task.provider, format_local(parse_time(row["at"])), _about_there(row)] for row in there
    ]
    if rows:
        output.columns(("version", "where", "when", "what"), rows)
    if reason and not offline:
        common.narrate(f"{task.provider}: {reason}")
    return code


@versions.command()
@common.task_argument
@click.argument("version", metavar="@N")
@yes_option
@common.as_json_option
def restore(task_id: str, version: str, yes: bool, as_json: bool) -> None:
    """Make a version that the provider keeps the newest one there; the others stay.

    \b
    divewatch versions restore 3f2a @1
    """  # noqa: D301 - click wants the backspace
    number = _number(version.removeprefix(_THERE))
    with common.open_engine() as (opened, engine):
        task = opened.task(opened.find(task_id))
        refuse(Capability.VERSIONS, task)
        common.confirm(f"Make version {number} the newest at {task.provider}?", yes=yes)
        outcome = engine.act(task.id, Restore(number)).result()
        common.look_again(engine, task.id)
    common.tell_done(outcome.message, as_json, id=task.id)


@versions.command()
@common.task_argument
@click.argument("old")
@click.argument("new", required=False)
@common.as_json_option
def diff(task_id: str, old: str, new: str | None, as_json: bool) -> None:
    """Print what changed between two versions, as a unified diff; NEW is by default the one shown here.

    \b
    divewatch versions diff 3f2a 1 @2
    """  # noqa: D301 - click wants the backspace
    named = [old, *([new] if new else [])]
    if any(name.startswith(_THERE) for name in named):
        with common.open_engine() as (opened, engine):
            sides = _sides(opened, opened.find(task_id), named, engine)
    else:
        with common.open_archive() as opened:
            sides = _sides(opened, opened.find(task_id), named, None)
    if len(sides) == 1:
        sides.append(("shown here", _shown(task_id)))
    (old_name, before), (new_name, after) = ((name, _text(name, detail)) for name, detail in sides)
    lines = [*difflib.unified_diff(before.splitlines(), after.splitlines(), old_name, new_name, lineterm="")]
    if as_json:
        common.emit({"schema_version": 1, "old": old_name, "new": new_name, "diff": lines})
    elif lines:
        output.text(clean("\n".join(lines)) + "\n")
    else:
        common.narrate("the two reports are the same")


def _sides(
    opened: "Archive", task_id: str, named: Sequence[str], engine: "Runtime | None"
) -> "list[tuple[str, Detail]]":
    from tui.engine.files.saved_detail import read_version

    found: list[tuple[str, Detail]] = []
    for name in named:
        if name.startswith(_THERE) and engine is not None:
            refuse(Capability.VERSIONS, opened.task(task_id))
            found.append((name, engine.version(task_id, _number(name.removeprefix(_THERE))).result()))
        else:
            found.append((name, read_version(opened, task_id, _number(name))))
    return found


def _shown(task_id: str) -> "Detail":
    from tui.engine.files.saved_detail import read_detail

    with common.open_archive() as opened:
        return read_detail(opened, opened.find(task_id))


def _text(name: str, detail: "Detail") -> str:
    from tui.domain.redact import hide_values
    from tui.report.export import secrets_of

    if detail.report is None:
        raise UsageError(f"version {clean(name)} holds no report")
    return hide_values(detail.report.text, secrets_of(detail))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 1 << 31:
        raise UsageError(
            f"{clean(text)} is no version", hint="`divewatch versions list ID` shows them: 1, 2 here, @1, @2 there"
        )
    return int(text)


def _here(version: Any) -> dict[str, Any]:
    return {
        "version": version.number,
        "at": iso(version.received_at),
        "bytes": version.size,
        "state": version.state,
        "why": version.why,
        "shown": version.shown,
    }


def _about_here(row: Mapping[str, Any]) -> str:
    parts = (size_text(row["bytes"]), row["state"], row["why"], "shown" if row["shown"] else "")
    return ", ".join(filter(None, parts))


def _there(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"version": one.number, "at": iso(one.at), "about": one.about, "newest": one.newest}
        for one in reversed(outcome.versions if isinstance(outcome, Versions) else ())
    ]


def _about_there(row: Mapping[str, Any]) -> str:
    return one_line(", ".join(filter(None, (row["about"], "newest" if row["newest"] else ""))))
