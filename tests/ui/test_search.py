"""Search in all reports: places folded under reports, a preview with sources, searches that are kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from unittest.mock import Mock

import pytest

from tests.ui.driving import WIDE, Session, running
from tests.ui.fakes import NOW, FakeArchive, FakeEngine, rich_detail, task
from tui.domain.detail import Report, ReportFormat
from tui.domain.errors import UsageError
from tui.domain.task import Cost, CostKind, TaskStatus
from tui.engine.api import LogEntry
from tui.engine.archive.rows.values import FoundPlaces, SearchHit, SourceUse
from tui.engine.archive.search.places import places
from tui.engine.archive.search.snippet import SnippetFinder
from tui.report.read import read_report
from tui.ui.reader.screen import ReaderScreen
from tui.ui.search import latest_query
from tui.ui.search.latest_query import LatestQuery
from tui.ui.search.preview import fair_share, highlighted, plain_line, shown_hit, shown_place
from tui.ui.search.results import SearchScreen
from tui.ui.search.source_panel import panel_lines
from tui.ui.search.source_rows import SourceRow
from tui.ui.search.sources import SourcesScreen
from tui.ui.widgets.bars import KeyBar

TEXT = """# Report

Vacuum cleans. It is a background process [1].

## 1.3 Garbage

No vacuum here,
but a vacuum there [2].

## Sources

