"""A provider's own options as data, for forms and `--option`; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.domain.detail import Json


class OptionKind(StrEnum):
    """The kind of value of an option; `tui.engine.commands.option_values` parses it."""

    TEXT = "text"  # one line
    PROSE = "prose"  # several lines
    FLAG = "flag"  # on or off
    CHOICE = "choice"  # one of `Option.choices`
    CHOICES = "choices"  # any of `Option.choices`
    NUMBER = "number"  # a whole number
    CALLS = "calls"  # a tool: on, off, or at most so many calls
    LIST = "list"  # several words or addresses
    WEIGHTS = "weights"  # NAME=NUMBER, several
    FILES = "files"  # paths of files to send along
    PRODUCTS = "products"  # files to be made: "xlsx: all figures", or in words
    REPORTS = "reports"  # ids of earlier reports at the same provider
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a provider's create request.

    `name` is the provider's own; a dot leads into an object ("search.start_date"). `default` is what the provider does
    where nothing is set, as it is shown ("on", "San Francisco"); "" where it decides by itself.
    """

    name: str
    label: str
    kind: OptionKind
    about: str = ""  # limits and meaning, one line
    choices: tuple[str, ...] = ()  # of PRODUCTS: the kinds of files
    default: str = field(default="", kw_only=True)
    unit: str = field(default="", kw_only=True)  # of a number: "pages", "minutes"
    group: str = field(default="", kw_only=True)  # heading in forms; "": by `name` and `kind`


_GROUPS = {
    OptionKind.FILES: "What it reads",
    OptionKind.REPORTS: "What it reads",
    OptionKind.PRODUCTS: "What it makes",
    OptionKind.PROSE: "How it works",
    OptionKind.CALLS: "Tools",
    OptionKind.JSON: "Written as JSON",
}


def group_of(option: Option) -> str:
    """Return the heading under which forms show an option."""
    head, _, rest = option.name.partition(".")
    return option.group or (head.replace("_", " ").capitalize() if rest else _GROUPS.get(option.kind, "General"))


def value_at(options: "Mapping[str, Json]", name: str) -> "Json":
    """Return the value of a dotted name; None if it is not set."""
    value: Json = options
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def with_value(options: "Mapping[str, Json]", name: str, value: "Json") -> "dict[str, Json]":
    """Return `options` with a dotted name set, or removed if `value` is None, with empty objects."""
    head, _, rest = name.partition(".")
    if rest:
        inner = options.get(head)
        value = with_value(inner if isinstance(inner, Mapping) else {}, rest, value) or None
    changed = {**options, head: value}
    return {key: item for key, item in changed.items() if item is not None}
