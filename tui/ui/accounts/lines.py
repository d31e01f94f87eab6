"""The text of the accounts screen: a line for each account, and details and actions of the selected one; pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.account import account_title
from tui.domain.amounts import price_text
from tui.domain.capability import Capability, ConnectionState
from tui.domain.cells import cell_len, fit, wrap
from tui.domain.frozen import frozen
from tui.domain.text import join, one_line, plural
from tui.ui.commands.keymap import Keymap
from tui.ui.commands.registry import COMMANDS
from tui.ui.text.formatting import LINK, ago, balance_text
from tui.ui.text.lines import EMPTY, Line

if TYPE_CHECKING:
    from tui.engine.api import ProviderState

_LABEL = 15  # cells
_CAN = {
    Capability.CANCEL: "cancel",
    Capability.STOP: "end early",
    Capability.DELETE: "delete",
    Capability.STEER: "take further instructions",
    Capability.RESPOND: "ask you",
    Capability.SHARE: "share",
    Capability.EDIT: "edit a report",
    Capability.VERSIONS: "keep versions",
    Capability.BATCH: "run batches",
    Capability.FOLLOW: "build on a report",
    Capability.ASSETS: "make files",
}
_NO_KEY = "no key: "  # what an account without any says; another reason is said
_HEADS = ("account", "state", "tasks", "last answer")  # what is left fills the line
OFF: Line = (("switched off: nothing is asked or sent", "plain"),)


@frozen
class AccountRow:
    """An account and its state; `state` is None for one that is switched off."""

    key: str
    state: "ProviderState | None" = None
    source: str = ""  # its key's last characters, and where it comes from
    tasks: int = 0  # in the archive

    @property
    def title(self) -> str:
        """The account's display name."""
        return one_line(account_title(self.key))

    @property
    def page(self) -> str:
        """The page where keys of this provider are made; "" if none is known."""
        return self.state.info.key_page if self.state else ""


def account_table(accounts: Sequence[AccountRow], now: datetime, width: int = 80) -> tuple[Line, list[Line]]:
    """Return the names of the columns, and each account in one line; columns are as wide as what stands in them.

    Where what is left at the providers has no room, the last answers are left out, then the tasks.
    """
    told = [_cells(account, now) for account in accounts]
    widths = [max(map(cell_len, column)) + 2 for column in zip(_HEADS, *told, strict=True)]
    left = max((cell_len(one_line(balance_text(one.state))) for one in accounts if one.state), default=0)
    for column in (3, 2):
        if 3 + sum(widths) + left > width:
            widths[column] = 0
    head = "   " + "".join(fit(name, width) for name, width in zip(_HEADS, widths, strict=True)) + "left"
    return ((head, "head"),), [_account_line(account, widths, now) for account in accounts]


def _cells(account: AccountRow, now: datetime) -> tuple[str, ...]:
    """Return name, state, tasks under way, last answer; nothing of an account that is not asked."""
    state = account.state
    if state is None or state.link is ConnectionState.NO_KEY:
        return (account.title, "", "", "")
    never = state.last_ok is None and state.link is ConnectionState.OK
    active = f"{state.active} active" if state.active else ""
    return account.title, state.link.value, active, "not asked" if never else ago(state.last_ok, now)


def _account_line(account: AccountRow, widths: Sequence[int], now: datetime) -> Line:
    state = account.state
    name, said, tasks, last = (fit(text, width) for text, width in zip(_cells(account, now), widths, strict=True))
    if state is None:
        return ((" ‖ ", "dim"), (name, "dim"), ("switched off", "dim"))
    glyph, tone = LINK[state.link]
    calm = state.link in {ConnectionState.OK, ConnectionState.STARTING, ConnectionState.ELSEWHERE}
    if state.link is ConnectionState.NO_KEY:
        page = one_line(state.info.key_page.partition("//")[2])
        made = f"  made at {page}" if page else ""
        return (f" {glyph} ", tone), (name, "strong"), ("no key", "plain"), (made, "dim")
    return (
        (f" {glyph} ", tone),
        (name, "strong"),
        (said, "plain" if calm else tone),
        (tasks, "plain"),
        (last, "dim"),
        (one_line(balance_text(state)), "dim"),
    )


