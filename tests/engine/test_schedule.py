"""The schedule keeps its promises for every course of events."""

import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.errors import BadAnswer, BadKey, Forbidden, Gone, ProviderError, RateLimited, Unavailable, Unreachable
from tui.domain.provider import Cadence
from tui.domain.task import Task, TaskStatus
from tui.engine.polling.schedule import BREAKER_AT, KEY_PROBE, REFUSED_INTERVAL, Bucket, Schedule, Trouble, interval_of

INTERVAL = 15.0
CADENCE = Cadence(first=5, steady=15, idle=60)


def schedule(*keys: str, rate: float = 1000.0, slots: int = 4, seed: int = 1) -> Schedule:
    made = Schedule(rate=rate, slots=slots, spread_over=INTERVAL, rng=random.Random(seed))
    for key in keys:
        made.add(key, 0.0, interval=INTERVAL)
    return made


def names(count: int) -> list[str]:
    return [f"t{number}" for number in range(count)]


def drive(
    plan: Schedule,
    until: float,
    answer: Callable[[str, float], ProviderError | None],
    *,
    latency: float = 0.0,
    start: float = 0.0,
) -> list[tuple[float, str]]:
    """Ask as a worker would, until `until`; returns what was asked when."""
    asked: list[tuple[float, str]] = []
    under_way: list[tuple[float, str]] = []
    now = start
    while True:
        while (key := plan.take(now)) is not None:
            asked.append((now, key))
            under_way.append((now + latency, key))
        when = plan.when(now)
        coming = min([at for at, _ in under_way] + ([when] if when is not None else []), default=None)
        if coming is None or coming > until:
            return asked
        assert coming > now or any(at <= now for at, _ in under_way), "a promised time must be kept"
        now = max(now, coming)
        for at, key in [entry for entry in under_way if entry[0] <= now]:
            under_way.remove((at, key))
            error = answer(key, now)
            if error is None:
                plan.answered(key, now)
            else:
                plan.stumbled(key, now, error)


def healthy(key: str, now: float) -> None:
    return None


@given(st.integers(1, 40), st.floats(0.5, 50), st.integers(1, 6), st.floats(0, 20), st.integers(0, 999))
def test_no_account_gets_more_than_its_rate_and_no_key_is_asked_faster_than_its_interval(
    count: int, rate: float, slots: int, latency: float, seed: int
) -> None:
    plan = schedule(*names(count), rate=rate, slots=slots, seed=seed)
    asked = drive(plan, 120.0, healthy, latency=latency)
    for index, (begin, _) in enumerate(asked):
        for number, (at, _) in enumerate(asked[index:], start=1):
            assert number <= max(1.0, rate) + rate * (at - begin) + 1e-6
    for key in names(count):
        times = [at for at, name in asked if name == key]
        assert all(later - earlier >= INTERVAL - 1e-9 for earlier, later in pairwise(times))


@given(st.integers(1, 30), st.integers(1, 6), st.lists(st.integers(0, 5), max_size=200), st.floats(0, 3))
def test_never_more_requests_than_slots_and_every_promise_of_a_time_is_kept(
    count: int, slots: int, choices: list[int], latency: float
) -> None:
    errors = [
        None, Unreachable("x"), RateLimited("x", retry_after=7), BadKey("x"), BadAnswer("x"), Forbidden("x")
    ]  # fmt: skip
    plan = schedule(*names(count), slots=slots)
    under_way: set[str] = set()
    now = 0.0
    for choice in choices:
        when = plan.when(now)
        if when is not None:
            now = max(now, when)
            key = plan.take(now)
            assert key is not None, "`when` said that a key could be taken now"
            assert key not in under_way, "a key is never asked twice at once"
            under_way.add(key)
            assert len(under_way) <= slots
        if under_way and (when is None or choice % 2):
            key = min(under_way)
            under_way.discard(key)
            now += latency
            error = errors[choice]
            if error is None:
                plan.answered(key, now)
            else:
                plan.stumbled(key, now, error)


@given(st.integers(1, 60), st.integers(0, 999))
def test_every_healthy_key_is_asked_about_once_an_interval(count: int, seed: int) -> None:
    asked = drive(schedule(*names(count), seed=seed), 300.0, healthy)
    for key in names(count):
        times = [at for at, name in asked if name == key]
        assert len(times) >= 300 / (INTERVAL * 1.1) - 1


@pytest.mark.parametrize("count", [1, 5, 40])
def test_an_hour_of_outage_costs_no_more_requests_than_an_hour_of_health(count: int) -> None:
    def down(key: str, now: float) -> ProviderError:
        return Unreachable("down")

    well = len(drive(schedule(*names(count)), 3600.0, healthy))
    ill = len(drive(schedule(*names(count)), 3600.0, down))
    assert ill <= 1.1 * well
    assert ill >= 3600 / 60 / 2, "it must notice when the provider comes back"


