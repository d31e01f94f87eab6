"""Where one goes from the dashboard: report, search, sources, compare, costs, new task; and what it remembers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from tui.domain.task import Task
from tui.ui.commands.predicates import unwritten
from tui.ui.dashboard.task_list import SORTS
from tui.ui.shell.shell import (
    CompareRoute,
    CompareSide,
    CostsRoute,
    ReportPlace,
    ReportRoute,
    SearchRoute,
    SourcesRoute,
    shell,
)

if TYPE_CHECKING:
    from tui.domain.detail import Detail
    from tui.ui.dashboard.screen import DashboardScreen


class TaskPlaces:
    """Mixed into the dashboard."""

    @property
    def dashboard(self) -> "DashboardScreen":
        """The screen this is mixed into."""
        return cast("DashboardScreen", self)

    @property
    def chosen(self) -> Task:
        """The selected task."""
        task = self.dashboard.table.selected_task
        assert task is not None, "the registry allows this only with a selected task"
        return task

    def with_detail(self, then: "Callable[[Detail | None], None]", task: Task | None = None) -> None:
        """Run `then` with the selected task's detail once it is read."""
        app = shell(self.dashboard)
        if app.engine is None:
            app.say("the engine is still starting", problem=True)
            return
        app.when_done(app.engine.detail((task or self.chosen).id), then)

    # Report

    def open_report(self, task_id: str | None = None, line: int | None = None, find: str = "") -> None:
        """Open the report of a task in the reader."""
        app = shell(self.dashboard)
        task = app.tasks.get(task_id) if task_id else self.chosen
        if task is None:
            app.say("that task is not here any more", problem=True)
            return

        def show(detail: "Detail | None") -> None:
            if detail is None or detail.report is None:
                app.say(unwritten(app.tasks.get(task.id)), problem=True)
                return
            app.open(ReportRoute(detail, line, find))
            self.dashboard.opened(task.id)

        app.say("opening the report")
        self.with_detail(show, task)

    def action_export(self) -> None:
        """Export the marked reports, or the selected one."""
        from tui.ui.shell.export_dialog import ask_and_export

        app = shell(self.dashboard)
        marked = self.dashboard.table.model.marked_tasks()
        tasks = [task for task in marked or [self.chosen] if task.has_report]
        if not tasks:
            app.say("none of the marked tasks has a report yet", problem=True)
        details: list[Detail] = []

        def gather(detail: "Detail | None") -> None:
            if detail is not None:
                details.append(detail)
            if len(details) == len(tasks):
                ask_and_export(app, details)

        for task in tasks:
            self.with_detail(gather, task)

    # Other screens

    def action_search(self) -> None:
        """Search the text of every report."""
        shell(self.dashboard).open(SearchRoute(), self._go_to)

    def action_sources(self) -> None:
        """Show every source of every report."""
        shell(self.dashboard).open(SourcesRoute(), self._go_to)

    def action_costs(self) -> None:
        """Show what was spent."""
        shell(self.dashboard).open(CostsRoute())

    def action_compare(self) -> None:
        """Compare the two marked tasks."""
        pair = self.dashboard.table.model.marked_tasks()

        def chosen(place: tuple[int, int | None] | None) -> None:
            if place is not None:
                self._go_to(ReportPlace(pair[place[0]].id, place[1]))

        one, other = (CompareSide(task, task.title or task.id) for task in pair)
        shell(self.dashboard).open(CompareRoute(one, other), chosen)

    def _go_to(self, place: ReportPlace | None) -> None:
        if place is not None:
            self.dashboard.table.select(place.task_id)
            task = shell(self.dashboard).tasks.get(place.task_id)
            if task is not None and not task.has_report:
                self.dashboard.action_pane_detail()  # found by its brief, its title or the note on it
            else:
                self.open_report(*place)

    def action_files(self) -> None:
        """Save the files the task made."""
        from tui.ui.shell.downloads import download_all

        self.with_detail(lambda detail: download_all(shell(self.dashboard), detail) if detail else None)

    # What is remembered

    def restore_view(self) -> None:
        """Take up the order and the hidden tasks of last time."""
        archive = shell(self.dashboard).services.archive
        model = self.dashboard.table.model
        shown = shell(self.dashboard).tasks.keys()
        model.add(shown, archive.desk.added(shown))
        saved = archive.state("tasks")
        if isinstance(saved, dict) and saved.get("sort") in SORTS:
            model.set_sort(str(saved["sort"]), reverse=saved.get("reverse") is True)

    def remember_view(self) -> None:
        """Remember the order for next time."""
        model = self.dashboard.table.model
        shell(self.dashboard).services.archive.remember("tasks", {"sort": model.sort, "reverse": model.reverse})
