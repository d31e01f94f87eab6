"""The rows of the task table: sorted, filtered, grouped, marked; pure, addressed by task id only.

A change of one task costs O(1); one that changes its place is put there, the others are not sorted again.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from tui.domain.amounts import currency, money_first
from tui.domain.annotations import NO_ANNOTATIONS, Annotations, is_unread
from tui.domain.errors import ArchiveError, UsageError
from tui.domain.frozen import frozen
from tui.domain.task import Cost, Task, TaskStatus
from tui.ui.dashboard.sections import SECTION, age, by_state, section_of, stage, with_sections
from tui.ui.text.filter import CompiledFilter, Lookup, haystack

_NEVER = datetime.max.replace(tzinfo=UTC)
GROUP = "group:"
DEFAULT_SORT = "status"
"""The order of a dashboard whose user chose none."""


def _duration(task: Task) -> float:
    end = task.finished_at or _NEVER
    return -(end - task.created_at).total_seconds() if task.created_at else 0.0


def _dearness(account: str, cost: Cost) -> tuple[object, ...]:
    """The sort key "cost": dearest first within each currency; ten credits are not more than nine dollars."""
    return cost.amount is None, money_first(currency(cost.unit, account)), -(cost.amount or 0.0)


SORTS: Mapping[str, Callable[[Task], tuple[object, ...]]] = {
    "newest": lambda task: (age(task),),
    "status": by_state,
    "provider": lambda task: (task.provider, task.account, age(task)),
    "title": lambda task: (task.title.casefold(),),
    "time": lambda task: (_duration(task), age(task)),
    "sources": lambda task: (-(task.sources or 0), age(task)),
    "cost": lambda task: (*_dearness(task.account_key, task.cost), age(task)),
}
"""Orders by name; the task's id decides last, so that equal rows never change places."""


@frozen
class Delta:
    """The effect of a change on the screen: another order (`moved`), or new cells in the rows of `ids`."""

    moved: bool = False
    ids: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.moved or bool(self.ids)


def _has_other_text(old: Task | None, new: Task | None) -> bool:
    """Whether a search in the archive may now answer otherwise: the task is new, ended, or has a report now."""
    if old is None or new is None:
        return old is not new
    return (old.status, old.has_report, old.title) != (new.status, new.has_report, new.title)


