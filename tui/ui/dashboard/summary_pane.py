"""The summary of the selected row in a few lines below the list, on narrow screens; pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.amounts import cost_sums, cost_text, sum_text
from tui.domain.cells import cell_len, wrap
from tui.domain.task import Task, TaskStatus
from tui.domain.text import clean, one_line, plural
from tui.ui.dashboard.preview import REPORTED, beginning, plain_lines
from tui.ui.text.formatting import STATUS, counter_text, moment, status_word, took_text
from tui.ui.text.lines import EMPTY, Line, first_lines

if TYPE_CHECKING:
    from tui.domain.detail import Detail, Interaction

_ANY = 80  # cells
_LONGEST_BRIEF = 4000  # characters
_LOOKED_AT = 24  # lines of what is asked
LINES = 4
"""Lines below the title."""


def title_of(task: Task) -> str:
    """Return the display title of a task."""
    return one_line(task.title or task.prompt or task.remote_id or task.id, 200)


def task_lines(
    task: Task, detail: "Detail | None", width: int, now: datetime, *, not_here: str = "", most: int = LINES
) -> list[Line]:
    """Return at most `most` lines about a task: who, since when, and what it asks, found, brought, or failed by.

    `not_here` is why it cannot be answered from here.
    """
    glyph, tone = STATUS[task.status]
    when = task.finished_at if task.status.is_final else task.created_at
    spent = took_text(task, now) if task.status.is_final and task.finished_at else ""
    since = "saved" if task.is_file else "ended" if task.status.is_final else "since"
    facts = [
        f"{task.account_title} {task.mode or ''}".strip(),
        f"{since} {moment(when, now)}" if when else "",
        f"took {spent}" if spent else "",
        cost_text(task.cost),
        f"{task.citations:,} cit  {task.sources or 0:,} src" if task.citations else "",
    ]
    told = "  ".join(one_line(fact) for fact in facts if fact)
    if cell_len(told) > width - len(status_word(task)) - 5:  # the mode, which may be a long name, gives way
        told = "  ".join(one_line(fact) for fact in (task.account_title, *facts[1:]) if fact)
    head: Line = ((f" {glyph} {status_word(task)}", tone), (f"  {told}", "dim"))
    asked = detail.interaction if detail and task.status is TaskStatus.WAITING else None
    if not_here:
        head = (*head, (f"  {not_here}", "warn"))
    lines = [head, *(asked_lines(asked, width, not not_here) if asked else _matter(task, detail, width, most))]
    return first_lines(lines, most, width)


def beside(task: Task, detail: "Detail | None") -> tuple[str, Callable[[int], list[Line]]]:
    """Return what the detail pane leaves out where both are shown: title, and lines for a width."""
    report = detail.report if detail and task.status in REPORTED else None
    if report and beginning(report, _ANY):
        return "The report begins", lambda width: beginning(report, width)
    brief = clean((task.prompt or (detail.task.prompt if detail else "") or "")[:_LONGEST_BRIEF]).strip()
    return "Brief" * bool(brief), lambda width: [((f"  {one}", "plain"),) for one in wrap(brief, max(8, width - 2))]


def _matter(task: Task, detail: "Detail | None", width: int, most: int) -> list[Line]:
    lines: list[Line] = []
    room = max(8, width - 2)
    if task.status is TaskStatus.WAITING:
        lines += [((f"  {one}", "warn"),) for text in task.warnings for one in wrap(one_line(clean(text)), room)]
    if task.error:
        lines += [((f"  {one}", "bad"),) for one in wrap(one_line(clean(task.error), 400), room)]
    if not task.status.is_final and task.counters:
        told = "   ".join(counter_text(name, counter) for name, counter in task.counters.items())
        lines.append(((f"  {told}", "plain"),))
    if detail and detail.report and task.status in REPORTED:
        lines += [line for line in beginning(detail.report, width) if line != EMPTY or most > LINES]
    if len(lines) < most - 1 and (brief := task.prompt or (detail.task.prompt if detail else "")):
        lines += [((f"  {one}", "dim"),) for one in wrap(one_line(clean(brief), 400), room)]
    return lines


def asked_lines(asked: "Interaction", width: int, here: bool) -> list[Line]:
    """Return what a task asks in few lines; the time left is shown in its row."""
    kind = one_line(asked.title or asked.kind.replace("_", " "))
    texts = [f"{number}. {one_line(question)}" for number, (question, _) in enumerate(asked.questions, 1)]
    texts += [", ".join(one_line(name) for name, _ in asked.choices)] if asked.choices else []
    body = plain_lines("\n".join(texts) or asked.text, 400, _LOOKED_AT)
    words = ["".join(text for text, _ in line).strip() for line in body if line != EMPTY]
    told = "  ".join(words[1:] if len(words) > 1 and words[0].casefold() in kind.casefold() else words)
    lines: list[Line] = [((f"  {one}", "plain"),) for one in wrap(told, max(8, width - 2))]
    return [((f"  {kind}", "warn"), ("   a answers" if here else "", "key")), *lines]


def group_lines(tasks: Sequence[Task], now: datetime, most: int = LINES) -> list[Line]:
    """Return at most `most` lines about the tasks of a group: their states, what they cost together, each of them."""
    counts: dict[TaskStatus, int] = {}
    for task in tasks:
        counts[task.status] = counts.get(task.status, 0) + 1
    told = ", ".join(f"{count:,} {status.value}" for status, count in counts.items())
    prices = [(task.account_key, task.cost) for task in tasks]
    costs = [f"{sum_text(kind, one, amount)} {kind}" for kind, one, amount, _ in cost_sums(prices)]
    lines: list[Line] = [((f" {plural(len(tasks), 'task')}: {told}", "plain"), ("   l shows them", "key"))]
    lines += [((f"  {', '.join(costs)}", "dim"),)] if costs else []
    return [*lines, *(member_line(task, now) for task in tasks)][:most]


def member_line(task: Task, now: datetime) -> Line:
    """Return one task of a group: state, who, what it cost, title."""
    glyph, tone = STATUS[task.status]
    when = task.finished_at if task.status.is_final else task.created_at
    facts = (task.account_title, moment(when, now) if when else "", cost_text(task.cost))
    told = "  ".join(one_line(fact) for fact in facts if fact)
    return ((f"  {glyph} ", tone), (f"{told}  ", "dim"), (title_of(task), "plain"))
