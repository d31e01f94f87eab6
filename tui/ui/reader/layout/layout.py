"""Lays out an indexed report for one width, lazily: only visible units get lines; no position is estimated.

A position is (unit, row), not a line number of the whole: a report of any length opens, resizes and jumps at the cost
of one screen, and nothing laid out later can move what is being read. Pure.
"""

from collections import OrderedDict
from collections.abc import Sequence

from tui.domain.cells import cell_len
from tui.report.document import Code, Heading, Math, Notice, Paragraph, Rule, StructuredField, Table
from tui.ui.reader.layout.blocks import Figure, LayoutBlock
from tui.ui.reader.layout.charts import figure
from tui.ui.reader.layout.code import code, highlight
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import DECORATION, Frame, LaidOutLine, LinePosition, SpanPosition
from tui.ui.reader.layout.prose import blank_lines, heading, marked, named, paragraph, rule
from tui.ui.reader.layout.tables import Grid, measure, table

_KEPT_UNITS = 600


class Layout:
    """The lines of an indexed report at one width."""

    def __init__(self, book: IndexedReport, frame: Frame) -> None:
        self.book = book
        self.frame = frame
        self._lines: OrderedDict[int, tuple[LaidOutLine, ...]] = OrderedDict()
        self._grids: dict[int, Grid] = {}

    @property
    def start(self) -> LinePosition:
        """The first line."""
        return LinePosition(0, 0)

    @property
    def end(self) -> LinePosition:
        """The last line."""
        last = len(self.book.units) - 1
        return LinePosition(last, len(self.lines(last)) - 1)

    def lines(self, number: int) -> tuple[LaidOutLine, ...]:
        """Return the lines of a unit, at least one."""
        lines = self._lines.get(number)
        if lines is None:
            unit = self.book.units[number]
            body = self._lay(unit)
            lines = tuple([*blank_lines(unit, self.frame), *body] if number else body) or (LaidOutLine(),)
            if len(self._lines) >= _KEPT_UNITS:
                self._lines.popitem(last=False)
            self._lines[number] = lines
        else:
            self._lines.move_to_end(number)
        return lines

    def line(self, place: LinePosition) -> LaidOutLine:
        """Return the line at a position."""
        return self.lines(place.unit)[place.row]

    def move(self, place: LinePosition, rows: int) -> LinePosition:
        """Return the position `rows` further down (up if negative), clamped to the first and last line."""
        unit, row = place.unit, place.row + rows
        while row < 0 and unit > 0:
            unit -= 1
            row += len(self.lines(unit))
        while row >= (height := len(self.lines(unit))):
            if unit + 1 >= len(self.book.units):
                return LinePosition(unit, height - 1)
            row -= height
            unit += 1
        return LinePosition(unit, max(0, row))

    def last_top(self, height: int) -> LinePosition:
        """Return the top line of a screen of `height` lines that ends with the last line."""
        return self.move(self.end, 1 - height)

    def clamp(self, top: LinePosition, height: int) -> LinePosition:
        """Return `top`, or the top of the last screen if that comes first."""
        top = LinePosition(top.unit, min(top.row, len(self.lines(top.unit)) - 1))
        room, unit, row = height, top.unit, top.row
        while room > 0 and unit < len(self.book.units):
            room -= len(self.lines(unit)) - row
            unit, row = unit + 1, 0
        return top if room <= 0 else self.last_top(height)

    def window(self, top: LinePosition, height: int) -> list[LinePosition]:
        """Return at most `height` positions from `top` on."""
        places: list[LinePosition] = []
        unit, row = top
        while len(places) < height and unit < len(self.book.units):
            rows = min(len(self.lines(unit)) - row, height - len(places))
            places += [LinePosition(unit, row + index) for index in range(rows)]
            unit, row = unit + 1, 0
        return places

    def rows_between(self, first: LinePosition, second: LinePosition, limit: int) -> int:
        """Return how many lines `second` is below `first` (negative: above), at most `limit` in either direction."""
        if second < first:
            return -self.rows_between(second, first, limit)
        rows, unit = -first.row, first.unit
        while unit < second.unit and rows < limit:
            rows += len(self.lines(unit))
            unit += 1
        return min(limit, rows + second.row) if unit == second.unit else limit

    def row_of(self, unit: int, offset: int) -> int:
        """Return the row of a unit that shows the character at `offset` of its text, or the nearest before it."""
        best = first = None
        for row, line in enumerate(self.lines(unit)):
            for run in line.runs:
                if run.at == DECORATION:
                    continue
                first = row if first is None else first
                if run.at <= offset < run.at + len(run.text):
                    return row
                if run.at <= offset:
                    best = row
        return best if best is not None else first or 0

    def offset_of(self, place: LinePosition) -> int:
        """Return the offset in its unit's text of the first character at or after a position."""
        for line in self.lines(place.unit)[place.row :]:
            offsets = [run.at for run in line.runs if run.at != DECORATION]
            if offsets:
                return min(offsets)
        return 0

    def column_of(self, place: LinePosition, offset: int) -> int:
        """Return the column of the character at `offset` of its unit's text in a line; 0 if it is not there."""
        column = 0
        for run in self.line(place).runs:
            if run.at != DECORATION and run.at <= offset < run.at + len(run.text):
                return column + cell_len(run.text[: offset - run.at])
            column += cell_len(run.text)
        return 0

    def spot(self, unit: int, ref: int) -> SpanPosition:
        """Return the position where a span begins, and its cells in that line."""
        for row, line in enumerate(self.lines(unit)):
            column = cells = 0
            begin: int | None = None
            for run in line.runs:
                size = cell_len(run.text)
                if run.ref == ref:
                    begin = column if begin is None else begin
                    cells = column + size - begin
                column += size
            if begin is not None:
                return SpanPosition(row, begin, cells)
        return SpanPosition(0, 0, 0)

    def _lay(self, unit: LayoutBlock) -> Sequence[LaidOutLine]:
        block, frame, citations = unit.block, self.frame, self.book.document.citations
        match block:
            case Paragraph():
                return paragraph(unit, frame, citations)
            case StructuredField():
                return named(unit, block, frame, citations)
            case Heading():
                return heading(unit, block, frame, citations)
            case Table():
                return table(unit, block, self._grid(block), frame, citations)
            case Code():
                tokens = self.book.code.get(id(block))
                if tokens is None:
                    tokens = self.book.code[id(block)] = highlight(block)
                return code(unit, block, tokens, frame)
            case Math() | Notice():
                return marked(unit, block, frame, citations)
            case Rule():
                return rule(unit, block, frame)
            case Figure():
                return figure(unit, block, frame)

    def _grid(self, block: Table) -> Grid:
        grid = self._grids.get(id(block))
        if grid is None:
            grid = self._grids[id(block)] = measure(block, self.frame.room, self.frame.reach)
        return grid
