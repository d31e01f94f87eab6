"""Moving in a report."""

import sys
from itertools import pairwise
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.documents import LOREM, bullets, citation, head, para, reading_of, sample
from tui.report.document import Block, Document, Paragraph, Span, Table, TableRow
from tui.ui.reader.highlights import scroll_sideways
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import Frame, LinePosition
from tui.ui.reader.state import Anchor, ReaderState
from tui.ui.reader.status_line import state, where


def row_of_cite(reading: ReaderState) -> int:
    """The row on the screen of the current citation."""
    assert reading.cite is not None
    target = reading.book.cites[reading.cite]
    assert target is not None
    assert target.ref is not None
    return reading.window().index(LinePosition(target.unit, reading.flow.spot(target.unit, target.ref).row))


def text_at_top(reading: ReaderState) -> str:
    return reading.flow.line(reading.top).text


def calls_for_a_page(reading: ReaderState) -> int:
    """Turn a page, say where one is, and return how many functions of the program that took."""
    calls = 0

    def called(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        calls += event == "call" and "/tui/" in frame.f_code.co_filename

    sys.setprofile(called)
    try:
        reading.page(1)
        reading.window()
        if reading.heading is not None:
            reading.book.heading_text(reading.heading)
        where(reading, "", whole=True)
        state(reading)
    finally:
        sys.setprofile(None)
    return calls


def test_a_page_takes_the_same_work_in_a_report_of_any_length() -> None:
    """Counted, for a busy machine is slower with any of them; 130 KB and 1.3 MB."""
    calls_for_a_page(reading_of(sample(10)))  # what is kept of styles and widths is the same for both then
    short, long = (
        [calls_for_a_page(reading) for _ in range(5)] for reading in map(reading_of, map(sample, (600, 6000)))
    )
    assert short == long
    assert max(long) < 1000


def test_paging_to_the_end_and_back_shows_every_line_once_and_overlaps_by_one() -> None:
    reading = reading_of(sample())
    pages = [reading.window()]
    while not reading.at_end:
        reading.page(1)
        pages.append(reading.window())
    assert pages[-1][-1] == reading.flow.end
    assert all(one[-1] == other[0] for one, other in pairwise(pages[:-1]))
    for _ in pages:
        reading.page(-1)
    assert reading.top == LinePosition(0, 0)


def test_the_last_line_never_rises_above_the_bottom() -> None:
    reading = reading_of(sample())
    reading.scroll(10_000)
    assert reading.window()[-1] == reading.flow.end
    assert len(reading.window()) == reading.height


def test_a_short_report_does_not_scroll() -> None:
    reading = reading_of(Document((para(1, "short"),)))
    reading.scroll(5)
    assert reading.top == LinePosition(0, 0)
    assert reading.percent == 100


def test_every_citation_is_reached_in_order_and_lands_in_the_middle_third() -> None:
    reading = reading_of(sample())
    last_top = reading.flow.last_top(reading.height)
    for number in range(40):
        assert reading.next_cite()
        assert reading.cite == number
        if LinePosition(0, 0) < reading.top < last_top:
            assert reading.height // 3 <= row_of_cite(reading) < -(-2 * reading.height // 3)
    assert not reading.next_cite()
    for number in reversed(range(39)):
        assert reading.next_cite(-1)
        assert reading.cite == number
        if LinePosition(0, 0) < reading.top < last_top:
            assert reading.height // 3 <= row_of_cite(reading) < -(-2 * reading.height // 3)
    assert not reading.next_cite(-1)


def test_a_count_goes_several_citations_on_and_stops_at_the_last() -> None:
    reading = reading_of(sample())
    reading.next_cite(12)
    assert reading.cite == 11
    reading.next_cite(-3)
    assert reading.cite == 8
    reading.next_cite(1_000)
    assert reading.cite == 39
    assert reading.cite_number == 40


def test_after_scrolling_away_the_next_citation_is_the_next_one_here() -> None:
    reading = reading_of(sample())
    reading.next_cite()
    reading.to_end()
    reading.next_cite()
    assert reading.cite is not None
    assert reading.cite > 30
    reading.to_start()
    reading.next_cite(-1)
    assert reading.cite == 0


def test_a_report_without_citations_says_so() -> None:
    assert not reading_of(sample(cites=False)).next_cite()


def test_headings_come_to_the_top_one_by_one() -> None:
    reading = reading_of(sample())
    seen = []
    while reading.next_heading():
        seen.append(text_at_top(reading))
        if reading.at_end:
            break
    assert seen[:3] == ["Part 1", "Part 2", "Part 3"]
    reading.next_heading(-1)
    reading.next_heading(-2)
    assert text_at_top(reading).startswith("Part")
    reading.to_start()
    assert not reading.next_heading(-1)


def test_the_current_section_is_that_of_the_screen() -> None:
    reading = reading_of(sample())
    for _ in range(3):
        reading.next_heading()
    assert reading.heading == 3


def test_the_current_section_is_that_of_the_citation_or_hit_gone_to_while_it_is_seen() -> None:
    blocks: list[Block] = [head(1, 1, "Short")]
    for number in range(6):
        blocks += [head(2, 2, f"Part {number}"), para(3 + number, "text ", Span("[1]", cite=number))]
    reading = reading_of(Document(tuple(blocks), tuple(citation("1") for _ in range(6))))
    for part in range(1, 7):
        assert reading.next_cite()
        assert reading.heading == part, "on a screen that holds all of them, too"
    reading.search("Part 2", reading.anchor())
    assert reading.heading == 3
    reading.to_start()
    reading.cite, reading.at_hit = None, False
    window = reading.window()
    assert reading.heading == reading.book.heading_of(window[min(len(window) - 1, reading.height // 3)].unit)


def test_back_and_forward_return_to_the_exact_lines() -> None:
    reading = reading_of(sample())
    reading.scroll(7)
    tops = [reading.top]
    reading.to_end()
    tops.append(reading.top)
    reading.to_percent(50)
    tops.append(reading.top)
    reading.next_heading()
    assert reading.go_back()
    assert reading.top == tops[2]
    reading.go_back()
    assert reading.top == tops[1]
    reading.go_back()
    assert reading.top == tops[0]
    assert not reading.go_back()
    assert reading.go_forward()
    assert reading.top == tops[1]
    assert reading.go_forward()
    assert reading.top == tops[2]


def test_a_new_jump_forgets_what_was_ahead() -> None:
    reading = reading_of(sample())
    reading.to_end()
    reading.go_back()
    reading.to_percent(30)
    assert not reading.go_forward()


def test_walking_citations_is_one_jump_in_the_history() -> None:
    reading = reading_of(sample())
    reading.scroll(5)
    start = reading.top
    for _ in range(10):
        reading.next_cite()
    reading.go_back()
    assert reading.top == start


def test_history_is_bounded() -> None:
    reading = reading_of(sample(200))
    for number in range(500):
        reading.to_percent(number % 100)
    assert len(reading.back) <= 200


def test_marks_are_places() -> None:
    reading = reading_of(sample())
    reading.scroll(20)
    top = reading.top
    reading.set_mark("a")
    reading.to_end()
    assert reading.to_mark("a")
    assert reading.top == top
    assert not reading.to_mark("b")


@pytest.mark.parametrize("percent", [0, 25, 50, 99, 100, 250, -4])
def test_percentages_lead_to_that_part_of_the_text(percent: int) -> None:
    reading = reading_of(sample(100))
    reading.to_percent(percent)
    shown = reading.book.starts[reading.top.unit] / reading.book.starts[-1] * 100
    assert reading.at_end or abs(shown - max(0, percent)) < 3


@given(st.integers(0, 400), st.integers(30, 200), st.integers(5, 60))
def test_resizing_keeps_the_first_visible_line(rows: int, width: int, height: int) -> None:
    reading = reading_of(sample())
    reading.scroll(rows)
    unit, offset = reading.top.unit, reading.flow.offset_of(reading.top)
    reading.resize(Frame.fit(width, 100), height)
    if reading.at_end:
        return
    assert reading.top.unit == unit
    assert reading.top.row <= reading.flow.row_of(unit, offset) + 1  # the line under a heading has no text


def test_resizing_there_and_back_is_no_move() -> None:
    reading = reading_of(sample())
    reading.scroll(33)
    top = reading.top
    for width in [*range(79, 30, -7), *range(30, 160, 9), 80]:
        reading.resize(Frame.fit(width, 100), 40 if width > 80 else 24)
    assert reading.top == top


def test_growing_does_not_move_the_place() -> None:
    short, long = sample(10), sample(40)
    reading = reading_of(short)
    reading.scroll(12)
    before = [reading.flow.line(place).text for place in reading.window()[:15]]
    reading.replace(IndexedReport.of(long))
    assert [reading.flow.line(place).text for place in reading.window()[:15]] == before


def test_growing_keeps_search_citation_and_history() -> None:
    reading = reading_of(sample(10))
    reading.next_cite(3)
    reading.search("paragraph", reading.anchor())
    hits = reading.hits
    reading.replace(IndexedReport.of(sample(20)))
    assert reading.cite == 2
    assert reading.hits == 2 * hits
    assert reading.hit is not None
    assert reading.back


def test_a_hit_that_is_gone_is_forgotten() -> None:
    reading = reading_of(Document((para(1, "alpha beta"),)))
    reading.search("beta", reading.anchor())
    reading.replace(IndexedReport.of(Document((para(1, "alpha gamma"),))))
    assert reading.hit is None
    assert reading.hits == 0


def test_units_of_one_source_line_are_told_apart() -> None:
    blocks: list[Block] = [para(1, f"{number} {LOREM}") for number in range(30)]
    reading = reading_of(Document(tuple(blocks)))
    reading.scroll(25)
    text = text_at_top(reading)
    anchor = reading.anchor()
    reading.to_start()
    reading.restore(anchor)
    assert text_at_top(reading) == text


def test_an_anchor_of_a_longer_report_leads_as_near_as_possible() -> None:
    reading = reading_of(sample(5))
    reading.restore(Anchor(10_000, 40, 999, 7, 800))
    assert reading.cite is None
    assert reading.window()[-1] == reading.flow.end


def test_a_search_shows_the_first_hit_from_where_it_was_begun() -> None:
    reading = reading_of(sample())
    reading.to_percent(40)
    origin = reading.anchor()
    reading.search("paragraph 3", origin)
    assert reading.hit is not None
    assert reading.book.units[reading.hit.unit].text.startswith("Paragraph 3")
    assert any(place.unit == reading.hit.unit for place in reading.window())
    reading.search("", origin)
    assert reading.anchor() == origin
    assert reading.hit is None


def test_hits_go_around_the_ends() -> None:
    reading = reading_of(sample())
    reading.search("paragraph 1.", reading.anchor())
    first = reading.hit
    assert reading.next_hit()
    assert reading.hit == first
    assert reading.next_hit(-1)
    reading.search("nowhere to be found", reading.anchor())
    assert not reading.next_hit()


def test_a_line_of_the_text_is_found() -> None:
    reading = reading_of(sample())
    reading.to_line(45)
    lines = [reading.book.units[place.unit].line for place in reading.window()]
    assert 45 in lines


def test_citations_inside_one_long_paragraph_count_rows() -> None:
    spans: list[Span] = []
    for number in range(60):
        spans += [Span(f"{LOREM} "), Span(f"[{number}]", cite=number)]
    from tests.reader.documents import citation

    document = Document(
        (head(1, 1, "T"), Paragraph(2, tuple(spans)), bullets(3, "end")),
        tuple(citation(str(number), "https://a.example/") for number in range(60)),
    )
    reading = reading_of(document)
    reading.scroll(60)
    reading.next_cite()
    first = reading.cite
    assert first is not None
    assert 5 < first < 59
    assert row_of_cite(reading) < reading.height
    reading.scroll(-30)
    reading.next_cite(-1)
    assert reading.cite is not None
    assert reading.cite < first


def test_toc_of_nothing() -> None:
    reading = ReaderState(IndexedReport.of(Document(())), Frame.fit(80, 100), 24)
    assert reading.heading is None
    assert reading.cite_number is None
    assert not reading.next_heading()


WIDE_TABLE = Document(
    (
        Table(
            1,
            tuple((Span(f"Column-number-{n}"),) for n in range(12)),
            (TableRow(3, tuple((Span(f"needle{n}"), Span(" "), Span(f"[{n + 1}]", cite=n)) for n in range(12))),),
            (),
        ),
    ),
    tuple(citation(str(n + 1), "https://a.example/") for n in range(12)),
)


def seen(reader: ReaderState, row: int) -> str:
    """The text of a line of a wide table within the screen."""
    line = reader.flow.line(reader.window()[row])
    return "".join(
        run.text for run in scroll_sideways(line.runs, reader.shift, reader.flow.frame.width - line.indent - 1)
    )


def test_a_citation_beside_the_screen_is_scrolled_to_and_back() -> None:
    reader = reading_of(WIDE_TABLE, 60, 20)
    for number in range(12):
        assert reader.next_cite()
        assert f"[{number + 1}]" in seen(reader, 2)
    assert reader.next_cite(-11)
    assert "[1]" in seen(reader, 2)


def test_a_hit_beside_the_screen_is_scrolled_to() -> None:
    reader = reading_of(WIDE_TABLE, 60, 20)
    reader.search("needle9", reader.anchor())
    assert "needle9" in seen(reader, 2)
    reader.search("needle0", reader.anchor())
    assert "needle0" in seen(reader, 2)


def test_the_next_citation_after_a_search_is_the_one_behind_the_hit() -> None:
    reading = reading_of(sample())
    reading.next_cite()
    reading.search("paragraph 7", reading.anchor())
    assert reading.hit is not None
    reading.next_cite()
    target = reading.book.cites[reading.cite or 0]
    assert target is not None
    first = next(n for n, cite in enumerate(reading.book.cites) if cite is not None and cite.unit >= reading.hit.unit)
    assert reading.cite == first
    reading.search("paragraph 7", reading.anchor())
    reading.next_cite(-1)
    before = reading.book.cites[reading.cite]
    assert before is not None
    assert before.unit < reading.hit.unit
    reading.next_cite()
    assert reading.cite == first, "from a citation that was gone to the next one counts from there"
