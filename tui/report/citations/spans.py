"""Citations that a service sends beside the text, by offsets or marker -> citations of the document.

A span that is a marker of the text (or its link) tells where that marker leads; a span that is a claim gets a chip
after it. Sources of the whole report get one below the text. Sources that the text lists itself are joined to the
service's by their address.

A chip is inserted by parsing a copy of the text with private-use characters in it, which the parser knows; lines and
columns are those of the text as received.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tui.domain.anchors import Anchor, MarkerAnchor, OffsetUnit, Part, SpanAnchor, WholeAnchor
from tui.domain.detail import Numbering, Report, Source
from tui.domain.frozen import frozen
from tui.domain.patterns import late
from tui.domain.source_key import loose
from tui.report.citations.offsets import OffsetMap
from tui.report.citations.positions import Places
from tui.report.document import Citation, Document, Entry, MarkerKind, Resolution

Parse = Callable[[str], Document]
_BESIDE = late(r"[\s()\[\]（）【】,;.·]*")
_WRAPPING = "*_~ \t\r\n"  # what a chip stands in front of
_BEHIND = 3  # characters between a claim and a marker behind it
_HOST = late(r"[\w-]+(?:\.[\w-]+)+")


@frozen
class CitedSpan:
    """A span of the text, in code points, end exclusive, and the ids of the sources that support it."""

    start: int
    end: int
    sources: tuple[str, ...]
    apart: bool = False  # in a paragraph of its own


def cited_spans(report: Report) -> list[CitedSpan]:
    """Return every span that the anchors of a report name, sorted by its end; equal spans are merged."""
    parts = report.parts or (Part(0, len(report.text)),)
    maps: dict[tuple[int, OffsetUnit], OffsetMap] = {}
    found: dict[tuple[int, int], list[str]] = {}

    def places(anchor: Anchor) -> list[tuple[int, int]]:
        if isinstance(anchor, MarkerAnchor) and anchor.text:
            return [match.span() for match in re.finditer(re.escape(anchor.text), report.text)]
        if not isinstance(anchor, SpanAnchor) or not 0 <= anchor.part < len(parts):
            return []
        part = parts[anchor.part]
        offset_map = maps.get((anchor.part, anchor.unit))
        if offset_map is None:
            offset_map = maps[anchor.part, anchor.unit] = OffsetMap(report.text[part.start : part.end], anchor.unit)
        stretch = offset_map.code_points(anchor.start, anchor.end)
        return [(part.start + stretch[0], part.start + stretch[1])] if stretch else []

    for cited in report.anchored:
        for place in places(cited.anchor):
            found.setdefault(place, []).extend(cited.sources)
    made = [CitedSpan(*place, tuple(dict.fromkeys(ids))) for place, ids in found.items()]
    return sorted(made, key=lambda stretch: (stretch.end, stretch.start))


def read_anchored(report: Report, parse: Parse) -> Document:
    """Return the document of a report with its anchored citations; `parse` reads a text with the report's sources."""
    given = {source.id: source for source in report.sources}
    text, found = _plain(report.text, cited_spans(report))
    bare = parse(text)
    weaver = _Weaver(text, bare.citations, given, numbered=report.numbering is Numbering.BY_ID)
    chips = [chip for stretch in found if (chip := weaver.chip(stretch)) is not None]
    chips += _of_whole(report, chips, weaver)
    document = replace(bare, citations=tuple(weaver.citations))
    if chips:
        document = replace(_with_chips(text, chips, given, parse, weaver), words=bare.words)
    return _joined(document, given)


def _of_whole(report: Report, chips: list[CitedSpan], weaver: "_Weaver") -> list[CitedSpan]:
    """Return the chip below the text for sources of the whole report that nothing in the text leads to.

    A service that never says where leaves that to the text: there is a chip only where nothing in it leads anywhere.
    A citation whose place cannot be found is one all the same.
    """
    wholes = [(one.anchor, one.sources) for one in report.anchored if isinstance(one.anchor, WholeAnchor)]
    placed = len(wholes) < len(report.anchored)
    ids, addresses = weaver.led_to(chips)
    if (ids or addresses) and not placed:
        wholes = [(anchor, sources) for anchor, sources in wholes if anchor.lost]
    told = ((number, anchor.lost) for anchor, sources in wholes for number in sources)
    left = tuple(
        number
        for number, lost in dict(told).items()
        if (source := weaver.given.get(number)) is not None
        and number not in ids
        and (loose(source.url) not in addresses if source.url else lost or not placed)
    )
    end = len(weaver.text.rstrip())
    return [CitedSpan(end, end, left, apart=True)] if left else []


