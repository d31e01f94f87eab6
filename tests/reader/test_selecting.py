"""What a selection copies."""

from textual.geometry import Offset

from tests.reader.documents import LOREM, bullets, flow_of, para
from tui.report.document import Code, Document, Quote, Span, Table, TableRow
from tui.ui.reader.layout.layout import Layout
from tui.ui.reader.layout.lines import LinePosition
from tui.ui.reader.selection import line_id, place_of, selected_text


def everything(flow: Layout) -> str:
    return selected_text(flow, None, None)


def test_filled_lines_are_one_sentence_again() -> None:
    assert everything(flow_of(Document((para(1, LOREM), para(2, "next"))), 40)) == f"{LOREM}\n\nnext"


def test_a_word_cut_in_two_is_whole_again() -> None:
    url = "https://example.org/" + "x" * 100
    assert everything(flow_of(Document((para(1, url),)), 40)) == url


def test_bullets_are_kept_and_margins_and_bars_are_not() -> None:
    document = Document((bullets(1, "one", LOREM), Quote(3, (para(3, LOREM),))))
    assert everything(flow_of(document, 200)) == f"• one\n• {LOREM}\n\n{LOREM}"


def test_code_keeps_its_lines() -> None:
    document = Document((Code(1, "a = 1\n\n  b = 2", "python"),))
    assert everything(flow_of(document)).split("\n")[2] == "  b = 2"


def test_cells_of_a_table_are_parted_by_tabs() -> None:
    table = Table(1, ((Span("a"),), (Span("b"),)), (TableRow(2, ((Span("1"),), (Span("2"),))),), ())
    assert everything(flow_of(Document((table,)))).splitlines()[-1].replace(" ", "") == "1\t2"


def test_a_part_of_a_line_is_counted_from_the_left_edge_of_the_screen() -> None:
    flow = flow_of(Document((para(1, "some words here"),)))
    text = selected_text(flow, Offset(2 + 5, line_id(LinePosition(0, 0))), Offset(2 + 10, line_id(LinePosition(0, 0))))
    assert text == "words"


def test_line_ids_sort_like_lines_and_can_be_read_back() -> None:
    places = [LinePosition(0, 0), LinePosition(0, 5), LinePosition(1, 0), LinePosition(70_000, 3)]
    ids = [line_id(place) for place in places]
    assert ids == sorted(ids)
    assert [place_of(number) for number in ids] == places
