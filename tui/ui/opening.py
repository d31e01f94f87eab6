"""Opens the reader on a task; the one place where the rest of the user interface meets it."""

from typing import TYPE_CHECKING

from textual.screen import Screen

from tui.domain.detail import Detail

if TYPE_CHECKING:
    from tui.ui.app import DivewatchApp


def reader_for(app: "DivewatchApp", detail: Detail, line: int | None = None) -> Screen[None]:
    """Return the reader screen of a report, at a line of it if one is given."""
    from tui.ui.reader.screen import ReaderScreen

    return ReaderScreen(detail, line=line)