[1] Routine Vacuuming https://a.example/one
[2] Manual https://a.example/two
"""
DONE = [task(n, TaskStatus.DONE, title=f"Report {n}", has_report=True) for n in range(2)]


def found_in(text: str = TEXT, *terms: str, most: int = 100) -> FoundPlaces:
    return places(text, SnippetFinder([*(terms or ("vacuum",))], growing=False), most)


def test_places_are_lines_with_their_section_and_paragraph() -> None:
    found = found_in()
    assert found.count == 3
    assert [(place.line, place.section, place.matched) for place in found.places] == [
        (3, "Report", "Vacuum"),
        (7, "1.3 Garbage", "vacuum"),
        (8, "1.3 Garbage", "vacuum"),
    ]
    assert found.places[1].paragraph == "No vacuum here,\nbut a vacuum there [2]."
    [(start, end)] = found.places[2].words
    assert found.places[2].paragraph[start - 2 : end] == "a vacuum"


def test_two_words_in_one_line_are_one_place_and_places_are_limited() -> None:
    assert len(found_in("a vacuum and a vacuum\n").places) == 1
    many = found_in("vacuum\n" * 50, most=7)
    assert (many.count, len(many.places), many.places[-1].line) == (50, 7, 7)
    assert found_in("nothing").places == ()


def test_found_words_are_set_off_in_any_case() -> None:
    assert highlighted("A Vacuum, a vacuum", ["vacuum"]) == (
        ("A ", "plain"),
        ("Vacuum", "key"),
        (", a ", "plain"),
        ("vacuum", "key"),
    )
    assert highlighted("(a", ["("]) == (("(", "key"), ("a", "plain"))
    assert highlighted("a", []) == (("a", "plain"),)


def test_the_place_in_a_heading_shows_the_paragraph_below_it_too() -> None:
    [place] = found_in("# About\n\n## Vacuum\n\nIt cleans.\n\nMore.\n").places
    assert (place.paragraph, place.first_line) == ("## Vacuum\n\nIt cleans.", 3)


def test_the_paragraph_of_a_place_begins_where_it_does_though_the_word_stands_above_too() -> None:
    text = "One.\n\nA vacuum,\nand then\na vacuum.\n"
    assert [(place.line, place.first_line) for place in found_in(text).places] == [(3, 3), (5, 3)]


@pytest.mark.parametrize(
    ("text", "excerpt", "marked_words"),
    [
        ("## The **vacuum**", "The vacuum", ["vacuum"]),
        ("| a | b |\n|---|---|\n| the *vacuum* | [old](https://a.example) |", "the vacuum · old", ["vacuum"]),
        (
            "<p>one</p><p>a <b>vacuum</b> of &lt;10 <a href='https://vacuum.example'>x</a></p>",
            "a vacuum of <10 x",
            ["vacuum"],
        ),
        ('{\n  "tool": "vacuum"\n}', "tool: vacuum", ["vacuum"]),
        ("[x](https://a.example/vacuum?b)", "https://a.example/vacuum?b", ["vacuum"]),
        ("a line\nand a vacuum", "a line and a vacuum", ["vacuum"]),
    ],
)
def test_an_excerpt_reads_as_the_report_does_and_its_word_is_marked(
    text: str, excerpt: str, marked_words: list[str]
) -> None:
    place = found_in(text).places[0]
    line, marks = shown_place(place)
    assert (line, [line[start:end] for start, end in marks]) == (excerpt, marked_words)


def test_the_paragraph_of_a_long_line_is_cut_between_tags() -> None:
    tags = "<p><a href='https://a.example/a/very/long/address'>old</a></p>" * 100
    place = found_in(f"{tags}<p>a vacuum</p>{tags}").places[0]
    assert place.paragraph.startswith("<") or place.paragraph.startswith("old")
    assert place.paragraph.endswith((">", "old"))
    assert shown_place(place).line == "a vacuum"


def test_places_are_shared_out_so_that_they_fill_the_page() -> None:
    assert fair_share([114, 1, 0], 30) == 25
    assert fair_share([114, 114], 10) == 3
    assert fair_share([50] * 20, 30) == 3
    assert fair_share([2, 2], 30) == 3
    assert fair_share([], 30) == 3


def test_headings_of_a_page_name_the_sections_of_its_places() -> None:
    [place] = found_in("<h2 id='a'>The <b>old</b> rows</h2>\n<p>a vacuum</p>").places
    assert plain_line(place.section) == "The old rows"


def test_the_excerpt_of_a_hit_is_plain_in_a_report_and_as_typed_elsewhere() -> None:
    hit = SearchHit("t", "…example'>x</a> the **vacuum** <a href=", ((22, 28),))
    assert shown_hit(hit) == ("x the vacuum", ((6, 12),))
    typed = hit._replace(where="note", excerpt="a **vacuum**", marks=((4, 10),))
    assert shown_hit(typed) == ("a **vacuum**", ((4, 10),))


def test_the_panel_of_a_source_lists_each_report_once_and_the_hosts_with_most_citations() -> None:
    entry = SourceRow(
        "https://a.org/x",
        [
            SourceUse("t0", "1", "https://a.org/x", "A", 2, 9),
            SourceUse("t0", "2", "https://a.org/x", "A", 1, 4),
            SourceUse("t1", "1", "https://a.org/x", "A"),
        ],
    )
    assert [(use.task_id, use.times, use.line) for use in entry.places] == [("t0", 3, 4), ("t1", 0, None)]
    other = SourceRow("https://b.org/", [SourceUse("t1", "9", "https://b.org/", "B", 12, 1)])
    lines = panel_lines([entry, other], entry, 1, {one.id: one for one in DONE}, (60, 20))
    shown = ["".join(text for text, _ in line) for line in lines]
    assert "Report 0" in shown[0]
    assert shown[0].endswith("3× ")
    assert shown[1].startswith(" ▸ Report 1")
    assert shown[1].endswith("never ")
    assert shown[3] == " 2 hosts, by citations; its sources"
    assert [line.split()[0] for line in shown[4:]] == ["b.org", "a.org"]
    assert "12×" in shown[4]


@asynccontextmanager
async def searching(count: int = 80) -> AsyncIterator[tuple[Session, SearchScreen, FakeArchive]]:
    engine, archive = FakeEngine(DONE), FakeArchive(DONE)
    engine.details = {one.id: replace(rich_detail(one), report=Report(TEXT, ReportFormat.MARKDOWN)) for one in DONE}
    archive.hits = [SearchHit(one.id, "vacuum", ((0, 6),), line=3, matched="vacuum") for one in DONE]
    place = found_in().places[1]
    archive.found = {
        "t0": FoundPlaces(114, (place,) * 1 + tuple(replace(place, line=n) for n in range(20, 19 + count)))
    }
    async with running(DONE, engine=engine, archive=archive, size=WIDE, parse=read_report) as session:
        await session.press("F", *"vacuum")
        await session.after(0.25)
        await session.settle()
        screen = session.app.screen
        assert isinstance(screen, SearchScreen)
        await session.press("enter")
        yield session, screen, archive


async def test_enter_in_the_field_searches_again_for_reports_that_came_since() -> None:
    async with searching() as (session, screen, archive):
        archive.hits = archive.hits[:1]
        screen.rows.cursor = 1
        await session.press("slash", "enter")
        assert (len(screen.hits), screen.rows.cursor) == (1, 1)


async def test_the_best_reports_are_there_with_every_letter_and_all_when_the_typing_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(latest_query, "_PAUSE", 60.0)  # this machine may be slower than a person
    many = [task(n, TaskStatus.DONE, title=f"Report {n}", has_report=True) for n in range(30)]
    archive = FakeArchive(many)
    archive.hits = [SearchHit(one.id, "vacuum", ((0, 6),), matched="vacuum") for one in many]
    async with running(many, archive=archive, size=WIDE) as session:
        await session.press("F", "v")
        screen = session.app.screen
        assert isinstance(screen, SearchScreen)
        assert [hit.task_id for hit in screen.hits] == [one.id for one in many[:20]]
        assert "the best reports" in session.text()
        await session.press("a")
        assert len(screen.hits) == 20
        screen.rows.cursor = 3
        await session.after(60.1)
        assert "30 reports" in session.text()
        assert screen.rows.cursor == 3, "what arrives moves no cursor"
        await session.press("x")
        assert (len(screen.hits), "Nothing saved contains" in session.text()) == (0, True)


async def test_half_of_a_filter_is_no_error_until_the_typing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = FakeArchive(DONE)

    def refuse(text: str, most: int = 200) -> list[SearchHit]:
        raise UsageError(f"no status {text}")

    monkeypatch.setattr(archive, "search", refuse)
    async with running(DONE, archive=archive, size=WIDE) as session:
        await session.press("F", "s", "t")
        assert "no status" not in session.text()
        await session.after(0.2)
        assert "no status st" in session.text()


async def test_a_section_is_named_in_full_where_there_is_room() -> None:
    async with searching(4) as (_, screen, archive):
        long = replace(archive.found["t0"].places[0], section="## 3.2 The phases of a plain vacuum")
        screen.found = {"t0": FoundPlaces(4, (long,) * 4)}
        screen._fill()
        line = screen._line(screen.listed[1], 100)
        assert "3.2 The phases of a plain vacuum  " in "".join(text for text, _ in line)


async def test_places_are_folded_under_their_report_with_counts() -> None:
    async with searching() as (session, screen, _):
        assert "2 reports, 114 places" in session.text()
        shown = screen.rows.page - 4  # the rows of two reports, one place of the second, and how many are folded
        assert shown > 10
        assert [(row.hit, row.place, row.more) for row in screen.listed] == [
            (0, None, 0),
            *((0, number, 0) for number in range(shown)),
            (0, None, 80 - shown),
            (1, None, 0),
            (1, 0, 0),
        ]
        assert "114 places" in session.text()
        assert "1.3 Garbage" in session.text()
        await session.press("j", "l")
        assert sum(row.place is not None for row in screen.listed if row.hit == 0) == 80
        assert screen.rows.cursor == 1
        await session.press("h")
        assert [row.hit for row in screen.listed] == [0, 0, 1, 1]
        assert screen.rows.cursor == 0


async def test_the_preview_shows_paragraph_and_sources_once_the_cursor_has_settled() -> None:
    async with searching() as (session, screen, _):
        await session.press("j", "j")
        assert "place 2 of 114" not in session.text()
        await session.after(0.4)
        await session.settle()
        assert "1.3 Garbage: place 2 of 114" in session.text()
        await session.press("k")
        await session.after(0.4)
        await session.settle()
        shown = session.text()
        assert "1.3 Garbage: place 1 of 114" in shown
        assert "No vacuum here, but a vacuum there [2]." in shown
        assert "sources in this paragraph" in shown
        assert "[2] Manual" in shown
        assert "[1] Routine" not in shown
        assert screen.preview.size.width > 40


async def test_enter_opens_the_report_at_the_place() -> None:
    async with searching() as (session, screen, _):
        opened: list[tuple[str | None, int | None, str]] = []
        navigation = session.dashboard.navigation
        navigation.open_report = lambda task_id=None, line=None, find="": opened.append((task_id, line, find))  # type: ignore[method-assign]
        await session.press("j", "j", "enter")
        assert opened == [("t0", 20, "vacuum")]
        await session.press("j", "j", "enter")
        assert screen.rows.cursor == 0 or len(screen.listed) > 6


async def test_a_search_is_kept_listed_and_forgotten() -> None:
    async with searching() as (session, screen, archive):
        await session.press("S")
        assert archive.remembered["searches"] == ["vacuum"]
        await session.press("slash", *["backspace"] * 6)
        await session.after(0.25)
        await session.settle()
        assert "saved searches" in session.text()
        await session.press("enter", "enter")
        await session.after(0.25)
        await session.settle()
        assert screen.field.value == "vacuum"
        assert "2 reports, 114 places" in session.text()
        await session.press("S")
        assert archive.remembered["searches"] == []


@pytest.mark.parametrize("width", [80, 120])
async def test_the_preview_is_beside_the_list_or_below_it(width: int) -> None:
    engine, archive = FakeEngine(DONE), FakeArchive(DONE)
    archive.hits = [SearchHit("t0", "vacuum", ((0, 6),), line=3)]
    async with running(DONE, engine=engine, archive=archive, size=(width, 30)) as session:
        await session.press("F", *"vacuum")
        await session.after(0.25)
        await session.settle()
        screen = session.app.screen
        assert isinstance(screen, SearchScreen)
        await session.settle()
        below = screen.preview.region.y > screen.rows.region.y
        assert below is (width == 80)


async def test_the_preview_is_wrapped_again_when_the_terminal_gets_narrower() -> None:
    one = replace(DONE[0], prompt="What is a vacuum good for in a database that never sleeps? " * 3 + "Last words.")
    archive = FakeArchive([one])
    archive.hits = [SearchHit(one.id, "a vacuum", ((2, 8),), where="prompt")]
    async with running([one], archive=archive, size=(100, 24)) as session:
        await session.press("F", *"vacuum")
        await session.after(1)
        assert "Last words." in session.text()
        await session.pilot.resize_terminal(60, 24)
        await session.after(1)
        assert "Last words." in session.text()


async def test_n_goes_from_place_to_place_through_folded_reports() -> None:
    async with searching(count=30) as (session, screen, _):

        def at() -> tuple[int, int | None]:
            row = screen.listed[screen.rows.cursor]
            return row.hit, row.place

        await session.press("h")
        assert len(screen.listed) == 4
        await session.press("n")
        assert at() == (0, 0)
        await session.press(*"n" * 29)
        assert at() == (0, 29)
        await session.press("n")
        assert at() == (1, 0)
        await session.press("n")
        assert "this is the last place" in session.text()
        await session.press("N")
        assert at() == (0, 29)


async def test_tab_leads_into_the_preview_and_escape_back_to_the_list() -> None:
    async with searching() as (session, screen, _):
        await session.press("j")
        await session.after(0.4)
        await session.settle()
        await session.press("tab")
        assert screen.preview.has_focus
        cursor = screen.rows.cursor
        await session.press("j", "k")
        assert screen.rows.cursor == cursor
        await session.press("escape")
        assert screen.rows.has_focus
        assert session.app.screen is screen


async def test_the_preview_says_which_report_it_is_who_made_it_and_when() -> None:
    async with searching() as (session, screen, _):
        await session.press("j")
        await session.after(0.4)
        await session.settle()
        preview = screen.preview
        title, facts = ("".join(text for text, _ in preview.line(number, 60)) for number in range(2))
        assert title == " Report 0"
        assert DONE[0].account_title in facts
        assert f"{DONE[0].created_at:%Y}" in facts


async def test_while_one_types_the_key_line_says_where_enter_leads_and_a_click_on_it_goes_there() -> None:
    async with searching() as (session, screen, _):
        await session.press("slash")
        assert screen.query_one(KeyBar).shown[:2] == ((" enter", "key"), (" to the list ", "plain"))
        await session.pilot.click(KeyBar, offset=(3, 0))
        await session.settle()
        assert screen.focused is screen.rows
        assert screen.query_one(KeyBar).shown[:2] != ((" enter", "key"), (" to the list ", "plain"))


async def test_a_kept_search_is_a_view_of_the_list_that_finds_its_reports() -> None:
    async with searching() as (session, _, archive):
        archive.with_words = {"vacuum": {"t1"}}
        await session.press("S")
        assert archive.remembered["views"] == [{"name": "vacuum", "filter": "text:vacuum"}]
        assert "a view of the list" in session.text()
        await session.press("escape")
        table = session.dashboard.table
        assert any(view.name == "vacuum" for view in session.dashboard.listing.views)
        await session.press("left_square_bracket")  # the last of the views
        assert table.model.filter == "text:vacuum"
        assert table.model.listed_ids() == ["t1"]
        archive.with_words = {"vacuum": {"t1", "t2"}}
        session.engine.put(task(2, TaskStatus.DONE, title="Report 2", has_report=True))
        await session.arrive()
        assert set(table.model.listed_ids()) == {"t1", "t2"}
        await session.press("F", *"vacuum")
        await session.after(0.25)
        await session.settle()
        await session.press("enter", "S")
        assert archive.remembered["views"] == []


async def test_hosts_are_listed_with_their_totals_and_open_as_their_sources() -> None:
    engine, archive = FakeEngine(DONE), FakeArchive(DONE)
    archive.uses = [
        SourceUse("t0", "1", "https://a.org/x", "Paper", 2, 9),
        SourceUse("t1", "1", "https://a.org/x", "Paper", 1, 3),
        SourceUse("t0", "2", "https://a.org/y", "Other", 4, 5),
        SourceUse("t1", "9", "https://b.org/", "Bee", 12, 1),
    ]
    async with running(DONE, engine=engine, archive=archive, size=WIDE) as session:
        await session.press("B", "s")
        screen = session.app.screen
        assert isinstance(screen, SourcesScreen)
        assert [(one.host, one.times, one.reports) for one in screen.shown] == [("b.org", 12, 1), ("a.org", 7, 2)]
        assert "2 hosts in all reports" in session.text()
        await session.press("j")
        await session.after(0.4)
        await session.settle()
        shown = session.text()
        assert "2 reports with this host" in shown
        assert "2 sources there, by citations" in shown
        await session.press("enter")
        assert [one.url for one in screen.shown] == ["https://a.org/x", "https://a.org/y"]
        assert "2 sources of a.org" in session.text()
        await session.press("escape")
        assert screen.shown[screen.rows.cursor].host == "a.org"
        await session.press("]", "]")
        assert "2 of 2 reports: Report 1; enter opens it" in session.said
        opened: list[tuple[str | None, int | None]] = []
        navigation = session.dashboard.navigation
        navigation.open_report = lambda task_id=None, line=None, find="": opened.append((task_id, line))  # type: ignore[method-assign]
        await session.press("enter")
        assert opened == [("t1", 3)]
        await session.press("escape")
        assert session.at_dashboard


async def test_a_source_of_an_old_report_of_a_long_archive_names_it() -> None:
    old, *rest = DONE
    engine, archive = FakeEngine(rest), FakeArchive(rest)
    engine.away = {old.id: old}
    archive.uses = [SourceUse(old.id, "1", "https://a.org/x", "Paper", 1, 9)]
    async with running(rest, engine=engine, archive=archive, size=WIDE) as session:
        await session.press("B")
        await session.after(SourcesScreen.SETTLED)
        await session.settle()
        await session.arrive()
        assert isinstance(session.app.screen, SourcesScreen)
        assert old.title in session.text()


async def test_sources_take_an_order_and_a_filter_in_the_palette() -> None:
    archive = FakeArchive(DONE)
    archive.uses = [SourceUse("t0", "1", f"https://{host}.org/x", host, 1, 9) for host in ("a", "b")]
    async with running(DONE, archive=archive, size=WIDE) as session:
        await session.press("B", "colon", *"sort title", "enter")
        screen = session.app.screen
        assert isinstance(screen, SourcesScreen)
        assert "by title" in session.text()
        await session.press("colon", *"filter b.org", "enter")
        assert [one.host for one in screen.shown] == ["b.org"]


async def test_a_report_found_by_its_title_is_one_row_at_which_n_stops() -> None:
    engine, archive = FakeEngine(DONE), FakeArchive(DONE)
    archive.hits = [SearchHit("t0", "Report 0", ((0, 6),), where="title"), SearchHit("t1", "a report", ((2, 8),))]
    archive.found = {"t1": FoundPlaces(1, (found_in().places[0],))}
    async with running(DONE, engine=engine, archive=archive, size=WIDE) as session:
        await session.press("F", *"report")
        await session.after(0.25)
        await session.settle()
        screen = session.app.screen
        assert isinstance(screen, SearchScreen)
        assert [(row.hit, row.place) for row in screen.listed] == [(0, None), (1, None), (1, 0)]
        await session.press("enter", "n")
        assert screen.rows.cursor == 2
        await session.press("N")
        assert screen.rows.cursor == 0


async def test_words_behind_search_in_the_palette_are_searched_for_at_once() -> None:
    engine, archive = FakeEngine(DONE), FakeArchive(DONE)
    archive.hits = [SearchHit("t0", "vacuum", ((0, 6),), line=3)]
    async with running(DONE, engine=engine, archive=archive, size=WIDE) as session:
        await session.press("colon", *"search vacuum", "enter")
        await session.after(0.25)
        await session.settle()
        screen = session.app.screen
        assert isinstance(screen, SearchScreen)
        assert screen.field.value == "vacuum"
        assert [hit.task_id for hit in screen.hits] == ["t0"]


def test_an_error_that_comes_after_the_search_was_left_is_not_said_on_another_screen() -> None:
    screen, waiting = Mock(is_attached=True), []
    screen.app.in_background = lambda work, then, failed: waiting.append(failed)
    query = LatestQuery[str](screen, lambda text, whole: text, Mock())
    query.typed("cost>")
    screen.set_timer.call_args.args[1]()  # the typing pauses
    waiting[0](UsageError("half a filter"))
    screen.app.say_error.assert_not_called()
    waiting[1](UsageError("half a filter"))
    screen.app.say_error.assert_called_once()
    screen.is_attached = False
    waiting[1](UsageError("half a filter"))
    screen.app.say_error.assert_called_once()


@pytest.mark.parametrize("key", ["$", "L"])
async def test_the_costs_and_the_log_go_to_an_old_task_of_a_long_archive_and_past_a_filter(key: str) -> None:
    old, *rest = [replace(one, cost=Cost(n + 1.0, "USD", CostKind.REPORTED)) for n, one in enumerate(DONE)]
    engine, archive = FakeEngine(rest), FakeArchive([old])
    engine.away = {old.id: old}
    engine.entries = [LogEntry(NOW, "ended", f"{old.title} is done", old.id)]
    async with running(rest, engine=engine, archive=archive, size=WIDE) as session:
        session.dashboard.set_filter("nothing has this word")
        await session.press(key)
        await session.settle()
        assert "deleted here" not in session.text()
        await session.press("G", "enter")
        await session.settle()
        assert session.at_dashboard
        assert session.dashboard.table.selected == old.id


async def test_what_is_found_in_an_old_task_of_a_long_archive_has_its_title_and_opens() -> None:
    old, *rest = DONE
    engine, archive = FakeEngine(rest), FakeArchive(rest)
    engine.away = {old.id: old}
    engine.details = {old.id: replace(rich_detail(old), report=Report(TEXT, ReportFormat.MARKDOWN))}
    archive.hits = [SearchHit(old.id, "vacuum", ((0, 6),), line=3)]
    async with running(rest, engine=engine, archive=archive, size=WIDE, parse=read_report) as session:
        await session.press("F", *"vacuum")
        await session.after(0.25)
        await session.settle()
        assert ("recall", (old.id,)) in engine.asked
        await session.arrive()
        assert old.title in session.text()
        await session.press("enter", "enter")
        await session.settle()
        assert isinstance(session.app.screen, ReaderScreen)
