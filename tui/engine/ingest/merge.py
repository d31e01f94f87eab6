"""Merges a new response into the known task: pure and monotonic, a known value is never dropped.

The rules, in the order of their weight: the local id stays; a report that was saved stays; a state changes only on the
provider's word (unreachable is not failed); a value that an answer does not mention stays as it was.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tui.domain.detail import Detail
from tui.domain.errors import Gone, ProviderError
from tui.domain.frozen import frozen
from tui.domain.task import Cost, CostKind, Task, TaskStatus
from tui.domain.text import clean, one_line

CHANGED_MIND = "provider changed its mind"
GONE = "the provider no longer has it"
UNREADABLE = "kept, could not be read"
STALLED = "no progress"
REFUSED = "not allowed"
UNSAVED = "could not save"
UNKNOWN_OUTCOME = "unknown: check"
NOT_TOLD = "not told yet"

_PASSING = (UNREADABLE, REFUSED, UNSAVED, NOT_TOLD, "not found")

MISSES_BEFORE_GONE = 3  # one 404 does not end a task
_EARLIEST, _LATEST = timedelta(minutes=-10), timedelta(minutes=30)  # list time against our own clock, skew included
_COST_RANK = {
    CostKind.UNKNOWN: 0,
    CostKind.ESTIMATE: 1,
    CostKind.PRICE_LIST: 2,
    CostKind.CREDITS: 3,
    CostKind.REPORTED: 4,
}


@frozen
class Merged:
    """The new value of a task; `current` is False if the response must not replace the report people read."""

    task: Task
    current: bool = True


def merge(
    known: Task, detail: Detail, *, saved_chars: int = 0, edited: bool = False, now: datetime, watched: bool = True
) -> Merged:
    """Merge a complete status response into a known task.

    Args:
        known: what was known before; its `id`, `provider` and `account` stay.
        detail: what was read.
        saved_chars: length of the report saved so far, 0 if there is none.
        edited: an edit was asked for here, so that another report is no surprise.
        now: wall clock, for the finish time where the provider tells none.
        watched: the task was seen unfinished before, so that `now` is close to its end.
    """
    read = detail.task
    chars = len(detail.report.text) if detail.report else 0
    lost = known.has_report and not chars
    if known.status.is_final and known.has_report and not edited:
        if lost or not read.status.is_final:
            return Merged(warned(known, CHANGED_MIND, _odd_turn(known, read, lost)), False)
        if chars < saved_chars:
            return Merged(warned(known, CHANGED_MIND, "a later answer has a shorter report; both are kept"), False)
    task = _combine(known, read, now, watched)
    if lost and read.status.is_final:  # there was a draft
        task = warned(task, CHANGED_MIND, _odd_turn(task, read, lost))
    return Merged(task, not lost)


def _odd_turn(known: Task, read: Task, lost: bool) -> str:
    said = f'it now says "{read.provider_status or read.status.value}"'
    before = "" if read.status.is_final else f', after "{known.provider_status or known.status.value}"'
    return f"{said}{' without a report' if lost else ''}{before}; the report is kept"


def _combine(known: Task, read: Task, now: datetime, watched: bool) -> Task:
    finished_at, observed = read.finished_at, read.finish_observed
    if read.status.is_final and finished_at is None:
        finished_at, observed = known.finished_at, known.finish_observed
        if finished_at is None and watched and not known.status.is_final:
            finished_at, observed = now, True
    return replace(
        known,
        remote_id=known.remote_id or read.remote_id,
        title=read.title or known.title,
        prompt=read.prompt or known.prompt,
        status=read.status,
        provider_status=read.provider_status,
        mode=read.mode or known.mode,
        created_at=read.created_at or known.created_at,
        updated_at=read.updated_at or known.updated_at,
        finished_at=finished_at if read.status.is_final else None,
        finish_observed=observed and read.status.is_final,
        counters=read.counters or known.counters,
        sources=read.sources if read.sources is not None else known.sources,
        cost=better_cost(known.cost, read.cost),
        error=read.error,
        warnings=tuple(
            dict.fromkeys((*read.warnings, *(note for note in known.warnings if note.startswith(CHANGED_MIND))))
        ),
        web_url=read.web_url or known.web_url,
        parent_id=read.parent_id or known.parent_id,
        expires_at=read.expires_at or known.expires_at,
        batch_id=read.batch_id or known.batch_id,
        has_report=known.has_report or read.has_report,
    )


def fill(known: Task, entry: Task) -> Task:
    """Fill missing values of a known task from a list entry, which is older or poorer than a status response.

    Its status counts only for a task that had expired and is back.
    """
    back = known.status is TaskStatus.EXPIRED and entry.status is not TaskStatus.EXPIRED and not known.has_report
    return replace(
        known,
        remote_id=known.remote_id or entry.remote_id,
        title=known.title or entry.title,
        prompt=known.prompt or entry.prompt,
        mode=known.mode or entry.mode,
        created_at=known.created_at or entry.created_at,
        web_url=known.web_url or entry.web_url,
        parent_id=known.parent_id or entry.parent_id,
        batch_id=known.batch_id or entry.batch_id,
        status=entry.status if back else known.status,
        provider_status=entry.provider_status if back else known.provider_status,
        finished_at=None if back else known.finished_at,
        warnings=tuple(note for note in known.warnings if not note.startswith(GONE)) if back else known.warnings,
    )


def contradicts(known: Task, entry: Task) -> bool:
    """Whether a list entry contradicts the final status of a task."""
    if not known.status.is_final or entry.status in {TaskStatus.UNKNOWN, known.status}:
        return False
    same_word = entry.provider_status.casefold() == known.provider_status.casefold()
    return not (same_word and entry.status.is_final)  # "failed" with a report is PARTIAL here and FAILED in a list


def find_orphan(orphans: Sequence[Task], entry: Task) -> Task | None:
    """Return the created task without a remote id that a list entry is, by prompt or predecessor and time."""
    near = [
        (abs(_apart(orphan, entry)), orphan.id, orphan)
        for orphan in orphans
        if _may_be(orphan, entry) and _EARLIEST <= _apart(orphan, entry) <= _LATEST
    ]
    return min(near)[2] if near else None


def _may_be(orphan: Task, entry: Task) -> bool:
    """Whether both have the same prompt or, if the entry has none, the same predecessor."""
    same_parent = orphan.parent_id == entry.parent_id
    if orphan.parent_id and entry.parent_id and not same_parent:
        return False
    words = clean(entry.prompt or "").split()
    return words == clean(orphan.prompt or "").split() if words else bool(entry.parent_id) and same_parent


def adopt(orphan: Task, entry: Task) -> Task:
    """Return the orphan with the remote id and the values of the list entry."""
    found = replace(
        orphan,
        remote_id=entry.remote_id,
        status=entry.status,
        provider_status=entry.provider_status,
        created_at=entry.created_at or orphan.created_at,
        warnings=tuple(note for note in orphan.warnings if not note.startswith(UNKNOWN_OUTCOME)),
    )
    return fill(found, entry)


def _apart(orphan: Task, entry: Task) -> timedelta:
    if orphan.created_at is None or entry.created_at is None:
        return timedelta()
    return entry.created_at - orphan.created_at


def refused(known: Task, error: ProviderError, misses: int) -> Task:
    """Return a task after a 404; `misses` counts the consecutive ones, this one included."""
    if not isinstance(error, Gone):
        return warned(known, REFUSED, one_line(error.message, 200))
    if known.status.is_final:
        return warned(known, GONE, "what was saved stays")
    if misses < MISSES_BEFORE_GONE:
        return warned(known, "not found", "the provider does not know the task at the moment; asked again")
    gone = replace(known, status=TaskStatus.EXPIRED, provider_status=known.provider_status)
    return warned(gone, GONE, f"said {misses} times")


def warned(task: Task, kind: str, text: str) -> Task:
    """Return `task` with a warning of this kind; a new one replaces the last of its kind."""
    others = tuple(note for note in task.warnings if not note.startswith(kind))
    return replace(task, warnings=(*others, f"{kind}: {text}" if text else kind))


def cleared(task: Task, *kinds: str) -> Task:
    """Return `task` without the warnings that a good response ends (or without those of `kinds`)."""
    ended = kinds or _PASSING
    kept = tuple(note for note in task.warnings if not note.startswith(ended))
    return task if kept == task.warnings else replace(task, warnings=kept)


def better_cost(known: Cost, read: Cost) -> Cost:
    """Return the more reliable cost; of two maximum prices the higher, which includes surcharges."""
    if read.amount is None or _COST_RANK[read.kind] < _COST_RANK[known.kind]:
        return known
    both_at_most = known.kind is read.kind is CostKind.PRICE_LIST and known.unit == read.unit
    return known if both_at_most and (known.amount or 0.0) > read.amount else read
