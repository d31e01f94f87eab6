"""The reader's state: position, history, marks, search, and every move between positions. Pure.

Every move only changes `top`, `cite` and their kin; the widget compares and paints. Rules: a jump lands in the middle
third of the screen and can be undone; arriving data never moves the position.
"""

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tui.ui.reader.layout.indexed_report import IndexedReport, Target
from tui.ui.reader.layout.layout import Layout
from tui.ui.reader.layout.lines import Frame, LinePosition
from tui.ui.reader.search import Occurrence, ReportFinder

_HISTORY = 200


class Anchor(NamedTuple):
    """A position that survives another width or a longer report.

    `line` is the line of the report's text, `nth` counts units that begin in that line, `offset` is a character of the
    unit's text and `delta` the rows from it.
    """

    line: int = 0
    nth: int = 0
    offset: int = 0
    delta: int = 0
    cite: int | None = None

    @classmethod
    def read(cls, kept: object) -> "Anchor | None":
        """Return an anchor saved as JSON; None for anything else."""
        try:
            line, nth, offset, delta, cite = json.loads(kept if isinstance(kept, str) else "null")
            return cls(int(line), int(nth), int(offset), int(delta), int(cite) if cite is not None else None)
        except (TypeError, ValueError):
            return None


class ReaderState:
    """The state of one reader in one report."""

    def __init__(self, book: IndexedReport, frame: Frame, height: int) -> None:
        self.book = book
        self.flow = Layout(book, frame)
        self.height = max(1, height)
        self.top = LinePosition(0, 0)
        self.cite: int | None = None
        self.shift = 0
        self.hit: Occurrence | None = None
        self.hits = 0
        self.at_hit = False  # the hit was gone to after the current citation
        self.back: list[Anchor] = []
        self.forward: list[Anchor] = []
        self.marks: dict[str, Anchor] = {}
        self.finder = ReportFinder(book)
        self._hit_number: tuple[Occurrence | None, int] = None, 0
        self._window: tuple[tuple[Layout, LinePosition, int] | None, Sequence[LinePosition]] = None, ()
        self._number_cites()
        self._held: dict[LinePosition, Anchor] = {}  # tops before a row of resizes: no drift while dragging

    # What is seen

    def window(self) -> Sequence[LinePosition]:
        """Return the positions of the visible lines."""
        asked = (self.flow, self.top, self.height)
        if asked != self._window[0]:  # asked for several times a key
            self._window = asked, self.flow.window(self.top, self.height)
        return self._window[1]

    @property
    def at_end(self) -> bool:
        """Whether the last line is on the screen."""
        window = self.window()
        return bool(window) and window[-1] == self.flow.end

    @property
    def percent(self) -> int:
        """The percentage of the text's characters above the end of the screen."""
        starts = self.book.starts
        if not (window := self.window()) or self.at_end:
            return 100
        return int(100 * (starts[window[-1].unit] + self.flow.offset_of(window[-1])) / max(1, starts[-1]))

    @property
    def citations_ahead(self) -> int:
        """The number of citations below the screen."""
        window = self.window()
        return len(self._cites) - self._first_cite_from(self.flow.move(window[-1], 1)) if not self.at_end else 0

    @property
    def heading(self) -> int | None:
        """The heading over the hit or citation gone to, else a third down; an index into `IndexedReport.headings`."""
        window = self.window()
        spot = self.hit if self.at_hit else None if self.cite is None else self.book.cites[self.cite]
        if spot is not None and any(place.unit == spot.unit for place in window):
            return self.book.heading_of(spot.unit)
        return self.book.heading_of(window[min(len(window) - 1, self.height // 3)].unit) if window else None

    @property
    def cite_number(self) -> int | None:
        """The ordinal of the current citation among those shown, from 1."""
        return self._numbers.get(self.cite) if self.cite is not None else None

    @property
    def cite_count(self) -> int:
        """The number of citations shown."""
        return len(self._cites)

    @property
    def hit_number(self) -> int:
        """The ordinal of the current hit, from 1; 0 for none."""
        if self.hit is None:
            return 0
        if self._hit_number[0] != self.hit:  # counting means going through the text: once a hit, not once a key
            self._hit_number = self.hit, self.finder.number_of(self.hit)
        return self._hit_number[1]

    # Moves

    def scroll(self, rows: int) -> None:
        """Scroll by rows; the last line never rises above the bottom of the screen."""
        self._set_top(self.flow.move(self.top, rows))

    def page(self, pages: float) -> None:
        """Scroll by pages; one line stays visible."""
        self.scroll(int((self.height - 1 or 1) * pages))

    def to_start(self) -> None:
        """Jump to the first line."""
        self._jump(lambda: self._set_top(LinePosition(0, 0)))

    def to_end(self) -> None:
        """Jump to the last line."""
        self._jump(lambda: self._set_top(self.flow.last_top(self.height)))

    def to_percent(self, percent: float) -> None:
        """Jump to a percentage of the text."""
        character = int(self.book.starts[-1] * max(0.0, min(100.0, percent)) / 100)
        unit = self.book.unit_at(character)
        self._jump(
            lambda: self._set_top(LinePosition(unit, self.flow.row_of(unit, character - self.book.starts[unit])))
        )

    def next_cite(self, count: int = 1) -> bool:
        """Go to the count-th next citation (previous if negative), from the newer of current hit and citation.

        Without a visible one it starts at the top line. Returns False when there is none in that direction.
        """
        if not self._cites:
            return False
        number = self.cite_number
        if self.at_hit and self.hit is not None and self._sees(self._place_of(self.hit)):
            place = self._place_of(self.hit)
            below = self._first_cite_from(place, self.flow.column_of(place, self.hit.start))
            wanted = below + count - 1 if count > 0 else below + count
        elif number is not None and self._is_seen(self.cite):
            wanted = number - 1 + count
        else:
            below = self._first_cite_from(self.top)
            wanted = below + count - 1 if count > 0 else below + count
        wanted = max(0, min(len(self._cites) - 1, wanted))
        if number is not None and self._cites[wanted] == self.cite and self._is_seen(self.cite):
            self.at_hit = False
            return False
        self.to_cite(self._cites[wanted], remember=number is None or not self._is_seen(self.cite))
        return True

    def to_cite(self, cite: int, *, remember: bool = True) -> None:
        """Make a citation the current one and scroll it into the middle third."""
        target = self.book.cites[cite]
        if target is None:
            return
        if remember:
            self._remember()
        self.cite = cite
        self.at_hit = False
        self._show(self._place(target))
        if target.ref is not None:
            spot = self.flow.spot(target.unit, target.ref)
            self._reveal(LinePosition(target.unit, spot.row), spot.column, spot.cells)

    def next_heading(self, count: int = 1) -> bool:
        """Jump to the count-th next heading (previous if negative), at the top of the screen."""
        heads = self.book.headings
        places = [LinePosition(unit, self.flow.row_of(unit, 0)) for unit in self._near(heads, count)]
        ahead = [place for place in places if (place > self.top if count > 0 else place < self.top)]
        if not ahead:
            return False
        ahead.sort(reverse=count < 0)
        self.to_unit(ahead[min(abs(count), len(ahead)) - 1].unit)
        return True

    def to_unit(self, unit: int) -> None:
        """Jump to a unit, its first text line at the top of the screen."""
        self._jump(lambda: self._set_top(LinePosition(unit, self.flow.row_of(unit, 0))))

    def to_line(self, line: int) -> None:
        """Jump to a line of the report's text."""
        unit = self.book.unit_at_line(line)
        self.to_place(LinePosition(unit, self.flow.row_of(unit, 0)))

    def to_place(self, place: LinePosition) -> None:
        """Jump to a line of the screen."""
        self._jump(lambda: self._show(place))

    # History and marks

    def go_back(self) -> bool:
        """Return to where the last jump began."""
        return self._travel(self.back, self.forward)

    def go_forward(self) -> bool:
        """Undo `go_back`."""
        return self._travel(self.forward, self.back)

    def anchor(self) -> Anchor:
        """Return the position of the first visible line as an anchor."""
        unit, row = self.top
        offset = self.flow.offset_of(self.top)
        line = self.book.units[unit].line
        first = self.book.unit_at_line(line)
        while first > 0 and self.book.lines[first - 1] == self.book.lines[unit]:
            first -= 1
        return Anchor(line, max(0, unit - first), offset, row - self.flow.row_of(unit, offset), self.cite)

    def restore(self, anchor: Anchor) -> None:
        """Go to an anchor, as near as the report allows."""
        unit = self.book.unit_at_line(anchor.line)
        while unit > 0 and self.book.lines[unit - 1] == self.book.lines[unit]:
            unit -= 1
        unit = min(unit + anchor.nth, len(self.book.units) - 1)
        row = self.flow.row_of(unit, anchor.offset) + anchor.delta
        self.cite = anchor.cite if anchor.cite is not None and anchor.cite < len(self.book.cites) else None
        self._set_top(LinePosition(unit, max(0, min(row, len(self.flow.lines(unit)) - 1))))

    def set_mark(self, name: str) -> None:
        """Remember this position under a letter."""
        self.marks[name] = self.anchor()

    def to_mark(self, name: str) -> bool:
        """Jump to a mark; returns False if it is not set."""
        if name not in self.marks:
            return False
        self._jump(lambda: self.restore(self.marks[name]))
        return True

    # Search

    def search(self, query: str, origin: Anchor) -> None:
        """Show the first hit of `query` at or after `origin` (where the search was begun); an empty query goes back."""
        self.hits = self.finder.search(query)
        self._hit_number = None, 0
        self.restore(origin)
        self.hit = self.finder.after(self.top.unit, self.flow.offset_of(self.top)) if self.hits else None
        if self.hit:
            self._show_hit(self.hit)

    def next_hit(self, count: int = 1) -> bool:
        """Go to the next hit (previous if negative), wrapping around; returns False if there is none."""
        for _ in range(abs(count)):
            unit, offset = (self.hit.unit, self.hit.start) if self.hit else (self.top.unit, -1)
            found = self.finder.after(unit, offset + 1) if count > 0 else self.finder.before(unit, offset)
            if found is None:
                return False
            self.hit = found
        if self.hit:
            self._remember()
            self._show_hit(self.hit)
        return self.hit is not None

    # Changes from outside

    def resize(self, frame: Frame, height: int) -> None:
        """Lay out for another size; the first visible line stays in place."""
        anchor, cite = self._held.get(self.top) or self.anchor(), self.cite
        if frame != self.flow.frame:
            self.flow = Layout(self.book, frame)
        self.height = max(1, height)
        self.restore(anchor)
        self.cite = cite
        self._held = {self.top: anchor}

    def replace(self, book: IndexedReport) -> None:
        """Replace the report by a newer or longer version, at the same position."""
        anchor, query = self.anchor(), self.finder.query
        self.book, self.flow, self._held = book, Layout(book, self.flow.frame), {}
        self._number_cites()
        self._hit_number = None, 0
        self.finder = ReportFinder(book)
        self.hits = self.finder.search(query)
        if self.hit and self.hit not in [
            Occurrence(self.hit.unit, *span) for span in self._spans_of_hit(self.hit.unit)
        ]:
            self.hit = None
        self.restore(anchor)

    # Inside

    def _number_cites(self) -> None:
        self._cites = self.book.shown_cites
        self._numbers = {cite: number for number, cite in enumerate(self._cites, 1)}

    def _spans_of_hit(self, unit: int) -> list[tuple[int, int]]:
        return self.finder.within(unit) if unit < len(self.book.units) else []

    def _set_top(self, place: LinePosition) -> None:
        self.top = self.flow.clamp(place, self.height)

    def _jump(self, move: Callable[[], None]) -> None:
        before, cite = self.top, self.cite
        anchor = self.anchor()
        move()
        if (self.top, self.cite) != (before, cite):
            self._push(anchor)

    def _remember(self) -> None:
        self._push(self.anchor())

    def _push(self, anchor: Anchor) -> None:
        if not self.back or self.back[-1] != anchor:
            self.back.append(anchor)
            del self.back[:-_HISTORY]
        self.forward.clear()

    def _travel(self, source: list[Anchor], other: list[Anchor]) -> bool:
        here = self.anchor()
        while source:
            anchor = source.pop()
            if anchor != here:
                other.append(here)
                self.restore(anchor)
                return True
        return False

    def _show(self, place: LinePosition) -> None:
        """Bring a line into the middle third, moving no further than needed when it is near."""
        low, high = self.height // 3, max(self.height // 3, (2 * self.height - 1) // 3 - 1)
        row = self.flow.rows_between(self.top, place, 3 * self.height)
        if low <= row <= high:
            return
        near = -self.height < row < 2 * self.height
        wanted = (low if row > high else high) if near else (low + high) // 2
        self._set_top(self.flow.move(place, -wanted))

    def _place(self, target: Target) -> LinePosition:
        return LinePosition(target.unit, self.flow.spot(target.unit, target.ref).row if target.ref is not None else 0)

    def _column(self, target: Target) -> int:
        return self.flow.spot(target.unit, target.ref).column if target.ref is not None else 0

    def _place_of(self, hit: Occurrence) -> LinePosition:
        return LinePosition(hit.unit, self.flow.row_of(hit.unit, hit.start))

    def _show_hit(self, hit: Occurrence) -> None:
        self.at_hit = True
        place = self._place_of(hit)
        self._show(place)
        self._reveal(place, self.flow.column_of(place, hit.start), hit.end - hit.start)

    def _reveal(self, place: LinePosition, column: int, cells: int) -> None:
        """Scroll a line that is wider than the screen sideways until these cells are visible."""
        line = self.flow.line(place)
        room = self.flow.frame.width - line.indent - 1
        if line.wide and not self.shift < column <= column + cells < self.shift + room - 1:
            self.shift = max(0, min(column - room // 3, line.cells - room))

    def _is_seen(self, cite: int | None) -> bool:
        target = self.book.cites[cite] if cite is not None else None
        if target is None:
            return False
        return self._sees(self._place(target))

    def _sees(self, place: LinePosition) -> bool:
        return 0 <= self.flow.rows_between(self.top, place, self.height + 1) < self.height

    def _first_cite_from(self, top: LinePosition, column: int = 0) -> int:
        """Return the index, among the shown citations, of the first one at or after a line and column."""
        low, high = 0, len(self._cites)
        while low < high:
            middle = (low + high) // 2
            target = self.book.cites[self._cites[middle]]
            if target is not None and target.unit < top.unit:
                low = middle + 1
            else:
                high = middle
        while low < len(self._cites):
            target = self.book.cites[self._cites[low]]
            if target is None or (self._place(target), self._column(target)) >= (top, column):
                break
            low += 1
        return low

    def _near(self, heads: tuple[int, ...], count: int) -> list[int]:
        """Return the nearest headings from the top line in one direction, as many as can be needed."""
        number = self.book.heading_of(self.top.unit)
        at = -1 if number is None else number
        return list(heads[max(0, at) : at + abs(count) + 2] if count > 0 else heads[max(0, at + count) : at + 2])
