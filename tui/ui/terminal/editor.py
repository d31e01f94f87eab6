"""A text in the person's own editor, the screen being suspended meanwhile."""

import os
import shlex
import subprocess
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from textual.app import SuspendNotSupported

from tui.domain.redact import without_secrets
from tui.domain.text import clean


class Screenful(Protocol):
    """What owns the terminal and lends it out."""

    def batch_update(self) -> AbstractContextManager[None]:
        """Paint nothing inside the block."""

    def suspend(self) -> AbstractContextManager[None]:
        """Give the terminal to another program; raises `SuspendNotSupported`."""

    def refresh(self) -> object:
        """Paint everything again."""

    def say(self, message: str, *, problem: bool = False) -> None:
        """Show one line in the status line."""


def edited(app: Screenful, text: str) -> str:
    """Return `text` as it was left in $VISUAL or $EDITOR; unchanged, with the reason said, where that failed."""
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="divewatch-") as folder:
        path = Path(folder) / "brief.md"
        path.write_text(text, "utf-8")
        try:
            with app.batch_update(), app.suspend():
                done = subprocess.run([*editor, str(path)], env=without_secrets(os.environ), check=False)  # noqa: S603  the person's own editor
            left = path.read_text("utf-8", "replace") if done.returncode == 0 else text
        except (OSError, SuspendNotSupported) as error:
            app.say(f"{editor[0]}: {error}", problem=True)
            return text
    app.refresh()
    return clean(left).rstrip("\n")
