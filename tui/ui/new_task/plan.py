"""The rows of the new-task form: each account with mode, price, usual time and options; then schema and template."""

from collections.abc import Sequence

from tui.domain.account import account_title
from tui.domain.amounts import price_text
from tui.domain.capability import ConnectionState
from tui.domain.cells import cell_len, fit
from tui.domain.options import Option
from tui.domain.task import Cost
from tui.domain.text import join, one_line, plural
from tui.engine.commands.option_values import describe_options
from tui.ui.new_task.earlier import time_in
from tui.ui.new_task.outcome import Usual
from tui.ui.new_task.planner import Choice, Plan
from tui.ui.shell.services import Drafting
from tui.ui.text.lines import Line
from tui.ui.widgets.list_view import LineView

_LONGEST_NAME = 16
_LONGEST_MODE, _SHORTEST_MODE = 40, 14
_OPTIONS = 10  # least cells of "12 options"
_SIGN = 5  # "[x]" with blanks around it


class PlanLines(LineView):
    """The rows of the form; the cursor stops where something can be changed."""

    def __init__(self, plan: Plan, drafting: Drafting | None, usual: Usual) -> None:
        super().__init__(name="plan")
        self.plan = plan
        self.troubles: dict[str, list[str]] = {}
        self.prices: dict[str, Cost] = {}
        self._usual = usual
        self._drafting = drafting
        self._rows: list[tuple[str, Choice | None, str]] = []
        self.list_rows()

    def list_rows(self) -> None:
        """List the rows again; the cursor stays on its line number."""
        rows: list[tuple[str, Choice | None, str]] = [("trouble", None, text) for text in self.troubles.get("", ())]
        for choice in self.shown:
            rows.append(("account", choice, ""))
            rows += [("trouble", choice, text) for text in self.troubles.get(choice.state.key, ())]
        keyless = [_name(choice) for choice in self.plan.choices if choice not in self.shown]
        if keyless:
            rows.append(("keyless", None, f"{len(keyless)} more without a key: {join(keyless)}"))
        self._rows = [*rows, ("schema", None, ""), ("template", None, "")]

    @property
    def shown(self) -> list[Choice]:
        """The listed accounts: those with a key, or all if none has one."""
        choices = self.plan.choices
        return [choice for choice in choices if choice.state.link is not ConnectionState.NO_KEY] or [*choices]

    def options(self, choice: Choice) -> Sequence[Option]:
        """Return the options of a provider."""
        return self._drafting(choice.state.info.name).options() if self._drafting else ()

    def line_count(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def can_stop(self, number: int) -> bool:
        """Whether the cursor can be on a row: only where something can be changed."""
        return self._rows[number][0] not in {"trouble", "keyless"}

    @property
    def current(self) -> tuple[str, Choice | None]:
        """The account, schema or template under the cursor."""
        kind, choice, _ = self._rows[min(self.cursor, len(self._rows) - 1)]
        return kind, choice

    def header(self, width: int) -> Line | None:
        """Return the names of the columns."""
        name, mode, price, takes = self._columns(width)
        words = f"{'':{_SIGN}}{fit('provider', name)} {fit('  mode', mode + 4)} {fit('at most', price)} "
        return ((f"{words}{fit('usually', takes)} options" if takes else f"{words}options", "head"),)

    def line(self, number: int, width: int) -> Line:
        """Return one row."""
        kind, choice, text = self._rows[number]
        if kind == "trouble":
            return (("     ✗ ", "bad"), (text, "bad"))
        if kind == "keyless":
            return ((" [-] ", "dim"), (text, "dim"))
        if kind == "schema":
            return ((" answer as  ", "dim"), (_schema(self.plan), "plain"))
        if kind == "template" or choice is None:
            return ((" template   ", "dim"), ("take one, or keep this brief as one", "dim"))
        return self._account(choice, width)

    def _columns(self, width: int) -> tuple[int, int, int, int]:
        """Return the widths of name, mode, price and usual time; options get the rest."""
        choices = self.shown
        name = min(_LONGEST_NAME, max(map(cell_len, ("provider", *map(_name, choices)))))
        mode = min(_LONGEST_MODE, max((cell_len(choice.mode_name or "") for choice in choices), default=4))
        price = max(7, *(cell_len(price_text(cost)) for cost in self.prices.values())) if self.prices else 7
        left = width - _SIGN - name - mode - price - 8 - _OPTIONS
        takes = max((cell_len(self._takes(choice)) for choice in choices), default=0)
        given = max(0, min(takes - left, mode - _SHORTEST_MODE))  # a long mode gives cells to the time
        return name, mode - given, price, min(takes, max(0, left + given), 24)

    def _takes(self, choice: Choice) -> str:
        """Return how long the chosen mode usually takes: measured in the archive, else as the provider documents it."""
        info = choice.state.info
        note = "" if choice.typed_mode or not info.modes else info.modes[choice.mode].note
        return self._usual.get((info.name, choice.mode_name)) or time_in(one_line(note))

    def _account(self, choice: Choice, width: int) -> Line:
        name, mode, price, takes = self._columns(width)
        shown = fit(_name(choice), name)
        if choice.unable:
            return ((" [-] ", "dim"), (f"{shown} ", "dim"), (one_line(choice.unable), "dim"))
        sign = (" [x] ", "accent") if choice.chosen else (" [ ] ", "plain")
        several = len(choice.state.info.modes) > 1 or choice.state.info.open_modes
        left, right = ("‹ ", " ›") if several else ("  ", "  ")
        cost = self.prices.get(choice.state.key, Cost())
        return (
            sign,
            (f"{shown} ", "strong" if choice.chosen else "plain"),
            (left, "key"),
            (fit(one_line(choice.mode_name or "-"), mode), "plain"),
            (f"{right} ", "key"),
            (f"{fit(price_text(cost) or '?', price)} ", "strong"),
            (f"{fit(self._takes(choice), takes)} " if takes else "", "dim"),
            (self._options(choice), "plain" if choice.options else "dim"),
        )

    def _options(self, choice: Choice) -> str:
        options, sender = self.options(choice), one_line(choice.state.sender.partition(" (")[0])
        told = plural(len(options), "option") if options else "no options"
        told = describe_options(options, choice.options) if choice.options else told
        return f"via {sender}, {told}" if sender else told


def _name(choice: Choice) -> str:
    return one_line(account_title(choice.state.key))


def _schema(plan: Plan) -> str:
    if plan.schema is None:
        return "prose; enter for fields (an output schema)"
    members = plan.schema.get("properties")
    names = join(list(members)[:6]) if isinstance(members, dict) and members else ""
    return one_line(f"{plan.schema.get('type', 'any')}{': ' + names if names else ''}", 200)