def test_after_five_failures_in_a_row_one_request_at_a_time_probes_the_way() -> None:
    plan = schedule(*names(40))
    for _ in range(BREAKER_AT):
        key = plan.take(0.0)
        assert key is not None
        plan.stumbled(key, 0.0, Unreachable("down"))
    assert plan.trouble is Trouble.OUTAGE
    when = plan.when(0.0)
    assert when is not None
    assert when > 0
    assert plan.take(when) is not None
    assert plan.take(when) is None, "only one probe"
    assert plan.when(when) is None


def test_a_working_probe_ends_the_trouble_and_spreads_what_is_overdue_over_one_interval() -> None:
    broken_until = 600.0
    asked = drive(schedule(*names(30)), 700.0, lambda key, now: Unreachable("x") if now < broken_until else None)
    recovered = [at for at, _ in asked if at >= broken_until]
    first = recovered[0]
    burst = max(sum(1 for at in recovered if begin <= at < begin + 1) for begin in recovered)
    assert burst <= 8, "30 overdue tasks are not asked at once"
    assert {key for at, key in asked if first <= at <= first + INTERVAL * 1.2} == set(names(30))


@given(st.floats(1, 900), st.integers(1, 20))
def test_nothing_is_asked_before_a_retry_after_is_over(wait: float, count: int) -> None:
    plan = schedule(*names(count))
    key = plan.take(0.0)
    assert key is not None
    plan.stumbled(key, 0.0, RateLimited("slow down", retry_after=wait))
    plan.hurry(names(count), 0.0)
    when = plan.when(0.0)
    assert when is not None
    assert when >= wait, "not even a hurried key"
    assert plan.take(wait - 0.01) is None
    assert plan.take(when) is not None


@pytest.mark.parametrize(("told", "kept"), [(0.0, 1.0), (-5.0, 1.0), (1e9, 900.0), (12.5, 12.5)])
def test_an_absurd_retry_after_is_clamped(told: float, kept: float) -> None:
    plan = schedule("a")
    plan.take(0.0)
    plan.stumbled("a", 0.0, RateLimited("x", retry_after=told))
    plan.hurry(["a"], 0.0)
    assert plan.when(0.0) == kept


def test_an_answer_sent_before_the_limit_does_not_lift_it() -> None:
    plan = schedule("a", "b")
    assert {plan.take(0.0), plan.take(0.0)} == {"a", "b"}
    plan.stumbled("a", 1.0, RateLimited("x", retry_after=100))
    plan.answered("b", 2.0)
    assert plan.trouble is Trouble.LIMIT
    assert plan.take(50.0) is None


@pytest.mark.parametrize(
    ("error", "trouble"),
    [(Unreachable("reset"), None), (BadAnswer("cut"), None), (RateLimited("slow down", retry_after=9), Trouble.LIMIT)],
)
def test_a_failure_says_nothing_once_a_request_that_was_sent_later_is_answered(
    error: ProviderError, trouble: Trouble | None
) -> None:
    """A provider that asks to be asked less often means it whenever it says so."""
    for times in (1, BREAKER_AT):
        plan = schedule(*names(times), "later", slots=times + 1)
        early = [plan.take(0.0) for _ in range(times)]
        last = plan.take(0.0)
        assert last is not None
        plan.answered(last, 1.0)
        for key in early:
            assert key is not None
            assert plan.stumbled(key, 2.0, error) == (trouble is not None)
        assert plan.trouble is trouble
        assert plan.stumbled(plan.take(100.0) or "", 101.0, error), "one that was sent after it counts"


def test_a_limit_holds_when_another_request_fails_meanwhile() -> None:
    plan = schedule("a", "b")
    plan.take(0.0), plan.take(0.0)
    plan.stumbled("a", 1.0, RateLimited("x", retry_after=100))
    plan.stumbled("b", 2.0, Unreachable("x"))
    assert plan.trouble is Trouble.LIMIT
    assert plan.take(90.0) is None


def test_a_limit_without_a_time_may_be_tried_at_once_but_not_while_a_retry_after_holds() -> None:
    plan = schedule("a", "b")
    plan.take(0.0)
    plan.stumbled("a", 0.0, RateLimited("x"))
    assert plan.take(1.0) is None
    plan.hurry(["a"], 1.0)
    assert plan.take(1.0) == "a"
    plan.stumbled("a", 2.0, RateLimited("x", retry_after=100))
    plan.hurry(["b"], 3.0)
    assert plan.is_held
    assert plan.take(3.0) is None


def test_a_503_that_says_when_is_kept_as_well() -> None:
    plan = schedule("a", "b")
    plan.take(0.0)
    plan.stumbled("a", 0.0, Unavailable("maintenance", http=503, retry_after=120))
    assert plan.take(119.0) is None
    assert plan.take(121.0) is not None


