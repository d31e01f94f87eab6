"""Checks of the terminal before the screen is taken, without importing textual."""

import os
import sys
from collections.abc import MutableMapping
from typing import TextIO

from tui.domain.errors import UsageError

_HINT = "in scripts use `divewatch list`, `show`, `watch` or `export`"


def check_terminal(
    stdin: TextIO | None = None, stdout: TextIO | None = None, env: MutableMapping[str, str] | None = None
) -> None:
    """Check that there is a usable terminal.

    COLUMNS and LINES are taken out of the environment: textual would believe them for ever, whatever the window does.

    Raises:
        UsageError: there is none (exit code 2); nothing was written to standard output.
    """
    env = os.environ if env is None else env
    if not (_is_terminal(stdin or sys.stdin) and _is_terminal(stdout or sys.stdout)):
        raise UsageError("a terminal is needed: standard input or output is none", hint=_HINT)
    if env.get("TERM", "") in {"", "dumb"}:
        raise UsageError(f"TERM={env.get('TERM') or '(unset)'} cannot place a cursor", hint=_HINT)
    for name in ("COLUMNS", "LINES"):
        env.pop(name, None)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False
