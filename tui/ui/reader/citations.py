"""The reader's keys that lead from a claim to its source and back: card, list, hints, open, copy."""

from collections.abc import Sequence
from concurrent.futures import Future

from textual import events
from textual.containers import Vertical

from tui.domain.detail import Detail, Report, ReportFormat
from tui.report.document import Entry, Look, Span
from tui.ui.commands.command import Handlers
from tui.ui.reader.highlights import hint_letters
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import LinePosition
from tui.ui.reader.loading import ReaderServices
from tui.ui.reader.navigation import Moves
from tui.ui.reader.report_view import ReportView
from tui.ui.reader.side_lists import SourcePanel
from tui.ui.reader.source_card import card, sentence
from tui.ui.shell.shell import shell
from tui.ui.widgets.list_view import LineView


class Sourcing(Moves):
    """From citations to sources and from sources to citations.

    Args:
        detail: The task whose report is read.
        library: What knows the other reports.
        view: The report.
        card_view: The panel about one source.
    """

    def __init__(self, detail: Detail, library: ReaderServices, view: ReportView, card_view: ReportView) -> None:
        super().__init__(view)
        self.source_card = card_view
        self.source_list = SourcePanel()
        self.left, self.right = Vertical(id="left"), Vertical(id="right")
        self.detail = detail
        self.library = library
        self.entry: Entry | None = None  # the source on the card
        self.card_cite: int | None = None  # the citation it belongs to; None if it was asked for by number
        self._asked_at: int | None = None  # the current citation when it was opened
        self.hint_typed: str | None = None
        self._hints: dict[str, tuple[ReportView, LinePosition, int]] = {}

    @property
    def key(self) -> str:
        """What the library knows the report by."""
        return self.detail.task.id

    @property
    def report(self) -> Report:
        """The report as received; an empty one while there is none."""
        return self.detail.report or Report("", ReportFormat.TEXT)

    # The card

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "reader.source": self.action_show_source,
            "reader.hints": self.action_hints,
            "reader.open": self.action_open_source,
            "reader.copy": self.action_copy_url,
            "reader.copy_citation": self.action_copy_citation,
            "reader.copy_report": self.action_copy_report,
        }

    def action_show_source(self) -> None:
        """Show the source under the cursor; again: the list of sources. In a list: go there."""
        if self.side_list is not None:
            self.choose_from_list()
        elif self.digits:
            self.show_number(self.take_count())
        elif self.right.display and self._asked_at == self.view.reading.cite:
            self.open_source_list()
        elif self.view.reading.cite is None and not self.view.act(lambda reading: reading.next_cite()):
            self.say("the report cites nothing", problem=True)
        else:
            self.show_card(self.view.reading.cite)

    def choose_from_list(self) -> None:
        """Go to what the cursor of the focused list is on."""

    def show_number(self, number: int) -> None:
        """Show the source of a number, as the report numbers them."""
        entry = self.book.source_at(number)
        if entry is None:
            self.say(f"there is no source {number}: the report lists {len(self.book.document.sources)}", problem=True)
            return
        self.show_entry(entry, None)

    def show_card(self, cite: int | None) -> None:
        """Show the source of a citation."""
        if cite is not None:
            self.show_entry(self.book.source_of(self.book.document.citations[cite]), cite)

    def show_entry(self, entry: Entry | None, cite: int | None) -> None:
        """Show a source, as reached from a citation or by itself."""
        self.entry, self.card_cite, self._asked_at = entry, cite, self.view.reading.cite
        self._fill(entry, cite, None)
        opened = not self.right.display
        self.right.display = True
        if opened and self.view.reading.cite is not None:
            self.call_after_refresh(self._keep_current_seen)
        future = self.library.others(entry.url, self.key) if entry and entry.url else None
        if future is not None:
            future.add_done_callback(lambda done: self._others_known(entry, cite, done))

    def _fill(self, entry: Entry | None, cite: int | None, others: Sequence[str] | None) -> None:
        citation = self.book.document.citations[cite] if cite is not None else None
        self.source_card.open(IndexedReport.of(card(self.book, entry, citation, others)))

    def _others_known(self, entry: Entry | None, cite: int | None, done: "Future[Sequence[str]]") -> None:
        """Runs on a thread of the archive: hop to our own before touching a widget."""
        if not done.cancelled() and done.exception() is None:
            self.app.call_later(self._fill_if_shown, entry, cite, done.result())

    def _fill_if_shown(self, entry: Entry | None, cite: int | None, others: Sequence[str]) -> None:
        if self.is_attached and self.right.display and self.entry is entry:
            self._fill(entry, cite, others)

    def _keep_current_seen(self) -> None:
        cite = self.view.reading.cite
        if cite is not None:
            self.view.act(lambda reading: reading.to_cite(cite, remember=False))

    def hide_card(self) -> bool:
        """Close the card; False if it was not open."""
        shown = self.right.display
        if self.focused is self.source_card:
            self.view.focus()
        self.right.display = False
        self.entry = None
        return shown

    # The list

    def open_source_list(self) -> None:
        """Show the list of sources, with the cursor on the one of the card or citation."""
        entry = self.entry
        if entry is None and self.view.reading.cite is not None:
            entry = self.book.source_of(self.book.document.citations[self.view.reading.cite])
        self.show_list(self.source_list)
        if entry is not None:
            position = self.book.positions.get(entry.id, 0)
            self.call_after_refresh(lambda: self.source_list.move_to(position, middle=True, tell=False))

    def show_list(self, widget: LineView) -> None:
        """Show a list beside the report and give it the focus."""

    def to_source_cite(self, entry: Entry, step: int) -> None:
        """Go to the next (previous) place that cites a source, from the current citation on."""
        cites = [cite for cite in self.book.cited.get(entry.id, ()) if self.book.cites[cite] is not None]
        if not cites:
            self.say("this source is never cited in the report", problem=True)
            return
        now = self.view.reading.cite
        if now in cites:
            cite = cites[(cites.index(now) + step) % len(cites)]
        else:
            ahead = [cite for cite in cites if now is None or (cite > now if step > 0 else cite < now)]
            cite = (ahead or cites)[0 if step > 0 else -1]
        self.view.act(lambda reading: reading.to_cite(cite))
        self.say(f"place {cites.index(cite) + 1} of {len(cites)} that cite [{entry.id}]")

    # Hints

    def action_hints(self) -> None:
        """Put letters on everything that can be followed; the next letter follows it."""
        views = [self.view, self.source_card] if self.right.display else [self.view]
        spots = [(view, *target) for view in views for target in view.targets()]
        if not spots:
            self.say("no citation or link on the screen", problem=True)
            return
        self._hints = dict(zip(hint_letters(len(spots)), spots, strict=False))
        for view in views:
            view.show_hints({letters: spot[1:] for letters, spot in self._hints.items() if spot[0] is view})
        self.hint_typed = ""
        self.say("type the letter of a citation or link, escape to leave")

    def take_hint(self, event: events.Key) -> None:
        """Follow the hint whose letters were typed; any other key ends it."""
        event.stop()
        event.prevent_default()
        typed = (self.hint_typed or "") + (event.character or "")
        if typed in self._hints:
            view, place, ref = self._hints[typed]
            self.end_hints()
            self.follow(view.span_at(place, ref))
        elif event.key != "escape" and any(letters.startswith(typed) for letters in self._hints):
            self.hint_typed = typed
        else:
            self.end_hints()

    def end_hints(self) -> None:
        """Take the letters away."""
        self.hint_typed = None
        self.view.hide_hints()
        self.source_card.hide_hints()
        self.say("")

    def follow(self, span: Span) -> None:
        """Follow a citation to its source, or a link to its page."""
        cite = span.cite
        if cite is not None:
            self.view.act(lambda reading: reading.to_cite(cite))
            self.show_card(cite)
        elif span.url and span.url.startswith("#"):
            self.follow_anchor(span.url)
        elif span.url:
            shell(self).follow_link(span.url)

    def follow_anchor(self, target: str) -> None:
        """Jump to an anchor of the report."""
        line = self.book.document.anchors.get(target)
        if line is None:
            self.say(f"the report has no place {target}", problem=True)
        else:
            self.view.act(lambda reading: reading.to_line(line))

    # Open and copy

    def address(self) -> str | None:
        """Return the address that `o` and `y` mean: of the list's cursor, the card, or the current citation."""
        if self.side_list is self.source_list and self.book.document.sources:
            return _deep(self.book.document.sources[self.source_list.cursor])
        cite = self.view.reading.cite
        if self.right.display and self.entry is not None and self.card_cite is None:
            return _deep(self.entry)
        if cite is not None:
            urls = self.book.document.citations[cite].urls
            return next((url for url in urls if url), None)
        return None

    def action_open_source(self) -> None:
        """Open the address."""
        url = self.address()
        if url:
            shell(self).follow_link(url)

    def action_copy_url(self) -> None:
        """Copy the address."""
        url = self.address()
        if url:
            shell(self).copy(url, "URL")

    def action_copy_citation(self) -> None:
        """Copy the sentence with its sources."""
        cite = self.view.reading.cite
        if cite is None:
            self.say("go to a citation first: ]", problem=True)
            return
        citation = self.book.document.citations[cite]
        lines = [sentence(self.book, cite)]
        for number, url in zip(citation.ids, citation.urls, strict=True):
            position = self.book.positions.get(number)
            title = self.book.document.sources[position].title if position is not None else None
            lines.append(" ".join(part for part in (f"[{number}]", title, url) if part))
        shell(self).copy("\n".join(lines), "citation")

    def action_copy_report(self) -> None:
        """Copy the report as it was received."""
        shell(self).copy(self.report.text, "report")

    def picked(self, span: Span) -> None:
        """Follow what was clicked; a picture's address may hold a token, so it is only opened from here."""
        if span.look & Look.IMAGE and span.url:
            shell(self).follow_link(span.url)
        else:
            self.follow(span)


def _deep(entry: Entry) -> str | None:
    """Return the address of a source that leads to the cited passage, where it is known."""
    if entry.url and entry.fragment and "#" not in entry.url:
        return entry.url + entry.fragment
    return entry.url
