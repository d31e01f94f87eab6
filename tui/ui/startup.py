"""Starts the user interface on an archive, or on a single report; called by the command line.

Imports textual, but no HTTP code, no report parser and no provider: the engine starts after the first paint.
"""

import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.config.account_settings import AccountSettings
from tui.config.load import live_budget
from tui.config.paths import Paths
from tui.config.schema import Config, ProviderTable
from tui.domain.budget import Budget
from tui.domain.errors import ConfigError, DivewatchError
from tui.domain.task import Task
from tui.domain.text import clean, plural
from tui.ui.commands.keymap import Keymap
from tui.ui.shell.archive import NoArchive, ScreenArchive
from tui.ui.shell.services import Services, UiSettings
from tui.ui.text import themes

if TYPE_CHECKING:
    from tui.config.accounts import Account
    from tui.domain.detail import Detail, Report
    from tui.engine.api import Engine
    from tui.engine.archive import Archive
    from tui.engine.runtime import Runtime
    from tui.providers.protocol import Provider
    from tui.report.document import Document


INTERRUPTED = 130
"""Exit code where ctrl-c came before anything could be arranged for it."""


def run_app(
    archive: "Archive",
    accounts: "Sequence[Account] | Callable[[], Sequence[Account]]",
    config: Config,
    paths: Paths,
    *,
    mouse: bool | None = None,
    theme: str | None = None,
    lasting: bool = True,
) -> int:
    """Run the dashboard and return the exit code.

    Args:
        archive: Open, and closed by the caller afterwards.
        accounts: The provider accounts, or how to find them; then that happens after the first paint.
        config: The configuration.
        paths: Where things are on disk.
        mouse: Overrides the configuration.
        theme: Overrides the configuration.
        lasting: Whether the providers go on without this program; those of the demo end with it.

    Raises:
        ConfigError: keys or theme of the configuration cannot be used; nothing was drawn yet.
    """
    settings = AccountSettings(paths)
    starter = _EngineStarter(archive, accounts, settings, live_budget(paths.config_file, config.budget.limits()))
    secrets = () if callable(accounts) else tuple(account.key.key.reveal() for account in accounts if account.key)
    port = ScreenArchive(archive)
    services = Services(
        archive=port,
        start_engine=starter.start,
        drafting=lambda name: _drafting(config, name),
        parse=_parse,
        export=_export,
        keymap=Keymap.build(config.ui.keymap, config.keys),
        looks=_looks(config, paths, mouse, theme or _kept_theme(port, config)),
        budget=config.budget.limits(),
        keep_budget=lambda key, value: _keep_budget(paths, key, value),
        accounts=settings if callable(accounts) else None,
        secrets=secrets,
        crash_log=paths.state / "crash.log",
        templates=paths.templates,
    )
    try:
        return _run(services)
    finally:
        if (active := starter.close()) and lasting:
            sys.stderr.write(f"{plural(active, 'task')} under way: they go on at their providers\n")


class _EngineStarter:
    """Starts the engine, restarts it when accounts change, and closes it at the end of the program."""

    def __init__(
        self,
        archive: "Archive",
        accounts: "Sequence[Account] | Callable[[], Sequence[Account]]",
        settings: AccountSettings,
        budget: Callable[[], Budget],
    ) -> None:
        self._archive, self._accounts, self._settings, self._budget = archive, accounts, settings, budget
        self._engine: Runtime | None = None
        self._ended = threading.Event()

    def start(self, known: Mapping[str, Task]) -> "Engine":
        """Start the engine with the current accounts, and the tasks on the screen; not on the UI thread.

        Raises:
            DivewatchError: the program has ended.
        """
        from tui.engine.runtime import Runtime

        if self._ended.is_set():  # the person left meanwhile: nothing may touch a closed archive
            raise DivewatchError("the program has ended")
        if self._engine is not None:
            self._engine.close()
        found = self._accounts() if callable(self._accounts) else self._accounts
        self._settings.found(found)
        engine = Runtime(self._archive, found, budget=self._budget)
        engine.start(known)
        self._engine = engine
        return engine

    def close(self) -> int:
        """End the engine and return how many tasks are under way."""
        self._ended.set()
        engine = self._engine
        if engine is None:
            return 0
        active = sum(not task.status.is_final for task in engine.tasks().values())
        engine.close()
        return active


def run_reader(
    detail: "Detail", config: Config, paths: Paths, *, mouse: bool | None = None, theme: str | None = None
) -> int:
    """Run the reader on one report and return the exit code.

    Raises:
        ConfigError: keys or theme of the configuration cannot be used; nothing was drawn yet.
    """
    return _run(
        Services(
            archive=NoArchive(),
            start_engine=None,
            parse=_parse,
            keymap=Keymap.build(config.ui.keymap, config.keys),
            looks=_looks(config, paths, mouse, theme),
            crash_log=paths.state / "crash.log",
            only=detail,
        )
    )


def _run(services: Services) -> int:
    from tui.ui.app import DivewatchApp

    app = DivewatchApp(services)
    app.run(mouse=services.looks.mouse)
    return INTERRUPTED if app.return_code is None else app.return_code


def _looks(config: Config, paths: Paths, mouse: bool | None, theme: str | None) -> UiSettings:
    wish = theme or config.ui.theme
    own = {path.stem for path in paths.themes.glob("*.toml")}
    if wish not in {"auto", *themes.NAMES, *own}:
        raise ConfigError(
            f"no theme {clean(wish)!r}", hint=f"there are auto, {', '.join((*themes.NAMES, *sorted(own)))}"
        )
    if wish in own:
        themes.load(paths.themes / f"{wish}.toml")
    return UiSettings(
        theme=wish,
        themes=paths.themes,
        mouse=config.ui.mouse if mouse is None else mouse,
        hyperlinks=config.ui.hyperlinks,
        measure=config.ui.measure,
        cursor=config.ui.cursor,
        browser=config.ui.browser or (),
        notify=config.notify.how,
        notify_command=config.notify.command or (),
    )


def _kept_theme(archive: ScreenArchive, config: Config) -> str | None:
    """Return the theme last chosen with `t`; "" where the configuration sets one."""
    kept = archive.state("theme") if config.ui.theme == "auto" and not os.environ.get("NO_COLOR") else None
    return kept if isinstance(kept, str) and kept in themes.NAMES else None


def _drafting(config: Config, name: str) -> "Provider":
    from tui.providers.priced import with_prices
    from tui.providers.registry import load

    return with_prices(load(name), config.providers.get(name, ProviderTable()).prices)


def _keep_budget(paths: Paths, key: str, value: str) -> Budget:
    """Change the file; whoever sends what others queued with this file looks into it each time."""
    from tui.config.load import load, set_value

    try:
        set_value(paths.config_file, key, value)
        return load(paths.config_file).budget.limits()
    except OSError as error:
        raise ConfigError(f"{clean(str(paths.config_file))} could not be written: {error.strerror}") from error


def _parse(report: "Report") -> "Document":
    from tui.ui.reader.loading import read

    return read(report)


def _export(name: str, detail: "Detail", folder: Path) -> Path:
    from tui.engine.files.exported import free_name, safe_name, write_file
    from tui.report.export import FORMATS, render

    assert detail.report is not None, "only reports are exported"
    text = render(name, detail, _parse(detail.report))
    title = detail.task.title or detail.task.id
    path = free_name(folder, safe_name(title, detail.task.created_at, FORMATS[name].suffix))
    write_file(path, text)
    return path
