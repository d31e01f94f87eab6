"""A source as a published work, from its facts: DOI, dates, authors, subjects.

Providers name the same fact differently; the names met so far are in the tables here. What has no place of its own in
a format is kept as a note.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from tui.domain.frozen import frozen
from tui.domain.patterns import late
from tui.domain.text import one_line
from tui.report.document import Entry

_DOI = late(r"10\.\d{4,9}/[^\s\"<>{}\\|^`]+", re.IGNORECASE)
_DOI_PAGE = late(r"(?i)\Ahttps?://(?:dx\.)?doi\.org/(10\.[^?#]+)")
_DATE = late(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?!\d)")
_ISSUED = ("publication date", "published date", "published at", "published", "date published", "date", "year")
_ACCESSED = ("accessed", "access date", "crawl date", "retrieved at", "captured at")
_SUBJECTS = ("category", "categories", "field", "topics", "keywords", "tags")
_AUTHORS = ("authors", "author", "creator", "creators")
_PUBLISHERS = ("publisher", "journal", "container title", "site name")
T = TypeVar("T")
Date = tuple[int, ...]  # year, or year and month, or year, month and day


@frozen
class Work:
    """A source as a published work; every text is one clean line."""

    doi: str | None = None
    issued: Date | None = None
    accessed: Date | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    subjects: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()  # "label: value" of every other fact


def work_of(entry: Entry) -> Work:
    """Return the published work of a source; a DOI in its address counts."""
    left = [(_name(label), one_line(value)) for label, value in entry.facts if value.strip()]
    page = _DOI_PAGE.match(entry.url or "")
    doi = _take(left, ("doi",), _doi) or (_doi(page[1]) if page else None)
    issued, accessed = _take(left, _ISSUED, date_of), _take(left, _ACCESSED, date_of)
    authors, publisher = _take(left, _AUTHORS, _listed), _take(left, _PUBLISHERS, lambda value: value)
    subjects: list[str] = []
    while (more := _take(left, _SUBJECTS, _listed)) is not None:
        subjects += more
    remarks = tuple(f"{label}: {value}" for label, value in left)
    return Work(doi, issued, accessed, authors or (), publisher, tuple(dict.fromkeys(subjects)), remarks)


def date_of(text: str) -> Date | None:
    """Return the date at the start of `text` as (year, month, day), as far as given; None if it is no date."""
    found = _DATE.match(text.strip())
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if not 1 <= month <= 12:
        return (year,)
    return (year, month, day) if 1 <= day <= 31 else (year, month)


def _take(left: list[tuple[str, str]], names: Sequence[str], read: Callable[[str], T | None]) -> T | None:
    """Return the first fact under one of `names` that can be parsed, and remove it from `left`."""
    for name in names:
        for fact in left:
            if fact[0] == name and (value := read(fact[1])) is not None:
                left.remove(fact)
                return value
    return None


def _name(label: str) -> str:
    return " ".join(one_line(label, 60).replace("_", " ").split()).casefold()


def _doi(text: str) -> str | None:
    found = _DOI.search(text)
    return found[0].rstrip(".,;)") if found else None


def _listed(text: str) -> tuple[str, ...] | None:
    """Return the items of a JSON list or of a text separated by semicolons; None for anything else."""
    try:
        value = json.loads(text) if text.startswith("[") else None
    except (ValueError, RecursionError):
        value = None
    items = [*_names(value)] if isinstance(value, list) else text.split(";")
    return tuple(filter(None, map(one_line, items))) or None


def _names(items: Sequence[object]) -> Iterator[str]:
    for item in items:
        name = item.get("name") or item.get("label") if isinstance(item, dict) else item
        if isinstance(name, str | int | float):
            yield str(name)
