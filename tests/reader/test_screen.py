"""The reader's screen, by its keys and the mouse."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from rich.style import Style
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from tests.reader.documents import LOREM, citation, head, para, sample
from tests.reader.host import FakeEngine, Host, RecordingArchive, RecordingTerminal, detail_of, reader_of
from tui.domain.detail import Report
from tui.report.document import (
    Citation,
    Document,
    Entry,
    Look,
    MarkerKind,
    Resolution,
    Span,
    StructuredField,
    Table,
    TableRow,
)
from tui.ui.bridge import Flush
from tui.ui.commands.command import handler
from tui.ui.commands.registry import COMMANDS
from tui.ui.reader import screen as reader_screen
from tui.ui.reader.audit_screen import AuditScreen
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import LaidOutLine, LinePosition, Tone
from tui.ui.reader.side_lists import OutlineList
from tui.ui.widgets.bars import StatusLine

Pressing = Pilot[None]


@asynccontextmanager
async def reading(app: Host, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pressing]:
    async with app.run_test(size=size) as pilot:
        while not app.reader._loaded or not app.view.size.height:
            await pilot.pause()
        await pilot.pause()
        yield pilot


def top(app: Host) -> str:
    return app.view.text_of(0).strip()


def state(app: Host) -> str:
    left = app.status._message or app.status._left
    return "".join(text for text, _ in left) + " | " + "".join(text for text, _ in app.status._right)


def painted(app: Host, tone: Tone) -> list[str]:
    """The texts on the screen in the style of a tone."""
    style: Style = app.view._painter.style(tone)
    region = app.view.size.region
    return [
        segment.text
        for strip in app.view.render_lines(region)
        for segment in strip
        if segment.style and segment.style.color == style.color and segment.style.reverse == style.reverse
    ]


async def test_every_command_of_the_reader_is_bound() -> None:
    app = reader_of(sample())
    async with reading(app):
        for command in COMMANDS.values():
            if command.context == "reader":
                handler(command.id, app.reader.command_owners)


async def test_lines_and_pages() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        assert top(app) == "A report"
        await pilot.press("j", "down")
        assert app.view.reading.top.row == 1 or app.view.reading.top.unit == 1
        await pilot.press("k", "up")
        assert top(app) == "A report"
        last = app.view.text_of(app.view.size.height - 1)
        await pilot.press("space")
        assert app.view.text_of(0) == last
        await pilot.press("b", "pagedown", "pageup", "ctrl+f", "ctrl+b", "ctrl+d", "ctrl+u")
        assert top(app) == "A report"
        await pilot.press("5", "j")
        assert app.view.reading.flow.rows_between(app.view.reading.flow.start, app.view.reading.top, 99) == 5
        await pilot.press("G")
        assert app.view.reading.at_end
        assert "100%" in state(app)
        await pilot.press("g")
        assert top(app) == "A report"
        app.reader.run_command(COMMANDS["reader.number"], "ctrl+n")  # as a keymap may have it
        await pilot.press("j")
        assert app.view.reading.top.row == 1 or app.view.reading.top.unit == 1


async def test_citations_are_walked_and_counted_in_the_status_line() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("right_square_bracket")
        assert state(app).strip().startswith("citation 1/40 → source 1 of 3")
        assert painted(app, Tone.CURRENT) == ["[1]"]
        await pilot.press("1", "2", "right_square_bracket")
        assert "citation 13/40" in state(app)
        await pilot.press("left_square_bracket")
        assert "citation 12/40 → source 2 of 3" in state(app)
        await pilot.press("9", "9", "right_square_bracket", "right_square_bracket")
        assert app.view.reading.cite_number == 40
        assert app.messages[-1] == "this is the last citation"


async def test_headings() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("right_curly_bracket")
        assert top(app) == "Part 1"
        await pilot.press("2", "right_curly_bracket")
        assert top(app) == "Part 3"
        await pilot.press("left_curly_bracket")
        assert top(app) == "Part 2"
        await pilot.press("G", "right_curly_bracket")
        assert app.messages[-1] == "no heading further down"


async def test_enter_shows_the_source_then_the_list_and_leads_back_to_the_places() -> None:
    app = reader_of(sample(), archive=RecordingArchive(["Another report"]))
    async with reading(app) as pilot:
        await pilot.press("right_square_bracket", "enter")
        await pilot.pause()
        card = "\n".join(app.reader.panels.card.text_of(y) for y in range(40))
        assert app.reader.panels.card_shown
        assert app.reader.panels.card_title.text == "[1] place 1 of 20: First source"
        assert "https://site1.example/page" in card
        assert "Another report" in app.reader.panels.card.book.units[-1].text
        await pilot.press("enter")
        assert app.reader.focused is app.reader.panels.sources
        assert app.reader.panels.sources.cursor == 0
        await pilot.press("j", "enter")
        assert not app.reader.panels.has_class("-list")
        assert app.focused is app.view
        assert "citation 2/40 → source 2" in state(app) or "place 1 of 20" in state(app)
        await pilot.press("escape")
        assert not app.reader.panels.card_shown


async def test_the_card_follows_the_citations() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("right_square_bracket", "enter", "right_square_bracket")
        await pilot.pause()
        assert "Second source" in app.reader.panels.card_title.text


async def test_in_the_list_the_brackets_walk_the_places_of_that_source() -> None:
    app = reader_of(sample())
    async with reading(app, (140, 40)) as pilot:
        await pilot.press("S", "j", "right_square_bracket")
        assert app.view.reading.cite == 1
        await pilot.press("right_square_bracket")
        assert app.view.reading.cite == 3
        assert app.messages[-1] == "place 2 of 20 that cite [2]"
        await pilot.press("left_square_bracket")
        assert app.view.reading.cite == 1
        await pilot.press("j", "enter")
        assert app.messages[-1] == "this source is never cited in the report"
        await pilot.press("S")
        assert not app.reader.panels.has_class("-list")


async def test_a_number_and_enter_lead_to_that_source() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("2")
        assert "2  enter: source" in state(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "Second source" in app.reader.panels.card_title.text
        await pilot.press("9", "9", "enter")
        assert app.messages[-1] == "there is no source 99: the report lists 3"
        await pilot.press("1", "backspace", "escape")
        assert app.reader.digits == ""


async def test_escape_drops_what_was_typed_first() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("4", "2", "escape")
        assert app.reader.digits == ""
        assert app.screen is app.reader


async def test_hints_lead_to_what_is_visible() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("f")
        assert painted(app, Tone.HINT)[:3] == ["a", "s", "d"]
        await pilot.press("s")
        await pilot.pause()
        assert app.view.reading.cite == 1
        assert app.reader.panels.card_shown
        assert painted(app, Tone.HINT) == []
        await pilot.press("escape", "f", "escape")
        assert app.reader.hints.typed is None
        await pilot.press("f", "comma")
        assert app.reader.hints.typed is None


async def test_hints_on_a_screen_without_targets_say_so() -> None:
    app = reader_of(replace(sample(cites=False), citations=(citation("1"),)))
    async with reading(app) as pilot:
        await pilot.press("f")
        assert app.messages[-1] == "no citation, link or picture on the screen"


async def test_links_and_anchors_are_followed() -> None:
    document = Document(
        (
            para(
                1,
                Span("site", url="https://a.example/x"),
                " ",
                Span("there", url="#part"),
                " ",
                Span("lost", url="#no"),
            ),
            *(para(3 + n, LOREM) for n in range(40)),
            head(60, 2, "Part"),
            para(61, LOREM),
        ),
        (citation("1"),),
        anchors={"#part": 60},
    )
    app = reader_of(document)
    async with reading(app) as pilot:
        await pilot.press("f", "a")
        assert app.followed == ["https://a.example/x"]
        await pilot.press("f", "s")
        assert any("Part" in app.view.text_of(y) for y in range(24))
        await pilot.press("g", "f", "d")
        assert app.messages[-1] == "the report has no place #no"


async def test_open_and_copy_mean_the_source_under_the_cursor() -> None:
    app = reader_of(sample(), text="# as received")
    async with reading(app) as pilot:
        await pilot.press("o")
        assert app.followed == []
        assert "nothing here has an address" in app.messages[-1]
        await pilot.press("right_square_bracket", "o", "y", "Y", "C")
        assert app.followed == ["https://site1.example/page"]
        terminal = app.terminal
        assert isinstance(terminal, RecordingTerminal)
        assert terminal.copied[0] == ("URL", "https://site1.example/page")
        assert terminal.copied[1] == ("report", "# as received")
        kind, text = terminal.copied[2]
        assert kind == "citation"
        assert text.endswith("\n[1] First source https://site1.example/page")
        await pilot.press("S", "j", "y")
        assert terminal.copied[3] == ("URL", "https://site2.example/page")


async def test_a_deep_link_is_opened_with_its_fragment() -> None:
    entry = Entry("1", "https://a.example/p", "T", fragment="#:~:text=some%20words")
    app = reader_of(Document((para(1, "x"),), (), (entry,)))
    async with reading(app) as pilot:
        await pilot.press("1", "enter", "o")
        assert app.followed == ["https://a.example/p#:~:text=some%20words"]


async def test_search_is_incremental_counted_and_can_be_taken_back() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("slash", *"paragraph 7")
        assert "1/1" in state(app)
        assert any("Paragraph 7." in app.view.text_of(y) for y in range(24))
        await pilot.press("escape")
        assert top(app) == "A report"
        assert app.view.reading.finder.query == ""
        await pilot.press("slash", *"goes on", "enter")
        assert app.focused is app.view
        assert "1/40" in state(app)
        assert painted(app, Tone.HIT_NOW) == ["goes on"]
        await pilot.press("n", "n")
        assert "3/40" in state(app)
        await pilot.press("N")
        assert "2/40" in state(app)
        await pilot.press("2", "N")
        assert "40/40" in state(app)
        assert app.messages[-1] == "search went on from the end"
        await pilot.press("less_than_sign", "escape")
        assert app.view.reading.hits == 0


async def test_highlights_survive_a_resize() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("slash", *"goes on", "enter")
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert painted(app, Tone.HIT_NOW) == ["goes on"]


async def test_what_is_not_found_is_said() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("slash", *"zzz", "enter")
        assert app.messages[-1] == "not found: zzz"
        assert top(app) == "A report"


async def test_the_outline_shows_where_one_is_and_leads_elsewhere() -> None:
    app = reader_of(sample())
    async with reading(app, (140, 40)) as pilot:
        await pilot.press("right_curly_bracket", "right_curly_bracket", "T")
        outline = app.reader.panels.outline
        assert outline.now == 2
        assert "▸" in outline.line(2, 30)[0][0]
        await pilot.press("j", "j", "enter")
        assert top(app) == "Part 4"
        assert app.focused is app.view
        assert app.reader.panels.has_class("-list")
        await pilot.press("right_curly_bracket")
        assert outline.now == 5
        await pilot.press("escape")
        assert not app.reader.panels.has_class("-list")


async def test_keys_that_come_before_the_outline_is_laid_out_move_its_cursor() -> None:
    app = reader_of(sample())
    async with reading(app, (140, 40)) as pilot:
        await pilot.press("right_curly_bracket", "right_curly_bracket")
        app.reader.lists.outline()
        outline = app.reader.panels.outline
        outline.go(1)
        outline.go(1)
        await pilot.pause()
        assert (outline.now, outline.cursor) == (2, 4)


async def test_back_forward_marks_and_percent() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("3", "j", "m", "x")
        here = app.view.text_of(0)
        await pilot.press("5", "0", "percent_sign")
        there = app.view.text_of(0)
        assert there != here
        await pilot.press("backspace")
        assert app.view.text_of(0) == here
        await pilot.press("greater_than_sign")
        assert app.view.text_of(0) == there
        await pilot.press("apostrophe", "x")
        assert app.view.text_of(0) == here
        await pilot.press("apostrophe", "q")
        assert "no mark q" in app.messages[-1]
        await pilot.press("percent_sign")
        assert "type a number first" in app.messages[-1]


async def test_wide_tables_scroll_sideways() -> None:
    cells = tuple((Span(f"column{n:02}" + "x" * 10),) for n in range(20))
    app = reader_of(Document((Table(1, cells, (TableRow(2, cells),), ()),)))
    async with reading(app) as pilot:
        assert app.view.render_lines(app.view.size.region)[0].text.rstrip().endswith("›")
        await pilot.press("l", "l")
        line = app.view.render_lines(app.view.size.region)[0].text
        assert line.strip().startswith("‹")
        await pilot.press("9", "9", "l")
        assert "column19" in app.view.render_lines(app.view.size.region)[0].text
        await pilot.press("9", "9", "h")
        assert app.view.reading.shift == 0


async def test_the_raw_text_is_one_key_away_and_back() -> None:
    app = reader_of(sample(), text="# Raw\n\n" + "\n\n".join(f"line {n}" for n in range(200)))
    async with reading(app) as pilot:
        await pilot.press("v")
        assert "# Raw" in app.view.text_of(0)
        await pilot.press("v")
        assert top(app) == "A report"


async def test_a_report_left_in_its_raw_text_is_freed_in_slices_too(monkeypatch: pytest.MonkeyPatch) -> None:
    freed: list[IndexedReport] = []
    monkeypatch.setattr(reader_screen, "free", freed.append)
    app = reader_of(sample(), text="# Raw")
    async with reading(app) as pilot:
        parsed = app.view.book
        await pilot.press("v")
        raw = app.view.book
    assert raw is not parsed
    assert [*map(id, freed)] == [id(raw), id(parsed)]


async def test_the_full_width_is_one_key_away_and_back() -> None:
    app = reader_of(sample())
    async with reading(app, (160, 40)) as pilot:
        indent = len(app.view.text_of(4)) - len(app.view.text_of(4).lstrip())
        await pilot.press("w")
        assert len(app.view.text_of(4)) - len(app.view.text_of(4).lstrip()) < indent
        await pilot.press("w")
        assert len(app.view.text_of(4)) - len(app.view.text_of(4).lstrip()) == indent


async def test_a_report_that_is_not_in_the_archive_is_not_exported() -> None:
    lonely = reader_of(sample())
    async with reading(lonely) as pilot:
        await pilot.press("e")
        assert "only reports in the archive" in lonely.messages[-1]


async def test_the_place_is_remembered_and_found_again() -> None:
    archive = RecordingArchive()
    app = reader_of(sample(), archive=archive)
    async with reading(app) as pilot:
        await pilot.press("space", "space", "j")
        here = app.view.text_of(0)
    again = reader_of(sample(), archive=archive)
    async with reading(again):
        assert again.view.text_of(0) == here


@pytest.mark.parametrize("kept", ["", "nonsense", "[1]", '{"a": 1}', json.dumps([9999, 0, 0, 0, 77])])
async def test_a_place_that_cannot_be_read_is_ignored(kept: str) -> None:
    archive = RecordingArchive()
    archive.remember("place.t1", kept)
    app = reader_of(sample(), archive=archive)
    async with reading(app):
        assert app.view.size.height


async def test_resizing_keeps_the_first_visible_line() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("2", "0", "j")
        unit, text = app.view.reading.top.unit, app.view.text_of(0)
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert app.view.reading.top.unit == unit
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.view.text_of(0) == text


async def test_however_many_pages_were_turned_the_next_one_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.reader.report_view._STRIPS", 100)
    app = reader_of(sample(200))
    async with reading(app):
        view, drawn = app.view, list[LinePosition]()
        draw = view._draw

        def counted(place: LinePosition, line: LaidOutLine) -> Strip:
            drawn.append(place)
            return draw(place, line)

        monkeypatch.setattr(view, "_draw", counted)
        for _ in range(12):
            view._lay_ahead()
            assert drawn
            drawn.clear()
            view.act(lambda reading: reading.page(1))
            view.render_lines(Region(0, 0, *view.size))
            assert not drawn


async def test_a_growing_report_does_not_move() -> None:
    app = reader_of(sample(20))
    documents = iter([sample(40)])
    async with reading(app) as pilot:
        await pilot.press("1", "5", "j")
        before = [app.view.text_of(y) for y in range(15)]
        app.reader._parse = lambda _: next(documents)
        app.reader.update(detail_of("longer"))
        while len(app.view.book.document.citations) != 40:
            await pilot.pause()
        assert [app.view.text_of(y) for y in range(15)] == before


async def test_a_preview_is_shown_first_and_the_whole_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    app = reader_of(sample(40))
    monkeypatch.setattr(reader_screen, "preview", lambda _: iter([sample(10)]))
    async with reading(app) as pilot:
        while len(app.view.book.document.citations) != 40:
            await pilot.pause()
        assert top(app) == "A report"


async def test_a_word_is_found_where_it_was_looked_for_though_only_the_beginning_is_there_at_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = reader_of(sample(40), line=3 + 4 * 30, find="research")
    monkeypatch.setattr(reader_screen, "preview", lambda _: iter([sample(10)]))
    async with reading(app) as pilot:
        while len(app.view.book.document.citations) != 40:
            await pilot.pause()
        await pilot.pause()
        state = app.view.reading
        assert state.hit is not None
        assert state.book.units[state.hit.unit].line == 5 + 4 * 30
        assert state.hit_number > 1


async def test_a_report_that_cannot_be_parsed_is_shown_as_received() -> None:
    app = reader_of(sample(), text="the very text")

    def broken(_: Report) -> Document:
        raise ValueError("no way")

    app.reader._parse = broken
    async with reading(app):
        text = "\n".join(app.view.text_of(y) for y in range(20))
        assert "could not be parsed (ValueError: no way)" in text
        assert "the very text" in text


async def test_dangling_citations_are_said_to_lead_nowhere() -> None:
    app = reader_of(Document((para(1, "Claim ", Span("[9]", cite=0)),), (citation("9"),)))
    async with reading(app) as pilot:
        await pilot.press("right_square_bracket")
        assert "leads nowhere" in state(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "leads nowhere" in app.reader.panels.card.book.units[-1].text
        await pilot.press("enter")
        assert app.reader.panels.has_class("-list")


async def test_fields_of_a_structured_report_cite_like_prose() -> None:
    fields = (
        StructuredField(1, "$.founder", 0, "founder", (Span("Ada"), Span(" "), Span("[1]", cite=0))),
        StructuredField(2, "$.year", 0, "year", (Span("1843"),)),
    )
    app = reader_of(Document(fields, (citation("1", "https://a.example/"),), (Entry("1", "https://a.example/", "A"),)))
    async with reading(app) as pilot:
        await pilot.press("right_square_bracket")
        assert "citation 1/1 → source 1 of 1" in state(app)
        assert "founder: Ada [1]" in app.view.text_of(0)


def test_the_outline_of_fields_names_fields_without_their_values() -> None:
    fields = (
        StructuredField(1, "$.legal_name", 0, "legal_name", (Span("ASML Holding"),)),
        StructuredField(2, "$.founded", 0, "founded", ()),
        StructuredField(3, "$.founded.year", 1, "year", (Span("1984"),)),
    )
    outline = OutlineList()
    outline.load(IndexedReport.of(Document(fields, (), ())))
    assert outline.title == "Outline, 2 fields", "no column of citations where there are none"
    told = ["".join(text for text, _ in outline.line(number, 60)).strip() for number in range(outline.line_count())]
    assert told == ["legal name", "founded"]


async def test_a_click_on_a_chip_shows_its_source_and_on_a_link_follows_it() -> None:
    document = Document(
        (para(1, "Claim ", Span("[1]", cite=0), " and ", Span("site", url="https://b.example/"), " and text"),),
        (citation("1", "https://a.example/"),),
        (Entry("1", "https://a.example/", "A"),),
    )
    app = reader_of(document)
    async with reading(app) as pilot:
        x = app.view.text_of(0).index("[1]")
        await pilot.click(app.view, offset=(x + 1, 0))
        await pilot.pause()
        assert app.view.reading.cite == 0
        assert app.reader.panels.card_shown
        await pilot.press("escape")
        await pilot.click(app.view, offset=(app.view.text_of(0).index("site") + 1, 0))
        await pilot.pause()
        assert app.followed == ["https://b.example/"]
        await pilot.click(app.view, offset=(app.view.text_of(0).index("text"), 0))
        await pilot.click(app.view, offset=(3, 12))
        assert len(app.followed) == 1


async def test_a_picture_is_opened_by_the_program_only_and_never_linked() -> None:
    token = "https://api.example/assets/1?token=secret"
    app = reader_of(Document((para(1, Span("Chart", Look.IMAGE, url=token)),), (citation("1"),)))
    async with reading(app) as pilot:
        links = [
            segment.style.link
            for strip in app.view.render_lines(app.view.size.region)
            for segment in strip
            if segment.style
        ]
        assert not any(links)
        await pilot.click(app.view, offset=(app.view.text_of(0).index("Chart"), 0))
        await pilot.pause()
        assert app.followed == [token]


async def test_the_wheel_scrolls_three_lines() -> None:
    from textual import events

    app = reader_of(sample())
    async with reading(app) as pilot:
        fourth = app.view.text_of(3)
        wheel: Callable[[type[events.MouseEvent]], events.MouseEvent] = lambda kind: kind(  # noqa: E731
            app.view, 5, 5, 0, 1, 0, False, False, False
        )
        app.view.post_message(wheel(events.MouseScrollDown))
        await pilot.pause()
        assert app.view.text_of(0) == fourth
        app.view.post_message(wheel(events.MouseScrollUp))
        await pilot.pause()
        assert top(app) == "A report"


async def test_dragging_selects_the_text_one_sees() -> None:
    app = reader_of(Document((para(1, LOREM), para(3, "second"))))
    async with reading(app) as pilot:
        await pilot.mouse_down(app.view, offset=(2, 0))
        await pilot.hover(app.view, offset=(40, 1))
        await pilot.mouse_up(app.view, offset=(40, 1))
        await pilot.pause()
        text = app.reader.get_selected_text()
        assert text
        assert LOREM.startswith(text.strip())
        assert len(text) > 80
        assert "".join(painted(app, Tone.SELECTED))
        await pilot.click(app.view, offset=(5, 10))
        assert app.reader.get_selected_text() is None


async def test_dragging_over_the_edge_scrolls() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        second = app.view.text_of(1)
        assert app.view.allow_vertical_scroll
        app.view.scroll_y += 1  # what the screen does then
        await pilot.pause()
        assert app.view.text_of(0) == second
        app.view.scroll_y -= 1
        await pilot.pause()
        assert top(app) == "A report"


async def test_selecting_everything_gives_the_whole_text() -> None:
    app = reader_of(Document((para(1, LOREM), para(3, "last"))))
    async with reading(app):
        app.reader.text_select_all()
        assert (app.reader.get_selected_text() or "").strip().startswith(f"{LOREM}\n\nlast")


async def test_osc8_links_are_there_only_for_safe_addresses() -> None:
    document = Document(
        (
            para(
                1, Span("good", url="https://a.example/ä"), Span("bad", url="javascript:alert(1)"), Span("[1]", cite=0)
            ),
        ),
        (citation("1", "https://b.example/"),),
    )
    app = reader_of(document)
    async with reading(app):
        links = [segment.style.link for segment in app.view.render_lines(app.view.size.region)[0] if segment.style]
        assert [link for link in links if link] == ["https://a.example/%C3%A4", "https://b.example/"]


@pytest.mark.parametrize("theme", ["dark", "light", "contrast", "terminal"])
async def test_every_tone_differs_from_plain_text_in_every_theme(theme: str) -> None:
    app = reader_of(sample(), theme=theme)
    async with reading(app):
        style = app.view._painter.style
        for tone in (Tone.CITE, Tone.CURRENT, Tone.BROKEN, Tone.LINK, Tone.HIT, Tone.HIT_NOW, Tone.HINT, Tone.SELECTED):
            assert style(tone) != style(Tone.TEXT)
        for tone in (Tone.CURRENT, Tone.BROKEN, Tone.LINK, Tone.HIT, Tone.HIT_NOW, Tone.HINT, Tone.SELECTED):
            one, other = style(tone), style(Tone.TEXT)
            assert (one.bold, one.underline, one.reverse, one.strike) != (
                other.bold,
                other.underline,
                other.reverse,
                other.strike,
            )


async def test_a_change_of_theme_redraws() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        before = app.view.render_lines(app.view.size.region)[0]
        app.theme = "light"
        await pilot.pause()
        assert app.view.render_lines(app.view.size.region)[0] != before


async def test_a_move_of_the_citation_repaints_only_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    app = reader_of(sample())
    async with reading(app, (80, 40)) as pilot:
        await pilot.press("right_square_bracket")
        regions: list[Region] = []
        refresh = app.view.refresh

        def record(*given: Region) -> None:
            regions.extend(given)
            refresh(*given)

        monkeypatch.setattr(app.view, "refresh", record)
        app.view.act(lambda one: one.next_cite())
        heights = sum(region.height for region in regions)
        assert 0 < heights < 12


async def test_escape_leaves_the_reader_at_last() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("S", "escape")
        assert app.screen is app.reader
        await pilot.press("escape")
        assert app.screen is not app.reader


async def test_a_link_citation_shows_where_it_leads() -> None:
    cite = Citation(
        "[x](https://a.example/)", MarkerKind.LINK, ("u1",), ("https://a.example/",), (Resolution.URL,), 1, 1
    )
    app = reader_of(
        Document(
            (para(1, "see ", Span("the page", cite=0, url="https://a.example/")),),
            (cite,),
            (Entry("u1", "https://a.example/", "the page"),),
        )
    )
    async with reading(app) as pilot:
        await pilot.press("right_square_bracket")
        assert painted(app, Tone.CURRENT) == ["the page"]
        await pilot.press("1", "enter")
        await pilot.pause()
        assert "the page" in app.reader.panels.card_title.text


async def test_typing_in_the_search_field_is_not_a_command() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("slash", "j", "percent_sign", "m", "f")
        assert app.reader.query_one(Input).value == "j%mf"


async def audit_of(app: Host, pilot: Pressing) -> AuditScreen:
    await pilot.press("A")
    screen = app.screen
    assert isinstance(screen, AuditScreen)
    while not screen.rows.items:
        await pilot.pause()
    return screen


async def test_the_audit_names_what_is_wrong_and_leads_there() -> None:
    document = sample()
    broken = replace(document.citations[30], status=(Resolution.DANGLING,), urls=(None,), ids=("77",))
    cites = (*document.citations[:30], broken, *document.citations[31:])
    app = reader_of(replace(document, citations=cites, problems=("something odd",)))
    async with reading(app) as pilot:
        screen = await audit_of(app, pilot)
        text = "\n".join("".join(part for part, _ in line) for line in screen.rows.items)
        assert "1 of 40 numbers in citations lead nowhere" in text
        assert "1 of 3 sources that are never cited" in text
        assert "something odd" in text
        await pilot.press("enter")
        assert "about no citation" in app.messages[-1]
        await pilot.press("right_square_bracket", "enter")
        assert any("Paragraph 30." in app.view.text_of(y) for y in range(24))
        await audit_of(app, pilot)
        await pilot.press("right_square_bracket", "y", "o")  # it opens at the case that was looked at
        assert app.followed == ["https://site3.example/page"]
        await pilot.press("left_square_bracket", "right_square_bracket", "s", "enter")
        await pilot.pause()
        assert "Third source" in app.reader.panels.card_title.text
        screen = await audit_of(app, pilot)
        await pilot.press("slash", *"source third")  # words in any order, as in every other list
        assert any("Third source" in "".join(part for part, _ in line) for line in screen.rows.items)
        await pilot.press("enter", "escape", "escape")
        assert app.screen is app.reader


async def test_an_audit_of_a_sound_report_says_so() -> None:
    document = sample()
    app = reader_of(replace(document, sources=document.sources[:2]))
    async with reading(app) as pilot:
        screen = await audit_of(app, pilot)
        assert "Every citation leads somewhere" in "".join(part for part, _ in screen.rows.items[0])
        said = "".join(text for text, _ in screen.query_one(StatusLine).compose_line(80))
        assert f"audit of {app.reader.detail.task.title}" in said
        assert said.endswith("40 citations ")


async def test_a_task_that_changed_is_read_again_only_when_its_report_did() -> None:
    app = reader_of(sample(20), text="short")
    async with reading(app) as pilot:
        app.reader._parse = lambda _: sample(40)
        app.engine = FakeEngine(detail_of("short"))
        app.reader.engine_changed(Flush(tasks={"t1": None}))
        await pilot.pause()
        assert len(app.view.book.document.citations) == 20
        app.engine = FakeEngine(detail_of("longer"))
        app.reader.engine_changed(Flush(tasks={"other": None}))
        app.reader.engine_changed(Flush(tasks={"t1": None}))
        while len(app.view.book.document.citations) != 40:
            await pilot.pause()
        assert top(app) == "A report"


async def test_a_line_can_be_given_to_begin_at() -> None:
    app = reader_of(sample(), line=87)
    async with reading(app):
        assert app.view.book.units[app.view.reading.top.unit].line == 85


async def test_a_word_can_be_given_to_search_for_from_there() -> None:
    app = reader_of(sample(), line=40, find="research")
    async with reading(app):
        found = app.view.reading
        assert found.hits > 1
        assert found.hit is not None
        assert app.view.book.units[found.hit.unit].line == 37  # the paragraph that holds line 40


async def test_tab_moves_to_the_card_which_then_scrolls_and_escape_leads_back() -> None:
    document = sample()
    long = replace(document.sources[0], snippet="A long snippet. " * 50)
    app = reader_of(replace(document, sources=(long, *document.sources[1:])))
    async with reading(app) as pilot:
        await pilot.press("right_square_bracket", "enter")
        for _ in range(3):  # the report makes room for the card, and keeps the citation in sight
            await pilot.pause()
        before = app.view.reading.top
        await pilot.press("tab", "j", "j", "space")
        card = app.reader.panels.card
        assert app.reader.focused is card
        assert card.reading.top > (0, 0)
        assert app.view.reading.top == before
        await pilot.press("escape", "j")
        assert app.focused is app.view
        assert app.view.reading.top > before


async def test_evidence_of_fields_is_walked_shown_and_leads_back_to_its_fields() -> None:
    cites = tuple(citation(str(number), f"https://site{number}.example/") for number in (1, 2, 1))
    blocks = (
        StructuredField(1, "a", 0, "a", (Span("x"), Span(" "), Span("[1]", cite=0), Span(" "), Span("[2]", cite=1))),
        StructuredField(2, "b", 0, "b", ()),
        StructuredField(3, "b.c", 1, "c", (Span("y"), Span(" "), Span("[1]", cite=2))),
    )
    sources = tuple(Entry(str(number), f"https://site{number}.example/", f"Source {number}") for number in (1, 2))
    app = reader_of(Document(blocks, cites, sources))
    async with reading(app) as pilot:
        await pilot.press("right_square_bracket", "right_square_bracket", "enter")
        await pilot.pause()
        assert app.reader.panels.card_title.text == "[2] place 1 of 1: Source 2"
        await pilot.press("right_square_bracket", "enter", "enter", "enter")
        assert app.view.reading.cite == 0
        assert app.messages[-1] == "place 1 of 2 that cite [1]"
        await pilot.press("T")
        assert app.reader.panels.has_class("-list")
        await pilot.press("G", "enter")
        assert app.view.reading.top == (1, 0) or app.view.reading.at_end


async def test_hints_lead_to_the_links_of_the_card_too() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        await pilot.press("right_square_bracket", "enter")
        await pilot.pause()
        await pilot.press("f")
        on_card = [
            letters for letters, (view, _, _) in app.reader.hints.spots.items() if view is app.reader.panels.card
        ]
        assert len(on_card) > 1  # its places have letters, too
        await pilot.press(on_card[0])
        assert app.followed == ["https://site1.example/page"]


async def test_before_there_is_anything_to_read_a_key_says_so() -> None:
    app = reader_of(sample())
    async with reading(app) as pilot:
        app.reader._loaded = False
        await pilot.press("right_square_bracket")
        assert app.messages == ["still reading the report"]
        assert app.view.reading.cite is None
        app.reader.tell()
        assert "%" not in state(app)


@pytest.mark.parametrize(("width", "cut"), [(60, True), (120, False)])
async def test_a_long_title_stands_over_the_report_and_leaves_room_for_the_section(width: int, cut: bool) -> None:
    app = reader_of(sample())
    app.reader.detail = replace(app.reader.detail, task=replace(app.reader.detail.task, title="A title " * 8))
    async with reading(app, (width, 24)):
        over = app.reader._header.compose_line(width)
        assert ("…" in "".join(text for text, _ in over)) is cut
        assert "".join(text for text, _ in over).count("› Part 1") == 1
        assert "1,500 words, 7 min, 40 citations" in state(app)


async def test_hours_of_reading_are_told_as_hours() -> None:
    app = reader_of(replace(sample(), words=89_008))
    async with reading(app, (120, 24)):
        assert "89,008 words, 6 h 27 min" in state(app)


async def test_a_report_without_anything_in_it_says_so() -> None:
    app = reader_of(replace(sample(), blocks=(), citations=(), sources=(), words=0))
    async with reading(app, (80, 24)):
        assert state(app).startswith("this report is empty")


async def test_what_a_move_changes_around_the_text_is_in_the_same_frame() -> None:
    blocks = [part for n in range(6) for part in (head(2 * n, 2, f"Part {n}"), para(2 * n + 1, f"{LOREM} {LOREM}"))]
    app = reader_of(Document(tuple(blocks)))
    async with reading(app):
        before = state(app)
        app.view.act(lambda reading: reading.page(1))
        assert state(app) != before, "told at once: a message would come after the frame"
