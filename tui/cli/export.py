"""export and import: reports out of the archive into files, files from elsewhere into the archive."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli import session
from tui.domain.errors import NotFound, UsageError
from tui.domain.text import clean, plural
from tui.report.export import FORMATS

if TYPE_CHECKING:
    from tui.domain.detail import Detail
    from tui.engine.archive import Archive


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID|FILE]...", shell_complete=session.complete_ids)
@click.option("--format", "-t", "name", default="md", show_default=True, help=f"one of {', '.join(FORMATS)}, or pdf")
@click.option("--all", "every", is_flag=True, help="every report in the archive")
@click.option(
    "-o", "--output", type=click.Path(), help="file, folder, or - for standard output (default for one report)"
)
@click.option("--force", is_flag=True, help="replace files that exist")
def export(ids: tuple[str, ...], name: str, every: bool, output: str | None, force: bool) -> None:
    """Write reports, or their sources, in another format.

    One report goes to standard output unless -o names a file or folder; several need a folder.
    """
    if name not in FORMATS and name != "pdf":
        raise UsageError(f"there is no format {clean(name)}", hint=f"formats: {', '.join(FORMATS)}, pdf")
    if bool(ids) == every:
        raise UsageError("say which tasks to export, or --all")
    details = [*_details(ids, every)]
    folder = Path(output) if output and output != "-" and (Path(output).is_dir() or len(details) != 1) else None
    if len(details) != 1 and folder is None:
        raise UsageError("several reports need a folder: -o FOLDER")
    if folder is not None:
        _export_folder(details, name, folder, force)
    elif name == "pdf":
        _export_pdf(details[0], output)
    elif output and output != "-":
        from tui.engine.files import write_file

        write_file(Path(output), _render(name, details[0]), force=force)
        click.echo(clean(output))
    else:
        click.echo(_render(name, details[0]), nl=False)


@click.command("import")
@click.argument("names", nargs=-1, required=True, metavar="FILE|FOLDER...")
@session.as_json_option
def import_files(names: tuple[str, ...], as_json: bool) -> None:
    """Adopt provider answers (JSON) and reports (markdown, HTML) saved elsewhere; importing again adds nothing."""
    from tui.engine.importing import import_file

    added, known, refused = [], 0, {}
    with session.open_archive(read_only=False) as opened:
        for path in _files(names):
            try:
                task = import_file(opened, path)
            except UsageError as error:
                refused[str(path)] = error.message
                continue
            if task is None:
                known += 1
            else:
                added.append(task)
    if as_json:
        session.emit({"schema_version": 1, "added": [task.id for task in added], "known": known, "refused": refused})
        return
    for task in added:
        click.echo(f"{task.id}  {task.title}")
    for name, why in refused.items():
        session.narrate(f"{name}: {why}")
    session.narrate(f"{plural(len(added), 'task')} added, {known} already known, {len(refused)} refused")


def _details(ids: tuple[str, ...], every: bool) -> "Iterator[Detail]":
    from tui.engine.documents import open_document

    files = [name for name in ids if name == "-" or Path(name).is_file()]
    yield from map(open_document, files)
    if len(files) == len(ids) and not every:
        return
    with session.open_archive() as opened:
        yield from _archived(opened, [name for name in ids if name not in files], every)


def _archived(opened: "Archive", ids: list[str], every: bool) -> "Iterator[Detail]":
    from tui.engine.stored import read_detail

    chosen = [task.id for task in opened.tasks() if task.has_report] if every else [opened.find(one) for one in ids]
    for task_id in chosen:
        detail = read_detail(opened, task_id)
        if detail.report is None and not every:
            raise NotFound(f"{task_id} has no report", hint=f"it is {detail.task.status.value}")
        if detail.report is not None:
            yield detail


def _render(name: str, detail: "Detail") -> str:
    from tui.engine.documents import report_of
    from tui.report.export import render
    from tui.report.read import read_report

    return render(name, detail, read_report(report_of(detail)))


def _export_folder(details: "list[Detail]", name: str, folder: Path, force: bool) -> None:
    from tui.engine.files import free_name, safe_name, write_file

    if name == "pdf":
        raise UsageError("pdf is written one report at a time: -o FILE.pdf")
    folder.mkdir(parents=True, exist_ok=True)
    for detail in details:
        proposed = safe_name(detail.task.title, detail.task.created_at, FORMATS[name].suffix)
        path = folder / proposed if force else free_name(folder, proposed)
        write_file(path, _render(name, detail), force=force)
        click.echo(clean(str(path)))
    session.narrate(f"{plural(len(details), 'file')} written")


def _export_pdf(detail: "Detail", output: str | None) -> None:
    from tui.engine.printing import print_pdf

    if not output or output == "-":
        raise UsageError("a PDF needs a file: -o FILE.pdf")
    tool = print_pdf(_render("html", detail), Path(output))
    click.echo(clean(output))
    session.narrate(f"made with {tool}")


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        path = Path(name)
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.suffix.lower() in {".json", ".md", ".html", ".htm"})
        elif path.is_file():
            yield path
        else:
            raise NotFound(f"{clean(name)} does not exist")
