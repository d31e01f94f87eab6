"""list, show, search: the archive, offline, as text or JSON."""

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from tui.cli import common, listing, output
from tui.domain.redact import hide_values
from tui.domain.text import clean
from tui.domain.times import iso

if TYPE_CHECKING:
    from tui.domain.detail import Detail
    from tui.engine.archive import Archive

_jsonl = click.option("--jsonl", is_flag=True, help="one JSON object per line")


@click.command("list")
@click.argument("words", nargs=-1, metavar="[FILTER]...")
@click.option("--status", default="", help="only tasks in this state; several with commas, or active")
@click.option("--provider", default="", help="only tasks of this provider")
@click.option("--tag", default="", help="only tasks with this tag of yours")
@click.option("--is", "state", default="", help="only unread, read, pinned, hidden, noted or deleted ones")
@click.option("--mine", is_flag=True, help="only tasks that you started")
@click.option("--limit", type=click.IntRange(min=1), help="only the newest so many")
@common.as_json_option
@_jsonl
def list_tasks(
    words: tuple[str, ...],
    status: str,
    provider: str,
    tag: str,
    state: str,
    mine: bool,
    limit: int | None,
    as_json: bool,
    jsonl: bool,
) -> None:
    """List every task in the archive, newest first.

    FILTER is any number of words and terms, as in the dashboard: tag:energy is:unread status:failed provider:NAME
    mode:heavy after:2026-10 before:2026-11-15 'cost>1' host:nature.com cites:URL text:WORD by:nina by:me.

    --json prints {"schema_version": 1, "tasks": [...], "more": false}; `divewatch help json` explains the members.
    """
    filters = {"status": status, "provider": provider, "tag": tag, "is": state, "by": "me" if mine else ""}
    listing.print_list(_form(as_json, jsonl), limit=limit, filters=filters, words=" ".join(words))


@click.command()
@common.task_argument
@click.option("--raw", is_flag=True, help="the provider's answer exactly as it was received")
@click.option("--version", "version", type=click.IntRange(min=1), help="another stored version of the answer, raw")
@common.as_json_option
def show(task_id: str, raw: bool, version: int | None, as_json: bool) -> None:
    """Show one task with everything known about it; ID may be shortened while it is unique."""
    with common.open_archive() as opened:
        found = opened.find(task_id)
        if raw or version is not None:
            _print_raw(opened.raw(found, version))
            return
        from tui.engine.files.saved_detail import read_detail
        from tui.report.export import secrets_of

        detail = read_detail(opened, found)
        record = task_record(opened, detail)
    secrets = secrets_of(detail)
    if as_json:
        output.data(hide_values(output.json_text(record), secrets))
    else:
        from tui.cli.task_text import describe

        output.text(hide_values(clean("\n".join(describe(detail, record))), secrets) + "\n")


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1, max=1000), default=listing.SEARCH_LIMIT, show_default=True)
@common.as_json_option
@_jsonl
def search(query: tuple[str, ...], limit: int, as_json: bool, jsonl: bool) -> None:
    """Search prompts, reports, sources and notes.

    Filters: provider: status: host: cites: tag: before:2026-10-01 after:2026-01-01 is:unread (read, pinned, hidden,
    noted, deleted).
    """
    listing.print_search(_form(as_json, jsonl), " ".join(query), limit=limit)


def _form(as_json: bool, jsonl: bool) -> str:
    return "--jsonl" if jsonl else "--json" if as_json else ""


def task_record(opened: "Archive", detail: "Detail") -> dict[str, Any]:
    """Return the object of `show --json`: that of `list --json`, and everything else that was received.

    "sources" is the list itself here, its length is "source_count".
    """
    from tui.domain.annotations import is_unread
    from tui.engine.archive.rows.task_json import to_record
    from tui.report.export.json import plain, received

    local, people = opened.annotations.local(detail.task.id), opened.annotations.people(detail.task.id)
    report = detail.report
    task = json.loads(to_record(detail.task))
    return {
        "schema_version": 1,
        **task,
        "source_count": task["sources"],
        "prompt": detail.task.prompt,
        "report": report.text if report else None,
        "report_format": report.format.value if report else None,
        "report_partial": report.partial if report else None,
        "report_numbering": report.numbering.value if report else None,
        "sources": [plain(source) for source in report.sources] if report else [],
        "evidence": {path: [*ids] for path, ids in report.evidence.items()} if report else {},
        **received(detail),
        "versions": [
            {"number": one.number, "received_at": iso(one.received_at), "size": one.size, "state": one.state}
            for one in opened.versions(detail.task.id)
        ],
        **_retention(detail),
        "note": local.note,
        "started_by": people.started or None,
        "note_by": people.note or None,
        "tags_by": {tag: person for tag, person in people.tags if person},
        "tags": [*local.tags],
        "unread": is_unread(detail.task, local),
        "pinned": local.pinned,
        "hidden": local.hidden,
    }


def _retention(detail: "Detail") -> dict[str, str | None]:
    """Return until when the provider keeps the task, and the countdown in words; null where that is not known."""
    from tui.domain.retention import kept_until, retention_text

    info = common.info_of(detail.task.provider)
    until = kept_until(detail.task, info.retention.keeps if info and info.retention else None, detail)
    return {"kept_until": iso(until), "kept_there": retention_text(detail.task, until, datetime.now(UTC)) or None}


def _print_raw(body: bytes) -> None:
    """Write a response byte for byte, with echoed keys masked; on a terminal without control characters."""
    text = body.decode("utf-8", "surrogateescape")
    if (shown := output.without_keys(text)) != text:
        body = shown.encode("utf-8", "surrogateescape")
        common.narrate("the service echoed a key; it is masked here, and only here")
    if sys.stdout.isatty():
        click.echo(clean(body.decode("utf-8", "replace")))
        common.narrate("control characters are shown as stand-ins here; redirect to a file for the exact bytes")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
