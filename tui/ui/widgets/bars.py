"""One-line widgets: the status line, the footer of keys, the provider strip. Equal values write nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

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
from tui.ui.commands.registry import COMMANDS, Command, CommandContext, alive, footer
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
        """Return nothing: what is selected with all of a screen is its text, not its bars."""
        return None

    def show(self, line: Line) -> None:
        """Show a line; an equal one costs nothing."""
        with self.changing():
            self.shown = line

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Repaint only the cells that are different after the block."""
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
        """Return our own strips, past the style cache and its copies."""
        strips = [self.render_line(y) for y in crop.line_range]
        return strips if crop.width == self.size.width else [strip.crop(crop.x, crop.right) for strip in strips]


class StatusLine(LineBar):
    """Where one is on the left, the state on the right; a message takes the left side until the next key."""

    def __init__(self, *, name: str | None = "status", clicked: str = "") -> None:
        super().__init__(name=name)
        self._clicked = clicked  # the command of a click on the state
        self._left: Line = EMPTY
        self._right: Line = EMPTY
        self._message: Line = EMPTY

    def on_click(self, event: events.Click) -> None:
        """Run the command of the state on the right."""
        if self._clicked and event.x >= self.size.width - line_width(self._right) - 1 and self._shows_state:
            self.post_message(KeyBar.Pressed(COMMANDS[self._clicked], ""))

    @property
    def _shows_state(self) -> bool:
        left = line_width(self._message or self._left) + 1
        return not self._message or left + line_width(self._right) + 2 <= self.size.width

    def place(self, left: Line, right: Line = EMPTY) -> None:
        """Say where one is."""
        with self.changing():
            self._left, self._right = left, right

    def say(self, message: str, *, problem: bool = False) -> None:
        """Say what happened, in one line."""
        mark: Line = (("✗ ", "bad"),) if problem else ()
        with self.changing():
            self._message = (*mark, (one_line(message), "bad" if problem else "good")) if message else EMPTY

    @property
    def message(self) -> str:
        """The message shown now; "" for none."""
        return "".join(text for text, _ in self._message)

    @property
    def has_problem(self) -> bool:
        """Whether the message shown now says that something was not possible."""
        return any(tone == "bad" for _, tone in self._message)

    def compose_line(self, width: int) -> Line:
        """Return message or place, and the state."""
        left = ((" ", "plain"), *(self._message or self._left))
        if self._message and line_width(left) + line_width(self._right) + 2 > width:
            return cut_line(left, width)
        return spread(left, (*self._right, (" ", "plain")), width)


class KeyBar(LineBar):
    """The footer: at most six keys of this screen, ten where it is wide; what is not possible now is dim.

    A click on a key is that key.
    """

    @dataclass
    class Pressed(Message):
        """A key was clicked."""

        command: Command
        key: str

    def __init__(self, context: str, *, name: str | None = "keys") -> None:
        super().__init__(name=name)
        self._screen_context = context
        self._shown: tuple[Keymap, CommandContext] | None = None

    def on_mount(self) -> None:
        """Show other keys while a field has the focus."""
        self.watch(self.screen, "focused", self._show_keys, init=False)

    def update(self, keymap: Keymap, situation: CommandContext) -> None:
        """Show the keys for a situation."""
        self._shown = keymap, situation
        self._show_keys()

    def on_resize(self) -> None:
        """Show as many keys as there is room for."""
        self._show_keys()

    def again(self) -> None:
        """Show the keys that act now, in the situation last told."""
        self._show_keys()

    def _commands(self) -> list[tuple[Command, str]]:
        if not self._shown:
            return []
        typing = bool(getattr(self.screen, "typing", False))
        panel: Mapping[str, str] = getattr(self.screen, "panel_keys", {})
        if panel and not typing:
            return panel_commands(self._screen_context, *self._shown, panel)
        limit = next(most for width, most in _KEYS_BY_WIDTH if self.size.width >= width)
        labels: Mapping[str, str] = getattr(self.screen, "other_labels", {})  # where a key does something else now
        found = footer_commands(self._screen_context, *self._shown, typing=typing, limit=limit)
        return [(one._replace(label=labels.get(one.id, one.label)), key) for one, key in found]

    def _show_keys(self) -> None:
        if self._shown:
            keys = (piece for pair in self._commands() for piece in _key_pieces(*pair, self._shown[1]))
            self.show((*self._enter(), *keys))

    def _enter(self) -> Line:
        """Return what enter does in the field that has the keys."""
        where = getattr(self.screen, "ENTER_GOES_TO", "") if isinstance(self.screen.focused, Input) else ""
        return ((" enter", "key"), (f" {where} ", "plain")) if where else EMPTY

    def on_click(self, event: events.Click) -> None:
        """Carry the clicked command out, as its key would."""
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
    context: str, keymap: Keymap, situation: CommandContext, *, typing: bool = False, limit: int = _KEYS
) -> list[tuple[Command, str]]:
    """Return the commands of the footer with the key to show; while text is typed only those that work then."""
    wanted = FIRST_KEYS.get(situation.task.status, ()) if situation.task and context == "tasks" else ()
    first = [one for one in wanted if COMMANDS[one].why_not(situation) is None]
    commands = [*footer(context, limit, tuple(first[:2]))]
    if typing:
        others = [command for command in alive(context) if command.id in _WITH_A_FIELD]
        commands = [command for command in dict.fromkeys((*commands, *others)) if command.typing]
        commands.sort(key=lambda command: command.footer or _AT_END)
    usable = (
        (command, [key for key in keymap.of(command.id) if not (typing and is_text(key))]) for command in commands
    )
    return [(command, keys[0]) for command, keys in usable if keys]


