"""A document with an index: its units, and the places of citations, headings and sources in them. Pure.

Built off the event loop, once a document; nothing in it depends on the width of the screen.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import field
from itertools import accumulate

from tui.domain.detail import Image
from tui.domain.frozen import frozen
from tui.domain.text import as_words, one_line
from tui.report.document import Citation, Code, Document, Entry, Heading, Paragraph, StructuredField
from tui.ui.reader.layout.blocks import LayoutBlock, flatten
from tui.ui.reader.layout.code import Tokens, highlight

WORDS_PER_MINUTE = 230


@frozen
class Target:
    """The place of a citation or heading: its unit and, for a citation, its span there."""

    unit: int
    ref: int | None = None


@frozen
class IndexedReport:
    """A document and its index.

    Attributes:
        document: What was parsed.
        units: The leaves in order; at least one.
        starts: Characters before each unit, and of all units at the end.
        lines: The line of the text where each unit begins, never falling.
        cites: Where each citation stands, by its index in the document; None if it is not shown.
        headings: The units that are headings; of a structured report its outermost fields.
        cited: The citations of each source, by the source's id.
        positions: Position of each source in the list, by its id.
        code: The highlighted lines of code blocks, by identity; of those not seen yet they may be missing.
    """

    document: Document
    units: tuple[LayoutBlock, ...]
    starts: tuple[int, ...]
    lines: tuple[int, ...]
    cites: tuple[Target | None, ...]
    headings: tuple[int, ...]
    cited: dict[str, tuple[int, ...]]
    positions: dict[str, int]
    code: dict[int, list[Tokens]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document, images: Sequence[Image] = (), *, highlighted: bool = True) -> "IndexedReport":
        """Return `document` with its index, and with the charts among `images`.

        Its code is highlighted now or when it is first seen: importing a lexer takes 20 to 30 ms.
        """
        units = tuple(flatten(document.blocks, images)) or tuple(flatten((Paragraph(1, ()),)))
        cites: list[Target | None] = [None] * len(document.citations)
        for number, unit in enumerate(units):
            for ref, span in enumerate(unit.spans):
                if span.cite is not None and span.cite < len(cites) and cites[span.cite] is None:
                    cites[span.cite] = Target(number, ref)
        cited: dict[str, list[int]] = {}
        for index, citation in enumerate(document.citations):
            for source in citation.ids:
                cited.setdefault(source, []).append(index)
        return cls(
            document,
            units,
            tuple(accumulate((len(unit.text) + 1 for unit in units), initial=0)),
            tuple(accumulate((unit.line for unit in units), max)),
            tuple(cites),
            tuple(number for number, unit in enumerate(units) if _heads(unit)),
            {source: tuple(indexes) for source, indexes in cited.items()},
            {entry.id: number for number, entry in reversed([*enumerate(document.sources)])},
            {
                id(unit.block): highlight(unit.block)
                for unit in units
                if isinstance(unit.block, Code) and highlighted and not unit.begin  # once, not for each unit of a block
            },
        )

    @property
    def shown_cites(self) -> list[int]:
        """The indexes of the citations that are shown in the text, in reading order."""
        return [index for index, target in enumerate(self.cites) if target is not None]

    @property
    def minutes(self) -> int:
        """Reading time, at least one minute."""
        return max(1, round(self.document.words / WORDS_PER_MINUTE))

    def unit_at_line(self, line: int) -> int:
        """Return the unit that holds `line` of the report's text."""
        return max(0, bisect_right(self.lines, line) - 1)

    def unit_at(self, character: int) -> int:
        """Return the unit that holds a character, counted over the texts of all units."""
        return min(max(0, bisect_right(self.starts, character) - 1), len(self.units) - 1)

    def heading_of(self, unit: int) -> int | None:
        """Return the heading above `unit`, as an index into `headings`."""
        number = bisect_right(self.headings, unit) - 1
        return number if number >= 0 else None

    def heading_text(self, number: int) -> str:
        """Return a heading by its index; of a report made of fields the name of the field, without its value."""
        unit = self.units[self.headings[number]]
        return as_words(unit.block.name) if isinstance(unit.block, StructuredField) else one_line(unit.text)

    def sources_of(self, citation: Citation) -> list[Entry]:
        """Return the sources a citation leads to, each once."""
        ids = dict.fromkeys(source for source in citation.ids if source in self.positions)
        return [self.document.sources[self.positions[source]] for source in ids]

    def source_of(self, citation: Citation) -> Entry | None:
        """Return the first source a citation leads to."""
        return next(iter(self.sources_of(citation)), None)

    def source_at(self, number: int) -> Entry | None:
        """Return the source with a number in the report's own numbering, else the n-th of the list."""
        sources = self.document.sources
        if str(number) in self.positions:
            return sources[self.positions[str(number)]]
        numbered = any(source.id.isdigit() for source in sources)
        return sources[number - 1] if not numbered and 0 < number <= len(sources) else None


def _heads(unit: LayoutBlock) -> bool:
    block = unit.block
    return isinstance(block, Heading) or (isinstance(block, StructuredField) and not block.depth and bool(block.name))
