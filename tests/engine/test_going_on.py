"""Tasks that go on as another one: the plan that was approved, and the answer that could not be sent."""

from pathlib import Path

import pytest

from tests.engine.sockets import WAIT, Events, accounts, running
from tui.domain.actions import Approve
from tui.domain.errors import UsageError
from tui.domain.provider import Draft
from tui.domain.task import Task, TaskStatus
from tui.engine.runtime import Runtime
from tui.simulator.server import Simulator

PLANNED = Draft("How did the railway reach the coast?", options={"collaborative_planning": True})


def planned(runtime: Runtime, events: Events) -> Task:
    task = runtime.create("gemini", PLANNED).result(WAIT)

    def waits() -> bool:
        now = runtime.task(task.id)
        return now is not None and now.status is TaskStatus.WAITING

    events.until(waits)
    return task


def test_a_plan_that_was_approved_waits_no_longer_though_its_answer_stays_the_same(tmp_path: Path) -> None:
    with (
        Simulator(speed=200) as simulator,
        running(tmp_path / "archive.db", accounts(simulator, ["gemini"], cadence=0.1), watch=True) as (
            archive,
            runtime,
        ),
    ):
        events = Events(runtime)
        plan = planned(runtime, events)
        outcome = runtime.act(plan.id, Approve("deep-research-preview-04-2026", approved=True)).result(WAIT)
        assert outcome.successor is not None
        after = runtime.task(plan.id)
        assert after is not None
        assert (after.status, after.warnings) == (TaskStatus.DONE, ())
        assert archive.task(plan.id).status is TaskStatus.DONE
        research = runtime.task(outcome.successor.id)
        assert research is not None
        assert (research.prompt, research.parent_id) == (PLANNED.prompt, after.remote_id)

        def ended() -> bool:
            now = runtime.task(research.id)
            return now is not None and now.has_report

        events.until(ended)
        last = runtime.task(research.id)
        assert last is not None
        assert last.prompt == PLANNED.prompt, "the consent to a plan is no brief"


def test_an_answer_that_could_not_be_sent_leaves_no_row(tmp_path: Path) -> None:
    with (
        Simulator(speed=200) as simulator,
        running(tmp_path / "archive.db", accounts(simulator, ["gemini"], cadence=0.1), watch=True) as (
            archive,
            runtime,
        ),
    ):
        events = Events(runtime)
        plan = planned(runtime, events)
        with pytest.raises(UsageError, match="nothing to refuse"):
            runtime.act(plan.id, Approve("deep-research-preview-04-2026", approved=False)).result(WAIT)
        assert [task.id for task in archive.tasks()] == [plan.id]
        assert len(simulator.creates()) == 1
