"""What is said when the program breaks: the traceback without variables, cleaned, without any key; and a log of it."""

import os
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from tui import __version__
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
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", errors="replace") as file:
            file.write(text + "\n")
    except OSError:
        return False
    return True
