"""A small web server around textual-serve's parts: our page, a key for every visitor, nobody else's site lets in.

Every session is a program of its own that can spend money, so a page is only given to who knows the key that was
printed, and a socket only to our own page: loopback alone keeps out neither other users nor web sites (DNS rebinding).
"""

import re
import secrets
from collections.abc import Awaitable, Callable
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws://{host} wss://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """The page and its socket.

    Args:
        command: what a session runs, as a shell command line.
        host: address to listen on; requests are answered under the names of this machine only if it is loopback.
        port: port to listen on; the same machine may be reached under another through `ssh -L`.
    """

    def __init__(self, command: str, host: str, port: int) -> None:
        self.key = secrets.token_urlsafe(24)
        self._parts: Any = Server(command, host=host, port=port, title="divewatch")
        self._strict = host in _LOOPBACK
        self._cookie = f"divewatch_{port}"  # cookies know no ports
        self._page = Template(files(__package__).joinpath("index.html").read_text("utf-8"))

    def app(self) -> web.Application:
        """Return the application."""

        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:  # a method cannot be marked
            self._admit(request)
            return await handler(request)

        app = web.Application(middlewares=[web.middleware(guard)])
        app.router.add_get("/", self._index)
        app.router.add_get("/ws", self._parts.handle_websocket)
        app.router.add_get("/download/{key}", self._parts.handle_download)
        app.router.add_static("/static", self._parts.statics_path)
        return app

    def _admit(self, request: web.Request) -> None:
        if not _HOST.fullmatch(request.host):
            raise web.HTTPBadRequest(text="this is no host name\n")
        host = urlsplit(f"//{request.host}").hostname or ""
        if self._strict and host not in _LOOPBACK:
            raise web.HTTPForbidden(text="this server answers on its own machine only\n")
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="another site has no business here\n")
        if request.path.startswith("/static/") or self._is(request.cookies.get(self._cookie, "")):
            return
        if request.path != "/" or not self._is(request.query.get("key", "")):
            raise web.HTTPForbidden(text="open the address that `divewatch serve` printed, with its key\n")
        answer = web.HTTPSeeOther("/")
        answer.set_cookie(self._cookie, self.key, httponly=True, samesite="Strict")
        raise answer

    def _is(self, key: str) -> bool:
        return secrets.compare_digest(key.encode(), self.key.encode())

    async def _index(self, request: web.Request) -> web.Response:
        size = request.query.get("fontsize", "16")
        text = self._page.substitute(
            websocket=escape(f"{'wss' if request.secure else 'ws'}://{request.host}/ws"),
            size=size if size.isascii() and size.isdigit() and len(size) < 3 else "16",
        )
        headers = {"Content-Security-Policy": _POLICY.format(host=request.host), "Cache-Control": "no-store"}
        return web.Response(text=text, content_type="text/html", headers=headers)


def run(site: Site, host: str, port: int, announce: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called when the socket listens.

    Raises:
        OSError: the port is taken.
    """
    web.run_app(site.app(), host=host, port=port, print=lambda *_: announce(), access_log=None)
