"""Simulated time and the wall time clients are told."""

import time

import pytest

from tui.simulator.clock import ManualClock, SimulatedClock, iso, milliseconds


def test_speed_squeezes_what_comes_after_the_start() -> None:
    clock = ManualClock(speed=30)
    assert clock.wall(60) - clock.wall(0) == pytest.approx(2)


def test_the_past_keeps_its_true_distance() -> None:
    clock = ManualClock(speed=30)
    assert clock.wall(0) - clock.wall(-3600) == pytest.approx(3600)


def test_a_running_clock_never_tells_clients_of_the_future() -> None:
    clock = SimulatedClock(speed=1000)
    moments = [clock.now() for _ in range(50)]
    assert moments == sorted(moments)
    assert clock.wall(moments[-1]) <= time.time() + 0.05


def test_a_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock()
    clock.advance(90)
    assert (clock.now(), clock.span(5)) == (90, 5)


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_time_cannot_stand_still_or_run_backwards(speed: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        SimulatedClock(speed)


def test_stamps_are_utc_and_agree_in_both_forms() -> None:
    clock = ManualClock()
    stamp = clock.stamp(10)
    assert iso(stamp).endswith("Z")
    assert milliseconds(stamp) == pytest.approx(clock.wall(10) * 1000, abs=1)
