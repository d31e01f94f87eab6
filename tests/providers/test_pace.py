"""Retry-After: whatever a server writes, a wait within limits or nothing."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpora import case_params
from tui.providers.http.retry_after import LONGEST, SHORTEST, retry_after

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("case", [case for case in case_params("http.json") if "wait" in case.values[0]])
def test_a_hostile_retry_after_waits_as_expected(case: dict[str, object]) -> None:
    headers = case["headers"]
    assert isinstance(headers, dict)
    value = headers["Retry-After"]
    if value == "+5 s from now as HTTP-date":
        value = format_datetime(NOW + timedelta(seconds=5), usegmt=True)
    expected = {"floor": SHORTEST, "cap": LONGEST}.get(str(case["wait"]), case["wait"])
    assert retry_after(value, now=NOW) == expected


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3),
        ("0.2", SHORTEST),
        ("901", LONGEST),
        ("1.", None),
        (".5", None),
        ("+3", None),
        ("3s", None),
        ("٣", None),
    ],
)
def test_seconds_are_plain_digits_with_at_most_one_point(value: str, seconds: float | None) -> None:
    assert retry_after(value, now=NOW) == seconds


def test_a_date_is_measured_against_the_servers_own_clock() -> None:
    server = NOW - timedelta(hours=1)
    date = format_datetime(server + timedelta(seconds=60), usegmt=True)
    assert retry_after(date, now=NOW, server_date=format_datetime(server, usegmt=True)) == 60


def test_an_unusable_server_date_falls_back_to_our_clock() -> None:
    date = format_datetime(NOW + timedelta(seconds=60), usegmt=True)
    assert retry_after(date, now=NOW, server_date="yesterday") == 60


def test_a_date_without_a_zone_is_read_as_utc() -> None:
    assert retry_after("Sat, 21 Nov 2026 12:01:00 -0000", now=NOW) == 60


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,5} [A-Z][a-z]{2} \d{1,6} \d\d:\d\d:\d\d \S{0,5}"))
def test_it_never_raises_and_stays_within_limits(value: str) -> None:
    seconds = retry_after(value, now=NOW, server_date=value)
    assert seconds is None or SHORTEST <= seconds <= LONGEST
