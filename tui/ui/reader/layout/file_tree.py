"""The tree branches left of the fields of a structured report. Pure."""

from collections.abc import Sequence

from tui.report.document import Block, StructuredField
from tui.ui.reader.layout.lines import Tone

Pieces = tuple[tuple[str, Tone], ...]
_BAR, _GAP = ("│  ", Tone.GRID), ("   ", Tone.GRID)
_FORK, _LAST = ("├─ ", Tone.GRID), ("└─ ", Tone.GRID)
_HANG = ("  ", Tone.TEXT)  # a value that fills several lines stands right of its name


def branches(blocks: Sequence[Block]) -> list[tuple[Pieces, Pieces]]:
    """Return the prefix of the first and of the other lines of each block; empty for blocks that are not fields."""
    followed: set[int] = set()  # depths at which a sibling comes further down
    found: list[tuple[Pieces, Pieces]] = []
    for block in reversed(blocks):
        if not isinstance(block, StructuredField):
            followed.clear()
            found.append(((), ()))
            continue
        outer = [_BAR if depth in followed else _GAP for depth in range(1, block.depth)]
        last = block.depth not in followed
        first, rest = ([_LAST], [_GAP]) if last else ([_FORK], [_BAR])
        found.append(((*outer, *first), (*outer, *rest, _HANG)) if block.depth else ((), (_HANG,)))
        followed = {depth for depth in followed if depth < block.depth} | {block.depth}
    found.reverse()
    return found
