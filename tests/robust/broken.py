"""The program with one part broken on purpose: `python -m tests.robust.broken [ARGUMENTS]`, the part named by BREAK.

What is raised quotes a key, holds one in its variables, and would act on a terminal.
"""

import os
import threading
from typing import Any, NoReturn

from tui.domain.secret import every_secret


def fall_over(*_: Any, **__: Any) -> NoReturn:
    """Raise what must never be shown as it is."""
    keys = [*every_secret()]
    if not os.environ["BREAK"].startswith("engine"):  # a crash report knows the environment's keys, too
        keys.append(os.environ.get("EXTRUCT_API_TOKEN", "no key"))
    held_in_a_variable = {"X-API-Key": " ".join(keys)}
    raise RuntimeError(f"broken with {held_in_a_variable['X-API-Key']} \x1b]0;PWNED\x07\x1bc\x9b2J")


def break_handler() -> None:
    """`L` raises on the screen's own thread."""
    from tui.ui.app_actions import AppActions
    from tui.ui.commands.command import handles

    AppActions.action_log = handles("app.log")(fall_over)  # type: ignore[method-assign]


def break_worker() -> None:
    """What the dashboard runs in the background raises when its result is handed over."""
    from tui.ui.app import DivewatchApp

    DivewatchApp._engine_started = fall_over  # type: ignore[method-assign]


def break_engine() -> None:
    """Every poller of the engine raises again and again."""
    from tui.engine.polling.worker import Worker

    Worker.run = fall_over  # type: ignore[method-assign]


def break_engine_thread() -> None:
    """The engine's thread itself ends."""
    from tui.engine.core import Core

    Core.serve = fall_over  # type: ignore[method-assign]
    threading.excepthook = lambda _: None


def break_painting() -> None:
    """A widget raises while it is painted."""
    from tui.ui.widgets.list_view import LineView

    LineView.render_lines = fall_over  # type: ignore[method-assign]


def break_command() -> None:
    """A command of the command line raises."""
    from tui.engine.archive.search import json

    json.listed = fall_over


if __name__ == "__main__":
    globals()[f"break_{os.environ['BREAK']}"]()
    from tui.__main__ import main

    main()
