"""`v`: every version of one report, in the archive and at the provider; open, compare, restore, edit."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.actions import ListVersions, Outcome, Restore, Versions
from tui.domain.amounts import size_text
from tui.domain.capability import Capability
from tui.domain.cells import fit
from tui.domain.detail import Detail
from tui.domain.frozen import frozen
from tui.domain.task import Task
from tui.domain.text import clean, one_line
from tui.domain.times import format_local
from tui.ui.commands.command import handles
from tui.ui.commands.registry import CommandContext
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.shell.list_screen import PreviewScreen
from tui.ui.shell.shell import CompareRoute, CompareSide, ReportRoute, shell
from tui.ui.text.lines import EMPTY, Line
from tui.ui.versions.summary import summary

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import StoredVersion

_STATES = {"final": "", "new": "not read yet", "interim": "while it ran", "unreadable": "could not be read"}


@frozen
class VersionRow:
    """One version; a `remote` one is at the provider, others are in the archive."""

    number: int
    remote: bool
    at: datetime | None
    about: str
    newest: bool

    @property
    def name(self) -> str:
        """The display name."""
        return f"{'version' if self.remote else 'saved'} {self.number}"


class VersionsScreen(PreviewScreen[None]):
    """The versions of one task's report."""

    CONTEXT = "versions"
    CHOSEN = "versions.open"
    SETTLED = 0.2
    DEFAULT_CSS = """
    VersionsScreen {
        & #preview { height: 55%; }
        &.-wide #preview { width: 52%; }
    }
    """

    def __init__(self, task: Task, edit: Callable[[], None]) -> None:
        super().__init__()
        self._of = task
        self._edit = edit
        self._saved: list[VersionRow] | None = None  # not read yet
        self._remote: list[VersionRow] = []
        self._marked: list[VersionRow] = []
        self._asking = ""

    def begin(self) -> None:
        """Read the versions of the archive, and ask the provider for its own."""
        app, task = shell(self), self._of
        self.rows.head_line = ((f" {fit('where', 10)} {fit('no', 4)} {fit('when', 17)} what", "head"),)
        self.rows.set_rows([], "reading the archive …")
        app.in_background(lambda: app.services.archive.versions(task.id), self.while_open(self._kept))
        state = app.providers().get(task.account_key)
        if state is None or Capability.VERSIONS not in state.info.capabilities:
            self._asking = state.info.missing.get(Capability.VERSIONS, "") if state else ""
        elif app.engine is not None and task.remote_id is not None:
            self._asking = f"asking {task.account_title} …"
            told, untold = self.while_open(self._told), self.while_open(self._untold)
            app.when_done(app.engine.act(task.id, ListVersions()), told, untold)

    def _kept(self, versions: "Sequence[StoredVersion]") -> None:
        self._saved = [
            VersionRow(one.number, False, one.received_at, _about(one), one.shown) for one in reversed(versions)
        ]
        self._fill()

    def _told(self, outcome: Outcome) -> None:
        self._remote = remote_entries(outcome)
        self._asking = ""
        self._fill()

    def _untold(self) -> None:
        """Show the list without the provider's versions after it did not answer."""
        self._asking = f"{self._of.account_title} did not answer: what it keeps is not known"
        self._fill()

    @property
    def entries(self) -> list[VersionRow]:
        """All versions, the provider's first, newest first."""
        return [*self._remote, *(self._saved or ())]

    def _fill(self) -> None:
        nothing = "no version is kept here; enter on a finished task opens its report"
        if self._saved is None or self._asking.endswith("…"):
            nothing = self._asking or "reading the archive …"
        self.rows.set_rows([self._line(entry) for entry in self.entries], nothing)
        self.set_class(bool(self.entries), "-listed")
        self._tell()
        self.settle_preview()

    def _line(self, entry: VersionRow) -> Line:
        where = self._of.account_title if entry.remote else "here"
        mark = "▌" if entry in self._marked else " "
        return (
            (mark, "accent"),
            (fit(where, 10), "plain" if entry.remote else "dim"),
            (f" {entry.number:<4}", "strong"),
            (f" {fit(format_local(entry.at), 17)} ", "plain"),
            ("shown here  " if entry.newest and not entry.remote else "newest  " if entry.newest else "", "good"),
            (one_line(entry.about), "plain"),
        )

    def _tell(self) -> None:
        told = f"{len(self._remote)} at {self._of.account_title}, {len(self._saved or ())} here"
        marked = f"  {len(self._marked)} marked" if self._marked else ""
        self.place(f"versions of {one_line(self._of.title or self._of.id, 40)}  {told}{marked}", self._asking)

    on_line_view_moved = _tell

    @property
    def _current(self) -> VersionRow | None:
        return self.entries[self.rows.cursor] if self.entries else None

    def command_context(self) -> CommandContext:
        """Return what can be done with the version under the cursor."""
        entry = self._current
        state = shell(self).providers().get(self._of.account_key)
        return CommandContext(
            task=self._of,
            provider=state.info if state else None,
            tasks=len(self.entries),
            marked=len(self._marked),
            remote=bool(entry and entry.remote and not entry.newest),
        )

    def show_preview(self) -> None:
        """Show the sizes and the changes of the version under the cursor."""
        entry = self._current
        if entry is None:
            return
        kept = next((one for one in self._saved or () if one.newest), None) if entry.remote else entry
        older = next((one for one in self._saved or () if kept and one.number < kept.number), None)
        title = f"version {entry.number} at {self._of.account_title}" if entry.remote else _beside(entry, older)
        above: list[Line] = [((" enter reads it, space marks it, c compares two", "dim"),)] if entry.remote else []
        if entry.remote and kept:
            above += [EMPTY, ((f" shown here: {_beside(kept, older)}", "strong"),)]
        archive, task_id, width = shell(self).services.archive, self._of.id, self.preview.size.width

        def read() -> list[Line]:
            before = archive.version(task_id, older.number) if older else None
            return summary(archive.version(task_id, kept.number), before, width) if kept else []

        def show(lines: list[Line]) -> None:
            if self._current == entry:
                self.preview.show(title, [*above, *lines])

        def failed(error: Exception) -> None:
            show([((f" {one_line(str(error), 300)}", "bad"),)])

        shell(self).in_background(read, self.while_open(show), self.while_open(failed))

    def _load(self, entry: VersionRow, then: Callable[[Detail], None]) -> None:
        app, task, then = shell(self), self._of, self.while_open(then)
        if not entry.remote:
            app.in_background(lambda: app.services.archive.version(task.id, entry.number), then)
        elif app.engine is not None:
            app.when_done(app.engine.version(task.id, entry.number), then)

    @handles("versions.open")
    def action_open(self) -> None:
        """Open the version in the reader."""
        entry = self._current
        if entry is not None:
            shell(self).say(f"opening {entry.name}")
            self._load(entry, lambda detail: self._show(entry, detail))

    def _show(self, entry: VersionRow, detail: Detail, line: int | None = None) -> None:
        app = shell(self)
        if detail.report is None:
            app.say(f"{entry.name} holds no report", problem=True)
            return
        app.say("")
        app.open(ReportRoute(detail, line))

    @handles("versions.mark")
    def action_mark(self) -> None:
        """Mark the version for a comparison; a third mark removes the first."""
        entry = self._current
        if entry is None:
            return
        if entry in self._marked:
            self._marked.remove(entry)
        else:
            self._marked = [*self._marked[-1:], entry]
        self._fill()
        self.rows.go(1)

    @handles("versions.compare")
    def action_compare(self) -> None:
        """Compare the two marked versions, the older one on the left."""
        sides: dict[VersionRow, Detail] = {}
        pair = sorted(self._marked, key=lambda entry: (entry.at is None, str(entry.at), entry.number))

        def loaded(entry: VersionRow, detail: Detail) -> None:
            sides[entry] = detail
            if len(sides) == len(pair):
                self._compare([(entry, sides[entry]) for entry in pair])

        for entry in pair:
            self._load(entry, lambda detail, entry=entry: loaded(entry, detail))  # type: ignore[misc]

    def _compare(self, pair: list[tuple[VersionRow, Detail]]) -> None:
        sides = [CompareSide(self._of, entry.name, detail) for entry, detail in pair]

        def chosen(place: tuple[int, int | None]) -> None:
            self._show(*pair[place[0]], place[1])

        shell(self).open(CompareRoute(sides, first="text"), chosen)

    @handles("versions.edit")
    def action_edit(self) -> None:
        """Have the report edited."""
        self._edit()

    @handles("versions.restore")
    def action_restore(self) -> None:
        """Make an old version the newest one at the provider."""
        app, entry = shell(self), self._current
        if entry is None:
            return

        def done(outcome: Outcome) -> None:
            app.say(outcome.message)
            self.while_open(self.begin)()

        def answered(_: bool) -> None:
            if app.engine is not None:
                app.when_done(app.engine.act(self._of.id, Restore(entry.number)), done)

        question = f"Version {entry.number} becomes the newest at {self._of.account_title}; the others stay."
        dialog = ConfirmDialog("Restore this version?", question, entry.about, yes="restore it")
        app.show(dialog, answered, "nothing was sent")


def remote_entries(outcome: Outcome) -> list[VersionRow]:
    """Return the versions that the provider keeps, newest first."""
    found = outcome.versions if isinstance(outcome, Versions) else ()
    return [VersionRow(one.number, True, one.at, clean(one.about), one.newest) for one in found]


def _beside(entry: VersionRow, older: VersionRow | None) -> str:
    return f"{entry.name}, beside {older.name}" if older else entry.name


def _about(version: "StoredVersion") -> str:
    return ", ".join(filter(None, (size_text(version.size), _STATES.get(version.state, version.state), version.why)))
