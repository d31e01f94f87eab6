"""Single requests over an `HttpSession`, as the client of a service makes them."""

import json
from collections.abc import Mapping
from typing import Any

from tui.domain.provider import Response
from tui.providers.http.session import HttpRequest, HttpSession


async def get(http: HttpSession, *parts: str, params: Mapping[str, str] | None = None, etag: str = "") -> Response:
    """GET an endpoint; with `etag` the answer may be "not modified" (body None)."""
    headers = {"If-None-Match": etag} if etag else {}
    return await http.ask(HttpRequest("GET", http.origin.url(*parts), params or {}, headers))


async def send(http: HttpSession, method: str, *parts: str, body: Any = None) -> Response:
    """Send something that changes something, once."""
    content = None if body is None else json.dumps(body).encode()
    headers = {} if content is None else {"Content-Type": "application/json"}
    return await http.ask(HttpRequest(method, http.origin.url(*parts), {}, headers, content))
