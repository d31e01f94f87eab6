"""SQLite's errors as messages for the user; imports nothing that scripts would wait for."""

import sqlite3

from tui.domain.errors import ArchiveError

_BUSY, _LOCKED, _READONLY, _IO, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
_READ_ERRORS = frozenset({266, 522, 1034})  # SQLITE_IOERR_READ, _SHORT_READ, _FSYNC: no lack of space
AGAIN = "start divewatch again: the file is checked, kept aside and everything readable is saved from it"


def primary(error: sqlite3.Error) -> int:
    """Return the primary result code of `error`; 0 for errors of the Python module itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Whether `error` means that the file is not a sound database."""
    return primary(error) in {_CORRUPT, _NOTADB}


def is_unwritable(error: sqlite3.Error) -> bool:
    """Whether `error` means that nothing can be written: read-only, full, over quota, or a failing disk."""
    code, extended = primary(error), int(getattr(error, "sqlite_errorcode", 0))
    return code in {_READONLY, _FULL} or (code == _IO and extended not in _READ_ERRORS)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection was in the way."""
    return primary(error) in {_BUSY, _LOCKED}


def explain(error: sqlite3.Error, path: str) -> ArchiveError:
    """Return `error` as an `ArchiveError` with its meaning and a hint."""
    code = primary(error)
    if code != _READONLY and is_unwritable(error):
        return ArchiveError(
            f"could not save: the disk is full, or a quota or file size limit is reached ({path})",
            hint="free some space; what was saved before is untouched, and saving is tried again",
        )
    if code == _READONLY:
        return ArchiveError(f"the archive is read-only: {path}", hint="make the file and its folder writable")
    if is_busy(error):
        return ArchiveError(
            f"another program has kept the archive busy for too long: {path}",
            hint="close other programs that have it open; nothing was lost, saving is tried again",
        )
    if is_damage(error):
        return ArchiveError(f"the archive is damaged: {path} ({error})", hint=AGAIN)
    if code == _CANTOPEN:
        return ArchiveError(f"the archive cannot be opened: {path}", hint="check that file and folder can be read")
    return ArchiveError(f"the archive could not do that: {error}", hint=f"the file is {path}")
