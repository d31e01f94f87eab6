"""Memory of the tasks at hand: what the archive, the engine, the bridge and the list keep of one, counted in bytes."""

import gc
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.archive.make import NOW, a_task
from tui.domain.task import Cost, CostKind, Counter, Task
from tui.engine.archive import Archive
from tui.engine.runtime import Runtime
from tui.ui.bridge import Bridge, Flush
from tui.ui.dashboard.task_list import TaskList

TEXT = 300 + 60  # characters of brief and title


@pytest.fixture
def counting() -> Iterator[None]:
    tracemalloc.start(1)
    yield
    tracemalloc.stop()


def finished(number: int) -> Task:
    return a_task(
        f"{number:016x}",
        remote_id=f"remote-{number}",
        title=f"{number:060}",
        prompt=f"{number:0300}",
        provider_status="completed",
        mode="standard",
        created_at=NOW + timedelta(minutes=number),
        finished_at=NOW + timedelta(minutes=number + 9),
        counters={"steps": Counter(10, 25), "sources": Counter(40)},
        cost=Cost(0.5, "USD", CostKind.PRICE_LIST),
        has_report=True,
    )


def kept(archive: Archive) -> int:
    """Return the bytes that are kept while a dashboard shows an archive, which it loads as at the start."""
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    screen = {task.id: task for task in archive.load_tasks()}
    engine = Runtime(archive, [], watch=False)
    engine._core.load(screen)  # without its thread, which reads what it forgets again
    model = TaskList(sort="status")
    flushes: list[Flush] = []
    try:
        model.apply(screen)
        assert model.place(model.rows[-1]) is not None
        bridge = Bridge(engine, lambda work: work(), lambda seconds, work: None, flushes.append, screen)
        bridge.catch_up()
        bridge.close()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        engine.close(60)
    assert [flush.tasks for flush in flushes] == [{}], "the engine has the very tasks that are on the screen"
    return after - before


@pytest.mark.usefixtures("counting")
def test_a_task_at_hand_takes_about_a_kilobyte_beside_its_text(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive.db")
    archive.put_tasks([finished(number) for number in range(500)]).result(60)
    kept(archive)  # what is made once
    few = kept(archive)
    archive.put_tasks([finished(number) for number in range(500, 3000)]).result(60)
    many = kept(archive)
    archive.close(60)
    assert (many - few) / 2500 - TEXT < 800  # 777 when this was written, 2,414 before
