"""Events to flushes: few, and only of what really changed."""

from collections.abc import Callable
from dataclasses import replace

from tests.ui.fakes import NOW, FakeEngine, task
from tui.domain.task import TaskStatus
from tui.engine.api import LogEntry, Logged, ProviderChanged, TasksChanged
from tui.ui.bridge import SHORTEST, Bridge, Flush


class Stage:
    """Runs hops at once and timers when told."""

    def __init__(self, engine: FakeEngine) -> None:
        self.flushes: list[Flush] = []
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.tasks = {**engine.tasks()}
        self.bridge = Bridge(
            engine,
            lambda work: work(),
            lambda after, work: self.timers.append((after, work)),
            self.take,
            self.tasks,
        )

    def take(self, flush: Flush) -> None:
        self.flushes.append(flush)
        for name, value in flush.tasks.items():
            if value is None:
                del self.tasks[name]
            else:
                self.tasks[name] = value

    def rest(self) -> None:
        timers, self.timers = self.timers, []
        for _, work in timers:
            work()


def test_the_first_change_is_shown_at_once_the_next_ones_together_after_half_a_second() -> None:
    engine = FakeEngine([task(1), task(2)])
    stage = Stage(engine)
    engine.put(replace(task(1), sources=1))
    engine.put(replace(task(1), sources=2))
    engine.put(replace(task(2), sources=3))
    assert [set(flush.tasks) for flush in stage.flushes] == [{"t1"}]
    assert stage.timers[0][0] == SHORTEST
    stage.rest()
    assert [set(flush.tasks) for flush in stage.flushes] == [{"t1"}, {"t1", "t2"}]
    first = stage.flushes[1].tasks["t1"]
    assert first is not None
    assert first.sources == 2


def test_a_thousand_changes_in_one_interval_are_two_flushes() -> None:
    engine = FakeEngine([task(1)])
    stage = Stage(engine)
    for number in range(1000):
        engine.put(replace(task(1), sources=number))
    stage.rest()
    assert len(stage.flushes) == 2


def test_an_equal_value_is_no_flush() -> None:
    engine = FakeEngine([task(1)])
    stage = Stage(engine)
    engine.put(task(1))
    stage.rest()
    assert stage.flushes == []


def test_a_change_and_back_within_one_interval_is_no_flush() -> None:
    engine = FakeEngine([task(1)])
    stage = Stage(engine)
    engine.put(replace(task(1), sources=1))
    engine.put(replace(task(1), sources=2))
    engine.put(replace(task(1), sources=1))
    stage.rest()
    stage.rest()
    assert len(stage.flushes) == 1


def test_a_lost_task_is_told_as_none() -> None:
    engine = FakeEngine([task(1)])
    stage = Stage(engine)
    engine.drop("t1")
    assert stage.flushes[0].tasks == {"t1": None}


def test_ends_providers_and_log_lines_are_told() -> None:
    engine = FakeEngine([task(1)])
    stage = Stage(engine)
    engine.put(task(1, TaskStatus.DONE), ended=True)
    engine.tell(ProviderChanged("valyu"))
    engine.tell(Logged(LogEntry(NOW, "poll", "x")))
    stage.rest()
    assert [len(flush.ended) for flush in stage.flushes] == [0, 1]
    assert (stage.flushes[1].providers, stage.flushes[1].logged) == (True, True)


def test_catching_up_finds_what_changed_between_first_paint_and_subscription() -> None:
    engine = FakeEngine([task(1), task(2)])
    stage = Stage(engine)
    engine.known["t1"] = replace(task(1), sources=5)
    del engine.known["t2"]
    stage.bridge.catch_up()
    assert stage.flushes[0].tasks == {"t1": engine.known["t1"], "t2": None}
    assert stage.flushes[0].providers


def test_a_closed_bridge_hears_nothing() -> None:
    engine = FakeEngine([task(1)])
    stage = Stage(engine)
    stage.bridge.close()
    engine.put(replace(task(1), sources=1))
    engine.tell(TasksChanged(frozenset({"t1"})))
    assert stage.flushes == []
