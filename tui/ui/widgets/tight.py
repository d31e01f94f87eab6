"""Strips that write few bytes: one SGR per change of style and erasing instead of trailing blanks.

Leans on `Strip._render_cache` and `Strip.render_ansi` of the pinned Textual; `tests/ui/test_tight.py` fails loudly when
they change, and with `ENABLED = False` the same strips are written by Textual itself.
"""

import os
from collections.abc import Sequence
from functools import lru_cache

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

ENABLED = os.environ.get("DIVEWATCH_TIGHT", "1") != "0"
_WORTH_ERASING = 8  # an erase and a move cost as many bytes as this many blanks


def tight(segments: Sequence[Segment], width: int, fill: Style, system: ColorSystem | None, *, erase: bool) -> Strip:
    """Return a strip of exactly `width` cells whose terminal bytes are prepared.

    Args:
        segments: The content; must be clean of control characters.
        width: Cells of the strip.
        fill: Style of the padding.
        system: The colours of the terminal; None leaves the writing to Textual.
        erase: Whether the terminal paints erased cells in the current background.
    """
    strip = Strip(segments).adjust_cell_length(width, fill).simplify()
    if not ENABLED or system is None:
        return strip
    parts: list[str] = []
    last: _Code = ("", "", "")
    pieces = list(strip)
    for number, (text, style, _) in enumerate(pieces):
        code = _code(style or _NO_STYLE, system)
        blank = text.isspace()
        if blank and code[0] == last[0] and not code[0]:
            code = (code[0], last[1], code[2])  # nobody sees the colour of a blank
        parts.append(_change(last, code))
        last = code
        body = text.rstrip(" ") if erase and number == len(pieces) - 1 else text
        gap = len(text) - len(body)
        if gap > _WORTH_ERASING and not code[0]:
            parts.append(f"{body}\x1b[{gap}X\x1b[{gap}C")
        else:
            parts.append(text)
    if any(last):
        parts.append("\x1b[0m")
    strip._render_cache = "".join(parts)
    return strip


_Code = tuple[str, str, str]  # attributes, colour, background: parameters of SGR
_NO_STYLE = Style()


@lru_cache(4096)
def _code(style: Style, system: ColorSystem) -> _Code:
    attributes = Strip.render_ansi(style.without_color, system)
    colour = Strip.render_ansi(Style(color=style.color), system) if style.color else ""
    ground = Strip.render_ansi(Style(bgcolor=style.bgcolor), system) if style.bgcolor else ""
    return attributes, colour, ground


def _change(old: _Code, new: _Code) -> str:
    """Return the shortest SGR from one style to the next: colours alone where nothing has to be switched off."""
    if old == new:
        return ""
    if old[0] != new[0] or (old[1] and not new[1]) or (old[2] and not new[2]):
        return f"\x1b[{';'.join(('0', *filter(None, new)))}m"
    return f"\x1b[{';'.join(part for before, part in zip(old, new, strict=True) if before != part)}m"
