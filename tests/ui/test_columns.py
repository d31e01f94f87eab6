"""The cells of the table: what they say, how they fit, what gives way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.fakes import COUNTERS, NOW, task
from tui.domain.task import Cost, CostKind, Counter, Task, TaskStatus, TotalKind
from tui.ui.dashboard import columns
from tui.ui.text.lines import Line, line_width

TASKS = [
    task(1, counters=COUNTERS, sources=41, cost=Cost(1.2, "USD", CostKind.PRICE_LIST)),
    task(2, TaskStatus.WAITING, title="固态电池的商业化进程" * 5),
    task(3, TaskStatus.FAILED, error="no credits left", cost=Cost(12, "credits", CostKind.CREDITS)),
    task(4, TaskStatus.DONE, citations=148, account="work"),
]


def text(line: Line) -> str:
    return "".join(piece for piece, _ in line)


def row(one: Task, width: int) -> str:
    widths = columns.lay_out(width, columns.needed([*TASKS, one], NOW))
    return text(columns.joined(columns.row_cells(one, widths, NOW), (("  ", "plain"),), columns.gap_of(width)))


@given(st.integers(40, 200), st.sampled_from(TASKS))
def test_every_row_is_exactly_as_wide_as_the_table(width: int, one: Task) -> None:
    widths = columns.lay_out(width, columns.needed(TASKS, NOW))
    line = columns.joined(columns.row_cells(one, widths, NOW), (("  ", "plain"),), columns.gap_of(width))
    assert line_width(line) == width
    assert line_width(columns.head_line(widths, columns.gap_of(width), sort="newest", reverse=False)) == width


@given(st.integers(40, 200))
def test_spans_are_where_the_cells_are(width: int) -> None:
    widths = columns.lay_out(width, columns.needed(TASKS, NOW))
    places = columns.spans(widths, columns.gap_of(width))
    line = row(TASKS[0], width)
    x, wide = places.get("status") or places["glyph"]
    assert line[x : x + wide].startswith("● running" if "status" in places else "●")


@pytest.mark.parametrize("shown", [columns.COLUMNS, columns.SECTIONED])
def test_all_columns_but_the_mode_stand_at_80_cells_and_none_goes_when_it_gets_wider(
    shown: Sequence[columns.Column],
) -> None:
    needs = columns.needed(TASKS, NOW)
    assert list(columns.lay_out(80, needs, shown)) == [one.name for one in shown if one.name != "mode"]

    def names(width: int) -> set[str]:
        return {"status" if name == "glyph" else name for name in columns.lay_out(width, needs, shown)}

    for width in range(60, 200):
        assert names(width) <= names(width + 1)


@pytest.mark.parametrize("shown", [columns.COLUMNS, columns.SECTIONED, columns.BY_TIME])
def test_beside_the_detail_at_120_cells_no_column_is_missing_that_80_cells_have(
    shown: Sequence[columns.Column],
) -> None:
    needs = columns.needed(TASKS, NOW) | {"cost": 11}
    assert {"cost", "title", "provider", "progress"} <= columns.lay_out(76, needs, shown).keys()


def test_beside_the_detail_at_100_cells_the_time_left_is_seen() -> None:
    needs = columns.needed(TASKS, NOW) | {"cost": 11, "provider": 10, "time": 9}
    assert "time" in columns.lay_out(57, needs, columns.SECTIONED)


def test_what_a_wider_screen_has_more_goes_to_the_titles() -> None:
    needs = columns.needed(TASKS, NOW)
    titles = [columns.lay_out(width, needs, columns.SECTIONED)["title"] for width in (76, 106, 127)]
    assert titles == sorted(set(titles)), titles


def sectioned(one: Task, width: int = 80, ask: columns.PendingQuestion | None = None) -> str:
    widths = columns.lay_out(width, columns.needed([one], NOW), columns.SECTIONED)
    return text(columns.joined(columns.row_cells(one, widths, NOW, ask=ask), (), columns.gap_of(width)))


@pytest.mark.parametrize(
    ("deadline", "left"),
    [(NOW + timedelta(seconds=213), "3:33"), (NOW - timedelta(seconds=1), "late"), (None, "on hold")],
)
def test_a_waiting_row_says_what_is_asked_and_how_long_one_can_answer(deadline: datetime | None, left: str) -> None:
    line = sectioned(task(2, TaskStatus.WAITING), ask=columns.PendingQuestion("plan", deadline))
    assert " plan " in line
    assert left in line


@pytest.mark.parametrize("ask", [None, columns.PendingQuestion("act there", here=False)])
def test_a_waiting_row_shows_no_time_that_reads_as_the_time_left(ask: columns.PendingQuestion | None) -> None:
    assert ":" not in sectioned(task(2, TaskStatus.WAITING, title="waits"), ask=ask)


def test_a_finished_row_says_when() -> None:
    here = NOW.astimezone()
    assert f"{here:%H:%M}" in sectioned(task(1, TaskStatus.DONE))
    assert "1 Oct" in sectioned(task(1, TaskStatus.DONE, finished_at=NOW.replace(month=10, day=1)))
    assert "2024" in sectioned(task(1, TaskStatus.DONE, finished_at=NOW.replace(year=2024, month=6)))


@pytest.mark.parametrize("status", [TaskStatus.QUEUED, TaskStatus.CANCELLED, TaskStatus.EXPIRED, TaskStatus.CANCELLING])
def test_a_state_that_no_section_names_stands_in_the_row(status: TaskStatus) -> None:
    assert status.value in sectioned(task(1, status))


def test_a_report_is_told_by_its_citations_and_sources() -> None:
    assert "34 cit  26 src" in sectioned(task(1, TaskStatus.DONE, citations=34, sources=26), 76)


def test_narrow_tables_keep_state_and_title_longest() -> None:
    assert list(columns.lay_out(44, columns.needed(TASKS, NOW))) == [
        "status",
        "title",
    ] or "progress" in columns.lay_out(44, {})
    assert "cost" not in columns.lay_out(60, columns.needed(TASKS, NOW))
    assert "title" in columns.lay_out(30, columns.needed(TASKS, NOW))


def test_a_running_row_says_how_far_and_what_the_total_means() -> None:
    line = row(TASKS[0], 120)
    assert "3/~10 steps" in line
    assert "1:00" in line
    assert "≤$1.20" in line


def test_a_narrow_cell_says_the_same_shorter_instead_of_cutting() -> None:
    assert "3/~10" in row(TASKS[0], 80)
    assert "3/~10…" not in row(TASKS[0], 80)


def test_failed_waiting_and_done_say_what_matters() -> None:
    assert "no credits left" in row(TASKS[2], 140)
    assert "your answer" in row(TASKS[1], 100)
    assert "148 citations" in row(TASKS[3], 140)
    assert "Valyu:work" in row(task(3, TaskStatus.DONE, account="work"), 140)


def test_a_ceiling_is_not_a_measured_total() -> None:
    assert "12/≤25 agents" in row(task(1, counters={"agents": Counter(12, 25, TotalKind.CEILING)}), 140)


def test_progress_without_a_total_has_no_bar() -> None:
    line = row(task(1, counters={"pages": Counter(148)}), 140)
    assert "148 pages" in line
    assert "░" not in line


@pytest.mark.parametrize("counter", [Counter(5, 0), Counter(5, -3), Counter(140, 10)])
def test_impossible_totals_invent_no_percentage(counter: Counter) -> None:
    line = row(task(1, counters={"steps": counter}), 140)
    assert "%" not in line
    assert line.count("█") <= 5


def test_the_header_shows_what_the_list_is_sorted_by() -> None:
    widths = columns.lay_out(120, columns.needed(TASKS, NOW))
    assert "title▾" in text(columns.head_line(widths, 2, sort="title", reverse=False))
    assert "title▴" in text(columns.head_line(widths, 2, sort="title", reverse=True))


def test_a_list_in_the_order_of_durations_shows_durations() -> None:
    done = task(1, TaskStatus.DONE, created_at=NOW - timedelta(hours=3), finished_at=NOW - timedelta(hours=1))
    by_time = columns.lay_out(120, columns.needed([done], NOW), columns.BY_TIME)
    assert "took▾" in text(columns.head_line(by_time, 2, sort="time", reverse=False))
    assert text(columns.row_cells(done, by_time, NOW)["took"]).strip() == "2:00:00"
    assert text(columns.group_cells("Both", [done, done], by_time, NOW)["took"]).strip() == "2:00:00"
    other = columns.lay_out(120, columns.needed([done], NOW))
    assert text(columns.row_cells(done, other, NOW)["time"]).strip() != "2:00:00"


def test_a_group_counts_states_and_does_not_add_different_kinds_of_cost() -> None:
    widths = columns.lay_out(120, columns.needed(TASKS, NOW))
    cells = columns.group_cells("Both", [TASKS[0], TASKS[2]], widths, NOW)
    assert "2 tasks" in text(cells["status"])
    assert "●1 ✗1" in text(cells["progress"])
    assert "several" in text(cells["provider"])
    assert "mixed" in text(cells["cost"])
    same = columns.group_cells("Same", [TASKS[0], TASKS[0]], widths, NOW)
    assert "≤$2.40" in text(same["cost"])
    counted = Cost(25, "credits", CostKind.CREDITS)
    both = [replace(TASKS[0], provider=name, cost=counted) for name in ("extruct", "tavily")]
    assert "mixed" in text(columns.group_cells("Credits", both, widths, NOW)["cost"])
    assert "50 cr" in text(columns.group_cells("Credits", both[:1] * 2, widths, NOW)["cost"])


def test_warnings_are_marked_in_the_title() -> None:
    assert "! Task number 1" in row(task(1, warnings=("odd",)), 120)


def test_a_reason_begins_with_its_words_not_with_the_code_of_a_service() -> None:
    said = "rate_limit_exceeded: Rate limit reached"
    assert "Rate limit" in row(task(0, TaskStatus.FAILED, error=said), 80)
    assert "rate_limit" not in row(task(0, TaskStatus.FAILED, error=said), 80)
    assert "server_error" in row(task(0, TaskStatus.FAILED, error="server_error"), 80)


def test_a_count_that_is_cut_still_says_what_is_counted() -> None:
    narrow = columns.set_cell(columns._progress(task(0, counters={"tool_calls": Counter(18)}), NOW), 8)
    assert text(narrow) == "18 calls"
    total = columns.set_cell(
        columns._progress(task(0, counters={"tool_calls": Counter(8, 40, TotalKind.CEILING)}), NOW), 6
    )
    assert text(total) == "8/≤40 "


def test_what_was_measured_of_a_task_that_is_over_is_not_measured_again() -> None:
    kept: columns.Measured = {}
    needs = columns.needed(TASKS, NOW, kept)
    assert columns.needed(TASKS, NOW, kept) == needs == columns.needed(TASKS, NOW)
    assert set(kept) == {one.id for one in TASKS if one.status.is_final}
    over = next(one for one in TASKS if one.status.is_final)
    kept[over.id] = (over, (99,) * len(kept[over.id][1]))
    assert max(columns.needed(TASKS, NOW, kept).values()) == 99
    assert columns.needed([replace(over, title="new")], NOW, kept) == columns.needed([over], NOW)
