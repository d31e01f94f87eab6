"""Plain text in aligned columns, wide characters counted as the terminal draws them."""

from collections.abc import Sequence

from tui.domain.cells import cell_len, cut
from tui.domain.text import one_line

_LEAST = 10


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), width: int | None = None
) -> str:
    """Return `rows` under `head`, two blanks between columns, the columns `right` flush right, the last one free.

    With a `width` the last column is cut so that a line fits it, to no less than `_LEAST` cells.
    """
    every = [head, *([one_line(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(row[column]) for row in every) for column in range(len(head))]
    if width is not None:
        room = max(_LEAST, width - sum(size + 2 for size in widths[:-1]))
        every = [[*row[:-1], cut(row[-1], room)] for row in every]
        widths[-1] = min(widths[-1], room)
    return "".join(_line(row, widths, right) + "\n" for row in every)


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> str:
    cells = []
    for column, (text, width) in enumerate(zip(row, widths, strict=True)):
        gap = " " * (width - cell_len(text))
        cells.append(gap + text if column in right else text + gap)
    return "  ".join(cells).rstrip()
