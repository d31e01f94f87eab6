"""The provider strip: every account in one line, and the engine's trouble before them. Equal values write nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from tui.domain.account import account_title
from tui.domain.away import Away
from tui.domain.capability import ConnectionState
from tui.domain.text import one_line, plural
from tui.ui.commands.registry import COMMANDS
from tui.ui.text.formatting import LINK, balance_text, link_text
from tui.ui.text.lines import EMPTY, Line, line_width
from tui.ui.widgets.bars import KeyBar, LineBar

if TYPE_CHECKING:
    from tui.engine.api import Condition, ProviderState


class ProviderStrip(LineBar):
    """All provider accounts in one line: connection, running tasks, balance."""

    def __init__(self, *, name: str | None = None, clicked: str) -> None:
        super().__init__(name=name)
        self._clicked = clicked

    def on_click(self) -> None:
        """Run the strip's command, wherever it is clicked."""
        self.post_message(KeyBar.Pressed(COMMANDS[self._clicked], ""))

    def update(
        self,
        providers: "Mapping[str, ProviderState]",
        now: datetime,
        condition: "Condition | None" = None,
        spent: Callable[[int, int], Line] = lambda width, room: EMPTY,
    ) -> None:
        """Show these accounts, in front of them what is wrong with the engine itself, at the end what was spent."""
        before, states = condition_line(condition, now), list(providers.values())
        self.show_made(lambda width: strip_line(states, now, width, before, lambda room: spent(width, room)))

    @staticmethod
    def counts_down(providers: "Mapping[str, ProviderState]", condition: "Condition | None") -> bool:
        """Whether the strip shows a time that must be updated every second."""
        away = condition is not None and condition.away is not None
        return away or any(state.next_try for state in providers.values())


def condition_line(condition: "Condition | None", now: datetime) -> Line:
    """Return the engine's trouble: what is not saved and why, why it may not poll, or which other process does."""
    if condition is None:
        return ()
    if condition.away is not None:
        return away_line(condition.away, condition.unsaved, now)
    if condition.trouble:
        what = f"{plural(condition.unsaved, 'task')} not saved" if condition.unsaved else "nothing can be saved"
        return ((f" ✗ {what}", "bad"), (f" {one_line(condition.trouble, 80)} ", "dim"))
    if condition.notice:
        return ((" ✗ the archive was replaced", "bad"), (": divewatch archive acknowledge ", "dim"))
    if condition.may_not_ask:
        return ((" ✗ nobody is asked from here", "bad"), (f" {one_line(condition.may_not_ask, 80)} ", "dim"))
    if condition.asks_elsewhere:
        return ((f" asked by {one_line(condition.asks_elsewhere, 80)} ", "dim"),)
    return ()


def away_line(away: Away, unsaved: int, now: datetime) -> Line:
    """Return that the archive's server cannot be reached, since when, and what is not saved yet."""
    told = f" since {away.since.astimezone():%H:%M}, showing what is here"
    waiting = away.waiting + unsaved
    if waiting:
        told += f", {plural(waiting, 'change')} not saved yet"
    if away.next_try is not None and away.next_try > now:
        told += f"; next try in {(away.next_try - now).total_seconds():.0f} s"
    return ((" ✗ archive server away", "bad"), (f"{told} ", "dim"))


def strip_line(
    states: "list[ProviderState]",
    now: datetime,
    width: int,
    before: Line = (),
    end_for: Callable[[int], Line] = lambda room: EMPTY,
) -> Line:
    """Return the strip in the longest form that fits: full words, without balances, names with a count.

    Then accounts that are ok and have no task under way are counted together, then names stand alone. No name is cut:
    where not all fit, those in trouble come first, then those with tasks under way. If none has a key, that is said
    instead; accounts without a key take no room beside one that has a key. `end_for` returns what was spent, for the
    cells that are left at the end.
    """
    keyed = [state for state in states if state.link is not ConnectionState.NO_KEY]
    shown = keyed or states
    first = sorted(shown, key=lambda state: (not _trouble(state), not state.active))
    busy = [state for state in shown if state.active or _trouble(state)] or shown
    rest = first[len(busy) :]
    forms = [_row(before, shown, now, detail) for detail in _Detail]
    forms[3:4] = [_row(before, busy, now, detail, rest) for detail in (_Detail.COUNT, _Detail.CLOSE)]
    after = end_for(width - line_width(forms[-2]))
    for room in (width - line_width(after), width):
        for line in forms[: None if keyed else 3]:
            if line_width(line) <= room:
                return _with_end(line, end_for(width - line_width(line)), width)
    if not keyed:
        return (*before, (f" – no key yet for any of {len(shown)} services", "dim"))
    some = [_row(before, first[:at], now, _Detail.CLOSE, first[at:]) for at in range(len(first), 0, -1)]
    return next((line for line in some if line_width(line) <= width), some[-1])


class _Detail(Enum):
    """What is told of an account."""

    BALANCE = "state, tasks, balance"
    STATE = "state, tasks"
    COUNT = "tasks"
    CLOSE = "tasks, without the mark of what is ok"
    NAME = "only a trouble"


def _trouble(state: "ProviderState") -> bool:
    return state.link not in {ConnectionState.OK, ConnectionState.STARTING, ConnectionState.ELSEWHERE}


def _row(
    before: Line,
    states: "Sequence[ProviderState]",
    now: datetime,
    detail: _Detail,
    rest: "Sequence[ProviderState]" = (),
) -> Line:
    """Return these accounts, and how many more there are."""
    line = sum((_account(state, now, detail) for state in states), before)
    well = all(state.link is ConnectionState.OK and not state.active for state in rest)
    return (*line, (f" +{len(rest)} {'ok' if well else 'more'}", "dim")) if rest else line


def _account(state: "ProviderState", now: datetime, detail: _Detail) -> Line:
    glyph, tone = LINK[state.link]
    troubled, close = _trouble(state), detail in {_Detail.CLOSE, _Detail.NAME}
    worded = detail in {_Detail.BALANCE, _Detail.STATE}
    idle = detail is _Detail.NAME and not (state.active or troubled)
    mark = " " if close and not troubled else f" {glyph} "
    pieces: list[tuple[str, str]] = [(mark, tone), (one_line(account_title(state.key)), "dim" if idle else "strong")]
    if worded or troubled:
        words = link_text(state, now) if worded else state.link.value
        pieces.append((f" {words}", tone if troubled else "dim"))
    if state.active and detail is not _Detail.NAME:
        pieces.append((f" {state.active}{' active' if worded else ''}", "dim"))
    if detail is _Detail.BALANCE and (balance := balance_text(state)):
        pieces.append((f" {one_line(balance, 40)}", "dim"))
    return (*pieces, ("" if close else "  ", "plain"))


def _with_end(line: Line, after: Line, width: int) -> Line:
    room = width - line_width(line) - line_width(after)
    return (*line, (" " * room, "plain"), *after) if after and room > 0 else line
