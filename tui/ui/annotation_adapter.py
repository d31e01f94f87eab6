"""Annotations of tasks for the screens (`AnnotationEditor`), kept in the engine's archive."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from tui.domain.annotations import Annotations
from tui.domain.text import plural
from tui.engine.archive.annotations import tag_of

if TYPE_CHECKING:
    from tui.engine.archive import Archive


_NAMED = 5  # ids in a line of the log


class ArchivedAnnotations:
    """The annotations of an open archive. A method that changes something blocks until it is committed."""

    def __init__(self, archive: "Archive") -> None:
        self._archive = archive
        self._annotations = archive.annotations

    def added(self, task_ids: Collection[str] | None = None) -> Mapping[str, Annotations]:
        """Return annotations by task id, of all or of these tasks; a read task without others is left out."""
        return self._annotations.locals(task_ids)

    def annotate(self, task_id: str, note: str, tags: Sequence[str], before: Annotations) -> None:
        """Change note and tags of a task; a note that another person changed meanwhile is kept below ours."""
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
