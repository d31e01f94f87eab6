"""JSON bodies and refusals; each service words its refusals itself."""

import json
import uuid
from collections.abc import Mapping
from random import Random
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

Body: TypeAlias = dict[str, Any]


class Refusal(Exception):
    """A response other than success: HTTP status, JSON body, extra headers."""

    def __init__(self, status: int, body: Body, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def encode(value: object) -> bytes:
    """Return compact UTF-8 JSON; lone surrogates are escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response."""
    return Response(encode(value), status, headers, media_type="application/json")


async def read_json(request: Request) -> Any:
    """The request body as JSON; None when it is empty.

    Raises:
        ValueError: The body is not JSON.
    """
    raw = await request.body()
    return json.loads(raw) if raw.strip() else None


def new_uuid(random: Random) -> str:
    """Return a version-4 UUID from a seeded source."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))
