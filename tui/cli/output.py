"""Output: data to stdout, messages to stderr; cheap to import."""

import os
import sys

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TextIO

    from tui.domain.errors import DivewatchError


_COLUMNS = 80
_told: list[str] = []  # what happened to the archive and nobody has acknowledged: no command is a success


def archive_notice(path: str) -> None:
    """Print the archive's notice to stderr until it is acknowledged; scripts see it in the exit code."""
    from tui.engine.archive import notice

    if text := notice.read(path):
        _told.append(text)
        narrate(f"divewatch: {text}")
        narrate(f"  {notice.ADVICE}")


def exit_code(code: int) -> int:
    """Return the exit code of a command; not 0 while the archive's notice is not acknowledged."""
    told = bool(_told)
    _told.clear()
    return code or int(told)


def ready() -> None:
    """Make stdout and stderr replace characters that the locale cannot encode by question marks."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def data(text: str) -> None:
    """Write JSON to stdout, without keys: UTF-8 whatever the locale, the same bytes on a terminal and in a pipe.

    Characters that a terminal could act on are escaped as JSON spells them, so nothing is lost and nothing happens.
    """
    stream = sys.stdout
    stream.flush()
    stream.buffer.write(f"{escaped(without_keys(text))}\n".encode())
    stream.buffer.flush()


def text(plain: str) -> None:
    """Write text for people to stdout, wrapped on a terminal; a pipe gets every line whole.

    What the locale's encoding lacks is shown as a question mark.
    """
    ready()
    sys.stdout.write(_fitted(without_keys(plain), sys.stdout))


def columns(
    head: "Sequence[str]",
    rows: "Sequence[Sequence[str]]",
    *,
    right: "Sequence[int]" = (),
    cut: bool = False,
    spare: "Sequence[int]" = (),
) -> None:
    """Write a table for people to stdout, fitted to the terminal by `tables.table`."""
    from tui.cli.tables import table

    text(table(head, rows, right=right, width=width_of_terminal(), cut=cut, spare=spare))


def _fitted(plain: str, stream: "TextIO") -> str:
    if not stream.isatty():
        return plain
    from tui.cli.fitting import fitted

    return fitted(plain, columns_of_terminal())


def width_of_terminal() -> int | None:
    """Return the columns of the terminal that stdout is; None for a pipe or file."""
    return columns_of_terminal() if sys.stdout.isatty() else None


def columns_of_terminal() -> int:
    """Like `shutil.get_terminal_size`, whose module takes as long to import as all of `--help`."""
    try:
        columns = int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        columns = 0
    try:
        return columns if columns > 0 else os.get_terminal_size(1).columns or _COLUMNS
    except OSError:
        return _COLUMNS


def narrate(text: str) -> None:
    """Print a progress message to stderr, wrapped on a terminal."""
    from tui.domain.text import clean

    try:
        sys.stderr.write(_fitted(f"{clean(without_keys(text))}\n", sys.stderr))
        sys.stderr.flush()
    except (OSError, ValueError):  # full or closed: nobody can be told
        _to_nowhere(sys.stderr)


def complain(error: "DivewatchError") -> None:
    """Print an error and its hint to stderr."""
    narrate(f"divewatch: {error.message}")
    if error.hint:
        narrate(f"  {error.hint}")


def escaped(text: str) -> str:
    """Return JSON text with characters escaped that are unsafe on a terminal or not encodable."""
    if text.isascii() and "\x7f" not in text:
        return text
    from tui.domain.text import json_escaped

    return json_escaped(text)


def without_keys(text: str) -> str:
    """Return `text` without any loaded key; free if none was loaded."""
    if "tui.domain.secret" not in sys.modules:
        return text
    from tui.domain.redact import hide_values

    return hide_values(text)


def reader_gone() -> None:
    """Discard further output after the reader of stdout has closed the pipe."""
    _to_nowhere(sys.stdout)


def output_failed(reason: str) -> int:
    """Print that standard output cannot be written, and return the exit code."""
    _to_nowhere(sys.stdout)
    narrate(f"divewatch: standard output cannot be written: {reason}")
    return 1


def _to_nowhere(stream: "TextIO") -> None:
    """Discard what is buffered in a stream, also when Python closes it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
    stream.flush()


def json_text(value: "Any") -> str:
    """Return a value as indented JSON, other scripts unescaped."""
    import json

    return json.dumps(value, ensure_ascii=False, indent=2)
