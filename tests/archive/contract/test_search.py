"""Search finds what people remember, shows it in original text and says where it stands; with FTS5 and without."""

import contextlib
from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archive.make import NOW, a_task, save
from tui.domain.detail import Source
from tui.domain.errors import UsageError
from tui.domain.task import TaskStatus
from tui.domain.task_filter import parse
from tui.engine.archive import Archive
from tui.engine.archive.search import search
from tui.engine.archive.sqlite import fts

BATTERIES = """# Solid-state batteries

Sulfide electrolytes conduct well. A **café** in Zürich
uses one; 固态电池研究进展很快。

Dendrites of lithium grow through the electrolyte.
"""


@pytest.fixture(params=["fts5", "without fts5"])
def library(request: pytest.FixtureRequest, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An archive with three tasks, once with the index and once read text by text."""
    if request.param == "without fts5":
        monkeypatch.setattr(fts, "usable", lambda db: False)
    save(
        archive,
        a_task("batteries", title="Batteries of tomorrow", prompt="What comes after lithium ion?", has_report=True),
        BATTERIES,
        sources=[Source("1", "https://www.nature.com/articles/x?utm_source=a", "Superionic conductors")],
    )
    save(
        archive,
        a_task(
            "ai", title="人工智能 overview", provider="extruct", created_at=NOW + timedelta(days=40), has_report=True
        ),
        "Machine learning and 人工智能 in hospitals.",
        sources=[Source("1", "https://signature.com/y", None), Source("2", None, "A book")],
    )
    archive.put_tasks(
        [a_task("broken", title="Lithium prices", status=TaskStatus.FAILED, created_at=NOW - timedelta(days=400))]
    ).result(60)
    archive.annotations.set_note("broken", "ask Zoë about cobalt").result(60)
    archive.annotations.change_tags(["broken"], add=["Energy"]).result(60)
    archive.annotations.set_read(["batteries", "ai", "broken"], False).result(60)
    return archive


def ids(archive: Archive, query: str) -> set[str]:
    return {hit.task_id for hit in archive.library.search(query).hits}


FINDS: Mapping[str, set[str]] = {
    "lithium": {"batteries", "broken"},
    "LITHIUM": {"batteries", "broken"},
    "lith": {"batteries", "broken"},
    "lith ": set(),
    "p": {"broken"},
    "lithium p": {"broken"},
    "lithium o": {"batteries"},
    "cafe": {"batteries"},
    "zurich": {"batteries"},
    "Zürich": {"batteries"},
    "电池": {"batteries"},
    "固态": {"batteries"},
    "池电": set(),
    "智能": {"ai"},
    "能": {"ai"},
    "人工智能 hospitals": {"ai"},
    '"sulfide electrolytes"': {"batteries"},
    '"electrolytes sulfide"': set(),
    "superionic": {"batteries"},
    "nature": {"batteries"},
    "cobalt": {"broken"},
    "zoe": {"broken"},
    "tomorrow dendrites": {"batteries"},
    "dendrites hospitals": set(),
    "provider:extruct": {"ai"},
    "status:failed": {"broken"},
    "status:failed lithium": {"broken"},
    "before:2026-01": {"broken"},
    "after:2026-12": {"ai"},
    "after:2026 before:2026-12": {"batteries"},
    "host:nature.com": {"batteries"},
    "host:www.nature.com": {"batteries"},
    "host:ature.com": set(),
    "host:https://www.nature.com/anything": {"batteries"},
    "cites:https://www.nature.com/articles/x/": {"batteries"},
    "cites:https://www.nature.com/articles/z": set(),
    "text:superionic": {"batteries"},
    "text:superion": set(),
    'text:"solid state" text:dendrites': {"batteries"},
    "text:lithium status:failed": {"broken"},
    "tag:energy": {"broken"},
    "tag:ener": set(),
    "is:unread": {"batteries", "ai"},
    "is:read": set(),
    "is:noted": {"broken"},
    "is:pinned": set(),
    "is:hidden": set(),
    "is:deleted": set(),
    "": {"batteries", "ai", "broken"},
    "++ --": {"batteries", "ai", "broken"},
}


def test_queries_find_these_tasks(library: Archive) -> None:
    found = {query: (ids(library, query), library.library.search(query).total) for query in FINDS}
    assert found == {query: (wanted, len(wanted)) for query, wanted in FINDS.items()}


def test_a_hit_shows_original_text_and_where_the_reader_lands(library: Archive) -> None:
    (hit,) = library.library.search("zurich cafe").hits
    assert (hit.where, hit.matched) == ("report", "café")
    assert hit.offset is not None
    assert BATTERIES[hit.offset :].startswith("café")
    assert BATTERIES.splitlines()[(hit.line or 0) - 1].count("café") == 1
    assert "A **café** in Zürich uses one; 固态电池研究进展很快。" in hit.excerpt
    assert [hit.excerpt[start:end] for start, end in hit.marks] == ["café", "Zürich"]


def test_a_hit_outside_the_report_says_where(library: Archive) -> None:
    places = {
        query: library.library.search(query).hits[0].where
        for query in ("tomorrow", "comes after", "superionic", "cobalt", "prices")
    }
    assert places == {
        "tomorrow": "title",
        "comes after": "prompt",
        "superionic": "sources",
        "cobalt": "note",
        "prices": "title",
    }


def test_hidden_tasks_are_found_and_deleted_ones_are_not(library: Archive) -> None:
    library.annotations.set_hidden(["ai"]).result(60)
    library.annotations.delete(["batteries"]).result(60)
    assert ids(library, "is:hidden") == {"ai"}
    assert ids(library, "hospitals") == {"ai"}
    assert ids(library, "dendrites") == set()
    assert ids(library, "is:deleted dendrites") == {"batteries"}
    library.annotations.restore(["batteries"]).result(60)
    assert ids(library, "dendrites") == {"batteries"}


def test_pages_of_hits_go_on_where_the_last_ended(library: Archive) -> None:
    first, second = (library.library.search("lithium", 1, offset) for offset in (0, 1))
    assert first.total == second.total == 2
    assert {first.hits[0].task_id, second.hits[0].task_id} == {"batteries", "broken"}


def test_a_wrong_filter_is_a_usage_error(library: Archive) -> None:
    with pytest.raises(UsageError):
        library.library.search("status:nope")


def test_a_changed_report_is_found_by_its_new_words_only(archive: Archive) -> None:
    save(archive, a_task(), "about zebras")
    save(archive, a_task(title="Other"), "about giraffes")
    assert ids(archive, "zebras") == set()
    assert ids(archive, "title") == set()
    assert ids(archive, "giraffes other") == {"t1"}


def test_the_better_hit_comes_first(archive: Archive) -> None:
    save(archive, a_task("aside", title="On many things"), "filler words " * 300 + "and once zebra")
    save(archive, a_task("about", title="Zebra"), "zebra stripes of the zebra")
    assert [hit.task_id for hit in archive.library.search("zebra").hits] == ["about", "aside"]


def test_words_of_nearly_every_report_are_not_counted_but_titles_come_first(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MANY", 3)
    for number in range(6):
        save(archive, a_task(f"t{number}", title="The one" if number == 2 else "A title"), "the common text")
    found = archive.library.search("the", limit=4)
    assert [hit.task_id for hit in found.hits] == ["t2", "t5", "t4", "t3"]
    assert (found.total, found.more) == (3, True)
    rest = archive.library.search("the", limit=4, offset=4)
    assert [hit.task_id for hit in rest.hits] == ["t1", "t0"]


WORDS = st.text(st.characters(categories=["Ll", "Lu", "Nd"], max_codepoint=0x24F), min_size=2, max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(WORDS, min_size=1, max_size=12), data=st.data())
def test_every_word_of_a_report_finds_it_and_is_shown(archive: Archive, said: list[str], data: st.DataObject) -> None:
    text = "\n".join(" ".join(said[at : at + 3]) for at in range(0, len(said), 3))
    save(archive, a_task(), text)
    word = data.draw(st.sampled_from(said))
    (hit,) = archive.library.search(f'"{word}"').hits
    assert hit.where == "report"
    assert hit.offset is not None
    assert text[hit.offset :].startswith(hit.matched)
    assert text.count("\n", 0, hit.offset) + 1 == hit.line
    assert any(hit.excerpt[start:end] == hit.matched for start, end in hit.marks)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=30))
def test_no_typed_text_is_an_error_of_the_database(library: Archive, typed: str) -> None:
    with contextlib.suppress(UsageError):
        assert library.library.search(typed).total >= 0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.lists(st.sampled_from("lithium 电池 cafe électrolyte lith zebra machine 人工".split()), max_size=3).map(
        " ".join
    )
)
def test_both_ways_of_searching_find_the_same(archive: Archive, typed: str) -> None:
    if not archive.tasks():
        save(archive, a_task("a"), BATTERIES)
        save(archive, a_task("b", prompt="Machine café"), "lithium 人工智能")
    with pytest.MonkeyPatch.context() as patch:
        indexed = ids(archive, typed)
        patch.setattr(fts, "usable", lambda db: False)
        assert ids(archive, typed) == indexed


def test_the_places_in_reports_are_counted_for_the_tasks_asked_for(library: Archive) -> None:
    found = library.library.places("is:unread electrolyte", ["batteries", "ai", "no such task"])
    assert [*found] == ["batteries"]
    assert (found["batteries"].count, [place.line for place in found["batteries"].places]) == (2, [3, 6])
    assert {place.section for place in found["batteries"].places} == {"Solid-state batteries"}
    one = library.library.places("electrolyte", ["batteries"], most=1)["batteries"]
    assert (one.count, len(one.places)) == (2, 1)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("text:superionic", {"batteries"}),
        ("text:superion", {"batteries"}),
        ("text:superion ", set()),
        ('text:"nothing of this"', set()),
    ],
)
def test_a_word_in_texts_is_a_term_of_the_list(library: Archive, typed: str, found: set[str]) -> None:
    [term] = parse(typed, typing=True).conditions
    assert set(library.library.having(term)) == found
