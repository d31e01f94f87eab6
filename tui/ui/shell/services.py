"""What the user interface is given: archive, engine, providers, settings; the seam at which tests put their own."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tui.domain.annotations import Annotations
from tui.domain.budget import Budget
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
    from tui.engine.archive.rows.values import CostLine, FoundPlaces, StoredVersion
    from tui.report.document import Document


class ExcerptHit(NamedTuple):
    """One place where a search found something; `marks` are (start, end) inside `excerpt`."""

    task_id: str
    excerpt: str
    marks: tuple[tuple[int, int], ...] = ()
    where: str = "report"
    line: int | None = None
    matched: str = ""  # the found word, as written there


class UseRow(NamedTuple):
    """One source entry of one report."""

    task_id: str
    source_id: str
    url: str
    title: str
    times: int = 0  # citations of it in that report
    line: int | None = None  # the first of them


class SourceList(NamedTuple):
    """Sources of all reports: every use of the addresses that most reports rest on, and how many addresses there are.

    Uses of the same address have the same `url`.
    """

    uses: Sequence[UseRow]
    addresses: int


class AnnotationEditor(Protocol):
    """What the user adds to tasks; nothing of it reaches a provider. A change is done when its call returns."""

    def added(self, task_ids: Collection[str] | None = None) -> Mapping[str, Annotations]:
        """Return what was added to all tasks or these; tasks that are read and have nothing else are left out."""

    def annotate(self, task_id: str, note: str, tags: Sequence[str], before: Annotations) -> None:
        """Change note and tags of a task that were `before`; raises `UsageError` for what is no tag.

        What another person changed meanwhile is kept beside.
        """

    def tag(self, task_ids: Sequence[str], tags: Sequence[str]) -> None:
        """Give tasks more tags."""

    def pin(self, task_ids: Sequence[str], pinned: bool) -> None:
        """Pin tasks, or let them go."""

    def read(self, task_ids: Sequence[str], read: bool) -> None:
        """Note that reports were read, or were not."""

    def hide(self, task_ids: Sequence[str], hidden: bool) -> None:
        """Put tasks out of sight, or bring them back."""

    def delete(self, task_ids: Sequence[str]) -> None:
        """Delete tasks here, never at the provider."""

    def restore(self) -> Sequence[str]:
        """Undo the latest deletion; returns the ids that are back."""


class ArchiveReader(Protocol):
    """What the screens read from the archive; calls may block, and are made on helper threads after the first paint."""

    annotations: AnnotationEditor

    def load_tasks(self) -> Sequence[Task]:
        """Return every task."""

    def first_tasks(self, count: int) -> Sequence[Task]:
        """Return the newest `count` tasks and the pinned ones: what the first paint shows."""

    def state(self, key: str) -> "Json":
        """Return what was remembered under `key`."""

    def remember(self, key: str, value: "Json") -> None:
        """Remember `value` under `key`; does not block."""

    def having(self, condition: "FilterTerm") -> Sequence[str]:
        """Return the ids of tasks for which a term of a filter holds."""

    def costs(self, since: datetime) -> "Sequence[CostLine]":
        """Return what the tasks created since then cost, deleted ones too."""

    def search(self, text: str, most: int = 200) -> Sequence[ExcerptHit]:
        """Return where `text` is found in all reports, the best `most` first."""

    def places(self, text: str, task_ids: Sequence[str]) -> "Mapping[str, FoundPlaces]":
        """Return where in the reports of some tasks `text` is found, by task; without those where it is not."""

    def draft(self, task_id: str) -> "Draft | None":
        """Return what a task was started with; None if it was started elsewhere."""

    def versions(self, task_id: str) -> Sequence["StoredVersion"]:
        """Return the stored answers of a task, oldest first."""

    def version(self, task_id: str, number: int) -> "Detail":
        """Return the stored answer of that number, read anew; raises a `DivewatchError`."""

    def reports_with(self, url: str) -> Sequence[str]:
        """Return the ids of tasks whose report has this address among its sources."""

    def sources(self, words: str = "") -> SourceList:
        """Return the sources of all reports that have these words in title or address."""


class Drafting(Protocol):
    """What a provider says about a draft before anything is sent (`tui.providers.protocol.Provider` fits)."""

    def check(self, draft: "Draft") -> Sequence[tuple[str, str]]:
        """Return (field, what is wrong) for every limit that the draft breaks."""

    def cost_at_most(self, draft: "Draft") -> Cost:
        """Return what the draft may cost at most."""

    def options(self) -> "Sequence[Option]":
        """Return the provider's own options, in the order a form shows them."""


class UiSettings(NamedTuple):
    """How the program looks and behaves on this terminal."""

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
        export: Writes (format, detail) into a folder and returns the path; called on a helper thread.
        accounts: Keeps keys and switches accounts; None where the accounts are given.
        secrets: Values that must never be printed, e.g. in a crash report.
        crash_log: Where a crash report goes, 0600.
        templates: Folder of briefs kept as templates.
        only: A single report to read instead of the dashboard.
    """

    archive: ArchiveReader
    start_engine: "Callable[[], Engine] | None"
    drafting: Callable[[str], Drafting] | None = None
    parse: "Callable[[Report], Document] | None" = None
    export: "Callable[[str, Detail], Path] | None" = None
    keymap: Keymap = field(default_factory=Keymap.build)
    looks: UiSettings = field(default_factory=UiSettings)
    budget: Budget = field(default_factory=Budget)
    accounts: "AccountSettings | None" = None
    secrets: tuple[str, ...] = ()
    crash_log: Path | None = None
    templates: Path | None = None
    only: "Detail | None" = None
