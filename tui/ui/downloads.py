"""Saves the files a task made: on demand, into one folder, saying how far it is; the engine keeps the key at home."""

from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.detail import Detail
from tui.domain.text import plural
from tui.engine.files import free_name, safe_name

if TYPE_CHECKING:
    from tui.ui.app import DivewatchApp


def download_all(app: "DivewatchApp", detail: Detail, folder: Path | None = None) -> None:
    """Save every deliverable and image of a task that has an address."""
    engine = app.engine
    named = [(one.title or one.kind, one.kind, one.url) for one in detail.deliverables if one.url]
    named += [(one.title or one.kind, "png", one.url) for one in detail.images if one.url]
    if engine is None or not named:
        app.say("this task made no files", problem=True)
        return
    target = (folder or Path.cwd()) / safe_name(detail.task.title or detail.task.id, detail.task.created_at, "-files")
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        app.say(f"{target}: {error.strerror}", problem=True)
        return
    saved: list[int] = []

    def one_saved(size: int) -> None:
        saved.append(size)
        app.say(f"saved {len(saved)} of {plural(len(named), 'file')}, {sum(saved):,} bytes, in {target}")

    app.say(f"saving {plural(len(named), 'file')} into {target}")
    taken: set[Path] = set()
    for title, kind, url in named:
        suffix = "" if "." in title else f".{kind}"
        path = free_name(
            target, safe_name(title.rpartition(".")[0] or title, None, suffix or f".{title.rpartition('.')[2]}")
        )
        while path in taken:
            path = path.with_name(f"{path.stem}-{len(taken)}{path.suffix}")
        taken.add(path)
        app.when_done(engine.download(detail.task.id, url, path), one_saved)
