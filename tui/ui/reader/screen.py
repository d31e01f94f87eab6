"""The reader: a report; beside it outline, sources and the source card; below it search and status."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from tui.domain.detail import Detail
from tui.domain.task import Task
from tui.domain.text import plural
from tui.ui.commands.command import Command, CommandContext
from tui.ui.reader.citations import ReaderCitations
from tui.ui.reader.copying import ReaderCopying
from tui.ui.reader.header import header_line
from tui.ui.reader.hints import ReaderHints
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.lists import ReaderLists
from tui.ui.reader.loading import Parse, ReportLoader, free, preview, read
from tui.ui.reader.navigation import ReaderNavigation
from tui.ui.reader.reader import ReaderParts
from tui.ui.reader.report_view import MEASURE, ReportView
from tui.ui.reader.search_bar import ReaderSearch
from tui.ui.reader.state import Anchor
from tui.ui.reader.status_line import state, where
from tui.ui.reader.views import ReaderViews
from tui.ui.shell.shell import shell
from tui.ui.widgets.bars import KeyBar, LineBar, StatusLine
from tui.ui.widgets.list_view import LineView

if TYPE_CHECKING:
    from tui.ui.bridge import Flush

_PAINTED = 0.1  # seconds after which a book is on the terminal


class ReaderBody(Horizontal):
    """The background under report and panels; always covered, so it is not drawn line by line."""

    BLANK = True


class ReaderScreen(ReaderParts):
    """Reads one report.

    Args:
        detail: The task whose report is read.
        line: Line of the report's text to begin at, instead of where it was left.
        find: A word to search for from there.
        parse: Report -> Document.
        measure: Longest line of prose, in cells.
        hyperlinks: Whether OSC 8 links are sent to the terminal.
        at_once: Nothing is on the screen yet: the beginning of the report is the first paint.
    """

    CONTEXT = "reader"
    BLANK = True  # wholly covered
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  declared so by Screen

    @dataclass
    class Loaded(Message):
        """A report was parsed and indexed, as a whole or its beginning."""

        book: IndexedReport
        whole: bool

    @dataclass
    class Renewed(Message):
        """A newer state of the task was read."""

        detail: Detail

    def __init__(
        self,
        detail: Detail,
        *,
        line: int | None = None,
        find: str = "",
        parse: Parse = read,
        measure: int = MEASURE,
        hyperlinks: bool = True,
        at_once: bool = False,
    ) -> None:
        super().__init__(detail, measure=measure, hyperlinks=hyperlinks)
        self.navigation = ReaderNavigation(self)
        self.citations = ReaderCitations(self)
        self.lists = ReaderLists(self, self.citations)
        self.hints = ReaderHints(self, self.citations.follow)
        self.copying = ReaderCopying(self, self.citations)
        self.searching = ReaderSearch(self)
        self.views = ReaderViews(self, self.citations, measure)
        self._parse, self._line, self._find = parse, line, find
        self._header = LineBar(name="header")
        self._header_told: tuple[Task, str] | None = None
        self._status, self._keys = StatusLine(), KeyBar(self)
        self._keys_shown: tuple[CommandContext, Mapping[str, str]] | None = None  # what the key bar shows
        self._loading: ReportLoader | None = None
        self._loaded = self._whole = False
        self._at_once = at_once

    def compose(self) -> ComposeResult:
        """Yield the report, the hidden panels, the search field and the bars."""
        yield self._header
        with ReaderBody(id="body"):
            yield self.view
            yield self.panels
        yield self.searching.field
        yield self._status
        yield self._keys

    def on_mount(self) -> None:
        """Start loading the report."""
        self.searching.field.display = False
        self.view.focus()
        self.view.on_move = self.tell
        if not self._at_once:
            self._tell_place()  # the first paint says what is read
        self._load()

    def update(self, detail: Detail) -> None:
        """Load a newer version of the same report; the visible lines stay in place."""
        self.detail = detail
        self._load()

    def _load(self) -> None:
        if self._loading:
            self._loading.cancel()
        at_once, self._at_once = self._at_once, False
        self._loading = ReportLoader(
            self.report, self.detail.images, self._parse, preview, self._deliver, at_once=at_once
        )

    def _deliver(self, book: IndexedReport, whole: bool) -> None:
        """Receive a report on the loading thread, where only posting a message is safe."""
        self.post_message(self.Loaded(book, whole))

    def on_reader_screen_loaded(self, event: Loaded) -> None:
        """Show the report at the position where it was left; an open one stays where it is."""
        self._whole = event.whole
        if self.views.parsed is not None:
            self.views.parsed = event.book
            return
        if self._loaded:
            self.view.replace(event.book)
        else:
            kept = Anchor.read(shell(self).services.archive.state(f"place.{self.key}"))
            self.view.open(event.book, kept if self._line is None else Anchor(self._line), self._find)
            self._loaded = True
        for widget in (self.panels.outline, self.panels.sources):
            widget.load(event.book)
        if self._loading:
            self.set_timer(_PAINTED, self._loading.go_on)
        if event.whole and event.book.document.problems:
            shell(self).say(f"{plural(len(event.book.document.problems), 'remark')} on this report: A shows the audit")
        self.tell()

    def engine_changed(self, flush: "Flush") -> None:
        """Fetch the report again after its task changed; new text is appended without moving the position."""
        engine = shell(self).engine
        if self.key in flush.tasks and engine is not None:
            engine.detail(self.key).add_done_callback(self._detail_known)

    def _detail_known(self, done: "Future[Detail | None]") -> None:
        """Receive the detail on an engine thread, where only posting a message is safe."""
        detail = None if done.cancelled() or done.exception() else done.result()
        if detail is not None and detail.report is not None:
            self.post_message(self.Renewed(detail))

    def on_reader_screen_renewed(self, event: Renewed) -> None:
        """Load the newer version if the report changed."""
        if event.detail.report != self.detail.report:
            self.update(event.detail)

    def on_unmount(self) -> None:
        """Save the position."""
        if self._loading:
            self._loading.cancel()
        if self._loaded:
            place = json.dumps(self.view.reading.anchor())
            shell(self).services.archive.remember(f"place.{self.key}", place)
            books = [self.view.close(), self.views.parsed]
            self.views.parsed = None
            for widget in (self.panels.outline, self.panels.sources):
                widget.load(self.book)
            for book in filter(None, books):
                free(book)

    # Keys

    def unsay(self) -> None:
        """Clear the message of the last key."""
        if self._status.message:
            self._status.say("")

    def on_key(self, event: events.Key) -> None:
        """Handle letters of hints and marks, then the keys of the registry."""
        self.unsay()
        key = event.character or event.key
        if self.hints.typed is not None:
            self.hints.take(event)
        elif self.navigation.awaits_letter:
            self.navigation.take_letter(event)
        elif key.isdecimal() and len(key) == 1 and not self.typing:
            self.navigation.number(key)
        elif event.key == "enter" and self.digits and not self.typing:  # also where nothing is cited
            self.lists.enter_number(self.take_count())
        else:
            super().on_key(event)
            return
        event.stop()
        event.prevent_default()

    def run_command(self, command: Command, key: str = "") -> None:
        """Run a command; while nothing is loaded, show that instead of the command's own reason."""
        if self._loaded or command.context != "reader":
            super().run_command(command, key)
        else:
            shell(self).say("still reading the report")

    @property
    def command_owners(self) -> Sequence[object]:
        """The screen and its actions."""
        return self, self.navigation, self.citations, self.lists, self.hints, self.copying, self.searching, self.views

    def action_back(self) -> None:
        """Close or clear one thing: search, typed digits, panel, card, hits; then the reader."""
        reading = self.view.reading
        if self.searching.field.display:
            self.searching.end(cancelled=True)
        elif self.digits:
            self.digits = ""
            self.tell()
        elif self.side_list is not None:
            self.lists.hide()
        elif self.citations.hide_card():
            pass
        elif reading.finder.query:
            self.view.act(lambda reading: reading.search("", reading.anchor()))
        elif self.panels.list_shown:
            self.lists.hide()
        else:
            super().action_back()

    @property
    def panel_keys(self) -> Mapping[str, str]:
        """The labels of the focused panel's own commands, by command id."""
        return self.panels.keys

    # What happens in the widgets

    @on(LineView.Moved, "#sources")
    def _source_moved(self, event: LineView.Moved) -> None:
        if self.panels.card_shown and self.panels.sources.entry is not None:
            self.citations.show_entry(self.panels.sources.entry, None)
        self.tell()

    @on(LineView.Chosen)
    def _line_chosen(self, event: LineView.Chosen) -> None:
        self.lists.choose()

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        self.searching.typed(event.value)

    @on(Input.Submitted, "#search")
    def _search_done(self) -> None:
        self.searching.end(cancelled=False)

    # What the actions know

    @property
    def book(self) -> IndexedReport:
        """The report that is read, indexed."""
        return self.view.book

    # Status

    def command_context(self) -> CommandContext:
        """Return what the report, its cursor and its panels offer."""
        document, reading = self.book.document, self.view.reading
        return CommandContext(
            citations=len(document.citations),
            sources=len(document.sources),
            hits=reading.hits,
            headings=len(self.book.headings),
            url=self.copying.address() is not None,
            back=bool(reading.back or self.digits),
            forward=bool(reading.forward),
        )

    def on_report_view_moved(self, event: ReportView.Moved) -> None:
        """Update the status line."""
        if event.view is self.view:
            self.tell()

    def on_report_view_picked(self, event: ReportView.Picked) -> None:
        """Follow the clicked citation or link."""
        self.citations.follow(event.span, event.view)

    def tell(self) -> None:
        """Update header, status line and key bar."""
        self._tell_place()
        now = self.command_context()
        if (now, self.panel_keys) != self._keys_shown:
            self._keys_shown = now, self.panel_keys
            self._keys.update(shell(self).keymap, now)

    def _tell_place(self) -> None:
        reading = self.view.reading
        if self.panels.outline.display:
            self.panels.outline.mark(reading.heading)
        heading = reading.heading
        section = self.book.heading_text(heading) if heading is not None else ""
        if (told := (self.detail.task, section)) != self._header_told:
            self._header_told = told
            self._header.show_made(partial(header_line, *told))
        known = self._whole if self._loaded else None
        right = state(reading) if self._loaded else ()
        self._status.place(where(reading, self.digits, whole=known), right)

    on_descendant_focus = tell
