"""The moving picture of the README: one walk through the program as an SVG whose frames follow each other by CSS.

It fetches nothing, runs no script, and stands still for readers who ask for less motion.
"""

from collections.abc import Iterable
from html import escape
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from screenshots.scenes import presses
from screenshots.stage import FONT, settle
from tui.ui.app import DivewatchApp
from tui.ui.shell.services import Services

NAME = "tour"
LIMIT = 300_000  # bytes: what a page may load for one picture
_SIZE = (116, 30)
_CELL = (9, 18)  # width and height of a cell
_LETTERS = 15  # font size
_BAND = 34  # height of the caption


class Frame(NamedTuple):
    """What is pressed, what the caption says about it, and how many seconds one may look."""

    keys: tuple[str, ...]
    shown: str  # the keys as they are named in the caption
    caption: str
    seconds: float = 3.5
    typed: str = ""


FRAMES = (
    Frame((), "divewatch", "every research task at every service, what waits for you first"),
    Frame(("a",), "a", "read its plan, approve it or change it; the time left stands on top", 4.5),
    Frame(("escape", "slash"), "/", "narrow the list as you type", 3.0, "Three ways"),
    Frame(("enter", "3"), "enter", "the report, with its title and section on top"),
    Frame(("]",) * 12, "]", "from citation to citation", 2.5),
    Frame(("enter",), "enter", "the source of this very claim, and where else it is cited", 4.5),
    Frame(("escape", "escape", "F"), "F", "search the text of every saved report", 4.0, "vacuum transaction"),
    Frame(("escape", "escape", "escape", "$"), "$", "what it costs, by month, day and service", 4.0),
)


async def film(given: Services) -> str:
    """Walk through the program and return the picture."""
    app = DivewatchApp(given)
    shots: list[list[Strip]] = []
    async with app.run_test(size=_SIZE) as pilot:
        await settle(pilot)
        for frame in FRAMES:
            for name in (*frame.keys, *frame.typed):
                await pilot.press(*presses(name) if len(name) == 1 else [name])
                if name in frame.keys:
                    await settle(pilot)
            await settle(pilot)
            shots.append(list(app.screen._compositor.render_strips(app.size)))
    return _document(shots)


def _document(shots: list[list[Strip]]) -> str:
    columns, lines = _SIZE
    width, height = columns * _CELL[0], lines * _CELL[1] + _BAND
    looks: dict[str, str] = {}
    frames = [
        f'<g class="f k{number}">\n{_drawn(strips, looks)}{_caption(number, height)}</g>'
        for number, strips in enumerate(shots)
    ]
    rules = "\n".join(f".{name}{{{css}}}" for css, name in looks.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 {width} {height}">\n'
        f"<title>A walk through divewatch</title>\n<style>\n"
        f"text{{font:{_LETTERS}px {FONT};white-space:pre}}\n{rules}\n{_timing()}\n</style>\n"
        f'<rect width="{width}" height="{height}" rx="6" fill="#101418"/>\n' + "\n".join(frames) + "\n</svg>\n"
    )


def _timing() -> str:
    """Return the rules by which one frame is seen at a time, again and again."""
    whole = sum(frame.seconds for frame in FRAMES)
    rules = [".f{visibility:hidden}", ".k0{visibility:visible}"]
    begin = 0.0
    for number, frame in enumerate(FRAMES):
        end = begin + frame.seconds
        steps = (
            f"0%{{visibility:hidden}}{begin / whole:.2%}{{visibility:visible}}{end / whole:.2%}{{visibility:hidden}}"
        )
        rules.append(f"@keyframes k{number}{{{steps.removeprefix('0%{visibility:hidden}') if not number else steps}}}")
        rules.append(f".k{number}{{animation:k{number} {whole:g}s step-end infinite}}")
        begin = end
    return "\n".join([*rules, "@media (prefers-reduced-motion:reduce){.f{animation:none}}"])


def _caption(number: int, height: int) -> str:
    frame = FRAMES[number]
    chip = cell_len(frame.shown) * _CELL[0] + 16
    base = height - _BAND / 2 + 5
    return (
        f'<rect x="10" y="{height - _BAND + 6}" width="{chip}" height="22" rx="4" fill="#c9a7e8"/>'
        f'<text x="18" y="{base:g}" textLength="{chip - 16}" fill="#101418" font-weight="bold">'
        f"{escape(frame.shown)}</text>"
        f'<text x="{chip + 24}" y="{base:g}" textLength="{cell_len(frame.caption) * _CELL[0]}" fill="#d3dae2">'
        f"{escape(frame.caption)}</text>\n"
    )


def _drawn(strips: list[Strip], looks: dict[str, str]) -> str:
    """Return the cells of a screen: what lies behind the letters, then the letters."""
    out: list[str] = []
    for y, strip in enumerate(strips):
        behind, letters = [], []
        for x, text, style in _runs(strip):
            cells = cell_len(text)
            front, back = _colours(style)
            if back:
                behind.append(
                    f'<rect class="{_look(looks, f"fill:{back}")}" x="{x * _CELL[0]}" y="{y * _CELL[1]}" '
                    f'width="{cells * _CELL[0]}" height="{_CELL[1]}"/>'
                )
            word = text.strip(" ")
            if word:
                at = x + len(text) - len(text.lstrip(" "))
                css = (
                    f"fill:{front}" + ";font-weight:bold" * bool(style.bold) + ";font-style:italic" * bool(style.italic)
                )
                css += ";text-decoration:underline" * bool(style.underline)
                letters.append(
                    f'<text class="{_look(looks, css)}" x="{at * _CELL[0]}" y="{y * _CELL[1] + 14}" '
                    f'textLength="{cell_len(word) * _CELL[0]}">{escape(word, quote=False)}</text>'
                )
        if behind or letters:
            out.append("".join((*behind, *letters)) + "\n")
    return "".join(out)


def _runs(strip: Strip) -> Iterable[tuple[int, str, Style]]:
    """Return (cell, text, style) of the longest pieces of a line in one style."""
    x = 0
    for style, group in groupby(strip, key=_style_of):
        text = "".join(segment.text for segment in group)
        yield x, text, style
        x += cell_len(text)


def _style_of(segment: Segment) -> Style:
    return segment.style or Style.null()


def _colours(style: Style) -> tuple[str, str]:
    """Return the colours of letters and of what is behind them; "" for the ground of the picture."""
    front, back = _hex(style.color, "#d3dae2"), _hex(style.bgcolor, "#101418")
    front, back = (back, front) if style.reverse else (front, back)
    return front, "" if back == "#101418" else back


def _hex(colour: Color | None, otherwise: str) -> str:
    return otherwise if colour is None or colour.is_default else colour.get_truecolor().hex


def _look(looks: dict[str, str], css: str) -> str:
    return looks.setdefault(css, f"c{len(looks)}")
