"""Document -> a flat list of units: the leaves of its tree, each with its prefix. Pure, width-independent.

A unit is the smallest thing laid out at once, so nothing in it may be large: long tables, code blocks and paragraphs
become several units.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from tui.domain.detail import Image
from tui.domain.frozen import frozen
from tui.report.document import (
    Block,
    Code,
    Heading,
    Item,
    List,
    Look,
    Math,
    Notice,
    Paragraph,
    Quote,
    Rule,
    Span,
    Spans,
    StructuredField,
    Table,
    TableRow,
)
from tui.report.formula import readable
from tui.report.shown import shown
from tui.ui.reader.layout.file_tree import branches
from tui.ui.reader.layout.lines import Tone

ROWS_PER_UNIT = 40
CODE_LINES_PER_UNIT = 120
CHARACTERS_PER_UNIT = 12_000
_LONG_VALUE = 100  # characters from which a field is set off by blank lines
_LONG_ITEM = 240  # characters of a list's items, on average, from which blank lines keep them apart
_WHOLE = (0, sys.maxsize)
_BULLETS = "•◦▪‣"


@frozen
class Figure:
    """A chart with data, drawn in text."""

    line: int
    image: Image


Leaf = Heading | Paragraph | Code | Table | Math | Rule | Notice | StructuredField | Figure
Piece = tuple[str, Tone]
Lead = tuple[Piece, ...]


@frozen
class LayoutBlock:
    """A leaf of the document.

    Attributes:
        block: What to lay out.
        spans: Its spans as shown; for a table those of all cells, one after the other.
        text: Its searchable text, which `Run.at` counts in.
        starts: Where each span begins in the text.
        first: What stands left of the first line.
        rest: What stands left of the other lines.
        above: What stands left of the blank lines above.
        blanks: Number of blank lines above.
        begin: The first row of the table or line of the code that this unit holds.
        stop: The one after the last.
    """

    block: Leaf
    spans: Spans
    text: str
    starts: tuple[int, ...] = ()
    first: Lead = ()
    rest: Lead = ()
    above: Lead = ()
    blanks: int = 0
    begin: int = 0
    stop: int = sys.maxsize

    @property
    def part(self) -> slice:
        """The range of table rows or code lines in this unit."""
        return slice(self.begin, self.stop)

    @property
    def line(self) -> int:
        """The line of the report's text where the unit begins, from 1."""
        if isinstance(self.block, Table) and self.begin:
            return self.block.rows[self.begin].line
        return self.block.line + (self.begin if isinstance(self.block, Code) else 0)


@frozen
class _Where:
    """The context of a block in the tree: prefixes, and the blank lines before its first leaf."""

    first: Lead = ()
    rest: Lead = ()
    above: Lead = ()
    blanks: int = 0
    depth: int = 0
    tight: bool = False


def flatten(blocks: Sequence[Block], images: Sequence[Image] = ()) -> list[LayoutBlock]:
    """Return the units of `blocks`, charts among `images` in the places where the text shows them, the rest at the end.

    Args:
        blocks: The blocks of a document.
        images: The report's pictures; those without numbers are ignored.
    """
    charts: dict[str | None, Image] = {image.url: image for image in images if image.series and image.url}
    units = list(_walk(blocks, _Where(), charts))
    placed = {unit.block.image.id for unit in units if isinstance(unit.block, Figure)}
    line = units[-1].line if units else 1
    loose = (image for image in images if image.series and image.id not in placed)
    return units + [_figure(line, image, _Where(blanks=1)) for image in loose]


def _walk(blocks: Sequence[Block], where: _Where, charts: Mapping[str | None, Image]) -> Iterator[LayoutBlock]:
    blocks = _without_doubled_rules(blocks)
    tree = branches(blocks) if any(isinstance(block, StructuredField) for block in blocks) else []
    for number, block in enumerate(blocks):
        if number:
            previous = blocks[number - 1]
            where = replace(where, first=where.rest, above=where.rest, blanks=_blanks(previous, block, where.tight))
        match block:
            case List():
                yield from _list(block, where, charts)
            case Quote():
                bar: Piece = ("▌ ", Tone.BAR)
                inside = replace(where, first=(*where.first, bar), rest=(*where.rest, bar), tight=False)
                yield from _walk(block.blocks, inside, charts)
            case Table():
                yield from _table(block, where)
            case Code():
                yield from _code(block, where)
            case Paragraph():
                yield from _paragraph(block, where, charts)
            case StructuredField():
                first, rest = tree[number]
                inside = replace(where, first=(*where.first, *first), rest=(*where.rest, *rest))
                yield _unit(block, _spans_of(block), inside)
            case _:
                spans = _spans_of(block)
                yield _unit(block, spans, where)


def _without_doubled_rules(blocks: Sequence[Block]) -> Sequence[Block]:
    """Remove rules right above a heading, which many services write: the heading draws its own."""
    if not any(isinstance(block, Rule) for block in blocks):
        return blocks
    following = (*blocks[1:], None)
    return [
        block
        for block, after in zip(blocks, following, strict=True)
        if not (isinstance(block, Rule) and isinstance(after, Heading))
    ]


def _blanks(previous: Block, block: Block, tight: bool) -> int:
    if isinstance(block, Heading):
        return 2 if block.level <= 2 and not isinstance(previous, Heading) else 1
    if isinstance(previous, Heading) and previous.level > 3:
        return 0
    if isinstance(block, StructuredField) and isinstance(previous, StructuredField):
        return int(block.depth == 0 and (previous.depth > 0 or _stands_alone(block) or _stands_alone(previous)))
    return 0 if tight and isinstance(block, List) else 1