def test_a_rejected_key_allows_one_probe_in_ten_minutes() -> None:
    asked = drive(schedule(*names(10)), 3600.0, lambda key, now: BadKey("no"), latency=0.1)
    late = [at for at, _ in asked if at > 60]
    assert len(late) <= 6
    assert all(b - a >= KEY_PROBE - 1e-6 for a, b in pairwise(late))


def test_hurrying_tries_a_rejected_key_at_once_with_one_request() -> None:
    plan = schedule("a", "b")
    plan.take(0.0)
    plan.stumbled("a", 0.0, BadKey("no"))
    assert plan.take(10.0) is None
    plan.hurry(["a", "b"], 10.0)
    assert plan.take(10.0) is not None
    assert plan.take(10.0) is None


@pytest.mark.parametrize("error", [Forbidden("x"), Gone("x")])
def test_a_task_that_is_refused_slows_down_alone(error: ProviderError) -> None:
    asked = drive(schedule("bad", "good"), 600.0, lambda key, now: error if key == "bad" else None)
    bad = [at for at, key in asked if key == "bad"]
    assert len(bad) <= 600 / REFUSED_INTERVAL + 1
    assert sum(1 for _, key in asked if key == "good") >= 600 / (INTERVAL * 1.1) - 1


def test_one_unreadable_task_never_stops_the_others() -> None:
    asked = drive(schedule("bad", "good"), 600.0, lambda key, now: BadAnswer("x") if key == "bad" else None)
    assert sum(1 for _, key in asked if key == "good") >= 600 / (INTERVAL * 1.1) - 1


def test_a_paused_schedule_asks_only_what_is_hurried() -> None:
    plan = schedule("a", "b")
    plan.paused = True
    assert plan.when(0.0) is None
    plan.hurry(["b", "unknown"], 0.0)
    assert plan.take(0.0) == "b"
    assert plan.take(0.0) is None


def test_spreading_after_sleep_asks_each_key_once_within_one_interval() -> None:
    plan = schedule(*names(40))
    drive(plan, 60.0, healthy)
    awake = 60.0 + 8 * 3600
    plan.spread(awake)
    asked = drive(plan, awake + INTERVAL, healthy, start=awake)
    counts = [sum(1 for _, key in asked if key == name) for name in names(40)]
    assert set(counts) <= {1, 2}
    assert max(sum(1 for at, _ in asked if begin <= at < begin + 1) for begin, _ in asked) <= 8


def test_a_dropped_key_is_never_asked_again_and_frees_its_slot() -> None:
    plan = schedule("a", "b", slots=1)
    assert plan.take(0.0) == "a"
    plan.drop("a")
    assert "a" not in plan
    assert plan.take(0.0) == "b"
    plan.answered("a", 1.0)
    plan.answered("b", 1.0)
    assert [key for _, key in drive(plan, 100.0, healthy, start=1.0)].count("a") == 0


def test_adding_a_followed_key_again_only_changes_its_interval() -> None:
    plan = schedule("a")
    plan.take(0.0)
    plan.answered("a", 0.0)
    due = plan.when(0.0)
    plan.add("a", 0.0, interval=60)
    assert plan.when(0.0) == due
    assert len(plan) == 1
    assert plan.followed() == ("a",)


def test_the_next_try_is_known_while_a_request_is_under_way() -> None:
    plan = schedule("a", "b")
    plan.take(0.0)
    plan.stumbled("a", 0.0, RateLimited("x", retry_after=30))
    assert plan.next_try(0.0) == 30.0
    assert Schedule(rate=1, spread_over=1).next_try(0.0) is None


def test_a_reserved_place_counts_against_the_rate() -> None:
    plan = schedule("a", rate=1.0)
    assert plan.reserve(0.0) == 0.0
    assert plan.reserve(0.0) == 1.0
    assert plan.when(0.0) == pytest.approx(2.0)


@given(st.floats(0.1, 100), st.lists(st.floats(0, 5), min_size=1, max_size=50))
def test_a_token_is_there_when_the_bucket_says_so(rate: float, pauses: list[float]) -> None:
    bucket, now = Bucket(rate), 0.0
    for pause in pauses:
        now = bucket.ready_at(now + pause)
        assert bucket.ready_at(now) == now
        bucket.spend(now)


@pytest.mark.parametrize(
    ("status", "age", "seconds"),
    [
        (TaskStatus.RUNNING, 10, 5),
        (TaskStatus.RUNNING, 60, 15),
        (TaskStatus.QUEUED, 10, 5),
        (TaskStatus.QUEUED, 61, 60),
        (TaskStatus.WAITING, 1, 60),
        (TaskStatus.UNKNOWN, 1, 60),
    ],
)
def test_tasks_are_asked_about_fast_at_first_then_steadily_and_slowly_while_they_wait(
    status: TaskStatus, age: float, seconds: float
) -> None:
    assert interval_of(Task("t", "p", status=status), CADENCE, age) == seconds
