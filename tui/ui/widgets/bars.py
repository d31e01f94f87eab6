"""One-line widgets: the status line, the key bar. Equal values write nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Protocol

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.widgets import Input

from tui.domain.text import one_line
from tui.ui.commands.keymap import Keymap, is_text
from tui.ui.commands.registry import COMMANDS, Command, CommandContext, commands_in, footer
from tui.ui.commands.task_commands import FIRST_KEYS
from tui.ui.text.lines import EMPTY, Line, cut_line, line_width, spread
from tui.ui.widgets.painted import Drawn

_AT_END = 80  # rank of keys that have none: before quit


class LineBar(Drawn):
    """A widget of one line."""

    DEFAULT_CSS = "LineBar { height: 1; }"

    def __init__(self, *, name: str | None = None) -> None:
        super().__init__(name=name, id=name)
        self.shown: Line = EMPTY
        self._make: Callable[[int], Line] = lambda width: self.shown
        self._composed: tuple[int, Line] | None = None  # the line as it is now, and for which width

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return None: selecting all of a screen selects its text, not its bars."""
        return None

    def show(self, line: Line) -> None:
        """Show a line; an equal one, as after most keys, is not even measured."""
        if line != self.shown:
            with self.changing():
                self.shown = line

    def show_made(self, make: Callable[[int], Line]) -> None:
        """Show the line that `make` returns for a width."""
        with self.changing():
            self._make = make

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Repaint after the block if the line changed in it; the display writes only the cells that differ."""
        width = self.size.width
        before = self._line(width)
        yield
        self._composed = None
        if width and self._line(width) != before:
            self.refresh()

    def _line(self, width: int) -> Line:
        if self._composed is None or self._composed[0] != width:
            self._composed = width, self.compose_line(width)
        return self._composed[1]

    def compose_line(self, width: int) -> Line:
        """Return the line for a width."""
        return cut_line(self._make(width), width)

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        return self.strip_of(self._line(self.size.width) if y == 0 else EMPTY)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips directly, without Textual's style cache."""
        strips = [self.render_line(y) for y in crop.line_range]
        return strips if crop.width == self.size.width else [strip.crop(crop.x, crop.right) for strip in strips]


class StatusLine(LineBar):
    """Position on the left, state on the right; a message replaces the left side until the next key.

    News stands behind the position where there is room: nobody asked for it.
    """

    def __init__(self, *, clicked: str = "") -> None:
        super().__init__(name="status")
        self._clicked = clicked  # the command of a click on the state
        self._left: Line = EMPTY
        self._right: Line = EMPTY
        self._message: Line = EMPTY
        self._is_news = False

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
        if (left, right) != (self._left, self._right):
            with self.changing():
                self._left, self._right = left, right

    def say(self, message: str, *, problem: bool = False, news: str = "") -> None:
        """Show a message in place of the position; with the tone of `news` behind it."""
        mark: Line = (("✗ ", "bad"),) if problem else ()
        line = (*mark, (one_line(message), "bad" if problem else news or "good")) if message else EMPTY
        if (line, bool(news)) != (self._message, self._is_news):
            with self.changing():
                self._message, self._is_news = line, bool(news)

    @property
    def message(self) -> str:
        """The message shown now; "" for none."""
        return "".join(text for text, _ in self._message)

    @property
    def has_problem(self) -> bool:
        """Whether the message shown now tells of a problem."""
        return not self._is_news and any(tone == "bad" for _, tone in self._message)

    def compose_line(self, width: int) -> Line:
        """Return message or position, and the state."""
        left = ((" ", "plain"), *(self._message or self._left))
        if self._is_news and self._message:
            for place in (self._left, self._left[:2]):
                both = ((" ", "plain"), *place, ("   ", "plain"), *self._message)
                if place and line_width(both) + line_width(self._right) + 2 <= width:
                    return spread(both, (*self._right, (" ", "plain")), width)
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
        self.watch(self.screen, "focused", self.again, init=False)

    def update(self, keymap: Keymap, now: CommandContext) -> None:
        """Show the keys that are possible now."""
        self._shown = keymap, now
        self.again()

    def again(self) -> None:
        """Show as many keys as fit, with the context of the last update."""
        if self._shown:
            keys = (piece for pair in self._commands() for piece in _key_pieces(*pair, self._shown[1]))
            self.show((*self._enter(), *keys))

    on_resize = again

    def _commands(self) -> list[tuple[Command, str]]:
        if not self._shown:
            return []
        typing, panel = self._owner.typing, self._owner.panel_keys
        if panel and not typing:
            return panel_commands(self._owner.CONTEXT, *self._shown, panel)
        limit = next(most for width, most in _KEYS_BY_WIDTH if self.size.width >= width)
        labels = self._owner.other_labels
        found = footer_commands(self._owner.CONTEXT, *self._shown, typing=typing, limit=limit)
        keys = [(one._replace(label=labels.get(one.id, one.label)), key) for one, key in found]
        room = self.size.width - line_width(self._enter())
        while len(keys) > _ALWAYS and sum(line_width(_key_pieces(*pair, self._shown[1])) for pair in keys) > room:
            del keys[-_ALWAYS - 1]
        return keys

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


_KEYS, _ALWAYS = 6, 2  # on a narrow screen; the last ones, help and how to leave, are there at every width
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
    own = [(COMMANDS[name]._replace(label=label), keymap.of(name)) for name, label in labels.items()]
    everywhere = [pair for pair in footer_commands(context, keymap, now) if pair[0].context in {"app", "dialog"}]
    return [*((command, keys[0]) for command, keys in own if keys), *everywhere]


def _key_pieces(command: Command, key: str, now: CommandContext) -> Line:
    possible = command.why_not(now) is None
    return (f" {key}", "key" if possible else "dim"), (f" {command.label} ", "plain" if possible else "dim")
