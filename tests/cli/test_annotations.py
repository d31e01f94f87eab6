"""mark, remove, restore: what one adds in the archive is printed, filtered by, and deletion there is undone."""

import pytest

from tests.cli.conftest import Cli, Ended


@pytest.fixture
def two(world: Cli) -> tuple[str, str]:
    """The ids of two finished tasks with reports."""
    tasks = world("list", "--status", "done", "--json").json["tasks"]
    first, second, *_ = [task["id"] for task in tasks if task["has_report"]]
    return first, second


def marks(ended: Ended) -> dict[str, object]:
    (task,) = ended.json["tasks"]
    return {name: task[name] for name in ("note", "tags", "pinned", "unread", "hidden")}


def test_notes_tags_and_marks_are_kept_and_printed(world: Cli, two: tuple[str, str]) -> None:
    given = ("--note", "call Zoë", "--tag", "#Energy", "--tag", "q3", "--pin", "--unread", "--hide")
    expected = {"note": "call Zoë", "tags": ["energy", "q3"], "pinned": True, "unread": True, "hidden": True}
    assert marks(world("mark", two[0], *given, "--json")) == expected
    assert marks(world("mark", two[0], "--json")) == expected
    shown = world("show", two[0], "--json").json
    assert {name: shown[name] for name in expected} == expected
    text = world("mark", two[0]).out
    assert "pinned unread hidden #energy #q3" in text
    assert "call Zoë" in text
    back = world("mark", two[0], "--note", "", "--untag", "q3", "--unpin", "--read", "--unhide", "--json")
    assert marks(back) == {"note": "", "tags": ["energy"], "pinned": False, "unread": False, "hidden": False}


def test_a_note_comes_from_standard_input(world: Cli, two: tuple[str, str]) -> None:
    ended = world("mark", two[0], "--note", "-", "--json", stdin="日本語 and\nmore\n".encode())
    assert marks(ended)["note"] == "日本語 and\nmore"


@pytest.mark.parametrize(
    ("mark", "filters"),
    [
        (("--tag", "mine"), ("--tag", "mine")),
        (("--unread",), ("--is", "unread")),
        (("--pin",), ("--is", "pinned")),
        (("--hide",), ("--is", "hidden")),
        (("--note", "x"), ("--is", "noted")),
    ],
)
def test_lists_and_searches_are_filtered_by_them(
    world: Cli, two: tuple[str, str], mark: tuple[str, ...], filters: tuple[str, str]
) -> None:
    world("mark", *(task["id"] for task in world("list", "--json").json["tasks"]), "--read")  # some ended just now
    assert world("list", *filters, "--json").json["tasks"] == []
    world("mark", *two, *mark)
    for lane in ("both", "click"):
        found = world("list", *filters, "--json", lane=lane).json["tasks"]
        assert {task["id"] for task in found} == set(two)
    query = f"{filters[0].removeprefix('--')}:{filters[1]}"
    assert {task["id"] for task in world("search", query, "--json").json["tasks"]} == set(two)
    assert all(task_id in world("list", *filters).out for task_id in two)


def test_removed_tasks_are_gone_here_listed_as_deleted_and_restored(world: Cli, two: tuple[str, str]) -> None:
    before = len(world("list", "--json").json["tasks"])
    assert world("remove", *two, "--yes", "--json").json["ids"] == list(two)
    assert len(world("list", "--json").json["tasks"]) == before - 2
    assert {task["id"] for task in world("list", "--is", "deleted", "--json").json["tasks"]} == set(two)
    assert world("restore", two[0][:6]).err == "brought back 1 task\n"
    assert world("restore", "--json").json["ids"] == [two[1]]
    assert len(world("list", "--json").json["tasks"]) == before


def test_deleting_asks_first_and_says_what_goes(world: Cli, two: tuple[str, str]) -> None:
    ended = world("remove", *two)
    assert ended.code == 2
    assert "Delete 2 tasks here (" in ended.err
    active = world("list", "--status", "active", "--json").json["tasks"]
    if active:
        assert "Still under way: 1; unwatched they go on" in world("remove", active[0]["id"]).err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("restore",), 5, "nothing is deleted"),
        (("restore", "zzz"), 5, "no deleted task begins with zzz"),
        (("mark", "zzz"), 5, "there is no task zzz"),
        (("list", "--is", "odd"), 2, "is:odd is not known"),
        (("mark", "ID", "--tag", "two words"), 2, "no tag"),
    ],
)
def test_what_cannot_be_is_said(
    world: Cli, two: tuple[str, str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    ended = world(*(two[0] if word == "ID" else word for word in arguments))
    assert (ended.code, said in ended.err) == (code, True), ended.err


def test_an_ambiguous_beginning_is_refused(world: Cli, two: tuple[str, str]) -> None:
    everything = [task["id"] for task in world("list", "--json").json["tasks"]]
    world("remove", *everything, "--yes")
    beginnings = [task_id[0] for task_id in everything]
    several = next(letter for letter in beginnings if beginnings.count(letter) > 1)
    assert world("restore", several).code == 2
