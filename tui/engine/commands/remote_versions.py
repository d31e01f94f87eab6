"""The versions of a report that its provider keeps, out of the answer to the action `versions`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.domain.detail import Json
from tui.domain.text import clean
from tui.domain.times import parse_time


@dataclass(frozen=True, slots=True)
class RemoteVersion:
    """One version at the provider."""

    number: int
    at: datetime | None
    about: str  # its kind and what was asked for
    newest: bool


def remote_versions(data: Json) -> list[RemoteVersion]:
    """Return the versions that a provider's answer lists, newest first; entries without a number are left out."""
    listed = data.get("versions") if isinstance(data, Mapping) else None
    head = data.get("head") if isinstance(data, Mapping) else None
    found = []
    for item in listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ():
        number = item.get("version") if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or not isinstance(number, int):
            continue
        told = [clean(str(item[name])) for name in ("kind", "instruction", "summary") if item.get(name)]
        newest = item.get("is_head") is True or number == head
        found.append(RemoteVersion(number, parse_time(item.get("created_at")), ": ".join(told[:2]), newest))
    return sorted(found, key=lambda one: -one.number)
