"""`b` in the costs: choose a limit, type the amount; it is kept in config.toml and counts at once."""

from collections.abc import Callable
from dataclasses import replace

from tui.domain.amounts import amount_text
from tui.domain.budget import Limits
from tui.domain.cells import fit
from tui.ui.shell.choice_dialog import ChoiceDialog
from tui.ui.shell.dialogs import InputDialog
from tui.ui.shell.shell import Shell
from tui.ui.text.lines import Line

_PERIODS = ("month", "day", "task")
_UNITS = {"USD": "budget", "credits": "budget.credits"}  # unit -> table of the configuration


def ask_budget(app: Shell, then: Callable[[], None]) -> None:
    """Ask which limit to set and how high, keep it, then go on."""
    keep = app.services.keep_budget
    if keep is None:
        app.say("budget: there is no configuration to keep it in", problem=True)
        return
    limits = app.services.budget.limits
    choices = [(unit, period) for unit in _UNITS for period in _PERIODS]
    known = {choice: _limit(limits.get(choice[0], Limits()), choice[1]) for choice in choices}

    def ask(unit: str, period: str) -> None:
        what = "US dollars" if unit == "USD" else "credits, for each service by itself"
        most = known[unit, period]
        hint = f"The most for one {period}, in {what}. You are warned before a task that could exceed it is sent."

        def answered(_: str) -> None:
            now = _limit(app.services.budget.limits[unit], period) or 0.0
            app.say(f"a {period} may cost {amount_text(now, unit)}; kept in config.toml")
            then()

        def check(typed: str) -> None:
            app.services = replace(app.services, budget=keep(f"{_UNITS[unit]}.{period}", typed.strip().lstrip("$")))

        value = "" if most is None else f"{most:g}"
        app.show(InputDialog(f"Budget for one {period}", hint, value, check=check), answered)

    dialog = ChoiceDialog("Set a budget", [_line(*one, known[one]) for one in choices], "changes")
    app.show(dialog, lambda number: ask(*choices[number]))


def _limit(limits: Limits, period: str) -> float | None:
    return {"month": limits.month, "day": limits.day, "task": limits.task}[period]


def _line(unit: str, period: str, most: float | None) -> Line:
    name = f" one {period}, {'US dollars' if unit == 'USD' else 'credits of each service'}"
    told = ("no limit", "dim") if most is None else (amount_text(most, unit), "strong")
    return (fit(name, 40), "plain"), told
