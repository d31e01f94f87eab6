"""Asks for an export format, writes the files, and shows where they are."""

from collections.abc import Sequence
from pathlib import Path

from tui.domain.cells import fit
from tui.domain.detail import Detail
from tui.domain.text import plural
from tui.report.export import FORMATS
from tui.ui.shell.choice_dialog import ChoiceDialog
from tui.ui.shell.shell import Shell
from tui.ui.text.lines import Line


def ask_and_export(app: Shell, details: Sequence[Detail]) -> None:
    """Ask for a format, then write each report into the current folder."""
    write = app.services.export
    if write is None:
        app.say("export: nothing is in the archive", problem=True)
        return

    formats = list(FORMATS.values())

    def chosen(number: int | None) -> None:
        if number is not None:
            name = formats[number].name
            app.in_background(lambda: [write(name, detail) for detail in details], said)

    def said(paths: list[Path]) -> None:
        app.say(f"wrote {paths[0]}" if len(paths) == 1 else f"wrote {plural(len(paths), 'file')} in {paths[0].parent}")

    lines: list[Line] = [((f" {fit(one.name, 8)} ", "key"), (one.about, "plain")) for one in formats]
    app.show(ChoiceDialog(f"Export {plural(len(details), 'report')}", lines, "writes"), chosen)
