"""The reader's keys that move: lines, pages, citations, headings, history, marks, search hits, sideways."""

from collections.abc import Callable

from tui.ui.commands.command import Handlers
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.report_view import ReportView
from tui.ui.reader.state import ReaderState
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.shell.shell import shell
from tui.ui.widgets.list_view import LineView

_MOST_DIGITS = 6


class Moves(CommandScreen[None]):
    """Moves of the report, or of the list beside it while that has the focus. Digits before a key are its count.

    Args:
        view: The report.
    """

    CONTEXT = "reader"

    def __init__(self, view: ReportView) -> None:
        super().__init__()
        self.view = view
        self.digits = ""

    @property
    def book(self) -> IndexedReport:
        """What is read."""
        return self.view.book

    @property
    def side_list(self) -> LineView | None:
        """The list that has the focus."""
        return self.focused if isinstance(self.focused, LineView) else None

    def take_count(self) -> int:
        """Return the number typed before this key, 1 if none; it is used up."""
        digits, self.digits = self.digits, ""
        return max(1, int(digits)) if digits else 1

    def say(self, message: str, *, problem: bool = False) -> None:
        """Say one line in the status line."""
        shell(self).say(message, problem=problem)

    def _move(self, in_list: Callable[[LineView], None], move: Callable[[ReaderState], object]) -> None:
        if self.side_list is not None:
            in_list(self.side_list)
        else:
            panel = self.focused if isinstance(self.focused, ReportView) else self.view
            panel.act(move)

    # Lines and pages

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "reader.down": self.action_line_down,
            "reader.up": self.action_line_up,
            "reader.page_down": self.action_page_down,
            "reader.page_up": self.action_page_up,
            "reader.half_down": self.action_half_down,
            "reader.half_up": self.action_half_up,
            "reader.top": self.action_top,
            "reader.bottom": self.action_bottom,
            "reader.left": self.action_scroll_left_cells,
            "reader.right": self.action_scroll_right_cells,
            "reader.next_citation": self.action_next_citation,
            "reader.previous_citation": self.action_previous_citation,
            "reader.next_heading": self.action_next_heading,
            "reader.previous_heading": self.action_previous_heading,
            "reader.number": self.action_number,
            "reader.next_hit": self.action_next_hit,
            "reader.previous_hit": self.action_previous_hit,
            "reader.back": self.action_jump_back,
            "reader.forward": self.action_jump_forward,
            "reader.percent": self.action_percent,
        }

    def action_line_down(self) -> None:
        """One line down."""
        rows = self.take_count()
        self._move(LineView.action_cursor_down, lambda reading: reading.scroll(rows))

    def action_line_up(self) -> None:
        """One line up."""
        rows = self.take_count()
        self._move(LineView.action_cursor_up, lambda reading: reading.scroll(-rows))

    def action_page_down(self) -> None:
        """One page down."""
        pages = self.take_count()
        self._move(LineView.action_page_down, lambda reading: reading.page(pages))

    def action_page_up(self) -> None:
        """One page up."""
        pages = self.take_count()
        self._move(LineView.action_page_up, lambda reading: reading.page(-pages))

    def action_half_down(self) -> None:
        """Half a page down."""
        self._move(LineView.action_half_down, lambda reading: reading.page(0.5))

    def action_half_up(self) -> None:
        """Half a page up."""
        self._move(LineView.action_half_up, lambda reading: reading.page(-0.5))

    def action_top(self) -> None:
        """To the beginning."""
        self._move(LineView.action_top, ReaderState.to_start)

    def action_bottom(self) -> None:
        """To the end."""
        self._move(LineView.action_bottom, ReaderState.to_end)

    def action_percent(self) -> None:
        """To the percentage typed before."""
        if not self.digits:
            self.say("type a number first, then %: 50%", problem=True)
            return
        percent = self.take_count()
        self.view.act(lambda reading: reading.to_percent(percent))

    def action_scroll_left_cells(self) -> None:
        """Wide tables and code to the left."""
        self.view.slide(-self.take_count())

    def action_scroll_right_cells(self) -> None:
        """Wide tables and code to the right."""
        self.view.slide(self.take_count())

    # Citations and headings

    def action_next_citation(self) -> None:
        """To the next citation."""
        self.step_citation(self.take_count())

    def action_previous_citation(self) -> None:
        """To the previous citation."""
        self.step_citation(-self.take_count())

    def step_citation(self, count: int) -> None:
        """Go `count` citations on, or back if negative."""
        if not self.view.act(lambda reading: reading.next_cite(count)):
            self.say("this is the last citation" if count > 0 else "this is the first citation")

    def action_next_heading(self) -> None:
        """To the next heading."""
        count = self.take_count()
        if not self.view.act(lambda reading: reading.next_heading(count)):
            self.say("no heading further down")

    def action_previous_heading(self) -> None:
        """To the previous heading."""
        count = self.take_count()
        if not self.view.act(lambda reading: reading.next_heading(-count)):
            self.say("no heading further up")

    # History and marks

    def action_jump_back(self) -> None:
        """To where the last jump began; a typed digit is taken back first."""
        if self.digits:
            self.digits = self.digits[:-1]
            self.tell()
        else:
            self.view.act(ReaderState.go_back)

    def action_jump_forward(self) -> None:
        """Undo the jump back."""
        self.view.act(ReaderState.go_forward)

    def action_number(self, key: str) -> None:
        """Take a digit of a count or of a source's number."""
        self.digits = (self.digits + key)[-_MOST_DIGITS:].lstrip("0")
        self.tell()

    def tell(self) -> None:
        """Say where one is, or what was typed."""

    def set_mark(self, letter: str) -> None:
        """Remember this place under a letter."""
        self.view.reading.set_mark(letter)
        self.say(f"mark {letter} set; '{letter} comes back here")

    def to_mark(self, letter: str) -> None:
        """Jump to a mark."""
        if not self.view.act(lambda reading: reading.to_mark(letter)):
            self.say(f"there is no mark {letter}: m{letter} sets it", problem=True)

    # Hits

    def action_next_hit(self) -> None:
        """To the next hit."""
        self._step_hit(self.take_count())

    def action_previous_hit(self) -> None:
        """To the previous hit."""
        self._step_hit(-self.take_count())

    def _step_hit(self, count: int) -> None:
        before = self.view.reading.hit
        self.view.act(lambda reading: reading.next_hit(count))
        after = self.view.reading.hit
        if before and after and ((after < before) if count > 0 else (after > before)):
            self.say("search went on from the top" if count > 0 else "search went on from the end")
