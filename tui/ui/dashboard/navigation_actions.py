"""The dashboard's commands that open other screens: report, sources, compare, costs, accounts, forms of new tasks."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tui.domain.cells import cut
from tui.domain.task import Task
from tui.domain.text import one_line, plural
from tui.ui.commands.command import handles
from tui.ui.commands.predicates import unwritten
from tui.ui.commands.registry import COMMANDS
from tui.ui.dashboard.annotation_actions import AnnotationActions
from tui.ui.dashboard.dashboard import Actions, Dashboard
from tui.ui.dashboard.task_list import DEFAULT_SORT, SORTS
from tui.ui.shell.shell import (
    AccountsRoute,
    BatchRoute,
    CompareRoute,
    CompareSide,
    CostsRoute,
    NewTaskRoute,
    ReportPlace,
    ReportRoute,
    SourcesRoute,
)

if TYPE_CHECKING:
    from tui.domain.detail import Detail
    from tui.domain.provider import Draft
    from tui.engine.api import Engine

Value = TypeVar("Value")


class NavigationActions(Actions):
    """Opens other screens from the dashboard; saves and restores its sort order."""

    def __init__(self, dashboard: Dashboard, annotations: AnnotationActions) -> None:
        super().__init__(dashboard)
        self._annotations = annotations

    # Report

    @handles("tasks.pane_3")
    def open_report(self, task_id: str | None = None, line: int | None = None, find: str = "") -> None:
        """Open the report of a task in the reader."""
        app = self.shell

        def show(detail: "Detail | None") -> None:
            app.say("")
            if detail is None:
                app.say("that task is not here any more", problem=True)
            elif detail.report is None:
                app.say(unwritten(detail.task), problem=True)
            else:
                app.open(ReportRoute(detail, line, find))
                self._annotations.opened(detail.task.id)

        app.say("opening the report")
        self.with_detail(self._unless_left(show), task_id)

    def _unless_left(self, take: Callable[[Value], None]) -> Callable[[Value], None]:
        """Return `take`, which does nothing once the person went on to another screen, or asked twice."""
        asked_from = self.shell.screen
        return lambda value: take(value) if self.shell.screen is asked_from else None

    @handles("tasks.export")
    def export(self) -> None:
        """Export the marked reports, or the selected one."""
        from tui.ui.shell.export_dialog import ask_and_export

        app, engine = self.shell, self.shell.engine
        asked = self.dashboard.table.model.marked_tasks() or [self.chosen]
        ids = [task.id for task in asked if task.has_report]
        if engine is None:
            app.say("the engine is still starting", problem=True)
        elif not ids:
            app.say("none of the marked tasks has a report yet", problem=True)
        else:
            ask_and_export(app, [partial(_read, engine, one) for one in ids], len(asked) - len(ids))

    # Other screens

    @handles("tasks.sources")
    def sources(self) -> None:
        """Show every source of every report."""
        self.shell.open(SourcesRoute(self.go_to))

    @handles("tasks.costs")
    def costs(self) -> None:
        """Show what was spent."""
        self.shell.open(CostsRoute(), self.show_task)

    def show_task(self, task_id: str) -> None:
        """Select a task; an older one is read first, and a filter that leaves it out is cleared."""
        table, engine = self.dashboard.table, self.shell.engine

        def select(_: None) -> None:
            model = table.model
            if engine is not None and task_id not in model.tasks:
                table.apply({task_id: engine.task(task_id)})  # before the engine's event for it arrives
            if task_id not in model.tasks or (task_id in model.hidden and not model.show_hidden):
                self.shell.say("that task is not listed: it was hidden or deleted", problem=True)
            elif not table.select(task_id):
                self.dashboard.set_filter("")
                table.select(task_id)

        if engine is None or task_id in table.model.tasks:
            select(None)
        else:
            self.shell.when_done(engine.recall([task_id]), select)

    @handles("tasks.accounts")
    def accounts(self) -> None:
        """Show the provider accounts, then run the dashboard command that was chosen there."""
        self.shell.open(AccountsRoute(), lambda command: self.dashboard.run_command(COMMANDS[command]))

    @handles("tasks.compare")
    def compare(self) -> None:
        """Compare the marked tasks."""
        marked = self.dashboard.table.model.marked_tasks()
        if without := [cut(one_line(task.title or task.id), 32) for task in marked if not task.has_report]:
            self.shell.say(f"compare: “{without[0]}” has no report; space unmarks it", problem=True)
            return
        sides = [CompareSide(task, task.title or task.id) for task in marked]
        self.shell.open(CompareRoute(sides), lambda place: self.go_to(ReportPlace(marked[place[0]].id, place[1])))

    def go_to(self, place: ReportPlace) -> None:
        """Open a report over the list it was found in; a task without one is selected in the dashboard."""
        self.dashboard.table.select(place.task_id)
        task = self.shell.tasks.get(place.task_id)
        if task is not None and not task.has_report:
            if not self.dashboard.is_active:
                self.shell.close_top()
            self.dashboard.action_pane_detail()  # found by its brief, its title or the note on it
        else:
            self.open_report(*place)

    @handles("tasks.files")
    def files(self) -> None:
        """Download the files that the task made."""
        from tui.ui.shell.downloads import download_all

        self.with_detail(lambda detail: download_all(self.shell, detail) if detail else None)

    # Starting tasks

    @handles("tasks.new")
    def new(self) -> None:
        """Open the new-task form."""
        self._form(None, "new task", "new")

    @handles("tasks.again")
    def again(self) -> None:
        """Start the selected task again, or every task of the selected group, with the same draft."""
        app = self.shell
        tasks = self.dashboard.group_tasks or [self.chosen]

        def drafts() -> "Mapping[str, Draft]":
            kept = {task.account_key: app.services.archive.draft(task.id) or _guessed(task) for task in tasks}
            return dict(reversed(kept.items()))

        name = f"again.{tasks[0].id}.{len(tasks)}"
        app.in_background(drafts, self._unless_left(lambda like: self._form(like, "again", name)))

    @handles("tasks.follow")
    def follow(self) -> None:
        """Open the form for a task that builds on the marked reports, or on the selected one."""
        from tui.domain.options import OptionKind, with_value
        from tui.domain.provider import Draft

        app = self.shell
        marked = [task for task in self.dashboard.table.model.marked_tasks() if task.account_key == self._key]
        tasks = marked or [self.chosen]
        drafting = app.services.drafting
        options = drafting(self.chosen.provider).options() if drafting else ()
        place = next((option.name for option in options if option.kind is OptionKind.REPORTS), None)
        if place is None:
            app.say("this provider takes no earlier reports along", problem=True)
            return
        ids = [task.remote_id for task in tasks if task.remote_id]
        like = {self._key: Draft("", self.chosen.mode, None, with_value({}, place, ids))}
        title = one_line(tasks[0].title or tasks[0].id, 40) if len(tasks) == 1 else plural(len(tasks), "report")
        self._form(like, f"follow-up of {title}", f"follow.{tasks[0].id}.{len(tasks)}")

    @handles("tasks.batch")
    def batch(self) -> None:
        """Open the batch form."""
        self.shell.open(BatchRoute())

    @property
    def _key(self) -> str:
        return self.chosen.account_key

    def _form(self, like: "Mapping[str, Draft] | None", about: str, kept: str) -> None:
        self.shell.open(NewTaskRoute(like, about, kept))

    # What is remembered

    def restore_view(self) -> None:
        """Restore the sort order and whether hidden tasks are shown."""
        archive = self.shell.services.archive
        model = self.dashboard.table.model
        shown = self.shell.tasks.keys()
        model.add(shown, archive.annotations.added(shown))
        saved = archive.state("tasks")
        chosen = saved if isinstance(saved, dict) and saved.get("sort") in SORTS else {"sort": DEFAULT_SORT}
        model.set_sort(str(chosen["sort"]), reverse=chosen.get("reverse") is True)

    def remember_view(self) -> None:
        """Save the sort order."""
        model = self.dashboard.table.model
        self.shell.services.archive.remember("tasks", {"sort": model.sort, "reverse": model.reverse})


def _read(engine: "Engine", task_id: str) -> "Detail | None":
    """Read a task, on a helper thread."""
    return engine.detail(task_id).result()


def _guessed(task: Task) -> "Draft":
    """Return a draft guessed from a task that was started elsewhere."""
    from tui.domain.provider import Draft

    return Draft(task.prompt or "", task.mode)
