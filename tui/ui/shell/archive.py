"""The archive as the screens use it; an error affects one answer, never the whole screen."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.annotations import Annotations
from tui.domain.errors import ArchiveError
from tui.domain.task import Task
from tui.domain.text import plural
from tui.engine.archive.annotations import tag_of

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tui.domain.detail import Detail, Json
    from tui.domain.provider import Draft
    from tui.domain.task_filter import FilterTerm
    from tui.engine.archive import Archive
    from tui.engine.archive.rows.values import CostLine, DayCost, FoundPlaces, SearchHit, SourceList, StoredVersion
    from tui.engine.ports import TaskCounts

_PAGES = 5000
_NAMED = 5  # ids in a line of the log


class ScreenAnnotations:
    """The user's annotations of tasks, kept locally. A method that changes something blocks until it is committed.

    The archive's server may be away: then a change waits on this machine, and its method raises `NotSavedYet`.
    """

    def __init__(self, archive: "Archive") -> None:
        self._archive = archive
        self._annotations = archive.annotations

    def added(self, task_ids: Collection[str] | None = None) -> Mapping[str, Annotations]:
        """Return annotations by task id, of all or of these tasks; a read task without others is left out."""
        return self._annotations.locals(task_ids)

    def annotate(self, task_id: str, note: str, tags: Sequence[str], before: Annotations) -> None:
        """Change note and tags that were `before`; a note that another person changed meanwhile is kept below.

        Raises:
            UsageError: a tag is invalid; nothing was changed.
        """
        old, new = set(before.tags), {tag_of(tag) for tag in tags}  # refuses what is no tag before anything is written
        tagged = self._annotations.change_tags([task_id], add=new - old, remove=old - new)
        self._annotations.set_note(task_id, note, before.note).result()
        tagged.result()

    def tag(self, task_ids: Sequence[str], tags: Sequence[str]) -> None:
        """Add tags to tasks."""
        self._annotations.change_tags(task_ids, add=tags).result()

    def pin(self, task_ids: Sequence[str], pinned: bool) -> None:
        """Pin tasks, or unpin them."""
        self._annotations.set_pinned(task_ids, pinned).result()

    def read(self, task_ids: Sequence[str], read: bool) -> None:
        """Mark the reports of tasks as read or unread."""
        self._annotations.set_read(task_ids, read).result()

    def hide(self, task_ids: Sequence[str], hidden: bool) -> None:
        """Hide tasks in the list, or show them again."""
        self._annotations.set_hidden(task_ids, hidden).result()

    def delete(self, task_ids: Sequence[str]) -> None:
        """Delete tasks in the archive; they stay at the provider."""
        self._annotations.delete(task_ids).result()
        self._note(f"deleted {plural(len(task_ids), 'task')} here: {', '.join(task_ids[:_NAMED])}")

    def restore(self) -> Sequence[str]:
        """Undo the latest deletion; returns the ids of the restored tasks."""
        ids = self._annotations.restore_latest().result()
        if ids:
            self._note(f"brought back {plural(len(ids), 'task')}: {', '.join(ids[:_NAMED])}")
        return ids

    def _note(self, text: str) -> None:
        from tui.engine.state.log_lines import note

        note(self._archive, text)


class ScreenArchive:
    """The queries of the screens, on an open archive. They may block: after the first paint off the UI thread."""

    def __init__(self, archive: "Archive") -> None:
        self._archive = archive
        self.annotations = ScreenAnnotations(archive)
        self._unwritten: dict[str, Json] = {}  # values that are not in the archive, or not yet

    def load_tasks(self) -> Sequence[Task]:
        """Return every task."""
        return self._archive.load_tasks()

    def first_tasks(self, count: int) -> Sequence[Task]:
        """Return the newest `count` tasks and the pinned ones: what the first paint shows."""
        return self._archive.first_tasks(count)

    def state(self, key: str) -> "Json":
        """Return the remembered value of a key; None if there is none, or if the archive cannot be read."""
        if key in self._unwritten:
            return self._unwritten[key]
        with suppress(ArchiveError):  # a form without its draft rather than the end of the program
            return self._archive.annotations.state(key)
        return None

    def remember(self, key: str, value: "Json") -> None:
        """Remember a value, a draft above all; where the archive cannot be written, until the program ends."""
        self._unwritten[key] = value

        def written(future: "Future[None]") -> None:
            if not future.cancelled() and future.exception() is None and self._unwritten.get(key) is value:
                self._unwritten.pop(key, None)

        self._archive.annotations.set_state(key, value).add_done_callback(written)

    def draft(self, task_id: str) -> "Draft | None":
        """Return the draft that a task was started with; None if it is not known."""
        return self._archive.draft(task_id)

    def versions(self, task_id: str) -> "Sequence[StoredVersion]":
        """Return the stored answers of a task, oldest first."""
        return self._archive.versions(task_id)

    def version(self, task_id: str, number: int) -> "Detail":
        """Return a stored answer by its number, parsed again; raises a `DivewatchError`."""
        from tui.engine.files.saved_detail import read_version

        return read_version(self._archive, task_id, number)

    def having(self, condition: "FilterTerm") -> Sequence[str]:
        """Return the ids of tasks for which a term of a filter holds."""
        return self._archive.library.having(condition)

    def costs(self, since: datetime, *, described: bool = False) -> "Sequence[CostLine]":
        """Return what the tasks created since then cost, deleted ones too; on demand with what these are."""
        return self._archive.costs(since, described=described)

    def daily_costs(self, since: datetime) -> "Sequence[DayCost]":
        """Return what was created on that day (UTC) and later cost, deleted tasks too, summed up by day."""
        return self._archive.daily_costs(since)

    def counts(self) -> "TaskCounts | None":
        """Return how many tasks there are, at hand or not; None if that is not known now."""
        return self._archive.counts()

    def search(self, text: str, most: int = 200) -> "Sequence[SearchHit]":
        """Return where `text` is found in all reports, the best `most` first."""
        return self._archive.library.search(text, limit=most).hits

    def places(self, text: str, task_ids: Sequence[str]) -> "Mapping[str, FoundPlaces]":
        """Return where in the reports of some tasks `text` is found, by task; without those where it is not."""
        return self._archive.library.places(text, task_ids)

    def reports_with(self, url: str) -> Sequence[str]:
        """Return the ids of tasks whose report has this address among its sources."""
        return [use.task_id for use in self._archive.library.uses(url)]

    def sources(self, words: str = "") -> "SourceList":
        """Return the sources of all reports that have these words in title or address."""
        return self._archive.library.sources_of_all(words=words, limit=_PAGES)


class NoArchive(ScreenArchive):
    """The archive of a reader without one: it knows nothing, and forgets."""

    def __init__(self) -> None:
        """There is nothing to open."""

    def state(self, key: str) -> "Json":
        """Return None."""
        return None

    def remember(self, key: str, value: "Json") -> None:
        """Forget it."""

    def reports_with(self, url: str) -> Sequence[str]:
        """Return no other report."""
        return ()
