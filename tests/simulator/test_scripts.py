"""Scripts as pure functions of time: whatever moments one asks for, counters only grow and moves are legal."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.simulator.course import Course
from tui.simulator.extruct import scripts as extruct
from tui.simulator.tasks import Event
from tui.simulator.valyu import scripts as valyu
from tui.simulator.yutori import scripts as yutori

moments = st.lists(st.floats(0, 5000), min_size=2, max_size=30).map(sorted)
variety = st.floats(0.8, 1.2)
EXTRUCT_MOVES = {"created": {"in_progress", "done", "failed"}, "in_progress": {"done", "failed"}}
YUTORI_MOVES = {"queued": {"running", "succeeded", "failed"}, "running": {"succeeded", "failed"}}
VALYU_MOVES = {
    "queued": {"running", "awaiting_input", "paused", "completed", "failed", "cancelled"},
    "running": {"awaiting_input", "paused", "completed", "failed", "cancelled"},
    "awaiting_input": {"paused"},
}


def assert_legal(words: list[str], moves: dict[str, set[str]]) -> None:
    for before, after in pairwise(words):
        assert after == before or after in moves.get(before, set()), f"{before} -> {after}"


@given(st.sampled_from(sorted(extruct.SCRIPTS)), st.sampled_from(sorted(extruct.CEILINGS)), moments, variety)
def test_extruct_counters_only_grow_and_stay_within_the_budget(
    name: str, depth: str, times: list[float], stretch: float
) -> None:
    states = [extruct.state(extruct.SCRIPTS[name], depth, time, stretch) for time in times]
    for before, after in pairwise(states):
        assert before.iterations <= after.iterations
        assert before.agents <= after.agents <= extruct.CEILINGS[depth]
        assert before.sources <= after.sources
        assert before.changed <= after.changed
    assert_legal([state.status for state in states], EXTRUCT_MOVES)
    assert all(state.changed <= time for state, time in zip(states, times, strict=True))


@given(st.sampled_from(sorted(extruct.SCRIPTS)), st.sampled_from(sorted(extruct.CEILINGS)), moments)
def test_an_extruct_task_that_says_it_did_not_change_did_not(name: str, depth: str, times: list[float]) -> None:
    states = [extruct.state(extruct.SCRIPTS[name], depth, time) for time in times]
    for before, after in pairwise(states):
        if before.changed == after.changed:
            assert before == after


@pytest.mark.parametrize("depth", sorted(extruct.CEILINGS))
@pytest.mark.parametrize("name", sorted(extruct.SCRIPTS))
def test_every_extruct_script_ends_as_it_promises(name: str, depth: str) -> None:
    script = extruct.SCRIPTS[name]
    last = extruct.state(script, depth, 10_000)
    assert last.status == (script.end or "in_progress")
    assert last.changed == pytest.approx(
        script.queued + script.seconds * {"medium": 6, "high": 11, "xhigh": 17}[depth] / 6
    )


@given(st.sampled_from(sorted(yutori.SCRIPTS)), st.sampled_from(["deep", "fast"]), moments, variety, st.booleans())
def test_yutori_moves_forward_only(name: str, mode: str, times: list[float], stretch: float, structured: bool) -> None:
    script = yutori.SCRIPTS[name]
    states = [yutori.state(script, mode, time, structured=structured, variety=stretch) for time in times]
    assert_legal([state.status for state in states], YUTORI_MOVES)
    assert [state.share for state in states] == sorted(state.share for state in states)
    assert all((state.ended is None) == (state.status in YUTORI_MOVES) for state in states)


@given(st.sampled_from(sorted(yutori.SCRIPTS)), moments)
def test_the_light_status_is_never_ahead_of_the_task(name: str, times: list[float]) -> None:
    for time in times:
        now = yutori.state(yutori.SCRIPTS[name], "deep", time)
        assert yutori.light_status(now, time) in ("running", now.status)


@given(st.sampled_from(sorted(valyu.SCRIPTS)), st.sampled_from(sorted(valyu.STEPS)), moments, variety)
def test_valyu_moves_forward_only_and_progress_never_reaches_beyond_its_total(
    name: str, mode: str, times: list[float], stretch: float
) -> None:
    script = valyu.SCRIPTS[name]
    work = valyu.duration(script, mode, stretch)
    seen = [valyu.moment(script, work, time, stops=valyu.checkpoints(script, None)) for time in times]
    assert_legal([now.status for now in seen], VALYU_MOVES)
    assert [now.work for now in seen] == sorted(now.work for now in seen)
    steps = [valyu.progress(script, mode, now.work) or (0, 0) for now in seen]
    assert [step for step, _ in steps] == sorted(step for step, _ in steps)
    assert all(step < total or (step, total) == (0, 0) for step, total in steps)


@given(
    st.sets(st.sampled_from(sorted(valyu.CHECKPOINTS))),
    st.lists(st.floats(1, 900), min_size=4, max_size=4),
    st.floats(50, 600),
)
def test_a_task_whose_checkpoints_are_all_answered_completes_and_remembers_them(
    wanted: set[str], delays: list[float], patience: float
) -> None:
    script, work = valyu.SCRIPTS["standard"], 840.0
    stops = valyu.checkpoints(script, dict.fromkeys(wanted, True))
    events: list[Event] = []

    def stopped_at(kind: str, time: float) -> bool:
        now = valyu.moment(script, work, time, stops=stops, events=events, patience=patience)
        return now.interaction is not None and now.interaction.kind == kind

    for kind, delay in zip(stops, delays, strict=False):
        at = next(time for time in range(100_000) if stopped_at(kind, time))
        events.append(Event(at + delay, "respond", {"checkpoint": kind, "response": {"approved": True}}))
    end = valyu.moment(script, work, 100_000, stops=stops, events=events, patience=patience)
    assert end.status == "completed"
    assert [past.kind for past in end.history] == stops


@given(st.floats(0, 3000), st.floats(0, 3000))
def test_cancelling_is_final_and_freezes_the_work(at: float, later: float) -> None:
    script, work = valyu.SCRIPTS["plan-review"], 840.0
    before = valyu.moment(script, work, at, stops=["plan_review"])
    after = valyu.moment(script, work, at + later, stops=["plan_review"], events=[Event(at, "cancel")])
    assert (after.status, after.work, after.since) == ("cancelled", before.work, at)


def test_an_unanswered_checkpoint_pauses_the_task_for_ever() -> None:
    script = valyu.SCRIPTS["source-review"]
    opened = valyu.CHECKPOINTS["source_review"] * 1000
    for elapsed, status in ((opened + 299, "awaiting_input"), (opened + 301, "paused"), (1e9, "paused")):
        assert valyu.moment(script, 1000, elapsed, stops=["source_review"], patience=300).status == status


def test_an_answer_after_the_timeout_sends_the_task_through_the_queue() -> None:
    script = valyu.SCRIPTS["plan-review"]
    events = [Event(1000, "respond", {"checkpoint": "plan_review", "response": {"approved": True}})]
    words = [
        valyu.moment(script, 1000, at, stops=["plan_review"], events=events, patience=300).status
        for at in (999, 1001, 1020)
    ]
    assert words == ["paused", "queued", "running"]


def test_the_number_of_steps_can_change_half_way() -> None:
    script = valyu.SCRIPTS["replanned"]
    early, late = (valyu.progress(script, "standard", work) for work in (0.3, 0.7))
    assert early is not None
    assert late is not None
    assert early[1] < late[1]


def test_instant_tasks_have_no_progress() -> None:
    assert valyu.progress(valyu.SCRIPTS["standard"], "instant", 0.5) is None


@pytest.mark.parametrize("catalogue", [extruct.SCRIPTS, yutori.SCRIPTS, valyu.SCRIPTS])
def test_every_script_says_what_it_is_about(catalogue: dict[str, Course]) -> None:
    assert all(script.about for script in catalogue.values())
    assert len({script.about for script in catalogue.values()}) == len(catalogue)
