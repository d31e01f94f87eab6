"""download: the files and pictures a task made, into one folder; each is saved whole or named with the reason."""

from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli import common, context
from tui.cli.commands.act import refuse
from tui.cli.output import narrate
from tui.domain.amounts import size_text
from tui.domain.capability import Capability
from tui.domain.errors import DivewatchError, NotFound, UsageError
from tui.domain.text import clean

if TYPE_CHECKING:
    from tui.engine.files.task_files import Saved
    from tui.engine.runtime import Runtime


_WORTH_SAYING = frozenset({3, 4})  # the network, the key: any other reason is that of one file


@click.command()
@common.task_argument
@click.option("-o", "--output", type=click.Path(file_okay=False), help="folder; by default one named after the task")
@common.as_json_option
def download(task_id: str, output: str | None, as_json: bool) -> int:
    """Save every file and picture that a finished task made.

    Prints the path of each file that was saved; for each that was not, the reason, and a code that is not 0.

    \b
    divewatch download 3f2a -o tables/
    """  # noqa: D301 - click wants the backspace
    from tui.engine.files.saved_detail import read_detail
    from tui.engine.files.task_files import Saved, files_of, folder_name

    with context.open_engine() as (opened, engine):
        detail = read_detail(opened, opened.find(task_id))
        refuse(Capability.ASSETS, detail.task)
        folder = Path(output or folder_name(detail))
        saved = Saved(files_of(detail, folder))
        if not saved.files:
            raise NotFound("this task made no files")
        _make(folder)
        code = _save(engine, detail.task.id, saved)
    if as_json:
        common.emit(_record(folder, saved))
    else:
        for file in saved.files:
            if file.path in saved.sizes:
                click.echo(clean(str(file.path)))
        narrate(f"{saved.told()} ({size_text(sum(saved.sizes.values()))} in {clean(str(folder))})")
    return code


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{clean(str(folder))}: {error.strerror}") from error


def _save(engine: "Runtime", task_id: str, saved: "Saved") -> int:
    """Download all files in parallel; returns the worst exit code."""
    coming: dict[Path, Future[int]] = {}
    code = 0
    for file in saved.files:
        if file.url:
            coming[file.path] = engine.download(task_id, file.url, file.path)
        else:
            saved.missing[file.path] = file.trouble
            code = 1
    for path, future in coming.items():
        try:
            saved.sizes[path] = future.result()
        except DivewatchError as error:
            saved.missing[path] = error.message
            code = max(code, error.exit_code if error.exit_code in _WORTH_SAYING else 1)
    return code


def _record(folder: Path, saved: "Saved") -> dict[str, object]:
    return {
        "schema_version": 1,
        "folder": str(folder),
        "saved": [
            {"title": file.title, "path": str(file.path), "bytes": saved.sizes[file.path]}
            for file in saved.files
            if file.path in saved.sizes
        ],
        "missing": [
            {"title": file.title, "why": saved.missing[file.path]} for file in saved.files if file.path in saved.missing
        ],
    }
