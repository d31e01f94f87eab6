"""`A`: every provider account with its state, its last success, what the provider said, and what to do about it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from tui.domain.account import account_key
from tui.domain.capability import ConnectionState
from tui.domain.cells import fit, wrap
from tui.domain.text import join, one_line
from tui.ui.commands.command import CommandContext, Handlers
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.shell.dialogs import AskScreen
from tui.ui.shell.shell import shell
from tui.ui.text.formatting import LINK, ago, balance_text
from tui.ui.text.lines import EMPTY, Line
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.list_view import LineView

if TYPE_CHECKING:
    from tui.engine.api import ProviderState
    from tui.ui.bridge import Flush

_TIMES = 1.0  # seconds between two values of the times
_KEYLESS = {ConnectionState.NO_KEY, ConnectionState.BAD_KEY}


def account_lines(state: "ProviderState", now: datetime, width: int) -> list[Line]:
    """Return an account's line, and below it what was said and what to do, where something is to be done."""
    glyph, tone = LINK[state.link]
    active = f"{state.active} active" if state.active else ""
    troubled = state.link not in {ConnectionState.OK, ConnectionState.STARTING, ConnectionState.ELSEWHERE}
    lines: list[Line] = [
        (
            (f" {glyph} ", tone),
            (fit(one_line(account_key(state.info.title, state.account)), 16), "strong"),
            (fit(state.link.value, 15), tone if troubled else "plain"),
            (fit(active, 11), "plain"),
            (fit(ago(state.last_ok, now), 14), "dim"),
            (one_line(balance_text(state)), "plain"),
        )
    ]
    if state.link is ConnectionState.NO_KEY:
        pairs = [("key page", state.info.key_page), ("or set", join(state.info.key_variables))]
    elif troubled:
        when = "" if state.next_try is None else "now" if state.next_try <= now else ago(state.next_try, now)
        page = state.info.key_page if state.link is ConnectionState.BAD_KEY else ""
        pairs = [("said", state.message), ("next try", when), ("key page", page)]
    else:
        pairs = []
    for label, value in pairs:
        for number, text in enumerate(wrap(one_line(value), max(8, width - 16)) if value else ()):
            lines.append(((fit("" if number else f"     {label}", 15), "dim"), (text, "plain")))
    return lines


class AccountLines(LineView):
    """The accounts; the cursor rests on their first lines."""

    def __init__(self) -> None:
        super().__init__(name="accounts")
        self._lines: list[Line] = []
        self._accounts: list[str | None] = []  # of each line the account that begins there

    def show_accounts(self, states: "Mapping[str, ProviderState]", now: datetime) -> None:
        """Show how the accounts stand; lines that say the same cost nothing, the cursor stays on its account."""
        present = self.account
        lines: list[Line] = []
        accounts: list[str | None] = []
        for key, state in states.items():
            made = [*account_lines(state, now, self.size.width or 80), EMPTY]
            lines += made
            accounts += [key, *[None] * (len(made) - 1)]
        if (lines, accounts) == (self._lines, self._accounts):
            return
        same_shape = accounts == self._accounts
        changed = [number for number, pair in enumerate(zip(lines, self._lines, strict=False)) if pair[0] != pair[1]]
        self._lines, self._accounts = lines, accounts
        if same_shape:
            for number in changed:
                self.line_changed(number)
        else:
            self.lines_changed()
            self.move_to(accounts.index(present) if present in accounts else 0, tell=False)

    @property
    def account(self) -> str | None:
        """The selected account."""
        return self._accounts[self.cursor] if self.cursor < len(self._accounts) else None

    def can_stop(self, number: int) -> bool:
        """The cursor rests on accounts."""
        return self._accounts[number] is not None

    def header(self, width: int) -> Line:
        """Return the names of the columns."""
        names = (("   account", 19), ("state", 15), ("tasks", 11), ("last answer", 14))
        return ((("".join(fit(name, cells) for name, cells in names) + "left"), "head"),)

    def line_count(self) -> int:
        """Return the number of lines."""
        return len(self._lines)

    def line(self, number: int, width: int) -> Line:
        """Return one line."""
        return self._lines[number]

    def empty(self, width: int) -> Sequence[Line]:
        """Say what is going on."""
        return (EMPTY, (("  Looking for providers …", "dim"),))


class ProvidersScreen(CommandScreen[None]):
    """One place for the accounts."""

    CONTEXT = "accounts"

    def compose(self) -> ComposeResult:
        """Lay the accounts out."""
        yield AccountLines()
        yield StatusLine()
        yield KeyBar(self.CONTEXT)

    def on_mount(self) -> None:
        """Show how they stand; the times go on."""
        self.set_interval(_TIMES, self._show)
        self.call_after_refresh(self._show)

    def engine_changed(self, flush: "Flush") -> None:
        """An account stands differently."""
        if flush.providers:
            self._show()

    def _show(self) -> None:
        if not self.is_active:
            return
        view = self.query_one(AccountLines)
        view.show_accounts(shell(self).providers(), datetime.now(UTC))
        self.query_one(StatusLine).place(
            (("providers", "strong"), ("  tasks, reports and search work without any of them", "dim"))
        )
        self.query_one(KeyBar).update(shell(self).keymap, self.situation())

    @property
    def selected(self) -> "ProviderState | None":
        """The selected account."""
        return shell(self).providers().get(self.query_one(AccountLines).account or "")

    def situation(self) -> CommandContext:
        """Return whether an account is selected, and whether it has a page for keys."""
        state = self.selected
        return CommandContext(tasks=int(state is not None), url=bool(state and state.info.key_page))

    def on_line_view_moved(self) -> None:
        """The key line follows."""
        self._show()

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "accounts.key": self.action_key,
            "accounts.page": self.action_page,
        }

    def on_line_view_chosen(self) -> None:
        """Take a key for the clicked account."""
        self.action_key()

    def action_page(self) -> None:
        """Open the page where keys of the account's provider are made."""
        if state := self.selected:
            shell(self).follow_link(state.info.key_page)

    def action_key(self) -> None:
        """Take a key, keep it, and try it at once."""
        app, state = shell(self), self.selected
        take = app.services.take_key
        if state is None or take is None:
            app.say("no key can be taken here: divewatch auth set PROVIDER", problem=True)
            return
        account = state.key
        name = one_line(account_key(state.info.title, state.account))

        def kept(where: str) -> None:
            app.say(f"kept in {where}; trying it now")
            app.restart_engine()

        def answered(typed: str | None) -> None:
            if typed:
                app.in_background(lambda: take(account, typed), kept)

        hint = f"Made at {one_line(state.info.key_page)}. It is kept in a file only you can read and never shown again."
        app.show(AskScreen(f"A key of {name}", f"{hint}{_stronger(state)}", secret=True), answered)


def _stronger(state: "ProviderState") -> str:
    """Return the warning that a key in the environment wins over a kept one, where there is a key already."""
    if state.link in _KEYLESS - {ConnectionState.NO_KEY} and state.info.key_variables:
        return f" A key in {join(state.info.key_variables)} wins over a kept one: unset it then."
    return ""
