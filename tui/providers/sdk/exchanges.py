"""Several responses of one fetch in one stored body: each exactly as received, after a line of JSON that names it.

A service that answers with one body is stored as that body. The container is only for those that need several requests
(status, then result, input, events): it begins with `MAGIC`, so that it is told apart from anything a service sends.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from tui.domain.errors import BadAnswer
from tui.domain.frozen import frozen
from tui.domain.times import parse_time

MAGIC = b"divewatch exchanges 1 "
STATUS = "status"
"""The name of the first answer, the one that says how the task is."""


@frozen
class Received:
    """One response as received. A name may occur several times: pages of events."""

    name: str
    body: bytes
    at: datetime


def pack(provider: str, answers: Iterable[Received]) -> bytes:
    """Return the container of several responses."""
    parts = [MAGIC + provider.encode() + b"\n"]
    for one in answers:
        head = {"name": one.name, "bytes": len(one.body), "at": one.at.isoformat()}
        parts += [json.dumps(head).encode(), b"\n", one.body, b"\n"]
    return b"".join(parts)


def provider_of(body: bytes) -> str | None:
    """Return the provider of a container; None if `body` is not one."""
    if not body.startswith(MAGIC):
        return None
    return body[len(MAGIC) : 200].partition(b"\n")[0].decode("utf-8", "replace")


def unpack(body: bytes) -> tuple[Received, ...]:
    """Return the responses in a container, in order.

    Raises:
        BadAnswer: it is none, or it is broken.
    """
    if not body.startswith(MAGIC):
        raise BadAnswer("the stored answers are not in a container")
    found = []
    at = body.find(b"\n") + 1
    while 0 < at < len(body):
        end = body.find(b"\n", at)
        try:
            head = json.loads(body[at:end])
            size, name, moment = int(head["bytes"]), str(head["name"]), parse_time(head["at"])
        except (ValueError, KeyError, TypeError):
            raise BadAnswer("the stored answers are broken") from None
        start = end + 1
        if end < 0 or size < 0 or start + size > len(body) or moment is None:
            raise BadAnswer("the stored answers are cut off")
        found.append(Received(name, body[start : start + size], moment))
        at = start + size + 1
    if not found:
        raise BadAnswer("the stored answers are empty")
    return tuple(found)
