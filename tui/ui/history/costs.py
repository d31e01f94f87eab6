"""`$`: what was spent, by provider, day, month and task; figures of different kinds are never added up."""

from collections import defaultdict
from collections.abc import Iterable

from tui.domain.amounts import amount_text, cost_sums, cost_text, newest_day
from tui.domain.cells import fit
from tui.domain.task import Task, TaskStatus
from tui.domain.text import one_line, plural
from tui.ui.commands.command import Handlers
from tui.ui.shell.list_screen import ListScreen
from tui.ui.shell.shell import shell
from tui.ui.text.formatting import balance_text
from tui.ui.text.lines import EMPTY, Line

_DAYS = 7  # latest days with tasks
_DEAREST = 200  # tasks listed one by one


def cost_lines(tasks: Iterable[Task]) -> list[Line]:
    """Return the ledger: per provider, then per day and month, newest first."""
    by_provider: dict[str, list[Task]] = defaultdict(list)
    by_month: dict[str, list[Task]] = defaultdict(list)
    by_day: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_provider[task.provider].append(task)
        by_month[f"{task.created_at:%Y-%m}" if task.created_at else "unknown"].append(task)
        by_day[f"{task.created_at:%Y-%m-%d}" if task.created_at else "unknown"].append(task)
    lines: list[Line] = []
    for title, groups in (
        ("By provider", sorted(by_provider.items())),
        ("By day", sorted(by_day.items(), reverse=True)[:_DAYS]),
        ("By month", sorted(by_month.items(), reverse=True)),
    ):
        lines += [*([EMPTY] if lines else []), ((f" {title}", "title"),)]
        for name, members in groups:
            lines += _group(name, members)
    return lines


def task_lines(tasks: Iterable[Task]) -> list[Line]:
    """Return what each task cost, the dearest first within a unit and kind, those of unknown cost left out."""
    known = [task for task in tasks if task.cost.amount is not None]
    known.sort(key=lambda task: (task.cost.unit, task.cost.kind, -(task.cost.amount or 0.0)))
    lines: list[Line] = [EMPTY, ((" By task", "title"),)] if known else []
    for task in known[:_DEAREST]:
        day = f"{task.created_at:%Y-%m-%d}" if task.created_at else "unknown"
        lines.append(
            (
                (fit(f"  {day}", 18), "plain"),
                (fit(cost_text(task.cost), 16, right=True), "strong"),
                (f"  {fit(task.provider, 8)}  ", "dim"),
                (one_line(task.title or task.id, 200), "plain"),
            )
        )
    if len(known) > _DEAREST:
        lines.append(((f"  {len(known) - _DEAREST:,} more: divewatch cost --by task", "dim"),))
    return lines


def _group(name: str, tasks: list[Task]) -> list[Line]:
    sums = cost_sums(task.cost for task in tasks)
    unknown = sum(task.cost.amount is None for task in tasks)
    back = sum(task.status is TaskStatus.FAILED and task.cost.amount == 0 for task in tasks)
    lines: list[Line] = []
    for kind, unit, amount, count in sums:
        figure = amount_text(amount, unit)
        lines.append(
            (
                (fit(f"  {name}", 18), "plain"),
                (fit(figure, 16, right=True), "strong"),
                (f"  {kind}, {plural(count, 'task')}", "dim"),
            )
        )
        name = ""
    if unknown:
        lines.append(
            (
                (fit(f"  {name}", 18), "plain"),
                (fit("not known", 16, right=True), "dim"),
                (f"  {plural(unknown, 'task')}", "dim"),
            )
        )
    if back:
        lines.append(((fit("", 34), "plain"), (f"  {plural(back, 'failed task')} cost nothing", "dim")))
    return lines


class CostsScreen(ListScreen[None]):
    """The ledger."""

    CONTEXT = "costs"

    def begin(self) -> None:
        """Sum up."""
        app = shell(self)
        lines = [*cost_lines(app.tasks.values()), *task_lines(app.tasks.values())]
        left = [(state, balance_text(state)) for state in app.providers().values()]
        if any(text for _, text in left):
            lines += [EMPTY, ((" Left at the providers", "title"),)]
            lines += [((fit(f"  {state.key}", 18), "plain"), (text, "strong")) for state, text in left if text]
        day = newest_day(mode.known_on for state in app.providers().values() for mode in state.info.modes)
        self.rows.set_rows(lines if app.tasks else [], "no task has cost anything yet")
        self.place(
            "costs", f"prices as published on {day}; kinds are never added up " if day else "kinds are never added up "
        )

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "costs.copy": self.action_copy,
        }

    def action_copy(self) -> None:
        """Copy the table as text."""
        text = "\n".join("".join(piece for piece, _ in line) for line in self.rows.rows)
        shell(self).copy(text, "costs")
