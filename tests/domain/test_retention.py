"""How long a provider keeps a task: its own word beats the rule, and nothing is invented."""

from datetime import UTC, datetime, timedelta

from tui.domain.detail import Detail
from tui.domain.retention import kept_until, retention_text
from tui.domain.task import Task, TaskStatus

MADE = datetime(2026, 3, 1, tzinfo=UTC)
TASK = Task("t", "p", status=TaskStatus.DONE, created_at=MADE, has_report=True)
DAY = timedelta(days=1)


def test_without_a_rule_or_a_word_of_the_provider_nothing_is_said() -> None:
    assert kept_until(TASK, None, Detail(TASK)) is None
    assert retention_text(TASK, None, MADE) == ""


def test_the_published_rule_counts_from_when_the_task_was_made() -> None:
    until = kept_until(TASK, 30 * DAY)
    assert until == MADE + 30 * DAY
    assert retention_text(TASK, until, until - 3 * DAY - timedelta(hours=4)).endswith("3 d 4 h from now")


def test_a_time_the_provider_tells_beats_its_rule() -> None:
    told = Detail(TASK, extra={"expires_at": "2026-03-02T00:00:00Z"})
    assert kept_until(TASK, 30 * DAY, told) == MADE + DAY
    assert kept_until(TASK, None, Detail(TASK, facts=(("expiresAt", "2026-03-03"),))) == MADE + 2 * DAY
    assert kept_until(TASK, None, Detail(TASK, extra={"expires_at": ["odd"]})) is None


def test_what_may_be_gone_there_is_said_together_with_what_is_kept_here() -> None:
    assert "may be gone there" in retention_text(TASK, MADE, MADE + DAY)
    assert retention_text(TASK, MADE, MADE + DAY).endswith("the report is kept here")
