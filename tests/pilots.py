"""What makes hundreds of applications under test cheap; what they do and show stays the same."""

from collections.abc import Hashable
from typing import Any

import pytest

from tests.idle import wait_for_idle

_UPDATE = 0.002  # seconds between two looks at what is to be painted anew; Textual has a 60th, and tests wait for it


def make_cheap(patch: pytest.MonkeyPatch) -> None:
    """Wait for what is to be done, not for the clock; parse every style sheet once; leave old garbage alone."""
    for module in ("textual.app", "textual.pilot"):
        patch.setattr(f"{module}.wait_for_idle", wait_for_idle)
    patch.setattr("textual.screen.UPDATE_PERIOD", _UPDATE)
    patch.setattr("tui.ui.terminal.textual_patches.freeze_gc", lambda: None)
    patch.setattr("tui.ui.dashboard.sums._PAUSE", 0.0)
    _parse_once(patch)


def _parse_once(patch: pytest.MonkeyPatch) -> None:
    from textual.css.stylesheet import Stylesheet

    parse = Stylesheet._parse_rules
    parsed: dict[Hashable, Any] = {}

    def parse_once(sheet: Stylesheet, css: str, *where: Any, **more: Any) -> Any:
        key = (css, where, *more.items(), *sheet._variables.items())
        if key not in parsed:
            parsed[key] = parse(sheet, css, *where, **more)
        return parsed[key]

    patch.setattr(Stylesheet, "_parse_rules", parse_once)
