"""export and import: reports out of the archive into files, files from elsewhere into the archive."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli import common, context
from tui.cli.output import narrate
from tui.domain.errors import ArchiveError, DivewatchError, NotFound, UsageError
from tui.domain.text import clean, one_line, plural
from tui.report.export import FORMATS

if TYPE_CHECKING:
    from tui.domain.detail import Detail
    from tui.domain.task import Task

_PDF = "pdf"
_SUFFIXES = {".csl.json": "csl", **{fmt.suffix: fmt.name for fmt in FORMATS.values()}, ".pdf": _PDF}  # longest first


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID|FILE]...", shell_complete=common.complete_ids)
@click.option(
    "--format", "-t", "name", help=f"one of {', '.join(FORMATS)}, or pdf; by default what -o ends in, else md"
)
@click.option("--all", "every", is_flag=True, help="every report in the archive")
@click.option(
    "-o", "--output", type=click.Path(), help="file or folder; - for standard output (default for one report)"
)
@click.option("--force", is_flag=True, help="replace files that exist")
def export(ids: tuple[str, ...], name: str | None, every: bool, output: str | None, force: bool) -> int:
    """Write reports, or their sources, in another format.

    One report goes to standard output unless -o names a file or folder; several need a folder.
    """
    if bool(ids) == every:
        raise UsageError("say which tasks to export, or --all")
    target = None if output in (None, "-") else Path(str(output))
    fmt = name or _by_suffix(target)
    if fmt not in FORMATS and fmt != _PDF:
        raise UsageError(f"there is no format {clean(fmt)}", hint=f"formats: {', '.join(FORMATS)}, pdf")
    if target is not None and (target.is_dir() or every or len(ids) > 1):
        unread: list[DivewatchError] = []
        _into_folder(_details(ids, every, unread), fmt, target, force)
        if unread:
            narrate(f"{plural(len(unread), 'report')} left out: {unread[0].message}")
        return ArchiveError.exit_code if unread else 0
    if every or len(ids) > 1:
        raise UsageError("several reports need a folder: -o FOLDER")
    (detail,) = _details(ids, every, [])
    if fmt == _PDF:
        _as_pdf(detail, target, force)
    elif target is not None:
        from tui.engine.files.exported import write_file

        write_file(target, _render(fmt, detail), force=force)
        click.echo(clean(str(target)))
    else:
        _print(_render(fmt, detail))
    return 0


@click.command("import")
@click.argument("names", nargs=-1, required=True, metavar="FILE|FOLDER...")
@common.as_json_option
def import_files(names: tuple[str, ...], as_json: bool) -> int:
    """Adopt provider answers (JSON) and reports (markdown, HTML) saved elsewhere; importing again adds nothing."""
    from tui.engine.files.importing import import_file
    from tui.engine.state.log_lines import note

    added: list[Task] = []
    known = 0
    refused: dict[str, str] = {}
    with context.open_archive(read_only=False) as opened:
        for path in _files(names):
            try:
                tasks = import_file(opened, path)
            except (UsageError, NotFound) as error:
                refused[clean(str(path))] = error.message
                continue
            known += tasks.count(None)
            added += filter(None, tasks)
        if added:
            note(opened, f"import: {plural(len(added), 'task')} added")
    if as_json:
        listed = [common.plain_task(task) for task in added]
        common.emit({"schema_version": 1, "added": listed, "known": known, "refused": refused})
    else:
        for task in added:
            click.echo(f"{task.id}  {one_line(task.title)}")
            for warning in task.warnings:
                narrate(f"{task.id}: {warning}")
        for name, why in refused.items():
            narrate(why if name in why else f"{name}: {why}")
        narrate(f"{plural(len(added), 'task')} added, {known} already known, {len(refused)} refused")
    return UsageError.exit_code if refused and not added and not known else 0


def _by_suffix(target: Path | None) -> str:
    name = target.name.lower() if target else ""
    return next((fmt for suffix, fmt in _SUFFIXES.items() if name.endswith(suffix)), "md")


def _details(ids: tuple[str, ...], every: bool, unread: list[DivewatchError]) -> "Iterator[Detail]":
    """Yield the reports one by one, so that a whole archive is never in memory.

    Of all, those that cannot be read are left out, and their errors appended to `unread`.
    """
    from tui.engine.files.documents import is_document, open_document, report_of
    from tui.engine.files.saved_detail import read_detail

    with ExitStack() as stack:
        archive = None
        if every or not all(map(is_document, ids)):
            archive = stack.enter_context(context.open_archive())
        if archive is not None and every:
            ids = tuple(task.id for task in common.every_task(archive) if task.has_report)
        for name in ids:
            try:
                if archive is None or (not every and is_document(name)):
                    detail = open_document(name)
                else:
                    detail = read_detail(archive, name if every else archive.find(name))
                report_of(detail)
            except (ArchiveError, NotFound) as error:  # damaged, not to be read; or away, and not in the copy
                if not every:
                    raise
                unread.append(error)
            else:
                yield detail


def _render(name: str, detail: "Detail") -> str:
    from tui.engine.files.documents import report_of
    from tui.report.export import render
    from tui.report.read import read_report

    return render(name, detail, read_report(report_of(detail)))


def _print(text: str) -> None:
    """Write an export to stdout in UTF-8, whatever the locale; cleaned where stdout is a terminal."""
    sys.stdout.flush()
    sys.stdout.buffer.write((clean(text) if sys.stdout.isatty() else text).encode())
    sys.stdout.buffer.flush()


def _into_folder(details: "Iterator[Detail]", name: str, folder: Path, force: bool) -> None:
    from tui.engine.files.exported import free_name, safe_name, write_file

    if name == _PDF:
        raise UsageError("pdf is written one report at a time: -o FILE.pdf")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{clean(str(folder))}: {error.strerror}") from error
    taken: set[Path] = set()
    for detail in details:
        title = detail.task.title or detail.task.id
        proposed = safe_name(title, detail.task.created_at, FORMATS[name].suffix)
        path = free_name(folder, proposed, besides=taken, replacing=force)
        write_file(path, _render(name, detail), force=force)
        taken.add(path)
        click.echo(clean(str(path)))
    narrate(f"{plural(len(taken), 'file')} written")


def _as_pdf(detail: "Detail", target: Path | None, force: bool) -> None:
    from tui.engine.files.pdf import print_pdf

    if target is None:
        raise UsageError("a PDF needs a file: -o FILE.pdf")
    tool = print_pdf(_render("html", detail), target, force=force)
    click.echo(clean(str(target)))
    narrate(f"made with {tool}")


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        path = Path(name)
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.suffix.lower() in {".json", ".md", ".html", ".htm"})
        elif path.is_file():
            yield path
        else:
            raise NotFound(f"{clean(name)} does not exist")
