"""The queue of a shared archive: each create is taken once, by the process that polls its account, whatever breaks."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from tests.archive.make import NOW, a_task
from tests.postgres import Server
from tui.domain.errors import ArchiveError
from tui.domain.provider import Draft
from tui.domain.task import IN_QUEUE, Cost, CostKind, Task, TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.postgres.connect import PostgresConnection, ServerGone
from tui.engine.archive.postgres.queue import TeamQueue
from tui.engine.ports import QueuedAction, QueuedCreate

PRICE = Cost(2.0, "USD", CostKind.PRICE_LIST)


@pytest.fixture
def asker(url: str) -> Iterator[Archive]:
    with Archive.open(url) as archive:
        yield archive


@pytest.fixture
def sender(url: str) -> Iterator[Archive]:
    """A process with the key of valyu."""
    with Archive.open(url) as archive:
        assert archive.take_lease("valyu")
        yield archive


def queue_of(archive: Archive) -> TeamQueue:
    assert archive.queue is not None
    return archive.queue


def waiting(name: str) -> Task:
    return a_task(name, status=TaskStatus.QUEUED, provider_status=IN_QUEUE, prompt=f"brief {name}", cost=PRICE)


def put(archive: Archive, *names: str, together: str = "", account: str = "valyu") -> None:
    created = [(waiting(name), Draft(f"brief {name}", "fast", None, {"depth": 2})) for name in names]
    queue_of(archive).put(account, created, together).result(60)


def begun(task: Task) -> Task:
    return replace(task, status=TaskStatus.UNKNOWN, provider_status="", warnings=("unknown: check: being sent",))


def take(archive: Archive, attempt: str, account: str = "valyu") -> Sequence[QueuedCreate] | None:
    return queue_of(archive).take(account, attempt, begun).result(60)


def had(archive: Archive, attempt: str, account: str = "valyu") -> Sequence[QueuedCreate]:
    taken = take(archive, attempt, account)
    assert taken is not None
    return taken


def test_what_is_queued_is_taken_once_with_what_it_is_started_with(asker: Archive, sender: Archive) -> None:
    put(asker, "t1", "t2")
    assert queue_of(sender).waiting() == {"valyu"}
    (first,) = had(sender, "a")
    assert first == QueuedCreate(begun(waiting("t1")), Draft("brief t1", "fast", None, {"depth": 2}))
    assert asker.task("t1") == begun(waiting("t1")), "the intent is in the row before anything is sent"
    assert [one.task.id for one in had(sender, "b")] == ["t2"]
    assert had(sender, "c") == ()
    assert queue_of(sender).waiting() == frozenset()


def test_an_attempt_that_is_repeated_gets_what_it_got(asker: Archive, sender: Archive) -> None:
    put(asker, "t1", "t2")
    assert take(sender, "a") == take(sender, "a")
    queue_of(sender).finish(["t1"]).result(60)
    assert [one.task.id for one in had(sender, "a")] == ["t2"]


def test_a_batch_is_taken_whole(asker: Archive, sender: Archive) -> None:
    put(asker, "t1", "t2", together="a batch")
    put(asker, "t3")
    assert [(one.task.id, one.together) for one in had(sender, "a")] == [("t1", "a batch"), ("t2", "a batch")]
    assert [one.task.id for one in had(sender, "b")] == ["t3"]


def test_only_who_polls_the_account_takes_and_only_for_it(asker: Archive, sender: Archive) -> None:
    put(asker, "t1")
    put(asker, "t2", account="yutori")
    assert take(asker, "a") is None, "without the lease nothing is given"
    assert take(sender, "b", "yutori") is None
    assert [one.task.id for one in had(sender, "c")] == ["t1"]
    assert asker.take_lease("yutori")
    assert [one.task.id for one in had(asker, "d", "yutori")] == ["t2"]


def test_who_sends_is_who_polls_now_not_who_polled_last(asker: Archive, url: str) -> None:
    assert queue_of(asker).senders() == {}
    with Archive.open(url) as other:
        assert other.take_lease("valyu")
        assert other.take_lease("valyu:work")
        assert [*queue_of(asker).senders()] == ["valyu", "valyu:work"]
        assert "process" in queue_of(asker).senders()["valyu"]
        other.release_lease("valyu")
        assert [*queue_of(asker).senders()] == ["valyu:work"]
    assert queue_of(asker).senders() == {}
    assert asker.lease_holder(), "the one who polled last is still named there"


def test_a_task_is_taken_back_while_it_waits_and_never_after(asker: Archive, sender: Archive) -> None:
    put(asker, "t1", "t2")
    gone = queue_of(asker).withdraw("t1", lambda task: replace(task, status=TaskStatus.CANCELLED)).result(60)
    assert gone is not None
    assert gone.status is TaskStatus.CANCELLED
    assert sender.task("t1") == gone
    assert queue_of(asker).withdraw("t1", begun).result(60) == gone, "carried out twice it changes nothing more"
    assert [one.task.id for one in had(sender, "a")] == ["t2"]
    assert queue_of(asker).withdraw("t2", lambda task: replace(task, status=TaskStatus.CANCELLED)).result(60) is None
    assert asker.task("t2").status is TaskStatus.UNKNOWN


def test_what_was_deleted_while_it_waited_is_not_sent_when_it_is_brought_back(asker: Archive, sender: Archive) -> None:
    put(asker, "t1", "t2", together="a batch")
    asker.annotations.delete(["t1", "t2"]).result(60)
    assert queue_of(sender).waiting() == frozenset(), "else every look would find something to do"
    assert had(sender, "a") == ()
    asker.annotations.restore(["t2"]).result(60)
    assert had(sender, "b") == ()
    back = sender.task("t2")
    assert (back.status, back.error) == (TaskStatus.FAILED, "not sent: it was deleted while it waited")
    put(asker, "t3", "t4", together="another batch")
    asker.annotations.delete(["t3"]).result(60)
    assert [one.task.id for one in had(sender, "c")] == ["t4"], "the others of a batch go on"
    asker.annotations.delete(["t4"]).result(60)
    asker.annotations.restore(["t4"]).result(60)
    assert sender.task("t4").status is TaskStatus.UNKNOWN, "what was taken may have been sent"


def test_a_task_that_is_purged_leaves_the_queue(asker: Archive, sender: Archive) -> None:
    put(asker, "t1")
    asker.annotations.delete(["t1"]).result(60)
    asker.annotations.purge(["t1"]).result(60)
    assert had(sender, "a") == ()


def test_saving_that_is_repeated_after_it_was_sent_queues_nothing_again(asker: Archive, sender: Archive) -> None:
    put(asker, "t1")
    take(sender, "a")
    sent = replace(begun(waiting("t1")), remote_id="r1", status=TaskStatus.RUNNING, warnings=())
    sender.put_tasks([sent]).result(60)
    queue_of(sender).finish(["t1"]).result(60)
    put(asker, "t1")
    assert queue_of(sender).waiting() == frozenset()
    assert asker.task("t1") == sent


def test_a_commit_whose_answer_is_lost_takes_nothing_twice(
    asker: Archive, sender: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server commits, the connection breaks before the answer: the writer carries everything out again."""
    lost = threading.Event()
    plain = PostgresConnection.execute

    def execute(self: PostgresConnection, sql: str, *more: object) -> object:
        done = plain(self, sql, *more)  # type: ignore[arg-type]
        if sql == "COMMIT" and not lost.is_set():
            lost.set()
            raise ServerGone("cut")
        return done

    monkeypatch.setattr(PostgresConnection, "execute", execute)
    put(asker, "t1", "t2")
    assert lost.is_set()
    lost.clear()
    assert take(sender, "a") is None, "with the connection the lease is gone: it must be taken again"
    assert sender.take_lease("valyu")
    assert [one.task.id for one in had(sender, "a")] == ["t1"]
    assert [one.task.id for one in had(sender, "b")] == ["t2"]
    assert had(sender, "c") == ()


