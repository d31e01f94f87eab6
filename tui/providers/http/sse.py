"""Server-sent events: bytes of a stream, whole or cut anywhere, as events (WHATWG HTML, section 9.2)."""

from tui.domain.frozen import frozen


@frozen
class ServerEvent:
    """One event. `raw` are its bytes as received, with the blank line that ends it."""

    id: str
    name: str
    data: str
    raw: bytes


def parse_events(body: bytes) -> list[ServerEvent]:
    """Return the complete events in `body`; comments, retry lines and a cut event at the end are left out."""
    events = []
    text = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removeprefix(b"\xef\xbb\xbf")
    *frames, _cut = text.split(b"\n\n")
    for frame in frames:
        found: dict[str, list[str]] = {}
        for line in frame.decode("utf-8", "replace").split("\n"):
            name, _, value = line.partition(":")
            if name:
                found.setdefault(name, []).append(value.removeprefix(" "))
        if "data" in found or "event" in found:
            last = {name: values[-1] for name, values in found.items()}
            data = "\n".join(found.get("data", []))
            raw = frame.strip(b"\n") + b"\n\n"
            events.append(ServerEvent(last.get("id", ""), last.get("event", "") or "message", data, raw))
    return events
