"""Everything of the new-task form but the brief, one thing a line: template, providers, options, schema, price."""

from collections.abc import Callable, Sequence

from tui.domain.account import account_key
from tui.domain.amounts import cost_text
from tui.domain.cells import fit
from tui.domain.options import Option
from tui.domain.task import Cost
from tui.domain.text import join, one_line
from tui.engine.commands.option_values import describe_options
from tui.ui.new_task.planner import Choice, Plan
from tui.ui.shell.services import Drafting
from tui.ui.text.lines import Line
from tui.ui.widgets.list_view import LineView

_NAME = 14


class PlanLines(LineView):
    """The rows; the cursor rests on what can be changed."""

    def __init__(self, plan: Plan, drafting: Callable[[str], Drafting] | None) -> None:
        super().__init__(name="plan")
        self.plan = plan
        self.troubles: dict[str, list[str]] = {}
        self.price = ""
        self.prices: dict[str, Cost] = {}
        self.warnings: list[str] = []
        self._drafting = drafting
        self._rows: list[tuple[str, Choice | None, str]] = []
        self.list_rows()

    def list_rows(self) -> None:
        """List the rows anew; the cursor stays on its line number."""
        rows: list[tuple[str, Choice | None, str]] = [("trouble", None, text) for text in self.troubles.get("", ())]
        for choice in self.plan.choices:
            rows.append(("account", choice, ""))
            if choice.chosen and not choice.unable and self.options(choice):
                rows.append(("options", choice, ""))
            rows += [("trouble", choice, text) for text in self.troubles.get(choice.state.key, ())]
        rows += [("schema", None, ""), ("template", None, ""), ("price", None, "")]
        rows += [("warning", None, text) for text in self.warnings]
        self._rows = rows

    def options(self, choice: Choice) -> Sequence[Option]:
        """Return the options of a provider."""
        return self._drafting(choice.state.info.name).options() if self._drafting else ()

    def line_count(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def can_stop(self, number: int) -> bool:
        """Rest only where something can be changed."""
        return self._rows[number][0] in {"account", "options", "schema", "template"}

    @property
    def current(self) -> tuple[str, Choice | None]:
        """What is under the cursor."""
        kind, choice, _ = self._rows[min(self.cursor, len(self._rows) - 1)]
        return kind, choice

    def line(self, number: int, width: int) -> Line:
        """Return one row."""
        kind, choice, text = self._rows[number]
        if kind == "trouble":
            return (("     ✗ ", "bad"), (text, "bad"))
        if kind == "warning":
            return ((" ! ", "warn"), (text, "warn"))
        if kind == "schema":
            return ((" output schema  ", "dim"), (_schema(self.plan), "plain"))
        if kind == "template":
            return ((" template       ", "dim"), ("take one, or keep this brief as one", "dim"))
        if kind == "price":
            return ((" costs          ", "dim"), (self.price or "nothing is chosen", "strong"))
        assert choice is not None
        if kind == "account":
            return _account(choice, self.prices.get(choice.state.key))
        return (("     options    ", "dim"), (describe_options(self.options(choice), choice.options), "plain"))


def _account(choice: Choice, price: Cost | None) -> Line:
    info = choice.state.info
    name = account_key(info.title, choice.state.account)
    if choice.unable:
        return ((" [-] ", "dim"), (fit(one_line(name), _NAME), "dim"), (one_line(choice.unable), "dim"))
    sign = (" [x] ", "accent") if choice.chosen else (" [ ] ", "plain")
    if not info.modes:
        return (sign, (fit(one_line(name), _NAME), "strong"))
    mode = info.modes[choice.mode]
    return (
        sign,
        (fit(one_line(name), _NAME), "strong" if choice.chosen else "plain"),
        ("‹ " if len(info.modes) > 1 else "  ", "key"),
        (fit(mode.name, 9), "plain"),
        ("› " if len(info.modes) > 1 else "  ", "key"),
        (f"{cost_text(price or mode.cost):<8} ", "strong"),
        (one_line(mode.note), "dim"),
    )


def _schema(plan: Plan) -> str:
    if plan.schema is None:
        return "none: the report is prose"
    members = plan.schema.get("properties")
    names = join(list(members)[:6]) if isinstance(members, dict) and members else ""
    return one_line(f"{plan.schema.get('type', 'any')}{': ' + names if names else ''}", 200)
