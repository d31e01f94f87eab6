"""What is said when the program breaks: the traceback without variables, cleaned, without any key; and a log of it."""

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
    """Return the crash report: where it happened, never what the variables held."""
    lines = traceback.format_exception(error, limit=40)
    python = ".".join(str(part) for part in sys.version_info[:3])
    head = f"divewatch {__version__}, Python {python}, {sys.platform}\n"
    variables = (os.environ[name] for name in secret_variables(os.environ))
    return clean(redact_text(head + "".join(lines), [*secrets, *variables]))


def save(text: str, path: Path) -> bool:
    """Append a crash report to a file only its owner can read; False if that is not possible."""
    try:
        append_private(path, f"{text}\n".encode("utf-8", "replace"))
    except OSError:
        return False
    return True
