"""Runs other programs in this terminal while the screen is suspended, above all the user's editor."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from textual.app import SuspendNotSupported

from tui.domain.redact import without_secrets
from tui.domain.text import clean
from tui.ui.shell.shell import Shell
from tui.ui.terminal.job_control import Ended, run_in_terminal

ENDED = -1
"""In place of an exit code: the program was ended by a signal to us."""


def edited(app: Shell, text: str) -> str:
    """Return `text` after editing in $VISUAL or $EDITOR; if that failed, unchanged, with the reason shown."""
    import tempfile  # not before the first paint of the reader

    try:
        editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "") or ["vi"]
    except ValueError as error:
        app.say(f"$VISUAL or $EDITOR: {error}", problem=True)
        return text
    with tempfile.TemporaryDirectory(prefix="divewatch-") as folder:
        path = Path(folder) / "brief.md"
        path.write_text(text, "utf-8")
        whole = run_outside(app, editor[0], [*editor, str(path)]) in {0, ENDED}
        return clean(path.read_text("utf-8", "replace")).rstrip("\n") if whole else text


def run_outside(app: Shell, name: str, command: Sequence[str]) -> int | None:
    """Run a program in the terminal while the screen is suspended, without our keys in its environment.

    Returns:
        Its exit code; `ENDED` where a signal to us ended it, and ends us now; None, with the reason said, where it
        could not be run.
    """
    problem: OSError | Ended | None = None
    code: int | None = None
    try:
        with app.batch_update(), app.suspend():
            try:  # inside: nothing else takes the screen again
                code = run_in_terminal([*command], without_secrets(os.environ))
            except (OSError, Ended) as error:
                problem = error
    except SuspendNotSupported as error:
        app.say(f"{name}: {error}", problem=True)
        return None
    app.redraw()
    if isinstance(problem, Ended):
        app.end_by(problem.number)
        return ENDED
    if problem is not None:
        app.say(f"{name}: {problem.strerror or problem}", problem=True)
    return code
