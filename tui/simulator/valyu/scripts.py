"""The timeline of a Valyu task: a pure function from its script, age and history to its state.

Work stands still while a checkpoint waits for an answer, and for good once the task is cancelled.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.simulator.tasks import Event

CHECKPOINTS = {"planning_questions": 0.06, "plan_review": 0.14, "source_review": 0.72, "outline_review": 0.82}
STEPS = {"instant": 0, "fast": 10, "standard": 15, "heavy": 15, "max": 25}
WRITING = 0.9  # share of the work after which a task can no longer be steered
PATIENCE = 300.0  # real seconds before an unanswered checkpoint pauses the task
TERMINAL = frozenset({"completed", "failed", "cancelled"})
_SECONDS = {"instant": 20.0, "fast": 180.0, "standard": 840.0, "heavy": 2400.0, "max": 3480.0}
_REQUEUED = 8.0


@dataclass(frozen=True, slots=True)
class ValyuScript:
    """The timeline of one task."""

    about: str
    outcome: str = "completed"
    ends: float = 1.0  # share of the mode's usual duration
    queued: float = 0.0
    error: str | None = None
    partial: bool = True  # whether a failed task leaves part of its report
    steps: float = 0.6  # share of total_steps it needs
    replans: bool = False  # total_steps grows half way
    checkpoints: tuple[str, ...] = ()  # besides those the request asks for
    awkward: bool = False  # titles with line breaks, sources that lack members


@dataclass(frozen=True, slots=True)
class ScriptedInteraction:
    """One checkpoint: when it opened, and the answer if there was one (times in seconds after creation)."""

    kind: str
    opened: float
    answered: float | None = None
    response: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ValyuMoment:
    """The state of a task at one moment."""

    status: str
    work: float  # share of its work that is done, 0..1
    since: float  # seconds after creation at which the status began
    interaction: ScriptedInteraction | None = None
    history: tuple[ScriptedInteraction, ...] = ()


SCRIPTS = {
    "standard": ValyuScript("completes, at fewer steps than announced"),
    "thorough": ValyuScript("completes after nearly all steps", steps=0.95),
    "replanned": ValyuScript("the announced number of steps changes half way", replans=True, steps=0.8),
    "waiting": ValyuScript("queued for ten minutes: the organisation's limit is reached", queued=600),
    "awkward": ValyuScript("completes with titles and sources that trip careless readers", awkward=True),
    "failed": ValyuScript("fails half way and leaves nothing", "failed", 0.5, error="Research failed", partial=False),
    "failed-partial": ValyuScript(
        "fails late and leaves part of a report",
        "failed",
        0.8,
        error="The research run exceeded its time limit before the report was finished",
    ),
    "failed-early": ValyuScript(
        "fails at once", "failed", 0.02, error="None of the given URLs could be read", partial=False
    ),
    **{kind.replace("_", "-"): ValyuScript(f"waits for {kind}", checkpoints=(kind,)) for kind in CHECKPOINTS},
    "all-checkpoints": ValyuScript("stops at every checkpoint there is", checkpoints=tuple(CHECKPOINTS)),
}


def duration(script: ValyuScript, mode: str, variety: float = 1.0) -> float:
    """Simulated seconds of work, without queue and checkpoints."""
    return _SECONDS[mode] * variety * script.ends


def checkpoints(script: ValyuScript, wanted: Mapping[str, bool] | None) -> list[str]:
    """The checkpoints a task will stop at, in order."""
    return [kind for kind in CHECKPOINTS if (wanted or {}).get(kind) or kind in script.checkpoints]


def moment(
    script: ValyuScript,
    work_seconds: float,
    elapsed: float,
    *,
    stops: Sequence[str] = (),
    events: Iterable[Event] = (),
    patience: float = PATIENCE,
    delay: float = 0.0,
) -> ValyuMoment:
    """Return the state of a task `elapsed` seconds after creation.

    Args:
        script: The course of the task.
        work_seconds: How long its work takes (`duration`).
        elapsed: Its age.
        stops: Checkpoints it stops at (`checkpoints`).
        events: What clients did to it: "respond" and "cancel" count here.
        patience: Simulated seconds before an open checkpoint pauses the task.
        delay: Seconds in the queue besides the script's own.
    """
    known = [event for event in events if event.at <= elapsed]
    cancelled = next((event.at for event in known if event.kind == "cancel"), None)
    if cancelled is not None:
        before = [event for event in known if event.kind != "cancel"]
        stopped = moment(script, work_seconds, cancelled, stops=stops, events=before, patience=patience, delay=delay)
        return ValyuMoment("cancelled", stopped.work, cancelled, None, stopped.history)
    started = delay + script.queued
    if elapsed < started:
        return ValyuMoment("queued", 0.0, 0.0)
    return _walk(script, work_seconds, elapsed, stops=stops, known=known, patience=patience, clock=started)


def _walk(
    script: ValyuScript,
    work_seconds: float,
    elapsed: float,
    *,
    stops: Sequence[str],
    known: list[Event],
    patience: float,
    clock: float,
) -> ValyuMoment:
    """Advance from checkpoint to checkpoint; `clock` is the age at which work resumes."""
    share = 0.0
    history: tuple[ScriptedInteraction, ...] = ()
    answers = {event.data["checkpoint"]: event for event in known if event.kind == "respond"}
    for kind in stops:
        opens = clock + (CHECKPOINTS[kind] - share) * work_seconds
        if elapsed < opens:
            break
        share = CHECKPOINTS[kind]
        answer = answers.get(kind)
        if answer is None:
            status, since = ("awaiting_input", opens) if elapsed < opens + patience else ("paused", opens + patience)
            return ValyuMoment(status, share, since, ScriptedInteraction(kind, opens), history)
        history = (*history, ScriptedInteraction(kind, opens, answer.at, answer.data["response"]))
        clock = answer.at
        if answer.at >= opens + patience:
            clock += _REQUEUED
            if elapsed < clock:
                return ValyuMoment("queued", share, answer.at, None, history)
    work = share + max(0.0, elapsed - clock) / work_seconds
    if work >= 1.0:
        return ValyuMoment(script.outcome, 1.0, clock + (1.0 - share) * work_seconds, None, history)
    return ValyuMoment("running", work, clock, None, history)


def progress(script: ValyuScript, mode: str, work: float) -> tuple[int, int] | None:
    """(current step, total steps): absent in instant mode and in the first moments, short of the total at the end."""
    total = STEPS[mode]
    if not total or work < 0.03:
        return None
    last = min(total - 1, max(1, round(total * script.steps)))
    return min(last, 1 + int(work * last)), total - 4 if script.replans and work < 0.5 else total
