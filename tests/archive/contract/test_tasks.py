"""Task rows: written before anything is sent, found again, joined when two processes met one task."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archive.make import NOW, a_task, save
from tui.domain.detail import Json
from tui.domain.errors import ArchiveError, NotFound, UsageError
from tui.domain.provider import Draft
from tui.domain.task import Cost, CostKind, TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.rows.values import PaidTask
from tui.engine.ports import NO_CHANGES


def test_a_task_comes_back_as_it_was_put(archive: Archive) -> None:
    task = a_task(prompt="深度 research\nin two lines", warnings=("a",), cost=Cost(1.5, "credits", CostKind.CREDITS))
    archive.put_tasks([task]).result(60)
    assert archive.task("t1") == task
    assert archive.load_tasks() == [task]


def test_a_later_value_replaces_the_earlier(archive: Archive) -> None:
    archive.put_tasks([a_task(status=TaskStatus.QUEUED), a_task(status=TaskStatus.RUNNING, title="new")]).result(60)
    assert [(task.status, task.title) for task in archive.tasks()] == [(TaskStatus.RUNNING, "new")]


def test_tasks_come_newest_first_and_in_pages(archive: Archive) -> None:
    archive.put_tasks([a_task(f"t{day}", created_at=NOW + timedelta(days=day)) for day in (3, 1, 2)]).result(60)
    assert [task.id for task in archive.tasks()] == ["t3", "t2", "t1"]
    assert [task.id for task in archive.tasks(1, "t3")] == ["t2"]


def test_the_first_tasks_are_the_newest_and_the_pinned(archive: Archive) -> None:
    archive.put_tasks([a_task(f"t{day}", created_at=NOW + timedelta(days=day)) for day in range(6)]).result(60)
    archive.annotations.set_pinned(["t0", "t1", "t5"]).result(60)
    archive.annotations.delete(["t1"]).result(60)
    assert [task.id for task in archive.first_tasks(2)] == ["t5", "t4", "t0"]


def test_a_task_without_a_time_stands_where_it_was_first_seen(archive: Archive) -> None:
    archive.put_tasks(
        [a_task("old", created_at=NOW - timedelta(days=9000)), a_task("untimed", created_at=None)]
    ).result(60)
    archive.put_tasks([a_task("untimed", created_at=None, title="changed")]).result(60)
    assert [task.id for task in archive.tasks()] == ["untimed", "old"]
    assert archive.task("untimed").created_at is None


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
def test_no_title_or_prompt_can_hurt(archive: Archive, text: str) -> None:
    task = a_task(title=text, prompt=text, error=text)
    archive.put_tasks([task]).result(60)
    assert archive.tasks() == [task]


def test_a_create_whose_answer_never_came_stays_as_an_orphan(archive: Archive) -> None:
    orphans = [a_task("a", remote_id=None), a_task("b", remote_id=None)]
    archive.put_tasks(orphans).result(60)
    assert {task.id for task in archive.tasks()} == {"a", "b"}


def test_a_remote_task_known_under_another_id_becomes_one_row(archive: Archive) -> None:
    archive.put_tasks([a_task("first", remote_id="r")]).result(60)
    archive.put_tasks([a_task("second", remote_id="r", title="seen by another process")]).result(60)
    assert [(task.id, task.title) for task in archive.tasks()] == [("first", "seen by another process")]
    assert archive.task("second").id == "first"


def test_an_orphan_and_its_listed_twin_become_one_with_everything_both_had(archive: Archive) -> None:
    archive.put_tasks([a_task("created", remote_id=None, prompt="the brief")]).result(60)
    digest = save(archive, a_task("listed", remote_id="r"), "a report on zebras")
    archive.annotations.set_note("listed", "my note").result(60)
    archive.annotations.change_tags(["listed"], add=["one"]).result(60)
    archive.put_tasks([a_task("created", remote_id="r", prompt="the brief")]).result(60)
    assert [task.id for task in archive.tasks()] == ["created"]
    for name in ("created", "listed"):
        kept = archive.current_answer(name)
        assert kept is not None
        assert kept.digest == digest
    assert archive.annotations.local("created").note == "my note"
    assert archive.annotations.local("created").tags == ("one",)
    assert [hit.task_id for hit in archive.library.search("zebras brief").hits] == ["created"]
    assert archive.maintenance.verify().problems == ()


def test_the_same_remote_id_at_another_account_is_another_task(archive: Archive) -> None:
    archive.put_tasks([a_task("a", remote_id="r"), a_task("b", remote_id="r", account="work")]).result(60)
    assert len(archive.tasks()) == 2


def test_an_id_is_found_by_its_beginning(archive: Archive) -> None:
    archive.put_tasks([a_task("abc1", remote_id="r-77"), a_task("abd2"), a_task("a")]).result(60)
    assert archive.find("abc") == "abc1"
    assert archive.find("r-7") == "abc1"
    assert archive.find("a") == "a"
    with pytest.raises(UsageError, match="several") as several:
        archive.find("ab")
    assert "abc1" in several.value.hint


@pytest.mark.parametrize("prefix", ["zzz", "%", "_", "'"])
def test_an_unknown_id_is_not_found(archive: Archive, prefix: str) -> None:
    archive.put_tasks([a_task()]).result(60)
    with pytest.raises(NotFound):
        archive.find(prefix)
    with pytest.raises(NotFound):
        archive.task(prefix)


def test_a_task_that_did_not_change_is_not_written_again(archive: Archive, another: Callable[[], Archive]) -> None:
    archive.put_tasks([a_task()]).result(60)
    with another() as other:
        archive.put_tasks([a_task()]).result(60)
        assert other.foreign_changes() == NO_CHANGES


def test_costs_list_every_task_of_the_time_asked_for_also_deleted_ones(archive: Archive) -> None:
    cost = Cost(2.0, "USD", CostKind.REPORTED)
    tasks = [a_task(f"t{day}", created_at=NOW + timedelta(days=day), cost=cost) for day in range(4)]
    archive.put_tasks([*tasks, replace(tasks[0], id="free", cost=Cost())]).result(60)
    archive.annotations.delete(["t2"]).result(60)
    lines = archive.costs(since=NOW + timedelta(days=1), until=NOW + timedelta(days=3))
    assert [(line.task_id, line.cost) for line in lines] == [("t1", cost), ("t2", cost)]
    assert len(archive.costs()) == 5
    assert lines[0].task is None


def test_costs_say_on_demand_what_was_paid_for_however_old_it_is(archive: Archive) -> None:
    tasks = [a_task("t1", title="Sails", mode="deep", citations=12), a_task("t2", mode=None, citations=None)]
    archive.put_tasks([*tasks, a_task("t3")]).result(60)
    archive.annotations.delete(["t3"]).result(60)
    told = {line.task_id: line.task for line in archive.costs(described=True)}
    assert told == {
        "t1": PaidTask("Sails", "deep", 12, tasks[0].has_report),
        "t2": PaidTask(tasks[1].title, "", 0, tasks[1].has_report),
        "t3": None,
    }


def test_what_is_closed_says_so(archive: Archive) -> None:
    archive.close()
    with pytest.raises(ArchiveError, match="closed"):
        archive.tasks()
    with pytest.raises(ArchiveError, match="closed"):
        archive.put_tasks([a_task()]).result(60)


def test_a_kept_draft_holds_no_credentials_under_any_name(archive: Archive) -> None:
    archive.put_tasks([a_task("t1")]).result(60)
    server: Json = {
        "url": "https://mcp.example.org",
        "headers": {"X-Any": "canary"},
        "auth": {"x": "canary"},
        "name": "files",
    }
    options: dict[str, Json] = {
        "mcp": [server],
        "limit": 3,
        **dict.fromkeys(("Authorization", "api_key", "apiKey", "password", "X-Api-Key"), "canary"),
    }
    archive.keep_draft("t1", Draft("brief", options=options)).result(60)
    draft = archive.draft("t1")
    assert draft is not None
    assert draft.options == {"mcp": [{"url": "https://mcp.example.org", "name": "files"}], "limit": 3}


def test_a_change_after_the_latest_row_went_is_seen_by_others(archive: Archive, another: Callable[[], Archive]) -> None:
    archive.put_tasks([a_task("first")]).result(60)
    archive.put_tasks([a_task("twin", remote_id="r")]).result(60)
    with another() as theirs:
        archive.put_tasks([a_task("first", remote_id="r", title="joined")]).result(60)
        assert [task.title for task in theirs.foreign_changes().tasks] == ["joined"]
        archive.put_tasks([a_task("last")]).result(60)
        archive.annotations.delete(["last"]).result(60)
        assert theirs.foreign_changes().gone == {"last"}
        archive.annotations.purge(["last"]).result(60)
        theirs.foreign_changes()
        archive.put_tasks([a_task("later")]).result(60)
        assert "later" in [task.id for task in theirs.foreign_changes().tasks]
