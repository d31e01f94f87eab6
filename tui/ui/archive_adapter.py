"""The engine's archive for the screens (`ArchiveReader`); an error affects one answer, never the whole screen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.task import Task
from tui.ui.annotation_adapter import ArchivedAnnotations
from tui.ui.shell.services import AnnotationEditor

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tui.domain.detail import Detail, Json
    from tui.domain.provider import Draft
    from tui.domain.task_filter import FilterTerm
    from tui.engine.archive import Archive
    from tui.engine.archive.rows.values import CostLine, DayCost, FoundPlaces, SearchHit, SourceList, StoredVersion
    from tui.engine.ports import TaskCounts

_PAGES = 5000


class ArchivedTasks:
    """The queries of the screens, answered by an open archive. All of them block; call them off the UI thread."""

    def __init__(self, archive: "Archive") -> None:
        self._archive = archive
        self.annotations: AnnotationEditor = ArchivedAnnotations(archive)
        self._unwritten: dict[str, Json] = {}  # values that are not in the archive, or not yet

    def load_tasks(self) -> Sequence[Task]:
        """Return every task."""
        return self._archive.load_tasks()

    def first_tasks(self, count: int) -> Sequence[Task]:
        """Return the newest tasks and the pinned ones."""
        return self._archive.first_tasks(count)

    def state(self, key: str) -> "Json":
        """Return the remembered value of a key; None if there is none."""
        return self._unwritten[key] if key in self._unwritten else self._archive.annotations.state(key)

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
        """Return the stored answers of a task."""
        return self._archive.versions(task_id)

    def version(self, task_id: str, number: int) -> "Detail":
        """Return a stored answer, parsed again."""
        from tui.engine.files.saved_detail import read_version

        return read_version(self._archive, task_id, number)

    def having(self, condition: "FilterTerm") -> Sequence[str]:
        """Return the ids of tasks for which a term of a filter holds."""
        return self._archive.library.having(condition)

    def costs(self, since: datetime, *, described: bool = False) -> "Sequence[CostLine]":
        """Return what the tasks created since then cost, deleted ones too; on demand with what these are."""
        return self._archive.costs(since, described=described)

    def daily_costs(self, since: datetime) -> "Sequence[DayCost]":
        """Return what was created on that day and later cost, summed up by day."""
        return self._archive.daily_costs(since)

    def counts(self) -> "TaskCounts | None":
        """Return how many tasks there are; None if that is not known now."""
        return self._archive.counts()

    def search(self, text: str, most: int = 200) -> "Sequence[SearchHit]":
        """Return where `text` is found, best first."""
        return self._archive.library.search(text, limit=most).hits

    def places(self, text: str, task_ids: Sequence[str]) -> "Mapping[str, FoundPlaces]":
        """Return where in the reports of some tasks `text` is found."""
        return self._archive.library.places(text, task_ids)

    def reports_with(self, url: str) -> Sequence[str]:
        """Return the ids of tasks whose report has this address among its sources."""
        return [use.task_id for use in self._archive.library.uses(url)]

    def sources(self, words: str = "") -> "SourceList":
        """Return the sources of all reports that have these words in title or address."""
        return self._archive.library.sources_of_all(words=words, limit=_PAGES)
