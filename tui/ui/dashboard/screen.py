"""The dashboard: provider strip, task table, detail pane; one pane at a time on narrow screens.

Everything the table shows is addressed by task id; arriving data never moves cursor, scroll or focus.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Size
from textual.timer import Timer
from textual.widgets import Input

from tui.domain.task import Task, TaskStatus
from tui.ui.commands.command import Argument, Command, handles
from tui.ui.commands.predicates import unwritten
from tui.ui.commands.registry import CommandContext
from tui.ui.dashboard import status
from tui.ui.dashboard.annotation_actions import AnnotationActions
from tui.ui.dashboard.command_context import context_of, is_filling
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.dashboard.empty_state import empty_notice
from tui.ui.dashboard.list_actions import ListActions
from tui.ui.dashboard.navigation_actions import NavigationActions
from tui.ui.dashboard.questions import WaitingQuestions
from tui.ui.dashboard.selection import SelectionActions
from tui.ui.dashboard.sums import ArchiveSums
from tui.ui.dashboard.task_list import GROUP
from tui.ui.dashboard.task_table import TaskTable
from tui.ui.dashboard.views import counts, view_tabs
from tui.ui.dashboard.week_pane import week_lines
from tui.ui.shell.shell import shell
from tui.ui.text.lines import Line
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.item_list import TextPane
from tui.ui.widgets.painted import Divider
from tui.ui.widgets.provider_strip import ProviderStrip
from tui.ui.widgets.tabs import TabBar

if TYPE_CHECKING:
    from tui.ui.bridge import Flush
    from tui.ui.dashboard.provider_actions import ProviderActions

_NARROWS = {"app.back", "tasks.filter", "tasks.next_view", "tasks.previous_view"}
_FILTER = "filter: words, or is:unread tag:… status:… provider:… mode:… after:… cost>1 host:…"
_COUNT = 1.0  # seconds between two values of a countdown in the strip
_TALL_ENOUGH = 16  # lines of a screen that has one to spare for the tabs
_LARGE = (140, 45)  # cells and lines of one that has room for the panes below list and detail, too
_TALL = 24  # lines of a screen that has some to spare for the summary of the selected row
_TIMES = 5.0  # seconds between two values of running times


class DashboardScreen(Dashboard):
    """The dashboard: the lowest screen of the stack."""

    CONTEXT = "tasks"
    CHOSEN = "tasks.open"
    ENTER_GOES_TO = "to the list"

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        super().__init__()
        self.annotations = AnnotationActions(self)
        self.navigation = NavigationActions(self, self.annotations)
        self.listing = ListActions(self, self.navigation, lambda: self.at_provider.ask_about_batch())  # noqa: PLW0108  late
        self.questions = WaitingQuestions(self)
        self.sums = ArchiveSums(self, self._strip)
        self._first = tasks
        self.summary_pane, self.week = TextPane(name="summary"), TextPane(name="week", tone="title")
        self.selected = SelectionActions(self, self.summary_pane)
        self._countdown: Timer
        self._attended: str | None = None  # the row that detail and status line are about

    @cached_property
    def at_provider(self) -> "ProviderActions":
        """The actions at providers; imported when the first of their keys is pressed."""
        from tui.ui.dashboard.provider_actions import ProviderActions

        return ProviderActions(self)

    def compose(self) -> ComposeResult:
        """Yield the strip, the panes and the bars."""
        yield ProviderStrip(name="strip", clicked="tasks.accounts")
        tabs = TabBar("[ ]", "view", name="views")
        tabs.display = self.app.size.height >= _TALL_ENOUGH
        self._fit_to(self.app.size)
        self.set_class(bool(self._first), "-selected")
        yield tabs
        yield Input(placeholder=_FILTER, id="filter", max_length=200)
        with Horizontal(id="panes"):
            yield self.table
            yield Divider(id="divider")
            yield self.detail
        with Horizontal(id="below"):
            yield self.summary_pane
            yield self.week
        yield StatusLine(clicked="tasks.next")
        yield KeyBar(self)

    def on_mount(self) -> None:
        """Show the tasks of the archive, before anything else."""
        self.navigation.restore_view()
        self.listing.restore_views()
        self.table.model.lookup = shell(self).services.archive.having
        self.table.apply(self._first)
        self.table.opening = True
        self.query_one("#filter").display = False
        self.set_focus(self.table)
        self._say_nothing_there()
        self._countdown = self.set_interval(_COUNT, self._strip, pause=True)
        self.set_interval(_TIMES, self._tick)
        self.show_place()

    # What changes

    def engine_changed(self, flush: "Flush") -> None:
        """Show changed tasks, accounts and log entries."""
        self.selected.catch_up()
        self.sums.tasks_change(flush.tasks)
        for task in filter(None, flush.tasks.values()):
            self.detail.note_progress(task)
        if flush.tasks or flush.annotations:
            ended = {task.id for task in flush.tasks.values() if task and task.status.is_final}
            self.annotations.added_changed(ended | flush.annotations)
            self.table.apply(flush.tasks)
            self.listing.look_further()
            self.table.opening = self.table.opening and is_filling(shell(self), self.table.model)
            if self.table.selected in flush.tasks or self.table.selected in flush.annotations:
                self.selected.follow(at_once=True)
        self.questions.tasks_changed(flush.tasks)
        self.sums.read(missing=True)
        if flush.providers:
            self._strip()
            self._say_nothing_there()
        self.show_place()

    def task_started(self, task: Task) -> None:
        """Show the new task, unfolding its group."""
        self.sums.tasks_change({task.id: task})
        self.table.apply({task.id: task})
        self.table.select(task.id)

    def show_task(self, task_id: str) -> None:
        """Select a task, which may be older than those at hand or left out by the filter."""
        self.navigation.show_task(task_id)

    def _tick(self) -> None:
        if self.is_active:
            self.sums.read()
            self.table.tick()
            self.detail.tick()

    def _strip(self) -> None:
        app = shell(self)
        providers = app.providers()
        now = datetime.now(UTC)
        self.query_one(ProviderStrip).update(providers, now, app.condition(), self.sums.line)
        self.week.show("The last seven days", lambda _: week_lines(self.sums.costs, now))
        (self._countdown.resume if ProviderStrip.counts_down(providers, app.condition()) else self._countdown.pause)()

    def on_resize(self, event: events.Resize) -> None:
        """Show the tabs and the glance where the screen is tall enough for them."""
        super().on_resize(event)
        self.query_one(TabBar).display = event.size.height >= _TALL_ENOUGH
        begins = self.detail.begins
        self._fit_to(event.size)
        if begins != self.detail.begins:
            self.detail.redraw()
            self.selected.follow(at_once=True)

    def _fit_to(self, size: Size) -> None:
        large = size.width >= _LARGE[0] and size.height >= _LARGE[1]
        self.set_class(size.height >= _TALL, "-tall").set_class(large, "-large")
        self.detail.begins = not large  # the report's beginning stands below the list, in its width

    def on_screen_resume(self) -> None:
        """Update the times, which went on while another screen was on top."""
        self.table.tick()
        self.detail.tick()
        self.show_place()

    def _say_nothing_there(self) -> None:
        if not self.table.model.rows:
            self.table.notice = empty_notice(self.table.model, shell(self))
            self.table.refresh()

    # Selection

    def run_command(self, command: Command, key: str = "") -> None:
        """Run a command and paint what depends on the selection in the same frame."""
        self.table.opening = False
        if command.id not in _NARROWS:
            self.table.stay()
        super().run_command(command, key)
        self._attend()

    def _attend(self) -> None:
        row = self.table.selected
        if row != self._attended:
            self._attended = row
            shell(self).fresh.discard(row or "")
            self.selected.follow()
            self.listing.reach_down()
            self.show_place()

    on_task_table_selected = _attend

    def command_context(self) -> CommandContext:
        """Return the context of the selected row."""
        return context_of(self.table.model, self.table.selected, shell(self).providers())

    # Saying where one is

    def show_place(self) -> None:
        """Update the status line and the key bar."""
        if not self.is_mounted:
            return
        self.table.set_incomplete(self.listing.incomplete)
        self.query_one(StatusLine).place(self._left(), self._right())
        self.query_one(KeyBar).update(shell(self).keymap, self.command_context())
        model = self.table.model
        self.query_one(TabBar).update(view_tabs(self.listing.views, counts(model, self.sums.counts), model.filter))

    on_descendant_focus = show_place

    def set_filter(self, text: str) -> None:
        """Filter the list; "" shows all tasks."""
        self.listing.set_filter(text)

    def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        """Show the clicked view."""
        self.set_filter(self.listing.views[event.number].filter)

    def on_task_table_head_clicked(self, event: TaskTable.HeadClicked) -> None:
        """Sort by the clicked column; a second click reverses."""
        model = self.table.model
        self.listing.sort_by(event.sort, reverse=model.sort == event.sort and not model.reverse)

    def _left(self) -> Line:
        app, model = shell(self), self.table.model
        rest = status.rest(model, self.sums.counts, loading=app.loading, further=self.listing.goes_further)
        panes = status.WIDE if self.wide else status.narrow(reading_detail=self.has_class("-detail"))
        return (*panes, *status.left(model, self.table.cursor, self.sums.counts, rest=rest))

    def _right(self) -> Line:
        app, task = shell(self), self.table.selected_task
        elsewhere = task is None or task.status is not TaskStatus.WAITING
        key = next(iter(app.keymap.of("tasks.next")), "") if elsewhere else ""
        return status.right(self.table.model.statuses, key, paused=app.paused)

    # Panes

    @property
    def wide(self) -> bool:
        """Whether list and detail are side by side."""
        return self.has_class("-wide") or self.has_class("-broad")

    @property
    def command_owners(self) -> Sequence[object]:
        """The screen and its actions, but those at providers."""
        return self, self.listing, self.annotations, self.navigation

    def owners(self) -> Iterator[object]:
        """Yield who may carry out a command, the actions at providers last: no other key imports them."""
        yield from super().owners()
        yield self.at_provider

    @property
    def other_labels(self) -> Mapping[str, str]:
        """What enter does where there is nothing to open: the first key is given."""
        now = self.command_context()
        return {} if now.tasks or now.providers or now.filtered else {"tasks.open": "give a key"}

    def arguments(self) -> Mapping[str, Argument]:
        """Return the palette's words that take a value."""
        return self.listing.arguments()

    @property
    def _in_detail(self) -> bool:
        return self.focused is self.detail  # `has_focus` is told a message later, after the next key

    @handles("tasks.pane_1")
    def action_pane_list(self) -> None:
        """Focus the list."""
        self.remove_class("-detail")
        self.app.stylesheet.update(self)
        self.set_focus(self.table)
        self.show_place()

    @handles("tasks.pane_2")
    def action_pane_detail(self) -> None:
        """Focus the detail pane."""
        self.selected.show_task()  # the next key may be for it
        self.add_class("-detail")
        self.app.stylesheet.update(self)  # now: a hidden pane takes no focus, and the next key may be for it
        self.set_focus(self.detail)
        self.show_place()

    def action_next_pane(self) -> None:
        """Focus the other pane."""
        (self.action_pane_list if self._in_detail else self.action_pane_detail)()

    action_previous_pane = action_next_pane  # there are two

    @handles("tasks.open")
    def action_open(self) -> None:
        """Go one level deeper: unfold, then the detail, then the report."""
        row = self.table.selected or ""
        if self._in_detail and self.detail.can_unfold:
            self.detail.unfold()
        elif not row:
            self.navigation.accounts()
        elif row.startswith(GROUP):
            self.listing.toggle_fold()
        elif self._in_detail or self.wide:
            self._report_or_detail()
        else:
            self.action_pane_detail()

    def _report_or_detail(self) -> None:
        task = self.table.selected_task
        if task and task.has_report:
            self.navigation.open_report()
        elif self._in_detail:
            shell(self).say(unwritten(task), problem=True)
        else:
            self.action_pane_detail()

    def action_back(self) -> None:
        """Close or clear one thing: pane, filter, marks; the list itself stays."""
        field = self.query_one("#filter", Input)
        if field.has_focus or self.table.model.filter:
            field.value = ""
            field.display = False
            self.set_focus(self.table)
        elif self._in_detail or self.has_class("-detail"):
            self.action_pane_list()
        elif self.table.model.marked:
            self.table.model.marked.clear()
            self.table.relist()
        self.show_place()

    # The field of the filter

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter the list by what was typed."""
        self.table.set_filter(event.value)
        self.listing.look_further()
        self._say_nothing_there()
        self.show_place()

    def on_input_submitted(self) -> None:
        """Keep the filter and focus the list."""
        if not self.table.model.filter.strip():
            self.query_one("#filter", Input).display = False
        self.set_focus(self.table)
