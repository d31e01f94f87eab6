"""What the user interface is given: archive, engine, providers, settings; tests pass their own."""

from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui.domain.budget import Budget
from tui.domain.frozen import frozen
from tui.domain.task import Task
from tui.ui.commands.keymap import Keymap
from tui.ui.shell.archive import ScreenArchive

if TYPE_CHECKING:
    from tui.config.account_settings import AccountSettings
    from tui.domain.detail import Detail, Report
    from tui.engine.api import Engine
    from tui.providers.protocol import Provider
    from tui.report.document import Document


Drafting = Callable[[str], "Provider"]
"""Returns a provider by its name, for what a form asks before anything is sent: options, checks, costs."""


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
        start_engine: Makes and starts the engine, given the tasks on the screen by their ids; called on a helper thread
            after the first paint.
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
    start_engine: "Callable[[Mapping[str, Task]], Engine] | None"
    drafting: Drafting | None = None
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
