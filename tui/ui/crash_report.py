"""The report of a crash: the traceback without variables and without any key; and the log of such reports."""

import os
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from tui import __version__
from tui.domain.atomic import append_private
from tui.domain.redact import redact_text, secret_variables
from tui.domain.text import clean


def report(error: BaseException, secrets: Iterable[str] = ()) -> str:
    """Return the crash report as text: exception and stack, never the values of variables."""
    lines = traceback.format_exception(error, limit=40)
    python = ".".join(str(part) for part in sys.version_info[:3])
    head = f"divewatch {__version__}, Python {python}, {sys.platform}\n"
    variables = (os.environ[name] for name in secret_variables(os.environ))
    return clean(redact_text(head + "".join(lines), [*secrets, *variables]))


def save(text: str, path: Path) -> bool:
    """Append a crash report to a file that only its owner can read; returns False if that is not possible."""
    try:
        append_private(path, f"{text}\n".encode("utf-8", "replace"))
    except OSError:
        return False
    return True
