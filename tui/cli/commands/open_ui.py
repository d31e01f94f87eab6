"""The commands that start the user interface, without click, so that they start fast."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tui.cli import context, output
from tui.domain.errors import NotFound
from tui.domain.text import clean

if TYPE_CHECKING:
    from tui.domain.detail import Detail


def dashboard(screen: context.Screen, *, lasting: bool = True) -> int:
    """Open the dashboard on the archive and accounts in force; returns the exit code.

    `lasting`: whether their providers go on without this program.
    """
    check_screen()
    with _starting_fast():
        settings = context.config()
        _import_textual()
        from tui.ui.startup import run_app

        with context.open_archive(read_only=False, cached=True) as opened:
            paths, mouse, theme = context.paths(), screen.mouse, screen.theme
            return run_app(opened, context.accounts, settings, paths, mouse=mouse, theme=theme, lasting=lasting)


def open_reader(detail: "Detail", screen: context.Screen) -> int:
    """Open the reader on `detail`; returns the exit code."""
    check_screen()
    with _starting_fast():
        _import_textual()
        from tui.ui.startup import run_reader

        return run_reader(detail, context.config(), context.paths(), mouse=screen.mouse, theme=screen.theme)


def open_report(what: str, sidecar: str | None, screen: context.Screen) -> int:
    """Open a saved report, or the report of a task of the archive, in the reader; returns the exit code.

    Raises:
        NotFound: there is no such file or task, or no report in it.
        UsageError: the file is no report.
    """
    with _starting_fast():
        from tui.engine.files.documents import report_of

        detail = find_detail(what, sidecar)
        report_of(detail)
        return open_reader(detail, screen)


def find_detail(what: str, sidecar: str | None) -> "Detail":
    """Return the file `what`, or the archive's task with that id prefix; `sidecar` has the sources of a file.

    Raises:
        NotFound: there is neither.
        UsageError: the file is no report.
    """
    from tui.engine.files.documents import is_document, open_document

    if is_document(what):
        return open_document(what, sidecar)
    from tui.engine.files.saved_detail import read_detail

    with suppress(NotFound), context.open_archive() as opened:
        return read_detail(opened, opened.find(what))
    raise NotFound(
        f"there is neither a file nor a task {clean(what)}", hint="`divewatch list` shows the ids of all tasks"
    )


def _import_textual() -> None:
    from tui.ui.late_textual import import_textual

    import_textual()


@contextmanager
def _starting_fast() -> Iterator[None]:
    """Until the first paint use what earlier starts compiled, and collect no garbage: imports leave none."""
    from tui.ui.kept_code import AT_START

    gc.disable()
    AT_START.use()
    try:
        yield
    finally:
        AT_START.keep()
        gc.enable()


def check_screen() -> None:
    """Check that there is a terminal; under `divewatch serve` textual talks to the browser instead."""
    from tui.ui.terminal.checks import check_terminal

    if "TEXTUAL_DRIVER" not in os.environ:
        check_terminal()
        _check_encoding()


def _check_encoding() -> None:
    """Warn if the locale cannot encode most characters."""
    encoding = sys.stdout.encoding  # it is painted there
    if encoding.lower().replace("-", "") != "utf8":
        output.ready()
        output.narrate(f"the locale's encoding is {encoding}: the rest shows as ?; export LANG=C.UTF-8")