def test_a_hundred_creates_are_each_taken_once_by_processes_that_take_turns(asker: Archive, url: str) -> None:
    names = [f"t{number:03}" for number in range(100)]
    put(asker, *names[:50])
    got: list[str] = []
    lock = threading.Lock()

    def work(number: int) -> None:
        with Archive.open(url) as archive:
            turn = 0
            while len(got) < len(names):
                if archive.take_lease("valyu"):
                    for one in had(archive, f"{number}.{turn}"):
                        with lock:
                            got.append(one.task.id)
                        queue_of(archive).finish([one.task.id]).result(60)
                    archive.release_lease("valyu")
                turn += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for name in names[50:]:
        put(asker, name)
    for thread in threads:
        thread.join(120)
    assert sorted(got) == names


def test_a_queue_that_another_transaction_holds_is_passed_over(asker: Archive, sender: Archive, url: str) -> None:
    put(asker, "t1", "t2")
    with psycopg.connect(url) as other:
        other.execute("SELECT 1 FROM queue ORDER BY n LIMIT 1 FOR UPDATE")
        assert [one.task.id for one in had(sender, "a")] == ["t2"]
    assert [one.task.id for one in had(sender, "b")] == ["t1"]


def test_budgets_count_what_was_sent_and_not_what_waits(asker: Archive, sender: Archive) -> None:
    put(asker, "t1", "t2")
    take(sender, "a")
    asker.put_tasks([a_task("t3", cost=PRICE)]).result(60)
    since = NOW - timedelta(days=1)
    assert [line.cost for line in queue_of(sender).charges(since, ["t3"])] == [PRICE]
    assert len(queue_of(sender).charges(since, [])) == 2


def test_rows_that_say_they_wait_and_are_in_no_queue_are_named(asker: Archive) -> None:
    put(asker, "t1")
    asker.put_tasks([waiting("t2")]).result(60)
    assert queue_of(asker).gone(["t1", "t2"]) == {"t2"}


