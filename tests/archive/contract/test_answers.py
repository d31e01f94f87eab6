"""Answers as received: nothing bought is lost, nothing is stored twice, damage is noticed."""

from concurrent.futures import Future
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archive.make import NOW, a_task, digest_of, save
from tui.domain.errors import ArchiveError, NotFound
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.database import Database
from tui.engine.ports import ParsedResponse, ResponseFingerprint


def keep(archive: Archive, body: bytes, *, final: bool = True, at: int = 0) -> "Future[None]":
    done = archive.save_answer("t1", body, digest=digest_of(body), received_at=NOW + timedelta(seconds=at), final=final)
    done.exception(10)
    return done


@pytest.fixture
def known(archive: Archive) -> Archive:
    archive.put_tasks([a_task()]).result(60)
    return archive


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=3000), at=st.integers(-(10**9), 10**9))
def test_a_body_comes_back_byte_for_byte_with_its_time(known: Archive, body: bytes, at: int) -> None:
    known.save_answer("t1", body, received_at=NOW + timedelta(microseconds=at), final=True).result(60)
    last = known.versions("t1")[-1]
    assert known.raw("t1", last.number) == body
    assert (last.digest, last.size) == (digest_of(body), len(body))


def test_the_time_of_arrival_is_kept_to_the_microsecond(known: Archive) -> None:
    moment = NOW + timedelta(microseconds=123457)
    known.save_answer("t1", b"x", received_at=moment, final=True).result(60)
    kept = known.current_answer("t1")
    assert kept is not None
    assert kept.received_at == moment


def test_bytes_are_there_before_anybody_read_them(known: Archive) -> None:
    keep(known, b"not parsed yet")
    assert known.raw("t1") == b"not parsed yet"
    assert [version.state for version in known.versions("t1")] == ["new"]


def test_the_same_answer_again_is_no_new_version(known: Archive) -> None:
    for at in range(3):
        keep(known, b"same", at=at)
    assert len(known.versions("t1")) == 1


def test_every_changed_answer_of_a_finished_task_is_a_version(known: Archive) -> None:
    for text in ("first", "edited", "first"):
        save(known, a_task(), text)
    assert [known.raw("t1", number) for number in (1, 2, 3)] == [b"first", b"edited", b"first"]
    assert [version.shown for version in known.versions("t1")] == [False, False, True]
    assert known.maintenance.stats().bodies == len(b"first") + len(b"edited")


def test_of_an_unfinished_task_only_the_latest_answer_is_kept(known: Archive) -> None:
    for step in range(5):
        save(known, a_task(status=TaskStatus.RUNNING), f"step {step}")
    assert [known.raw("t1", version.number) for version in known.versions("t1")] == [b"step 4"]
    save(known, a_task(), "the report")
    assert known.raw("t1") == b"the report"


def test_an_answer_that_must_not_take_the_reports_place_is_kept_beside_it(known: Archive) -> None:
    save(known, a_task(), "the long report")
    save(known, a_task(), "", body=b"{}", current=False)
    assert known.raw("t1") == b"the long report"
    assert [version.size for version in known.versions("t1")] == [15, 2]
    assert [hit.where for hit in known.library.search("long report").hits] == ["report"]


def test_an_unread_final_answer_survives_a_broken_one_after_it(known: Archive) -> None:
    keep(known, b"final but the program died before reading it", final=False)
    known.save_unreadable("t1", b"<html>bad gateway", "no JSON", received_at=NOW).result(60)
    assert [version.state for version in known.versions("t1")] == ["new", "unreadable"]


def test_an_answer_that_cannot_be_read_is_kept_with_the_reason(known: Archive) -> None:
    save(known, a_task(), "a report")
    known.save_unreadable("t1", b"\xff\x00 garbage", "no JSON at character 1", received_at=NOW).result(60)
    last = known.versions("t1")[-1]
    assert (last.state, last.why) == ("unreadable", "no JSON at character 1")
    assert known.raw("t1", 2) == b"\xff\x00 garbage"
    assert known.raw("t1") == b"a report"


