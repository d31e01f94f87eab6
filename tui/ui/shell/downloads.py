"""Downloads the files of a task into one folder, with progress; the engine sends the key only to the provider."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from tui.domain.amounts import size_text
from tui.domain.detail import Detail
from tui.domain.errors import DivewatchError
from tui.domain.text import plural
from tui.engine.files.task_files import Saved, files_of, folder_name
from tui.providers.protocol import DownloadProgress
from tui.ui.shell.shell import Shell

_PAUSE = 0.5  # seconds between two words about progress


class CombinedProgress:
    """The progress of several downloads together; reported at most twice a second, on the engine's thread."""

    def __init__(self, tell: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._clock = clock
        self._sizes: dict[Path, tuple[int, int | None]] = {}
        self._next = clock() + _PAUSE

    def of(self, path: Path) -> DownloadProgress:
        """Return the progress callback of the file at `path`."""

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


def download_all(app: Shell, detail: Detail) -> None:
    """Download every deliverable and picture of a task; those that fail are listed with the reason at the end."""
    engine = app.engine
    target = Path.cwd() / folder_name(detail)
    saved = Saved(files_of(detail, target))
    if engine is None or not saved.files:
        app.say("this task made no files", problem=True)
        return
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        app.say(f"{target}: {error.strerror}", problem=True)
        return
    count = plural(len(saved.files), "file")
    coming = CombinedProgress(lambda text: app.call_on_ui_thread(lambda: app.say(f"saving {count}: {text}")))

    def tell() -> None:
        where = f", {size_text(sum(saved.sizes.values()))}, in {target}"
        app.say(f"{saved.told()}{where}", problem=saved.is_over and bool(saved.missing))

    def ended(path: Path, future: "Future[int]") -> None:
        error = future.exception()
        if error is None:
            saved.sizes[path] = future.result()
        else:
            saved.missing[path] = error.message if isinstance(error, DivewatchError) else type(error).__name__
        tell()

    app.say(f"saving {count} into {target}")
    for file in saved.files:
        if file.url is None:
            saved.missing[file.path] = file.trouble
            continue
        future = engine.download(detail.task.id, file.url, file.path, coming.of(file.path))
        future.add_done_callback(lambda done, path=file.path: app.call_on_ui_thread(lambda: ended(path, done)))  # type: ignore[misc]
    if saved.is_over:
        tell()
