"""The dashboard's commands on annotations: note, tags, pin, read, hide, delete here; none reaches a provider."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from tui.domain.annotations import NO_ANNOTATIONS, Annotations
from tui.domain.errors import NotSavedYet
from tui.domain.task import Task
from tui.domain.text import one_line, plural
from tui.ui.commands.command import handles
from tui.ui.dashboard.dashboard import Actions

if TYPE_CHECKING:
    from tui.ui.dashboard.note_dialog import NoteDialog, Typed
    from tui.ui.shell.archive import ScreenAnnotations

_NAMED = 5  # titles of tasks to be deleted that are listed


class AnnotationActions(Actions):
    """Changes the annotations of the marked tasks, else of the selected one; nothing is sent to a provider."""

    @property
    def _meant(self) -> Sequence[Task]:
        """The marked tasks, else the selected one."""
        return self.dashboard.table.model.marked_tasks() or [self.chosen]

    @property
    def _annotations(self) -> "ScreenAnnotations":
        return self.shell.services.archive.annotations

    @property
    def _undo(self) -> str:
        """The key that brings deleted tasks back."""
        return next(iter(self.shell.keymap.of("tasks.restore")), "undelete in the palette")

    def added_changed(self, task_ids: Collection[str]) -> None:
        """Read the annotations of these tasks again: another process or a new report may have changed them."""
        annotations = self._annotations
        if task_ids:
            self.shell.in_background(lambda: annotations.added(task_ids), lambda added: self._take(task_ids, added))

    def _take(self, task_ids: Collection[str], added: Mapping[str, Annotations]) -> None:
        screen = self.dashboard
        if screen.table.add(task_ids, added):
            screen.detail.redraw()
            screen.show_place()

    def _change(
        self,
        tasks: Sequence[Task],
        change: Callable[[Sequence[str]], None],
        said: str,
        form: "NoteDialog | None" = None,
    ) -> None:
        """Make a change on a background thread, show the new values, and report it or why it failed.

        What was typed into a `form` is then its draft again.
        """
        typed = form.typed() if form else {}
        screen, app = self.dashboard, self.shell
        annotations, ids = self._annotations, [task.id for task in tasks]

        def work() -> tuple[Mapping[str, Annotations], str]:
            late = _late(lambda: change(ids))
            return annotations.added(ids), late

        def done(result: tuple[Mapping[str, Annotations], str]) -> None:
            added, late = result
            screen.table.model.marked.difference_update(ids)
            screen.table.relist()
            self._take(ids, added)
            screen.show_place()
            app.say(late or said, problem=bool(late))

        def failed(error: Exception) -> None:
            if form:
                form.keep_again(typed)
            app.say_error(error)

        app.in_background(work, done, failed)

    @handles("tasks.note")
    def note(self) -> None:
        """Edit note and tags of the selected task, or add tags to the marked ones."""
        from tui.ui.dashboard.note_dialog import NoteDialog

        tasks, annotations = self._meant, self._annotations
        one = tasks[0] if len(tasks) == 1 else None

        def answered(typed: "Typed") -> None:
            note, tags = typed
            if one is not None:
                self._change(
                    [one], lambda ids: annotations.annotate(one.id, note, tags, added), "note and tags saved here", form
                )
            elif tags:
                told = f"{plural(len(tasks), 'task')} tagged {' '.join(f'#{tag}' for tag in tags)}"
                self._change(tasks, lambda ids: annotations.tag(ids, tags), told, form)

        added = self.dashboard.table.model.local(one.id) if one else NO_ANNOTATIONS
        if one is None:
            form = NoteDialog(plural(len(tasks), "marked task"), None, kept="tags")
        else:
            form = NoteDialog(_name(one), added.note, added.tags, kept=f"note.{one.id}")
        self.shell.show(form, answered)

    @handles("tasks.pin")
    def pin(self) -> None:
        """Pin the tasks on top of the list, or unpin them."""
        tasks, pinned = self._meant, self.dashboard.table.model.pinned
        pin, count = not all(task.id in pinned for task in tasks), plural(len(tasks), "task")
        told = f"pinned {count} on top" if pin else f"{count} not pinned any more"
        self._change(tasks, lambda ids: self._annotations.pin(ids, pin), told)

    @handles("tasks.read")
    def read(self) -> None:
        """Mark the reports as read, or as unread."""
        tasks = [task for task in self._meant if task.has_report]
        if not tasks:
            self.shell.say("read: there is no report yet", problem=True)
            return
        read = any(self.dashboard.table.model.is_unread(task.id) for task in tasks)
        told = f"{plural(len(tasks), 'report')} {'read' if read else 'unread'}"
        self._change(tasks, lambda ids: self._annotations.read(ids, read), told)

    def opened(self, task_id: str) -> None:
        """Mark a task's report as read after it was opened."""
        model, annotations = self.dashboard.table.model, self._annotations
        if task_id in model.tasks and model.is_unread(task_id):

            def work() -> Mapping[str, Annotations]:
                _late(lambda: annotations.read([task_id], True))
                return annotations.added([task_id])

            self.shell.in_background(work, lambda added: self._take([task_id], added))

    @handles("tasks.hide")
    def hide(self) -> None:
        """Hide the tasks in the list, or show them again."""
        tasks, hidden = self._meant, self.dashboard.table.model.hidden
        hide, count = not all(task.id in hidden for task in tasks), plural(len(tasks), "task")
        told = f"hid {count}; H shows hidden ones" if hide else f"brought back {count}"
        self._change(tasks, lambda ids: self._annotations.hide(ids, hide), told)

    @handles("tasks.hidden")
    def toggle_hidden(self) -> None:
        """Show or leave out hidden tasks."""
        table = self.dashboard.table
        table.model.show_hidden = not table.model.show_hidden
        table.model.rebuild()
        table.relist()
        self.dashboard.show_place()

    @handles("tasks.remove")
    def remove(self) -> None:
        """Delete the tasks in the archive after a confirmation that names what is lost."""
        from tui.ui.shell.dialogs import ConfirmDialog

        app, tasks = self.shell, self._meant
        reports, running = sum(task.has_report for task in tasks), sum(not task.status.is_final for task in tasks)
        question = (
            f"{plural(len(tasks), 'task')} with {plural(reports, 'report')}, notes and tags: gone from list, search "
            "and sources on this machine. No provider is told, each keeps its copy. "
            f"{self._undo} brings them back, also another day."
        )
        if running:
            question += f" Still under way: {running:,}; unwatched they go on, and cost."
        names = [_name(task) for task in tasks[:_NAMED]]
        if len(tasks) > _NAMED:
            names.append(f"and {len(tasks) - _NAMED:,} more")
        dialog = ConfirmDialog("Delete from this archive?", question, "\n".join(names), yes="delete here")
        app.show(dialog, lambda _: self._remove(tasks), "nothing was deleted")

    def _remove(self, tasks: Sequence[Task]) -> None:
        app = self.shell
        ids = [task.id for task in tasks]

        def done(late: str) -> None:
            if app.engine is not None:
                app.engine.reload(ids)
            told = (
                f"deleted {plural(len(ids), 'task')} here; {self._undo} brings {'it' if len(ids) == 1 else 'them'} back"
            )
            app.say(late or told, problem=bool(late))

        app.in_background(lambda: _late(lambda: self._annotations.delete(ids)), done)

    @handles("tasks.restore")
    def restore(self) -> None:
        """Undo the latest deletion in this archive."""
        app = self.shell

        def done(ids: Sequence[str]) -> None:
            if not ids:
                app.say("nothing is deleted here", problem=True)
                return
            if app.engine is not None:
                app.engine.reload(ids)
            self.added_changed(ids)
            app.say(f"brought back {plural(len(ids), 'task')}")

        app.in_background(self._annotations.restore, done)


def _late(change: Callable[[], None]) -> str:
    """Make a change; returns the message if it has to wait for the archive's server, "" if it is done."""
    try:
        change()
    except NotSavedYet as waits:
        return waits.message
    return ""


def _name(task: Task) -> str:
    return one_line(task.title or task.prompt or task.id, 200)
