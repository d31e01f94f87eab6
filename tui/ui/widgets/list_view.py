"""The one list widget: virtual lines with a cursor, on the line API, repainting exactly what changed.

Every list of the program is one of these. It never holds more than the strips on and around the screen, and it moves
its cursor or scroll position only when a person asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui.ui.commands.command import handles
from tui.ui.terminal.differential_display import ExactDisplay
from tui.ui.text.lines import EMPTY, Line, cut_line, select
from tui.ui.widgets.painted import Drawn

_CACHED = 2048
_PAUSE = 0.02  # seconds after a key: it is painted, and the next one of a key that is held comes later


@dataclass
class _ListMessage(Message):
    view: "LineView"

    @property
    def control(self) -> "LineView":
        """The list."""
        return self.view


class LineView(Drawn, ScrollView, can_focus=True):
    """Virtual lines with a cursor; a subclass returns their number and each line.

    Lines are numbered from 0 without the header. A line's `tones` name component classes `line--<tone>`.
    """

    DEFAULT_CSS = """
    LineView { height: 1fr; scrollbar-size: 0 0; overflow-x: hidden; }
    """

    @dataclass
    class Moved(_ListMessage):
        """The cursor is on another line, because the user moved it."""

        line: int

    @dataclass
    class Chosen(_ListMessage):
        """A line was chosen with a double click."""

        line: int

    @dataclass
    class Fitted(_ListMessage):
        """The list was laid out for another size."""

    has_cursor = True

    def __init__(self, *, name: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=name, classes=classes)
        self.cursor = 0
        self._strips: dict[tuple[int, bool], Strip] = {}  # by number, and whether the cursor is there
        self._fitted: Size | None = None

    # What a subclass says

    def line_count(self) -> int:
        """Return the number of lines."""
        return 0

    def line(self, number: int, width: int) -> Line:
        """Return one line; it is cut to `width` cells."""
        return EMPTY

    def header(self, width: int) -> Line | None:
        """Return the line above the list; None for none."""
        return None

    def empty(self, width: int) -> Sequence[Line]:
        """Return the lines shown instead of an empty list: what is missing and what to do next."""
        return ()

    def can_stop(self, number: int) -> bool:
        """Whether the cursor can be on a line."""
        return True

    # Changes of content

    def lines_changed(self) -> None:
        """Repaint after the number or order of lines changed; cursor and scroll are clamped."""
        self._strips.clear()
        self._measure()
        self.cursor = max(0, min(self.cursor, self.line_count() - 1))
        self.refresh()

    def line_changed(self, number: int, spans: Iterable[tuple[int, int]] | None = None) -> None:
        """Repaint one line, or only the given (x, width) spans of it; does nothing if it is not visible."""
        self._forget(number)
        self._repaint(number, spans)

    def _forget(self, number: int) -> None:
        for at_cursor in (False, True):
            self._strips.pop((number, at_cursor), None)

    def _repaint(self, number: int, spans: Iterable[tuple[int, int]] | None = None) -> None:
        y = number + self.head - self.scroll_offset.y
        if self.head <= y < self.size.height:
            for x, width in [(0, self.size.width)] if spans is None else spans:
                self.refresh(Region(x, y, width, 1))

    def _measure(self) -> None:
        # not by assignment: that would lay out the whole screen, and no scroll bar depends on it
        self.set_reactive(LineView.virtual_size, Size(self.size.width, self.line_count() + self.head))

    # Geometry

    def has_room(self) -> bool:
        """Whether it is shown; what is hidden is laid out for the size it gets next, also for the same one again."""
        if not self.size:
            self._fitted = None
        return bool(self.size)

    @property
    def head(self) -> int:
        """The height of the header in lines."""
        return 0 if self.header(self.size.width or 80) is None else 1

    @property
    def page(self) -> int:
        """The number of visible lines."""
        return max(1, self.size.height - self.head)

    def terminal_cursor(self) -> Offset:
        """Return the place of the selected line; of the first one if none can be selected."""
        return Offset(0, self.head + self.cursor - self.scroll_offset.y) if self.has_cursor else Offset(0, 0)

    def shown_lines(self) -> range:
        """Return the indexes of the visible lines."""
        top = self.scroll_offset.y
        return range(top, min(top + self.page, self.line_count()))

    # Moving

    def move_to(self, number: int, *, middle: bool = False, tell: bool = True) -> None:
        """Move the cursor to a line and scroll as little as possible, or until it is in the middle."""
        count = self.line_count()
        if not count:
            return
        if not self.has_cursor:
            return
        old, new = self.cursor, self._stop(max(0, min(number, count - 1)), number < self.cursor)
        self.cursor = new
        top = self.scroll_offset.y
        wanted = min(max(top, new - self.page + 1), new)
        if wanted != top and (middle or (abs(new - old) == 1 and self._is_costly_to_scroll)):
            wanted = new - self.page // 2
        wanted = max(0, min(wanted, max(self._with_heads(new), new - self.page + 1), max(0, count - self.page)))
        self._strips.pop((old, True), None)  # what stands in the lines is the same
        if wanted != top:
            self.scroll_to_line(wanted)
        elif old != new:
            self._repaint(old)
            self._repaint(new)
        if new == old + 1 and self._is_costly_to_scroll and not self._is_drawn_ahead:
            self.set_timer(_PAUSE, self._draw_ahead)
        if tell and old != new:
            self.post_message(self.Moved(self, new))

    @property
    def _is_costly_to_scroll(self) -> bool:
        """Whether scrolling repaints the whole pane: terminals scroll full lines only, and this is narrower."""
        return self.size.width < self.screen.size.width

    def _ahead(self) -> range:
        """Return the lines that come when the cursor leaves the bottom of a pane that is costly to scroll."""
        below = self.scroll_offset.y + self.page
        return range(below, min(below + self.page - self.page // 2, self.line_count()))

    @property
    def _is_drawn_ahead(self) -> bool:
        lines = self._ahead()
        return not lines or (lines[-1], False) in self._strips

    def _draw_ahead(self) -> None:
        """Draw these lines in the pause after a key; the one that leaves the pane takes 3.5 ms then instead of 5."""
        strips = [self._kept_strip(number) for number in self._ahead()]
        if isinstance(self.app, ExactDisplay):
            self.app.picture.prepare(strips)

    def _stop(self, number: int, upwards: bool) -> int:
        """Return the nearest line on which the cursor can be."""
        count = self.line_count()
        directions = (-1, 1) if upwards else (1, -1)
        for direction in directions:
            place = number
            while 0 <= place < count:
                if self.can_stop(place):
                    return place
                place += direction
        return number

    def _with_heads(self, number: int) -> int:
        """Return the first of the headings (lines without a cursor) right above a line."""
        while number and not self.can_stop(number - 1):
            number -= 1
        return number

    @handles("list.down", 1)
    @handles("list.up", -1)
    def go(self, by: int) -> None:
        """Move the cursor by some lines, or scroll a list without a cursor."""
        if self.has_cursor:
            self.move_to(self.cursor + by)
        else:
            self.scroll_lines(by)

    @handles("list.page_down", 1)
    @handles("list.page_up", -1)
    @handles("list.half_down", 0.5)
    @handles("list.half_up", -0.5)
    def go_pages(self, pages: float) -> None:
        """Move the cursor by some pages, or scroll a list without a cursor."""
        self.go(int(self.page * pages))

    def scroll_to_line(self, top: int) -> None:
        """Scroll a line to the top at once. Forced, because there are no scroll bars that would allow it."""
        self.scroll_to(y=top, animate=False, immediate=True, force=True)

    def scroll_lines(self, by: int) -> None:
        """Scroll without moving the cursor."""
        limit = max(0, self.line_count() - self.page)
        self.scroll_to_line(max(0, min(limit, self.scroll_offset.y + by)))

    @handles("list.top")
    def action_top(self) -> None:
        """Move to the first line."""
        self.scroll_lines(-self.line_count())
        self.move_to(0)

    @handles("list.bottom")
    def action_bottom(self) -> None:
        """Move to the last line."""
        self.scroll_lines(self.line_count())
        self.move_to(self.line_count() - 1)

    # Selecting with the mouse

    def text_select_all(self) -> None:
        """Select nothing: a double click chooses a line."""

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint the selection."""
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text of the lines, without the blanks at their ends."""
        found = []
        for number in range(self.line_count()):
            if (span := selection.get_span(number)) is not None:
                text = "".join(piece for piece, _ in cut_line(self.line(number, self.size.width), self.size.width))
                found.append(text[span[0] : span[1] if span[1] >= 0 else None].strip())
        return "\n".join(found), "\n"

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked line; a double click chooses it. The end of a drag is no click."""
        if self.text_selection is not None:
            return
        number = event.y - self.head + self.scroll_offset.y
        if event.y >= self.head and number < self.line_count():
            self.move_to(number)
            if event.chain == 2:
                self.post_message(self.Chosen(self, number))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll three lines without moving the cursor."""
        self._wheel(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll three lines without moving the cursor."""
        self._wheel(event, -3)

    def _wheel(self, event: events.MouseEvent, lines: int) -> None:
        event.stop()
        event.prevent_default()
        self.scroll_lines(lines)

    # Events

    def on_mount(self) -> None:
        """Lay out for the first size."""
        self._measure()

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Lay out before the paint of a new size; the resize event comes after it and would cost a second one."""
        changed = super()._size_updated(size, virtual_size, container_size, layout)
        self.on_resize()
        return changed

    def on_resize(self) -> None:
        """Lay out for another size."""
        if self.size != self._fitted:
            self._fitted = self.size
            self.fit()
            self.post_message(self.Fitted(self))

    def fit(self) -> None:
        """Lay out for the new width; the cursor stays visible."""
        self._strips.clear()
        self._measure()
        self.move_to(self.cursor, tell=False)

    def on_focus(self) -> None:
        """Show the cursor as active, or as passive."""
        self.line_changed(self.cursor)

    on_blur = on_focus

    def restyled(self) -> None:
        """Drop everything drawn in the old theme."""
        self._strips.clear()

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips directly, without Textual's style cache."""
        strips = self._strips_at(crop.line_range)
        return strips if crop.width == self.size.width else [strip.crop(crop.x, crop.right) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """Return one line of the widget as it is on the screen, with the offsets that selecting needs."""
        (strip,) = self._strips_at((y,))
        number = y - self.head + self.scroll_offset.y
        return strip.apply_offsets(0, number) if 0 <= number < self.line_count() and y >= self.head else strip

    def _strips_at(self, ys: Iterable[int]) -> list[Strip]:
        """Return lines of the widget; what is the same for all of them is asked once."""
        head, top, count, selection = self.head, self.scroll_offset.y, self.line_count(), self.text_selection
        return [
            self.strip_of(self.header(self.size.width) or EMPTY)
            if y < head
            else self._strip_of_line(y - head + top, count, selection)
            for y in ys
        ]

    def _strip_of_line(self, number: int, count: int, selection: Selection | None) -> Strip:
        if number >= count:
            notice = () if count else self.empty(self.size.width)
            return self.strip_of(notice[number] if number < len(notice) else EMPTY)
        span = selection.get_span(number) if selection else None
        if span is not None:
            return self.strip_of(select(self.line(number, self.size.width), *span))
        return self._kept_strip(number)

    def _kept_strip(self, number: int) -> Strip:
        at_cursor = self.has_cursor and number == self.cursor
        strip = self._strips.get((number, at_cursor))
        if strip is None:
            if len(self._strips) > _CACHED:
                self._strips.clear()
            strip = self.strip_of(self.line(number, self.size.width), cursor=at_cursor)
            self._strips[number, at_cursor] = strip
        return strip
