"""list, show, search: the archive, offline, as text or JSON."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tui.cli import common, fast_path, output
from tui.cli.tables import table
from tui.domain.amounts import cost_long
from tui.domain.redact import hide_values
from tui.domain.task import Cost, CostKind
from tui.domain.text import clean, one_line
from tui.domain.times import format_local, iso, parse_time

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
@click.option("--limit", type=click.IntRange(min=1), help="only the newest so many")
@common.as_json_option
@_jsonl
def list_tasks(
    words: tuple[str, ...],
    status: str,
    provider: str,
    tag: str,
    state: str,
    limit: int | None,
    as_json: bool,
    jsonl: bool,
) -> None:
    """List every task in the archive, newest first.

    FILTER is any number of words and terms, as in the dashboard: tag:energy is:unread status:failed provider:valyu
    mode:heavy after:2026-10 before:2026-11-15 'cost>1' host:nature.com cites:URL.

    --json prints {"schema_version": 1, "tasks": [...], "more": false}; `divewatch help json` explains the members.
    """
    filters = {"status": status, "provider": provider, "tag": tag, "is": state}
    if as_json or jsonl:
        fast_path.print_list(lines=jsonl, limit=limit or -1, filters=filters, words=" ".join(words))
        return
    shown, more = fast_path.listed(limit or -1, filters, " ".join(words))
    click.echo(_task_table([json.loads(task) for task in shown]), nl=False)
    fast_path.tell_list(shown, more, filtered=bool(words) or any(filters.values()))


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
        click.echo(output.without_keys(hide_values(clean("\n".join(_describe(detail, record))), secrets)))


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1, max=1000), default=fast_path.SEARCH_LIMIT, show_default=True)
@common.as_json_option
@_jsonl
def search(query: tuple[str, ...], limit: int, as_json: bool, jsonl: bool) -> None:
    """Search prompts, reports, sources and notes.

    Filters: provider: status: host: cites: tag: before:2026-10-01 after:2026-01-01 is:unread (read, pinned, hidden,
    noted, deleted).
    """
    words = " ".join(query)
    if as_json or jsonl:
        fast_path.print_search(words, lines=jsonl, limit=limit)
        return
    shown, more = fast_path.found(words, limit)
    for task in map(json.loads, shown):
        hit = task["hit"]
        place = f"{hit['where']}, line {hit['line']}" if hit["line"] else hit["where"]
        click.echo(f"{task['id']}  {one_line(task['title'], 100)}\n    {place}: {one_line(hit['snippet'])}")
    fast_path.tell_search(shown, more)


def task_record(opened: "Archive", detail: "Detail") -> dict[str, Any]:
    """Return the object of `show --json`: that of `list --json`, and everything else that was received.

    "sources" is the list itself here, its length is "source_count".
    """
    from tui.domain.annotations import is_unread
    from tui.engine.archive.rows.task_json import to_record

    local = opened.desk.local(detail.task.id)
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
        "sources": [_plain(source) for source in report.sources] if report else [],
        "evidence": {path: [*ids] for path, ids in report.evidence.items()} if report else {},
        "structured": detail.structured,
        "updates": [_plain(update) for update in detail.updates],
        "trace": [_plain(step) for step in detail.trace],
        "interaction": _plain(detail.interaction) if detail.interaction else None,
        "answered": [_plain(one) for one in detail.answered],
        "images": [_plain(image) for image in detail.images],
        "deliverables": [_plain(one) for one in detail.deliverables],
        "facts": [{"label": label, "value": value} for label, value in detail.facts],
        "extra": dict(detail.extra),
        "problems": [*detail.problems],
        "versions": [
            {"number": one.number, "received_at": iso(one.received_at), "size": one.size, "state": one.state}
            for one in opened.versions(detail.task.id)
        ],
        "note": local.note,
        "tags": [*local.tags],
        "unread": is_unread(detail.task, local),
        "pinned": local.pinned,
        "hidden": local.hidden,
    }


def _task_table(tasks: list[dict[str, Any]]) -> str:
    head = ("id", "status", "provider", "mode", "created", "sources", "cost", "title")
    rows = [
        (
            task["id"],
            task["status"],
            task["provider"],
            task["mode"] or "",
            format_local(parse_time(task["created_at"])),
            "" if task["sources"] is None else str(task["sources"]),
            _cost(task["cost"]),
            task["title"],
        )
        for task in tasks
    ]
    return table(head, rows, right=(5,)) if rows else ""


def _print_raw(body: bytes) -> None:
    """Write an answer byte for byte, but for a key that it echoes; to a terminal only what cannot control it."""
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


def _plain(value: Any) -> dict[str, Any]:
    """Return a frozen value as JSON-ready data: times as ISO text, (label, value) pairs as objects."""
    from dataclasses import asdict

    plain = asdict(value)
    for key, content in plain.items():
        if isinstance(content, datetime):
            plain[key] = iso(content)
        elif key == "facts":
            plain[key] = [{"label": label, "value": text} for label, text in content]
        elif key == "sources":
            plain[key] = [_plain(source) for source in value.sources]
    return plain


def _describe(detail: "Detail", record: dict[str, Any]) -> Iterator[str]:
    yield from (detail.task.title, "")
    yield from (f"{label + ':':<12} {one_line(text)}" for label, text in _facts(detail, record) if text)
    if detail.task.prompt:
        yield from ("", "Prompt", "", detail.task.prompt)
    if detail.interaction:
        question = json.dumps(detail.interaction.data, ensure_ascii=False, indent=2)
        yield from ("", f"Waits for an answer: {detail.interaction.kind}", "", question)
    if detail.report:
        yield from ("", "Report", "", detail.report.text)
    if record["sources"]:
        yield from ("", "Sources", "")
        yield from (f"[{one['id']}] {one['title'] or ''} {one['url'] or ''}".rstrip() for one in record["sources"])


def _facts(detail: "Detail", record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    task, cost = detail.task, record["cost"]
    word = task.provider_status
    yield "id", task.id
    yield "provider", f"{task.provider} {task.remote_id or '(no id yet)'}"
    yield "status", f"{task.status.value} ({word})" if word and word != task.status.value else task.status.value
    yield "mode", task.mode or ""
    yield "created", format_local(task.created_at)
    yield "finished", f"{format_local(task.finished_at)}{' (format_local first seen)' if task.finish_observed else ''}"
    yield "cost", _cost(cost)
    yield "page", task.web_url or ""
    yield "error", task.error or ""
    yield from (("warning", warning) for warning in task.warnings)
    for name, one in task.counters.items():
        yield name.replace("_", " "), f"{one.value}{f' of {one.total} ({one.meaning.value})' if one.total else ''}"
    yield from detail.facts
    yield from (("problem", problem) for problem in detail.problems)
    yield "marks", " ".join(word for word in ("pinned", "unread", "hidden") if record[word])
    yield "tags", " ".join(record["tags"])
    yield "note", record["note"]


def _cost(plain: Mapping[str, Any]) -> str:
    """Return a cost of a task's JSON object in words; "" if it is not known."""
    cost = Cost(plain["amount"], plain["unit"], CostKind(plain["kind"]))
    return "" if cost.amount is None else cost_long(cost)
