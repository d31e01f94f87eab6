"""Chooses an export format and writes the files, saying where they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from tui.domain.detail import Detail
from tui.domain.text import plural
from tui.report.export import FORMATS
from tui.ui.paint import Line, fit
from tui.ui.screens.dialogs import Dialog
from tui.ui.widgets.lines import LineView

if TYPE_CHECKING:
    from tui.ui.app import DivewatchApp


class FormatLines(LineView):
    """The formats, one a line."""

    def line_count(self) -> int:
        """Return the number of formats."""
        return len(FORMATS)

    def line(self, number: int, width: int) -> Line:
        """Return one format."""
        chosen = list(FORMATS.values())[number]
        return ((f" {fit(chosen.name, 8)} ", "key"), (chosen.about, "plain"))


class ExportScreen(Dialog[str]):
    """Chooses a format; the result is its name."""

    CONTEXT = "choose"

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """Lay the formats out."""
        with Vertical(classes="dialog short") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("enter writes   escape leaves")
            yield FormatLines(name="formats")

    def on_mount(self) -> None:
        """Take the keys."""
        self.query_one(FormatLines).focus()

    def action_choose(self) -> None:
        """Take the highlighted format."""
        self.dismiss(list(FORMATS)[self.query_one(FormatLines).cursor])

    def on_line_view_chosen(self) -> None:
        """Take the clicked format."""
        self.action_choose()


def ask_and_export(app: "DivewatchApp", details: Sequence[Detail]) -> None:
    """Ask for a format, then write each report into the current folder."""
    write = app.services.export
    if write is None:
        app.say("export: nothing is in the archive", problem=True)
        return

    def chosen(name: str | None) -> None:
        if name:
            app.in_background(lambda: [write(name, detail) for detail in details], said)

    def said(paths: list[Path]) -> None:
        app.say(f"wrote {paths[0]}" if len(paths) == 1 else f"wrote {plural(len(paths), 'file')} in {paths[0].parent}")

    app.push_screen(ExportScreen(f"Export {plural(len(details), 'report')}"), chosen)
