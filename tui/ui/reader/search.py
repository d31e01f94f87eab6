"""Search in an indexed report: incremental, smart case, any script; counts without listing every hit. Pure."""

from bisect import bisect_right
from typing import NamedTuple

from tui.ui.reader.layout.indexed_report import IndexedReport


class Occurrence(NamedTuple):
    """An occurrence: its unit, and the characters [start, end) of the unit's text."""

    unit: int
    start: int
    end: int


class ReportFinder:
    """The occurrences of a query in a report. A query with a capital letter is case-sensitive."""

    def __init__(self, book: IndexedReport) -> None:
        self._units, self._starts = book.units, book.starts
        self._exact: str | None = None  # made when first searched: opening a report does not pay for it
        self._folded: str | None = None
        self.query = ""

    def search(self, query: str) -> int:
        """Set the query; returns the number of occurrences."""
        self.query = query
        return self._text().count(self._needle()) if query else 0

    def number_of(self, hit: Occurrence) -> int:
        """Return the ordinal of `hit` among all occurrences, from 1."""
        return self._text().count(self._needle(), 0, self._starts[hit.unit] + hit.end) if self.query else 0

    def after(self, unit: int, offset: int) -> Occurrence | None:
        """Return the first occurrence at or after a position; wraps around."""
        if not self.query:
            return None
        at = self._starts[unit] + offset
        found = self._text().find(self._needle(), at)
        return self._hit(found if found >= 0 else self._text().find(self._needle()))

    def before(self, unit: int, offset: int) -> Occurrence | None:
        """Return the last occurrence that begins before a position; wraps around."""
        if not self.query:
            return None
        at = self._starts[unit] + offset
        found = self._text().rfind(self._needle(), 0, max(0, at + len(self.query) - 1))
        return self._hit(found if found >= 0 else self._text().rfind(self._needle()))

    def within(self, unit: int) -> list[tuple[int, int]]:
        """Return all occurrences in one unit as (start, end)."""
        if not self.query:
            return []
        text, needle, size = self._units[unit].text, self._needle(), len(self.query)
        if not self._literal:
            text = _fold(text)
        found: list[tuple[int, int]] = []
        at = text.find(needle)
        while at >= 0:
            found.append((at, at + size))
            at = text.find(needle, at + size)
        return found

    def _needle(self) -> str:
        return self.query if self._literal else _fold(self.query)

    @property
    def _literal(self) -> bool:
        return any(char.isupper() for char in self.query)

    def _text(self) -> str:
        if self._exact is None:
            self._exact = "\n".join([unit.text for unit in self._units])
        if self._literal:
            return self._exact
        if self._folded is None:
            self._folded = _fold(self._exact)
        return self._folded

    def _hit(self, at: int) -> Occurrence | None:
        if at < 0:
            return None
        unit = bisect_right(self._starts, at) - 1
        start = at - self._starts[unit]
        return Occurrence(unit, start, start + len(self.query))


def _fold(text: str) -> str:
    """Return `text` in lower case, letter for letter: a character whose lower case is longer stays as it is."""
    folded = text.lower()
    if len(folded) == len(text):
        return folded
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)
