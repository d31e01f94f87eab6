"""An emulated terminal that keeps looks and links of its cells, and takes nothing but what a frame may write."""

import re
from typing import NamedTuple

from rich.cells import split_graphemes

_TOKEN = re.compile(r"\x1b\[([\d;]*)([A-Za-z])|\x1b\](8;[^\x1b]*)\x1b\\|\x1b(M)|([\r\n])|([^\x00-\x1f]+)")


class Cell(NamedTuple):
    """What a person sees of a cell; the colours of letters are not seen of blanks."""

    text: str = " "
    ink: tuple[str, ...] = ()
    ground: str = ""
    url: str = ""


UNKNOWN = Cell("?")
"""Of a cell that nothing was written to since the terminal got its size, or since it was scrolled in."""


class FrameScreen:
    """A terminal with nothing but what a frame may use; any other sequence is an error."""

    def __init__(self, width: int, height: int, *, erases: bool = True) -> None:
        self.width, self.height = width, height
        self.cells = [[UNKNOWN] * width for _ in range(height)]
        self.x = self.y = 0
        self.top, self.bottom = 0, height
        self.pen: dict[str, str] = {}
        self.url = ""
        self.erases = erases

    def feed(self, data: str) -> None:
        at = 0
        while at < len(data):
            found = _TOKEN.match(data, at)
            assert found, repr(data[at : at + 20])
            at = found.end()
            numbers, kind, link, escape, control, text = found.groups()
            if kind:
                self._csi(numbers, kind)
            elif link is not None:
                self.url = link.split(";", 2)[2]
            elif escape or control:
                self._step(escape or control)
            else:
                for start, stop, width in split_graphemes(text)[0]:
                    self._write(text[start:stop], width)

    def _write(self, char: str, width: int) -> None:
        assert self.x + width <= self.width, "written beyond the last column"
        flags = tuple(sorted(flag for flag in self.pen if flag not in {"38", "48"}))
        ink = (self.pen.get("38", ""), *flags) if char != " " else tuple(f for f in flags if f in "4579")
        self._halve(self.x)
        self._halve(self.x + width)
        for offset in range(width):
            text = "" if offset else char
            self.cells[self.y][self.x + offset] = Cell(text, ink, self.pen.get("48", ""), self.url)
        self.x += width

    def _halve(self, x: int) -> None:
        """Blank both halves of a wide character that is cut at a column."""
        row = self.cells[self.y]
        if x < self.width and not row[x].text:
            row[x - 1], row[x] = row[x - 1]._replace(text=" "), row[x]._replace(text=" ")

    def _csi(self, numbers: str, kind: str) -> None:
        first = int(numbers.partition(";")[0] or 0)
        if kind == "m":
            self._style(numbers.split(";"))
        elif kind == "H":
            self.y, self.x = max(1, first) - 1, int(numbers.partition(";")[2] or 1) - 1
        elif kind == "G":
            self.x = first - 1
        elif kind == "C":
            self.x += max(1, first)
            assert self.x < self.width
        elif kind == "D":
            assert self.x < self.width, "terminals differ in where the cursor is behind the last column"
            self.x -= max(1, first)
        elif kind == "B":
            self.y += max(1, first)
            assert self.y < self.height
        elif kind in "XK":
            self._halve(self.x)
            self._halve(self.x + first if kind == "X" else self.width)
            blank = Cell(ground=self.pen.get("48", "") if self.erases else "")
            for x in range(self.x, min(self.width, self.x + first) if kind == "X" else self.width):
                self.cells[self.y][x] = blank
        else:
            assert kind == "r"
            self.top, self.bottom = (first - 1, int(numbers.partition(";")[2])) if numbers else (0, self.height)

    def _step(self, step: str) -> None:
        if step in "\n\r":
            assert self.x < self.width, "terminals differ in where the cursor is behind the last column"
        if step == "\r":
            self.x = 0
        elif step == "M":
            assert self.y == self.top
            self.cells[self.top : self.bottom] = [[UNKNOWN] * self.width, *self.cells[self.top : self.bottom - 1]]
        elif self.y == self.bottom - 1:
            self.cells[self.top : self.bottom] = [*self.cells[self.top + 1 : self.bottom], [UNKNOWN] * self.width]
        else:
            self.y += 1

    def _style(self, codes: list[str]) -> None:
        while codes:
            code = codes.pop(0)
            if code in {"", "0"}:
                self.pen.clear()
            elif code in {"38", "48"}:
                taken = 4 if codes[0] == "2" else 2
                self.pen[code] = ";".join(codes[:taken])
                del codes[:taken]
            elif code == "22":
                self.pen = {name: value for name, value in self.pen.items() if name not in "12"}
            elif code in {"39", "49"}:
                self.pen.pop(f"{code[0]}8", None)
            elif len(code) == 2 and code[0] == "2":
                self.pen.pop(code[1], None)
            elif len(code) > 1:
                self.pen["38" if code[:-1] in {"3", "9"} else "48"] = code
            else:
                self.pen[code] = code
