"""The sections of the task list: what waits for a person, what runs, what ended on which day; pure."""

import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial

from tui.domain.task import Task, TaskStatus
from tui.ui.text.lines import Line

SECTION = "section:"
"""What the id of a section's row begins with; its name follows."""
TITLES: Mapping[str, tuple[str, str]] = {
    "pinned": ("Pinned", "accent"),
    "waiting": ("For you", "warn"),
    "running": ("Running", "info"),
    "unknown": ("Unknown", "warn"),
    "today": ("Finished today", "head"),
    "yesterday": ("Finished yesterday", "head"),
    "earlier": ("Finished earlier", "head"),
}
"""Title and tone of each section, by name."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def stage(task: Task) -> int:
    """Return 0 for a task that waits for a person, 1 for one under way, 2 if that is unknown, 3 for one that ended."""
    if task.status.is_final:
        return 3
    return {TaskStatus.WAITING: 0, TaskStatus.UNKNOWN: 2}.get(task.status, 1)


def ended_at(task: Task) -> datetime | None:
    """Return when a task ended; the best known time where its end was not told."""
    return task.finished_at or task.updated_at or task.created_at


def age(task: Task) -> float:
    """Return the sort key by which the newest task is first."""
    return -(task.created_at or _LONG_AGO).timestamp()


def by_state(task: Task) -> tuple[object, ...]:
    """Return the sort key of the sections: waiting, running, ended; the newest first, ended ones by their end."""
    return stage(task), -(ended_at(task) or _LONG_AGO).timestamp() if task.status.is_final else age(task)


def section_of(task: Task, today: date, *, pinned: bool = False) -> str:
    """Return the name of the section a task stands in; `today` is the local day."""
    if pinned:
        return "pinned"
    if not task.status.is_final:
        return ("waiting", "running", "unknown")[stage(task)]
    end = ended_at(task)
    now, before = _midnights(today, time.tzname)
    return "earlier" if end is None or end < before else "yesterday" if end < now else "today"


@lru_cache(2)
def _midnights(today: date, zone: tuple[str, str]) -> tuple[datetime, datetime]:
    """Return when a local day and the one before it began: comparing with them is a tenth of converting each time."""
    begin = datetime.min.time()
    return (
        datetime.combine(today, begin).astimezone(),
        datetime.combine(today - timedelta(days=1), begin).astimezone(),
    )


def with_sections(rows: Sequence[str], name_of: Callable[[str], str]) -> tuple[list[str], list[int]]:
    """Return rows with a section row before each section, and the places of these; a section's rows stand together.

    The end of a section is found by bisection: asking every row was half of the work while a long list came in.
    """
    found, heads, start = list[str](), list[int](), 0
    while start < len(rows):
        name = name_of(rows[start])
        end = bisect_left(rows, True, start, key=partial(_is_other, name_of, name))
        heads.append(len(found))
        found += [SECTION + name, *rows[start:end]]
        start = end
    return found, heads


def _is_other(name_of: Callable[[str], str], name: str, row: str) -> bool:
    return name_of(row) != name


def section_line(row: str, tasks: int, unread: int, width: int, *, incomplete: bool = False) -> Line:
    """Return the line of a section: title, number of tasks, how many reports nobody opened yet.

    In the last one of an `incomplete` list there may be more than these.
    """
    name = row.removeprefix(SECTION)
    title, tone = TITLES[name]
    plus = "+" if incomplete and name == "earlier" else ""
    told = f"{title} · {tasks:,}{plus}"
    more = f" ({unread:,}{plus} unread)" if unread else ""
    return (
        ("── ", "rule"),
        (told, tone),
        (more, "dim"),
        (" " + "─" * max(0, width - len(told) - len(more) - 4), "rule"),
    )
