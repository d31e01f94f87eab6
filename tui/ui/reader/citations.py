"""The reader's commands between claims and sources: citations and the source card."""

from collections.abc import Sequence
from functools import partial

from tui.domain.text import one_line, plural
from tui.report.document import Entry, Look, Span
from tui.ui.commands.command import handles
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.pictures import ReaderPictures
from tui.ui.reader.reader import ReaderActions, ReaderParts
from tui.ui.reader.report_view import ReportView
from tui.ui.reader.source_card import card, card_title
from tui.ui.reader.state import Anchor


class ReaderCitations(ReaderActions):
    """Moves from citations to sources and back."""

    def __init__(self, reader: ReaderParts) -> None:
        super().__init__(reader)
        self.entry: Entry | None = None  # the source on the card
        self.cite: int | None = None  # the citation it belongs to; None if it was asked for by number
        self._pictures = ReaderPictures(reader)
        self._asked_at: int | None = None  # the current citation when it was opened
        self._places: tuple[int, ...] = ()  # the report's citations that the card's own stand for

    @handles("reader.next_citation", 1)
    @handles("reader.previous_citation", -1)
    def step(self, direction: int) -> None:
        """Go to the next citation; in the sources or on the card, to the next citation of that source."""
        count, panels = self.reader.take_count(), self.reader.panels
        if self.reader.side_list is panels.sources and panels.sources.entry is not None:
            self.to_source_cite(panels.sources.entry, direction)
        elif self.reader.focused is panels.card and self.entry is not None:
            self.to_source_cite(self.entry, direction)
        else:
            self._move(direction * count)

    def _move(self, count: int) -> None:
        """Move `count` citations forward (back if negative); an open card follows."""
        if not self.view.act(lambda reading: reading.next_cite(count)):
            self.say("this is the last citation" if count > 0 else "this is the first citation")
        if self.reader.panels.card_shown:
            self.show_card(self.view.reading.cite)

    @property
    def shows_current(self) -> bool:
        """Whether the card was opened at the current citation."""
        return self.reader.panels.card_shown and self._asked_at == self.view.reading.cite

    def show_current(self) -> None:
        """Show the source of the current citation, or of the next one if none is current."""
        if self.view.reading.cite is None and not self.view.act(lambda reading: reading.next_cite()):
            self.say("the report cites nothing", problem=True)
        else:
            self.show_card(self.view.reading.cite)

    def show_number(self, number: int) -> None:
        """Show the source with a number of the report's own numbering."""
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
        """Show a source, reached by a citation or from the list."""
        self.entry, self.cite, self._asked_at = entry, cite, self.view.reading.cite
        self._fill(entry, cite, None)
        opened = not self.reader.panels.card_shown
        self.reader.panels.show_card()
        if opened and self.view.reading.cite is not None:
            self.view.call_after_refresh(self._keep_current_seen)
        if entry and (url := entry.url):
            take = partial(self._fill_if_shown, entry, cite)
            self.shell.in_background(lambda: self._others(url), take, lambda _: None)

    def _others(self, url: str) -> list[str]:
        """Return the titles of the other reports that cite an address; not on the UI thread."""
        app = self.shell
        ids = [one for one in app.services.archive.reports_with(url) if one != self.reader.key]
        if app.engine is not None:
            app.engine.recall(ids).result()  # of a long archive only the newest tasks are at hand
        tasks = [app.engine.task(one) if app.engine else app.tasks.get(one) for one in ids]
        titles = [one_line(task.title, 200) if task else "" for task in tasks]
        return [title or name for title, name in zip(titles, ids, strict=True)]

    def _fill(self, entry: Entry | None, cite: int | None, others: Sequence[str] | None) -> None:
        citation = self.book.document.citations[cite] if cite is not None else None
        here, brief = self.view.reading.cite, not self.reader.is_wide
        shown = card(self.book, entry, citation, others, here, brief=brief)
        self._places = shown.places
        current = shown.places.index(here) if here in shown.places else None
        self.reader.panels.fill_card(
            card_title(self.book, entry, here, brief=brief), IndexedReport.of(shown.document), Anchor(cite=current)
        )

    def _fill_if_shown(self, entry: Entry | None, cite: int | None, others: Sequence[str]) -> None:
        if self.reader.is_attached and self.reader.panels.card_shown and self.entry is entry:
            self._fill(entry, cite, others)

    def _keep_current_seen(self) -> None:
        cite = self.view.reading.cite
        if cite is not None:
            self.view.act(lambda reading: reading.to_cite(cite, remember=False))

    def hide_card(self) -> bool:
        """Close the card; returns False if it was not open."""
        shown = self.reader.panels.card_shown
        if self.reader.focused is self.reader.panels.card:
            self.view.focus()
        self.reader.panels.show_card(shown=False)
        self.entry = None
        return shown

    def to_source_cite(self, entry: Entry, step: int) -> None:
        """Go to the next (previous) citation of the same source, from the current one on."""
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
        self._go(entry, cite)
        self.say(f"place {cites.index(cite) + 1} of {len(cites)} that cite [{entry.id}]")

    def to_place(self, number: int) -> None:
        """Go to the n-th citation of the source on the card."""
        entry = self.entry
        cites = self.book.cited.get(entry.id, ()) if entry else ()
        if entry is None or not 0 < number <= len(cites):
            self.say(f"this source is cited at {plural(len(cites), 'place')}", problem=True)
        else:
            self._go(entry, cites[number - 1])

    def _go(self, entry: Entry, cite: int) -> None:
        """Go to a citation; an open card keeps its source and shows which citation this is."""
        self.view.act(lambda reading: reading.to_cite(cite))
        if self.reader.panels.card_shown:
            self.show_entry(entry, cite)

    # Following

    def follow(self, span: Span, view: ReportView) -> None:
        """Follow a citation to its source, a place on the card to the report, or a link to its page; show a picture.

        The address of a picture may hold a token: it is opened from here only.
        """
        cite = span.cite
        if span.look & Look.IMAGE and span.url:
            self._pictures.show(span.url)
        elif cite is not None and view is self.reader.panels.card:
            if self.entry is not None:
                self._go(self.entry, self._places[cite])
        elif cite is not None:
            self.view.act(lambda reading: reading.to_cite(cite))
            self.show_card(cite)
        elif span.url and span.url.startswith("#"):
            self.follow_anchor(span.url)
        elif span.url:
            self.shell.follow_link(span.url)

    def follow_anchor(self, target: str) -> None:
        """Jump to an anchor of the report."""
        line = self.book.document.anchors.get(target)
        if line is None:
            self.say(f"the report has no place {target}", problem=True)
        else:
            self.view.act(lambda reading: reading.to_line(line))
