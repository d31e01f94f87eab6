"""One-line widgets: the status line, the key bar, the provider strip. Equal values write nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.widgets import Input

from tui.domain.account import account_title
from tui.domain.away import Away
from tui.domain.capability import ConnectionState
from tui.domain.text import one_line, plural
from tui.ui.commands.keymap import Keymap, is_text
from tui.ui.commands.registry import COMMANDS, Command, CommandContext, commands_in, footer
from tui.ui.commands.task_commands import FIRST_KEYS
from tui.ui.text.formatting import LINK, balance_text, link_text
from tui.ui.text.lines import EMPTY, Line, cut_line, difference, line_width, spread
from tui.ui.widgets.painted import Drawn

if TYPE_CHECKING:
    from tui.engine.api import Condition, ProviderState

_AT_END = 80  # rank of keys that have none: before quit


class LineBar(Drawn):
    """A widget of one line."""

    DEFAULT_CSS = "LineBar { height: 1; }"

    def __init__(self, *, name: str | None = None) -> None:
        super().__init__(name=name, id=name)
        self.shown: Line = EMPTY

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return None: selecting all of a screen selects its text, not its bars."""
        return None

    def show(self, line: Line) -> None:
        """Show a line; an equal one is not repainted."""
        with self.changing():
            self.shown = line

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Repaint, after the block, only the cells that changed in it."""
        width = self.size.width
        before = self.compose_line(width)
        yield
        after = self.compose_line(width)
        if width and after != before and (span := difference(before, after)):
            self.refresh(Region(span[0], 0, span[1], 1))

    def compose_line(self, width: int) -> Line:
        """Return the line for a width."""
        return cut_line(self.shown, width)

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        return self.strip_of(self.compose_line(self.size.width) if y == 0 else EMPTY)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips directly, without Textual's style cache."""
        strips = [self.render_line(y) for y in crop.line_range]
        return strips if crop.width == self.size.width else [strip.crop(crop.x, crop.right) for strip in strips]


class StatusLine(LineBar):
    """Position on the left, state on the right; a message replaces the left side until the next key."""

    def __init__(self, *, clicked: str = "") -> None:
        super().__init__(name="status")
        self._clicked = clicked  # the command of a click on the state
        self._left: Line = EMPTY
        self._right: Line = EMPTY
        self._message: Line = EMPTY

    def on_click(self, event: events.Click) -> None:
        """Run the command that belongs to the state on the right."""
        if self._clicked and event.x >= self.size.width - line_width(self._right) - 1 and self._shows_state:
            self.post_message(KeyBar.Pressed(COMMANDS[self._clicked], ""))

    @property
    def _shows_state(self) -> bool:
        left = line_width(self._message or self._left) + 1
        return not self._message or left + line_width(self._right) + 2 <= self.size.width

    def place(self, left: Line, right: Line = EMPTY) -> None:
        """Show position and state."""
        with self.changing():
            self._left, self._right = left, right

    def say(self, message: str, *, problem: bool = False) -> None:
        """Show a message in place of the position."""
        mark: Line = (("✗ ", "bad"),) if problem else ()
        with self.changing():
            self._message = (*mark, (one_line(message), "bad" if problem else "good")) if message else EMPTY

    @property
    def message(self) -> str:
        """The message shown now; "" for none."""
        return "".join(text for text, _ in self._message)

    @property
    def has_problem(self) -> bool:
        """Whether the message shown now tells of a problem."""
        return any(tone == "bad" for _, tone in self._message)

    def compose_line(self, width: int) -> Line:
        """Return message or position, and the state."""
        left = ((" ", "plain"), *(self._message or self._left))
        if self._message and line_width(left) + line_width(self._right) + 2 > width:
            return cut_line(left, width)
        return spread(left, (*self._right, (" ", "plain")), width)


