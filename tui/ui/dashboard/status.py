"""The status line of the dashboard: position in the list, active filters, numbers of waiting and running tasks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.domain.task import TaskStatus
from tui.ui.dashboard.task_list import DEFAULT_SORT, TaskList
from tui.ui.dashboard.views import looks_further, total
from tui.ui.text.formatting import UNDER_WAY
from tui.ui.text.lines import Line

if TYPE_CHECKING:
    from tui.engine.ports import TaskCounts

WIDE: Line = (("tasks ", "strong"),)
"""Before the place, where list and detail stand side by side."""


def narrow(*, reading_detail: bool) -> Line:
    """Return the names of the two panes, the visible one highlighted; for screens that show one only."""
    return (("1 list", "dim" if reading_detail else "strong"), ("  2 detail  ", "strong" if reading_detail else "dim"))


def left(model: TaskList, cursor: int, archive: "TaskCounts | None" = None, *, rest: str) -> Line:
    """Return the cursor's position, the filter, and other reasons why the list differs from usual.

    `archive` is what a long archive counts, `rest` what is said of tasks that are not in the list yet.
    """
    place = f"{model.position(cursor):,}/{model.listed:,}" if model.rows else "none"
    pieces = [(place, "plain")]
    if model.marked:
        pieces.append((f"  {len(model.marked):,} marked", "accent"))  # first: what is marked must not be cut
    if model.filter.strip():
        every = len(model.tasks) if archive is None or model.incomplete else total(archive)
        pieces.append((f"  filter: {model.listed:,} of {every:,}{'+' * model.incomplete}", "accent"))
    pieces.append((f"  {rest}" if rest else "", "dim"))
    if model.sort != DEFAULT_SORT or model.reverse:
        pieces.append((f"  by {model.sort}{', reversed' if model.reverse else ''}", "dim"))
    if model.show_hidden:
        pieces.append(("  hidden ones shown", "dim"))
    return tuple(pieces)


def rest(model: TaskList, archive: "TaskCounts | None" = None, *, loading: bool, further: bool) -> str:
    """Return what is said of tasks of the archive that are not at hand; `further`: they are being looked through."""
    if loading:
        return "reading the archive …"
    if not model.incomplete:
        return ""
    if further:
        return "looking through older ones …"
    if model.filter.strip() and not looks_further(model):
        return "F searches older ones"
    left = 0 if archive is None else total(archive) - len(model.tasks)
    older = f"{left:,} older ones" if left > 0 and not model.filter.strip() else "older ones"
    in_order = model.sort in {"newest", "status"} and not model.reverse
    return f"{older} at the end" if in_order else f"without {older}"


def right(statuses: Mapping[TaskStatus, int], next_key: str, *, paused: bool) -> Line:
    """Return the numbers of waiting and running tasks; `next_key` jumps to the next waiting one ("": not shown)."""
    waiting = statuses.get(TaskStatus.WAITING, 0)
    running = sum(statuses.get(one, 0) for one in UNDER_WAY)
    pieces: list[tuple[str, str]] = [("paused  ", "warn")] if paused else []
    if waiting and next_key:
        pieces += [(f"◆ {waiting} for you: ", "warn"), (next_key, "key"), (" next  ", "plain")]
    elif waiting:
        pieces.append((f"◆ {waiting} for you  ", "warn"))
    if running:
        pieces.append((f"● {running} running", "info"))
    return tuple(pieces)