@dataclass(slots=True)
class TaskList:
    """The rows of the table in display order: task ids, group ids ("group:<batch>"), by status also section ids."""

    tasks: dict[str, Task] = field(default_factory=dict)
    added: dict[str, Annotations] = field(default_factory=dict)  # what the user added; where missing, nothing
    hidden: set[str] = field(default_factory=set)
    pinned: set[str] = field(default_factory=set)
    show_hidden: bool = False
    sort: str = "newest"
    reverse: bool = False
    filter: str = ""
    lookup: Lookup | None = None  # asks the archive about terms that only it knows
    trouble: str = ""  # why the filter cannot be
    incomplete: bool = False  # whether there may be older tasks for this list that are not at hand
    marked: set[str] = field(default_factory=set)
    unfolded: set[str] = field(default_factory=set)
    rows: list[str] = field(default_factory=list)
    listed: int = 0  # tasks that pass the filter
    statuses: dict[TaskStatus, int] = field(default_factory=dict)  # how many of all tasks are in each state
    deadlines: dict[str, datetime | None] = field(default_factory=dict)  # of waiting tasks, where they have one
    _order: list[str] = field(default_factory=list)  # all tasks, by their keys
    _members: dict[str, list[str]] = field(default_factory=dict)
    _group_of: dict[str, str] = field(default_factory=dict)
    _hay: dict[str, str] = field(default_factory=dict)
    _narrowing: CompiledFilter | None = None
    _places: dict[str, int] | None = None
    _unread: int | None = None  # counted once, then kept up to date
    _heads: list[int] = field(default_factory=list)  # places of section rows
    today: date = field(default_factory=lambda: datetime.now(UTC).astimezone().date())  # the local day

    # Changes

    def apply(self, changed: Mapping[str, Task | None]) -> Delta:
        """Apply new values (None: deleted) and return their effect on the screen."""
        ended, moved, touched = False, set[str](), set[str]()
        for task_id, task in changed.items():
            old = self.tasks.get(task_id)
            if old == task:
                continue
            self._hay.pop(task_id, None)
            self._count(old, task)
            ended |= _has_other_text(old, task)
            if task is None:
                del self.tasks[task_id]
                self.marked.discard(task_id)
            else:
                self.tasks[task_id] = task
            touched.add(task_id)
            if self._moves(old, task):
                moved.add(task_id)
        if ended and self._narrowing and self._narrowing.among is not None:
            with suppress(ArchiveError):  # it cannot be read now: what was found before stays
                self._narrowing = CompiledFilter.of(self.filter, self.lookup)
        self._reorder(moved)
        if moved or (self.filter and touched):
            self.rebuild()
            return Delta(moved=True)
        groups = {self._group_of[task_id] for task_id in touched if task_id in self._group_of}
        return Delta(ids=frozenset(touched | groups))

    def _count(self, old: Task | None, new: Task | None) -> None:
        for task, step in ((old, -1), (new, 1)):
            if task is not None:
                self.statuses[task.status] = self.statuses.get(task.status, 0) + step
                if self._unread is not None:
                    self._unread += step * is_unread(task, self.local(task.id))

    def _moves(self, old: Task | None, new: Task | None) -> bool:
        if old is None or new is None or self._key(old) != self._key(new):
            return True
        return (old.group_id, old.batch_id) != (new.group_id, new.batch_id)

    def _reorder(self, moved: Set[str]) -> None:
        """Put these tasks into their places; keys are made to be compared, and not kept."""
        if len(moved) > len(self.tasks) // 16:  # one by one takes longer
            self._order = sorted(self.tasks, key=self._key_of)
        elif moved:
            self._order = [task_id for task_id in self._order if task_id not in moved]
            for task_id in moved & self.tasks.keys():
                insort(self._order, task_id, key=self._key_of)

    def _key_of(self, task_id: str) -> tuple[object, ...]:
        return self._key(self.tasks[task_id])

    def _key(self, task: Task) -> tuple[object, ...]:
        key = SORTS[self.sort](task)
        if self.sectioned and task.status is TaskStatus.WAITING:  # what has to be answered first is first
            key = (stage(task), self.deadlines.get(task.id) or _NEVER, *key)
        return *key, task.id

    def set_deadline(self, task_id: str, deadline: datetime | None) -> bool:
        """Set until when a waiting task can be answered; returns whether the rows changed."""
        before = self._key_of(task_id) if task_id in self.tasks else ()
        self.deadlines[task_id] = deadline
        moved = bool(before) and self._key_of(task_id) != before
        if moved:
            self._reorder({task_id})
            self.rebuild()
        return moved

    def rebuild(self) -> None:
        """Compute the rows from tasks, filter, order and folds."""
        narrowing = self._narrowing
        hide = self.hidden if not (self.show_hidden or (narrowing and narrowing.hidden)) else frozenset[str]()
        order = [task_id for task_id in (reversed if self.reverse else iter)(self._order) if task_id not in hide]
        if narrowing:
            order = [task_id for task_id in order if self._keeps(narrowing, task_id)]
        if self.trouble:
            order = []
        if self.pinned:
            order.sort(key=lambda task_id: task_id not in self.pinned)
        self.listed = len(order)
        rows = order if self.filter.strip() else self._grouped(order)
        self.rows, self._heads = with_sections(rows, self._section) if self.sectioned else (rows, [])
        self._places = None

    @property
    def sectioned(self) -> bool:
        """Whether the rows are in sections by state."""
        return self.sort == "status"

    def _section(self, row: str) -> str:
        if group := row if row.startswith(GROUP) else self.group_of(row):  # a member stands where its group stands
            row = self._members[group][0]
        return section_of(self.tasks[row], self.today, pinned=row in self.pinned)

    def set_today(self, today: date) -> bool:
        """Set the local day; returns whether the rows changed."""
        if today == self.today:
            return False
        self.today = today
        if self.sectioned:
            self.rebuild()
        return self.sectioned

    def _grouped(self, order: list[str]) -> list[str]:
        members: dict[str, list[str]] = {}
        for task_id in order:
            if batch := self.tasks[task_id].group_id or self.tasks[task_id].batch_id:
                members.setdefault(GROUP + batch, []).append(task_id)
        self._members = {group: ids for group, ids in members.items() if len(ids) > 1}
        self._group_of = {task_id: group for group, ids in self._members.items() for task_id in ids}
        if not self._members:
            return order
        rows, done = list[str](), set[str]()
        for task_id in order:
            group = self._group_of.get(task_id)
            if group is None:
                rows.append(task_id)
            elif group not in done:
                done.add(group)
                rows.append(group)
                rows += self._members[group] if group in self.unfolded else []
        return rows

    def _keeps(self, narrowing: CompiledFilter, task_id: str) -> bool:
        return narrowing.keeps(self.tasks[task_id], self.local(task_id), lambda: self._haystack(task_id))

    def _haystack(self, task_id: str) -> str:
        hay = self._hay.get(task_id)
        if hay is None:
            hay = self._hay[task_id] = haystack(self.tasks[task_id], self.local(task_id))
        return hay

    # What a person changes

    def add(self, task_ids: Collection[str], added: Mapping[str, Annotations]) -> bool:
        """Set the annotations of these tasks (none where missing); returns whether anything changed."""
        different = [task_id for task_id in task_ids if self.local(task_id) != added.get(task_id, NO_ANNOTATIONS)]
        for task_id in different:
            self._hay.pop(task_id, None)
            task = self.tasks.get(task_id)
            self._count(task, None)
            self.added.pop(task_id, None)
            if task_id in added:
                self.added[task_id] = added[task_id]
            self._count(None, task)
        if different:
            before = self.hidden, self.pinned
            self.hidden = {task_id for task_id, local in self.added.items() if local.hidden}
            self.pinned = {task_id for task_id, local in self.added.items() if local.pinned}
            if self._narrowing or before != (self.hidden, self.pinned):
                self.rebuild()
        return bool(different)

    def set_filter(self, text: str) -> None:
        """Show only tasks that match `text`; one that is invalid or cannot be looked up matches none: see `trouble`."""
        self.filter, self.trouble, self._narrowing = text, "", None
        try:
            self._narrowing = CompiledFilter.of(text, self.lookup) if text.strip() else None
        except (UsageError, ArchiveError) as error:
            self.trouble = error.told
        self.rebuild()

    def set_sort(self, name: str, *, reverse: bool = False) -> None:
        """Sort by `name`, one of `SORTS`."""
        self.sort, self.reverse = name, reverse
        self._order = sorted(self.tasks, key=self._key_of)
        self.rebuild()

    def next_sort(self) -> str:
        """Return the next of `SORTS`."""
        names = list(SORTS)
        return names[(names.index(self.sort) + 1) % len(names)]

    def toggle_mark(self, row: str) -> frozenset[str]:
        """Mark or unmark a task, or all members of a group; returns the changed rows."""
        ids = self.members(row) or [row]
        if all(task_id in self.marked for task_id in ids):
            self.marked.difference_update(ids)
        else:
            self.marked.update(ids)
        return frozenset((row, *ids))

    def mark(self, rows: Sequence[str]) -> None:
        """Mark these rows; for a group row its members, for a heading nothing."""
        for row in rows:
            self.marked.update(self.members(row) or ([row] if row in self.tasks else []))

    def toggle_all(self) -> None:
        """Mark every listed task, or none if all of them are marked."""
        ids = self.listed_ids()
        if self.marked.issuperset(ids):
            self.marked.clear()
        else:
            self.marked.update(ids)

    def fold(self, group: str, unfold: bool) -> bool:
        """Fold or unfold a group; returns whether anything changed."""
        if group not in self._members or (group in self.unfolded) == unfold:
            return False
        (self.unfolded.add if unfold else self.unfolded.discard)(group)
        self.rebuild()
        return True

    # What the screen asks

    def place(self, row: str | None) -> int | None:
        """Return the index of a row; None if it is not listed."""
        if self._places is None:
            self._places = {name: place for place, name in enumerate(self.rows)}
        return self._places.get(row) if row is not None else None

    def position(self, place: int) -> int:
        """Return the ordinal (from 1) of the task at an index; a group row counts as its first task."""
        tasks = place + 1 - bisect_left(self._heads, place)
        for group, members in self._members.items():
            at = self.place(group)
            if at is not None and at < place:
                tasks += -1 if group in self.unfolded else len(members) - 1
        return tasks

    @property
    def row_count(self) -> int:
        """The number of rows that can be selected."""
        return len(self.rows) - len(self._heads)

    def in_section(self, row: str) -> list[str]:
        """Return the tasks that a section's number counts: those below it, of groups only the ones in its state."""
        place = self.place(row)
        at = bisect_left(self._heads, place) if place is not None else len(self._heads)
        if place is None or at >= len(self._heads):
            return []
        end = self._heads[at + 1] if at + 1 < len(self._heads) else len(self.rows)
        name = row.removeprefix(SECTION)
        ids = self._tasks_of(self.rows[place + 1 : end])
        if name == "pinned":
            return ids
        return [one for one in ids if one not in self._group_of or section_of(self.tasks[one], self.today) == name]

    def _tasks_of(self, rows: Collection[str]) -> list[str]:
        ids: list[str] = []
        for row in rows:
            if row.startswith(GROUP):
                ids += [] if row in self.unfolded else self.members(row)
            elif not row.startswith(SECTION):
                ids.append(row)
        return ids

    def next_waiting(self, place: int) -> int | None:
        """Return the index of the next row after `place` that waits for a person; it wraps around."""
        for row in (*self.rows[place + 1 :], *self.rows[: place + 1]):
            if any(self.tasks[one].status is TaskStatus.WAITING for one in self._tasks_of([row])):
                return self.place(row)
        return None

    def local(self, task_id: str) -> Annotations:
        """Return the annotations of a task."""
        return self.added.get(task_id, NO_ANNOTATIONS)

    def is_unread(self, task_id: str) -> bool:
        """Whether the task's report was never opened."""
        return is_unread(self.tasks[task_id], self.local(task_id))

    @property
    def unread(self) -> int:
        """The number of all tasks whose report was never opened."""
        if self._unread is None:
            self._unread = self.unread_of(self.tasks)
        return self._unread

    def unread_of(self, task_ids: Iterable[str]) -> int:
        """Return how many of these tasks have a report that was never opened."""
        return sum(map(self.is_unread, filter(self.added.__contains__, task_ids)))  # what has no entry is read

    def members(self, row: str) -> list[str]:
        """Return the tasks of a group row; empty for a task row."""
        return self._members.get(row, []) if row.startswith(GROUP) else []

    def group_of(self, task_id: str) -> str | None:
        """Return the group row a task belongs to."""
        return None if self.filter.strip() else self._group_of.get(task_id)

    def listed_ids(self) -> list[str]:
        """Return the ids of all listed tasks, folded ones included, in order."""
        return self._tasks_of(self.rows)

    def marked_tasks(self) -> list[Task]:
        """Return the marked tasks that are listed, in display order; cost is linear in the marks only."""
        listed: list[tuple[int, int, str]] = []
        for task_id in self.marked:
            place, group = self.place(task_id), self.group_of(task_id)
            if place is not None:
                listed.append((place, 0, task_id))
            elif (folded := self.place(group)) is not None:
                listed.append((folded, self.members(group or "").index(task_id), task_id))
        return [self.tasks[task_id] for _, _, task_id in sorted(listed)]
