"""The report on the screen: one widget on the line API that paints the visible part of a `ReaderState`.

Holds no rules of movement (those are in `state`) and no text of its own; paints only the lines that changed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer

from tui.report.document import Document, Look, Span
from tui.ui.reader.highlights import Highlight, is_target, label, mark_current, restyle, scroll_sideways, select, within
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import Frame, LaidOutLine, LinePosition, Tone
from tui.ui.reader.selection import line_id, line_text, selected_text
from tui.ui.reader.state import Anchor, ReaderState
from tui.ui.reader.terminal_links import terminal_link
from tui.ui.terminal.differential_display import ExactDisplay
from tui.ui.text.painter import Painter

MEASURE = 100
_WHEEL_ROWS = 3
_SIDEWAYS = 8
_STRIPS = 1500
_REST = 1_000_000
_IDLE = 0.03  # seconds after a move before the next page is drawn ahead
_EMPTY = Document(())
_LOOKS = {Look.BOLD: Style(bold=True), Look.ITALIC: Style(italic=True), Look.STRIKE: Style(strike=True)}


class ReportView(ScrollView, can_focus=True):
    """A report in one widget."""

    DEFAULT_CSS = "ReportView { height: 1fr; overflow: hidden hidden; }"

    @dataclass
    class Moved(Message):
        """What is shown was laid out anew."""

        view: "ReportView"

    @dataclass
    class Picked(Message):
        """A citation or link was clicked; `span` says which."""

        view: "ReportView"
        span: Span

    def __init__(self, *, measure: int = MEASURE, hyperlinks: bool = True, name: str | None = None) -> None:
        super().__init__(id=name)
        self.measure = measure
        self.hyperlinks = hyperlinks
        self.reading = ReaderState(IndexedReport.of(_EMPTY), Frame.fit(80, measure), 24)
        self._hint_rows: dict[LinePosition, dict[int, str]] = {}
        self._painter = Painter(self)
        self._strips: dict[object, Strip] = {}
        self._unit_hits: dict[int, tuple[Highlight, ...]] = {}
        self._place_wanted: Anchor | None = None
        self._find_wanted = ""
        self._ahead: Timer | None = None
        self._fitted = Size(0, 0)  # what it is laid out for
        self.on_move: Callable[[], None] | None = None  # called at once, so that what it changes is in the same frame

    # What others call

    @property
    def book(self) -> IndexedReport:
        """The report that is read, indexed."""
        return self.reading.book

    def open(self, book: IndexedReport, anchor: Anchor | None = None, find: str = "") -> None:
        """Show another report, from `anchor` on, at the first hit of `find` there."""
        self.reading = ReaderState(book, self._frame, self.size.height or 24)
        self._place_wanted, self._find_wanted = anchor, find
        self._to_wanted()
        self._repaint()

    def close(self) -> IndexedReport:
        """Show nothing from now on; returns what was shown."""
        book, self.reading = self.book, ReaderState(IndexedReport.of(_EMPTY), self._frame, 1)
        return book

    def _to_wanted(self) -> None:
        """Go to where the report was to be opened; a word is looked for once that place is there."""
        place, find, lines = self._place_wanted, self._find_wanted, self.reading.book.lines
        if place is not None and find and lines and place.line <= lines[-1]:
            self.reading.search(find, place)
        elif place is not None:
            self.reading.restore(place)

    def replace(self, book: IndexedReport) -> None:
        """Show a newer or longer version of the report; the visible lines stay in place."""
        self.reading.replace(book)
        if not self.reading.back:
            self._to_wanted()
        self._repaint()

    def act(self, move: Callable[[ReaderState], object]) -> object:
        """Apply a move to the reader's state and paint its changes; returns what the move returned."""
        reading = self.reading
        self._place_wanted = None
        before = (reading.top, reading.cite, reading.hit, reading.finder.query, reading.shift)
        outcome = move(reading)
        after = (reading.top, reading.cite, reading.hit, reading.finder.query, reading.shift)
        if after != before:
            self._changed(
                before[0] != after[0] or before[3:] != after[3:], (before[1], after[1]), (before[2], after[2])
            )
        return outcome

    def slide(self, columns: int) -> None:
        """Scroll wide tables and code sideways by `columns` steps."""
        reading = self.reading
        lines = [reading.flow.line(place) for place in self._places()]
        most = max((line.indent + line.cells + 1 - self._frame.width for line in lines if line.wide), default=0)
        self.act(lambda reading: setattr(reading, "shift", max(0, min(most, reading.shift + columns * _SIDEWAYS))))

    def set_measure(self, measure: int) -> None:
        """Set the longest line of prose; the first visible line stays."""
        self.measure = measure
        self.reading.resize(self._frame, self.size.height)
        self._repaint()

    def targets(self) -> list[tuple[LinePosition, int]]:
        """Return every visible citation and link as (line where it begins, its span there)."""
        spots: dict[tuple[int, int], LinePosition] = {}
        for place in self._places():
            unit = self.book.units[place.unit]
            for run in self.reading.flow.line(place).runs:
                if run.ref is not None and is_target(unit, run):
                    spots.setdefault((place.unit, run.ref), place)
        return [(place, ref) for (_, ref), place in spots.items()]

    def show_hints(self, hints: Mapping[str, tuple[LinePosition, int]]) -> None:
        """Show letters on the spans they are for."""
        self._hint_rows = {}
        for letters, (place, ref) in hints.items():
            self._hint_rows.setdefault(place, {})[ref] = letters
        self.refresh()

    def hide_hints(self) -> None:
        """Remove the letters."""
        self._hint_rows = {}
        self.refresh()

    def terminal_cursor(self) -> Offset:
        """Return the place of the current hit or citation, whichever is newer; else of the first line."""
        reading, places = self.reading, self._places()
        if reading.at_hit and reading.hit is not None:
            unit, at = reading.hit.unit, reading.hit.start
            place = LinePosition(unit, reading.flow.row_of(unit, at))
            column = reading.flow.column_of(place, at)
        elif reading.cite is not None and (target := self.book.cites[reading.cite]) is not None:
            spot = reading.flow.spot(target.unit, target.ref if target.ref is not None else -1)
            place, column = LinePosition(target.unit, spot.row), spot.column
        else:
            return Offset(0, 0)
        if place not in places:
            return Offset(0, 0)
        line = reading.flow.line(place)
        return Offset(line.indent + column - (reading.shift if line.wide else 0), places.index(place))

    def span_at(self, place: LinePosition, ref: int) -> Span:
        """Return a span of the unit at a position."""
        return self.book.units[place.unit].spans[ref]

    # Geometry

    @property
    def _frame(self) -> Frame:
        return Frame.fit(self.size.width or 80, self.measure)

    def _places(self) -> Sequence[LinePosition]:
        return self.reading.window()

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Lay out before the paint of a new size; the resize event comes after it."""
        changed = super()._size_updated(size, virtual_size, container_size, layout)
        if self.size != self._fitted:
            self._fitted = self.size
            self._fit()
        return changed

    def _fit(self) -> None:
        """Lay out for the new size; the first visible line stays."""
        self.virtual_size = Size(self.size.width, 2 * _REST)
        self.set_reactive(ReportView.scroll_y, _REST)
        if self.size:
            self.reading.resize(self._frame, self.size.height)
            self._to_wanted()
            self._repaint()

    @property
    def allow_vertical_scroll(self) -> bool:
        """Always True, without a scroll bar: dragging a selection over the edge must scroll."""
        return True

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Turn Textual's scrolling at a selection dragged over the edge into a move of the reader's state.

        `scroll_y` rests in the middle of a height no report has, so that there is always room either way and no
        change of size can clamp it.
        """
        rows = round(new_value) - _REST
        if rows:
            self.set_reactive(ReportView.scroll_y, _REST)
            if abs(rows) < self.size.height:
                self.act(lambda reading: reading.scroll(rows))

    # Painting

    def notify_style_update(self) -> None:
        """Drop everything drawn in the old theme."""
        super().notify_style_update()
        if self._painter.renew():
            self._strips.clear()
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line with the offsets that text selection needs."""
        places = self._places()
        if y >= len(places):
            return Strip.blank(self.size.width, self.rich_style)
        return self._strips_of(places[y : y + 1])[0].apply_offsets(0, line_id(places[y]))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the cached strips, without Textual's style cache and line filters."""
        width = self.size.width
        strips = self._strips_of(self._places()[crop.y : crop.bottom])
        if len(strips) < crop.height:
            strips += [Strip.blank(width, self.rich_style)] * (crop.height - len(strips))
        return strips if crop.width == width else [strip.crop(crop.x, crop.right) for strip in strips]

    def _strips_of(self, places: Sequence[LinePosition]) -> list[Strip]:
        """Return the strips at some positions; lines without highlights cost one look-up."""
        reading, selection, strips = self.reading, self.text_selection, self._strips
        marked = selection is not None or bool(self._hint_rows) or bool(reading.finder.query)
        target = self.book.cites[reading.cite] if reading.cite is not None else None
        current = target.unit if target is not None else -1
        found: list[Strip] = []
        for place in places:
            key = (place, reading.shift) if reading.shift else place
            strip = strips.get(key) if not marked and place.unit != current else self._dressed(place, selection)
            if strip is None:
                strip = strips[key] = self._draw(place, reading.flow.line(place))
            found.append(strip)
        if len(strips) > _STRIPS:
            for oldest in [*islice(strips, _STRIPS // 10)]:
                del strips[oldest]
        return found

    def _dressed(self, place: LinePosition, selection: Selection | None) -> Strip:
        """Return a line with its highlights: current citation, hits, hints, selection."""
        line = self.reading.flow.line(place)
        cite = self._cite_ref(place.unit)
        current = cite if cite is not None and any(run.ref == cite for run in line.runs) else None
        hits = within(line.runs, self._hits(place.unit))
        hints = tuple(self._hint_rows.get(place, {}).items())
        chosen = selection.get_span(line_id(place)) if selection else None
        key = (place, current, hits, hints, chosen, self.reading.shift)
        strip = self._strips.get(key)
        if strip is None:
            runs = restyle(line.runs, hits) if hits else line.runs
            runs = mark_current(runs, current) if current is not None else runs
            runs = label(runs, dict(hints)) if hints else runs
            if chosen:
                runs = select(runs, max(0, chosen[0] - line.indent), chosen[1] - line.indent if chosen[1] >= 0 else -1)
            strip = self._strips[key] = self._draw(place, line._replace(runs=runs))
        return strip

    def _draw(self, place: LinePosition, line: LaidOutLine) -> Strip:
        painter, unit, book, width = self._painter, self.book.units[place.unit], self.book, self.size.width
        runs = scroll_sideways(line.runs, self.reading.shift, width - line.indent - 1) if line.wide else line.runs
        segments = [Segment(" " * line.indent, painter.style(Tone.TEXT))] if line.indent else []
        for run in runs:
            span = unit.spans[run.ref] if run.ref is not None else None
            url = terminal_link(span, book) if span is not None and self.hyperlinks else None
            segments.append(Segment(run.text, painter.style(run.tone, _look(run.look), url)))
        return painter.strip(segments, width, painter.style(Tone.TEXT))

    def _cite_ref(self, unit: int) -> int | None:
        cite = self.reading.cite
        target = self.book.cites[cite] if cite is not None else None
        return target.ref if target is not None and target.unit == unit else None

    def _hits(self, unit: int) -> tuple[Highlight, ...]:
        reading = self.reading
        if not reading.finder.query:
            return ()
        marks = self._unit_hits.get(unit)
        if marks is None:
            now = reading.hit
            marks = self._unit_hits[unit] = tuple(
                Highlight(start, end, Tone.HIT_NOW if now and now[:2] == (unit, start) else Tone.HIT)
                for start, end in reading.finder.within(unit)
            )
        return marks

    def _repaint(self) -> None:
        self._unit_hits.clear()
        self._strips.clear()
        self._hint_rows = {}
        self.refresh()
        self.post_message(self.Moved(self))

    def _changed(self, everything: bool, cites: Iterable[int | None], hits: Iterable[object]) -> None:
        """Refresh after a move: the whole view, or only the lines of old and new highlights."""
        self._unit_hits.clear()
        targets = [self.book.cites[cite] for cite in cites if cite is not None]
        units = {target.unit for target in targets if target} | {hit[0] for hit in hits if isinstance(hit, tuple)}
        if everything:
            self.refresh()
        else:
            for y, place in enumerate(self._places()):
                if place.unit in units:
                    self.refresh(Region(0, y, self.size.width, 1))
        if self.on_move is not None:
            self.on_move()
        if everything and self._ahead is None:
            self._ahead = self.set_timer(_IDLE, self._lay_ahead)

    def _lay_ahead(self) -> None:
        """Lay out the next page while the program is idle, so that turning to it only paints."""
        self._ahead = None
        places = self._places()
        if places:
            flow = self.reading.flow
            strips = self._strips_of(flow.window(flow.move(places[-1], 1), self.size.height))
            if isinstance(self.app, ExactDisplay):
                self.app.picture.prepare(strips)

    # Mouse

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        event.prevent_default()
        self.act(lambda reading: reading.scroll(_WHEEL_ROWS))

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        event.prevent_default()
        self.act(lambda reading: reading.scroll(-_WHEEL_ROWS))

    def on_click(self, event: events.Click) -> None:
        """Post `Picked` for the citation or link under the pointer, unless text was selected."""
        if self.text_selection is not None or event.y >= len(self._places()):
            return
        place = self._places()[event.y]
        line = self.reading.flow.line(place)
        column = line.indent
        for run in (
            scroll_sideways(line.runs, self.reading.shift, self._frame.width - line.indent - 1)
            if line.wide
            else line.runs
        ):
            size = Segment(run.text).cell_length
            if column <= event.x < column + size and run.ref is not None:
                span = self.span_at(place, run.ref)
                if span.cite is not None:
                    self.act(partial(_pick, cite=span.cite))
                if span.cite is not None or span.url:
                    self.post_message(self.Picked(self, span))
                return
            column += size

    # Selection

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint the selection."""
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text without bars and margins, wrapped lines joined again."""
        return selected_text(self.reading.flow, selection.start, selection.end), "\n"

    def text_of(self, y: int) -> str:
        """Return the text in line `y` of the widget, margin included."""
        places = self._places()
        return line_text(self.reading.flow.line(places[y])) if y < len(places) else ""


@cache
def _look(flags: int) -> Style | None:
    """Return the attributes that a look adds to a tone; None for none."""
    return Style.combine(style for flag, style in _LOOKS.items() if flags & flag) if flags else None


def _pick(reading: ReaderState, cite: int) -> None:
    reading.cite = cite
