"""Turns routes into screens: the one module that knows every feature of the user interface."""

from typing import Any

from textual.screen import Screen

from tui.domain.detail import Detail
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
            from tui.ui.costs.screen import CostsScreen

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
        case routes.CheckpointRoute(interaction, kept, task, answer_next, asks):
            from tui.ui.checkpoint.screen import CheckpointScreen

            return CheckpointScreen(interaction, kept=kept, task=task, answer_next=answer_next, asks=asks)


def open_reader(
    shell: Shell, detail: Detail, line: int | None = None, find: str = "", *, at_once: bool = False
) -> Screen[None]:
    """Return the reader on a report, at a line of it or a word from there on; the task is not new now.

    With `at_once` its first paint is the report.
    """
    from tui.ui.reader.screen import ReaderScreen

    assert detail.report is not None, "a task without a report is not opened"
    shell.fresh.discard(detail.task.id)
    looks = shell.services.looks
    links = looks.hyperlinks != "off"
    return ReaderScreen(detail, line=line, find=find, measure=looks.measure, hyperlinks=links, at_once=at_once)
