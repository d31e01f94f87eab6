"""Charts in text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.documents import all_lines, para
from tui.domain.detail import Image, Series
from tui.report.document import Document
from tui.ui.reader.layout.charts import number
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.layout import Layout
from tui.ui.reader.layout.lines import Frame


def plot(chart: str, *series: Series, width: int = 60) -> list[str]:
    image = Image("i", "chart", "Growth of it all", None, chart, "year", "USD", series)
    flow = Layout(IndexedReport.of(Document((para(1, "text"),)), [image]), Frame.fit(width, 100))
    return [line.text for line in all_lines(flow)][2:]


def test_bars_are_as_long_as_their_values() -> None:
    lines = plot("bar", Series("s", (("a", 10.0), ("b", 5.0), ("c", 0.0))))
    assert lines[0] == "▣ Growth of it all"
    a, b, c = (line.count("█") for line in lines[1:4])
    assert a == pytest.approx(2 * b, abs=1)
    assert c == 0
    assert lines[1].endswith("10")
    assert "x: year" in lines[-1]
    assert "y: USD" in lines[-1]


def test_several_series_stand_side_by_side() -> None:
    lines = plot("bar", Series("x", (("a", 1.0), ("b", 2.0))), Series("y", (("a", 3.0), ("b", 4.0))))
    assert [line.split()[0:3:2] for line in lines[1:5]] == [["a", "x"], ["a", "y"], ["b", "x"], ["b", "y"]]


def test_a_curve_goes_from_the_lowest_to_the_highest_value() -> None:
    lines = plot("line", Series("s", (("2020", 1.0), ("2021", 2.0), ("2022", 4.0))))
    assert lines[1].strip().startswith("4 │")
    assert lines[8].strip().startswith("1 │")
    assert "2020" in lines[9]
    assert "2022" in lines[9]


def test_points_without_a_number_are_left_out() -> None:
    assert (
        len([line for line in plot("bar", Series("s", (("a", None), ("b", 2.0), ("c", math.nan)))) if "█" in line]) == 1
    )
    assert "no usable numbers" in plot("bar", Series("s", (("a", None),)))[1]


def test_a_bar_never_touches_its_number() -> None:
    assert plot("bar", Series("s", (("a", 43.0), ("b", 1.0))))[1].endswith("█ 43")


def test_many_bars_are_counted_not_drawn() -> None:
    assert "and 60 more values" in plot("bar", Series("s", tuple((str(n), 1.0) for n in range(100))))[-2]


@given(
    st.sampled_from(["bar", "line", "scatter", "pie", "unheard-of"]),
    st.lists(
        st.lists(st.tuples(st.text("abc日 ", max_size=30), st.none() | st.floats()), max_size=50).map(tuple),
        min_size=1,
        max_size=3,
    ),
    st.integers(20, 120),
)
def test_any_numbers_give_lines_that_fit(
    chart: str, points: list[tuple[tuple[str, float | None], ...]], width: int
) -> None:
    from tui.domain.cells import cell_len

    lines = plot(chart, *(Series(f"s{n}", tuple(one)) for n, one in enumerate(points)), width=width)
    assert lines
    assert all(cell_len(line) <= width for line in lines)


@pytest.mark.parametrize(
    ("value", "text"), [(1250.0, "1,250"), (0.351234, "0.3512"), (2.1e12, "2.1e+12"), (-3.0, "-3")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text
