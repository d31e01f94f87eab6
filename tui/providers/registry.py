"""Find providers by name, and load one; never imports a provider that was not asked for."""

from contextlib import suppress
from datetime import datetime
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from tui.domain.errors import BadAnswer, ConfigError, NotFound
from tui.domain.text import join, one_line

if TYPE_CHECKING:
    from tui.domain.detail import Detail
    from tui.providers.base import Provider

GROUP = "divewatch.providers"
# The services of this package come first and cannot be shadowed by a third party; they load in a bare checkout, too,
# where no distribution has registered their entry points.
_OURS = {name: f"tui.providers.{name}:PROVIDER" for name in ("extruct", "yutori", "valyu")}


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
        provider.info.name, provider.reader, provider.client  # noqa: B018 - a stranger's object is looked at once, here
    except Exception as error:  # a stranger's package may fail in any way; it must not take us down
        raise ConfigError(
            f"the provider {name} cannot be loaded: {type(error).__name__}: {one_line(str(error), 200)}",
            hint=f"it is registered as {one_line(point.value, 100)}; uninstall or update the package that brings it",
        ) from error
    return provider


def recognise(body: bytes, *, received_at: datetime) -> "tuple[str, Detail] | None":
    """Return whose task answer `body` is, and what it says; None if it is nobody's."""
    from tui.providers.wire import Notes, decode

    try:
        value = decode(body, Notes())
    except BadAnswer:
        return None
    if not isinstance(value, dict):
        return None
    readers = ((name, load(name).reader()) for name in names())
    fitting = [(name, reader) for name, reader in readers if value.get(reader.id_member) is not None]
    for name, reader in sorted(fitting, key=lambda found: -len(found[1].members & value.keys())):
        with suppress(BadAnswer):
            return name, reader.read_task(body, remote_id=None, received_at=received_at)
    return None


@cache
def _points() -> dict[str, EntryPoint]:
    ours = {name: EntryPoint(name, value, GROUP) for name, value in _OURS.items()}
    found = {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}
    return ours | {name: point for name, point in found.items() if name not in ours}
