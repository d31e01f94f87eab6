"""The provider strip: every account in one line, and the engine's trouble before them. Equal values write nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.account import account_title
from tui.domain.away import Away
from tui.domain.capability import ConnectionState
from tui.domain.text import one_line, plural
from tui.ui.commands.registry import COMMANDS
from tui.ui.text.formatting import LINK, balance_text, link_text
from tui.ui.text.lines import EMPTY, Line, cut_line, line_width
from tui.ui.widgets.bars import KeyBar, LineBar

if TYPE_CHECKING:
    from tui.engine.api import Condition, ProviderState


class ProviderStrip(LineBar):
    """All provider accounts in one line: connection, running tasks, balance."""

    def __init__(self, *, name: str | None = None, clicked: str) -> None:
        super().__init__(name=name)
        self._clicked = clicked
        self._line_for: Callable[[int], Line] = lambda width: EMPTY

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
        with self.changing():
            self._line_for = lambda width: strip_line(states, now, width, before, lambda room: spent(width, room))

    def compose_line(self, width: int) -> Line:
        """Return the line for a width."""
        return cut_line(self._line_for(width), width)

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

    Where not even the names fit, accounts with nothing to tell are counted together, then names are cut, but so that
    no two read alike while there is room for that, and those that are ok have no mark. If none has anything to tell,
    all names are cut; if none has a key, that is said instead. Accounts without a key take no room beside one that has
    a key. `end_for` returns what was spent, for the cells that are left at the end.
    """
    keyed = [state for state in states if state.link is not ConnectionState.NO_KEY]
    shown = keyed or states
    lines = [sum((_account(state, now, detail) for state in shown), before) for detail in (2, 1, 0)]
    after = end_for(width - line_width(lines[-1]))
    for room in (width - line_width(after), width):
        for line in lines:
            if line_width(line) <= room:
                return _with_end(line, after, width)
    if not keyed:
        return (*before, (f" – no key yet for any of {len(shown)} services", "dim"))
    busy = [state for state in shown if state.active or state.link is not ConnectionState.OK] or shown
    rest = len(shown) - len(busy)
    end: Line = ((f" ● {rest} more ok", "dim"),) if rest else ()
    names = [_name(state) for state in busy]

    def written(cut: "list[int]") -> Line:
        return (*sum((_account(state, now, 0, one) for state, one in zip(busy, cut, strict=True)), before), *end)

    cuts = [_unlike(names, letters) for letters in (_LONGEST_NAME, *range(8, 1, -1))]
    for cut in (*cuts, [2] * len(busy)):
        line = written(cut)
        if line_width(line) <= width:
            line = written(_longer(names, cut, width - line_width(line)))
            break
    return _with_end(line, end_for(width - line_width(line)), width)


_LONGEST_NAME = 40


def _with_end(line: Line, after: Line, width: int) -> Line:
    room = width - line_width(line) - line_width(after)
    return (*line, (" " * room, "plain"), *after) if after and room >= 0 else line


def _name(state: "ProviderState") -> str:
    return one_line(account_title(state.key))


def _unlike(names: "list[str]", letters: int) -> "list[int]":
    """Return how many letters of each name to show, at least `letters`: enough to tell the names apart."""
    found: list[int] = []
    for name in names:
        others, most = {*names} - {name}, max(letters, len(name))
        alone = (size for size in range(letters, most) if not any(one[:size] == name[:size] for one in others))
        found.append(next(alone, most))
    return found


def _longer(names: "list[str]", letters: "list[int]", room: int) -> "list[int]":
    """Return how many letters of each name to show when `room` cells are free: whole names first, then some of one."""
    found = [*letters]
    for whole in (True, False):
        for at, name in enumerate(names):
            more = min(max(0, len(name) - found[at]), room)
            if found[at] + more >= len(name) or not whole:
                found[at] += more
                room -= more
    return found


def _account(state: "ProviderState", now: datetime, detail: int, letters: int = _LONGEST_NAME) -> Line:
    glyph, tone = LINK[state.link]
    name = _name(state)
    cut = letters < _LONGEST_NAME
    calm = cut and state.link is ConnectionState.OK  # its name takes the cells of the glyph
    mark = " " if calm else f" {glyph} "
    pieces: list[tuple[str, str]] = [(mark, tone), (name[:letters] if cut else name, "strong")]
    troubled = state.link not in {ConnectionState.OK, ConnectionState.STARTING, ConnectionState.ELSEWHERE}
    if (detail or troubled) and not cut:
        words = link_text(state, now) if detail else state.link.value
        pieces.append((f" {words}", tone if troubled else "dim"))
    if state.active:
        pieces.append((f" {state.active}{' active' if detail else ''}", "dim"))
    if detail == 2 and (balance := balance_text(state)):
        pieces.append((f" {one_line(balance, 40)}", "dim"))
    return (*pieces, ("" if cut else "  ", "plain"))