class KeyBarScreen(Protocol):
    """What the key bar asks of its screen."""

    CONTEXT: ClassVar[str]  # the group of commands, as in `COMMAND_SCOPES`
    ENTER_GOES_TO: ClassVar[str]  # what enter does in a field of one line; "" says nothing of it

    @property
    def typing(self) -> bool:
        """Whether a field takes the keys now."""

    @property
    def panel_keys(self) -> Mapping[str, str]:
        """The labels of the focused panel's own commands, by command id; empty without such a panel."""

    @property
    def other_labels(self) -> Mapping[str, str]:
        """The labels of commands that do something else than usual now, by command id."""


class KeyBar(LineBar):
    """The footer: at most six keys of this screen, up to fourteen where it is wide; what is not possible now is dim.

    A click on a key is that key.

    Args:
        owner: the screen whose keys are shown.
    """

    @dataclass
    class Pressed(Message):
        """A key in the bar was clicked."""

        command: Command
        key: str

    def __init__(self, owner: KeyBarScreen) -> None:
        super().__init__(name="keys")
        self._owner = owner
        self._shown: tuple[Keymap, CommandContext] | None = None

    def on_mount(self) -> None:
        """Update the keys whenever the focus changes: a focused field has other ones."""
        self.watch(self.screen, "focused", self._show_keys, init=False)

    def update(self, keymap: Keymap, now: CommandContext) -> None:
        """Show the keys that are possible now."""
        self._shown = keymap, now
        self._show_keys()

    def on_resize(self) -> None:
        """Show as many keys as fit."""
        self._show_keys()

    def again(self) -> None:
        """Update the keys with the context of the last update."""
        self._show_keys()

    def _commands(self) -> list[tuple[Command, str]]:
        if not self._shown:
            return []
        typing, panel = self._owner.typing, self._owner.panel_keys
        if panel and not typing:
            return panel_commands(self._owner.CONTEXT, *self._shown, panel)
        limit = next(most for width, most in _KEYS_BY_WIDTH if self.size.width >= width)
        labels = self._owner.other_labels
        found = footer_commands(self._owner.CONTEXT, *self._shown, typing=typing, limit=limit)
        return [(one._replace(label=labels.get(one.id, one.label)), key) for one, key in found]

    def _show_keys(self) -> None:
        if self._shown:
            keys = (piece for pair in self._commands() for piece in _key_pieces(*pair, self._shown[1]))
            self.show((*self._enter(), *keys))

    def _enter(self) -> Line:
        """Return what enter does in the focused field."""
        where = self._owner.ENTER_GOES_TO if isinstance(self.screen.focused, Input) else ""
        return ((" enter", "key"), (f" {where} ", "plain")) if where else EMPTY

    def on_click(self, event: events.Click) -> None:
        """Run the clicked command, as its key would."""
        end = line_width(self._enter())
        if event.x < end and isinstance(self.screen.focused, Input):
            self.call_later(self.screen.focused.action_submit)
            return
        for command, key in self._commands():
            end += line_width(_key_pieces(command, key, CommandContext()))
            if event.x < end:
                self.post_message(self.Pressed(command, key))
                return


_KEYS = 6
_KEYS_BY_WIDTH = ((150, 14), (110, 10), (0, _KEYS))
"""How many keys a screen of at least so many cells shows."""
_WITH_A_FIELD = {"app.back", "app.next_pane", "dialog.close", "dialog.next_pane", "options.done"}


def footer_commands(
    context: str, keymap: Keymap, now: CommandContext, *, typing: bool = False, limit: int = _KEYS
) -> list[tuple[Command, str]]:
    """Return the commands of the bar, each with the key to show; while text is typed only those that work then."""
    wanted = FIRST_KEYS.get(now.task.status, ()) if now.task and context == "tasks" else ()
    first = [one for one in wanted if COMMANDS[one].why_not(now) is None]
    commands = [*footer(context, limit, tuple(first[:2]))]
    if typing:
        others = [command for command in commands_in(context) if command.id in _WITH_A_FIELD]
        commands = [command for command in dict.fromkeys((*commands, *others)) if command.typing]
        commands.sort(key=lambda command: command.footer or _AT_END)
    usable = (
        (command, [key for key in keymap.of(command.id) if not (typing and is_text(key))]) for command in commands
    )
    return [(command, keys[0]) for command, keys in usable if keys]


