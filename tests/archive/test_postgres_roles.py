"""The set-up of the README, carried out literally: an owner, a member, a reader, and what each may."""

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from tests.archive.make import a_task, save
from tests.archive.test_cached import until
from tests.postgres import Server
from tui.domain.errors import ArchiveError, NotFound
from tui.domain.provider import Draft
from tui.domain.task import IN_QUEUE, TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.cached.archive import CachedArchive
from tui.engine.archive.cached.copy import LocalCopy
from tui.engine.archive.cached.outbox import Outbox
from tui.engine.archive.cached.store import CachedStore
from tui.engine.archive.postgres import schema
from tui.engine.archive.postgres.open import open_server
from tui.engine.archive.search import json as records

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
As = Callable[[str], str]


@pytest.fixture(scope="module")
def team(server: Server) -> As:
    """Returns the address of the archive for a role."""
    host = str(server.folder)

    def team(role: str) -> str:
        return f"postgresql://{role}@/divewatch?host={quote(host, safe='')}"

    for program, *arguments in (("createuser", "ops"), ("createuser", "guest"), ("createdb", "-O", "ops", "divewatch")):
        server._run(program, "-h", host, "-U", "team", *arguments)
    with pytest.raises(NotFound, match="no archive yet"):
        Archive.open(team("guest"))
    with Archive.open(team("ops")) as archive:
        save(archive, a_task("t1", remote_id="r1", has_report=True), "On lithium")
    (block,) = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    with psycopg.connect(team("team"), autocommit=True) as db:
        db.execute(block.encode())
    return team


def test_a_member_may_all_that_a_person_without_a_key_does(team: As) -> None:
    waiting = a_task("t2", status=TaskStatus.QUEUED, provider_status=IN_QUEUE, prompt="brief")
    with Archive.open(team("nina")) as nina, Archive.open(team("ops")) as ops:
        assert not nina.read_only
        nina.annotations.set_note("t1", "see").result(60)
        nina.annotations.set_pinned(["t1"]).result(60)
        nina.annotations.set_state("views", ["hers"]).result(60)
        assert nina.queue is not None
        assert ops.queue is not None
        assert ops.take_lease("valyu")
        assert [*nina.queue.senders()] == ["valyu"], "locks of another role are seen"
        nina.queue.put("valyu", [(waiting, Draft("brief"))]).result(60)
        (taken,) = ops.queue.take("valyu", "a", lambda task: task).result(60) or ()
        assert taken.task.id == "t2"
        save(nina, a_task("t3", remote_id="r3"), "what a member with a key fetched")
        nina.annotations.delete(["t3"]).result(60)
        nina.annotations.purge(["t3"]).result(60)
        ops.release_lease()
        assert nina.take_lease("valyu"), "a member with the key may poll, too"
        nina.maintenance.verify()


def test_a_reader_reads_all_and_writes_nothing(team: As) -> None:
    with Archive.open(team("zoe")) as zoe:
        assert zoe.read_only
        assert "read-only (no permission)" in "".join(zoe.notes)
        assert zoe.raw("t1") == b"On lithium"
        assert [hit.task_id for hit in zoe.library.search("lithium").hits] == ["t1"]
        assert zoe.costs()
        with pytest.raises(ArchiveError, match="read-only"):
            zoe.annotations.set_pinned(["t1"]).result(60)
        with pytest.raises(ArchiveError, match="read-only"):
            zoe.take_lease("valyu")
    assert "t1" in [json.loads(line)["id"] for line in records.listed(team("zoe"))]
    with psycopg.connect(team("zoe"), autocommit=True) as db, pytest.raises(psycopg.Error, match="permission denied"):
        db.execute("UPDATE task SET title = ''")


