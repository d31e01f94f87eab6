"""Pictures in the terminal: kitty's protocol, iTerm2's inline files, sixels; detection of what it supports.

Everything written is made here from decoded pixels: no byte of a file reaches the terminal. Pure, but for Pillow's
images, which are passed in.
"""

import base64
import io
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


class Protocol(StrEnum):
    """A way in which a terminal accepts pictures."""

    KITTY = "kitty"
    ITERM = "iterm"
    SIXEL = "sixel"


QUESTION = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c"
"""Asks whether the kitty protocol is known; the last part has an answer from every terminal, so nobody waits long."""
_PART = 4096  # characters that the kitty protocol takes at once
_COLOURS = 128  # of a picture in sixels
_KITTY_SAYS = re.compile(rb"\x1b_Gi=31[;,][^\x1b]*OK")
_ATTRIBUTES = re.compile(rb"\x1b\[\?([\d;]*)c")


def is_answered(answer: bytes) -> bool:
    """Whether the last part of `QUESTION` was answered."""
    return _ATTRIBUTES.search(answer) is not None


def protocol_of(answer: bytes, env: Mapping[str, str]) -> Protocol | None:
    """Return the protocol of a terminal by its answer to `QUESTION` and the environment; None for no pictures."""
    if _KITTY_SAYS.search(answer):
        return Protocol.KITTY
    if "iTerm" in env.get("TERM_PROGRAM", "") + env.get("LC_TERMINAL", "") and "TMUX" not in env:
        return Protocol.ITERM
    told = _ATTRIBUTES.search(answer)
    return Protocol.SIXEL if told and b"4" in told[1].split(b";")[1:] else None


def drawn(picture: "Image", protocol: Protocol) -> Iterator[str]:
    """Yield the sequences that draw an RGB picture at the cursor."""
    if protocol is Protocol.SIXEL:
        yield from sixels(picture)
        return
    file = io.BytesIO()
    picture.save(file, "PNG")
    text = base64.b64encode(file.getvalue()).decode("ascii")
    if protocol is Protocol.ITERM:
        yield f"\x1b]1337;File=inline=1;size={len(file.getvalue())};preserveAspectRatio=1:{text}\x07"
        return
    parts = [text[at : at + _PART] for at in range(0, len(text), _PART)]
    for number, part in enumerate(parts):
        first = "a=T,f=100,q=2," if number == 0 else ""
        yield f"\x1b_G{first}m={int(number < len(parts) - 1)};{part}\x1b\\"


def sixels(picture: "Image") -> Iterator[str]:
    """Yield a picture as sixels: bands of six lines, for each colour in it one row of sixel characters."""
    reduced = picture.quantize(_COLOURS)
    palette = reduced.getpalette() or []
    width, height = reduced.size
    pixels = reduced.tobytes()
    yield f'\x1bP0;1q"1;1;{width};{height}'
    for colour in sorted(set(pixels)):
        red, green, blue = (round(value * 100 / 255) for value in palette[colour * 3 : colour * 3 + 3])
        yield f"#{colour};2;{red};{green};{blue}"
    for top in range(0, height, 6):
        band = [pixels[y * width : (y + 1) * width] for y in range(top, min(top + 6, height))]
        lines = [f"#{colour}{_run_lengths(_columns(band, colour))}" for colour in sorted(set(b"".join(band)))]
        yield "$".join(lines) + "-"
    yield "\x1b\\"


def _columns(band: list[bytes], colour: int) -> str:
    """Return one sixel character a column: the bits of its six pixels that have a colour."""
    columns = [0] * len(band[0])
    for bit, row in enumerate(band):
        at = row.find(colour)
        while at >= 0:
            columns[at] |= 1 << bit
            at = row.find(colour, at + 1)
    return "".join(chr(63 + column) for column in columns)


def _run_lengths(text: str) -> str:
    return re.sub(r"(.)\1{3,}", lambda run: f"!{len(run[0])}{run[1]}", text.rstrip("?"))
