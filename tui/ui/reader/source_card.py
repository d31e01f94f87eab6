"""The source card: what is known about one source, as a small document for the side panel. Pure."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from typing import NamedTuple

from tui.domain.cells import cell_len, cut
from tui.domain.redirect import is_opaque, leads_to
from tui.domain.text import one_line, plural
from tui.domain.url import Verdict, check_url, host_of
from tui.report.document import (
    Block,
    Citation,
    Document,
    Entry,
    Heading,
    Item,
    List,
    Look,
    Paragraph,
    Quote,
    Rule,
    Span,
)
from tui.ui.reader.layout.indexed_report import IndexedReport

_AROUND = 60  # characters of the report shown around a citation
_PLACES = 12
_NEARBY, _LONGEST_TITLE = 8, 28  # other sources of a section; cells of their titles
_SNIPPET = 900


class SourceCard(NamedTuple):
    """The card's document; its citations are its own, `places` maps them to those of the report."""

    document: Document
    places: tuple[int, ...] = ()


def card(
    book: IndexedReport,
    entry: Entry | None,
    citation: Citation | None,
    others: Sequence[str] | None,
    here: int | None = None,
    *,
    brief: bool = False,
) -> SourceCard:
    """Return the panel's text.

    Args:
        book: The report.
        entry: The source; None if the citation leads nowhere.
        citation: The citation one came from, if any; its further sources follow the first.
        others: Titles of other reports with this address; None while that is not known.
        here: The current citation, by its index in the document.
        brief: In few lines: the places are what one comes for, the rest is one line each.
    """
    if entry is None:
        return SourceCard(_nowhere(citation))
    shown: list[int] = []
    blocks = _about(entry, brief=brief)[brief:]  # the title over a brief card is its heading
    further: list[Entry] = []
    if citation:
        further = [source for source in book.sources_of(citation) if source.id != entry.id]
        listed = {entry.url, *(source.url for source in further)}
        blocks += [block for url in citation.urls if url not in listed and url for block in _address(url)][:3]
    blocks += _places(book, entry, here, shown, headed=not brief or here not in book.cited.get(entry.id, ()))
    if others:
        items = tuple(_item("•", Span(title)) for title in others)
        blocks += [_says(Span(f"Also in {plural(len(others), 'other report')}", Look.BOLD))]
        blocks.append(List(1, False, True, items))
    if here is not None and not brief:
        blocks += _nearby(book, here, {entry.id, *(source.id for source in further)}, shown)
    for source in further:
        blocks += [Rule(1), *_about(source, brief=brief), *_places(book, source, here, shown)]
    return SourceCard(Document(tuple(blocks), tuple(book.document.citations[cite] for cite in shown)), tuple(shown))


def card_title(book: IndexedReport, entry: Entry | None, here: int | None, *, brief: bool = False) -> str:
    """Return the title of the panel: the source's number, and the number of the citation.

    A `brief` card has no title of its own: it stands here, too.
    """
    if entry is None:
        return "leads nowhere"
    if brief:
        cites = book.cited.get(entry.id, ())
        place = f" place {cites.index(here) + 1} of {len(cites)}:" if here in cites else ""
        return f"[{entry.id}]{place} {one_line(_title(entry))}"
    title = (
        f"Source {book.positions[entry.id] + 1} of {len(book.document.sources)}" if entry.id in book.positions else ""
    )
    cites = book.cited.get(entry.id, ())
    return f"{title}, place {cites.index(here) + 1} of {len(cites)}" if here in cites else title


def _title(entry: Entry) -> str:
    return entry.title or (host_of(leads_to(entry.url)) if entry.url else "untitled")


def _says(*spans: Span) -> Paragraph:
    return Paragraph(1, spans)


def _item(mark: str, *spans: Span) -> Item:
    return Item(1, mark, (_says(*spans),))


_PICTURES = frozenset({"favicon", "icon", "logo"})
"""What a browser draws beside a source; only its whole page here names their addresses."""


def _about(entry: Entry, *, brief: bool) -> list[Block]:
    address = _address(entry.url)
    blocks: list[Block] = [Heading(1, 3, (Span(f"[{entry.id}] "), Span(_title(entry))), "source"), *address]
    if brief:
        facts = " · ".join(f"{name} {value}" for name, value in entry.facts if name not in _PICTURES)
        named = address[0].spans
        if len(named) == 3 and entry.url and named[0].text in entry.url:
            named = named[2:]  # the address says its host, and nothing else has to be said of it
        told = (*named, *((Span(f"\n{facts}"),) if facts else ()))
        blocks[1:] = [Paragraph(1, told)]
    if entry.snippet:
        text = entry.snippet if len(entry.snippet) <= _SNIPPET else entry.snippet[:_SNIPPET].rstrip() + "…"
        blocks.append(Quote(1, (_says(Span(text)),)))
    if entry.facts and not brief:
        items = tuple(_item("•", Span(f"{name}: ", Look.BOLD), Span(value)) for name, value in entry.facts)
        blocks.append(List(1, False, True, items))
    return blocks


