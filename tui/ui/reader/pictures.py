"""The pictures of a report: drawn in the terminal if it can and Pillow is installed, else opened as links."""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from tui.ui.reader.reader import ReaderActions
from tui.ui.shell.editor import run_outside

_MODULE = "tui.ui.terminal.show_picture"


class ReaderPictures(ReaderActions):
    """Shows the pictures of the report."""

    able = True  # this terminal has not said that it shows none

    def show(self, url: str) -> None:
        """Show a picture of the task; one that is not the task's, or cannot be drawn, is opened as a link."""
        engine, task = self.shell.engine, self.reader.detail.task
        ours = any(image.url == url for image in self.reader.detail.images)
        if engine is None or not ours or not self.able or find_spec("PIL") is None:
            self.shell.follow_link(url)
            return
        import tempfile

        folder = Path(tempfile.mkdtemp(prefix="divewatch-"))
        path = folder / "picture"
        asked_from = self.shell.screen
        self.say("fetching the picture")

        def fetched(_: int) -> None:
            try:
                if self.shell.screen is asked_from:  # else the person went on meanwhile
                    self._show(path, url)
            finally:
                shutil.rmtree(folder, ignore_errors=True)

        future = engine.download(task.id, url, path)
        self.shell.when_done(future, fetched, lambda: shutil.rmtree(folder, ignore_errors=True))

    def _show(self, path: Path, url: str) -> None:
        from tui.ui.terminal.show_picture import NO_PICTURE, SHOWN, UNABLE

        code = run_outside(self.shell, "picture", [sys.executable, "-m", _MODULE, str(path)])
        if code == SHOWN:
            self.say("")
        elif code == NO_PICTURE:
            self.say(
                "the file is no picture that can be shown, or too large a one; W in the list saves it", problem=True
            )
        elif code == UNABLE:
            type(self).able = False
            self.shell.follow_link(url)
