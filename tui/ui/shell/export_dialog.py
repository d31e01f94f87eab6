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
from tui.ui.shell.shell import Shell
from tui.ui.text.lines import Line
from tui.ui.widgets.list_view import LineList

_FOLDER = "export folder"  # what the archive remembers the folder by
_NAMES = tuple(FORMATS)
_PATH = 48  # characters of a folder that have room beside the key that changes it


class ExportDialog(ChoiceDialog):
    """Formats of which several can be marked; the last line is the folder. The result is the number of a line."""

    several = True

    def __init__(self, title: str, folder: str, marked: set[int]) -> None:
        self._folder = folder
        self.marked = marked
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
        return [*formats, (("into    ", "dim"), (self._folder, "plain"), ("   enter changes it", "dim"))]

    def action_mark(self) -> None:
        """Mark or unmark the format, and move to the next."""
        lines = self.query_one(LineList)
        if lines.cursor < len(_NAMES):
            self.marked ^= {lines.cursor}
            lines.show_items(self._lines())
            lines.go(1)


def ask_and_export(app: Shell, details: Sequence[Detail], without: int = 0) -> None:
    """Ask for formats and folder, then write the reports.

    Args:
        app: says how it went.
        details: the reports.
        without: how many tasks were asked for that have none.
    """
    write = app.services.export
    if write is None:
        app.say("export: only reports in the archive are exported here: divewatch export", problem=True)
        return
    left_out = f"; {without} of {len(details) + without} have none" if without else ""
    kept = app.services.archive.state(_FOLDER)
    _ask(app, f"Export {plural(len(details), 'report')}{left_out}", Path(kept) if isinstance(kept, str) else Path.cwd(),
         set(), lambda names, folder: _write(app, details, names, folder))  # fmt: skip


def _ask(app: Shell, title: str, folder: Path, marked: set[int], go: Callable[[Sequence[str], Path], None]) -> None:
    def chosen(number: int | None) -> None:
        if number is None:
            return
        if number == len(_NAMES):
            dialog = InputDialog("Export into", "A folder; it is made if it is not there.", str(folder), check=_folder)
            app.show(dialog, lambda text: _ask(app, title, _folder(text) if text else folder, marked, go))
        else:
            go([_NAMES[one] for one in sorted(marked or {number})], folder)

    app.show(ExportDialog(title, _shown(folder), marked), chosen)


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


def _write(app: Shell, details: Sequence[Detail], names: Sequence[str], folder: Path) -> None:
    write = app.services.export
    assert write is not None, "asked before"

    def work() -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        return [write(name, detail, folder) for name in names for detail in details]

    def said(paths: list[Path]) -> None:
        app.services.archive.remember(_FOLDER, str(folder))
        app.say(f"wrote {paths[0]}" if len(paths) == 1 else f"wrote {plural(len(paths), 'file')} in {paths[0].parent}")

    app.in_background(work, said)
