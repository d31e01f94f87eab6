"""Who started what: known of what was started from an archive, not of what a provider's list showed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.make import a_task
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive, person


@pytest.fixture
def archive(place: Path | str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setenv("DIVEWATCH_PERSON", "Nina@laptop")
    person.whoami.cache_clear()
    with Archive.open(place) as opened:
        yield opened
    person.whoami.cache_clear()


@pytest.mark.parametrize(
    ("typed", "found"),
    [("by:me", True), ("by:Nina", True), ("by:nina@laptop", True), ("by:nin", False), ("by:nina@desk", False)],
)
def test_a_task_is_found_by_who_started_it(archive: Archive, typed: str, found: bool) -> None:
    started = a_task("t1", status=TaskStatus.QUEUED)
    archive.put_tasks([started, a_task("t2", remote_id="r2")]).result(60)
    assert [hit.task_id for hit in archive.library.search(f"{typed} ").hits] == (["t1"] if found else [])


def test_the_starter_stays_known_when_the_provider_names_the_task(archive: Archive) -> None:
    archive.put_tasks([a_task("t1", status=TaskStatus.QUEUED)]).result(60)
    archive.put_tasks([a_task("t1", remote_id="r1")]).result(60)
    assert archive.started_by() == {"t1": "nina@laptop"}
