"""A PostgreSQL server for the tests: its own cluster in a temporary folder, reached through a socket only.

The server refuses to be run by root; then it runs as the user `postgres`, or `nobody`. Where there is no server program
(`DIVEWATCH_POSTGRES` names the folder of one), the tests that need it are skipped with the reason.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

_FAST = "-c fsync=off -c full_page_writes=off -c listen_addresses= -c max_connections=200"
_WAIT = 120


class NoServer(Exception):
    """There is no PostgreSQL here that can be started; the text says why."""


class Server:
    """One running cluster; each `url()` is an archive of its own in it: a schema."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._programs = _programs()
        self._as = _unprivileged()
        self._numbers = iter(range(1, 1 << 30))
        self._lock = threading.Lock()

    def start(self) -> None:
        """Make the cluster and start it.

        Raises:
            NoServer: it cannot be made here.
        """
        if self._as is not None:
            os.chown(self.folder, self._as, -1)
        data = self.folder / "data"
        if not data.exists():
            self._run("initdb", "-D", str(data), "-U", "team", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        options = f"{_FAST} -c unix_socket_directories='{self.folder}'"
        self._run(
            "pg_ctl", "-D", str(data), "-w", "-t", str(_WAIT), "-l", str(self.folder / "log"), "-o", options, "start"
        )

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server; "immediate" is its kill -9."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "-t", str(_WAIT), "stop")

    def url(self) -> str:
        """Return the address of a new, empty archive."""
        import psycopg

        with self._lock:
            name = f"archive_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self._base, autocommit=True) as db:
            db.execute(f"CREATE SCHEMA {name}".encode())
        return f"{self._base}&options={quote(f'-csearch_path={name}')}"

    @property
    def _base(self) -> str:
        return f"postgresql://team@/postgres?host={quote(str(self.folder), safe='')}"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            user=self._as,
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=(log := (self.folder / "out").open("ab")),
            stderr=subprocess.STDOUT,
            check=False,
            timeout=2 * _WAIT,
        )
        log.close()
        if done.returncode:
            raise NoServer(f"{program} failed: {(self.folder / 'out').read_text(errors='replace')[-400:]}")


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """Run a server for the time of a block.

    Raises:
        NoServer: there is none to be had; the text says why.
    """
    with contextlib.suppress(ImportError):
        import psycopg  # noqa: F401

        folder = Path(
            tempfile.mkdtemp(prefix="dw-pg-")
        )  # short: the path of a socket has room for a hundred characters
        try:
            folder.chmod(0o711)
            server = Server(folder)
            server.start()
            try:
                yield server
            finally:
                with contextlib.suppress(NoServer):
                    server.stop()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    raise NoServer("psycopg is not installed")


def started() -> Iterator[Server]:
    """Yield a server, for a fixture; the test is skipped where there is none to be had."""
    try:
        with running() as server:
            yield server
    except NoServer as error:
        pytest.skip(str(error))


def _programs() -> Path:
    named = os.environ.get("DIVEWATCH_POSTGRES", "")
    found = [Path(named)] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    for folder in found:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoServer("no PostgreSQL server is installed (Debian: apt-get install postgresql)")


def _unprivileged() -> int | None:
    """Return the user to run the server as; None where this process may do so itself."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    raise NoServer("the server refuses to be run by root, and there is no other user")


def main() -> None:
    """Start a server, say which, and stop it: whether the tests that need one can run here."""
    import psycopg

    with running() as server, psycopg.connect(server.url()) as db:
        row = db.execute("SHOW server_version").fetchone()
        print("PostgreSQL", row[0] if row else "?", "in", server.folder)


if __name__ == "__main__":
    main()
