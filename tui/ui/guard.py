"""What must hold before the screen is taken; checked without importing textual."""

import os
import sys
from collections.abc import MutableMapping
from typing import TextIO

NO_TERMINAL = 2
HINT = "divewatch needs a terminal; in scripts use `divewatch list`, `show`, `watch` or `export`"


def refuse(
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    env: MutableMapping[str, str] | None = None,
) -> int | None:
    """Return the exit code 2, with a hint on standard error, where there is no usable terminal; None to go on.

    COLUMNS and LINES are taken out of the environment: textual would believe them for ever, whatever the window does.
    """
    stdin, stdout, stderr = stdin or sys.stdin, stdout or sys.stdout, stderr or sys.stderr
    env = os.environ if env is None else env
    reason = ""
    if not (_is_terminal(stdin) and _is_terminal(stdout)):
        reason = "standard input or output is not a terminal"
    elif env.get("TERM", "") in {"", "dumb"}:
        reason = f"TERM={env.get('TERM', '') or '(unset)'} cannot place a cursor"
    if reason:
        print(f"divewatch: {reason}\n{HINT}", file=stderr)  # noqa: T201  narration belongs on standard error
        return NO_TERMINAL
    for name in ("COLUMNS", "LINES"):
        env.pop(name, None)
    return None


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (ValueError, AttributeError):
        return False
