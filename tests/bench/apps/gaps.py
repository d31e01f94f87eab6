"""Walks through the screens of an archive and prints, as JSON, what each key asked of the event loop.

`python -m tests.bench.apps.gaps` with DIVEWATCH_HOME set: by step the longest work of the loop, in CPU milliseconds,
and the longest time between two of its turns.
"""

import time

from textual.events import Key
from textual.pilot import Pilot

from tests.bench.apps.opening import Loop, main
from tui.ui.app import DivewatchApp

_SETTLED = 0.8  # seconds
_LIST = [
    "down",
    "end",
    "home",
    "pagedown",
    "]",
    "]",
    "[",
    "s",
    "s",
    "s",
    "S",
    "*",
    "*",
    "/",
    "a",
    "b",
    "escape",
    "escape",
]
_SCREENS = ["?", ":", "F", "B", "L", "$", "A", "n", "N", "e", "v", "enter"]
_NAMED = {"]": "right_square_bracket", "[": "left_square_bracket", "*": "asterisk", "/": "slash"}
_NAMED |= {"?": "question_mark", ":": "colon", "$": "dollar_sign"}


async def walked(pilot: Pilot[None]) -> dict[str, float]:
    """Press keys in the list, then open every screen and leave it."""
    app = pilot.app
    assert isinstance(app, DivewatchApp)
    figures: dict[str, float] = {}
    with Loop() as loop:

        def press(key: str) -> None:
            app.post_message(Key(_NAMED.get(key, key), key if len(key) == 1 else None))

        async def rest(step: str, seconds: float = _SETTLED) -> None:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                await loop.nap()
            number = len(figures)
            figures[f"{number} {step}: work"], figures[f"{number} {step}: gap"] = (
                round(loop.work, 1),
                round(loop.gap, 1),
            )
            loop.work = loop.gap = 0.0

        await rest("start", 4)
        for key in _LIST:
            press(key)
            await rest(key)
        home = app.screen
        for key in _SCREENS:
            press(key)
            await rest(key)
            while app.screen is not home:
                figures[f"{key} opens {type(app.screen).__name__}"] = 1
                press("escape")
                await rest(f"{key} left")
    return figures


if __name__ == "__main__":
    main(walked)
