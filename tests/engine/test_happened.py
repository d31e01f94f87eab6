"""The event log as people read it: newest first, nothing lost, equal problems counted."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tui.engine.api import LogEntry
from tui.engine.state.log_lines import newest_first

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def log(*told: tuple[str, str | None, str]) -> list[LogEntry]:
    return [
        LogEntry(NOW + timedelta(seconds=n), kind, text, f"t{n}", provider)
        for n, (kind, provider, text) in enumerate(told)
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["problem", "ended", "poll"]), st.sampled_from([None, "a", "b"]), st.sampled_from("xy")
        )
    )
)
def test_every_entry_is_counted_once_and_the_newest_comes_first(told: list[tuple[str, str | None, str]]) -> None:
    entries = log(*told)
    lines = newest_first(entries)
    assert sum(line.count for line in lines) == len(entries)
    assert [line.entry.at for line in lines] == sorted((line.entry.at for line in lines), reverse=True)
    kept = [entry for entry in entries if entry.kind != "problem"]
    assert [line.entry for line in lines if line.entry.kind != "problem"] == kept[::-1]


def test_a_night_without_a_network_is_one_line_for_each_provider() -> None:
    night = [("problem", provider, "cannot be reached") for _ in range(500) for provider in ("valyu", "yutori")]
    lines = newest_first(log(*night))
    assert [(line.entry.provider, line.count, line.since) for line in lines] == [
        ("yutori", 500, NOW + timedelta(seconds=1)),
        ("valyu", 500, NOW),
    ]
    assert lines[0].entry.task_id is None, "of several tasks it names none"


def test_how_long_to_wait_makes_no_other_problem() -> None:
    waits = [("problem", "valyu", f"asks to wait {seconds} s") for seconds in (3, 12, 30)]
    (line,) = newest_first(log(*waits))
    assert line.text.startswith("asks to wait 30 s (3 times since ")


def test_what_comes_after_a_network_that_came_back_is_a_line_of_its_own() -> None:
    told = ("problem", "valyu", "offline"), ("ended", "valyu", "done"), ("problem", "valyu", "offline")
    assert [line.count for line in newest_first(log(*told))] == [1, 1, 1]
