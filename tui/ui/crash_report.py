"""What is said when the program breaks: the traceback without variables, cleaned, without any key; and a log of it."""

import os
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path

from tui import __version__
from tui.domain.secret import every_secret
from tui.domain.text import clean

_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)$", re.IGNORECASE)
_SHORTEST_SECRET = 8


def masked(text: str, secrets: Iterable[str] = (), env: Mapping[str, str] | None = None) -> str:
    """Return `text` with every key ever read, and every value of a variable named like one, replaced by `***`."""
    env = os.environ if env is None else env
    values = {*secrets, *every_secret(), *(value for name, value in env.items() if _SECRET_NAME.search(name))}
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "***")
    return text


def report(error: BaseException, secrets: Iterable[str] = ()) -> str:
    """Return the crash report: where it happened, never what the variables held."""
    lines = traceback.format_exception(error, limit=40)
    python = ".".join(str(part) for part in sys.version_info[:3])
    head = f"divewatch {__version__}, Python {python}, {sys.platform}\n"
    return clean(masked(head + "".join(lines), secrets))


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
