"""Shows one picture until a key is pressed, as a program of its own: `python -m tui.ui.terminal.show_picture FILE`.

It runs while the screen is suspended, as an editor does, so that a file that breaks a decoder breaks nothing else. Its
exit code says what became of it; it prints no message.
"""

import fcntl
import os
import select
import struct
import sys
import termios
import time
import tty
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.ui.terminal.graphics import QUESTION, drawn, is_answered, protocol_of

if TYPE_CHECKING:
    from PIL.Image import Image

SHOWN, UNABLE, NO_PICTURE = 0, 3, 4
"""Exit codes: it was seen; this terminal shows no pictures; the file is none, or too large."""
LARGEST = 40_000_000
"""Pixels of a picture that is decoded."""
_KINDS = ("PNG", "JPEG", "GIF", "WEBP")
_PATIENCE = 1.0  # seconds for a terminal to answer
_CELL = (10, 20)  # pixels, where the terminal tells none
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H"
_LEAVE = "\x1b_Ga=d,q=2\x1b\\\x1b[2J\x1b[?25h\x1b[?1049l"
_HINT = "any key goes back"


def main(path: str) -> int:
    """Show the picture in a file; returns the exit code."""
    with _raw(0):
        protocol = protocol_of(_asked(0, 1), os.environ)
        if protocol is None:
            return UNABLE
        columns, lines, size = _room(1)
        picture = _decoded(path, size)
        if picture is None:
            return NO_PICTURE
        try:
            _write(1, _ENTER)
            for part in drawn(picture, protocol):
                _write(1, part)
            _write(1, f"\x1b[{lines};{max(1, (columns - len(_HINT)) // 2)}H{_HINT}")
            os.read(0, 1024)
        finally:
            _write(1, _LEAVE)
    return SHOWN


def _decoded(path: str, size: tuple[int, int]) -> "Image | None":
    """Decode a file and scale it to the screen's pixels; None if it is not a picture."""
    from PIL import Image

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = LARGEST
    try:
        with Image.open(path, formats=_KINDS) as file:
            file.thumbnail(size)
            flat = Image.new("RGB", file.size, "white")
            colours = file.convert("RGBA")
            flat.paste(colours, mask=colours.getchannel("A"))
            return flat
    except Exception:  # noqa: BLE001  a decoder may raise anything on a broken file
        return None


def _asked(source: int, target: int) -> bytes:
    """Write the query and return the terminal's answer, as far as it arrives in time."""
    _write(target, QUESTION)
    answer, end = b"", time.monotonic() + _PATIENCE
    while not is_answered(answer) and select.select([source], [], [], max(0.0, end - time.monotonic()))[0]:
        answer += os.read(source, 1024)
    return answer


def _room(terminal: int) -> tuple[int, int, tuple[int, int]]:
    """Return columns and lines of the terminal, and the pixels of all lines but the last."""
    told = fcntl.ioctl(terminal, termios.TIOCGWINSZ, bytes(8))
    lines, columns, width, height = struct.unpack("HHHH", told)
    lines, columns = lines or 24, columns or 80
    cell_width, cell_height = (width // columns, height // lines) if width and height else _CELL
    return columns, lines, (max(1, columns * cell_width), max(1, (lines - 1) * cell_height))


def _write(target: int, text: str) -> None:
    data = memoryview(text.encode("ascii"))
    while data:
        data = data[os.write(target, data) :]


@contextmanager
def _raw(terminal: int) -> Iterator[None]:
    """Set raw mode for the block, so that keys and answers arrive at once."""
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]))))
