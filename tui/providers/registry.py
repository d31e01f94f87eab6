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

# Members of task answers that say nothing about whose they are: many services have them.
_ORDINARY = frozenset(
    "id task_id run_id created_at updated_at completed_at status success error message messages title query input "
    "output output_type output_schema output_formats structured_output result report sources citations mode model "
    "tools usage version metadata progress images cost public owner batch_id workflow webhook_url".split()
)


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
    """Return whose task answer `body` is, and what it says; None if it is not surely somebody's.

    A wrong guess would show a foreign answer as a task without a report, so that an id and a status are not enough: a
    member must be there that only this service's tasks have, or nothing that its tasks never have, and a report.
    """
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
        own = (reader.members | {reader.id_member}) - _ORDINARY
        if not (own & value.keys() or value.keys() <= reader.members):
            continue
        with suppress(Exception):  # what it does to the bytes of a stranger is a "no"
            detail = reader.read_task(body, remote_id=None, received_at=received_at)
            if own & value.keys() or detail.task.has_report:
                return name, detail
    return None


@cache
def _points() -> dict[str, EntryPoint]:
    ours = {name: EntryPoint(name, value, GROUP) for name, value in _OURS.items()}
    found = {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}
    return ours | {name: point for name, point in found.items() if name not in ours}
