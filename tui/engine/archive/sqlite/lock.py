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
    """An exclusive lock on a small file beside the archive; its text names the holder. Not re-entrant."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self, timeout: float = 0.0) -> bool:
        """Take the lock, waiting at most `timeout` seconds; returns whether it is held now.

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
        """Write `text` into the lock file, for other processes; only while held."""
        if self._handle is not None:
            with contextlib.suppress(OSError):  # a full disk: the lock itself holds all the same
                os.ftruncate(self._handle, 0)
                os.pwrite(self._handle, text.encode(), 0)

    def read(self) -> str:
        """Return the text of the last holder, on one line; "" for none."""
        try:
            return one_line(self.path.read_text(errors="replace"), _LONGEST)
        except OSError:
            return ""

    def release(self) -> None:
        """Release the lock; harmless if it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> "KernelLock":
        if not self.take(timeout=30.0):
            raise ArchiveError(
                f"another process is setting up the archive ({self.read()})", hint="try again in a moment"
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.release()


def lock_beside(archive: Path, name: str) -> KernelLock:
    """Return the lock `name` ("poll", "setup", "checkpoint") of the archive at `archive`."""
    return KernelLock(archive.with_name(f"{archive.name}-{name}.lock"))


class PollLease:
    """The lease to poll for one file: one process at a time, for all accounts."""

    def __init__(self, archive: Path) -> None:
        self._lock = lock_beside(archive, "poll")
        self._gate = threading.Lock()

    def take(self, account: str) -> bool:
        """Take or renew the lease; always True in a folder that is not writable, where nobody can share it."""
        with self._gate:
            try:
                return self._lock.take()
            except OSError:
                return True

    def holder(self) -> str:
        """Return who has, or had last, the lease: "process 123 on host since 12:00"; "" if unknown."""
        return self._lock.read()

    def release(self, account: str) -> None:
        """Release the lease; only for all accounts at once."""
        if not account:
            with self._gate:
                self._lock.release()
