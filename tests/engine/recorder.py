"""A service that answers as a test says and remembers what it was asked, for all three providers, over real sockets."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps

from tests.engine.sockets import Fast
from tui.domain.secret import Secret
from tui.engine.polling.connection import ServiceAccount
from tui.providers.protocol import ClientSettings

ID = "7d3c2b1a-0000-4000-8000-00000000000{}"
LISTS = {"extruct": "/v1/deep_research_tasks", "yutori": "/v1/research/tasks", "valyu": "/v1/deepresearch/list"}
ID_MEMBERS = {"extruct": "id", "yutori": "task_id", "valyu": "deepresearch_id"}
PROMPTS = {"extruct": "brief", "yutori": "query", "valyu": "query"}


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)


@dataclass
class Recorder:
    """What is answered: to the list, to a question about one task, to everything that changes something."""

    provider: str
    base: str = ""
    listed: bytes = b"[]"
    tasks: dict[str, Reply] = field(default_factory=dict)  # by remote id
    changes: Callable[[str], Reply] = lambda path: Reply()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, method: str, path: str) -> Reply:
        plain = path.partition("?")[0]
        self.asked.append((method, plain))
        if method != "GET":
            return self.changes(plain)
        if plain == LISTS[self.provider]:
            later = self.provider == "extruct" and "offset=0" not in path
            return Reply(body=b"[]" if later else self.listed)
        return next((reply for name, reply in self.tasks.items() if name in plain), Reply(404, b'{"detail":"gone"}'))

    def times(self, method: str, part: str = "") -> int:
        return sum(asked == method and part in path for asked, path in self.asked)

    def entry(self, number: int, status: str, prompt: str = "", **more: object) -> dict[str, object]:
        """Return a list entry as this provider spells it."""
        named = {ID_MEMBERS[self.provider]: ID.format(number), PROMPTS[self.provider]: prompt or f"brief {number}"}
        return {**named, "status": status, "created_at": "2026-11-22T12:00:00Z", **more}

    def accounts(self) -> list[ServiceAccount]:
        settings = ClientSettings(self.base, Secret("canary-key-1234567890"))
        return [ServiceAccount(Fast(self.provider, 60.0), lambda: settings)]


@contextmanager
def recording(provider: str) -> Iterator[Recorder]:
    """Run a service of `provider` on this machine."""
    recorder = Recorder(provider)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or the body waits until the client has acknowledged the head: 40 ms

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = recorder.answer(self.command, self.path)
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            silent = reply.status in {204, 304}
            if not silent:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if not silent:
                self.wfile.write(reply.body)

        do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = answer

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    recorder.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.002}, daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def encoded(value: object) -> bytes:
    """Return JSON as services send it."""
    return dumps(value).encode()
