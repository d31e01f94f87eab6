"""`F`: search in the text of every saved report: reports with counts, folded places, a preview."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from tui.domain.cells import cell_len, fit
from tui.domain.detail import Detail
from tui.domain.text import one_line, plural
from tui.ui.commands.command import handles
from tui.ui.commands.registry import CommandContext
from tui.ui.search.latest_query import LatestQuery
from tui.ui.search.preview import (
    fair_share,
    marked,
    paragraph_lines,
    plain_line,
    plain_paragraphs,
    shown_hit,
    shown_place,
    source_lines,
)
from tui.ui.shell.list_screen import PreviewScreen
from tui.ui.shell.shell import ReportPlace, shell
from tui.ui.text.lines import EMPTY, Line, LinesOnDemand, spread

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import FoundPlace, FoundPlaces, SearchHit
    from tui.report.document import Document
    from tui.ui.bridge import Flush

    Answer = tuple[Sequence[SearchHit], Mapping[str, FoundPlaces]]

_MANY = 10_000
_LOOKED_INTO = 50  # reports in which the places are counted
_AT_FIRST = 20  # reports that are shown with every letter typed
_SAVED = "searches"  # what the archive remembers saved searches by
_MOST_SAVED = 20


class ResultRow(NamedTuple):
    """A line of the list: a report, one of its places, or the number of further ones."""

    hit: int
    place: int | None = None
    more: int = 0


class SearchScreen(PreviewScreen[ReportPlace]):
    """Search over the archive.

    Args:
        go: goes to a hit, over this screen; without it the screen is left with the hit as its result.
        keep: makes a search a view of the task list, or with False no longer; returns what to say about it.
        words: what is searched for at once.
    """

    CONTEXT = "search"
    CHOSEN = "search.open"
    BEGINS_TYPING = True
    AUTO_FOCUS = ""  # its first focus is the field's
    PLACEHOLDER = "words in any report, brief, source or note; tag: is: status: host: before:"
    FIELD_SHOWN = True
    DEFAULT_CSS = """
    SearchScreen {
        & #preview { height: 40%; }
        &.-wide #preview { width: 48%; }
    }
    """

    def __init__(
        self,
        go: Callable[[ReportPlace], None] | None = None,
        keep: Callable[[str, bool], str] | None = None,
        words: str = "",
    ) -> None:
        super().__init__()
        self._go = go or self.dismiss
        self._keep = keep
        self._words = words
        self.hits: Sequence[SearchHit] = ()
        self.found: Mapping[str, FoundPlaces] = {}
        self.listed: list[ResultRow] = []
        self.saved: list[str] = []
        self._shown = ""  # the text that the hits are of
        self._shown_places: dict[str, int] = {}  # of reports that were folded or unfolded
        self._documents: dict[str, Document] = {}
        self._sections = 0  # cells of the longest name of a section
        self._few = 0  # places shown of each report that was neither folded nor unfolded
        self._query = LatestQuery(self, self._ask, self._answered)

    def begin(self) -> None:
        """Show how to search, and the saved searches."""
        kept = shell(self).services.archive.state(_SAVED)
        self.saved = [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []
        self._show("", ((), {}))
        self.field.value = self._words

    def typed(self, text: str) -> None:
        """Show the best hits at once, all when the typing pauses."""
        self._query.typed(text.strip() and text)
        if not text.strip():
            self._show(text, ((), {}))

    def on_input_submitted(self) -> None:
        """Focus the list, and search again for the same words."""
        super().on_input_submitted()
        self._query.again()

    def _ask(self, text: str, everything: bool) -> "Answer":
        """Runs in a thread."""
        archive = shell(self).services.archive
        hits = archive.search(text) if everything else archive.search(text, _AT_FIRST)
        found = archive.places(text, [hit.task_id for hit in hits[:_LOOKED_INTO]])
        few = fair_share([len(one.places) for one in found.values()], self.rows.page)
        first = chain.from_iterable(places.places[:few] for places in found.values())
        for place in islice(first, self.rows.page):
            shown_place(place)  # kept: the first page is painted without a pause
        return hits, found

    def _answered(self, text: str, answer: "Answer", everything: bool) -> None:
        more = not everything and len(answer[0]) == _AT_FIRST
        self._show(text, answer, again=everything and self._shown == text, more=more)

    def _show(self, text: str, answer: "Answer", *, again: bool = False, more: bool = False) -> None:
        """Show what was found; `again` adds to what is shown for this text, `more` says that there is more to come."""
        if again and answer == (self.hits, self.found):
            return
        self.hits, self.found, self._shown = *answer, text
        app = shell(self)
        away = [hit.task_id for hit in self.hits if hit.task_id not in app.tasks]
        if away and app.engine is not None:
            app.engine.recall(away)  # of a long archive only the newest tasks are at hand
        if not again:
            self._shown_places = {}
            self.rows.cursor = 0
        self.set_class(bool(self.hits), "-listed")
        self._fill()
        if not text.strip():
            kept = plural(len(self.saved), "saved search", "saved searches") if self.saved else ""
            self.place("search in all reports", kept)
        else:
            places = sum(one.count for one in self.found.values())
            told = f", {plural(places, 'place')}" if places else ""
            self.place("the best reports" if more else plural(len(self.hits), "report") + told)
        if not again:
            self.settle_preview()

    def engine_changed(self, flush: "Flush") -> None:
        """Show new titles, and tasks that were loaded because a search found them."""
        if any(hit.task_id in flush.tasks for hit in self.hits):
            self._fill()

    # The list

    def fitted(self) -> None:
        """Make the lines for the new width."""
        self._fill()

    def _fill(self) -> None:
        text = self.field.value
        if not text.strip():
            self.listed = []
            lines: list[Line] = [((f"  {one_line(query, 200)}", "plain"),) for query in self.saved]
            self.rows.head_line = ((" saved searches", "head"),) if lines else None
            self.rows.set_rows(lines, "type what to look for; S keeps a search to be run again")
            return
        self._few = fair_share([self._places_of(number) for number in range(len(self.hits))], self.rows.page)
        self.listed = [row for number in range(len(self.hits)) for row in self._rows_of(number)]
        sections = {place.section for found in self.found.values() for place in found.places}
        self._sections = max([*map(cell_len, sections), len("in the report")])
        width = self.rows.size.width or 80
        self.rows.head_line = None
        listed = self.listed
        lines_made = LinesOnDemand(len(listed), lambda number: self._line(listed[number], width))
        self.rows.set_rows(lines_made, f"nothing saved contains {one_line(text, 60)}")

    def _rows_of(self, number: int) -> list[ResultRow]:
        places = self._places_of(number)
        shown = min(places, self._shown_places.get(self.hits[number].task_id, self._few))
        rows = [ResultRow(number), *(ResultRow(number, place) for place in range(shown))]
        return [*rows, ResultRow(number, more=places - shown)] if shown < places else rows

    def _places_of(self, number: int) -> int:
        """Return how many places of a report can be listed; one in the title stands in its row already."""
        hit = self.hits[number]
        found = self.found.get(hit.task_id)
        return len(found.places) if found else int(hit.where != "title")

    def _section(self, task_id: str, place: "FoundPlace") -> str:
        """Return the heading over a place; the report's own title is none."""
        section, task = plain_line(place.section), shell(self).tasks.get(task_id)
        return "beginning" if not section or (task and section == one_line(task.title)) else section

    def _line(self, row: ResultRow, width: int) -> Line:
        hit = self.hits[row.hit]
        found = self.found.get(hit.task_id)
        if row.more:
            return ((f"    … {row.more} more, l unfolds", "dim"),)
        if row.place is not None:
            place = found.places[row.place] if found else None
            cells = min(self._sections, width * 2 // 5)
            section = fit(self._section(hit.task_id, place) if place else f"in the {hit.where}", cells)
            shown = shown_place(place) if place else shown_hit(hit)
            return ((f"    {section}  ", "info" if place else "dim"), *marked(*shown))
        task = shell(self).tasks.get(hit.task_id)
        title = one_line(task.title or task.id) if task else hit.task_id
        at = (task.finished_at or task.updated_at or task.created_at) if task else None
        day = at.astimezone() if at else None
        count = plural(found.count, "place") if found else f"in {hit.where}"
        told = f"{fit(task.account_title if task else '', 10)} {f'{day.day} {day:%b}' if day else '':>6}  {count:>10} "
        return spread(((f" {title}", "strong"),), ((told, "dim"),), width)

    @property
    def _row(self) -> ResultRow | None:
        return self.listed[self.rows.cursor] if self.rows.cursor < len(self.listed) else None

    # The preview

    def show_preview(self) -> None:
        """Show the paragraph of the place under the cursor, then its sources."""
        row = self._row
        if row is None:
            return
        hit = self.hits[row.hit]
        found = self.found.get(hit.task_id)
        width = self.preview.size.width or 60
        if not found:
            task = shell(self).tasks.get(hit.task_id)
            whole = task.prompt if task and hit.where in {"title", "prompt"} else ""
            texts = whole.split("\n") if whole else [shown_hit(hit)[0]]
            lines = [*self._facts(hit.task_id), *paragraph_lines(texts, [hit.matched], width)]
            self.preview.show(f"in the {hit.where}", lines)
            return
        number = row.place or 0
        place = found.places[number]
        title = f"{self._section(hit.task_id, place)}: place {number + 1} of {found.count}"

        def show(texts: Sequence[str]) -> None:
            if self._row == row:
                words = [place.paragraph[start:end] for start, end in place.words]
                lines = [*self._facts(hit.task_id), *paragraph_lines(texts, words, width)]
                self.preview.show(title, lines)
                self._add_sources(hit.task_id, row, place, title, lines)

        shell(self).in_background(lambda: plain_paragraphs(place.paragraph), self.while_open(show))

    def _facts(self, task_id: str) -> list[Line]:
        """Return title, provider, date and source counts of a report, as far as there is room."""
        task = shell(self).tasks.get(task_id)
        if task is None or not self.has_class("-wide"):
            return []
        at = task.finished_at or task.updated_at or task.created_at
        who = f"{task.account_title} {task.mode or ''}".strip()
        facts = [
            who,
            f"{at.astimezone():%d %b %Y}" if at else "",
            plural(task.sources, "source") if task.sources else "",
        ]
        told = "  ".join(one_line(fact) for fact in facts if fact)
        return [((f" {one_line(task.title or task.id, 200)}", "strong"),), ((f" {told}", "dim"),), EMPTY]

    def _add_sources(self, task_id: str, row: ResultRow, place: "FoundPlace", title: str, lines: list[Line]) -> None:
        """Add the sources of the paragraph once its report is read; each report is read once."""
        app = shell(self)
        parse = app.services.parse

        def known(document: "Document") -> None:
            self._documents[task_id] = document
            if self._row == row:
                self.preview.show(title, [*lines, *source_lines(document, place, self.preview.size.width)])

        def read(detail: Detail | None) -> None:
            report = detail.report if detail else None
            if parse is not None and report is not None:
                app.in_background(lambda: parse(report), self.while_open(known))

        if task_id in self._documents:
            known(self._documents[task_id])
        elif app.engine is not None:
            app.when_done(app.engine.detail(task_id), self.while_open(read))

    # Keys

    def command_context(self) -> CommandContext:
        """Return what is under the cursor."""
        rows = len(self.rows.items)
        return CommandContext(hits=rows, tasks=rows, filtered=bool(self.field.value.strip()))

    @handles("search.open")
    def action_open(self) -> None:
        """Open the report at the place; a saved search is run again."""
        row = self._row
        if row is None:
            self.field.value = self.saved[self.rows.cursor]
            return
        if row.more:
            self.fold(_MANY)
            return
        hit = self.hits[row.hit]
        found = self.found.get(hit.task_id)
        if found and row.place is not None:
            place = found.places[row.place]
            self._go(ReportPlace(hit.task_id, place.line, place.matched))
        else:
            self._go(ReportPlace(hit.task_id, hit.line, hit.matched))

    @handles("search.unfold", _MANY)
    @handles("search.fold", 0)
    def fold(self, shown: int) -> None:
        """Show so many places of this report."""
        row = self._row
        if row is None:
            return
        self._shown_places[self.hits[row.hit].task_id] = shown
        self._fill()
        self.rows.move_to(self.listed.index(ResultRow(row.hit, row.place if shown else None)), tell=False)
        self.settle_preview()

    @handles("search.next", 1)
    @handles("search.previous", -1)
    def _step(self, by: int) -> None:
        """Go to the next or previous place of any report, unfolding it."""
        at = self.rows.cursor + by
        while 0 <= at < len(self.listed):
            row = self.listed[at]
            if row.more:
                self._shown_places[self.hits[row.hit].task_id] = _MANY
                self._fill()
                at += row.more - 1 if by < 0 else 0
            elif row.place is None and self._has_places(row.hit):
                at += by
            else:
                self.rows.move_to(at)
                return
        shell(self).say("this is the last place" if by > 0 else "this is the first place")

    def _has_places(self, hit: int) -> bool:
        """Whether any report of the list has places."""
        return self.hits[hit].task_id in self.found or self.hits[hit].where != "title"

    @handles("search.save")
    def action_save(self) -> None:
        """Save this search, or delete it if it is saved."""
        query = self.field.value.strip()
        kept = query not in self.saved
        if kept:
            self.saved = [query, *self.saved][:_MOST_SAVED]
            said = f"kept: {one_line(query, 60)}; an empty search lists it"
        else:
            self.saved.remove(query)
            said = f"no longer kept: {one_line(query, 60)}"
        shell(self).services.archive.remember(_SAVED, list(self.saved))
        shell(self).say(f"{said}; {self._keep(query, kept)}" if self._keep else said)