def test_what_was_sent_since_its_row_was_read_is_not_said_to_be_out_of_the_queue(
    asker: Archive, sender: Archive
) -> None:
    put(asker, "t1")
    read = [task.id for task in asker.load_tasks() if task.waits_in_queue]
    had(sender, "a")
    sender.put_tasks([replace(begun(waiting("t1")), remote_id="r1", status=TaskStatus.RUNNING)]).result(60)
    queue_of(sender).finish(["t1"]).result(60)
    assert read == ["t1"]
    assert queue_of(asker).gone(read) == frozenset()


def test_what_waited_when_a_dump_was_made_is_not_sent_after_it_was_brought_back(server: Server) -> None:
    url = server.url()
    dump, schema = server.folder / "data" / "dump.sql", url.rpartition("%3D")[2]
    reach = ("-h", str(server.folder), "-U", "team")
    with Archive.open(url) as archive:
        put(archive, "t1")
        server._run("pg_dump", *reach, "-n", schema, "-f", str(dump), "postgres")
        assert archive.take_lease("valyu")
        assert [one.task.id for one in had(archive, "a")] == ["t1"], "it is sent, and then the server is lost"
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(f"DROP SCHEMA {schema} CASCADE".encode())
    server._run("psql", *reach, "-q", "-f", str(dump), "postgres")
    with Archive.open(url) as archive:
        assert archive.take_lease("valyu")
        put(archive, "t2")
        assert queue_of(archive).withdraw("t1", lambda task: task).result(60) is None, (
            "nobody knows that it was not sent"
        )
        assert [one.task.id for one in had(archive, "b")] == ["t2"], "what is queued from now on is sent"
        assert had(archive, "c") == ()
        brought_back = archive.task("t1")
        assert brought_back is not None
        assert (brought_back.status, brought_back.created_at) == (TaskStatus.UNKNOWN, waiting("t1").created_at)


def test_a_copy_of_an_archive_sends_nothing(asker: Archive, server: Server) -> None:
    put(asker, "t1")
    with Archive.open(server.url()) as copied:
        asker.copy_into(copied)
        assert copied.take_lease("valyu")
        assert queue_of(copied).waiting() == frozenset()
        assert queue_of(copied).gone(["t1"]) == {"t1"}


def test_an_archive_opened_to_be_read_queues_nothing(asker: Archive, url: str) -> None:
    with Archive.open(url, read_only=True) as archive, pytest.raises(ArchiveError, match="read-only"):
        put(archive, "t1")


def ask(archive: Archive, action_id: str, task_id: str = "t1", account: str = "valyu") -> None:
    queue_of(archive).put_action(QueuedAction(action_id, task_id, '{"action": "Cancel"}'), account).result(60)


def test_an_action_is_taken_once_and_its_outcome_told_to_who_asked(asker: Archive, sender: Archive) -> None:
    asker.put_tasks([a_task("t1", remote_id="r1", status=TaskStatus.RUNNING)]).result(60)
    ask(asker, "e1")
    ask(asker, "e1")  # carried out twice
    ask(asker, "e2")
    assert queue_of(sender).waiting() == {"valyu"}
    assert queue_of(asker).take_action("valyu", "a").result(60) is None, "without the lease nothing is given"
    for attempt, action_id in (("a", "e1"), ("a", "e1"), ("b", "e2")):
        assert queue_of(sender).take_action("valyu", attempt).result(60) == QueuedAction(
            action_id, "t1", '{"action": "Cancel"}'
        )
    assert queue_of(sender).take_action("valyu", "c").result(60) is None
    assert queue_of(sender).waiting() == frozenset()
    assert queue_of(asker).outcome_of("e1") is None
    queue_of(sender).finish_action("e1", "done").result(60)
    assert [queue_of(asker).outcome_of(name) for name in ("e1", "e2", "nobody")] == ["done", None, None]


def test_an_action_whose_author_is_gone_is_not_carried_out_later(asker: Archive, sender: Archive, url: str) -> None:
    asker.put_tasks([a_task("t1", remote_id="r1", status=TaskStatus.RUNNING)]).result(60)
    ask(asker, "e1")
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("UPDATE queued_action SET at = at - 61000000")
    assert queue_of(sender).waiting() == frozenset()
    assert queue_of(sender).take_action("valyu", "a").result(60) is None


def test_an_action_is_not_asked_for_any_more_unless_it_was_taken(asker: Archive, sender: Archive) -> None:
    asker.put_tasks([a_task("t1", remote_id="r1", status=TaskStatus.RUNNING)]).result(60)
    ask(asker, "e1")
    ask(asker, "e2")
    assert queue_of(sender).take_action("valyu", "a").result(60) is not None
    assert queue_of(asker).withdraw_action("e1").result(60) is False
    assert queue_of(asker).withdraw_action("e2").result(60) is True
    assert queue_of(asker).withdraw_action("e2").result(60) is True
    assert queue_of(sender).take_action("valyu", "b").result(60) is None