def panel_commands(
    context: str, keymap: Keymap, situation: CommandContext, labels: Mapping[str, str]
) -> list[tuple[Command, str]]:
    """Return the commands of the panel that has the keys, as they are called there, then those everywhere."""
    own = [(command._replace(label=labels[command.id]), command) for command in alive(context) if command.id in labels]
    own.sort(key=lambda pair: [*labels].index(pair[1].id))
    everywhere = [pair for pair in footer_commands(context, keymap, situation) if pair[0].context in {"app", "dialog"}]
    return [*((shown, keymap.of(command.id)[0]) for shown, command in own if keymap.of(command.id)), *everywhere]


def _key_pieces(command: Command, key: str, situation: CommandContext) -> Line:
    possible = command.why_not(situation) is None
    return (f" {key}", "key" if possible else "dim"), (f" {command.label} ", "plain" if possible else "dim")


class ProviderStrip(LineBar):
    """Every provider account in one line: how the way to it is, what is under way, credits or quota left."""

    def __init__(self, *, name: str | None = None, clicked: str) -> None:
        super().__init__(name=name)
        self._clicked = clicked
        self._line_for: Callable[[int], Line] = lambda width: EMPTY

    def on_click(self) -> None:
        """Run the command of a click anywhere in it."""
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
        """Whether the strip shows a time that runs."""
        away = condition is not None and condition.away is not None
        return away or any(state.next_try for state in providers.values())


def condition_line(condition: "Condition | None", now: datetime) -> Line:
    """Return what stands before the accounts: that something is not saved and why, or who asks in our place."""
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
    """Return that the server of the archive cannot be reached, since when, and what is not saved yet."""
    told = f" since {away.since.astimezone():%H:%M}, showing what is here"
    waiting = away.waiting + unsaved
    if waiting:
        told += f", {plural(waiting, 'change')} not saved yet"
    if away.next_try is not None and away.next_try > now:
        told += f"; next try in {(away.next_try - now).total_seconds():.0f} s"
    return ((" ✗ archive server away", "bad"), (f"{told} ", "dim"))


def strip_line(states: "list[ProviderState]", now: datetime, width: int, before: Line = (), after: Line = ()) -> Line:
    """Return the strip: full words, then without balances, then names with a count, whichever fits first.

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
    line = before
    busy = [state for state in shown if state.active or state.link is not ConnectionState.OK] or shown
    rest = len(shown) - len(busy)
    end: Line = ((f" ● {rest} more ok", "dim"),) if rest else ()
    names = [_name(state) for state in busy]
    cuts = [_unlike(names, letters) for letters in (_LONGEST_NAME, *range(8, 1, -1))]
    for cut in (*cuts, [2] * len(busy)):
        line = (
            *sum((_account(state, now, 0, letters) for state, letters in zip(busy, cut, strict=True)), before),
            *end,
        )
        if line_width(line) <= width:
            break
    return _with_end(line, after, width)


_LONGEST_NAME = 40


def _with_end(line: Line, after: Line, width: int) -> Line:
    room = width - line_width(line) - line_width(after)
    return (*line, (" " * room, "plain"), *after) if after and room >= 0 else line


def _name(state: "ProviderState") -> str:
    return one_line(account_title(state.key))


def _unlike(names: "list[str]", letters: int) -> "list[int]":
    """Return how many letters of each name to show, at least `letters`: as many more as set it off from the others."""
    found: list[int] = []
    for name in names:
        others, most = {*names} - {name}, max(letters, len(name))
        alone = (size for size in range(letters, most) if not any(one[:size] == name[:size] for one in others))
        found.append(next(alone, most))
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
