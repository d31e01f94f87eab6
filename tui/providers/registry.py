"""Finds providers by name and loads them; never imports one that was not asked for."""

from contextlib import suppress
from datetime import datetime
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pkgutil import ModuleInfo, iter_modules
from typing import TYPE_CHECKING

import tui.providers
from tui.domain.account import note_title
from tui.domain.errors import BadAnswer, ConfigError, NotFound
from tui.domain.text import join, one_line

if TYPE_CHECKING:
    from tui.domain.detail import Detail
    from tui.providers.protocol import Provider

GROUP = "divewatch.providers"
# The services of this package come first and cannot be shadowed by a third party; they load in a bare checkout, too,
# where no distribution has registered their entry points.
_ORDER = ("extruct", "yutori", "valyu", "openai", "gemini", "perplexity", "parallel", "exa", "tavily", "you")
_MOST_FRAMES = 50  # of a saved stream, from its end, that are looked at
_SHARED = frozenset({"http", "sdk"})


def names() -> tuple[str, ...]:
    """Return the names of all providers, ours first, without importing any."""
    return tuple(_points())


@cache
def load(name: str) -> "Provider":
    """Return one provider by name.

    Raises:
        NotFound: nobody registered that name.
        ConfigError: somebody did, but it cannot be imported or is no provider.
    """
    point = _points().get(name)
    if point is None:
        raise NotFound(f"there is no provider {one_line(name, 40)!r}", hint=f"there are {join(names())}")
    try:
        provider: Provider = point.load()
        provider.reader, provider.client  # noqa: B018 - a stranger's object is looked at once, here
        note_title(provider.info.name, one_line(provider.info.title))
    except Exception as error:  # a stranger's package may fail in any way; it must not take us down
        raise ConfigError(
            f"the provider {name} cannot be loaded: {type(error).__name__}: {one_line(str(error), 200)}",
            hint=f"it is registered as {one_line(point.value, 100)}; uninstall or update the package that brings it",
        ) from error
    return provider


def recognise(body: bytes, *, received_at: datetime) -> "tuple[str, Detail] | None":
    """Return (provider, detail) of a saved response; None if it is not surely a provider's.

    A wrong guess would show a foreign answer as a task without a report.
    """
    from tui.providers.sdk.exchanges import provider_of
    from tui.providers.sdk.json import Notes, decode
    from tui.providers.sdk.reader import SURE
    from tui.providers.sdk.transcripts import events_of, objects_of

    if (owner := provider_of(body)) is not None:
        with suppress(BadAnswer, NotFound, ConfigError):
            return owner, load(owner).reader().read_task(body, remote_id=None, received_at=received_at)
        return None
    if events := events_of(body):
        values = objects_of(events)[-_MOST_FRAMES:]
    else:
        try:
            values = [decode(body, Notes())]
        except BadAnswer:
            return None
    readers = [(name, load(name).reader()) for name in names()]
    fitting = [
        (max(reader.recognises(value) for value in values), name, reader)
        for name, reader in readers
        if values and all(isinstance(value, dict) for value in values)
    ]
    for score, name, reader in sorted(fitting, key=lambda found: -found[0]):
        if score <= 0:
            break
        with suppress(Exception):  # what it does to the bytes of a stranger is a "no"
            detail = reader.read_task(body, remote_id=None, received_at=received_at)
            if score >= SURE or detail.task.has_report:
                return name, detail
    return None


@cache
def _points() -> dict[str, EntryPoint]:
    there = {module.name for module in iter_modules(tui.providers.__path__) if module.ispkg and _is_service(module)}
    names_in_order = (*(name for name in _ORDER if name in there), *sorted(there.difference(_ORDER)))
    ours = {name: EntryPoint(name, f"tui.providers.{name}.spec:PROVIDER", GROUP) for name in names_in_order}
    found = {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}
    return ours | {name: point for name, point in found.items() if name not in ours}


def _is_service(package: ModuleInfo) -> bool:
    """Whether a package beside this module is a service: it has a specification. Imports nothing."""
    folder = f"{getattr(package.module_finder, 'path', '')}/{package.name}"
    return package.name not in _SHARED and any(module.name == "spec" for module in iter_modules([folder]))
