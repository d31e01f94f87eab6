"""Times, counters, secrets and errors mean what they say."""

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.errors import BadKey, DivewatchError, ProviderError, RateLimited
from tui.domain.secret import Secret
from tui.domain.task import Counter, Task, TaskStatus, TotalKind
from tui.domain.times import elapsed, iso, parse_time

NOON = datetime(2026, 7, 19, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["2026-07-19T12:00:00Z", "2026-07-19T12:00:00", "2026-07-19T14:00:00.000+02:00", NOON.timestamp(),
     NOON.timestamp() * 1000, int(NOON.timestamp()), str(int(NOON.timestamp() * 1000)), " 2026-07-19T12:00:00Z "],
)  # fmt: skip
def test_a_time_is_understood_in_every_spelling(value: object) -> None:
    assert parse_time(value) == NOON


@pytest.mark.parametrize(
    "value", ["", "yesterday", None, True, [], {}, float("nan"), float("inf"), -5, 10**400, "9" * 400, "1e400",
              "0001-01-01T00:00:00+23:59"],
)  # fmt: skip
def test_nonsense_is_no_time(value: object) -> None:
    assert parse_time(value) is None


@given(st.text() | st.floats() | st.integers() | st.none())
def test_reading_a_time_never_raises(value: object) -> None:
    moment = parse_time(value)
    assert moment is None or moment.tzinfo is not None


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2099, 1, 1)))
def test_iso_round_trip(moment: datetime) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=2)))
    assert parse_time(iso(aware)) == aware
    assert (iso(aware) or "").endswith("Z")


def test_no_time_is_none() -> None:
    assert iso(None) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (42.9, "42 s"),
        (187, "3:07"),
        (3753, "1:02:33"),
        (2 * 86400 + 4 * 3600 + 5, "2 d 4 h"),
        (86400, "1 d"),
    ],
)
def test_elapsed_reads_well(seconds: float, text: str) -> None:
    assert elapsed(seconds) == text


@pytest.mark.parametrize(
    ("value", "total", "fraction"), [(5, 20, 0.25), (30, 25, 1.0), (-1, 10, 0.0), (3, None, None), (0, 0, None)]
)
def test_a_fraction_is_clamped_and_never_invented(value: int, total: int | None, fraction: float | None) -> None:
    assert Counter(value, total, TotalKind.CEILING).fraction == fraction


def test_only_ended_tasks_are_final() -> None:
    final = {status for status in TaskStatus if status.is_final}
    assert final == {"done", "partial", "failed", "cancelled", "expired"}


def test_equal_tasks_are_equal_so_that_nobody_is_told_twice() -> None:
    assert Task(id="1", provider="valyu") == Task(id="1", provider="valyu")
    assert Task(id="1", provider="valyu", remote_id="r").key == ("valyu", "default", "r")


def test_a_secret_cannot_be_printed_or_pickled() -> None:
    secret = Secret("val_0123456789abcdef")
    for shown in (repr(secret), str(secret), f"{secret}", f"{[secret]!r}"):
        assert "0123456789" not in shown
    assert secret.hint == "…cdef"
    assert Secret("short").hint == "…"
    assert secret == Secret("val_0123456789abcdef")
    assert hash(secret) == hash(Secret("val_0123456789abcdef"))
    assert secret.reveal() == "val_0123456789abcdef"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_errors_carry_facts_and_exit_codes() -> None:
    error = RateLimited("slow down", http=429, retry_after=12.0, hint="wait")
    assert isinstance(error, ProviderError)
    assert (error.exit_code, error.retry_after, error.hint, str(error)) == (3, 12.0, "wait", "slow down")
    assert BadKey("no").exit_code == 4
    assert DivewatchError("x").exit_code == 1