def _plain(text: str, found: list[CitedSpan]) -> tuple[str, list[CitedSpan]]:
    """Return the text with one character per line end and no byte order mark, and the cited spans in it."""
    if "\r" not in text and not text.startswith("\ufeff"):
        return text, found
    gone = [0] if text.startswith("\ufeff") else []
    gone += [match.start() for match in re.finditer("\r(?=\n)", text)]
    moved = [
        replace(one, start=one.start - bisect_left(gone, one.start), end=one.end - bisect_left(gone, one.end))
        for one in found
    ]
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), moved


class _Weaver:
    """Decides which cited spans are markers of the text, and which need a chip."""

    def __init__(
        self, text: str, citations: Sequence[Citation], given: Mapping[str, Source], *, numbered: bool = False
    ) -> None:
        self.text, self.given, self.numbered = text, given, numbered
        self.citations = list(citations)
        self.places = Places(text)
        self.starts = [self.places.to_offset(citation.line, citation.col) for citation in citations]
        self.told: dict[int, Citation] = {}  # by offset

    def led_to(self, chips: list[CitedSpan]) -> tuple[set[str], set[str]]:
        """Return the ids and addresses of sources that markers of the text or these chips lead to."""
        ids = {number for chip in chips for number in chip.sources}
        told = [
            (number, url)
            for one in self.citations
            for number, url, status in zip(one.ids, one.urls, one.status, strict=True)
            if status is not Resolution.DANGLING
        ]
        urls = [source.url for number in ids if (source := self.given.get(number)) is not None]
        addresses = {loose(url) for url in (*urls, *(url for _, url in told)) if url}
        return ids | {number for number, _ in told}, addresses

    def chip(self, stretch: CitedSpan) -> CitedSpan | None:
        """Return the chip that a span needs, as a span that ends at the chip; None if the text has a marker."""
        if all(number not in self.given for number in stretch.sources):
            return None
        low, high = bisect_left(self.starts, stretch.start), bisect_left(self.starts, stretch.end)
        within = [at for at in range(low, high) if self._end(at) <= stretch.end + 1]  # some count the last character
        rest, done = [], stretch.start
        for at in within:
            rest.append(self.text[done : self.starts[at]])
            done = max(self._end(at), done)
        rest.append(self.text[done : stretch.end] if done < stretch.end else "")
        if within and _BESIDE.fullmatch("".join(rest)):
            for at in within:
                self._tell(at, stretch.sources)
            return None
        near = [*within, *range(high, bisect_left(self.starts, stretch.end + _BEHIND + 1))]
        there = {loose(url) for at in near for url in self.citations[at].urls if url}
        missing = tuple(
            number
            for number in stretch.sources
            if (source := self.given.get(number)) is not None
            and not (source.url and loose(source.url) in there)
            and not any(number in self.citations[at].ids for at in near)
        )
        return CitedSpan(stretch.start, self._outside(stretch), missing) if missing else None

    def _end(self, at: int) -> int:
        return self.starts[at] + len(self.citations[at].marker)

    def _tell(self, at: int, sources: tuple[str, ...]) -> None:
        """Let an unresolved marker lead to these sources.

        So does a number of the service's own list that leads elsewhere: what the service says of the place counts.
        """
        citation = self.citations[at]
        named = [self.given[number] for number in sources if number in self.given]
        if any(status is not Resolution.DANGLING for status in citation.status):
            there, said = ({loose(url) for url in urls if url} for urls in (citation.urls, (one.url for one in named)))
            if not self.numbered or citation.kind is MarkerKind.LINK or not said or there & said:
                return
        self.citations[at] = self.told[self.starts[at]] = replace(
            citation,
            ids=tuple(source.id for source in named),
            urls=tuple(source.url for source in named),
            status=tuple(Resolution.SIDECAR if source.url else Resolution.TITLE for source in named),
        )

    def _outside(self, stretch: CitedSpan) -> int:
        """Return the offset of a span's chip: after its words, before closing markup, outside links."""
        end = stretch.end
        while end > stretch.start + 1 and self.text[end - 1] in _WRAPPING:
            end -= 1
        if self.text.startswith(")", end) and self.text.endswith("](", 0, stretch.start):
            return end + 1  # the stretch is the target of a link
        at = bisect_left(self.starts, end) - 1
        return max(end, self._end(at)) if at >= 0 and self._end(at) > end else end


