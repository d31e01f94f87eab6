"""The report and its panels as the reader's action classes see them, and the base of these classes."""

from tui.domain.detail import Detail, Report, ReportFormat
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.panels import SidePanels
from tui.ui.reader.report_view import ReportView
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.shell.shell import Shell, shell
from tui.ui.widgets.list_view import LineView


class ReaderParts(CommandScreen[None]):
    """A screen with a report and its panels: what the reader's actions need of it."""

    def __init__(self, detail: Detail, *, measure: int, hyperlinks: bool) -> None:
        super().__init__()
        self.detail = detail
        self.view = ReportView(measure=measure, hyperlinks=hyperlinks, name="report")
        self.panels = SidePanels(ReportView(measure=measure, hyperlinks=hyperlinks, name="card"))
        self.digits = ""  # typed before a key: its count

    @property
    def key(self) -> str:
        """The id of the report's task."""
        return self.detail.task.id

    @property
    def report(self) -> Report:
        """The report as received; an empty one while there is none."""
        return self.detail.report or Report("", ReportFormat.TEXT)

    @property
    def is_wide(self) -> bool:
        """Whether report and panels stand side by side."""
        return self.has_class("-wide")

    @property
    def side_list(self) -> LineView | None:
        """The list that has the focus."""
        return self.focused if isinstance(self.focused, LineView) else None

    def take_count(self) -> int:
        """Return the number typed before this key and reset it; 1 for none."""
        digits, self.digits = self.digits, ""
        return max(1, int(digits)) if digits else 1

    def tell(self) -> None:
        """Update header, status line and key bar."""
        raise NotImplementedError


class ReaderActions:
    """Base of the reader's action classes; all of them run on the UI thread."""

    def __init__(self, reader: ReaderParts) -> None:
        self.reader = reader

    @property
    def shell(self) -> Shell:
        """The application."""
        return shell(self.reader)

    @property
    def view(self) -> ReportView:
        """The widget that shows the report."""
        return self.reader.view

    @property
    def book(self) -> IndexedReport:
        """The report that is read, indexed."""
        return self.reader.view.book

    def say(self, message: str, *, problem: bool = False) -> None:
        """Show one line in the status line."""
        self.shell.say(message, problem=problem)
