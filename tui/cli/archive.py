"""list, show, search: the archive, offline, as text or JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from tui.cli import session
from tui.cli.columns import table
from tui.domain.text import one_line, plural
from tui.domain.times import iso

if TYPE_CHECKING:
    from tui.domain.detail import Detail
    from tui.domain.task import Task
    from tui.engine.archive import Archive

_jsonl = click.option("--jsonl", is_flag=True, help="one JSON object per line")


@click.command("list")
@click.option("--status", help="only tasks in this state")
@click.option("--provider", help="only tasks of this provider")
@click.option("--limit", type=click.IntRange(min=1), help="only the newest so many")
@session.as_json_option
@_jsonl
def list_tasks(status: str | None, provider: str | None, limit: int | None, as_json: bool, jsonl: bool) -> None:
    """List every task in the archive, newest first."""
    from tui.engine.archive.codec import to_record

    with session.open_archive() as opened:
        tasks = opened.tasks()
    chosen = [task for task in tasks if status in (None, task.status) and provider in (None, task.provider)]
    shown = chosen[:limit]
    if as_json:
        session.emit({"schema_version": 1, "tasks": [json.loads(to_record(task)) for task in shown]})
    elif jsonl:
        for task in shown:
            click.echo(to_record(task))
    else:
        click.echo(_task_table(shown), nl=False)
    if len(shown) < len(chosen):
        session.narrate(f"{plural(len(chosen) - len(shown), 'task')} more; --limit shows {limit}")
    if not tasks:
        session.narrate(
            "the archive is empty: `divewatch sync` fetches your tasks, `divewatch demo` shows how it looks"
        )


@click.command()
@click.argument("task_id", metavar="ID")
@click.option("--raw", is_flag=True, help="the provider's answer exactly as it was received")
@click.option("--version", "version", type=int, help="another stored version of the answer, with --raw")
@session.as_json_option
def show(task_id: str, raw: bool, version: int | None, as_json: bool) -> None:
    """Show one task with everything known about it; ID may be shortened while it is unique."""
    from tui.engine.answers import read_detail

    with session.open_archive() as opened:
        found = session.find_id(opened, task_id)
        if raw:
            click.get_binary_stream("stdout").write(opened.raw(found, version))
            return
        detail = read_detail(opened, found)
        record = _record(opened, detail)
    if as_json:
        session.emit(record)
    else:
        click.echo(_describe(detail, record), nl=False)


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1, max=1000), default=50, show_default=True, help="most hits to show")
@session.as_json_option
@_jsonl
def search(query: tuple[str, ...], limit: int, as_json: bool, jsonl: bool) -> None:
    """Search prompts, reports, sources and notes.

    Filters: provider: status: host: cites: tag: before:2026-10-01 after:2026-01-01 is:unread.
    """
    with session.open_archive() as opened:
        found = opened.library.search(" ".join(query), limit=limit)
        titles = {hit.task_id: opened.task(hit.task_id).title for hit in found.hits}
    rows = [{**asdict(hit), "title": titles[hit.task_id]} for hit in found.hits]
    if as_json:
        session.emit({"schema_version": 1, "total": found.total, "hits": rows})
        return
    for hit, row in zip(found.hits, rows, strict=True):
        if jsonl:
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            place = f"{hit.where}, line {hit.line}" if hit.line else hit.where
            click.echo(f"{hit.task_id}  {one_line(titles[hit.task_id], 100)}\n    {place}: {hit.snippet}")
    if found.total > len(found.hits):
        session.narrate(f"{found.total - len(found.hits)}{'+' if found.capped else ''} more; raise --limit")
    if not found.hits:
        session.narrate("nothing found")


def _task_table(tasks: "Sequence[Task]") -> str:
    from tui.cli.act import price

    head = ("id", "status", "provider", "mode", "created", "sources", "cost", "title")
    rows = [
        (
            task.id,
            task.status.value,
            task.provider,
            task.mode or "",
            f"{task.created_at:%Y-%m-%d %H:%M}" if task.created_at else "",
            "" if task.sources is None else str(task.sources),
            "" if task.cost.amount is None else price(task.cost),
            task.title,
        )
        for task in tasks
    ]
    return table(head, rows, right=(5,)) if rows else ""


def _record(opened: "Archive", detail: "Detail") -> dict[str, Any]:
    """Return the object of `show --json`: that of `list --json`, and everything else that was received."""
    from tui.engine.archive.codec import to_record

    local = opened.desk.local(detail.task.id)
    report = detail.report
    return {
        "schema_version": 1,
        **json.loads(to_record(detail.task)),
        "source_count": detail.task.sources,
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
    }


def _plain(value: Any) -> dict[str, Any]:
    """Return a frozen value as JSON-ready data: times as ISO text, (label, value) pairs as objects, no tokens."""
    from tui.domain.secret import without_token

    plain = asdict(value)
    for key, content in plain.items():
        if hasattr(content, "tzinfo"):
            plain[key] = iso(content)
        elif key == "facts":
            plain[key] = [{"label": label, "value": text} for label, text in content]
        elif key == "sources":
            plain[key] = [_plain(source) for source in value.sources]
        elif key == "url" and isinstance(content, str):
            plain[key] = without_token(content)
    return plain


def _describe(detail: "Detail", record: dict[str, Any]) -> str:
    from tui.cli.act import price

    task = detail.task
    lines = [task.title, ""]
    facts = [
        ("id", task.id),
        ("provider", f"{task.provider} {task.remote_id or '(no id yet)'}"),
        ("status", f"{task.status.value} ({task.provider_status})" if task.provider_status else task.status.value),
        ("mode", task.mode or ""),
        ("created", iso(task.created_at) or ""),
        (
            "finished",
            f"{iso(task.finished_at)}{' (when first seen)' if task.finish_observed else ''}"
            if task.finished_at
            else "",
        ),
        ("cost", "" if task.cost.amount is None else price(task.cost)),
        ("page", task.web_url or ""),
        ("error", task.error or ""),
        *(("warning", warning) for warning in task.warnings),
        *(
            (name, f"{one.value}{f' of {one.total} ({one.meaning.value})' if one.total else ''}")
            for name, one in task.counters.items()
        ),
        *detail.facts,
        *(("problem", problem) for problem in detail.problems),
        ("tags", " ".join(record["tags"])),
        ("note", record["note"]),
    ]
    lines += [f"{label + ':':<12} {text}" for label, text in facts if text]
    if task.prompt:
        lines += ["", "Prompt", "", task.prompt]
    if detail.interaction:
        question = json.dumps(detail.interaction.data, ensure_ascii=False, indent=2)
        lines += ["", f"Waits for an answer: {detail.interaction.kind}", "", question]
    if detail.report:
        lines += ["", "Report", "", detail.report.text]
    if record["sources"]:
        lines += ["", "Sources", ""]
        lines += [f"[{one['id']}] {one['title'] or ''} {one['url'] or ''}".rstrip() for one in record["sources"]]
    return "\n".join(lines) + "\n"
