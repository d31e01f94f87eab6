"""The reader as its action classes see it: the `ReaderParts` protocol, and their base class."""

from typing import TYPE_CHECKING, Protocol, cast

from tui.domain.detail import Detail
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.panels import SidePanels
from tui.ui.reader.report_view import ReportView
from tui.ui.shell.shell import Shell
from tui.ui.widgets.list_view import LineView

if TYPE_CHECKING:
    from textual.app import App
    from textual.widget import Widget

    from tui.domain.detail import Report


class ReaderParts(Protocol):
    """The reader as its actions see it. All of it is called on the UI thread."""

    view: ReportView
    panels: SidePanels
    detail: Detail
    digits: str

    @property
    def app(self) -> "App[object]":
        """The application."""

    @property
    def focused(self) -> "Widget | None":
        """The focused widget."""

    @property
    def is_attached(self) -> bool:
        """Whether the reader is still open."""

    @property
    def is_wide(self) -> bool:
        """Whether report and panels stand side by side."""

    @property
    def key(self) -> str:
        """The id of the report's task."""

    @property
    def report(self) -> "Report":
        """The report as received; an empty one while there is none."""

    @property
    def side_list(self) -> LineView | None:
        """The list that has the focus."""

    def take_count(self) -> int:
        """Return the number typed before this key and reset it; 1 for none."""

    def tell(self) -> None:
        """Update header, status line and key bar."""


class ReaderActions:
    """Base of the reader's action classes; all of them run on the UI thread."""

    def __init__(self, reader: ReaderParts) -> None:
        self.reader = reader

    @property
    def shell(self) -> Shell:
        """The application."""
        return cast("Shell", self.reader.app)

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
