"""One vocabulary: states, counters, costs, times."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.ui.fakes import NOW, default_states, task
from tui.domain.capability import ConnectionState
from tui.domain.cells import cell_len
from tui.domain.provider import AccountState
from tui.domain.task import Cost, Counter, TaskStatus, TotalKind
from tui.engine.api import LogEntry
from tui.engine.state.log_lines import LogLine
from tui.engine.state.transitions import ended_text
from tui.ui.dashboard import status
from tui.ui.dashboard.sections import section_of
from tui.ui.dashboard.task_list import TaskList
from tui.ui.dashboard.views import BUILT_IN, counts
from tui.ui.log.log_rows import entry_lines, log_line
from tui.ui.text import formatting


def test_every_state_has_its_own_glyph_beside_the_word() -> None:
    assert formatting.STATUS.keys() == set(TaskStatus)
    assert len({glyph for glyph, _ in formatting.STATUS.values()}) == len(TaskStatus)
    assert formatting.LINK.keys() == set(ConnectionState)


@pytest.mark.parametrize(
    ("counter", "long", "short"),
    [
        (Counter(3, 10, TotalKind.ESTIMATE), "3 of about 10 steps", "3/~10 steps"),
        (Counter(12, 25, TotalKind.CEILING), "12 of at most 25 steps", "12/≤25 steps"),
        (Counter(4, 4), "4 of 4 steps", "4/4 steps"),
        (Counter(1480), "1,480 steps", "1,480 steps"),
        (Counter(3, 0), "3 steps", "3 steps"),
    ],
)
def test_a_counter_says_what_its_total_means(counter: Counter, long: str, short: str) -> None:
    assert formatting.counter_text("steps", counter) == long
    assert formatting.counter_short("steps", counter) == short


def test_calls_of_mcp_tools_are_told_from_all_calls() -> None:
    assert formatting.counter_text("mcp_tool_calls", Counter(1)) == "1 MCP tool call"
    assert formatting.counter_short("mcp_tool_calls", Counter(93)) == "93 MCP tool calls"


def test_the_full_stop_of_a_title_does_not_stand_before_what_became_of_it() -> None:
    assert ended_text(task(1, TaskStatus.DONE, title="Find every statement.")) == "Find every statement is done"


def test_the_providers_word_is_shown_only_where_it_says_more() -> None:
    assert formatting.provider_word(task(1, provider_status="RUNNING")) == ""
    assert formatting.provider_word(task(1, provider_status="awaiting_input")) == "awaiting_input"


def test_an_orphan_is_not_said_to_run() -> None:
    assert formatting.status_word(task(1, TaskStatus.QUEUED, remote_id=None)) == "unsent?"


def test_a_task_of_which_only_the_id_is_known_is_not_said_to_run() -> None:
    model = TaskList()
    model.apply({"a": task(1, TaskStatus.UNKNOWN, id="a"), "b": task(2, TaskStatus.RUNNING, id="b")})
    assert counts(model)["Running"] == 1
    assert formatting.window_title(model.tasks.values()) == "divewatch: 1 running"
    assert [section_of(one, NOW.date()) for one in model.tasks.values()] == ["unknown", "running"]
    assert formatting.status_word(replace(model.tasks["a"], provider_status="")) == "unknown yet"
    assert formatting.status_word(replace(model.tasks["a"], provider_status="asleep")) == "unknown"


@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [
        ("ended", TaskStatus.DONE, "✓ done"),
        ("ended", TaskStatus.PARTIAL, "≈ partial"),
        ("ended", TaskStatus.CANCELLED, "– cancelled"),
        ("failed", TaskStatus.FAILED, "✗ failed"),
        ("waiting", TaskStatus.WAITING, "◆ waits"),
        ("poll", None, "· asked"),
        ("list", None, "· looked"),
    ],
)
def test_the_log_calls_a_state_as_the_list_does_and_no_request_by_its_name(
    kind: str, status: TaskStatus | None, told: str
) -> None:
    one = task(1, status) if status else None
    entry = LogEntry(NOW, kind, ended_text(one) if one else "slept 3 s", one.id if one else None, "valyu")
    said = "".join(text for text, _ in log_line(LogLine(entry), one, NOW, 80, 8))
    assert f"{told} " in said
    assert " Valyu " in said


def test_the_log_says_a_reason_without_the_code_in_front_of_it() -> None:
    one = task(1, TaskStatus.FAILED, error="rate_limit_exceeded: Rate limit reached")
    entry = LogEntry(NOW, "failed", ended_text(one), one.id, "openai")
    said = "".join(text for text, _ in log_line(LogLine(entry), one, NOW, 120, 8))
    assert said.rstrip().endswith("  Rate limit reached")


def test_an_entry_is_told_as_a_whole_once_without_its_title() -> None:
    one = task(1, TaskStatus.FAILED, error="Rate limit reached. Try again in 20 s.", cost=Cost(0.5, "USD"))
    title, lines = entry_lines(LogLine(LogEntry(NOW, "failed", ended_text(one), one.id, "openai")), one, 60)
    said = "\n".join("".join(text for text, _ in line) for line in lines)
    assert title == one.title
    assert one.title not in said
    assert said.count("Rate limit reached") == 1
    assert "✗ failed  $0.50" in said
    assert "Find out everything" in said
    title, lines = entry_lines(LogLine(LogEntry(NOW, "poll", "slept 3 s", None, "valyu")), None, 60)
    assert (title, "slept 3 s" in str(lines)) == ("asked", True)


@pytest.mark.parametrize("width", [80, 120])
def test_the_log_names_the_task_of_what_one_did(width: int) -> None:
    one = task(1, TaskStatus.RUNNING, title="Grid-scale electricity storage")
    entry = LogEntry(NOW, "action", "respond: answer sent", one.id, "valyu")
    said = "".join(text for text, _ in log_line(LogLine(entry), one, NOW, width, 8))
    assert "Grid-scale" in said
    assert said.endswith("  respond: answer sent")


def test_the_log_names_a_service_once() -> None:
    entry = LogEntry(NOW, "problem", "Yutori: a.example refuses connections", None, "yutori")
    said = "".join(text for text, _ in log_line(LogLine(entry), None, NOW, 80, 8))
    assert said.count("Yutori") == 1
    assert "  a.example refuses connections" in said


def test_the_log_does_not_count_to_zero() -> None:
    one = task(1, TaskStatus.DONE, citations=0, sources=16)
    entry = LogEntry(NOW, "ended", ended_text(one), one.id, "valyu")
    said = "".join(text for text, _ in log_line(LogLine(entry), one, NOW, 120, 8))
    assert "16 src" in said
    assert " cit" not in said


def test_times_are_said_from_where_one_stands() -> None:
    assert formatting.ago(NOW - timedelta(seconds=12), NOW) == "12 s ago"
    assert formatting.ago(NOW + timedelta(seconds=12), NOW) == "in 12 s"
    assert formatting.ago(None, NOW) == "never"


def test_a_task_that_took_no_known_time_says_nothing() -> None:
    assert formatting.took_text(task(1, created_at=None), NOW) == ""
    assert formatting.took_text(task(1, TaskStatus.DONE, finished_at=None), NOW) == ""
    assert formatting.took_text(task(1, created_at=NOW + timedelta(hours=1)), NOW) == "0 s"


def test_the_link_says_when_the_next_try_is() -> None:
    state = replace(default_states()[0], link=ConnectionState.RATE_LIMITED, next_try=NOW + timedelta(seconds=12))
    assert formatting.link_text(state, NOW) == "rate limited, next try in 12 s"
    assert formatting.link_text(state, NOW + timedelta(seconds=12)) == "rate limited, next try now"
    assert formatting.link_text(replace(state, link=ConnectionState.OK), NOW) == "ok"


def test_a_balance_is_shown_only_where_one_is_told() -> None:
    state = default_states()[0]
    assert formatting.balance_text(state) == ""
    assert (
        formatting.balance_text(replace(state, balance=AccountState(remaining=4120, unit="credits"))) == "4,120 credits"
    )
    assert (
        formatting.balance_text(replace(state, balance=AccountState(remaining=38, limit=100, unit="requests")))
        == "38 of 100 requests"
    )


def test_the_window_title_counts_what_is_under_way() -> None:
    tasks = [task(1), task(2), task(3, TaskStatus.WAITING), task(4, TaskStatus.DONE)]
    assert formatting.window_title(tasks, 1) == "divewatch: 2 running, 1 waits for you, 1 new"
    assert formatting.window_title([]) == "divewatch"


def test_tab_status_line_and_window_title_count_the_same_as_running() -> None:
    model = TaskList()
    tasks = {one.id: one for one in (task(number, state) for number, state in enumerate(TaskStatus))}
    model.apply(tasks)
    running = counts(model)["Running"]
    assert f"● {running} running" in "".join(text for text, _ in status.right(model.statuses, "", paused=False))
    assert f"{running} running" in formatting.window_title(tasks.values())
    view = next(one for one in BUILT_IN if one.name == "Running")
    model.set_filter(view.filter)
    assert model.listed == running


@pytest.mark.parametrize("status", TaskStatus)
def test_every_end_can_be_told(status: TaskStatus) -> None:
    assert ended_text(task(1, status)).startswith("Task number 1 ")


def test_a_long_title_is_cut_so_that_what_became_of_the_task_is_seen() -> None:
    long = task(1, TaskStatus.FAILED, title="日本の緊急地震速報" * 9, error="ran out of credits")
    assert ended_text(long).startswith("日本の緊急地震速報日本")
    told = ended_text(long, 20)
    assert told.endswith("… failed: ran out of credits")
    assert cell_len(told.partition(" failed")[0]) <= 20
    assert ended_text(task(1, TaskStatus.DONE), 20) == "Task number 1 is done"


def test_an_account_that_is_offline_says_since_when_and_when_it_is_tried_again() -> None:
    state = replace(
        default_states()[0],
        link=ConnectionState.OFFLINE,
        last_ok=NOW - timedelta(minutes=5),
        next_try=NOW + timedelta(seconds=12),
    )
    hour = (NOW - timedelta(minutes=5)).astimezone().strftime("%H:%M")
    assert formatting.link_text(state, NOW) == f"offline since {hour}, next try in 12 s"
    assert formatting.link_text(replace(state, last_ok=None), NOW) == "offline, next try in 12 s"
    yesterday = replace(state, last_ok=NOW - timedelta(days=1))
    assert (NOW - timedelta(days=1)).astimezone().strftime("%d %b") in formatting.link_text(yesterday, NOW)


def test_what_a_task_cost_is_not_cut_in_the_log() -> None:
    one = task(1, TaskStatus.DONE, citations=59, sources=25, cost=Cost(0.33, "USD", at_least=0.32))
    entry = LogEntry(NOW, "ended", ended_text(one), one.id, "openai")
    said = "".join(text for text, _ in log_line(LogLine(entry), one, NOW, 80, 8))
    assert said.endswith("59 cit  25 src  $0.32-0.33")


def test_news_of_a_failure_says_the_reason_without_its_code() -> None:
    assert ended_text(task(1, TaskStatus.FAILED, error="rate_limit_exceeded: Too many")).endswith("failed: Too many")
