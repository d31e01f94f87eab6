"""Exports reports: formats to mark, the folder they go to, and what is left out, before anything is written."""

from collections.abc import Callable, Sequence
from pathlib import Path

from tui.domain.cells import fit
from tui.domain.detail import Detail
from tui.domain.errors import UsageError
from tui.domain.text import clean, plural
from tui.report.export import FORMATS
from tui.ui.shell.choice_dialog import ChoiceDialog
from tui.ui.shell.dialogs import InputDialog
from tui.ui.shell.shell import Shell, shell
from tui.ui.text.lines import Line
from tui.ui.widgets.item_list import LineList

_FOLDER = "export folder"  # what the archive remembers the folder by
_NAMES = tuple(FORMATS)
_PATH = 48  # characters of a folder that have room beside the key that changes it


class ExportDialog(ChoiceDialog):
    """Formats of which several can be marked; the last line is the folder. The result is the number of a format."""

    several = True

    def __init__(self, title: str, folder: Path) -> None:
        self.folder = folder
        self.marked: set[int] = set()
        super().__init__(title, self._lines(), "writes   space marks several")

    def _lines(self) -> list[Line]:
        formats: list[Line] = [
            (
                ("[x] " if number in self.marked else "[ ] ", "accent"),
                (f"{fit(name, 8)} ", "key"),
                (FORMATS[name].about, "plain"),
            )
            for number, name in enumerate(_NAMES)
        ]
        return [*formats, (("into    ", "dim"), (_shown(self.folder), "plain"), ("   enter changes it", "dim"))]

    def action_mark(self) -> None:
        """Mark or unmark the format, and move to the next."""
        lines = self.query_one(LineList)
        if lines.cursor < len(_NAMES):
            self.marked ^= {lines.cursor}
            lines.show_items(self._lines())
            lines.go(1)

    def action_choose(self) -> None:
        """Close with the highlighted format; on the last line, ask for another folder."""
        if self.query_one(LineList).cursor < len(_NAMES):
            super().action_choose()
            return
        hint = "A folder; it is made if it is not there."
        shell(self).show(InputDialog("Export into", hint, str(self.folder), check=_folder), self._take_folder)

    def _take_folder(self, text: str) -> None:
        self.folder = _folder(text)
        lines = self.query_one(LineList)
        lines.show_items(self._lines())
        lines.action_top()


def ask_and_export(app: Shell, readings: Sequence[Callable[[], Detail | None]], without: int = 0) -> None:
    """Ask for formats and folder, then read and write one report after the other.

    Args:
        app: says how it went.
        readings: read the tasks, on a helper thread; None for one that is not there any more.
        without: how many tasks were asked for that have no report.
    """
    write = app.services.export
    if write is None:
        app.say("export: only reports in the archive are exported here: divewatch export", problem=True)
        return
    left_out = f"; {without} of {len(readings) + without} have none" if without else ""
    kept = app.services.archive.state(_FOLDER)
    folder = Path(kept) if isinstance(kept, str) else Path.cwd()
    dialog = ExportDialog(f"Export {plural(len(readings), 'report')}{left_out}", folder)

    def work(names: Sequence[str]) -> list[Path]:
        dialog.folder.mkdir(parents=True, exist_ok=True)
        details = (detail for reading in readings if (detail := reading()) is not None)
        return [write(name, detail, dialog.folder) for detail in details for name in names]

    def said(paths: list[Path], formats: int) -> None:
        app.services.archive.remember(_FOLDER, str(dialog.folder))
        told = f"wrote {paths[0]}" if len(paths) == 1 else f"wrote {plural(len(paths), 'file')} in {dialog.folder}"
        gone = len(readings) - len(paths) // formats
        app.say(f"{told}; {plural(gone, 'task is', 'tasks are')} not here any more" if gone else told, problem=gone > 0)

    def chosen(number: int) -> None:
        names = [_NAMES[one] for one in sorted(dialog.marked or {number})]
        if len(readings) > 1:
            app.say(f"writing {plural(len(readings), 'report')} …")
        app.in_background(lambda: work(names), lambda paths: said(paths, len(names)))

    app.show(dialog, chosen)


def _shown(folder: Path) -> str:
    """Return a folder for one line: below one's own from "~" on, of a long path the end."""
    text = clean(f"~/{folder.relative_to(Path.home())}" if folder.is_relative_to(Path.home()) else str(folder))
    return text if len(text) <= _PATH else f"…{text[1 - _PATH :]}"


def _folder(text: str) -> Path:
    """Return the folder that was typed.

    Raises:
        UsageError: there is something else.
    """
    path = Path(text.strip()).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise UsageError(f"{clean(str(path))} is no folder")
    return path
