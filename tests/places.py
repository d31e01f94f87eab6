"""A file system of its own for a test: small enough to be filled to the last byte."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_DETACH = 2


@contextmanager
def small_disk(folder: Path, size: int = 2 << 20) -> Iterator[Path]:
    """Mount a memory file system of `size` bytes at the new `folder`; skips where that is not allowed."""
    folder.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() or libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, f"size={size}".encode()):
        pytest.skip("only an administrator can make a file system for a test")
    try:
        yield folder
    finally:
        libc.umount2(bytes(folder), _DETACH)


def fill(folder: Path) -> Path:
    """Fill the file system to its last byte; the file that does it can be removed again."""
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file, suppress(OSError):
        for size in (65536, 1):
            with suppress(OSError):
                while file.write(b"\0" * size):
                    pass
    return filler
