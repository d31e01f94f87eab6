"""What the user interface is given: archive, engine, providers, settings; tests pass their own."""

from collections.abc import Callable, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tui.domain.budget import Budget
from tui.domain.frozen import frozen
from tui.domain.task import Cost
from tui.ui.commands.keymap import Keymap
from tui.ui.shell.archive import ScreenArchive

if TYPE_CHECKING:
    from tui.config.account_settings import AccountSettings
    from tui.domain.detail import Detail, Report
    from tui.domain.options import Option
    from tui.domain.provider import Draft
    from tui.engine.api import Engine
    from tui.report.document import Document


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

    archive: ScreenArchive
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
