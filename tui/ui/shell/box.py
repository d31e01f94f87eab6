"""A titled frame around a part of a screen, with the keys that act in it on its lower edge."""

from textual.containers import Container
from textual.content import Content
from textual.widget import Widget

from tui.ui.commands.keymap import Keymap, is_text
from tui.ui.commands.registry import COMMANDS


class Box(Container):
    """A frame around one widget; lists draw their own lines and have no borders."""

    def __init__(self, content: Widget, title: str, name: str) -> None:
        super().__init__(content, id=name, classes="box")
        self.border_title = Content(title)

    def say_keys(self, keymap: Keymap, *commands: str, typing: bool = False) -> None:
        """Show the keys of these commands on the lower edge: where one is `typing`, those that are no text."""
        shown = [
            ([key for key in keymap.of(name) if not (typing and is_text(key))], COMMANDS[name].label)
            for name in commands
        ]
        self.border_subtitle = Content("   ".join(f"{keys[0]} {label}" for keys, label in shown if keys))
