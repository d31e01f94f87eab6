"""Plain text in aligned columns, wide characters counted as the terminal draws them; amounts in words."""

import math
from collections.abc import Sequence

from rich.cells import cell_len

from tui.domain.text import one_line


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Return `rows` under `head`, two blanks between columns, the columns `right` flush right, the last one free."""
    every = [head, *([one_line(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(row[column]) for row in every) for column in range(len(head))]
    return "".join(_line(row, widths, right) + "\n" for row in every)


def price(amount: float | None, unit: str, kind: str, parts: object = None) -> str:
    """Return a cost in words: "$0.50 (price list)", "25 credits", "an unknown amount"."""
    if amount is None:
        return "an unknown amount"
    if unit == kind:
        return f"{amount:g} {unit}"
    if kind == "price_list":  # the most it may cost is not rounded down
        amount = math.ceil(amount * 100 - 1e-6) / 100
    figure = f"${amount:,.2f}" if unit == "USD" else f"{amount:g} {unit}"
    return f"{figure} ({kind.replace('_', ' ')})"


def size_text(size: float) -> str:
    """Return a number of bytes for people: "812 B", "1.4 MB"."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> str:
    cells = []
    for column, (text, width) in enumerate(zip(row, widths, strict=True)):
        gap = " " * (width - cell_len(text))
        cells.append(gap + text if column in right else text + gap)
    return "  ".join(cells).rstrip()