def heading(account: AccountRow) -> str:
    """Return the title of the box about an account: its trouble if it has any."""
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


def detail_lines(
    account: AccountRow, now: datetime, width: int, keymap: Keymap, *, room: int = 99, whole: bool = False
) -> list[Line]:
    """Return details of an account, then its actions: all, or those that the key line does not show, or none.

    `room` is the number of lines for both; `whole` adds what its service takes, can and cannot do.
    """
    lines = [line for pair in _facts(account, now) for line in _labelled(*pair, width)]
    if account.state is None:
        lines.append(OFF)
    service = [line for pair in _service(account) for line in _labelled(*pair, width)] if whole else []
    all_deeds, others = _deeds(account, keymap)
    deeds = next((some for some in (all_deeds, others) if len(lines) + len(some) < room), ())
    return [*lines, *([EMPTY, *deeds] if deeds else []), *([EMPTY] if service else []), *service]


def _service(account: AccountRow) -> Iterator[tuple[str, str]]:
    """Yield what a service takes and for how much, what can be done with its tasks, and what cannot and why."""
    if account.state is None:
        return
    info = account.state.info
    for number, mode in enumerate(info.modes):
        told = (f"{mode.name} {price_text(mode.cost) or 'price not known'}", mode.note)
        yield "" if number else "modes", "; ".join(part for part in told if part)
    if info.refunds_failures:
        yield "failed tasks", "cost nothing: charges go back"
    if info.retention:
        days = plural(info.retention.keeps.days, "day")
        yield "keeps a task", f"{days} after its end; its report is saved here at once, and stays"
    yield "can", join([words for one, words in _CAN.items() if one in info.capabilities])
    for number, why in enumerate(why for one, why in info.missing.items() if one in _CAN):
        yield "" if number else "cannot", why


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
    yield "tasks", f"{account.tasks:,} in the archive; they stay without the account, too" if account.tasks else ""
    if state.link is ConnectionState.BAD_KEY and any(name in account.source for name in state.info.key_variables):
        yield "", "A key from the environment wins over a kept one: unset it, then start divewatch again."


def _labelled(label: str, value: str, width: int) -> Iterator[Line]:
    for number, text in enumerate(wrap(one_line(value), max(8, width - _LABEL)) if value else ()):
        yield (fit("" if number else f" {label}", _LABEL), "dim"), (text, "plain")


def _deeds(account: AccountRow, keymap: Keymap) -> tuple[list[Line], list[Line]]:
    """Return the keys that act on an account, with what each does: all, and those that are not in the key line."""
    deeds: list[tuple[str, str]] = [("accounts.switch", "switch this account on again")]
    if account.state is not None:
        deeds = [
            ("accounts.key", "paste a key: kept in a private file, tried at once, never shown"),
            ("accounts.store", "paste a key into the desktop's key store"),
            ("app.refresh", "ask again now"),
            ("accounts.page", "open the page where keys are made"),
            ("accounts.switch", "switch this account off"),
        ]
    lines: dict[str, Line] = {
        command: ((f"  {fit(keys[0], 7)}", "key"), (words, "plain"))
        for command, words in deeds
        if (keys := keymap.of(command))
    }
    return [*lines.values()], [line for command, line in lines.items() if COMMANDS[command].footer is None]


def first_steps(keymap: Keymap) -> list[Line]:
    """Return what works without any key, for the first start."""
    steps = (
        ("accounts.demo", "the demo: tasks of a simulator; nothing leaves this machine"),
        ("accounts.read", "read a report you have: markdown, HTML, JSON, a provider's answer"),
        ("accounts.track", "adopt one task by its web address (it needs that provider's key)"),
    )
    keyed = [(keymap.of(command), words) for command, words in steps]
    return [((f" {fit(keys[0], 4)}", "key"), (words, "plain")) for keys, words in keyed if keys]
