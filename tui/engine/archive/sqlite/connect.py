"""Connections with the settings this archive depends on; nothing here decides what to do about a bad file."""
# Importing pathlib would take longer than all of `list --json`:
# ruff: noqa: PTH100, PTH110, PTH113, PTH120, PTH123

import os
import sqlite3

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from tui.engine.archive.database import Marks, SearchIndex

BUSY_MS = 5000
SHARED, ALONE, FROZEN = "shared", "alone", "frozen"
"""How a file is read: beside others; without SQLite's index file, which a full disk has no room for; or as it lies
there, without its log, where nothing beside it can be made or opened at all."""
_NETWORK = frozenset(
    "nfs nfs4 cifs smb3 smbfs smb2 ncpfs 9p afs ceph lustre glusterfs fuse.sshfs fuse.glusterfs fuse.s3fs beegfs "
    "gpfs davfs fuse.davfs2 fuse.rclone acfs ocfs2 gfs2 virtiofs vboxsf prl_fs".split()
)


class ArchiveConnection(sqlite3.Connection):
    """A connection as the rows of an archive use it; see `tui.engine.archive.database.Database`."""

    tasks = "task"

    @property
    def person(self) -> str:
        """The user, "name@host"."""
        from tui.engine.archive.person import whoami

        return whoami()

    @property
    def marks(self) -> "Marks":
        """The marks of tasks; imported on first use."""
        from tui.engine.archive.sqlite import marks

        return marks

    @property
    def index(self) -> "SearchIndex":
        """The full-text index; imported on first use."""
        from tui.engine.archive.sqlite import fts

        return fts


def uri(path: str, options: str) -> str:
    """Return `path` as an SQLite URI; `options` like "mode=ro"."""
    plain = os.path.abspath(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file:{plain}?{options}"


def open_reader(path: str, how: str = SHARED) -> ArchiveConnection:
    """Open a read-only connection; usable from any one thread at a time.

    Raises:
        sqlite3.Error: the file is missing, is no ordinary file (opening a pipe would wait for ever), or cannot be read.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        raise sqlite3.OperationalError("this is no file")
    options = {SHARED: "mode=ro", ALONE: "mode=rw", FROZEN: "mode=ro&immutable=1"}[how]
    db = sqlite3.connect(
        uri(path, options), uri=True, isolation_level=None, check_same_thread=False, factory=ArchiveConnection
    )
    db.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    if how == ALONE:  # the index of the log is in memory then; closing may fold the log in, where it lies
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
    db.execute("PRAGMA query_only=ON")
    db.execute("PRAGMA trusted_schema=OFF")
    return db


def open_writer(path: str, journal: str) -> ArchiveConnection:
    """Open the writing connection of an existing file in journal mode `journal` ("wal" or "truncate").

    `synchronous=FULL`: an acknowledged write survives a power cut. Checkpoints are made by hand (checkpoint.py).

    Raises:
        sqlite3.Error: the file is missing, read-only or no database.
    """
    db = sqlite3.connect(
        uri(path, "mode=rw"), uri=True, isolation_level=None, check_same_thread=False, factory=ArchiveConnection
    )
    try:
        db.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        db.execute("PRAGMA trusted_schema=OFF")
        db.execute("PRAGMA cell_size_check=ON")
        mode = db.execute(f"PRAGMA journal_mode={journal}").fetchone()[0]
        if journal == "wal" and mode != "wal":
            db.execute("PRAGMA journal_mode=truncate")
        db.execute("PRAGMA wal_autocheckpoint=0")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("PRAGMA cache_size=-8000")
    except sqlite3.Error:
        db.close()
        raise
    return db


def file_system(path: str, mounts: str = "/proc/self/mountinfo") -> str:
    """Return the type of the file system of `path` ("ext4", "nfs4"); "" if the system does not tell."""
    folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    best, kind = "", ""
    try:
        with open(mounts, encoding="utf-8", errors="surrogateescape") as lines:
            for line in lines:
                left, _, right = line.partition(" - ")
                point = left.split(" ")[4].replace("\\040", " ")
                inside = folder == point or folder.startswith(point.rstrip("/") + "/")
                if inside and len(point) >= len(best):
                    best, kind = point, right.split(" ")[0]
    except (OSError, IndexError):
        return ""
    return kind


def journal_for(path: str) -> str:
    """Return the journal mode for `path`: WAL needs shared memory, which network file systems do not have."""
    return "truncate" if file_system(path) in _NETWORK else "wal"
