"""Turns routes into screens: the one module that knows every feature of the user interface."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from textual.screen import Screen

from tui.domain.detail import Detail
from tui.domain.text import one_line
from tui.ui.shell import shell as routes
from tui.ui.shell.shell import Shell


def screen_for(shell: Shell, route: routes.Route) -> Screen[Any]:
    """Return the screen of a route. Screens are imported here, when they are first wanted."""
    match route:
        case routes.ReportRoute(detail, line, find):
            return open_reader(shell, detail, line, find)
        case routes.SearchRoute(go, keep, words):
            from tui.ui.search.results import SearchScreen

            return SearchScreen(go, keep, words)
        case routes.SourcesRoute(go):
            from tui.ui.search.sources import SourcesScreen

            return SourcesScreen(go)
        case routes.CostsRoute():
            from tui.ui.history.costs import CostsScreen

            return CostsScreen()
        case routes.AccountsRoute():
            from tui.ui.accounts.screen import AccountsScreen

            return AccountsScreen()
        case routes.CompareRoute(sides, first):
            from tui.ui.compare.screen import CompareScreen

            return CompareScreen(sides, first=first)
        case routes.VersionsRoute(task, edit):
            from tui.ui.versions.screen import VersionsScreen

            return VersionsScreen(task, edit)
        case routes.NewTaskRoute(like, about, kept):
            from tui.ui.new_task.screen import NewTaskScreen

            return NewTaskScreen(like, about, kept)
        case routes.BatchRoute():
            from tui.ui.new_task.batch import BatchScreen

            return BatchScreen()
        case routes.CheckpointRoute(interaction, kept, task, answer_next):
            from tui.ui.checkpoint.screen import CheckpointScreen

            return CheckpointScreen(interaction, kept=kept, task=task, answer_next=answer_next)
        case routes.LogRoute():
            from tui.ui.history.log import LogScreen

            return LogScreen()


class ReaderContext:
    """The services of the reader (`tui.ui.reader.loading.ReaderServices`) for a report of the archive."""

    def __init__(self, shell: Shell, detail: Detail) -> None:
        self._shell = shell
        self._detail = detail

    def place(self, key: str) -> str | None:
        """Return the position where the report was left."""
        kept = self._shell.services.archive.state(f"place.{key}")
        return kept if isinstance(kept, str) else None

    def remember(self, key: str, place: str) -> None:
        """Save the position where the report is left."""
        self._shell.services.archive.remember(f"place.{key}", place)

    def others(self, url: str, key: str) -> "Future[Sequence[str]] | None":
        """Find other reports that cite the same address."""
        found: Future[Sequence[str]] = Future()

        def look() -> Sequence[str]:
            ids = [one for one in self._shell.services.archive.reports_with(url) if one != key]
            if self._shell.engine is not None:
                self._shell.engine.recall(ids).result()  # of a long archive only the newest tasks are at hand
            return [self._title(task_id) for task_id in ids]

        self._shell.in_background(look, found.set_result, found.set_exception)
        return found

    def _title(self, task_id: str) -> str:
        engine = self._shell.engine
        task = engine.task(task_id) if engine else self._shell.tasks.get(task_id)
        return one_line(task.title, 200) if task and task.title else task_id

    def export(self, key: str) -> str | None:
        """Ask for a format and export the report."""
        if self._shell.services.export is None:
            return "this report is not in the archive"
        from tui.ui.shell.export_dialog import ask_and_export

        ask_and_export(self._shell, [self._detail])
        return None


def open_reader(
    shell: Shell, detail: Detail, line: int | None = None, find: str = "", *, at_once: bool = False
) -> Screen[None]:
    """Return the reader on a report, at a line of it or a word from there on; the task is not new now.

    With `at_once` its first paint is the report.
    """
    from tui.ui.reader.screen import ReaderScreen

    assert detail.report is not None, "a task without a report is not opened"
    shell.fresh.discard(detail.task.id)
    looks, context = shell.services.looks, ReaderContext(shell, detail)
    links = looks.hyperlinks != "off"
    return ReaderScreen(detail, context, line=line, find=find, measure=looks.measure, hyperlinks=links, at_once=at_once)
