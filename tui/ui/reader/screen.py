"""The reader: a report, beside it outline, sources and the card of one source, below it search and status."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from tui.domain.detail import Detail, Report
from tui.domain.text import plural
from tui.report.document import Document, Entry
from tui.ui.commands.command import Command, CommandContext, Handlers
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import LinePosition
from tui.ui.reader.loading import Loading, NoReaderServices, Parse, ReaderServices, preview, raw_book, read
from tui.ui.reader.report_view import MEASURE, ReportView
from tui.ui.reader.search_bar import Searching
from tui.ui.reader.side_lists import OutlineList, SourcePanel
from tui.ui.reader.state import Anchor
from tui.ui.reader.status_line import state, where
from tui.ui.shell.shell import shell
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.list_view import LineView

if TYPE_CHECKING:
    from tui.ui.bridge import Flush

_FULL = 10_000
Preview = Callable[[Report], Iterator[Document]]


class ReaderBody(Horizontal):
    """What lies under report and panels; covered by them, so it is not worth drawing line by line."""

    BLANK = True


class ReaderScreen(Searching):
    """Reads one report.

    Args:
        detail: The task whose report is read.
        library: Where places are kept and other reports are known.
        line: Line of the report's text to begin at, instead of where it was left.
        find: A word to search for from there.
        parse: Report -> Document.
        preview: Yields quicker documents of the beginning of a long report.
        measure: Longest line of prose, in cells.
        hyperlinks: Whether OSC 8 links are sent to the terminal.
    """

    BLANK = True  # wholly covered
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  declared so by Screen

    @dataclass
    class Loaded(Message):
        """A book is ready."""

        book: IndexedReport
        whole: bool

    @dataclass
    class Renewed(Message):
        """The task has a newer state."""

        detail: Detail

    def __init__(
        self,
        detail: Detail,
        library: ReaderServices | None = None,
        *,
        line: int | None = None,
        find: str = "",
        parse: Parse = read,
        preview: Preview = preview,
        measure: int = MEASURE,
        hyperlinks: bool = True,
    ) -> None:
        view = ReportView(measure=measure, hyperlinks=hyperlinks, name="report")
        card = ReportView(measure=measure, hyperlinks=hyperlinks, name="card")
        super().__init__(detail, library or NoReaderServices(), view, card)
        self._parse, self._preview, self._line, self._find = parse, preview, line, find
        self._measure = measure
        self._outline = OutlineList()
        self._status, self._keys = StatusLine(), KeyBar("reader")
        self._situation: CommandContext | None = None  # what the key bar shows
        self._loading: Loading | None = None
        self._loaded = self._whole = False
        self._parsed: IndexedReport | None = None  # while the text as received is shown
        self._waiting: str | None = None  # "mark" or "to_mark": the next letter names it

    def compose(self) -> ComposeResult:
        """The report in the middle; everything else is hidden until asked for."""
        with ReaderBody(id="body"):
            with self.left:
                yield self._outline
                yield self.source_list
            yield self.view
            with self.right:
                yield self.source_card
        yield self.search_field
        yield self._status
        yield self._keys

    def on_mount(self) -> None:
        """Start reading."""
        self.search_field.display = False
        self.view.focus()
        self._load()

    def update(self, detail: Detail) -> None:
        """Read a newer version of the same report, without moving the place."""
        self.detail = detail
        self._load()

    def _load(self) -> None:
        if self._loading:
            self._loading.cancel()
        self._loading = Loading(self.report, self.detail.images, self._parse, self._preview, self._deliver)

    def _deliver(self, book: IndexedReport, whole: bool) -> None:
        """Runs in the loading thread; posting is what is safe there."""
        self.post_message(self.Loaded(book, whole))

    def on_reader_screen_loaded(self, event: Loaded) -> None:
        """Show the book: at the place where it was left, or without moving if it was being read."""
        self._whole = event.whole
        if self._parsed is not None:
            self._parsed = event.book
            return
        if self._loaded:
            self.view.replace(event.book)
        else:
            kept = _anchor(self.library.place(self.key)) if self._line is None else Anchor(self._line)
            self.view.open(event.book, kept)
            if self._find and kept is not None:
                origin = kept
                self.view.act(lambda reading: reading.search(self._find, origin))
            self._loaded = True
        for widget in (self._outline, self.source_list):
            widget.load(event.book)
        if event.whole and event.book.document.problems:
            self.say(f"{plural(len(event.book.document.problems), 'remark')} on this report: A shows the audit")
        self.tell()

    def engine_changed(self, flush: "Flush") -> None:
        """Fetch the report again when its task changed: what is new is appended without moving the place."""
        engine = shell(self).engine
        if self.key in flush.tasks and engine is not None:
            engine.detail(self.key).add_done_callback(self._detail_known)

    def _detail_known(self, done: "Future[Detail | None]") -> None:
        """Runs on a thread of the engine; posting is what is safe there."""
        detail = None if done.cancelled() or done.exception() else done.result()
        if detail is not None and detail.report is not None:
            self.post_message(self.Renewed(detail))

    def on_reader_screen_renewed(self, event: Renewed) -> None:
        """Read on in the newer version, if the report changed at all."""
        if event.detail.report != self.detail.report:
            self.update(event.detail)

    def on_unmount(self) -> None:
        """Remember the place."""
        if self._loading:
            self._loading.cancel()
        if self._loaded:
            self.library.remember(self.key, json.dumps(self.view.reading.anchor()))

    # Keys

    def unsay(self) -> None:
        """Take the message of the last key away."""
        if self._status.message:
            self._status.say("")

    def on_key(self, event: events.Key) -> None:
        """Letters of hints and marks first, then the keys of the registry."""
        self.unsay()
        key = event.character or event.key
        if self.hint_typed is not None:
            self.take_hint(event)
        elif self._waiting:
            waiting, self._waiting = self._waiting, None
            event.stop()
            event.prevent_default()
            if event.character and event.is_printable:
                (self.set_mark if waiting == "mark" else self.to_mark)(event.character)
        elif key.isdecimal() and len(key) == 1 and not self.typing:
            event.stop()
            event.prevent_default()
            self.action_number(key)
        elif event.key == "enter" and self.digits and not self.typing:  # also where nothing is cited
            event.stop()
            event.prevent_default()
            self.show_number(self.take_count())
        else:
            super().on_key(event)

    def run_command(self, command: Command, key: str = "") -> None:
        """Until there is something to read, say that rather than why a key is not possible."""
        if self._loaded or command.context != "reader":
            super().run_command(command, key)
        else:
            self.say("still reading the report")

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "reader.outline": self.action_outline,
            "reader.sources": self.action_sources_panel,
            "reader.audit": self.action_audit,
            "reader.raw": self.action_raw,
            "reader.width": self.action_width,
            "reader.mark": self.action_mark,
            "reader.to_mark": self.action_to_mark,
            "reader.export": self.action_export,
        }

    def action_mark(self) -> None:
        """The next letter names the place."""
        self._waiting = "mark"
        self.say("mark: type a letter")

    def action_to_mark(self) -> None:
        """The next letter says which mark."""
        self._waiting = "to_mark"
        self.say("to mark: type its letter")

    def action_back(self) -> None:
        """Close what is open, the innermost first; then leave the reader."""
        reading = self.view.reading
        if self.search_field.display:
            self.end_search(cancelled=True)
        elif self.digits:
            self.digits = ""
            self.tell()
        elif self.side_list is not None:
            self._hide_lists()
        elif self.hide_card():
            pass
        elif reading.finder.query:
            self.view.act(lambda reading: reading.search("", reading.anchor()))
        elif self.left.display:
            self._hide_lists()
        else:
            super().action_back()

    # Lists

    def action_outline(self) -> None:
        """Show the outline, or leave it; it opens at the section that is read."""
        if self.left.display and self._outline.display:
            self._hide_lists()
            return
        self.show_list(self._outline)
        self._outline.now = None
        heading = self.view.reading.heading
        self._outline.mark(heading)
        self.call_after_refresh(lambda: self._outline.move_to(heading or 0, middle=True, tell=False))

    def action_sources_panel(self) -> None:
        """Show the list of sources, or leave it."""
        if self.left.display and self.source_list.display:
            self._hide_lists()
        else:
            self.open_source_list()

    def show_list(self, widget: LineView) -> None:
        """Show one list, the other one goes; it takes the focus."""
        for other in (self._outline, self.source_list):
            other.display = other is widget
        self.left.set_class(widget is self.source_list, "-sources")
        self.left.display = True
        widget.focus()

    def _hide_lists(self) -> None:
        self.left.display = False
        self.view.focus()

    def choose_from_list(self) -> None:
        """Go to the heading or to the place that cites the source; on a small screen the list makes room."""
        widget = self.side_list
        if isinstance(widget, OutlineList) and self.book.headings:
            unit = self.book.headings[widget.cursor]
            self.view.act(lambda reading: reading.to_unit(unit))
        elif isinstance(widget, SourcePanel) and self.book.document.sources:
            self.to_source_cite(self.book.document.sources[widget.cursor], 1)
        if widget is not None:
            if self.has_class("-wide"):
                self.view.focus()
            else:
                self._hide_lists()

    def step_citation(self, count: int) -> None:
        """In the list of sources: the other places of that source."""
        if self.side_list is self.source_list and self.book.document.sources:
            self.to_source_cite(self.book.document.sources[self.source_list.cursor], 1 if count > 0 else -1)
            return
        super().step_citation(count)
        if self.right.display:
            self.show_card(self.view.reading.cite)

    @on(LineView.Moved, "#sources")
    def _source_moved(self, event: LineView.Moved) -> None:
        if self.right.display:
            self.show_entry(self.book.document.sources[event.line], None)

    @on(LineView.Chosen)
    def _line_chosen(self, event: LineView.Chosen) -> None:
        self.choose_from_list()

    # Other views of the report

    def action_audit(self) -> None:
        """Show what can be said about the citations."""
        from tui.ui.reader.audit_screen import AuditScreen

        shell(self).show(AuditScreen(self.book, self.report.sources), self._audited)

    def _audited(self, chosen: LinePosition | Entry | None) -> None:
        """Go to what was chosen in the audit: a citation's line or a source."""
        if isinstance(chosen, Entry):
            self.show_entry(chosen, None)
        elif chosen is not None:
            self.view.act(lambda reading: reading.to_place(chosen))

    def action_raw(self) -> None:
        """Switch between the report and its text as received, at the same place."""
        if self._parsed is None:
            self._parsed = self.book
            self.view.replace(raw_book(self.report))
            self.say("the text as received; v goes back")
        else:
            book, self._parsed = self._parsed, None
            self.view.replace(book)

    def action_width(self) -> None:
        """Switch between the comfortable and the full line."""
        full = self.view.measure != _FULL
        self.view.set_measure(_FULL if full else self._measure)
        self.say("full width" if full else f"at most {self._measure} columns")

    def action_export(self) -> None:
        """Export the report, where that is possible."""
        reason = self.library.export(self.key)
        if reason:
            self.say(f"export: {reason}", problem=True)

    # Status

    def situation(self) -> CommandContext:
        """What is there and possible."""
        document, reading = self.book.document, self.view.reading
        return CommandContext(
            citations=len(document.citations),
            sources=len(document.sources),
            hits=reading.hits,
            headings=len(self.book.headings),
            url=self.address() is not None,
            back=bool(reading.back or self.digits),
            forward=bool(reading.forward),
        )

    def on_report_view_moved(self, event: ReportView.Moved) -> None:
        """Say where one is."""
        if event.view is self.view:
            self.tell()

    def on_report_view_picked(self, event: ReportView.Picked) -> None:
        """Follow what was clicked."""
        self.picked(event.span)

    def tell(self) -> None:
        """Say in the status line where one is, and in the key bar what is possible."""
        reading = self.view.reading
        if self.left.display and self._outline.display:
            self._outline.mark(reading.heading)
        known = self._whole if self._loaded else None
        right = state(reading) if self._loaded else ()
        room = self.size.width - sum(len(text) for text, _ in right) - 3
        self._status.place(where(reading, self.detail.task.title, self.digits, whole=known, room=room), right)
        situation = self.situation()
        if situation != self._situation:
            self._situation = situation
            self._keys.update(shell(self).keymap, situation)


def _anchor(kept: str | None) -> Anchor | None:
    try:
        line, nth, offset, delta, cite = json.loads(kept or "null")
        return Anchor(int(line), int(nth), int(offset), int(delta), int(cite) if cite is not None else None)
    except (TypeError, ValueError):
        return None
