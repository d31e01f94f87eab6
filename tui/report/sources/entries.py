"""The sources that a report lists: labels, URLs and titles of its entries (citations.md section 6.4)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from tui.report.markdown.spans import SourceLine, lines_of, units_of
from tui.report.sources.entry import Definition, EntryDraft, text_of, tidy_title
from tui.report.sources.entry_start import begin, go_on
from tui.report.sources.labels import starts_with_label
from tui.report.sources.sections import SourceSection, find_sections
from tui.report.sources.unheaded import headless, outside

_CELL_LABEL = re.compile(r"\W*(\d{1,3})\W*")


@dataclass(slots=True)
class Listing:
    """Every entry found in a text, in order, and what was learnt on the way."""

    entries: list[Definition] = field(default_factory=list)
    flattening: bool = False  # the list is of the kind whose markers were flattened into digits

    def by_label(self) -> dict[str, list[Definition]]:
        """Return the labelled entries under their labels."""
        found: dict[str, list[Definition]] = {}
        for entry in self.entries:
            if entry.label is not None:
                found.setdefault(entry.label, []).append(entry)
        return found


def read_listing(tokens: Sequence[Token]) -> Listing:
    """Return the entries of a parsed text; marks that turn out to be labels or inside lists are told so."""
    lines = lines_of(units_of(tokens))
    listing = Listing()
    drafts: list[tuple[int, EntryDraft]] = []
    sections = find_sections(lines)
    inside = bytearray(len(lines))
    for section in sections:
        inside[section.start : section.stop] = b"\1" * (section.stop - section.start)
        drafts.extend(_read_section(lines, section))
    drafts.extend(outside(lines, inside))
    if not any(draft.labels for _, draft in drafts):
        drafts.extend(headless(lines, inside))
    for at, line in enumerate(lines):
        if inside[at]:
            for mark in line.marks():
                mark.section = True
    drafts.sort(key=lambda pair: pair[0])
    for _, draft in drafts:
        draft.line.unit.part(draft.line.at)
        listing.entries.extend(draft.finish())
    _number(listing.entries)
    labelled = [entry for entry in listing.entries if entry.label is not None]
    dated = sum(entry.dated for entry in labelled)
    listing.flattening = any(section.works_cited for section in sections) or (
        dated >= 2 and dated >= 0.4 * len(labelled)
    )
    return listing


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
        line = lines[at]
        unit = line.unit
        begun: EntryDraft | None = None
        if unit.kind == "cell":
            at, begun = _read_row(lines, at, section.stop)
            current = None
        else:
            at += 1
            if unit.kind == "definition":  # read where every definition is read
                current = None
                continue
            if unit.kind == "heading":
                current = None
                continue
            if current is not None and line.begins_item and unit.depth > current.line.unit.depth:
                if current.labels and unit.item == "•" and not starts_with_label(line):
                    current.add_address(line.tokens)  # a remark below a numbered entry
                    continue
                current.group = not current.labels
            begun = begin(line)
            if begun is None:
                current = go_on(current, line)
                if current is not None and current.line is line:
                    begun = current
            else:
                current = begun
        if begun is not None:
            yield at - 1, begun


def _read_row(lines: Sequence[SourceLine], at: int, stop: int) -> tuple[int, EntryDraft | None]:
    """Read one table row; its label stands in the first cell, its title in the next one that has words."""
    row, first = lines[at].unit.row, lines[at]
    cells: list[SourceLine] = []
    while at < stop and lines[at].unit.row == row:
        cells.append(lines[at])
        at += 1
    if first.unit.head:
        return at, None
    match = _CELL_LABEL.fullmatch(first.text)
    draft = EntryDraft([str(int(match[1]))] if match else [], first)
    if match:
        for mark in first.marks():
            mark.state = "label"
        cells = cells[1:]
    for cell in cells:
        titled = bool(tidy_title(text_of(draft.pieces)))
        draft.add(token for token in cell.tokens if not titled or "mark" in token.meta)
    return at, draft if draft.labels or draft.url else None
