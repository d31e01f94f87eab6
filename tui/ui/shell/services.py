"""What the user interface is given: archive, engine, providers, settings; tests pass their own."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tui.domain.annotations import Annotations
from tui.domain.budget import Budget
from tui.domain.errors import NotFound
from tui.domain.frozen import frozen
from tui.domain.task import Cost, Task
from tui.ui.commands.keymap import Keymap

if TYPE_CHECKING:
    from tui.config.account_settings import AccountSettings
    from tui.domain.detail import Detail, Json, Report
    from tui.domain.options import Option
    from tui.domain.provider import Draft
    from tui.domain.task_filter import FilterTerm
    from tui.engine.api import Engine
    from tui.engine.archive.rows.values import CostLine, DayCost, FoundPlaces, SearchHit, SourceList, StoredVersion
    from tui.engine.ports import TaskCounts
    from tui.report.document import Document


class AnnotationEditor(Protocol):
    """Edits the user's annotations of tasks, locally. A change is committed when its call returns.

    The bodies here are those of an archive without annotations.
    """

    def added(self, task_ids: Collection[str] | None = None) -> Mapping[str, Annotations]:
        """Return annotations by task id, of all or of these tasks; a read task without others is left out."""
        return {}

    def annotate(self, task_id: str, note: str, tags: Sequence[str], before: Annotations) -> None:
        """Change note and tags of a task that were `before`; raises `UsageError` for an invalid tag.

        What another person changed meanwhile is kept beside.
        """
        return

    def tag(self, task_ids: Sequence[str], tags: Sequence[str]) -> None:
        """Add tags to tasks."""
        return

    def pin(self, task_ids: Sequence[str], pinned: bool) -> None:
        """Pin tasks, or unpin them."""
        return

    def read(self, task_ids: Sequence[str], read: bool) -> None:
        """Mark the reports of tasks as read or unread."""
        return

    def hide(self, task_ids: Sequence[str], hidden: bool) -> None:
        """Hide tasks in the list, or show them again."""
        return

    def delete(self, task_ids: Sequence[str]) -> None:
        """Delete tasks in the archive; they stay at the provider."""
        return

    def restore(self) -> Sequence[str]:
        """Undo the latest deletion; returns the ids of the restored tasks."""
        return ()


class ArchiveReader(Protocol):
    """The archive as the screens read it; calls may block, and run on helper threads after the first paint.

    The bodies here are those of an empty archive.
    """

    annotations: AnnotationEditor

    def load_tasks(self) -> Sequence[Task]:
        """Return every task."""
        return ()

    def first_tasks(self, count: int) -> Sequence[Task]:
        """Return the newest `count` tasks and the pinned ones: what the first paint shows."""
        return ()

    def state(self, key: str) -> "Json":
        """Return the remembered value of `key`; None for none."""
        return None

    def remember(self, key: str, value: "Json") -> None:
        """Remember `value` under `key`; does not block."""
        return

    def having(self, condition: "FilterTerm") -> Sequence[str]:
        """Return the ids of tasks for which a term of a filter holds."""
        return ()

    def costs(self, since: datetime, *, described: bool = False) -> "Sequence[CostLine]":
        """Return what the tasks created since then cost, deleted ones too; on demand with what these are."""
        return ()

    def daily_costs(self, since: datetime) -> "Sequence[DayCost]":
        """Return what was created on that day (UTC) and later cost, deleted tasks too, summed up by day."""
        return ()

    def counts(self) -> "TaskCounts | None":
        """Return how many tasks there are, at hand or not; None if that is not known now."""
        return None

    def search(self, text: str, most: int = 200) -> "Sequence[SearchHit]":
        """Return where `text` is found in all reports, the best `most` first."""
        return ()

    def places(self, text: str, task_ids: Sequence[str]) -> "Mapping[str, FoundPlaces]":
        """Return where in the reports of some tasks `text` is found, by task; without those where it is not."""
        return {}

    def draft(self, task_id: str) -> "Draft | None":
        """Return what a task was started with; None if it was started elsewhere."""
        return None

    def versions(self, task_id: str) -> Sequence["StoredVersion"]:
        """Return the stored answers of a task, oldest first."""
        return ()

    def version(self, task_id: str, number: int) -> "Detail":
        """Return a stored answer by its number, parsed again; raises a `DivewatchError`."""
        raise NotFound("a single file has no versions")

    def reports_with(self, url: str) -> Sequence[str]:
        """Return the ids of tasks whose report has this address among its sources."""
        return ()

    def sources(self, words: str = "") -> "SourceList":
        """Return the sources of all reports that have these words in title or address."""
        from tui.engine.archive.rows.values import SourceList

        return SourceList((), 0)


class NoAnnotations(AnnotationEditor):
    """The annotations of a reader without an archive: none, and changes do nothing."""


class NoArchive(ArchiveReader):
    """The queries of a reader without an archive: every one is empty."""

    annotations: AnnotationEditor = NoAnnotations()


class Drafting(Protocol):
    """The checks of a provider before a draft is sent (`tui.providers.protocol.Provider` fits)."""

    def check(self, draft: "Draft") -> Sequence[tuple[str, str]]:
        """Return (field, error) for every limit that the draft breaks."""

    def cost_at_most(self, draft: "Draft") -> Cost:
        """Return what the draft may cost at most."""

    def options(self) -> "Sequence[Option]":
        """Return the provider's own options, in the order a form shows them."""


class UiSettings(NamedTuple):
    """Appearance and behaviour of the user interface, from the configuration."""

    theme: str = "auto"
    themes: Path | None = None  # folder of the user's own
    mouse: bool = True
    hyperlinks: str = "auto"
    measure: int = 100
    cursor: str = "hidden"
    browser: tuple[str, ...] = ()
    notify: str = "bell"
    notify_command: tuple[str, ...] = ()


@frozen
class Services:
    """Everything the application is given.

    Attributes:
        archive: Where the first paint comes from.
        start_engine: Makes and starts the engine; called on a helper thread after the first paint.
        drafting: Finds a provider by name for the new-task form.
        parse: Parses a report; called on a helper thread.
        export: Writes (format, detail, folder) and returns the path; called on a helper thread.
        accounts: Keeps keys and switches accounts; None where the accounts are given.
        keep_budget: Sets a limit of the configuration by its dotted key; returns the budget as it is then, raises a
            `ConfigError` for a value that is none; None where nothing can be kept.
        secrets: Values that must never be printed, e.g. in a crash report.
        crash_log: Where a crash report goes, 0600.
        templates: Folder of briefs kept as templates.
        only: A single report to read instead of the dashboard.
    """

    archive: ArchiveReader
    start_engine: "Callable[[], Engine] | None"
    drafting: Callable[[str], Drafting] | None = None
    parse: "Callable[[Report], Document] | None" = None
    export: "Callable[[str, Detail, Path], Path] | None" = None
    keymap: Keymap = field(default_factory=Keymap.build)
    looks: UiSettings = field(default_factory=UiSettings)
    budget: Budget = field(default_factory=Budget)
    accounts: "AccountSettings | None" = None
    keep_budget: "Callable[[str, str], Budget] | None" = None
    secrets: tuple[str, ...] = ()
    crash_log: Path | None = None
    templates: Path | None = None
    only: "Detail | None" = None
