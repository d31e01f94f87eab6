"""A saved event stream as a status response: recorded with `curl`, or the response to a create."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tui.providers.http.sse import parse_events

Event = tuple[str, str, Any]
"""(name, id, data): JSON where it is that, else a text."""
_STREAM = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:(?::|event:|id:|retry:)[^\r\n]*[\r\n]\s*)*data:\s*[\[{]")


def events_of(body: bytes) -> list[Event]:
    """Return the events of an event stream, also a last one without its end; empty for anything else."""
    if not _STREAM.match(body):
        return []
    return [(event.name, event.id, _data(event.data)) for event in parse_events(body + b"\n\n")]


def whole_of(value: Mapping[str, Any] | None, body: bytes) -> bytes:
    """Return the task object found in a stream as a body; the stream itself if none was found."""
    return body if value is None else json.dumps(value).encode()


def objects_of(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return the data of events that are objects."""
    return [data for _, _, data in events if isinstance(data, dict)]


def _data(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return text
