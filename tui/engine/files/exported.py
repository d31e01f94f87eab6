"""Exported files: safe names made of titles, written whole or not at all, never over another file."""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from tui.domain.atomic import write_atomic
from tui.domain.errors import UsageError
from tui.domain.patterns import late
from tui.domain.text import clean

_LONGEST = 120  # bytes, with date and suffix
_DEVICES = late(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def safe_name(title: str, moment: datetime | None, suffix: str) -> str:
    """Return "2026-07-19-some-title.md": letters of any script, digits and dashes; at most 120 bytes."""
    words = re.sub(r"[^\w]+", "-", unicodedata.normalize("NFC", clean(title)).lower()).strip("-_")
    stem = f"{moment:%Y-%m-%d}-{words}" if moment else words
    stem = _cut(stem, _LONGEST - len(suffix.encode())) or "report"
    if _DEVICES.match(stem):
        stem = f"_{_cut(stem, _LONGEST - len(suffix.encode()) - 1)}"
    return f"{stem}{suffix}"


def _cut(stem: str, most: int) -> str:
    """Cut `stem` to at most `most` bytes at a character boundary."""
    return stem.encode()[:most].decode("utf-8", "ignore").strip("-_.")


def free_name(folder: Path, name: str, *, besides: Collection[Path] = (), replacing: bool = False) -> Path:
    """Return an unused path in `folder`: `name`, else with -2, -3, ... before its suffix.

    Paths of `besides` are in use, too; with `replacing` they alone are: other files may be replaced.
    """
    stem, dot, suffix = name.partition(".")
    path, number = folder / name, 1
    while path in besides or (not replacing and path.exists()):
        number += 1
        room = _LONGEST - len(f"-{number}{dot}{suffix}".encode())
        path = folder / f"{_cut(stem, room) if len(stem.encode()) > room else stem}-{number}{dot}{suffix}"
    return path


def check_target(path: Path, *, force: bool) -> None:
    """Check that a file may be written.

    Raises:
        UsageError: it exists and `force` is off, or it is a folder.
    """
    if path.is_dir():
        raise UsageError(f"{clean(str(path))} is a folder")
    if path.exists() and not force:
        raise UsageError(f"{clean(str(path))} exists", hint="--force replaces it")


def write_file(path: Path, content: str | bytes, *, force: bool = False) -> None:
    """Write `content` (text as UTF-8) to `path` atomically, readable by its owner only.

    Raises:
        UsageError: the file exists and `force` is off, or it cannot be written.
    """
    check_target(path, force=force)
    try:
        write_atomic(path, content.encode("utf-8", "replace") if isinstance(content, str) else content)
    except OSError as error:
        raise UsageError(f"{clean(str(path))} could not be written: {error.strerror}") from error
