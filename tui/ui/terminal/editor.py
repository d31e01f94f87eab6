"""A text in the person's own editor, the screen being suspended meanwhile."""

import os
import shlex
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from textual.app import SuspendNotSupported

from tui.domain.redact import without_secrets
from tui.domain.text import clean
from tui.ui.terminal.job_control import Ended, run_in_terminal


class Screenful(Protocol):
    """What owns the terminal and lends it out."""

    def batch_update(self) -> AbstractContextManager[None]:
        """Paint nothing inside the block."""

    def suspend(self) -> AbstractContextManager[None]:
        """Give the terminal to another program; raises `SuspendNotSupported`."""

    def redraw(self) -> None:
        """Paint everything again."""

    def end_by(self, number: int) -> None:
        """End as after the signal `number`."""

    def say(self, message: str, *, problem: bool = False) -> None:
        """Show one line in the status line."""


def edited(app: Screenful, text: str) -> str:
    """Return `text` as it was left in $VISUAL or $EDITOR; unchanged, with the reason said, where that failed."""
    try:
        editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "") or ["vi"]
    except ValueError as error:
        app.say(f"$VISUAL or $EDITOR: {error}", problem=True)
        return text
    problem: OSError | Ended | None = None
    with tempfile.TemporaryDirectory(prefix="divewatch-") as folder:
        path = Path(folder) / "brief.md"
        path.write_text(text, "utf-8")
        try:
            with app.batch_update(), app.suspend():
                try:  # inside: nothing else takes the screen again
                    code = run_in_terminal([*editor, str(path)], without_secrets(os.environ))
                except (OSError, Ended) as error:
                    problem = error
        except SuspendNotSupported as error:
            app.say(f"{editor[0]}: {error}", problem=True)
            return text
        whole = isinstance(problem, Ended) or (problem is None and code == 0)
        left = clean(path.read_text("utf-8", "replace")).rstrip("\n") if whole else text
    app.redraw()
    if isinstance(problem, Ended):
        app.end_by(problem.number)
    elif problem is not None:
        app.say(f"{editor[0]}: {problem.strerror or problem}", problem=True)
    return left
