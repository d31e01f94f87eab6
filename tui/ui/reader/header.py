"""The reader's header: title and section of the report; provider, time, cost. Pure."""

from tui.domain.amounts import cost_text
from tui.domain.cells import cell_len, cut
from tui.domain.task import Task
from tui.domain.text import one_line
from tui.ui.text.formatting import took_text
from tui.ui.text.lines import EMPTY, Line, line_width, spread

_SECTION = 28  # cells a section keeps beside a long title
_LEAST, _SHARE = 40, 0.6  # cells, and share of the line, that title and section keep beside the facts


def header_line(task: Task, section: str, width: int) -> Line:
    """Return title and section, and right-aligned as many facts as fit."""
    facts = [fact for fact in _facts(task) if fact]
    title, part = one_line(task.title or task.id), one_line(section)
    part = "" if part == title else part
    wanted = min(max(_LEAST, int(width * _SHARE)), cell_len(title) + cell_len(part) + 6)
    while facts and width - sum(map(cell_len, facts)) - 3 * len(facts) < wanted:
        facts.pop()
    right: Line = ((" · ".join(facts), "dim"), (" ", "plain")) if facts else EMPTY
    room = width - line_width(right) - 3
    if not part:
        return spread(((" ", "plain"), (cut(title, room), "strong")), right, width)
    title = cut(title, max(room - 3 - cell_len(part), room - 3 - _SECTION))
    part = cut(part, room - 3 - cell_len(title))
    return spread(((" ", "plain"), (title, "strong"), (" › ", "dim"), (part, "plain")), right, width)


def _facts(task: Task) -> tuple[str, ...]:
    """Return provider, time, cost and duration; "" for what is not known."""
    done = task.finished_at.astimezone() if task.finished_at else None
    return (
        f"{task.account_title} {task.mode or ''}".strip(),
        f"{done.day} {done:%b}" if done else "",
        cost_text(task.cost),
        took_text(task, task.finished_at) if task.finished_at else "",
    )
