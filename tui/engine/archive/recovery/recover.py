"""Moves a damaged archive aside and creates a new one with everything that could be read from it."""

import shutil
import sqlite3
from pathlib import Path

from tui.domain.text import plural
from tui.engine.archive.recovery import salvage
from tui.engine.archive.sqlite import checkpoint, connect, files


def deep_trouble(path: Path) -> str | None:
    """Return what a full integrity check finds; None if the file is sound."""
    try:
        db = connect.open_writer(str(path), connect.journal_for(str(path)))
        try:
            lines = [line for (line,) in db.execute("PRAGMA integrity_check(3)")]
        finally:
            db.close()
    except sqlite3.Error as error:
        return str(error)
    return None if lines == ["ok"] else lines[0]


def logs_of(path: Path) -> tuple[Path, Path]:
    """Return the paths of the write-ahead log and the rollback journal of `path`."""
    return checkpoint.log_of(path), path.with_name(path.name + "-journal")


def recover(path: Path, trouble: str) -> str:
    """Replace the broken archive at `path`; it stays, with its log, under another name, which the result tells.

    The new file is complete before it takes the name of the old one. Called under the setup lock.
    """
    kept = files.aside(path, "broken")
    log = checkpoint.log_of(path)
    with files.private(files.scratch(path)) as fresh:
        files.fill(fresh)
        saved = salvage.salvage(path, log, fresh)
        for log_file in logs_of(path):
            if checkpoint.size_of(log_file):
                shutil.copy2(log_file, kept.with_name(kept.name + log_file.name.removeprefix(path.name)))
        files.place(path, kept)
        for leftover in (*logs_of(path), path.with_name(path.name + "-shm")):
            leftover.unlink(missing_ok=True)
        fresh.replace(path)
    checkpoint.forget_missing_log(path)
    lost = f" {saved.standins:,} of them are listed as recovered: their tasks are lost." if saved.standins else ""
    return (
        f"The archive was damaged ({trouble}). It is kept as {kept}; saved from it: {plural(saved.tasks, 'task')}, "
        f"{plural(saved.answers, 'answer')} and {plural(saved.reports, 'report')}.{lost}"
    )
