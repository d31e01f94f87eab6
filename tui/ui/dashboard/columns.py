"""The cells of the task table and how wide they are: pure functions of tasks, time and width."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from tui.domain.amounts import cost_sums, cost_text
from tui.domain.annotations import NO_ANNOTATIONS, Annotations, is_unread
from tui.domain.cells import cell_len, fit
from tui.domain.task import Task, TaskStatus
from tui.domain.text import in_words, one_line, plural
from tui.domain.times import elapsed
from tui.ui.dashboard.sections import ended_at
from tui.ui.text.formatting import (
    PIN,
    STATUS,
    counter_short,
    leading_counter,
    moment,
    status_word,
    took,
    took_text,
)
from tui.ui.text.lines import Line, Piece, bar, line_width

_BAR = 5
_GOOD_TITLE = 32


class Cell(NamedTuple):
    """One cell: its pieces, shorter alternatives, and whether it is right-aligned."""

    pieces: Line
    right: bool = False
    shorter: tuple[Line, ...] = ()


class Column(NamedTuple):
    """A column: its content, its greatest width, and its rank for being left out on narrow screens (0: never)."""

    name: str
    head: str
    cell: Callable[[Task, datetime], Cell]
    least: int
    most: int
    gives_way: int = 0
    sort: str = ""
    from_width: int = 0  # narrower tables leave it out
    right: bool = False  # its head is set to the right


class PendingQuestion(NamedTuple):
    """What a waiting task asks for (a plan, answers), and the deadline; None if it has none."""

    what: str
    deadline: datetime | None = None
    here: bool = True  # it can be answered here; else only at its provider


def _cell(text: str, tone: str, *, right: bool = False) -> Cell:
    return Cell(((text, tone),), right)


def _money(text: str) -> Cell:
    return _cell(text, "dim", right=True)


def _status(task: Task, now: datetime) -> Cell:
    glyph, tone = STATUS[task.status]
    return Cell(((f"{glyph} {status_word(task)}", tone),))


def _title(task: Task, now: datetime) -> Cell:
    title = one_line(task.title or task.prompt or task.remote_id or task.id)
    mark: Line = (("! ", "warn"),) if task.warnings and task.status is not TaskStatus.FAILED else ()
    return Cell((*mark, (title, "plain")))


def _progress(task: Task, now: datetime) -> Cell:
    if task.status is TaskStatus.WAITING:
        return _cell("your answer", "warn")
    if task.status is TaskStatus.FAILED:
        return _cell(in_words(task.error or "no reason given"), "bad")
    if task.status is TaskStatus.PARTIAL and task.error:
        return _cell(in_words(task.error), "warn")
    if task.status.is_final:
        return _found(task)
    leading = leading_counter(task)
    if leading is None:
        return Cell(())
    name, counter = leading
    text = counter_short(name, counter)
    if counter.fraction is None:
        number, _, words = text.partition(" ")
        last: Line = ((f"{number} {words.rpartition(' ')[2]}", "plain"),)  # "3 calls" of "3 tool calls"
        return Cell(((text, "plain"),), shorter=(last,))  # a number alone would say nothing
    bare: Line = ((text if name == "percent" else text.partition(" ")[0], "plain"),)
    full, empty = bar(counter.fraction, _BAR)
    drawn: Line = ((full, "info"), (empty, "dim"), (" ", "plain"))
    return Cell((*drawn, (text, "plain")), shorter=((*drawn, *bare), bare))


def _found(task: Task) -> Cell:
    """Return numbers of citations and sources in words, from long to short."""
    counts = [(task.citations, "citation", "cit"), (task.sources, "source", "src")]
    known = [(count, word, short) for count, word, short in counts if count]
    ways = [
        "  ".join(plural(count, word) for count, word, _ in known),
        "  ".join(f"{count:,} {short}" for count, _, short in known),
        "".join(f"{count:,} {short}" for count, _, short in known[:1]),
    ]
    first, *shorter = [((way, "dim"),) for way in ways]
    return Cell(first if known else (), shorter=tuple(shorter))


def _time(task: Task, now: datetime) -> Cell:
    """Return how long a running task has run, or when an ended one ended."""
    if task.status.is_final and (end := ended_at(task)):
        return _cell(moment(end, now), "dim", right=True)
    return _took(task, now)


def _took(task: Task, now: datetime) -> Cell:
    """Return how long a task took, or has run so far."""
    return Cell(((took_text(task, now), "dim" if task.status.is_final else "plain"),), right=True)


def _time_left(ask: PendingQuestion, now: datetime) -> Cell:
    """Return the time left to answer."""
    if ask.deadline is None:
        return _cell("on hold", "warn", right=True)
    left = (ask.deadline - now).total_seconds()
    if left <= 0:
        return Cell((("too late", "bad"),), right=True, shorter=((("late", "bad"),),))
    text = elapsed(left)
    return Cell(((f"{text} left", "warn"),), right=True, shorter=(((text, "warn"),),))


_SHARED = (
    Column("title", "title", _title, 22, 400, sort="title"),
    Column("provider", "from", lambda task, now: _cell(task.account_title, "plain"), 5, 14, 4, sort="provider"),
    Column("mode", "mode", lambda task, now: _cell(task.mode or "", "dim"), 4, 12, 1, from_width=96),
    Column("progress", "progress", _progress, 12, 26, 5),
    Column("time", "time", _time, 7, 9, 3, sort="time", right=True),
    Column("cost", "cost", lambda task, now: _money(cost_text(task.cost)), 5, 11, 2, sort="cost", right=True),
)
COLUMNS: Sequence[Column] = (Column("status", "status", _status, 9, 12, sort="status"), *_SHARED)
"""The columns of a list in one piece."""
SECTIONED: Sequence[Column] = (
    Column("glyph", "", lambda task, now: Cell((STATUS[task.status],)), 1, 1),
    _SHARED[0]._replace(least=19),  # the time left is seen beside the detail on 100 cells
    *_SHARED[1:],
)
"""The columns of a list in sections: their titles say the state in words."""
BY_TIME: Sequence[Column] = tuple(
    Column("took", "took", _took, 7, 9, 3, sort="time", right=True) if column.name == "time" else column
    for column in COLUMNS
)
"""The columns of a list in the order of how long tasks took: that, not when they ended."""
_BY_NAME = {column.name: column for column in (*COLUMNS, *SECTIONED, *BY_TIME)}
_SAMPLE = 200


def lay_out(width: int, needs: Mapping[str, int], columns: Sequence[Column] = COLUMNS) -> dict[str, int]:
    """Return the width of each column that is shown, in order; their sum with gaps and gutter is at most `width`.

    Columns get what their content needs. Where the title would become too short, the progress column shrinks first,
    then the state is a sign without its word if all columns stay so, else columns give way in their order; the title
    takes what is left.
    """
    shown = [column for column in columns if column.from_width <= width]
    signs = [_BY_NAME["glyph"] if column.name == "status" else column for column in shown]
    if _least(shown, needs, width) > width >= _least(signs, needs, width):
        shown = signs
    while _least(shown, needs, width) > width and (order := [column for column in shown if column.gives_way]):
        shown.remove(min(reversed(order), key=lambda column: column.gives_way))
    widths = {column.name: 0 if column.name == "title" else _wish(column, needs) for column in shown}
    left = width - GUTTER - sum(widths.values()) - gap_of(width) * (len(shown) - 1)
    if "progress" in widths:
        good = max(_GOOD_TITLE, width * 2 // 5)
        given = max(0, min(good - left, widths["progress"] - _BY_NAME["progress"].least))
        widths["progress"] -= given
        left += given
    widths["title"] = max(1, left)
    return widths


def gap_of(width: int) -> int:
    """Return the width of the gap between columns: two cells, one on narrow screens."""
    return 1 if width < 90 else 2


GUTTER = 2
"""Cells in front of the first column: mark and fold sign."""


def _wish(column: Column, needs: Mapping[str, int]) -> int:
    return max(column.least, len(column.head) + 1, min(column.most, needs.get(column.name, 0)))


def _least(shown: Sequence[Column], needs: Mapping[str, int], width: int) -> int:
    fixed = sum(column.least if column.name in {"title", "progress"} else _wish(column, needs) for column in shown)
    return GUTTER + fixed + gap_of(width) * (len(shown) - 1)


Measured = dict[str, tuple[Task, tuple[int, ...]]]


def needed(tasks: Sequence[Task], now: datetime, measured: Measured | None = None) -> dict[str, int]:
    """Return the width that each column's content needs, measured on the first listed tasks.

    `measured` keeps what was measured of tasks that are over: until the next day their texts stay as they are.
    """
    measured = {} if measured is None else measured
    found: list[tuple[int, ...]] = []
    for task in tasks[:_SAMPLE]:
        known = measured.get(task.id)
        if known is not None and known[0] is task:
            found.append(known[1])
            continue
        widths = tuple(
            sum(cell_len(text) for text, _ in column.cell(task, now).pieces) if column.name != "title" else 0
            for column in _BY_NAME.values()
        )
        if task.status.is_final:
            measured[task.id] = task, widths
        found.append(widths)
    return {name: max((one[at] for one in found), default=0) for at, name in enumerate(_BY_NAME)}


def spans(widths: Mapping[str, int], gap: int) -> dict[str, tuple[int, int]]:
    """Return (x, width) of each column."""
    places: dict[str, tuple[int, int]] = {}
    x = GUTTER
    for name, width in widths.items():
        places[name] = (x, width)
        x += width + gap
    return places


def sort_at(x: int, widths: Mapping[str, int], gap: int) -> str:
    """Return the sort order of the column at cell `x`; "" for none."""
    name = next((name for name, (start, width) in spans(widths, gap).items() if start <= x < start + width + gap), "")
    return _BY_NAME[name].sort if name else ""


def row_cells(
    task: Task,
    widths: Mapping[str, int],
    now: datetime,
    *,
    indent: bool = False,
    added: Annotations = NO_ANNOTATIONS,
    ask: PendingQuestion | None = None,
) -> dict[str, Line]:
    """Return the padded cells of one task, by column."""
    shift: Line = (("└ ", "dim"),) if indent else ()
    found = {name: _BY_NAME[name].cell(task, now) for name in widths}
    if task.status is TaskStatus.WAITING:
        found |= {name: cell for name, cell in _asked(ask, now).items() if name in found}
    if "glyph" in found and not found.get("progress", _NOTHING).pieces:
        found["progress"] = _cell(status_word(task), "dim")
        found = {name: found[name] for name in widths}
    if added is not NO_ANNOTATIONS and "title" in found:
        found["title"] = _with_added(found["title"], task, added)
    return {name: set_cell(found[name], width, shift if name == "title" else ()) for name, width in widths.items()}


_NOTHING = _cell("", "plain")


def _asked(ask: PendingQuestion | None, now: datetime) -> dict[str, Cell]:
    """Return what a waiting task shows instead of progress and time: no time that could be read as the time left."""
    if ask is None:
        return {"time": _NOTHING}
    return {"progress": _cell(ask.what, "warn"), "time": _time_left(ask, now) if ask.here else _NOTHING}


def _with_added(cell: Cell, task: Task, added: Annotations) -> Cell:
    """Return the title with its annotations: "pinned" where there is room, bold while unread."""
    pieces = cell.pieces
    if is_unread(task, added):
        pieces = tuple((text, "strong" if tone == "plain" else tone) for text, tone in pieces)
    if not added.pinned:
        return Cell(pieces)
    return Cell(((f"{PIN} pinned ", "accent"), *pieces), shorter=(((f"{PIN} ", "accent"), *pieces),))


def joined(cells_by_name: Mapping[str, Line], gutter: Line, gap: int) -> Line:
    """Return a row of padded cells as one line."""
    pieces: list[Piece] = [*gutter]
    for number, cell in enumerate(cells_by_name.values()):
        if number:
            pieces.append((" " * gap, "plain"))
        pieces += cell
    return tuple(pieces)


def set_cell(cell: Cell, width: int, front: Line = ()) -> Line:
    """Pad or shorten a cell to exactly `width` cells."""
    pieces: list[Piece] = []
    left = width
    ways = (cell.pieces, *cell.shorter)
    chosen = next((way for way in ways if line_width(front) + line_width(way) <= width), ways[-1])
    for text, tone in (*front, *chosen):
        taken = cell_len(text)
        if taken > left:
            pieces.append((fit(text, left), tone))
            left = 0
            break
        pieces.append((text, tone))
        left -= taken
    padding = (" " * left, "plain")
    return (padding, *pieces) if cell.right else (*pieces, padding)


def head_line(widths: Mapping[str, int], gap: int, *, sort: str, reverse: bool) -> Line:
    """Return the header; an arrow marks the column that the list is sorted by."""
    pieces: list[Piece] = [(" " * GUTTER, "head")]
    for number, (name, width) in enumerate(widths.items()):
        column = _BY_NAME[name]
        arrow = ("▴" if reverse else "▾") if column.sort == sort and sort else ""
        pieces.append((" " * gap if number else "", "head"))
        pieces.append((fit(column.head + arrow, width, right=column.right), "head"))
    return tuple(pieces)


def group_cells(title: str, tasks: Sequence[Task], widths: Mapping[str, int], now: datetime) -> dict[str, Line]:
    """Return the padded cells of a group: numbers of tasks by state, the longest time, sums."""
    counts = Counter(task.status for task in tasks)
    if "glyph" in widths:
        title = f"{len(tasks)} tasks · {title}"
    states = tuple((f"{STATUS[status][0]}{count} ", STATUS[status][1]) for status, count in counts.items())
    return {name: set_cell(_group_cell(name, title, tasks, states, now), width) for name, width in widths.items()}


def _group_cell(name: str, title: str, tasks: Sequence[Task], states: Line, now: datetime) -> Cell:
    if name == "status":
        return _cell(f"{len(tasks)} tasks", "strong")
    if name == "glyph":
        return Cell((STATUS[tasks[0].status],))
    if name == "mode":
        modes = {task.mode or "" for task in tasks}
        return _cell(modes.pop() if len(modes) == 1 else "", "dim")
    if name == "provider":
        providers = sorted({task.account_title for task in tasks})
        return _cell(providers[0] if len(providers) == 1 else "several", "plain")
    if name == "title":
        return _cell(title, "strong")
    if name == "progress":
        return Cell(states)
    if name in {"time", "took"}:
        under_way = [task for task in tasks if not task.status.is_final]
        return _BY_NAME[name].cell(max(under_way or tasks, key=lambda task: took(task, now) or timedelta()), now)
    sums = cost_sums((task.provider, task.cost) for task in tasks)
    if len(sums) != 1:
        return _money("mixed" if sums else "")
    some = next(task.cost for task in tasks if task.cost.amount is not None)
    return _money(cost_text(replace(some, amount=sums[0][2])))
