"""SGR sequences: styles -> terminal states, and the shortest change from one state to another."""

import os
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style

_ATTRIBUTES = (
    ("bold", "1", "22"),
    ("dim", "2", "22"),
    ("italic", "3", "23"),
    ("underline", "4", "24"),
    ("blink", "5", "25"),
    ("reverse", "7", "27"),
    ("strike", "9", "29"),
)
INKS_BLANKS = frozenset({"underline", "reverse", "strike", "blink"})
"""Attributes with which a blank is not just its background."""
_NUMBERS = count(1)


class SgrState(NamedTuple):
    """The graphic rendition of a terminal: SGR codes of its colours ("" for its own), attributes by name."""

    colour: str = ""
    ground: str = ""
    flags: frozenset[str] = frozenset()


RESET = SgrState()


@lru_cache(maxsize=4096)
def state_of(style: Style, system: ColorSystem) -> SgrState:
    """Return the state of a style in a colour system."""
    colour = ";".join(style.color.downgrade(system).get_ansi_codes()) if style.color else ""
    ground = ";".join(style.bgcolor.downgrade(system).get_ansi_codes(False)) if style.bgcolor else ""
    flags = frozenset(name for name, _, _ in _ATTRIBUTES if getattr(style, name))
    return SgrState("" if colour == "39" else colour, "" if ground == "49" else ground, flags)


@lru_cache(maxsize=8192)
def change(old: SgrState, new: SgrState) -> str:
    """Return the shortest sequence that leads from one state to another."""
    if old == new:
        return ""
    whole = ["0" if old != RESET else "", *_on(new.flags), new.colour, new.ground]
    gone = old.flags - new.flags
    off = {code for name, _, code in _ATTRIBUTES if name in gone}
    kept = new.flags & {"bold", "dim"} if "22" in off else frozenset()
    step = [*sorted(off), *_on((new.flags - old.flags) | kept)]
    step += [new.colour or "39"] if new.colour != old.colour else []
    step += [new.ground or "49"] if new.ground != old.ground else []
    codes = min((";".join(filter(None, codes)) for codes in (whole, step)), key=len)
    return f"\x1b[{codes}m"


def _on(flags: frozenset[str]) -> list[str]:
    return [code for name, code, _ in _ATTRIBUTES if name in flags]


@lru_cache(maxsize=1)
def erases_in_colour() -> bool:
    """Whether ECH keeps the current background; not with TERM=screen*, linux, vt*, dumb (tmux also uses screen*)."""
    return not os.environ.get("TERM", "").startswith(("screen", "linux", "vt", "dumb"))


@lru_cache(maxsize=8192)
def link_id(url: str) -> str:
    """Return the id of a link: equal links have equal ids, so that a terminal underlines a wrapped one as a whole."""
    return f"{next(_NUMBERS):x}"