def test_a_reader_with_a_copy_keeps_no_lease_from_the_others_and_none_of_what_it_typed_is_lost(
    team: As, tmp_path: Path
) -> None:
    cache, state = tmp_path / "cache", tmp_path / "state"
    store = CachedStore(team("zoe"), LocalCopy(cache / "a.db"), outbox := Outbox(state / "a-waiting.json"))
    outbox.add("set_note", ["t1", "typed while it was away", None])
    with CachedArchive(store, outbox) as zoe:
        zoe.load_tasks()
        for _ in range(2):
            with pytest.raises(ArchiveError, match="your role may not do that"):
                zoe.take_lease("exa")
        with Archive.open(team("ops")) as ops:
            assert ops.take_lease("exa")
        until(lambda: not outbox.waiting())
    (note,) = outbox.notes()
    (kept,) = state.glob("*-refused.jsonl")
    assert str(kept) in note
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "typed while it was away" in kept.read_text()


def test_a_role_whose_rights_are_revoked_gives_its_leases_back_and_is_told(team: As) -> None:
    with Archive.open(team("nina")) as nina, Archive.open(team("ops")) as ops:
        assert nina.take_lease("tavily")
        assert not ops.take_lease("tavily")
        with psycopg.connect(team("team"), autocommit=True) as db:
            db.execute("REVOKE INSERT, UPDATE ON ALL TABLES IN SCHEMA public FROM divewatch_member")
            try:
                with pytest.raises(ArchiveError, match="may not write into the archive any more"):
                    nina.take_lease("tavily")
                assert ops.take_lease("tavily")
                with pytest.raises(ArchiveError, match="your role may not do that"):
                    nina.annotations.set_note("t1", "too late").result(60)
                assert nina.tasks(), "it reads on"
            finally:
                db.execute("GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO divewatch_member")
        ops.release_lease()
        assert nina.take_lease("tavily"), "and has them again with the rights"
        nina.release_lease()
        with psycopg.connect(team("team"), autocommit=True) as db:
            db.execute("REVOKE INSERT ON answer FROM divewatch_member")
            try:
                for _ in range(2):
                    with pytest.raises(ArchiveError, match="may not write into the archive any more"):
                        nina.take_lease("tavily")
                    assert ops.take_lease("tavily")
                    ops.release_lease()
            finally:
                db.execute("GRANT INSERT ON answer TO divewatch_member")


def test_a_role_without_any_right_is_told_so(team: As) -> None:
    with pytest.raises(ArchiveError, match="your role may not do that"):
        Archive.open(team("guest"))


def test_only_the_owner_brings_the_tables_to_a_new_format_and_the_rights_hold_there(team: As) -> None:
    def third(db: object) -> None:
        db.execute("CREATE TABLE more (n BIGINT PRIMARY KEY)")  # type: ignore[attr-defined]

    steps = (*schema.STEPS, third)
    with pytest.raises(ArchiveError, match=f"has format {schema.VERSION}") as caught:
        open_server(team("nina"), steps=steps)
    assert "owner" in caught.value.hint
    open_server(team("ops"), steps=steps)[0].close(10)
    open_server(team("nina"), steps=steps)[0].close(10)
    with psycopg.connect(team("nina"), autocommit=True) as db:
        db.execute("INSERT INTO more VALUES (1)")
        assert db.execute("SELECT has_table_privilege('zoe', 'more', 'SELECT')").fetchone() == (True,)
        assert db.execute("SELECT has_table_privilege('zoe', 'more', 'INSERT')").fetchone() == (False,)


def test_those_who_may_not_migrate_use_a_format_that_differs_in_indexes_only(team: As) -> None:
    with psycopg.connect(team("team"), autocommit=True) as db:
        db.execute("UPDATE divewatch_archive SET version = 2")
        db.execute("GRANT CREATE ON SCHEMA public TO nina")  # as in a database that was made before PostgreSQL 15
        try:
            with Archive.open(team("nina")) as nina, Archive.open(team("zoe")) as zoe:
                nina.annotations.set_note("t1", "in format 2").result(60)
                assert zoe.raw("t1") == b"On lithium"
            assert [*records.listed(team("zoe"))]
            assert db.execute("SELECT version FROM divewatch_archive").fetchone() == (2,)
            db.execute("UPDATE divewatch_archive SET version = 1")
            with pytest.raises(ArchiveError, match="has format 1"):
                Archive.open(team("nina"))
        finally:
            db.execute("REVOKE CREATE ON SCHEMA public FROM nina")
            db.execute("UPDATE divewatch_archive SET version = %s", (schema.VERSION,))
