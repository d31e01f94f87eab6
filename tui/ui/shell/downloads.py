"""Saves the files a task made: on demand, into one folder, saying how far it is; the engine keeps the key at home."""

import time
from collections.abc import Callable
from pathlib import Path

from tui.domain.amounts import size_text
from tui.domain.detail import Detail
from tui.domain.text import plural
from tui.engine.files.atomic import free_name, safe_name
from tui.providers.base import DownloadProgress
from tui.ui.shell.shell import Shell

_PAUSE = 0.5  # seconds between two words about progress


class Coming:
    """How far downloads are, all of them together; told at most twice a second, from the engine's thread."""

    def __init__(self, tell: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._clock = clock
        self._sizes: dict[Path, tuple[int, int | None]] = {}
        self._next = clock() + _PAUSE

    def of(self, path: Path) -> DownloadProgress:
        """Return what is called as the file at `path` grows."""

        def progress(size: int, whole: int | None) -> None:
            self._sizes[path] = size, whole
            if self._clock() >= self._next:
                self._next = self._clock() + _PAUSE
                self._tell(self._told())

        return progress

    def _told(self) -> str:
        sizes = [size for size, _ in self._sizes.values()]
        wholes = [whole for _, whole in self._sizes.values()]
        known = sum(whole for whole in wholes if whole is not None)
        return size_text(sum(sizes)) + (f" of {size_text(known)}" if None not in wholes else "")


def download_all(app: Shell, detail: Detail, folder: Path | None = None) -> None:
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
    coming = Coming(lambda text: app.call_on_ui_thread(lambda: app.say(f"saving {plural(len(named), 'file')}: {text}")))

    def one_saved(size: int) -> None:
        saved.append(size)
        app.say(f"saved {len(saved)} of {plural(len(named), 'file')}, {size_text(sum(saved))}, in {target}")

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
        app.when_done(engine.download(detail.task.id, url, path, coming.of(path)), one_saved)
