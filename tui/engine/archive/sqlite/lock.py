"""A lock between processes that the kernel frees when its holder dies, however it dies."""

import contextlib
import fcntl
import os
import threading
import time
from pathlib import Path
from types import TracebackType

from tui.domain.errors import ArchiveError
from tui.domain.text import one_line

_LONGEST = 200  # characters of a lock file: what stands there may be anybody's


class KernelLock:
    """An exclusive lock on a small file beside the archive; its text says who holds it. Not re-entrant."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self, timeout: float = 0.0) -> bool:
        """Take the lock, waiting at most `timeout` seconds; True if it is held now.

        Raises:
            OSError: the lock file cannot be made (read-only folder).
        """
        if self._handle is not None:
            return True
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(handle)
                    return False
                time.sleep(0.01)
            else:
                self._handle = handle
                since = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
                self.write(f"process {os.getpid()} on {os.uname().nodename} since {since}")
                return True

    def write(self, text: str) -> None:
        """Leave `text` in the lock file for others to read; only while held."""
        if self._handle is not None:
            with contextlib.suppress(OSError):  # a full disk: the lock itself holds all the same
                os.ftruncate(self._handle, 0)
                os.pwrite(self._handle, text.encode(), 0)

    def read(self) -> str:
        """Return what the last holder left, on one line; "" if there is nothing."""
        try:
            return one_line(self.path.read_text(errors="replace"), _LONGEST)
        except OSError:
            return ""

    def release(self) -> None:
        """Let others have the lock; harmless if it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> "KernelLock":
        if not self.take(timeout=30.0):
            raise ArchiveError(
                f"Another process is setting up the archive ({self.read()}).", hint="Try again in a moment."
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.release()


def lock_beside(archive: Path, name: str) -> KernelLock:
    """Return the lock called `name` ("poll", "setup", "checkpoint") of the archive at `archive`."""
    return KernelLock(archive.with_name(f"{archive.name}-{name}.lock"))


class PollLease:
    """The lease on polling for one file: one process at a time, for all accounts."""

    def __init__(self, archive: Path) -> None:
        self._lock = lock_beside(archive, "poll")
        self._gate = threading.Lock()

    def take(self, account: str) -> bool:
        """Become, or stay, the one process that polls; without a writable folder there is nobody to share with."""
        with self._gate:
            try:
                return self._lock.take()
            except OSError:
                return True

    def holder(self) -> str:
        """Return who polls, or polled last: "process 123 on host since 12:00"."""
        return self._lock.read()

    def release(self, account: str) -> None:
        """Let another process poll; there is one lease for all accounts, which one of them does not give back."""
        if not account:
            with self._gate:
                self._lock.release()
