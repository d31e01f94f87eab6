"""Who started what: known of what was started from an archive, not of what a provider's list showed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.make import a_task, save
from tui.domain.annotations import Annotations, People
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive, person
from tui.engine.archive.search import json as records


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
    assert archive.annotations.people("t1").started == "nina@laptop"
    assert [line.person for line in archive.costs()] == ["nina@laptop"]


def test_who_started_a_task_is_in_every_list_for_scripts(archive: Archive, place: Path | str) -> None:
    archive.put_tasks([a_task("t1", status=TaskStatus.QUEUED), a_task("t2", remote_id="r2")]).result(60)
    told = {line["id"]: line["started_by"] for line in map(json.loads, records.listed(str(place)))}
    assert told == {"t1": "nina@laptop", "t2": None}


def test_notes_and_tags_name_their_author(archive: Archive) -> None:
    archive.put_tasks([a_task("t1")]).result(60)
    archive.annotations.set_note("t1", "ask Zoë").result(60)
    archive.annotations.change_tags(["t1"], add=["energy"]).result(60)
    assert archive.annotations.people("t1") == People("", "nina@laptop", (("energy", "nina@laptop"),))
    archive.annotations.set_note("t1", "").result(60)
    archive.annotations.change_tags(["t1"], remove=["energy"]).result(60)
    assert archive.annotations.people("t1") == People()


def test_tasks_one_started_oneself_are_a_filter(archive: Archive, place: Path | str) -> None:
    archive.put_tasks([a_task("t1", status=TaskStatus.QUEUED), a_task("t2", remote_id="r2")]).result(60)
    assert [json.loads(line)["id"] for line in records.listed(str(place), "by:me")] == ["t1"]


def test_two_notes_written_at_the_same_time_are_both_kept(archive: Archive) -> None:
    archive.put_tasks([a_task("t1")]).result(60)
    archive.annotations.set_note("t1", "first").result(60)
    for note, before, kept in (
        ("second", "first", "second"),
        ("mine", "first", "second\nmine"),
        ("second\nmine", "first", "second\nmine"),
        ("", "first", "second\nmine"),
        ("", "second\nmine", ""),
        ("new", "second\nmine", "new"),
    ):
        archive.annotations.set_note("t1", note, before).result(60)
        assert archive.annotations.local("t1").note == kept, note


def test_marks_and_states_are_there_when_one_comes_again(archive: Archive, place: Path | str) -> None:
    archive.put_tasks([a_task("t1", status=TaskStatus.RUNNING, remote_id="t1")]).result(60)
    save(archive, a_task("t1", remote_id="t1", has_report=True), "a report")
    archive.annotations.set_read(["t1"]).result(60)
    archive.annotations.set_pinned(["t1"]).result(60)
    archive.annotations.set_state("views", ["hers"]).result(60)
    archive.annotations.set_state("sort", ["title"]).result(60)
    archive.annotations.set_state("sort", None).result(60)
    with Archive.open(place) as again:
        assert again.annotations.local("t1") == Annotations(read=True, pinned=True)
        assert (again.annotations.state("views"), again.annotations.state("sort")) == (["hers"], None)


def test_what_a_file_was_imported_from_nobody_started(archive: Archive) -> None:
    archive.put_tasks([a_task("t1")]).result(60)
    assert archive.annotations.people("t1").started == ""
    assert archive.people("t1") == People()


def test_only_a_shared_archive_has_a_queue(archive: Archive, place: Path | str) -> None:
    assert (archive.queue is None) == isinstance(place, Path)


def test_a_note_that_two_changed_keeps_the_words_of_both_and_a_change_that_comes_twice_stands_once(
    archive: Archive,
) -> None:
    archive.put_tasks([a_task("t1")]).result(60)
    archive.annotations.set_note("t1", "call Bob").result(60)
    archive.annotations.set_note("t1", "call Bob today", "call Bob").result(60)
    for _ in range(2):  # the answer to the first commit was lost
        archive.annotations.set_note("t1", "call Bob and Ann", "call Bob").result(60)
        assert archive.annotations.local("t1").note == "call Bob today and Ann"
    archive.annotations.set_note("t1", "an art of its own", "call Bob today and Ann").result(60)
    archive.annotations.set_note("t1", "art", "").result(60)
    assert archive.annotations.local("t1").note == "an art of its own", "nothing new was said"
    archive.annotations.set_note("t1", "car", "").result(60)
    assert archive.annotations.local("t1").note == "an art of its own\ncar"
    assert [hit.task_id for hit in archive.library.search("car").hits] == ["t1"]
