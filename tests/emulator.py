"""An emulated terminal that can be looked at in the middle of a frame."""

from collections.abc import Iterator

import pyte
from wcwidth import wcwidth


class Emulator(pyte.Screen):
    """A screen of pyte whose `display` stands half of a wide character, as a frame may leave it for a moment.

    A pseudo terminal hands a frame over in pieces. Between two of them a narrow character may stand on the left half
    of a wide one: a terminal shows a blank for the right half, pyte raises IndexError.
    """

    @property
    def display(self) -> list[str]:
        """The lines of the screen, each as wide as it; half a wide character is a blank."""
        return ["".join(self._shown(y)) for y in range(self.lines)]

    def _shown(self, y: int) -> Iterator[str]:
        """Give the text of each cell, nothing for the right half of a whole wide character."""
        line = self.buffer[y]
        cells = [line[x].data for x in range(self.columns)]
        is_wide = [bool(cell) and wcwidth(cell[0]) == 2 for cell in cells]
        for x, cell in enumerate(cells):
            if is_wide[x]:
                yield " " if any(cells[x + 1 : x + 2]) else cell
            elif cell:
                yield cell
            elif not (x and is_wide[x - 1]):
                yield " "
