"""Runs -> strips whose terminal bytes are prepared: one escape sequence a change of style, blanks erased, links inside.

The only module of the reader that leans on a private member of Textual: `Strip._render_cache`. Without it (or with
`TIGHT` off) the strips are drawn by Textual's own code, in more bytes; a test fails when the member goes away.
"""

import os
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

TIGHT = hasattr(Strip([]), "_render_cache")
_LONG_GAP = 8
_ATTRIBUTES = (
    ("bold", "1", "22"),
    ("dim", "2", "22"),
    ("italic", "3", "23"),
    ("underline", "4", "24"),
    ("blink", "5", "25"),
    ("reverse", "7", "27"),
    ("strike", "9", "29"),
)
_INKS_BLANKS = {"underline", "reverse", "strike", "blink"}

State = tuple[str, str, frozenset[str]]
_RESET: State = ("", "", frozenset())


def draw(
    segments: Sequence[Segment],
    width: int,
    fill: Style,
    *,
    filters: Iterable[LineFilter] = (),
    background: Color,
    system: ColorSystem = ColorSystem.TRUECOLOR,
    links: bool = True,
) -> Strip:
    """Return a strip of exactly `width` cells.

    Args:
        segments: What stands in the line.
        width: Cells of the line.
        fill: Style of the blanks behind it.
        filters: The application's line filters (16 colours, NO_COLOR), applied here because the strip is kept.
        background: Background the filters may need.
        system: The colours the terminal has.
        links: Whether the styles' links are sent to the terminal.
    """
    strip = Strip(segments).adjust_cell_length(width, fill)
    for line_filter in filters:
        strip = strip.apply_filter(line_filter, background)
    if TIGHT:
        strip = Strip(strip, width)
        strip._render_cache = encode(strip, system, links)
    return strip


def encode(segments: Iterable[Segment], system: ColorSystem, links: bool = True) -> str:
    """Return the terminal bytes of a line that begins and ends in the default style."""
    out: list[str] = []
    state, link = _RESET, None
    pieces = list(segments)
    for text, style, _ in pieces:
        if not text:
            continue
        wanted, url, link_id = _parts(style, system) if style else (_RESET, None, "")
        url = url if links else None
        if url != link:
            if link:
                out.append("\x1b]8;;\x1b\\")
            if url:
                out.append(f"\x1b]8;id={link_id};{url}\x1b\\")
            link = url
        blank = text.isspace() and not wanted[2] & _INKS_BLANKS
        if blank:  # blanks have no ink: neither colour nor weight of the letters matters
            wanted = (state[0], wanted[1], state[2] - _INKS_BLANKS)
        out.append(_change(state, wanted))
        state = wanted
        gap = len(text)
        if blank and gap > _LONG_GAP and (not wanted[1] or _erases_in_colour()):
            out.append(f"\x1b[{gap}X\x1b[{gap}C")
        else:
            out.append(text)
    if link:
        out.append("\x1b]8;;\x1b\\")
    if state != _RESET:
        out.append("\x1b[m")
    return "".join(out)


@lru_cache(maxsize=2048)
def _parts(style: Style, system: ColorSystem) -> tuple[State, str | None, str]:
    colour = ";".join(style.color.downgrade(system).get_ansi_codes()) if style.color else ""
    ground = ";".join(style.bgcolor.downgrade(system).get_ansi_codes(False)) if style.bgcolor else ""
    flags = frozenset(name for name, _, _ in _ATTRIBUTES if getattr(style, name if name != "strike" else "strike"))
    return ("" if colour == "39" else colour, "" if ground == "49" else ground, flags), style.link, _link_id(style.link)


def _link_id(url: str | None) -> str:
    """Equal links get equal ids, so that a terminal underlines all lines of a wrapped one."""
    return f"{hash(url) & 0xFFFFFF:x}" if url else ""


@lru_cache(maxsize=4096)
def _change(old: State, new: State) -> str:
    """Return the shortest sequence that leads from one state to another."""
    if old == new:
        return ""
    whole = ["0" if old != _RESET else "", *_on(new[2]), new[0], new[1]]
    gone = old[2] - new[2]
    off = {code for name, _, code in _ATTRIBUTES if name in gone}
    kept = new[2] & {"bold", "dim"} if "22" in off else frozenset()
    step = [*sorted(off), *_on((new[2] - old[2]) | kept)]
    step += [new[0] or "39"] if new[0] != old[0] else []
    step += [new[1] or "49"] if new[1] != old[1] else []
    codes = min((";".join(filter(None, codes)) for codes in (whole, step)), key=len)
    return f"\x1b[{codes}m"


def _on(flags: frozenset[str]) -> list[str]:
    return [code for name, code, _ in _ATTRIBUTES if name in flags]


@lru_cache(maxsize=1)
def _erases_in_colour() -> bool:
    """Whether ECH takes the current background: everywhere but in GNU screen (whose TERM tmux also wears, no harm)."""
    return not os.environ.get("TERM", "").startswith("screen")
