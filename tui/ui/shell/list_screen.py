"""The base of screens that are one list below a field: search results, sources, costs."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from tui.domain.cells import wrap
from tui.ui.commands.command import handles
from tui.ui.shell.command_screen import CommandScreen, Result
from tui.ui.shell.shell import shell
from tui.ui.text.lines import EMPTY, Line
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.item_list import LineList
from tui.ui.widgets.list_view import LineView
from tui.ui.widgets.preview import Preview
from tui.ui.widgets.tabs import TabBar


class Rows(LineList):
    """A list with lines given by its screen, and a notice for an empty one."""

    @dataclass
    class HeadClicked(Message):
        """A name in the header was clicked; "" beside them."""

        name: str

    def on_click(self, event: events.Click) -> None:
        """Post `HeadClicked` for a click on a column's name; of a click on a line, `LineView` hears by itself."""
        if event.y or self.head_line is None:
            return
        text = "".join(piece for piece, _ in self.head_line)
        word = next((word for word in re.finditer(r"\S+", text) if word.start() <= event.x <= word.end()), None)
        self.post_message(self.HeadClicked(word[0] if word else ""))

    def __init__(self) -> None:
        super().__init__(name="rows")
        self.notice = ""
        self.head_line: Line | None = None
        self._headings: Collection[int] = ()

    def set_rows(self, rows: Sequence[Line], notice: str = "", headings: Collection[int] = ()) -> None:
        """Show other rows, which may be made when they are painted; the cursor stays on its line number.

        It does not rest on rows that are `headings`.
        """
        self._headings = headings
        self.notice = f"{notice[:1].upper()}{notice[1:]}"
        self.show_items(rows)

    def header(self, width: int) -> Line | None:
        """Return the names of the columns."""
        return self.head_line

    def can_stop(self, number: int) -> bool:
        """Whether the cursor can be on a row: not on headings."""
        return number not in self._headings

    def empty(self, width: int) -> list[Line]:
        """Return the notice for an empty list."""
        return [EMPTY, *(((f"  {line}", "dim"),) for line in wrap(self.notice, width - 4))] if self.notice else []


class ListScreen(CommandScreen[Result]):
    """One list, one field, a status line."""

    PLACEHOLDER: ClassVar[str] = "filter"
    FIELD_SHOWN: ClassVar[bool] = False
    ENTER_GOES_TO = "to the list"

    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows()
        self.field = Input(placeholder=self.PLACEHOLDER, max_length=200)

    def compose(self) -> ComposeResult:
        """Yield the field, the list and the bars."""
        yield self.field
        yield self.rows
        yield StatusLine()
        yield KeyBar(self)

    def on_mount(self) -> None:
        """Focus the list, or the field if the screen begins with typing."""
        self.field.display = self.FIELD_SHOWN
        (self.field if self.FIELD_SHOWN else self.rows).focus()
        self.begin()

    def begin(self) -> None:
        """Fill the list for the first time."""

    def typed(self, text: str) -> None:
        """Handle a new text of the field."""

    def fitted(self) -> None:
        """The list got another width: by its terminal, or beside a preview."""

    def on_line_view_fitted(self, event: LineView.Fitted) -> None:
        """Lines that depend on the width are made when the list has it, not at the next paint."""
        if event.view is self.rows:
            self.fitted()

    def place(self, left: str, right: str = "") -> None:
        """Update the status line and the key bar."""
        self.query_one(StatusLine).place(((left, "plain"),), ((right, "dim"),))
        self.query_one(KeyBar).update(shell(self).keymap, self.command_context())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter the list by what was typed."""
        self.typed(event.value)

    def on_input_submitted(self) -> None:
        """Focus the list."""
        self.rows.focus()

    @property
    def address(self) -> str | None:
        """The address that the line under the cursor is about; None for none."""
        return None

    @handles("sources.open")
    def action_open_address(self) -> None:
        """Open the address in the browser."""
        shell(self).follow_link(self.address or "")

    @handles("sources.copy")
    @handles("compare.copy")
    def action_copy_address(self) -> None:
        """Copy the address."""
        shell(self).copy(self.address or "", "URL")

    @handles("sources.filter")
    @handles("search.edit")
    @handles("log.filter")
    def action_filter(self) -> None:
        """Focus the field."""
        self.type_into(self.field)

    def action_back(self) -> None:
        """Clear the field; if it is empty, close."""
        if self.field.display and not self.FIELD_SHOWN:
            self.field.value = ""
            self.field.display = False
            self.rows.focus()
        else:
            self.dismiss(None)


class TabbedScreen(ListScreen[Result]):
    """A list under tabs, which numbers, tab and a click show. A subclass fills the list for the tab.

    Args:
        tabs: How many there are.
        tab: The one shown first, from 0.
    """

    def __init__(self, tabs: int, tab: int = 0) -> None:
        super().__init__()
        self.tabs, self.tab = tabs, tab

    def compose(self) -> ComposeResult:
        """Yield the tabs above the field and the list."""
        yield TabBar(f"1-{self.tabs}")
        yield from super().compose()

    def fill(self) -> None:
        """Fill tabs and list."""
        raise NotImplementedError

    def show_tab(self, number: int) -> None:
        """Show a tab, from its first line on."""
        self.tab = number % self.tabs
        self.fill()
        self.rows.action_top()

    def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        """Show the clicked tab."""
        self.show_tab(event.number)

    @handles("compare.part")
    @handles("log.part")
    def action_tab(self, key: str) -> None:
        """Show the tab whose number was pressed, else the next one."""
        self.show_tab(int(key) - 1 if key.isdecimal() else self.tab + 1)

    def action_next_pane(self) -> None:
        """Show the next tab."""
        self.show_tab(self.tab + 1)

    def action_previous_pane(self) -> None:
        """Show the previous tab."""
        self.show_tab(self.tab - 1)


class PreviewScreen(ListScreen[Result]):
    """A list with a preview of the selected row: beside it, on a narrow screen below it. A subclass fills it."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  declared so by Screen
    SETTLED: ClassVar[float] = 0.3  # seconds the cursor rests before the preview is made: moving on makes none
    DEFAULT_CSS = """
    PreviewScreen {
        & #listed { height: 1fr; }
        & #preview { dock: bottom; width: 100%; display: none; }
        &.-listed #preview { display: block; }
        &.-wide #preview { dock: right; height: 100%; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.preview = Preview()

    def compose(self) -> ComposeResult:
        """Yield the list with its preview, between the field and the bars."""
        yield self.field
        with Horizontal(id="listed"):
            yield self.rows
            yield self.preview
        yield StatusLine()
        yield KeyBar(self)

    def show_preview(self) -> None:
        """Show the selected row in the preview."""
        raise NotImplementedError

    def settle_preview(self) -> None:
        """Show the selected row in the preview once the cursor rests."""
        self.settle(self.SETTLED, self.show_preview)

    on_line_view_moved = settle_preview

    def on_line_view_fitted(self, event: LineView.Fitted) -> None:
        """Fit the preview to its new width, once that rests: a version is parsed for it."""
        if event.view is self.preview:
            self.settle_preview()

    def action_back(self) -> None:
        """Return from the preview to the list; then as in every list."""
        if self.focused is self.preview:
            self.rows.focus()
        else:
            super().action_back()
