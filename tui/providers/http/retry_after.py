"""`Retry-After` as servers really send it -> seconds to wait."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from tui.domain.patterns import late

SHORTEST, LONGEST = 1.0, 900.0  # what a server may make us wait, in seconds
_SECONDS = late(r"[0-9]+(?:\.[0-9]+)?")


def retry_after(value: str | None, *, now: datetime, server_date: str | None = None) -> float | None:
    """Return the seconds to wait, within 1 s and 15 min; None for an unusable `value`. Never raises.

    A date is measured against the server's own `Date`, so that wrong clocks do not matter.
    """
    if not value or len(value) > 64 or not value.isascii():
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return clamp(float(text))
    until = http_date(text)
    if until is None:
        return None
    return clamp((until - (http_date(server_date) or now)).total_seconds())


def clamp(seconds: float) -> float:
    """Return `seconds` clamped to what a server may make us wait; the minimum for a value that is not a number."""
    return max(SHORTEST, min(LONGEST, seconds))


@lru_cache(16)  # the `Date` of all answers of a second is the same
def http_date(text: str | None) -> datetime | None:
    """Return an HTTP date as a time; None for anything else."""
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
