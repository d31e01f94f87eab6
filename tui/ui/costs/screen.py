"""`$`: the costs of a month by kind, day, provider and mode; the dearest tasks; balances."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.account import account_title
from tui.domain.amounts import newest_day
from tui.ui.commands.command import Argument, CommandContext, handles
from tui.ui.costs.ledger import ALL_TIME, ledger, month_name, months
from tui.ui.costs.provider_costs import LedgerLine
from tui.ui.shell.list_screen import ListScreen
from tui.ui.shell.shell import shell
from tui.ui.text.formatting import balance_text

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import CostLine

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class CostsScreen(ListScreen[str]):
    """The ledger; the result of enter is the id of the line's task."""

    CONTEXT = "costs"
    CHOSEN = "costs.task"

    def __init__(self) -> None:
        super().__init__()
        self._spendings: Sequence[CostLine] | None = None
        self._months: Sequence[str] = ()
        self._at = 0
        self._lines: Sequence[LedgerLine] = ()
        self._unfolded: set[str] = set()  # accounts whose modes are shown

    def begin(self) -> None:
        """Read the costs of all tasks, deleted ones too."""
        app = shell(self)
        self.rows.set_rows([], "adding up …")
        app.in_background(lambda: app.services.archive.costs(_EVER, described=True), self.while_open(self._take))
        self._place()

    def _take(self, lines: "Sequence[CostLine]") -> None:
        self._spendings = lines
        self._months = months(self._spendings, datetime.now(UTC))
        self._show()

    def _show(self) -> None:
        if self._spendings is None:
            return
        app = shell(self)
        left = {account_title(state.key): text for state in app.providers().values() if (text := balance_text(state))}
        self._lines = ledger(
            self._spendings,
            self._months[self._at],
            self.rows.size.width or 80,
            now=datetime.now(UTC),
            budget=app.services.budget,
            left=left,
            unfolded=self._unfolded,
        )
        nothing = "no task was started yet: nothing was spent"
        lines = [one.line for one in self._lines] if self._spendings else []
        headings = {number for number, line in enumerate(lines) if not line or line[0][1] in {"rule", "head"}}
        self.rows.set_rows(lines, nothing, headings)
        self.rows.move_to(self.rows.cursor, tell=False)
        self._place()

    fitted = _show

    def _place(self) -> None:
        states = shell(self).providers().values()
        day = newest_day(mode.known_on for state in states for mode in state.info.modes)
        month = f"costs  {month_name(self._months[self._at])}" if self._months else "costs"
        self.place(month, f"prices as published on {day} " if day else "")

    def command_context(self) -> CommandContext:
        """Return whether the line has a task or modes to open."""
        return CommandContext(tasks=len(self._lines))

    def arguments(self) -> Mapping[str, Argument]:
        """Return the palette's words that take a value."""
        names = {month_name(month).casefold(): at for at, month in enumerate(self._months)}
        return {"month": Argument("Show", tuple(names), lambda name: self._to(names[name]))}

    @handles("costs.task")
    def action_open(self) -> None:
        """Go to the task of this line; on an account, show or hide its modes."""
        line = self._lines[self.rows.cursor] if self._lines else None
        if line and line.task_id:
            self.dismiss(line.task_id)
        elif line and line.account:
            self._unfolded ^= {line.account}
            self._show()
        else:
            shell(self).say("this line is about no task; those are further down", problem=True)

    @handles("costs.earlier", 1)
    @handles("costs.later", -1)
    def _step(self, by: int) -> None:
        if self._months:
            self._to((self._at + by) % len(self._months))

    def _to(self, month: int) -> None:
        self._at = month
        self.rows.action_top()
        self._show()

    @handles("costs.budget")
    def action_budget(self) -> None:
        """Set a limit."""
        from tui.ui.costs.budget_dialog import ask_budget

        ask_budget(shell(self), self._show)

    @handles("costs.file")
    def action_file(self) -> None:
        """Write the tasks of this month, or all, into a file where one stands."""
        from tui.engine.files.exported import free_name, write_file
        from tui.ui.costs.cost_file import csv_text

        app, month = shell(self), self._months[self._at]
        those = [one for one in self._spendings or () if month in {ALL_TIME, one.month}]

        def write() -> Path:
            path = free_name(Path.cwd(), f"divewatch-costs-{month.replace(' ', '-')}.csv")
            write_file(path, csv_text(those))
            return path

        app.in_background(write, lambda path: app.say(f"wrote {path}"))

    @handles("costs.copy")
    def action_copy(self) -> None:
        """Copy the table as text."""
        text = "\n".join("".join(piece for piece, _ in line).rstrip() for line in self.rows.items)
        shell(self).copy(text, "costs")
