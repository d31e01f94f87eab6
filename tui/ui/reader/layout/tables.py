"""Tables: column widths by content, shrunk and wrapped to the room there is, else wide and scrolled sideways. Pure."""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from tui.domain.cells import cell_len
from tui.report.document import Align, Citation, Spans, Table, TableRow
from tui.report.shown import shown
from tui.ui.reader.layout.blocks import LayoutBlock
from tui.ui.reader.layout.lines import Frame, LaidOutLine, Run, Tone
from tui.ui.reader.layout.prose import FlowedText, flow_text, lead_runs

_MEASURED_ROWS = 300  # column widths are those of the first rows: a table of 100,000 rows opens as fast
_GAP = " │ "
_CROSS = "─┼─"
_NARROWEST, _WORD = 4, 14  # a column is never squeezed below its longest word, or 14 cells of it
_READABLE = 32  # the widest column of a table that has to be scrolled sideways


class Grid(NamedTuple):
    """The columns of a table at one width."""

    widths: tuple[int, ...]
    ruled: bool  # some cell wraps: lines between the rows keep them apart
    cells: int


def measure(table: Table, room: int, reach: int) -> Grid:
    """Return the widths of the columns: by content if they fit into `reach` cells, else shrunk into it if possible.

    Args:
        table: The table.
        room: Cells of a line of prose; a table that fits into it is not made wider.
        reach: Cells of the whole line.
    """
    rows = [row.cells for row in islice(table.rows, _MEASURED_ROWS)]
    columns = max((len(cells) for cells in (table.head, *rows)), default=0)
    wants, needs = [1] * columns, [1] * columns
    for cells in (table.head, *rows):
        for column, cell in enumerate(cells):
            text = "".join(shown(span).text for span in cell)
            lines = text.split("\n")
            wants[column] = max(wants[column], *map(cell_len, lines))
            longest = max((cell_len(word) for word in text.split()), default=1)
            needs[column] = max(needs[column], min(longest, _WORD))
    gaps = len(_GAP) * max(0, columns - 1)
    widths = wants if sum(wants) + gaps <= reach else _shrink(wants, needs, max(room, reach) - gaps)
    return Grid(tuple(widths), widths != wants, sum(widths) + gaps)


def _shrink(wants: list[int], needs: list[int], room: int) -> list[int]:
    """Share `room` among the columns: what they need first, the rest where most is wanted.

    Narrow columns keep their natural width; when even the needs do not fit, the table is wide and columns are readable.
    """
    floors = [max(need, min(want, _NARROWEST)) for want, need in zip(wants, needs, strict=True)]
    spare = room - sum(floors)
    if spare < 0:
        return [max(floor, min(want, _READABLE)) for floor, want in zip(floors, wants, strict=True)]
    widths = list(floors)
    hungry = [column for column, want in enumerate(wants) if want > widths[column]]
    while spare > 0 and hungry:
        share = max(1, spare // len(hungry))
        for column in sorted(hungry, key=lambda column: wants[column] - widths[column]):
            given = min(share, wants[column] - widths[column], spare)
            widths[column] += given
            spare -= given
        hungry = [column for column in hungry if wants[column] > widths[column]]
    return widths


def table(
    unit: LayoutBlock, block: Table, grid: Grid, frame: Frame, citations: Sequence[Citation]
) -> list[LaidOutLine]:
    """Lay out the rows of `block` that are in `unit`."""
    lead, used = lead_runs(unit.rest, frame.room)
    cells = used + grid.cells
    wide = cells > frame.reach
    indent = frame.left if wide else max(0, min(frame.left, frame.width - cells - min(frame.left, 2)))
    head = not unit.begin and bool(block.head)
    rows = [*([TableRow(block.line, block.head)] if head else []), *block.rows[unit.part]]
    lines: list[LaidOutLine] = []
    at = ref = 0
    for number, row in enumerate(rows):
        is_head = head and number == 0
        if number > 1 or (number == 1 and not head) or (number == 0 and unit.begin):
            lines += [_rule(lead, cells, grid, indent, wide)] if grid.ruled else []
        lines += [
            LaidOutLine((*lead, *runs), cells, indent, wide=wide)
            for runs in _row(
                row.cells, grid, block.aligns, citations, Tone.HEAD if is_head else Tone.TEXT, at=at, ref=ref
            )
        ]
        if is_head:
            lines.append(_rule(lead, cells, grid, indent, wide))
        at += sum(len(shown(span).text) for cell in row.cells for span in cell) + max(1, len(row.cells))
        ref += sum(map(len, row.cells))
    return lines


def _rule(lead: tuple[Run, ...], cells: int, grid: Grid, indent: int, wide: bool) -> LaidOutLine:
    return LaidOutLine(
        (*lead, Run(_CROSS.join("─" * width for width in grid.widths), Tone.GRID)), cells, indent, wide=wide
    )


def _row(
    cells: Sequence[Spans],
    grid: Grid,
    aligns: Sequence[Align],
    citations: Sequence[Citation],
    tone: Tone,
    *,
    at: int,
    ref: int,
) -> list[list[Run]]:
    columns: list[list[FlowedText]] = []
    for column, width in enumerate(grid.widths):
        cell = tuple(shown(span) for span in cells[column]) if column < len(cells) else ()
        columns.append(flow_text(cell, width, width, tone, citations, at=at, ref=ref) if cell else [])
        at += sum(len(span.text) for span in cell) + 1
        ref += len(cell)
    lines: list[list[Run]] = []
    for number in range(max((len(lines) for lines in columns), default=0) or 1):
        runs: list[Run] = []
        for column, width in enumerate(grid.widths):
            poured = columns[column][number] if number < len(columns[column]) else FlowedText((), 0, False)
            align = aligns[column] if column < len(aligns) else Align.LEFT
            left = _left(align, width - poured.cells)
            right = width - poured.cells - left
            runs += [Run(" " * left)] if left else []
            runs += poured.runs
            if column + 1 < len(grid.widths):
                runs.append(Run(" " * right + _GAP, Tone.GRID))
            elif right:
                runs.append(Run(" " * right))
        lines.append(runs)
    return lines


def _left(align: Align, spare: int) -> int:
    if align is Align.RIGHT:
        return max(0, spare)
    return max(0, spare) // 2 if align is Align.CENTER else 0
