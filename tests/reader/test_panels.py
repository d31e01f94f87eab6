"""What stands beside the report: one column for outline, sources and card; places that can be chosen."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.reader.documents import citation, para, sample
from tests.reader.host import Host, reader_of
from tests.reader.test_screen import audit_of, reading
from tui.domain.task import Cost, CostKind, Task
from tui.report.document import Document, Entry, Heading, MarkerKind, Span
from tui.report.output import KIND_WORDS
from tui.ui.reader.header import header_line
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.side_lists import OutlineList
from tui.ui.reader.source_groups import HostGroup, by_host, distinct_titles
from tui.ui.widgets.bars import KeyBar


def lines(app: Host, widget: str) -> list[str]:
    """Return the lines of a list as text."""
    listed = app.reader.panels.outline if widget == "outline" else app.reader.panels.sources
    return ["".join(text for text, _ in listed.line(n, 43)).rstrip() for n in range(listed.line_count())]


@pytest.mark.parametrize("width", [112, 120, 160, 200])
async def test_the_report_keeps_72_columns_beside_list_and_card(width: int) -> None:
    app = reader_of(sample())
    async with reading(app, (width, 40)) as pilot:
        await pilot.press("right_square_bracket", "enter", "S")
        await pilot.pause()
        panels = app.reader.panels
        assert app.view.size.width >= 72
        assert (panels.sources.region.x, panels.card.region.x) == (panels.region.x + 1,) * 2
        assert panels.sources.region.bottom == panels.card_title.region.y
        await pilot.press("T")
        await pilot.pause()
        assert app.view.size.width >= 72
        assert panels.outline.display
        assert not panels.sources.display


async def test_the_card_says_which_place_this_is_and_walks_them_while_it_has_the_focus() -> None:
    app = reader_of(sample())
    async with reading(app, (120, 40)) as pilot:
        await pilot.press("right_square_bracket", "enter")
        await pilot.pause()
        card = app.reader.panels.card
        assert app.reader.panels.card_title.text == "Source 1 of 3, place 1 of 20"
        card.focus()
        await pilot.press("right_square_bracket")
        assert (app.view.reading.cite, app.reader.panels.card_title.text) == (2, "Source 1 of 3, place 2 of 20")
        await pilot.press("1", "5", "enter")
        assert (app.view.reading.cite, app.reader.panels.card_title.text) == (28, "Source 1 of 3, place 15 of 20")
        assert "▸ 15" in "\n".join(card.text_of(y) for y in range(card.size.height))
        await pilot.press("9", "9", "enter")
        assert app.messages[-1] == "this source is cited at 20 places"
        await pilot.press("enter")
        assert app.focused is app.view


async def test_a_hint_on_the_card_goes_to_that_place() -> None:
    app = reader_of(sample())
    async with reading(app, (120, 40)) as pilot:
        await pilot.press("right_square_bracket", "enter")
        await pilot.pause()
        await pilot.press("f")
        card = app.reader.panels.card
        spots = [letters for letters, (view, _, ref) in app.reader.hints.spots.items() if view is card]
        places = [one for one in spots if card.span_at(*app.reader.hints.spots[one][1:]).cite == 3]
        await pilot.press(*places[0])
        assert app.view.reading.cite == 6
        assert app.reader.panels.card_title.text == "Source 1 of 3, place 4 of 20"


async def test_the_address_of_the_card_is_meant_after_the_citation_was_left() -> None:
    app = reader_of(sample())
    async with reading(app, (120, 40)) as pilot:
        await pilot.press("right_square_bracket", "enter", "less_than_sign", "y")
        assert app.reader.app.terminal.copied[-1] == ("URL", "https://site1.example/page")  # type: ignore[attr-defined]


def test_titles_at_one_host_lose_what_they_share() -> None:
    manual = [
        Entry("1", "https://p.example/a.html", "PostgreSQL: Documentation: 18: 66.6. Database Page Layout"),
        Entry("2", "https://p.example/b.html", "PostgreSQL: Documentation: 18: 13.1. Introduction"),
        Entry("3", "https://p.example/c.html", "PostgreSQL: Documentation: 17: 24.1. Routine Vacuuming"),
    ]
    assert distinct_titles(manual) == [
        "18: 66.6. Database Page Layout",
        "18: 13.1. Introduction",
        "17: 24.1. Routine Vacuuming",
    ]
    wiki = [Entry(str(n), f"https://w.example/{n}", f"{name} - Wikipedia") for n, name in enumerate("ABC")]
    assert distinct_titles(wiki) == ["A", "B", "C"]


def test_equal_titles_get_the_end_of_their_address() -> None:
    same = [Entry("1", "https://x.example/docs/one", "Docs"), Entry("2", "https://x.example/docs/two?v=1", "Docs")]
    assert distinct_titles(same) == ["Docs  one", "Docs  two?v=1"]
    assert distinct_titles([Entry("1", "https://x.example", None)]) == ["x.example"]


def grouped() -> Document:
    """Two sources at one host, cited three times; one at another."""
    sources = (
        Entry("1", "https://alone.example/", "Alone"),
        Entry("2", "https://host.example/a", "A"),
        Entry("3", "https://host.example/b", "B"),
    )
    cited = tuple(citation(number) for number in ("2", "2", "3"))
    spans = tuple(Span(f"[{one.ids[0]}]", cite=n) for n, one in enumerate(cited))
    return Document((para(1, *spans),), cited, sources)


def test_sources_are_grouped_by_host_with_sums() -> None:
    rows, titles = by_host(IndexedReport.of(grouped()))
    assert rows == [HostGroup("host.example", 2, 3), 1, 2, 0]
    assert titles == {1: "A", 2: "B"}


async def test_the_cursor_rests_on_sources_not_on_hosts() -> None:
    app = reader_of(grouped())
    async with reading(app, (120, 40)) as pilot:
        await pilot.press("S", "g")
        sources = app.reader.panels.sources
        assert sources.entry is not None
        assert sources.entry.id == "2"
        assert lines(app, "sources")[0].split() == ["host.example", "2", "sources", "3×"]
        await pilot.press("j", "j")
        assert sources.entry.id == "1"


def test_the_outline_counts_the_citations_of_a_chapter_with_its_sections() -> None:
    blocks = (
        Heading(1, 1, (Span("One"),), "one"),
        para(2, Span("[1]", cite=0)),
        Heading(3, 2, (Span("Deeper"),), "deeper"),
        para(4, Span("[1]", cite=1), Span("[1]", cite=2)),
        Heading(5, 1, (Span("Two"),), "two"),
        para(6, "nothing"),
    )
    outline = OutlineList()
    outline.load(IndexedReport.of(Document(blocks, tuple(citation("1") for _ in range(3)))))
    shown = ["".join(text for text, _ in outline.line(n, 40)) for n in range(3)]
    assert [line.split()[-1] for line in shown] == ["3", "2", "·"]


async def test_the_title_and_the_section_stay_over_the_report() -> None:
    app = reader_of(sample())
    async with reading(app, (80, 24)) as pilot:
        await pilot.press("right_curly_bracket", "right_curly_bracket", "right_square_bracket")
        over = "".join(text for text, _ in app.reader._header.compose_line(80))
        assert over.startswith(" A report › Part 2")


def test_the_header_gives_up_facts_before_title_and_section() -> None:
    start = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    task = Task(
        "t",
        "valyu",
        title="Three ways to keep old rows",
        mode="max",
        created_at=start,
        finished_at=start + timedelta(minutes=53),
    )
    task = replace(task, cost=Cost(15.2, "USD", CostKind.REPORTED))
    wide, narrow = ("".join(text for text, _ in header_line(task, "2.1 The page", width)) for width in (120, 60))
    assert wide.startswith(" Three ways to keep old rows › 2.1 The page ")
    assert wide.endswith("Valyu max · 27 Nov · $15.20 · 53:00 ")
    assert narrow.split("  ")[0] == " Three ways to keep old rows › 2.1 The page"
    assert narrow.endswith("  Valyu max ")
    assert len(narrow) == 60


def test_at_eighty_columns_a_long_title_keeps_more_than_half_of_the_line() -> None:
    start = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    task = Task("t", "valyu", title="Three ways to keep old rows: PostgreSQL and SQLite", mode="max", created_at=start)
    task = replace(task, finished_at=start + timedelta(hours=1, minutes=2), cost=Cost(15.2, "USD", CostKind.REPORTED))
    line = "".join(text for text, _ in header_line(task, "1.4 A note on logs", 80))
    assert line.startswith(" Three ways to keep old rows")
    assert "› 1.4 A note on logs" in line
    assert line.endswith("Valyu max · 27 Nov · $15.20 ")


async def test_the_keys_at_the_bottom_are_those_of_the_panel_that_has_them() -> None:
    app = reader_of(sample())
    async with reading(app, (80, 24)) as pilot:
        bar = app.reader.query_one(KeyBar)

        def keys() -> str:
            return "".join(text for text, _ in bar.shown)

        assert " ] next cite " in keys()
        await pilot.press("T")
        await pilot.pause()
        assert " enter go there  T close " in keys()
        await pilot.press("escape", "S")
        await pilot.pause()
        assert " enter where cited  ] next place  o open  y copy URL  S close " in keys()
        assert app.reader.command_context().url
        await pilot.press("escape", "right_square_bracket", "enter", "tab")
        await pilot.pause()
        assert app.focused is app.reader.panels.card
        assert " ] next place  o open  y copy URL  tab report  escape close " in keys()
        await pilot.press("escape")
        await pilot.pause()
        assert " ] next cite " in keys()


async def test_on_a_narrow_screen_the_card_shows_its_places_without_scrolling() -> None:
    app = reader_of(sample())
    async with reading(app, (80, 24)) as pilot:
        await pilot.press("right_square_bracket", "enter")
        await pilot.pause()
        card = app.reader.panels.card
        shown = [card.text_of(y) for y in range(card.size.height)]
        assert any("▸ 1" in line for line in shown)
        assert any(line.strip().startswith("2 ") for line in shown)


async def test_ahead_of_no_jump_the_key_says_what_is_left_to_read() -> None:
    app = reader_of(sample())
    async with reading(app, (80, 24)) as pilot:
        await pilot.press("greater_than_sign")
        said = re.fullmatch(r"left to read: about ([\d,]+) words, (\d+) min, (\d+) citations", app.messages[-1])
        assert said
        assert 1000 < int(said[1].replace(",", "")) < 1500
        assert 30 < int(said[3]) < 40
        await pilot.press("G", "less_than_sign", "greater_than_sign", "greater_than_sign")
        assert app.messages[-1] == "this is the end of the report"


async def test_the_places_without_a_citation_are_walked_one_by_one_in_the_audit() -> None:
    blocks = (
        para(1, Span("The first sentence of this paragraph has a source for all it says "), Span("[1]", cite=0)),
        para(3, "In 2019 there were 17 of them, and nobody in the whole country wrote down why."),
        *(para(5 + 2 * n, "Nothing to see. " * 3) for n in range(30)),
        para(90, "In 2025 there were 34 of them, and nobody in the whole country wrote down why."),
    )
    app = reader_of(Document(blocks, (citation("1"),), (Entry("1", "https://a.example", "A"),)))
    async with reading(app, (80, 24)) as pilot:
        screen = await audit_of(app, pilot)
        lines = ["".join(text for text, _ in row) for row in screen.rows.items]
        title = lines.index(" Sentences with a figure but no citation")
        assert ["2019" in lines[title + 1], "2025" in lines[title + 2]] == [True, True]
        screen.rows.move_to(title + 2)
        await pilot.press("enter")
        await pilot.pause()
        assert any("In 2025" in app.view.text_of(y) for y in range(app.view.size.height))
        again = await audit_of(app, pilot)
        assert again.rows.cursor == title + 2


async def test_the_audit_names_kinds_of_citations_in_words() -> None:
    kinds = tuple(replace(citation("1"), kind=kind) for kind in MarkerKind)
    spans = tuple(Span("[1]", cite=n) for n in range(len(kinds)))
    app = reader_of(Document((para(1, *spans),), kinds, (Entry("1", "https://a.example", "A"),)))
    async with reading(app, (200, 40)) as pilot:
        screen = await audit_of(app, pilot)
        shown = next(
            "".join(text for text, _ in row) for row in screen.rows.items if "citations: " in "".join(t for t, _ in row)
        )
        assert all(KIND_WORDS[kind] in shown for kind in MarkerKind)
        assert "num-link" not in shown
