"""Strips that write few bytes: one SGR per change of style and erasing instead of trailing blanks.

Leans on `Strip._render_cache` and `Strip.render_ansi` of the pinned Textual; `tests/ui/test_tight.py` fails loudly when
they change, and with `ENABLED = False` the same strips are written by Textual itself.
"""

import os
from collections.abc import Sequence

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
        system: The colours of the terminal; None writes no colours.
        erase: Whether the terminal paints erased cells in the current background.
    """
    strip = Strip(segments).adjust_cell_length(width, fill).simplify()
    if not ENABLED or system is None:
        return strip
    parts: list[str] = []
    last = ""
    pieces = list(strip)
    for number, (text, style, _) in enumerate(pieces):
        code = Strip.render_ansi(style, system) if style else ""
        if code != last:
            parts.append(f"\x1b[0;{code}m" if code else "\x1b[0m")
            last = code
        if erase and number == len(pieces) - 1:
            body = text.rstrip(" ")
            gap = len(text) - len(body)
            if gap > _WORTH_ERASING and not (style and style.underline):
                parts.append(f"{body}\x1b[{gap}X\x1b[{gap}C")
                continue
        parts.append(text)
    if last:
        parts.append("\x1b[0m")
    strip._render_cache = "".join(parts)
    return strip
