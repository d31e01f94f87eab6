"""Plain text in aligned columns, wide characters counted as the terminal draws them; cheap to import."""

from tui.domain.narrow import is_narrow

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LEAST = 10
_ROOM = 24  # cells from which text is broken into lines beside the other columns; with less it stands below them
_INDENT = 4


def table(
    head: "Sequence[str]",
    rows: "Sequence[Sequence[str]]",
    *,
    right: "Sequence[int]" = (),
    width: int | None = None,
    cut: bool = False,
    spare: "Sequence[int]" = (),
) -> str:
    """Return `rows` under `head`, two blanks between columns, the columns `right` flush right, the last one free.

    With a `width` the last column is broken between words so that a line fits it, or `cut`, to no less than `_LEAST`
    cells; where it has less than `_ROOM`, the columns `spare` are left out, the first of them first.
    """
    columns = [_Column(cells) for cells in zip(head, *rows, strict=True)]
    if width is not None:
        kept = [*range(len(columns))]
        for place in spare:
            if _room([columns[at] for at in kept], width) < _ROOM:
                kept.remove(place)
        right = [kept.index(place) for place in right if place in kept]
        columns = [columns[place] for place in kept]
        room = _room(columns, width)
        if cut:
            columns[-1].cut(max(_LEAST, room))
        elif columns[-1].width > room:
            return _broken(columns, right, width, room)
    padded = [column.padded(right=place in right) for place, column in enumerate(columns)]
    return "".join("  ".join(line).rstrip() + "\n" for line in zip(*padded, strict=True))


def _room(columns: "Sequence[_Column]", width: int) -> int:
    """Return how many cells the last column has."""
    return width - sum(column.width + 2 for column in columns[:-1])


def _broken(columns: "Sequence[_Column]", right: "Sequence[int]", width: int, room: int) -> str:
    """Return the table with its last column in as many lines as it needs, beside or below the others."""
    from tui.cli.fitting import folded

    beside = room >= _ROOM
    padded = [column.padded(right=place in right) for place, column in enumerate(columns[:-1])]
    lines: list[str] = []
    for *cells, last in zip(*padded, columns[-1].cells, strict=True):
        lead = "  ".join(cells)
        texts = folded(last, room if beside else width - _INDENT)
        if beside:
            indent = " " * (width - room)
            lines += [f"{lead}  {texts[0]}", *(indent + text for text in texts[1:])]
        else:
            lines += [lead, *(" " * _INDENT + text for text in texts if lines)]  # the head has no line below it
    return "".join(line.rstrip() + "\n" for line in lines)


class _Column:
    """The cells of one column, cleaned, each on one line, with their widths in terminal cells."""

    def __init__(self, cells: "Sequence[str]") -> None:
        self._measure: Callable[[str], int] = len
        if is_narrow("".join(cells)):
            self.cells = [" ".join(cell.split()) for cell in cells]
        else:
            from tui.domain.cells import cell_len
            from tui.domain.text import one_line

            self.cells, self._measure = [one_line(cell) for cell in cells], cell_len

    @property
    def width(self) -> int:
        return max(map(self._measure, self.cells))

    def cut(self, room: int) -> None:
        """Cut every cell to `room`."""
        if self.width > room:
            from tui.domain.cells import cut

            self.cells = [cut(cell, room) for cell in self.cells]

    def padded(self, *, right: bool) -> list[str]:
        """Return the cells, all of one width."""
        widths = [*map(self._measure, self.cells)]
        most = max(widths)
        gaps = [" " * (most - width) for width in widths]
        return [gap + cell if right else cell + gap for cell, gap in zip(self.cells, gaps, strict=True)]
