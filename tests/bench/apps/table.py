"""A plain Textual application with a table of 1,000 rows; with `--patched`, with our display and terminal driver."""

import sys

from textual.app import App, ComposeResult
from textual.driver import Driver
from textual.widgets import DataTable, Static

from tui.ui.terminal.differential_display import ExactDisplay
from tui.ui.terminal.driver import TerminalDriver
from tui.ui.terminal.textual_patches import patch_writer

ROWS, COLUMNS = 1000, 6


class Table(App[None]):
    """A table, and a line above it that says when it is there."""

    def compose(self) -> ComposeResult:
        """Yield the line and the table."""
        yield Static("READY table")
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_columns(*(f"column {number}" for number in range(COLUMNS)))
        table.add_rows([f"value {row} {column}" for column in range(COLUMNS)] for row in range(ROWS))
        table.focus()


class PatchedTable(Table, ExactDisplay):
    """The same with what `tui/ui/terminal` does better."""

    def get_driver_class(self) -> type[Driver]:
        """Return our driver."""
        return TerminalDriver

    def hang_up(self) -> None:
        """End: the terminal is gone."""
        self.exit()


if __name__ == "__main__":
    if "--patched" in sys.argv:
        patch_writer()
        PatchedTable().run()
    else:
        Table().run()