def test_error_pages_of_an_unfinished_task_do_not_fill_the_disk(known: Archive) -> None:
    for number in range(30):
        known.save_unreadable("t1", b"page %d" % number, "no JSON", received_at=NOW)
    keep(known, b"last", final=False)
    kept = [known.raw("t1", version.number) for version in known.versions("t1")]
    assert len(kept) == 20
    assert kept[-2:] == [b"page 29", b"last"]
    assert known.maintenance.verify().bodies == 20


def test_the_latest_answer_that_was_read_stays_until_another_is_read(known: Archive) -> None:
    running = a_task(status=TaskStatus.RUNNING)
    save(known, running, "shown")
    save(known, running, "read", current=False)
    for number in range(25):
        keep(known, b"not read %d" % number, final=False)
    kept = [known.raw("t1", version.number) for version in known.versions("t1")]
    assert kept[:3] == [b"shown", b"read", b"not read 5"]
    save(known, running, "read later", current=False)
    kept = [known.raw("t1", version.number) for version in known.versions("t1")]
    assert kept[:2] == [b"shown", b"not read 6"]
    assert kept[-1] == b"read later"


def test_the_latest_answer_is_the_last_that_came_also_when_the_clock_was_set_back(known: Archive) -> None:
    keep(known, b"came first", at=5000)
    keep(known, b"came second", at=-5000)
    assert known.raw("t1") == b"came second"


def test_a_mark_remembers_what_the_report_was_read_from(known: Archive) -> None:
    assert known.mark("t1") is None
    digest = save(known, a_task(), "twelve chars")
    assert known.mark("t1") == ResponseFingerprint(digest, '"etag"', 12)


def test_a_reading_without_its_bytes_is_refused_and_changes_nothing(known: Archive) -> None:
    reading = ParsedResponse(a_task(title="never"), ResponseFingerprint(digest_of(b"not stored")), None, (), "text")
    with pytest.raises(ArchiveError, match="without its stored answer"):
        known.save_reading(reading).result(60)
    assert known.task("t1").title != "never"


def test_bytes_that_do_not_match_their_checksum_are_refused(known: Archive) -> None:
    with pytest.raises(ArchiveError, match="checksum"):
        known.save_answer("t1", b"x", digest=digest_of(b"y"), received_at=NOW, final=True).result(60)
    assert known.versions("t1") == []


def test_an_answer_of_an_unknown_task_is_an_error_of_its_own(known: Archive) -> None:
    lost = known.save_answer("nobody", b"x", received_at=NOW, final=True)
    fine = known.save_answer("t1", b"x", received_at=NOW, final=True)
    with pytest.raises(NotFound):
        lost.result(60)
    fine.result(60)
    assert len(known.versions("t1")) == 1


@pytest.mark.parametrize("number", [0, -1, 2])
def test_a_version_that_is_not_there_is_not_found(known: Archive, number: int) -> None:
    keep(known, b"only one")
    with pytest.raises(NotFound):
        known.raw("t1", number)


def test_without_any_answer_there_is_none(known: Archive) -> None:
    assert known.current_answer("t1") is None
    with pytest.raises(NotFound):
        known.raw("t1")


def test_an_imported_body_is_recognised(known: Archive) -> None:
    keep(known, b"saved elsewhere")
    assert known.with_body(b"saved elsewhere") == ["t1"]
    assert known.with_body(b"other") == []


@pytest.mark.parametrize("damage", ["data = ?", "data = (SELECT data FROM body WHERE n <> 1 AND ? IS NOT NULL)"])
def test_flipped_bits_in_a_body_are_noticed_on_reading(known: Archive, damage: str) -> None:
    keep(known, b"the report" * 100)
    keep(known, b"another" * 100)

    def spoil(db: Database) -> None:
        db.execute(f"UPDATE body SET {damage} WHERE n = 1", (b"0",))

    known._store.write(spoil).result(60)
    with pytest.raises(ArchiveError, match="checksum"):
        known.raw("t1", 1)
    assert known.raw("t1", 2) == b"another" * 100
    assert known.maintenance.verify().problems == ("a stored answer of task t1 does not match its checksum",)
