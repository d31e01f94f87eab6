"""The options of one provider for a new task: one a line, changed in place, checked at every change."""

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from tui.domain.cells import cell_len, fit
from tui.domain.detail import Json
from tui.domain.options import Option, OptionKind, group_of, value_at, with_value
from tui.domain.text import one_line, plural
from tui.engine.commands.option_values import read_value, summary_of, text_of
from tui.ui.commands.command import handles
from tui.ui.commands.registry import CommandContext
from tui.ui.shell.dialogs import Dialog, InputDialog
from tui.ui.shell.shell import shell
from tui.ui.shell.text_dialog import TextDialog
from tui.ui.text.lines import Line
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.item_list import ItemList

Check = Callable[[dict[str, Json]], Sequence[tuple[str, str]]]
"""What is wrong with options: (field, what), as `Provider.check` says it."""

_STEPS: dict[Json, Json] = {None: True, True: False, False: None}
_LABEL = 18
_LEAST = 12  # cells of the column of values
_NONE = "-"  # typed to unset: an empty line cannot be sent


class OptionLines(ItemList[str | Option]):
    """The options with their values, under headings."""

    def __init__(self, options: Sequence[Option], values: dict[str, Json], check: Check) -> None:
        super().__init__(_grouped(options), name="options")
        self.options = options
        self.values = values
        self.cursor = 1  # below the first heading
        self._check = check
        self.troubles: list[tuple[str, str]] = []
        self.change(values)

    def change(self, values: dict[str, Json]) -> None:
        """Show other values and their errors."""
        self.values = values
        found = self._check(values)
        self.troubles = [(field.partition(".")[2], what) for field, what in found if field.startswith("options.")]
        self.lines_changed()

    @property
    def option(self) -> Option:
        """The option under the cursor."""
        assert isinstance(self.current, Option), "the cursor rests on options"
        return self.current

    def trouble(self, option: Option) -> str:
        """Return what is wrong with an option's value; "" if it is valid or not set."""
        top, _, leaf = option.name.partition(".")
        told = [what for name, what in self.troubles if name == top]
        named = [what for what in told if leaf and leaf in what]
        return next(iter(named or ([] if leaf else told)), "")

    def can_stop(self, number: int) -> bool:
        """Whether the cursor can be on a line: options, not headings."""
        return isinstance(self.items[number], Option)

    def line(self, number: int, width: int) -> Line:
        """Return a heading, or an option with its value or default and, where there is room, its meaning."""
        option = self.items[number]
        if isinstance(option, str):
            return ((f" {option}", "title"),)
        label = (f"   {fit(option.label, _LABEL)} ", "plain")
        if trouble := self.trouble(option):
            return (label, ("✗ ", "bad"), (one_line(trouble), "bad"))
        room = width - _LABEL - 5
        value = max(_LEAST, min(room // 3, max(cell_len(self._shown(one)[0]) for one in self.options) + 1))
        shown, tone = self._shown(option)
        about = option.about or ", ".join(option.choices)
        return (label, (f"{fit(shown, value)} ", tone), (one_line(about), "dim"))

    def _shown(self, option: Option) -> tuple[str, str]:
        """Return the value of an option, else its default, with its tone."""
        shown = summary_of(option, value_at(self.values, option.name))
        if shown:
            return (f"{shown} {option.unit}" if option.unit and shown.isdigit() else shown), "strong"
        return (f"default: {option.default}" if option.default else "·"), "dim"


def _grouped(options: Sequence[Option]) -> list[str | Option]:
    """Return the options under their headings, both in order of first appearance."""
    groups: dict[str, list[Option]] = {}
    for option in options:
        groups.setdefault(group_of(option), []).append(option)
    rows: list[str | Option] = []
    for heading, members in groups.items():
        rows += [heading, *members]
    return rows


class OptionsScreen(Dialog[dict[str, Json]]):
    """The screen that changes options; escape returns them, as nothing here is final."""

    CONTEXT = "options"
    CHOSEN = "options.change"
    AUTO_FOCUS = "OptionLines"

    def __init__(self, title: str, options: Sequence[Option], values: dict[str, Json], check: Check) -> None:
        super().__init__()
        self._title = title
        self.view = OptionLines(options, values, check)

    def compose(self) -> ComposeResult:
        """Yield the options and the explanation."""
        with Vertical(classes="dialog tall") as box:
            box.border_title = Content(f"{self._title}: options")
            yield self.view
            yield StatusLine()
            yield KeyBar(self)

    def on_mount(self) -> None:
        """Explain the first option."""
        self.view.focus()
        self._explain()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the explanation for the new width."""
        super().on_resize(event)
        self._explain()

    def command_context(self) -> CommandContext:
        """Return the number of options."""
        return CommandContext(tasks=len(self.view.options))

    def _explain(self) -> None:
        option = self.view.option
        text = option.about or ", ".join(option.choices)
        wrong = len(self.view.troubles)
        status = self.query_one(StatusLine)
        count = plural(len(self.view.options), "option")
        fits = cell_len(text) + cell_len(count) + 4 <= status.size.width  # the explanation goes before the count
        right: Line = ((plural(wrong, "problem"), "bad"),) if wrong else ((count if fits else "", "dim"),)
        status.place(((text, "dim"),), right)
        self.query_one(KeyBar).update(shell(self).keymap, self.command_context())

    on_line_view_moved = _explain

    @handles("options.unset")
    def action_unset(self) -> None:
        """Leave the value to the provider."""
        self._set(self.view.option, None)

    def _set(self, option: Option, value: Json) -> None:
        self.view.change(with_value(self.view.values, option.name, value))
        self._explain()

    @handles("options.change")
    def action_change(self) -> None:
        """Switch to the next value; a value without a fixed list is typed."""
        option = self.view.option
        value = value_at(self.view.values, option.name)
        if option.kind is OptionKind.FLAG:
            self._set(option, _STEPS[value if isinstance(value, bool) else None])
        elif option.kind is OptionKind.CHOICE:
            words = [None, *option.choices]
            self._set(option, words[(words.index(value) + 1) % len(words)] if value in words else words[1])
        else:
            self._write(option, value)

    def _write(self, option: Option, value: Json) -> None:
        now = text_of(option, value)
        if option.kind is OptionKind.FILES and value is not None:
            now = ""  # their paths are not known any more

        def check(text: str) -> None:
            if text != _NONE:
                read_value(option, text)

        def answered(text: str) -> None:
            self._set(option, None if text == _NONE else read_value(option, text))

        title, hint = f"{self._title}: {option.label}", option.about or ", ".join(option.choices)
        if option.kind in {OptionKind.PROSE, OptionKind.PRODUCTS} or "\n" in now:
            kept = f"option.{title}.{option.name}" if option.kind is OptionKind.PROSE else ""
            shell(self).show(TextDialog(title, hint, now, check=check, kept=kept), answered)
        else:
            shell(self).show(InputDialog(title, f"{hint}; {_NONE} for none", now, check=check), answered)

    @handles("options.done")
    def action_back(self) -> None:
        """Close and return the values."""
        self.dismiss(self.view.values)