def _stands_alone(field: StructuredField) -> bool:
    """Whether a field is separated by blank lines: it has members, or a long value."""
    value = sum(len(span.text) for span in field.spans if span.cite is None)
    return not value or value > _LONG_VALUE


def _spans_of(block: Block) -> Spans:
    match block:
        case Heading() | Paragraph():
            return tuple(shown(span) for span in block.spans)
        case StructuredField():
            colon = ": " if block.spans and block.spans[0].cite is None else " " if block.spans else ""
            name = (Span(block.name + colon, Look.BOLD),) if block.name else ()
            return (*name, *(shown(span) for span in block.spans))
        case Math():
            return (Span(readable(block.text)),)
        case Notice():
            return (Span(block.text),)
        case _:
            return ()


def _unit(
    block: Leaf,
    spans: Spans,
    where: _Where,
    *,
    part: tuple[int, int] = _WHOLE,
    text: str | None = None,
    starts: tuple[int, ...] | None = None,
) -> LayoutBlock:
    if text is None:
        text = spans[0].text if len(spans) == 1 else "".join([span.text for span in spans])
    if starts is None:
        starts = tuple(accumulate((len(span.text) for span in spans[:-1]), initial=0)) if spans else ()
    return LayoutBlock(block, spans, text, starts, where.first, where.rest, where.above, where.blanks, *part)


def _figure(line: int, image: Image, where: _Where, *, named: bool = True) -> LayoutBlock:
    """Return the unit of a chart; its title is left out where the text just said it."""
    return _unit(Figure(line, image), (Span((image.title or "chart") if named else ""),), where)


def _list(block: List, where: _Where, charts: Mapping[str | None, Image]) -> Iterator[LayoutBlock]:
    labels = [_label(item, block.ordered, where.depth) for item in block.items]
    width = max(map(len, labels), default=0) + 1
    tight = block.tight and not _has_long_items(block)
    for number, (item, label) in enumerate(zip(block.items, labels, strict=True)):
        if number:
            where = replace(where, first=where.rest, above=where.rest, blanks=0 if tight else 1)
        inside = replace(
            where,
            first=(*where.first, (f"{label:>{width - 1}} ", Tone.BULLET)),
            rest=(*where.rest, (" " * width, Tone.TEXT)),
            depth=where.depth + 1,
            tight=tight,
        )
        yield from _walk(item.blocks or (Paragraph(item.line, ()),), inside, charts)


def _has_long_items(block: List) -> bool:
    spans = (
        span for item in block.items for inside in item.blocks if isinstance(inside, Paragraph) for span in inside.spans
    )
    return sum(len(span.text) for span in spans) > _LONG_ITEM * len(block.items)


def _label(item: Item, ordered: bool, depth: int) -> str:
    if item.checked is not None:
        return "[x]" if item.checked else "[ ]"
    return item.label if ordered and item.label else _BULLETS[depth % len(_BULLETS)]


def _paragraph(block: Paragraph, where: _Where, charts: Mapping[str | None, Image]) -> Iterator[LayoutBlock]:
    spans = _spans_of(block)
    for number, piece in enumerate(_pieces(spans)):
        if number:
            where = replace(where, first=where.rest, above=where.rest, blanks=0)
        yield _unit(block, piece, where)
    for span in block.spans if charts else ():
        if span.look & Look.IMAGE and span.url in charts:
            yield _figure(
                block.line, charts[span.url], replace(where, blanks=0), named=charts[span.url].title != span.text
            )


def _pieces(spans: Spans) -> Iterator[Spans]:
    """Split the spans of a huge paragraph so that no unit has more than about `CHARACTERS_PER_UNIT` characters."""
    if sum(len(span.text) for span in spans) <= CHARACTERS_PER_UNIT:
        yield spans
        return
    piece: list[Span] = []
    size = 0
    for span in spans:
        text = span.text
        while text:
            room = CHARACTERS_PER_UNIT - size
            cut = len(text) if len(text) <= room else text.rfind(" ", 0, room) + 1 or room
            piece.append(replace(span, text=text[:cut]))
            text, size = text[cut:], size + cut
            if text or size >= CHARACTERS_PER_UNIT:
                yield tuple(piece)
                piece, size = [], 0
    if piece:
        yield tuple(piece)


def _table(block: Table, where: _Where) -> Iterator[LayoutBlock]:
    for start in range(0, max(1, len(block.rows)), ROWS_PER_UNIT):
        part = start, min(start + ROWS_PER_UNIT, len(block.rows))
        lines = [
            *([TableRow(block.line, block.head)] if not start and block.head else []),
            *block.rows[start : part[1]],
        ]
        spans: list[Span] = []
        starts: list[int] = []
        text: list[str] = []
        at = 0
        for row in lines:
            for cell in row.cells or ((),):
                for span in map(shown, cell):
                    spans.append(span)
                    starts.append(at)
                    text.append(span.text)
                    at += len(span.text)
                text.append("\t")
                at += 1
            text[-1] = "\n"
        yield _unit(block, tuple(spans), where, part=part, text="".join(text[:-1]), starts=tuple(starts))
        where = replace(where, first=where.rest, above=where.rest, blanks=0)


def _code(block: Code, where: _Where) -> Iterator[LayoutBlock]:
    lines = block.text.rstrip("\n").split("\n")
    for start in range(0, len(lines), CODE_LINES_PER_UNIT):
        part = start, min(start + CODE_LINES_PER_UNIT, len(lines))
        yield _unit(block, (), where, part=part, text="\n".join(lines[start : part[1]]))
        where = replace(where, first=where.rest, above=where.rest, blanks=0)
