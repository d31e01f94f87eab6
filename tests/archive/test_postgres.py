"""What only an archive on a server promises: many processes, a server that goes away, and no password anywhere."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.archive.make import NOW, a_task, save
from tests.postgres import NoServer, running
from tui.domain import task_filter
from tui.domain.errors import ArchiveError, NotFound, UsageError
from tui.domain.task import Task
from tui.engine.api import LogEntry
from tui.engine.archive import Archive
from tui.engine.archive.postgres import connect, fts, schema
from tui.engine.archive.postgres.connect import NotNow, explain
from tui.engine.archive.postgres.open import open_server
from tui.engine.archive.postgres.store import PostgresStore
from tui.engine.archive.shared_sql import put_state

SECRET = "hunter2-correct-horse"


def test_what_one_process_saves_wakes_the_others_and_is_seen_by_them(url: str) -> None:
    told = threading.Event()
    with Archive.open(url) as mine, Archive.open(url) as theirs:
        theirs.listen(told.set)
        assert told.wait(60), "once when the listener is ready"
        theirs.foreign_changes()
        told.clear()
        mine.put_tasks([a_task("t1")]).result(60)
        assert told.wait(60)
        assert [task.id for task in theirs.foreign_changes().tasks] == ["t1"]
        assert not theirs.foreign_changes().tasks


def test_a_change_is_seen_by_a_process_that_hears_nothing(url: str) -> None:
    with Archive.open(url) as mine, Archive.open(url) as theirs:
        mine.put_tasks([a_task("t1")]).result(60)
        assert [task.id for task in theirs.foreign_changes().tasks] == ["t1"]


def test_each_account_is_polled_by_one_process_and_passes_on_when_that_ends(url: str) -> None:
    first, second = Archive.open(url), Archive.open(url)
    with second:
        with first:
            assert first.take_lease("valyu")
            assert first.take_lease("valyu"), "the holder keeps it"
            assert not second.take_lease("valyu")
            assert second.take_lease("yutori"), "other accounts are free"
            assert "process" in second.lease_holder()
            first.release_lease("valyu")
            assert second.take_lease("valyu")
            second.release_lease()
            assert first.take_lease("valyu")
        assert second.take_lease("valyu"), "the connection is gone, and the lease with it"


def test_saving_outlives_a_connection_that_the_server_ends(url: str) -> None:
    with Archive.open(url) as archive:
        assert archive.take_lease("valyu")
        archive.put_tasks([a_task("t1")]).result(60)
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'divewatch'")
        archive.put_tasks([a_task("t2")]).result(60)
        assert {task.id for task in _patient(archive)} == {"t1", "t2"}
        assert archive.take_lease("valyu"), "with the new connection it is taken again"


def _patient(archive: Archive) -> list[Task]:
    try:
        return [*archive.tasks()]
    except ArchiveError:  # the connection that was kept for reading had been ended, too
        return [*archive.tasks()]


@pytest.mark.slow
def test_a_server_that_dies_loses_nothing_that_was_acknowledged_and_is_found_again() -> None:
    try:
        with running() as server, Archive.open(server.url()) as archive:
            for number in range(3):
                save(archive, a_task(f"t{number}"), f"report {number}")
                waiting = archive.put_tasks([a_task(f"w{number}")])
                server.stop()
                with pytest.raises(ArchiveError):
                    archive.tasks()
                unsaved = archive.put_tasks([a_task(f"u{number}")])
                server.start()
                unsaved.result(60)
                waiting.result(60)
                assert len(archive.tasks()) == 3 * (number + 1)
            assert [archive.raw(f"t{number}") for number in range(3)] == [b"report 0", b"report 1", b"report 2"]
    except NoServer as error:
        pytest.skip(str(error))


def test_an_archive_of_a_newer_program_is_refused_also_in_the_midst_of_things(url: str) -> None:
    with Archive.open(url) as old:
        save(old, a_task("t1"), "report")
        open_server(url, steps=(*schema.STEPS, lambda db: None))[0].close(10)
        with pytest.raises(
            ArchiveError, match=rf"newer divewatch \(format {schema.VERSION + 1}, this one knows {schema.VERSION}\)"
        ):
            old.put_tasks([a_task("t2")]).result(60)
        assert [task.id for task in old.tasks()] == ["t1"], "reading goes on"
    with pytest.raises(ArchiveError, match="newer divewatch"):
        Archive.open(url)
    with pytest.raises(ArchiveError, match="newer divewatch"):
        Archive.open(url, read_only=True)


def test_a_step_that_fails_leaves_everything_as_it_was(url: str) -> None:
    def broken(db: object) -> None:
        raise RuntimeError("no")

    Archive.open(url).close()
    with pytest.raises(RuntimeError):
        open_server(url, steps=(*schema.STEPS, broken))
    Archive.open(url).close()


def test_tables_of_another_program_are_left_alone(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE TABLE task (id integer)")
    with pytest.raises(ArchiveError, match="another program"):
        Archive.open(url)


def test_an_archive_that_nobody_made_yet_is_not_made_by_reading(url: str) -> None:
    with pytest.raises(NotFound, match="no archive yet"):
        Archive.open(url, read_only=True)


def test_an_archive_opened_to_be_read_refuses_to_write(url: str) -> None:
    with Archive.open(url) as archive:
        save(archive, a_task("t1"), "report")
    with Archive.open(url, read_only=True) as archive:
        assert archive.read_only
        assert archive.raw("t1") == b"report"
        with pytest.raises(ArchiveError, match="read-only"):
            archive.put_tasks([a_task("t2")]).result(60)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://nina:{SECRET}@127.0.0.1:1/team?connect_timeout=2",
        f"postgresql://nina@127.0.0.1:1/team?password={SECRET}&connect_timeout=2",
        f"postgresql://nina:{SECRET}%zz@127.0.0.1/team",
        f"postgresql://nina:{SECRET}@[broken/team",
        f"postgresql:///team?sslpassword={SECRET}&nonsense={SECRET}",
        f"mysql://nina:{SECRET}@127.0.0.1/team",
    ],
)
def test_no_error_shows_a_password(address: str) -> None:
    with pytest.raises((ArchiveError, UsageError)) as caught:
        Archive.open(address)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in f"{error} {getattr(error, 'hint', '')} {error.args}"
        error = error.__cause__
    assert str(caught.value)


def test_a_place_is_named_without_user_and_password() -> None:
    assert connect.place_of(f"postgresql://nina:{SECRET}@db.example.org:5433/team?sslmode=require") == (
        "team on db.example.org:5433 (PostgreSQL)"
    )


def test_without_psycopg_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(UsageError, match="psycopg") as caught:
        Archive.open("postgresql:///team")
    assert "divewatch[team]" in caught.value.hint


def test_phrases_are_found_across_the_parts_of_a_long_report(url: str) -> None:
    words = [f"w{number}" for number in range(20_000)]
    with Archive.open(url) as archive:
        save(archive, a_task("long"), " ".join(words))
        for at in (7_900, 7_995, 8_001, 15_990, 19_990):
            phrase = " ".join(words[at : at + 8])
            assert [hit.task_id for hit in archive.library.search(f'"{phrase}"').hits] == ["long"], at


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("a = ? AND b = ?", "a = %s AND b = %s"),
        ("a = ?1 OR b = ?1", "a = %(p1)s OR b = %(p1)s"),
        ("SET a = :name WHERE n = :n", "SET a = %(name)s WHERE n = %(n)s"),
        ("a = '\"has\":true}?' AND b LIKE '%?' AND c = ?", "a = '\"has\":true}?' AND b LIKE '%%?' AND c = %s"),
        ("?::tsquery", "%s::tsquery"),
    ],
)
def test_places_for_values_are_translated_and_quoted_text_is_not(ours: str, theirs: str) -> None:
    assert connect._ours(ours) == theirs


def test_letters_are_folded_as_the_other_index_does() -> None:
    assert fts.folded_words("Zürich CAFÉ naïve 人工 ﬁne") == ["zurich", "cafe", "naive", "人", "工", "ﬁne"]


def test_in_a_large_archive_common_words_are_found_among_the_newest_tasks_titles_first(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(url) as archive:
        for number in range(12):
            title = "Lithium" if number in {4, 7} else "Other"
            save(archive, a_task(f"t{number:02}", title=title), f"lithium {number} {'rare' if number == 3 else ''}")
        monkeypatch.setattr(fts, "_LARGE", 10)
        monkeypatch.setattr(fts, "_SAMPLE", 5)
        every = archive.library.search("lithium", limit=4)
        assert {hit.task_id for hit in every.hits[:2]} == {"t07", "t04"}, "twelve can be ranked"
        assert (every.total, every.more) == (12, False)
        monkeypatch.setattr("tui.engine.archive.search.search.MANY", 6)
        found = archive.library.search("lithium", limit=4)
        assert [hit.task_id for hit in found.hits] == ["t07", "t11", "t10", "t09"]
        assert found.more
        assert len(archive.library.having(task_filter.parse("text:lithium").conditions[0])) == 12, "all are asked for"
        assert [hit.task_id for hit in archive.library.search("rare", limit=4).hits] == ["t03"]
        archive.annotations.set_pinned(["t02"]).result(60)
        assert [hit.task_id for hit in archive.library.search("lithium is:pinned").hits] == ["t02"]
        archive.annotations.delete(["t11"]).result(60)
        assert [hit.task_id for hit in archive.library.search("lithium", limit=3).hits] == ["t07", "t04", "t10"]
        both = archive.library.search('"lithium 8" other', limit=3)
        assert [hit.task_id for hit in both.hits] == ["t08"]


def test_a_server_that_breaks_off_what_takes_long_is_not_away(url: str) -> None:
    with Archive.open(f"{url}%20-cstatement_timeout%3D200%20-cidle_session_timeout%3D300") as archive:
        with pytest.raises(NotNow, match="broke off what took too long"), archive._store.reading() as db:
            db.execute("SELECT pg_sleep(60)")
        assert archive.away is None
        with pytest.raises(NotNow, match="broke off"):
            archive._store.write(lambda db: db.execute("SELECT pg_sleep(60)")).result(60)
        assert archive.away is None
        with archive._store.reading() as db:
            assert db.execute("SHOW idle_session_timeout").fetchone() == ("0",), "who listens is idle"
        archive.annotations.set_state("views", ["still here"]).result(60)


def test_a_pooler_that_drops_the_settings_of_a_session_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.archive.postgres.connect._STYLE", "what was asked for, and is not there")
    with pytest.raises(NotNow, match="connection pooler") as caught:
        Archive.open(url)
    assert "address of the PostgreSQL server itself" in (caught.value.hint or "")
    refused = psycopg.OperationalError("FATAL:  unsupported startup parameter: options")
    assert "connection pooler" in explain(refused, "team on db", broken=True).message


TEXTS = ("a\0b", "\udfff\0", "深" * 400_000, "%s %(a)s ? ?1 :a \u202e';--")


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:12]))
def test_no_text_breaks_an_archive_on_a_server(url: str, text: str) -> None:
    with Archive.open(url) as archive:
        task = a_task("t1", remote_id="r1", title=text, prompt=text, error=text, group_id=text, has_report=True)
        save(archive, task, text, body=b"bytes")
        archive.annotations.set_note("t1", text).result(60)
        archive.annotations.set_read(["t1"], False).result(60)
        archive.annotations.set_state("views", [text]).result(60)
        archive.add_log([LogEntry(NOW, "action", text[:500], "t1")]).result(60)
        assert archive.annotations.local("t1").note
        assert archive.library.search(text[:200]) is not None
        assert archive.tasks(5, "", "is:unread") == archive.tasks()
        assert [one.id for one in archive.together(["t1"])] == ["t1"]
        assert archive.log()[-1].kind == "action"
        with pytest.raises(NotFound):
            archive.find(text[:200])


def test_five_programs_run_while_five_others_bring_the_tables_to_a_new_format(url: str) -> None:
    old = [open_server(url, steps=schema.STEPS[:2])[0] for _ in range(5)]
    stop, wrong = threading.Event(), list[str]()

    def writes(store: PostgresStore) -> None:
        while not stop.is_set():
            try:
                store.write(lambda db: put_state(db, "any", "value")).result(60)
            except NotNow as error:
                wrong.append(error.message)
                return

    threads = [threading.Thread(target=writes, args=(store,)) for store in old]
    for thread in threads:
        thread.start()
    with ThreadPoolExecutor(5) as pool:
        opened = [*pool.map(lambda _: open_server(url), range(5))]
    for thread in threads:
        thread.join(60)
    stop.set()
    assert [["format 3" in note for note in notes] for _, notes in opened if notes] == [[True]], "one of them did it"
    assert len(wrong) == 5, "the older programs write nothing more"
    assert all("newer divewatch" in message for message in wrong)
    for store in (*old, *(one for one, _ in opened)):
        store.close(10)
