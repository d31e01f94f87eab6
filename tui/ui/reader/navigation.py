"""The reader's commands that move: lines, pages, headings, history, marks, sideways."""

from collections.abc import Callable

from textual import events

from tui.ui.commands.command import handles
from tui.ui.reader.reader import ReaderActions, ReaderParts
from tui.ui.reader.report_view import ReportView
from tui.ui.reader.state import ReaderState
from tui.ui.reader.status_line import left_to_read
from tui.ui.widgets.list_view import LineView

_MOST_DIGITS = 6


class ReaderNavigation(ReaderActions):
    """Moves in the report, or in the focused list beside it. Digits typed before a key are its count."""

    def __init__(self, reader: ReaderParts) -> None:
        super().__init__(reader)
        self.awaits_letter: Callable[[str], None] | None = None  # what the next letter is for: set a mark, go to one

    def _move(self, in_list: Callable[[LineView], None], move: Callable[[ReaderState], object]) -> None:
        if self.reader.side_list is not None:
            in_list(self.reader.side_list)
        else:
            panel = self.reader.focused if isinstance(self.reader.focused, ReportView) else self.view
            panel.act(move)

    # Lines and pages

    @handles("reader.down", 1)
    @handles("reader.up", -1)
    def lines(self, direction: int) -> None:
        """Scroll `count` lines."""
        rows = direction * self.reader.take_count()
        self._move(lambda view: view.go(direction), lambda reading: reading.scroll(rows))

    @handles("reader.page_down", 1)
    @handles("reader.page_up", -1)
    def pages(self, direction: int) -> None:
        """Scroll `count` pages."""
        pages = direction * self.reader.take_count()
        self._move(lambda view: view.go_pages(direction), lambda reading: reading.page(pages))

    @handles("reader.half_down", 0.5)
    @handles("reader.half_up", -0.5)
    def half_page(self, pages: float) -> None:
        """Scroll half a page."""
        self._move(lambda view: view.go_pages(pages), lambda reading: reading.page(pages))

    @handles("reader.top")
    def top(self) -> None:
        """Jump to the beginning."""
        self._move(LineView.action_top, ReaderState.to_start)

    @handles("reader.bottom")
    def bottom(self) -> None:
        """Jump to the end."""
        self._move(LineView.action_bottom, ReaderState.to_end)

    @handles("reader.percent")
    def percent(self) -> None:
        """Jump to the percentage typed before the key."""
        if not self.reader.digits:
            self.say("type a number first, then %: 50%", problem=True)
            return
        percent = self.reader.take_count()
        self.view.act(lambda reading: reading.to_percent(percent))

    @handles("reader.left", -1)
    @handles("reader.right", 1)
    def columns(self, direction: int) -> None:
        """Scroll wide tables and code sideways."""
        self.view.slide(direction * self.reader.take_count())

    @handles("reader.next_heading", 1)
    @handles("reader.previous_heading", -1)
    def to_heading(self, direction: int) -> None:
        """Jump to the next heading, or to the one before."""
        count = direction * self.reader.take_count()
        if not self.view.act(lambda reading: reading.next_heading(count)):
            self.say(f"no heading further {'down' if direction > 0 else 'up'}")

    # History and marks

    @handles("reader.back")
    def back(self) -> None:
        """Return to where the last jump began; a typed digit is deleted first."""
        if self.reader.digits:
            self.reader.digits = self.reader.digits[:-1]
            self.reader.tell()
        else:
            self.view.act(ReaderState.go_back)

    @handles("reader.forward")
    def forward(self) -> None:
        """Undo `back`; if there is nothing to undo, show what is left to read."""
        if not self.view.act(ReaderState.go_forward):
            self.say(left_to_read(self.view.reading))

    @handles("reader.number")
    def number(self, key: str) -> None:
        """Append a digit to the count or source number."""
        if key.isdecimal():  # a keymap may give it another key, which is no number
            self.reader.digits = (self.reader.digits + key)[-_MOST_DIGITS:].lstrip("0")
        self.reader.tell()

    @handles("reader.mark")
    def mark(self) -> None:
        """Set a mark named by the next letter."""
        self.awaits_letter = self.set_mark
        self.say("mark: type a letter")

    @handles("reader.to_mark")
    def go_to_mark(self) -> None:
        """Jump to the mark named by the next letter."""
        self.awaits_letter = self.to_mark
        self.say("to mark: type its letter")

    def take_letter(self, event: events.Key) -> None:
        """Use the letter that `mark` or `go_to_mark` waits for; any other key cancels."""
        letter_for, self.awaits_letter = self.awaits_letter, None
        if letter_for and event.character and event.is_printable:
            letter_for(event.character)

    def set_mark(self, letter: str) -> None:
        """Remember this position under a letter."""
        self.view.reading.set_mark(letter)
        self.say(f"mark {letter} set; '{letter} comes back here")

    def to_mark(self, letter: str) -> None:
        """Jump to a mark."""
        if not self.view.act(lambda reading: reading.to_mark(letter)):
            self.say(f"there is no mark {letter}: m{letter} sets it", problem=True)
