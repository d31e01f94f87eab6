"""Opens the reader on a task; the one place where the rest of the user interface meets it."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from textual.screen import Screen

from tui.domain.detail import Detail
from tui.domain.text import one_line

if TYPE_CHECKING:
    from tui.ui.app import DivewatchApp


class ReaderContext:
    """What the reader asks of the program around it (`tui.ui.reader.loading.ReaderServices`)."""

    def __init__(self, app: "DivewatchApp", detail: Detail) -> None:
        self._app = app
        self._detail = detail

    def place(self, key: str) -> str | None:
        """Return where the report was left."""
        kept = self._app.services.archive.state(f"place.{key}")
        return kept if isinstance(kept, str) else None

    def remember(self, key: str, place: str) -> None:
        """Keep where the report is left."""
        self._app.services.archive.remember(f"place.{key}", place)

    def others(self, url: str, key: str) -> "Future[Sequence[str]] | None":
        """Find other reports that rest on the same address."""
        found: Future[Sequence[str]] = Future()

        def look() -> Sequence[str]:
            ids = self._app.services.archive.reports_with(url)
            return [self._title(task_id) for task_id in ids if task_id != key]

        self._app.in_background(look, found.set_result, found.set_exception)
        return found

    def _title(self, task_id: str) -> str:
        task = self._app.tasks.get(task_id)
        return one_line(task.title, 200) if task and task.title else task_id

    def export(self, key: str) -> str | None:
        """Ask for a format and export."""
        if self._app.services.export is None:
            return "this report is not in the archive"
        from tui.ui.shell.export_dialog import ask_and_export

        ask_and_export(self._app, [self._detail])
        return None


def open_reader(app: "DivewatchApp", detail: Detail, line: int | None = None, find: str = "") -> Screen[None]:
    """Return the reader screen of a report, at a line of it or a word from there on; the task is not new now."""
    from tui.ui.reader.screen import ReaderScreen

    assert detail.report is not None, "a task without a report is not opened"
    app.fresh.discard(detail.task.id)
    looks, shelf = app.services.looks, ReaderContext(app, detail)
    links = looks.hyperlinks != "off"
    return ReaderScreen(detail, shelf, line=line, find=find, measure=looks.measure, hyperlinks=links)
