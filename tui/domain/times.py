"""Parses and formats times: ISO 8601 in its many spellings, epoch seconds, epoch milliseconds."""

from datetime import UTC, datetime

_MILLISECONDS_FROM = 10**11  # as seconds this is the year 5138; every vendor's number above it is milliseconds
_EARLIEST, _LATEST = 0, 4102444800  # 1970 .. 2100: anything else is a broken clock, not a date


def parse_time(value: object) -> datetime | None:
    """Return `value` (ISO text, epoch seconds or milliseconds) as an aware UTC datetime; None if it is not valid.

    A missing offset is read as UTC.
    """
    if isinstance(value, str):
        return _parse_text(value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _parse_epoch(value)
    return None


def _parse_text(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
    except ValueError:
        pass
    try:
        return _parse_epoch(float(text)) if len(text) <= 32 else None
    except ValueError:
        return None


def _parse_epoch(value: float) -> datetime | None:
    try:
        seconds = value / 1000 if value > _MILLISECONDS_FROM else float(value)
    except OverflowError:
        return None
    return datetime.fromtimestamp(seconds, UTC) if _EARLIEST <= seconds < _LATEST else None


def iso(moment: datetime | None) -> str | None:
    """Return `moment` as ISO 8601 UTC with a trailing Z (what JSON output and the archive hold)."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def format_local(moment: datetime | None) -> str:
    """Return a moment in local time, to the minute; "" for None."""
    return "" if moment is None else moment.astimezone().isoformat(" ", "minutes")[:16]


def elapsed(seconds: float) -> str:
    """Return a duration as people read it: "42 s", "3:07", "1:02:33", "2 d 4 h"."""
    total = max(0, int(seconds))
    minutes, secs = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    if days:
        return f"{days} d {hours_left} h" if hours_left else f"{days} d"
    if hours:
        return f"{hours}:{minutes:02}:{secs:02}"
    return f"{minutes}:{secs:02}" if minutes else f"{secs} s"
