"""What is shown of provider accounts: a line for each, and what there is to know and to do about the selected one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.account import account_title
from tui.domain.capability import ConnectionState
from tui.domain.cells import fit, wrap
from tui.domain.text import join, one_line, plural
from tui.ui.commands.keymap import Keymap
from tui.ui.text.formatting import LINK, ago, balance_text
from tui.ui.text.lines import EMPTY, Line

if TYPE_CHECKING:
    from tui.engine.api import ProviderState

_LABEL = 15  # cells
_NO_KEY = "no key: "  # what an account without any says; another reason is said
COLUMNS = {"account": 15, "state": 16, "tasks": 11, "last answer": 14}  # cells; what is left fills the line
OFF: Line = (("switched off: nothing is asked or sent", "plain"),)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as the screen knows it; `state` is None for one that is switched off."""

    key: str
    state: "ProviderState | None" = None
    source: str = ""  # its key's last characters, and where it comes from
    tasks: int = 0  # in the archive

    @property
    def title(self) -> str:
        """Its name for people."""
        return one_line(account_title(self.key))

    @property
    def page(self) -> str:
        """Where its keys are made; "" where that is not known."""
        return self.state.info.key_page if self.state else ""


def account_line(account: AccountRow, now: datetime) -> Line:
    """Return an account in one line: state, running tasks, last answer, what is left."""
    state = account.state
    name, said, tasks, last = COLUMNS.values()
    if state is None:
        return ((" ‖ ", "dim"), (fit(account.title, name), "dim"), ("switched off", "dim"))
    glyph, tone = LINK[state.link]
    calm = state.link in {ConnectionState.OK, ConnectionState.STARTING, ConnectionState.ELSEWHERE}
    if state.link is ConnectionState.NO_KEY:
        page = one_line(state.info.key_page.partition("//")[2])
        made = f"  made at {page}" if page else ""
        return (f" {glyph} ", tone), (fit(account.title, name), "strong"), ("no key", "plain"), (made, "dim")
    return (
        (f" {glyph} ", tone),
        (fit(account.title, name), "strong"),
        (fit(state.link.value, said), "plain" if calm else tone),
        (fit(f"{state.active} active" if state.active else "", tasks), "plain"),
        (fit(ago(state.last_ok, now), last), "dim"),
        (one_line(balance_text(state)), "dim"),
    )


def heading(account: AccountRow) -> str:
    """Return what the box about an account is called: above all what is wrong."""
    state = account.state
    if state is None:
        return f"{account.title} is switched off"
    said = {
        ConnectionState.NO_KEY: f"{account.title} has no key yet",
        ConnectionState.BAD_KEY: f"✗ {account.title} rejects the key",
        ConnectionState.OFFLINE: f"{account.title} cannot be reached",
        ConnectionState.RATE_LIMITED: f"{account.title} asks for a pause",
    }
    return said.get(state.link, account.title)


def detail_lines(account: AccountRow, now: datetime, width: int, keymap: Keymap, *, brief: bool = False) -> list[Line]:
    """Return what is known about an account, then what can be done; `brief` leaves out what the key line says."""
    lines = [line for pair in _facts(account, now) for line in _labelled(*pair, width)]
    if account.state is None:
        lines.append(OFF)
    return lines if brief else [*lines, EMPTY, *_deeds(account, keymap)]


def _facts(account: AccountRow, now: datetime) -> Iterator[tuple[str, str]]:
    state = account.state
    if state is None:
        return
    keyless = state.link is ConnectionState.NO_KEY
    if keyless:
        yield "a pasted key", "is kept in a file only you can read and tried at once"
        yield "read, too", f"{join(state.info.key_variables)} in the environment" if state.info.key_variables else ""
    if not (keyless and state.message.startswith(_NO_KEY)):
        yield "said", state.message
    yield "key", account.source
    if state.link in {ConnectionState.NO_KEY, ConnectionState.BAD_KEY}:
        yield "made at", state.info.key_page
    if state.next_try and state.link is not ConnectionState.OK:
        yield "next try", "now" if state.next_try <= now else ago(state.next_try, now)
    yield "left", balance_text(state)
    shown = "in the archive; they can be read whatever happens here"
    yield "tasks", f"{plural(account.tasks, 'task')} {shown}" if account.tasks else ""
    if state.link is ConnectionState.BAD_KEY and any(name in account.source for name in state.info.key_variables):
        yield "", "A key from the environment wins over a kept one: unset it, then start divewatch again."


def _labelled(label: str, value: str, width: int) -> Iterator[Line]:
    for number, text in enumerate(wrap(one_line(value), max(8, width - _LABEL)) if value else ()):
        yield (fit("" if number else f" {label}", _LABEL), "dim"), (text, "plain")


def _deeds(account: AccountRow, keymap: Keymap) -> Sequence[Line]:
    """Return the keys that act on an account, with what each does."""
    deeds: list[tuple[str, str]] = [("accounts.switch", "switch this account on again")]
    if account.state is not None:
        deeds = [
            ("accounts.key", "paste a key: kept in a file only you can read, tried at once, never shown"),
            ("accounts.store", "the same, kept in the desktop's key store"),
            ("app.refresh", "ask again now"),
            ("accounts.page", "open the page where keys are made"),
            ("accounts.switch", "switch this account off"),
        ]
    keyed = [(keymap.of(command), words) for command, words in deeds]
    return [((f"  {fit(keys[0], 7)}", "key"), (words, "plain")) for keys, words in keyed if keys]


def first_steps(keymap: Keymap) -> list[Line]:
    """Return what one can do without any key."""
    steps = (
        ("accounts.demo", "the demo: tasks of a simulator; nothing leaves this machine"),
        ("accounts.read", "read a report you have: markdown, HTML, JSON, a provider's answer"),
        ("accounts.track", "adopt one task by its web address (it needs that provider's key)"),
    )
    keyed = [(keymap.of(command), words) for command, words in steps]
    return [((f" {fit(keys[0], 4)}", "key"), (words, "plain")) for keys, words in keyed if keys]
