"""Sources across reports: by address, by host, and which reports rest on one."""

import pytest

from tests.archive.make import a_task, save
from tui.domain.detail import Source
from tui.engine.archive import Archive

X, Y = "https://www.nature.com/x", "https://blog.nature.com/y"


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    save(
        archive,
        a_task("a"),
        "one",
        sources=[Source("1", X, "On X"), Source("2", Y, None), Source("3", None, "A book"), Source("4", X, "Again")],
        cited={"1": (3, 7), "3": (9,)},
    )
    save(
        archive,
        a_task("b"),
        "two",
        sources=[Source("s1", X + "/?utm_source=news#:~:text=hi", "X here")],
        cited={"s1": [5]},
    )
    save(archive, a_task("c"), "three", sources=[Source("1", "https://signature.com/", "Signature")])
    return archive


def test_all_sources_come_at_once_those_of_most_reports_first_to_be_cut(shelf: Archive) -> None:
    uses, count = shelf.library.sources_of_all()
    assert count == 3
    assert {(use.task_id, use.source_id, use.times, use.line) for use in uses} == {
        ("a", "1", 2, 3),
        ("a", "2", 0, None),
        ("a", "4", 0, None),
        ("b", "s1", 1, 5),
        ("c", "1", 0, None),
    }
    best, count = shelf.library.sources_of_all(limit=1)
    assert count == 3
    assert {(use.task_id, use.source_id) for use in best} == {("a", "1"), ("a", "4"), ("b", "s1")}
    assert len({use.url for use in best}) == 1, "one address, however its uses are written"


def test_all_sources_are_narrowed_by_words_and_without_deleted_tasks(shelf: Archive) -> None:
    uses, count = shelf.library.sources_of_all(words="SIGNature")
    assert ([use.title for use in uses], count) == (["Signature"], 1)
    assert tuple(shelf.library.sources_of_all(words="nothing")) == ([], 0)
    shelf.annotations.delete(["a"]).result(60)
    assert {use.task_id for use in shelf.library.sources_of_all()[0]} == {"b", "c"}


def test_the_uses_of_one_source_are_every_entry_in_every_report(shelf: Archive) -> None:
    uses = shelf.library.uses(X + "#:~:text=elsewhere")
    assert {(use.task_id, use.source_id, use.times, use.line) for use in uses} == {
        ("a", "1", 2, 3),
        ("a", "4", 0, None),
        ("b", "s1", 1, 5),
    }


def test_sources_of_deleted_tasks_do_not_count(shelf: Archive) -> None:
    shelf.annotations.delete(["a"]).result(60)
    assert [use.task_id for use in shelf.library.uses(X)] == ["b"]
    uses, count = shelf.library.sources_of_all()
    assert ({use.task_id for use in uses}, count) == ({"b", "c"}, 2)


def test_sources_of_a_changed_report_replace_the_old(shelf: Archive) -> None:
    save(shelf, a_task("c"), "three again", sources=[Source("1", Y, "Now Y")])
    assert {use.task_id for use in shelf.library.uses(Y)} == {"a", "c"}
    assert shelf.library.uses("https://signature.com/") == []


def test_hostile_addresses_are_kept_as_they_are(archive: Archive) -> None:
    odd = ["javascript:alert(1)", "", "https://[bad", "x" * 9000, "https://例え.jp/道", "https://a.org/' OR 1=1 --"]
    save(archive, a_task(), "r", sources=[Source(str(i), url, None) for i, url in enumerate(odd)])
    assert {use.url for use in archive.library.sources_of_all().uses} == {*odd}
    for url in odd:
        assert archive.library.uses(url)[0].url == url