def sentence(book: IndexedReport, cite: int) -> str:
    """Return the sentence that contains a citation."""
    target = book.cites[cite]
    if target is None or target.ref is None:
        return ""
    unit = book.units[target.unit]
    at = unit.starts[target.ref]
    text = unit.text
    before = text[: max(0, at - 1)]
    start = max((found + len(end) for end in _ENDS if (found := before.rfind(end)) >= 0), default=0)
    stops = [stop for end in _ENDS if (stop := text.find(end, at + len(unit.spans[target.ref].text))) >= 0]
    return text[start : min(stops) + 1 if stops else len(text)].strip()


_ENDS = (". ", "! ", "? ", "\n", "\t", "。", "！", "？")


def _nowhere(citation: Citation | None) -> Document:
    marker = citation.marker if citation else ""
    text = "This citation leads nowhere: its number is in no list of this report, and it carries no address."
    return Document((Heading(1, 3, (Span(marker),), "source"), _says(Span(text))))


def _address(url: str | None) -> list[Paragraph]:
    if not url:
        return [_says(Span("The report gives no address for this source.", Look.ITALIC))]
    judged = check_url(url)
    spans = [Span(judged.host, Look.BOLD)] if judged.host else []
    if judged.verdict is not Verdict.OPEN:
        spans.append(Span(f"  {judged.reason}", Look.ITALIC))
    if is_opaque(url):
        spans.append(Span("  a redirector: the host of the page is not known before it is opened", Look.ITALIC))
    elif (inner := leads_to(url)) != url:
        shown = host_of(inner) or inner
        spans = [Span(shown, Look.BOLD), Span(f"  through {judged.host}", Look.ITALIC), Span(f"\n{inner}"), *spans[1:]]
    link = Span(url, url=url if judged.verdict is not Verdict.REFUSE else None)
    return [Paragraph(1, (*spans, Span("\n"), link) if spans else (link,))]


def _places(
    book: IndexedReport, entry: Entry, here: int | None, shown: list[int], *, headed: bool = True
) -> list[Block]:
    """Return the citations of a source, numbered, around `here`; each is added to `shown`."""
    cites = book.cited.get(entry.id, ())
    if not cites:
        return [_says(Span("Never cited in this report.", Look.ITALIC))]
    at = cites.index(here) if here in cites else None
    first = max(0, min((at or 0) - _PLACES // 2, len(cites) - _PLACES))
    items = []
    for number, cite in enumerate(cites[first : first + _PLACES], first + 1):
        before, marker, after = _around(book, cite)
        spans = (Span(before), Span(marker, Look.BOLD, cite=len(shown)), Span(after))
        shown.append(cite)
        items.append(_item(f"▸ {number}" if cite == here else f"{number}", *spans))
    if len(cites) > _PLACES:
        items.append(_item("•", Span(f"and {len(cites) - _PLACES} more")))
    times = "once" if len(cites) == 1 else "twice" if len(cites) == 2 else f"{len(cites)} times"
    which = f", this is {at + 1} of {len(cites)}" if at is not None and len(cites) > 1 else ""
    heading = _says(Span(f"Cited here {times}{which}", Look.BOLD))
    return [*((heading,) if headed else ()), List(1, True, True, tuple(items))]


def _nearby(book: IndexedReport, here: int, told: Collection[str], shown: list[int]) -> list[Block]:
    """Return the other sources cited in the section of the citation `here`, each with one of its citations."""
    target = book.cites[here]
    if target is None:
        return []
    at = bisect_right(book.headings, target.unit)
    first = book.headings[at - 1] if at else 0
    end = book.headings[at] if at < len(book.headings) else len(book.units)
    found: dict[str, list[int]] = {}
    for cite, place in enumerate(book.cites):
        if place is not None and first <= place.unit < end:
            for source in book.sources_of(book.document.citations[cite]):
                found.setdefault(source.id, []).append(cite)
    items = []
    for name, cites in [pair for pair in found.items() if pair[0] not in told][:_NEARBY]:
        source = book.document.sources[book.positions[name]]
        spans = Span(f"[{name}]", cite=len(shown)), Span(f" {len(cites)}×  {_short(_title(source))}")
        items.append(_item("•", *spans))
        shown.append(cites[0])
    if not items:
        return []
    return [_says(Span("Also cited in this section", Look.BOLD)), List(1, False, True, tuple(items))]


def _short(title: str) -> str:
    """Return a title in one line of the card; a long one without its first part, mostly the site's name."""
    title = one_line(title)
    rest = title.partition(": ")[2] if cell_len(title) > _LONGEST_TITLE else ""
    return cut(rest or title, _LONGEST_TITLE)


def _around(book: IndexedReport, cite: int) -> tuple[str, str, str]:
    target = book.cites[cite]
    if target is None or target.ref is None:
        return "", book.document.citations[cite].marker, ""
    unit = book.units[target.unit]
    at = unit.starts[target.ref]
    marker = unit.spans[target.ref].text
    head = " ".join(unit.text[max(0, at - _AROUND) : at].split(" "))
    tail = unit.text[at + len(marker) : at + len(marker) + _AROUND // 3]
    cut = at > _AROUND
    head = "…" + head[head.find(" ") :] if cut and " " in head else head
    tail = tail[: tail.rfind(" ")] + "…" if len(tail) == _AROUND // 3 and " " in tail else tail
    return head.replace("\n", " ").replace("\t", " "), marker, tail.replace("\n", " ").replace("\t", " ")
