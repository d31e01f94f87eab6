"""Atomic, private files: written whole or not at all, readable by their owner only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_NEW = os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a new file (0600) that replaces `path` if the block succeeds, and is removed if it fails.

    The content is on the disk before the name is: after a power cut there is the old file or the new one, whole. The
    file is written beside `path` under a short name, so that any name that fits into the folder can be written.

    Raises:
        OSError: it cannot be written; `path` is as it was.
    """
    part = path.with_name(f".divewatch-{os.urandom(6).hex()}.part")
    try:
        with os.fdopen(open_new(part), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file whole or not at all (see `replacing`).

    Raises:
        OSError: it cannot be written; `path` is as it was.
    """
    with replacing(path) as file:
        file.write(content)


def append_private(path: Path, content: bytes) -> None:
    """Append to a file that only its owner can read; it and its folder are created if missing.

    Raises:
        OSError: it cannot be written, or is a link.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | _NEW, 0o600), "ab") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def open_new(path: Path) -> int:
    """Create the empty file `path` (0600) and return its descriptor, for reading and writing.

    Raises:
        FileExistsError: something is there, be it a planted link.
        OSError: it cannot be made.
    """
    return os.open(path, os.O_RDWR | os.O_EXCL | _NEW, 0o600)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every file system can; the file itself is safe
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
