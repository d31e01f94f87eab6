"""The engine's archive for the screens (`ArchiveReader`); a failure costs one answer, not the screen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.errors import NotFound
from tui.domain.task import Task
from tui.ui.annotation_adapter import ArchivedAnnotations, NoAnnotationEditor
from tui.ui.shell.services import AnnotationEditor, ExcerptHit, SourceList, UseRow

if TYPE_CHECKING:
    from tui.domain.detail import Detail, Json
    from tui.domain.provider import Draft
    from tui.domain.task_filter import FilterTerm
    from tui.engine.archive import Archive
    from tui.engine.archive.rows.values import CostLine, FoundPlaces, StoredVersion

_PAGES = 5000


class ArchivedTasks:
    """Adapts an open archive."""

    def __init__(self, archive: "Archive") -> None:
        self._archive = archive
        self.annotations: AnnotationEditor = ArchivedAnnotations(archive)

    def load_tasks(self) -> Sequence[Task]:
        """Return every task."""
        return self._archive.load_tasks()

    def first_tasks(self, count: int) -> Sequence[Task]:
        """Return the newest tasks and the pinned ones."""
        return self._archive.first_tasks(count)

    def state(self, key: str) -> "Json":
        """Return what was remembered."""
        return self._archive.annotations.state(key)

    def remember(self, key: str, value: "Json") -> None:
        """Remember a value; an archive that cannot be written forgets it, which costs a preference only."""
        if not self._archive.read_only:
            self._archive.annotations.set_state(key, value)

    def draft(self, task_id: str) -> "Draft | None":
        """Return what a task was started with."""
        return self._archive.draft(task_id)

    def versions(self, task_id: str) -> "Sequence[StoredVersion]":
        """Return the stored answers of a task."""
        return self._archive.versions(task_id)

    def version(self, task_id: str, number: int) -> "Detail":
        """Return a stored answer, read anew."""
        from tui.engine.files.saved_detail import read_version

        return read_version(self._archive, task_id, number)

    def having(self, condition: "FilterTerm") -> Sequence[str]:
        """Return the ids of tasks for which a term of a filter holds."""
        return self._archive.library.having(condition)

    def costs(self, since: datetime) -> "Sequence[CostLine]":
        """Return what the tasks created since then cost, deleted ones too."""
        return self._archive.costs(since)

    def search(self, text: str, most: int = 200) -> Sequence[ExcerptHit]:
        """Return where `text` is found, best first."""
        found = self._archive.library.search(text, limit=most)
        return [ExcerptHit(hit.task_id, hit.snippet, hit.marks, hit.where, hit.line, hit.matched) for hit in found.hits]

    def places(self, text: str, task_ids: Sequence[str]) -> "Mapping[str, FoundPlaces]":
        """Return where in the reports of some tasks `text` is found."""
        return self._archive.library.places(text, task_ids)

    def reports_with(self, url: str) -> Sequence[str]:
        """Return the ids of tasks whose report has this address among its sources."""
        return [use.task_id for use in self._archive.library.uses(url)]

    def sources(self, words: str = "") -> SourceList:
        """Return the sources of all reports that have these words in title or address."""
        found, count = self._archive.library.sources_of_all(words=words, limit=_PAGES)
        uses = [
            UseRow(use.task_id, use.source_id, use.url, use.title, len(use.lines), next(iter(use.lines), None))
            for use in found
        ]
        return SourceList(uses, count)


class NoArchive:
    """For a single file: nothing is remembered."""

    annotations: AnnotationEditor = NoAnnotationEditor()

    def load_tasks(self) -> Sequence[Task]:
        """Return no task."""
        return ()

    def first_tasks(self, count: int) -> Sequence[Task]:
        """Return no task."""
        return ()

    def state(self, key: str) -> "Json":
        """Nothing was remembered."""
        return None

    def remember(self, key: str, value: "Json") -> None:
        """Nothing is remembered."""

    def draft(self, task_id: str) -> "Draft | None":
        """Nothing was started from here."""
        return None

    def versions(self, task_id: str) -> "Sequence[StoredVersion]":
        """Nothing is stored."""
        return ()

    def version(self, task_id: str, number: int) -> "Detail":
        """There is none."""
        raise NotFound("a single file has no versions")

    def having(self, condition: "FilterTerm") -> Sequence[str]:
        """Nothing is kept."""
        return ()

    def costs(self, since: datetime) -> "Sequence[CostLine]":
        """Nothing was spent from here."""
        return ()

    def search(self, text: str, most: int = 200) -> Sequence[ExcerptHit]:
        """Nothing is found."""
        return ()

    def places(self, text: str, task_ids: Sequence[str]) -> "Mapping[str, FoundPlaces]":
        """Nothing is found."""
        return {}

    def reports_with(self, url: str) -> Sequence[str]:
        """No other reports."""
        return ()

    def sources(self, words: str = "") -> SourceList:
        """No sources."""
        return SourceList((), 0)