def panel_commands(
    context: str, keymap: Keymap, now: CommandContext, labels: Mapping[str, str]
) -> list[tuple[Command, str]]:
    """Return the commands of the focused panel with their labels there, then those that work everywhere."""
    own = [
        (command._replace(label=labels[command.id]), command)
        for command in commands_in(context)
        if command.id in labels
    ]
    own.sort(key=lambda pair: [*labels].index(pair[1].id))
    everywhere = [pair for pair in footer_commands(context, keymap, now) if pair[0].context in {"app", "dialog"}]
    return [*((shown, keymap.of(command.id)[0]) for shown, command in own if keymap.of(command.id)), *everywhere]


def _key_pieces(command: Command, key: str, now: CommandContext) -> Line:
    possible = command.why_not(now) is None
    return (f" {key}", "key" if possible else "dim"), (f" {command.label} ", "plain" if possible else "dim")


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
        spent: Callable[[int], Line] = lambda width: EMPTY,
    ) -> None:
        """Show these accounts, in front of them what is wrong with the engine itself, at the end what was spent."""
        before, states = condition_line(condition, now), list(providers.values())
        with self.changing():
            self._line_for = lambda width: strip_line(states, now, width, before, spent(width))

    def compose_line(self, width: int) -> Line:
        """Return the line for a width."""
        return cut_line(self._line_for(width), width)

    @staticmethod
    def counts_down(providers: "Mapping[str, ProviderState]", condition: "Condition | None") -> bool:
        """Whether the strip shows a time that must be updated every second."""
        away = condition is not None and condition.away is not None
        return away or any(state.next_try for state in providers.values())


def condition_line(condition: "Condition | None", now: datetime) -> Line:
    """Return the engine's trouble: what is not saved and why, or which other process polls."""
    if condition is None:
        return ()
    if condition.away is not None:
        return away_line(condition.away, condition.unsaved, now)
    if condition.trouble:
        what = f"{plural(condition.unsaved, 'task')} not saved" if condition.unsaved else "nothing can be saved"
        return ((f" ✗ {what}", "bad"), (f" {one_line(condition.trouble, 80)} ", "dim"))
    if condition.notice:
        return ((" ✗ the archive was replaced", "bad"), (": divewatch archive acknowledge ", "dim"))
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


def strip_line(states: "list[ProviderState]", now: datetime, width: int, before: Line = (), after: Line = ()) -> Line:
    """Return the strip in the longest form that fits: full words, without balances, names with a count.

    Where not even the names fit, accounts with nothing to tell are counted together, then names are cut, but so that
    no two read alike while there is room for that. If none has anything to tell, all names are cut; if none has a key,
    that is said instead. Accounts without a key take no room beside one that has a key. `after` is what was spent,
    where there is room at the end.
    """
    keyed = [state for state in states if state.link is not ConnectionState.NO_KEY]
    shown = keyed or states
    lines = [sum((_account(state, now, detail) for state in shown), before) for detail in (2, 1, 0)]
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
    return _with_end(line, after, width)


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
    pieces: list[tuple[str, str]] = [(f" {glyph} ", tone), (name[:letters] if cut else name, "strong")]
    troubled = state.link not in {ConnectionState.OK, ConnectionState.STARTING, ConnectionState.ELSEWHERE}
    if (detail or troubled) and not cut:
        words = link_text(state, now) if detail else state.link.value
        pieces.append((f" {words}", tone if troubled else "dim"))
    if state.active:
        pieces.append((f" {state.active}{' active' if detail else ''}", "dim"))
    if detail == 2 and (balance := balance_text(state)):
        pieces.append((f" {one_line(balance, 40)}", "dim"))
    return (*pieces, ("" if cut else "  ", "plain"))
