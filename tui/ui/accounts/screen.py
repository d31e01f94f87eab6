"""`A`: the provider accounts: state, key, on or off; and what works without any key."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content

from tui.domain.capability import ConnectionState
from tui.domain.errors import UsageError
from tui.domain.text import one_line
from tui.ui.accounts.lines import AccountRow, account_table, detail_lines, first_steps, heading
from tui.ui.commands.command import CommandContext, handles
from tui.ui.shell.box import Box
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.shell.dialogs import InputDialog
from tui.ui.shell.shell import shell
from tui.ui.text.lines import EMPTY, Line
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.item_list import TextLines
from tui.ui.widgets.list_view import LineView

if TYPE_CHECKING:
    from tui.ui.bridge import Flush

_TIMES = 1.0  # seconds between two values of the times
_ROOMY = 30  # lines of a screen on which the keys are explained beside the first steps


class AccountLines(LineView):
    """The list of accounts, one line each."""

    def __init__(self) -> None:
        super().__init__(name="accounts")
        self.accounts: Sequence[AccountRow] = ()
        self._lines: Sequence[Line] = ()
        self._width = 80
        self._now = datetime.now(UTC)
        self._head: Line = account_table((), self._now)[0]

    def show_accounts(self, accounts: Sequence[AccountRow], now: datetime) -> None:
        """Show new states; unchanged lines are not repainted, the cursor stays on its account."""
        present = self.selected.key if self.selected else ""
        same = [one.key for one in accounts] == [one.key for one in self.accounts]
        head, lines = account_table(accounts, now, self._width)
        changed = [number for number, pair in enumerate(zip(lines, self._lines, strict=False)) if pair[0] != pair[1]]
        self.accounts, self._lines, self._now = accounts, lines, now
        if head != self._head:
            self._head, changed = head, []
            self.lines_changed()
        if same:
            for number in changed:
                self.line_changed(number)
        else:
            self.lines_changed()
            if self.parent:
                self.parent.styles.height = len(accounts) + 3  # header and frame
            names = [one.key for one in accounts]
            self.move_to(names.index(present) if present in names else 0, tell=False)

    @property
    def selected(self) -> AccountRow | None:
        """The selected account."""
        return self.accounts[self.cursor] if self.cursor < len(self.accounts) else None

    def header(self, width: int) -> Line:
        """Return the names of the columns."""
        self._fit(width)
        return self._head

    def line_count(self) -> int:
        """Return the number of accounts."""
        return len(self.accounts)

    def line(self, number: int, width: int) -> Line:
        """Return one account."""
        self._fit(width)
        return self._lines[number]

    def _fit(self, width: int) -> None:
        if width != self._width:
            self._width = width
            self._head, self._lines = account_table(self.accounts, self._now, width)

    def empty(self, width: int) -> Sequence[Line]:
        """Return what is shown while no account is known yet."""
        return (EMPTY, (("  Looking for providers …", "dim"),))


class AccountsScreen(CommandScreen[str]):
    """The accounts screen; its result is the id of a dashboard command to run, or None."""

    CONTEXT = "accounts"
    CHOSEN = "accounts.key"

    def __init__(self) -> None:
        super().__init__()
        self._view, self._about, self._steps = AccountLines(), TextLines(name="about"), TextLines(name="steps")
        self._boxes = (
            Box(self._view, "Accounts", "accounts-box"),
            Box(self._about, "", "about-box"),
            Box(self._steps, "Or look around first", "steps-box"),
        )
        self._off: Sequence[str] = ()
        self._told = ""  # the account that the lower box is about
        self._counts: Mapping[str, int] = {}  # tasks of each account

    def compose(self) -> ComposeResult:
        """Yield the list, the box about the selected account, and the bars."""
        yield from self._boxes
        yield StatusLine()
        yield KeyBar(self)

    def on_mount(self) -> None:
        """Show the accounts, and update their times at intervals."""
        app = shell(self)
        self._boxes[0].say_keys(app.keymap, "accounts.key", "accounts.switch")
        self._steps.set_lines(first_steps(app.keymap))
        self._view.focus()
        self.set_interval(_TIMES, self._show)
        self._count()
        self._show()
        if settings := app.services.accounts:
            app.in_background(settings.switched_off, self._take_switched_off)

    def _take_switched_off(self, accounts: Sequence[str]) -> None:
        self._off = accounts
        if self.is_attached:
            self._show()

    def engine_changed(self, flush: "Flush") -> None:
        """Show new account states, and the first task."""
        if flush.tasks:
            self._count()
        if flush.providers or flush.tasks:
            self._show()

    def on_line_view_moved(self) -> None:
        """Show details and keys of the newly selected account."""
        self._show()

    def _show(self) -> None:
        app, now = shell(self), datetime.now(UTC)
        self._view.show_accounts(self._accounts(), now)
        selected = self._view.selected
        newcomer = not app.tasks
        self._boxes[1].display = selected is not None
        self._boxes[2].display = newcomer
        if selected is not None:
            roomy, width = self.size.height >= _ROOMY, (self.size.width or 80) - 4
            room = 99 if roomy else 0 if newcomer else self._room_below
            lines = detail_lines(selected, now, width, app.keymap, room=room, whole=roomy)
            self._boxes[1].border_title = Content(heading(selected))
            if lines != self._about.items:  # of the same account they stay scrolled to where a person reads
                (self._about.show_items if selected.key == self._told else self._about.set_lines)(lines)
            self._told = selected.key
        self.query_one(StatusLine).place(self._place(newcomer=newcomer))
        self.query_one(KeyBar).update(app.keymap, self.command_context())

    @property
    def _room_below(self) -> int:
        """Lines of the box below the list, which takes at most 60 % of the screen; both have frames, and two bars."""
        height = self.size.height
        return height - min(len(self._view.accounts) + 3, int(height * 0.6)) - 4

    def _count(self) -> None:
        self._counts = Counter(task.account_key for task in shell(self).tasks.values())

    def _accounts(self) -> list[AccountRow]:
        app = shell(self)
        sources = app.services.accounts.sources if app.services.accounts else {}
        states, counts = app.providers(), self._counts
        known = [AccountRow(key, state, sources.get(key, ""), counts.get(key, 0)) for key, state in states.items()]
        return [*known, *(AccountRow(key) for key in self._off if key not in states)]

    def _place(self, *, newcomer: bool) -> Line:
        if newcomer and not self._keyed:
            return (("one key is enough", "strong"), ("; without one nothing is sent anywhere", "dim"))
        keyed = f"  {self._keyed} of {len(self._view.accounts)} with a key"
        return (("accounts", "strong"), (keyed, "dim"))

    @property
    def _keyed(self) -> int:
        return sum(state.link is not ConnectionState.NO_KEY for state in shell(self).providers().values())

    @property
    def selected(self) -> AccountRow | None:
        """The selected account."""
        return self._view.selected

    def command_context(self) -> CommandContext:
        """Return what is selected, whether its provider has a page for keys, and how many accounts have a key."""
        page = bool(self.selected and self.selected.page)
        return CommandContext(tasks=len(self._view.accounts), url=page, providers=self._keyed)

    @handles("accounts.page")
    def action_page(self) -> None:
        """Open the page where keys of the selected provider are made."""
        if self.selected:
            shell(self).follow_link(self.selected.page)

    # Changing an account

    @handles("accounts.key")
    def action_key(self) -> None:
        """Ask for a key, save it in a file, and test it at once; an account that is off is switched on."""
        if self.selected and self.selected.state is None:
            self.action_switch()
        else:
            self._ask_key(in_store=False)

    @handles("accounts.store", True)
    def _ask_key(self, in_store: bool) -> None:
        app, account = shell(self), self.selected
        settings = app.services.accounts
        if account is None or settings is None:
            app.say("no key can be taken here: divewatch auth set PROVIDER", problem=True)
            return

        def answered(typed: str | None) -> None:
            if typed:
                app.in_background(lambda: settings.keep_key(account.key, typed, in_store=in_store), self._key_kept)

        def check(typed: str) -> None:
            from tui.config.keys import check_key

            check_key(typed, "the field")

        where = "the desktop's key store" if in_store else "a file only you can read"
        hint = f"It is kept in {where}, tried at once, and never shown again."
        made = f"Made at {one_line(account.page)}. " if account.page else ""
        app.show(InputDialog(f"A key of {account.title}", f"{made}{hint}", check=check, secret=True), answered)

    def _key_kept(self, where: str) -> None:
        shell(self).say(f"kept in {where}; its account says above what becomes of it")
        shell(self).restart_engine()

    @handles("accounts.switch")
    def action_switch(self) -> None:
        """Switch the account on or off; its tasks stay in the archive."""
        app, account = shell(self), self.selected
        settings = app.services.accounts
        if account is None or settings is None:
            app.say("accounts cannot be switched here", problem=True)
            return
        on = account.state is None

        def change() -> Sequence[str]:
            settings.switch(account.key, on=on)
            return settings.switched_off()

        def changed(off: Sequence[str]) -> None:
            self._take_switched_off(off)
            app.say(f"{account.title}: {'asked again' if on else 'switched off; its tasks stay in the archive'}")
            app.restart_engine()

        app.in_background(change, changed)

    # Without a key

    @handles("accounts.track")
    def action_track(self) -> None:
        """Leave for the command of the task list that adopts a task."""
        self.dismiss("tasks.track")

    @handles("accounts.read")
    def action_read(self) -> None:
        """Open a report file in the reader."""

        def answered(path: str | None) -> None:
            if path:
                self._run("read", str(Path(path).expanduser()))

        hint = "Markdown, HTML, JSON, or a provider's answer as it was saved: the path of the file."
        shell(self).show(InputDialog("Read a report", hint, check=_readable), answered)

    @handles("accounts.demo", "demo")
    def _run(self, *arguments: str) -> None:
        """Run another divewatch in this terminal until it ends."""
        from tui.ui.shell.editor import run_outside

        app = shell(self)
        code = run_outside(app, "divewatch", [sys.executable, "-m", "tui", *arguments])
        if code is not None and code > 0:
            app.say(f"it ended with exit code {code}; try divewatch {arguments[0]} in a shell", problem=True)


def _readable(path: str) -> None:
    """Raise `UsageError` for a path that is not a readable file."""
    try:
        found = Path(path).expanduser().is_file()
    except (OSError, RuntimeError, ValueError):
        found = False
    if not found:
        raise UsageError("there is no such file")
