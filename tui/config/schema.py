"""The configuration as frozen tables; the text under each field is its documentation everywhere.

Plain dataclasses: what is configured has to be known before the first paint, and pydantic takes longer to import than
the rest of the program. `tui.config.validate` checks values against the annotations.
"""

from dataclasses import field
from pathlib import Path
from typing import Annotated, Literal

from tui.domain.budget import Budget, Limits
from tui.domain.frozen import frozen


@frozen
class Between:
    """The limits of a number, or of the length of a list."""

    least: float
    most: float | None = None


THEMES = ("auto", "light", "dark", "contrast", "terminal")
"""The themes that are built in."""

Command = Annotated[tuple[str, ...], Between(1)]
Money = Annotated[float, Between(0)]


@frozen
class ArchiveTable:
    """[archive]."""

    path: Path | None = None
    """The archive file; not on a network file system if you can help it."""
    url: str | None = None
    """An archive that a team shares on a PostgreSQL server, instead of the file: postgresql://user@host/database."""
    keep_versions: Annotated[int, Between(0)] | None = None
    """Days after which `divewatch archive prune` removes earlier versions of reports; unset: they stay for ever."""


@frozen
class UiTable:
    """[ui]."""

    theme: str = "auto"
    """auto, light, dark, contrast, terminal (your terminal's own 16 colours), or the name of a theme file."""
    measure: Annotated[int, Between(40, 400)] = 100
    """Longest line of a report, in columns."""
    mouse: bool = True
    """Use the mouse; off leaves selecting text to the terminal."""
    hyperlinks: Literal["auto", "on", "off"] = "auto"
    """Write links (OSC 8) that the terminal itself can open."""
    keymap: Literal["default", "vim"] = "default"
    """The keys to start from; [keys] changes single ones."""
    cursor: Literal["hidden", "visible"] = "hidden"
    """The terminal's own cursor stands on what is selected; visible is for braille displays and magnifiers."""
    browser: Command | None = None
    """Program and arguments that open a web address; the address is added at the end."""


@frozen
class NotifyTable:
    """[notify]."""

    how: Literal["bell", "osc9", "osc777", "osc99", "off"] = "bell"
    """How the terminal is told that a task ended while you watched."""
    command: Command | None = None
    """Program that gets one JSON object on its standard input for each ended task; no shell."""


@frozen
class CreditsTable:
    """[budget.credits]: the same for services that count credits; it holds for each service by itself."""

    task: Money | None = None
    """Most for one task, in credits."""
    day: Money | None = None
    """Most for one day (UTC), in credits."""
    month: Money | None = None
    """Most for one calendar month (UTC), in credits."""


@frozen
class PersonCreditsTable:
    """[budget.person.credits]: the same for services that count credits; it holds for each service by itself."""

    day: Money | None = None
    """Most for one day (UTC), in credits."""
    month: Money | None = None
    """Most for one calendar month (UTC), in credits."""


@frozen
class PersonTable:
    """[budget.person]: for what one person starts from an archive that a team shares."""

    day: Money | None = None
    """Most for one day (UTC)."""
    month: Money | None = None
    """Most for one calendar month (UTC)."""
    credits: PersonCreditsTable = PersonCreditsTable()
    """The same for services that count credits."""


@frozen
class BudgetTable:
    """[budget]: warn before a new task could exceed these, in US dollars; running tasks are never touched."""

    task: Money | None = None
    """Most for one task."""
    day: Money | None = None
    """Most for one day (UTC)."""
    month: Money | None = None
    """Most for one calendar month (UTC)."""
    credits: CreditsTable = CreditsTable()
    """The same for services that count credits; each service by itself."""
    person: PersonTable = PersonTable()
    """For what one person starts, where a team shares an archive."""

    def limits(self) -> Budget:
        """Return the limits by unit."""
        credit, own = self.credits, self.person
        return Budget(
            {
                "USD": Limits(self.task, self.day, self.month),
                "credits": Limits(credit.task, credit.day, credit.month),
            },
            {
                "USD": Limits(None, own.day, own.month),
                "credits": Limits(None, own.credits.day, own.credits.month),
            },
        )


@frozen
class AccountTable:
    """[providers.NAME] and [providers.NAME.accounts.OTHER]."""

    enabled: bool = True
    """Ask this account at all."""
    base_url: str | None = None
    """Scheme, host and optional prefix, without /v1; the environment wins."""
    token_env: str | None = None
    """Another environment variable that holds the key."""
    token_command: Command | None = None
    """Program that prints the key, e.g. ["pass", "show", "valyu"]."""
    token_file: Path | None = None
    """File that holds the key and that only you can read (0600)."""
    ca_file: Path | None = None
    """Certificates to trust for this account (company proxies)."""
    headers: dict[str, str] = field(default_factory=dict)
    """Organisation, project and the like, by environment variable: OPENAI_PROJECT_ID = "..."; the environment wins."""
    version: str | None = None
    """Another version segment of the service's addresses than usual, such as v1beta."""


@frozen
class PriceTable:
    """[providers.NAME.prices."MODEL"]: US dollars per million tokens; MODEL is a regular expression."""

    input: Money = 0.0
    """Tokens read."""
    output: Money = 0.0
    """Tokens written, with those of its reasoning."""
    cached: Money | None = None
    """Tokens read from a cache; unset: like others."""


@frozen
class ProviderTable(AccountTable):
    """[providers.NAME]."""

    accounts: dict[str, AccountTable] = field(default_factory=dict)
    """More accounts at the same service, by name."""
    prices: dict[str, Money] = field(default_factory=dict)
    """Mode = what a task costs at most there, where your plan differs from the published prices."""
    token_prices: dict[str, PriceTable] = field(default_factory=dict)
    """Your prices of models, tried before ours, for estimates of what a task cost."""
    tool_prices: dict[str, float] = field(default_factory=dict)
    """US dollars per call of a tool."""


@frozen
class McpTable:
    """[mcp]."""

    allow_new: bool = False
    """Let an agent start tasks, which costs money."""


@frozen
class Config:
    """The whole configuration; an empty file is valid."""

    archive: ArchiveTable = ArchiveTable()
    ui: UiTable = UiTable()
    notify: NotifyTable = NotifyTable()
    budget: BudgetTable = BudgetTable()
    mcp: McpTable = McpTable()
    keys: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    """Command id = a key or a list of keys; `divewatch keys` lists the ids."""
    providers: dict[str, ProviderTable] = field(default_factory=dict)
    """One table a provider."""