def _with_chips(
    text: str, chips: list[CitedSpan], given: Mapping[str, Source], parse: Parse, weaver: _Weaver
) -> Document:
    """Return the document with chips, without those where no citation can be (in code, say)."""
    document, standing = _woven(text, chips, given, parse, weaver)
    if len(standing) < len(chips):
        document, _ = _woven(text, standing, given, parse, weaver)
    return document


def _woven(
    text: str, chips: list[CitedSpan], given: Mapping[str, Source], parse: Parse, weaver: _Weaver
) -> tuple[Document, list[CitedSpan]]:
    pieces: list[str] = []
    at: dict[int, CitedSpan] = {}  # where each chip stands in the copy
    shifts: list[tuple[int, int]] = []  # from here on in the copy, so many more characters
    done = length = added = 0
    for one in sorted(chips, key=lambda chip: chip.end):
        between = "\n\n" if one.apart else ""
        mark = "\ue200cite" + "".join(f"\ue202{number}" for number in one.sources) + "\ue201"
        pieces += [text[done : one.end], between, mark]
        length += one.end - done + len(between)
        at[length] = one
        length, added, done = length + len(mark), added + len(between + mark), one.end
        shifts.append((length, added))
    copy = "".join([*pieces, text[done:]])
    document, places = parse(copy), Places(copy)
    citations, standing = [], []
    for citation in document.citations:
        offset = places.to_offset(citation.line, citation.col)
        chip = at.get(offset)
        if chip is not None:
            standing.append(chip)
            citations.append(_of_chip(chip, text, given, weaver.places))
            continue
        before = bisect_left(shifts, (offset + 1, 0)) - 1
        origin = offset - (shifts[before][1] if before >= 0 else 0)
        line, col = weaver.places.of_offset(origin)
        citations.append(weaver.told.get(origin) or replace(citation, line=line, col=col))
    return replace(document, citations=tuple(citations)), standing


def _of_chip(chip: CitedSpan, text: str, given: Mapping[str, Source], places: Places) -> Citation:
    named = [given[number] for number in chip.sources]
    line, col = places.of_offset(chip.start)
    return Citation(
        text[chip.start : chip.end],
        MarkerKind.SPAN,
        tuple(source.id for source in named),
        tuple(source.url for source in named),
        tuple(Resolution.URL if source.url else Resolution.TITLE for source in named),
        line,
        col,
    )


def _joined(document: Document, given: Mapping[str, Source]) -> Document:
    """Join the service's uncited sources to the text's entries with the same address."""
    cited = {number for citation in document.citations for number in citation.ids}
    own: dict[str, int] = {}
    for at, entry in enumerate(document.sources):
        if entry.url and entry.id not in given:
            own.setdefault(loose(entry.url), at)
    entries: list[Entry | None] = list(document.sources)
    for at, entry in enumerate(document.sources):
        twin = own.get(loose(entry.url)) if entry.url and entry.id in given and entry.id not in cited else None
        kept = entries[twin] if twin is not None else None
        if twin is not None and kept is not None:
            plain = kept.title is None or _HOST.fullmatch(kept.title)
            entries[twin] = replace(
                kept,
                title=entry.title or kept.title if plain else kept.title,
                snippet=kept.snippet or entry.snippet,
                facts=kept.facts or entry.facts,
            )
            entries[at] = None
    return replace(document, sources=tuple(entry for entry in entries if entry is not None))
