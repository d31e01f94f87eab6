"""A way to a PostgreSQL server that can be cut: a socket that passes everything on until it is told not to."""

import contextlib
import socket
import threading
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

_NAME = ".s.PGSQL.5432"
_CHUNK = 65536


class Proxy:
    """Listens in `folder` and passes on to the server in `behind`; both are folders with a socket."""

    def __init__(self, folder: Path, behind: Path) -> None:
        self._folder = folder
        self._behind = behind
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listening: socket.socket | None = None
        self._flowing = threading.Event()
        self.heal()

    def url(self, url: str) -> str:
        """Return the address of an archive, by this way."""
        return url.replace(quote(str(self._behind), safe=""), quote(str(self._folder), safe=""))

    def heal(self) -> None:
        """Pass on again; harmless twice."""
        self._flowing.set()
        with self._lock:
            if self._listening is not None:
                return
            (self._folder / _NAME).unlink(missing_ok=True)
            self._listening = listening = socket.socket(socket.AF_UNIX)
            listening.bind(str(self._folder / _NAME))
            listening.listen(64)
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def stall(self) -> None:
        """Take connections and whatever is sent through them, and pass nothing on until `heal`."""
        self._flowing.clear()

    def cut(self) -> None:
        """Break every connection, in the midst of whatever is passed on, and refuse new ones."""
        self._flowing.set()
        with self._lock:
            listening, self._listening = self._listening, None
            (self._folder / _NAME).unlink(missing_ok=True)
            broken, self._open = self._open, set()
        for each in (*broken, *([listening] if listening else [])):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.cut()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self._behind / _NAME))
            except OSError:
                client.close()
                server.close()
                continue
            with self._lock:
                alive = self._listening is listening
                if alive:
                    self._open |= {client, server}
            if not alive:
                client.close()
                server.close()
                return
            for here, there in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(here, there), daemon=True).start()

    def _pass_on(self, here: socket.socket, there: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := here.recv(_CHUNK):
                self._flowing.wait()
                there.sendall(data)
        with self._lock:
            self._open -= {here, there}
        for each in (here, there):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
