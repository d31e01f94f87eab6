"""The dashboard's commands on the list: filter, views, sort order, marks, groups, the next waiting task."""

from collections.abc import Callable, Mapping, Sequence

from textual.widgets import Input

from tui.domain.task_filter import only_terms, with_words_in_texts
from tui.ui.commands.command import Argument, handles
from tui.ui.dashboard.dashboard import Actions, Dashboard
from tui.ui.dashboard.navigation_actions import NavigationActions
from tui.ui.dashboard.task_list import GROUP, SORTS
from tui.ui.dashboard.views import BUILT_IN, MOST_SAVED, View, as_json, looks_further, saved_views
from tui.ui.shell.shell import SearchRoute

_NEAR = 500  # rows


class ListActions(Actions):
    """Changes which rows the list shows and in which order; the selected task stays selected."""

    def __init__(self, dashboard: Dashboard, navigation: NavigationActions, group_unfolded: Callable[[], None]) -> None:
        super().__init__(dashboard)
        self._navigation = navigation
        self._group_unfolded = group_unfolded
        self.saved: tuple[View, ...] = ()

    @property
    def field(self) -> Input:
        """The filter's input field."""
        return self.dashboard.query_one("#filter", Input)

    @property
    def incomplete(self) -> bool:
        """Whether the archive may have older tasks for this list that are not at hand."""
        condition = self.shell.condition()
        if condition is None or not condition.older:
            return False
        return only_terms(self.dashboard.table.model.filter) not in condition.all_of

    @property
    def _is_near_the_end(self) -> bool:
        table = self.dashboard.table
        return table.cursor + _NEAR >= len(table.model.rows) if table.selected else looks_further(table.model)

    @property
    def goes_further(self) -> bool:
        """Whether older tasks are being looked through now."""
        return self.incomplete and self._is_near_the_end and looks_further(self.dashboard.table.model)

    def reach_down(self) -> None:
        """Near the end of the list have more of the older tasks, where there are any that were not read yet."""
        engine = self.shell.engine
        if engine is not None and self._is_near_the_end and self.incomplete:
            engine.older(only_terms(self.dashboard.table.model.filter))

    def look_further(self) -> None:
        """Read older tasks while a filter has few rows; does nothing without a filter."""
        if looks_further(self.dashboard.table.model):
            self.reach_down()

    # Filter and views

    @handles("tasks.filter")
    def filter(self) -> None:
        """Focus the filter; the list is filtered while one types."""
        self.dashboard.remove_class("-detail")
        self.dashboard.type_into(self.field)

    def set_filter(self, text: str) -> None:
        """Filter the list; "" shows all tasks."""
        self.field.value = text
        self.field.display = False  # the tab says which filter it is; / shows the words
        self.dashboard.table.set_filter(text)
        self.dashboard.table.focus()
        self.dashboard.show_place()

    @property
    def views(self) -> Sequence[View]:
        """All views, the user's own last."""
        return (*BUILT_IN, *self.saved)

    def restore_views(self) -> None:
        """Load the user's own views from the archive."""
        self.saved = saved_views(self.shell.services.archive.state("views"))

    @handles("tasks.next_view", 1)
    @handles("tasks.previous_view", -1)
    def step_view(self, by: int) -> None:
        """Show the next view, or the one before."""
        present = self.dashboard.table.model.filter.strip()
        at = next((place for place, view in enumerate(self.views) if view.filter == present), None)
        following = (0 if by > 0 else -1) if at is None else (at + by) % len(self.views)
        self.set_filter(self.views[following].filter)

    @handles("tasks.save_view")
    def save_view(self) -> None:
        """Save the filter as a view under a name, or delete the view that is shown."""
        app, present = self.shell, self.dashboard.table.model.filter.strip()
        kept = next((view for view in self.saved if view.filter == present), None)
        if kept:
            self._keep(tuple(view for view in self.saved if view is not kept))
            app.say(f"the view {kept.title} is not kept any more")
        elif not present or any(view.filter == present for view in BUILT_IN):
            app.say("narrow the list with / first: a view is a filter with a name", problem=True)
        elif len(self.saved) >= MOST_SAVED:
            app.say(f"there are {MOST_SAVED} views already; show one and press V to throw it away", problem=True)
        else:
            self._ask_name(present)

    def _ask_name(self, present: str) -> None:
        from tui.ui.shell.dialogs import InputDialog

        def answered(name: str) -> None:
            self._keep((*(view for view in self.saved if view.name != name), View(name, present)))
            self.shell.say(f"kept as the view {name}")

        self.shell.show(InputDialog("Keep this filter as a view", f"Its name; the filter is {present}"), answered)

    @handles("tasks.search")
    def search(self, words: str = "") -> None:
        """Search the text of every report."""
        self.shell.open(SearchRoute(self._navigation.go_to, self.keep_search, words))

    def keep_search(self, query: str, kept: bool) -> str:
        """Add or remove a search as a view of the list; returns the message to show."""
        view = View(query, with_words_in_texts(query))
        others = tuple(one for one in self.saved if one.filter != view.filter)
        if kept and len(others) >= MOST_SAVED:
            return f"there are {MOST_SAVED} views already, so it is none"
        self._keep((*others, view) if kept else others)
        return "a view of the list shows its reports" if kept else "its view is gone, too"

    def _keep(self, views: tuple[View, ...]) -> None:
        self.saved = views
        self.shell.services.archive.remember("views", as_json(views))
        self.dashboard.show_place()

    # Order

    @handles("tasks.sort")
    def sort(self) -> None:
        """Sort by the next column."""
        model = self.dashboard.table.model
        self.sort_by(model.next_sort())

    @handles("tasks.reverse")
    def reverse(self) -> None:
        """Reverse the sort order."""
        model = self.dashboard.table.model
        self.sort_by(model.sort, reverse=not model.reverse)

    def sort_by(self, name: str, *, reverse: bool = False) -> None:
        """Sort by one of `SORTS`, and remember it."""
        self.dashboard.table.model.set_sort(name, reverse=reverse)
        self.dashboard.table.relist()
        self._navigation.remember_view()
        self.shell.say(f"sorted by {name}{', reversed' if reverse else ''}")
        self.dashboard.show_place()

    def arguments(self) -> Mapping[str, Argument]:
        """Return the palette's words that take a value."""
        filters = {view.name.casefold(): view.filter for view in self.views}
        return {
            "sort": Argument("Sort by", tuple(SORTS), self.sort_by),
            "view": Argument("Show the view", tuple(filters), lambda name: self.set_filter(filters[name])),
            "filter": Argument("Narrow the list to", (), self.set_filter),
            "search": Argument("Search every report for", (), self.search),
        }

    # Rows

    @handles("tasks.next")
    def next_waiting(self) -> None:
        """Select the next task that waits for an answer."""
        table = self.dashboard.table
        place = table.model.next_waiting(table.cursor)
        if place is None:
            self.shell.say("no task that is listed waits for you", problem=True)
        else:
            table.move_to(place)

    @handles("tasks.mark")
    def mark(self) -> None:
        """Mark the row and move to the next."""
        self.dashboard.table.mark()
        self.dashboard.show_place()

    @handles("tasks.mark_range")
    def mark_range(self) -> None:
        """Mark all rows from the last marked one to the selected one."""
        if not self.dashboard.table.mark_range():
            self.shell.say("mark the first one with space, then go to the last", problem=True)
        self.dashboard.show_place()

    @handles("tasks.mark_all")
    def mark_all(self) -> None:
        """Mark every listed task, or unmark all."""
        self.dashboard.table.model.toggle_all()
        self.dashboard.table.relist()
        self.dashboard.show_place()

    def toggle_fold(self) -> None:
        """Fold the selected group, or unfold it."""
        table = self.dashboard.table
        self.fold((table.selected or "") not in table.model.unfolded)

    def _have_all_of(self, group: str) -> None:
        engine = self.shell.engine
        if engine is not None and engine.condition().older:
            engine.together(self.dashboard.table.model.members(group)[:1])

    @handles("tasks.unfold", True)
    @handles("tasks.fold", False)
    def fold(self, unfold: bool) -> None:
        """Fold or unfold the group of the selected row."""
        table = self.dashboard.table
        row = table.selected or ""
        group = row if row.startswith(GROUP) else table.model.group_of(row) or ""
        if table.model.fold(group, unfold):
            table.relist()
            if unfold:
                self._group_unfolded()
                self._have_all_of(group)
        self.dashboard.show_place()
