"""The source list entries of a report: labels, URLs and titles (citations.md section 2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from tui.domain import slices
from tui.domain.patterns import late
from tui.report.document import MarkerKind
from tui.report.markdown.data_lists import in_directive, in_front_matter
from tui.report.markdown.spans import SourceLine, lines_of, units_of
from tui.report.sources.entry import Definition, EntryDraft, text_of, tidy_title
from tui.report.sources.entry_start import begin, go_on
from tui.report.sources.footnotes import anchored, settle_back_links
from tui.report.sources.labels import settle_keys, starts_with_label, take_labels
from tui.report.sources.rows import part_rows
from tui.report.sources.sections import SourceSection, find_sections
from tui.report.sources.unheaded import headless, outside

_BY_NUMBER = frozenset(
    {
        MarkerKind.NUMERIC,
        MarkerKind.LENTICULAR,
        MarkerKind.FOOTNOTE,
        MarkerKind.NUM_ANCHOR,
        MarkerKind.TAG,
        MarkerKind.GEMINI_CITE,
    }
)
_NUMBERED_HEADING = late(r"\s*\d{1,3}[.)]\s")
_LONGEST_ENTRY = 12  # lines
_CELL_LABEL = late(r"\W*(\d{1,3})\W*")


@dataclass(slots=True)
class Listing:
    """All entries of a text, in order, and what was collected with them."""

    entries: list[Definition] = field(default_factory=list)
    flattening: bool = False  # the list is of the kind whose markers were flattened into digits

    def by_anchor(self) -> dict[str, Definition]:
        """Return the entries by the anchors that links within the document target."""
        return {anchor: entry for entry in reversed(self.entries) for anchor in entry.anchors}

    def by_label(self) -> dict[str, list[Definition]]:
        """Return the labelled entries by their labels."""
        found: dict[str, list[Definition]] = {}
        for entry in self.entries:
            if entry.label is not None:
                found.setdefault(entry.label, []).append(entry)
        return found


def read_listing(tokens: Sequence[Token]) -> Listing:
    """Return the entries of a parsed text; markers that are labels or inside lists are marked so."""
    lines = part_rows(lines_of(units_of(tokens)))
    listing = Listing()
    drafts: list[tuple[int, EntryDraft]] = []
    sections = find_sections(lines)
    inside = bytearray(len(lines))
    for section in sections:
        inside[section.start : section.stop] = b"\1" * (section.stop - section.start)
    settle_keys(lines, inside)
    for section in sections:
        drafts.extend(_read_section(lines, section))
    drafts.extend(anchored(lines, inside))
    drafts.extend(outside(lines, inside))
    if not any(draft.labels for _, draft in drafts):
        drafts.extend(headless(lines, inside))
    for at, line in enumerate(lines):
        if inside[at]:
            for mark in line.marks():
                mark.section = True
    settle_back_links(lines, inside)
    drafts.sort(key=lambda pair: pair[0])
    for _, draft in drafts:
        draft.line.part()
        listing.entries.extend(draft.finish())
    listing.entries[:0] = _listed_as_data(tokens, lines, labelled=any(entry.label for entry in listing.entries))
    _number(listing.entries)
    labelled = [entry for entry in listing.entries if entry.label is not None]
    dated = sum(entry.dated for entry in labelled)
    listing.flattening = any(section.works_cited for section in sections) or (
        dated >= 2 and dated >= 0.4 * len(labelled)
    )
    slices.drop(lines)
    return listing


def _listed_as_data(tokens: Sequence[Token], lines: Sequence[SourceLine], *, labelled: bool) -> list[Definition]:
    """Return the sources in front matter and directives.

    Those without an id are numbered by their place if the text cites by number and has no numbered list of its own.
    """
    found: list[Definition] = []
    for token in tokens:
        if token.type == "front_matter":
            listed, first = in_front_matter(token.content), (token.map or [0])[0] + 2
        elif "listed" in token.meta:
            listed, first = in_directive(token.content), token.meta["listed"] + 1
        else:
            continue
        found.extend(Definition(entry.label, entry.url, entry.title, first + entry.line) for entry in listed)
    if found and not labelled and not any(entry.label for entry in found):
        kinds = {mark.kind for line in lines for mark in line.marks() if mark.ids and mark.ids[0].isdigit()}
        if kinds & _BY_NUMBER:
            for number, entry in enumerate(found, 1):
                entry.label = str(number)
    return found


def _number(entries: Sequence[Definition]) -> None:
    seen: dict[str, int] = {}
    bullets = 0
    for entry in entries:
        if entry.label is None:
            bullets += 1
            entry.id = f"s{bullets}"
            continue
        count = seen[entry.label] = seen.get(entry.label, 0) + 1
        entry.id = entry.label if count == 1 else f"{entry.label}#{count}"


def _read_section(lines: Sequence[SourceLine], section: SourceSection) -> Iterator[tuple[int, EntryDraft]]:
    current: EntryDraft | None = None
    at = section.start
    while at < section.stop:
        start = at
        if lines[at].unit.kind == "cell":
            at, begun = _read_row(lines, at, section.stop)
            current = None
        else:
            before = current
            if lines[at].unit.kind == "heading" and _heads_entry(lines, at, section.stop):
                current = begin(lines[at])
            else:
                current = _read_line(current, lines[at])
            begun = current if current is not before and current is not None else None
            at += 1
        if begun is not None:
            yield start if lines[start].unit.kind != "cell" else at - 1, begun


def _heads_entry(lines: Sequence[SourceLine], at: int, stop: int) -> bool:
    """Whether a heading is an entry: `### [1] Title`, or `### 1. Title` with one address below it."""
    if starts_with_label(lines[at]):
        return True
    if not _NUMBERED_HEADING.match(lines[at].text):
        return False
    addresses = 0
    for line in lines[at + 1 : min(stop, at + _LONGEST_ENTRY)]:
        if line.unit.kind == "heading":
            break
        addresses += sum(bool(mark.url) for mark in line.marks())
    return addresses == 1


def _read_line(current: EntryDraft | None, line: SourceLine) -> EntryDraft | None:
    """Return the entry of a line: a new one, the one above, or None."""
    unit = line.unit
    if unit.kind in {"definition", "heading"}:  # definitions are read where every one of them is
        return None
    if current is not None and current.line.unit.kind == "heading":
        current.add_address(line.tokens)
        return current
    if current is not None and line.begins_item and unit.depth > current.line.unit.depth:
        if current.labels and unit.item == "•" and not starts_with_label(line):
            current.add_address(line.tokens)  # a remark below a numbered entry
            return current
        current.group = not current.labels
    return begin(line) or go_on(current, line)


def _cell_labels(cell: SourceLine) -> list[str]:
    """Return the label if a cell holds nothing else: "3", "[3]", "[S1]", or "S1" where the text cites it."""
    match = _CELL_LABEL.fullmatch(cell.text)
    labels, _, rest = take_labels(cell)
    if match:
        return labels[:1] or [str(int(match[1]))]
    return labels if not text_of(rest).strip(" .:") else []


def _read_row(lines: Sequence[SourceLine], at: int, stop: int) -> tuple[int, EntryDraft | None]:
    """Read one table row: its label is in the first cell, its title in the next one with words."""
    row, first = lines[at].unit.row, lines[at]
    cells: list[SourceLine] = []
    while at < stop and lines[at].unit.row == row:
        cells.append(lines[at])
        at += 1
    if first.unit.head:
        return at, None
    labels = _cell_labels(first)
    draft = EntryDraft(labels, first)
    if labels:
        cells = cells[1:]
    for cell in cells:
        titled = bool(tidy_title(text_of(draft.pieces)))
        draft.add(token for token in cell.tokens if not titled or "mark" in token.meta)
    return at, draft if draft.labels or draft.url else None
