"""Plain text in aligned columns, wide characters counted as the terminal draws them; cheap to import."""

from tui.domain.narrow import is_narrow

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LEAST = 10


def table(
    head: "Sequence[str]", rows: "Sequence[Sequence[str]]", *, right: "Sequence[int]" = (), width: int | None = None
) -> str:
    """Return `rows` under `head`, two blanks between columns, the columns `right` flush right, the last one free.

    With a `width` the last column is cut so that a line fits it, to no less than `_LEAST` cells.
    """
    columns = [_Column(cells) for cells in zip(head, *rows, strict=True)]
    if width is not None:
        columns[-1].cut(max(_LEAST, width - sum(column.width + 2 for column in columns[:-1])))
    padded = [column.padded(right=place in right) for place, column in enumerate(columns)]
    return "".join("  ".join(line).rstrip() + "\n" for line in zip(*padded, strict=True))


class _Column:
    """The cells of one column, cleaned, each on one line, with their widths in terminal cells."""

    def __init__(self, cells: "Sequence[str]") -> None:
        self._measure: Callable[[str], int] = len
        if is_narrow("".join(cells)):
            self._cells = [" ".join(cell.split()) for cell in cells]
        else:
            from tui.domain.cells import cell_len
            from tui.domain.text import one_line

            self._cells, self._measure = [one_line(cell) for cell in cells], cell_len

    @property
    def width(self) -> int:
        return max(map(self._measure, self._cells))

    def cut(self, room: int) -> None:
        """Cut every cell to `room`."""
        if self.width > room:
            from tui.domain.cells import cut

            self._cells = [cut(cell, room) for cell in self._cells]

    def padded(self, *, right: bool) -> list[str]:
        """Return the cells, all of one width."""
        widths = [*map(self._measure, self._cells)]
        most = max(widths)
        gaps = [" " * (most - width) for width in widths]
        return [gap + cell if right else cell + gap for cell, gap in zip(self._cells, gaps, strict=True)]
