"""Stacked blocks of lines; long lists are virtual: a line is made when it is painted."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from tui.domain.frozen import frozen
from tui.ui.text.lines import Line


@frozen
class Fixed:
    """A block of given lines."""

    lines: Sequence[Line]
    opens: str | None = None  # what enter does on every one of them

    def __len__(self) -> int:
        return len(self.lines)

    def line(self, number: int) -> Line:
        """Return one line."""
        return self.lines[number]

    def handle(self, number: int) -> str | None:
        """Return the same handle for every line."""
        return self.opens


class Entries:
    """A list of one-line entries that can be unfolded; lines are made when they are painted."""

    def __init__(
        self,
        name: str,
        count: int,
        head: Callable[[int], Line],
        body: Callable[[int], Sequence[Line]],
        opened: set[str],
    ) -> None:
        self._name = name
        self._head = head
        self.count = count
        unfolded = sorted(
            int(handle.removeprefix(f"{name}:"))
            for handle in opened
            if handle.startswith(f"{name}:") and int(handle.removeprefix(f"{name}:")) < count
        )
        self._bodies = [(number, body(number)) for number in unfolded]
        self._starts: list[int] = []  # line of each unfolded entry's head
        shift = 0
        for number, lines in self._bodies:
            self._starts.append(number + shift)
            shift += len(lines)
        self._total = count + shift

    def __len__(self) -> int:
        return self._total

    def _locate(self, line: int) -> tuple[int, int | None]:
        """Return (entry, line of its body or None for its head)."""
        at = bisect_right(self._starts, line) - 1
        if at < 0:
            return line, None
        number, body = self._bodies[at]
        inside = line - self._starts[at] - 1
        if inside < 0:
            return number, None
        if inside < len(body):
            return number, inside
        return number + 1 + inside - len(body), None

    def line(self, number: int) -> Line:
        """Return one line."""
        entry, inside = self._locate(number)
        if inside is None:
            return self._head(entry)
        body = next(lines for found, lines in self._bodies if found == entry)
        return body[inside]

    def handle(self, number: int) -> str | None:
        """Return the entry's handle."""
        return f"{self._name}:{self._locate(number)[0]}"


Block = Fixed | Entries
"""A block of lines; `handle` names what enter unfolds or folds on a line, None for nothing."""


@frozen
class FoldedPage:
    """A stack of blocks."""

    blocks: Sequence[Block]
    starts: Sequence[int]
    total: int

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> "FoldedPage":
        """Stack blocks."""
        starts: list[int] = []
        total = 0
        for block in blocks:
            starts.append(total)
            total += len(block)
        return cls(blocks, starts, total)

    def _at(self, number: int) -> tuple[Block, int]:
        place = bisect_right(self.starts, number) - 1
        while not len(self.blocks[place]):
            place -= 1
        return self.blocks[place], number - self.starts[place]

    def line(self, number: int) -> Line:
        """Return one line."""
        block, inside = self._at(number)
        return block.line(inside)

    def handle(self, number: int) -> str | None:
        """Return the handle of what enter unfolds or folds on a line."""
        block, inside = self._at(number)
        return block.handle(inside)
