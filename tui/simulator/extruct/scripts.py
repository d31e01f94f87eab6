"""What an Extruct task does over time: pure functions from its script and age to status and counters."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tui.simulator.course import Course

CEILINGS = {"medium": 25, "high": 50, "xhigh": 75}  # agents; tests/contracts/extruct.md 6
_MINUTES = {"medium": 6.0, "high": 11.0, "xhigh": 17.0}
_MEDIUM = _MINUTES["medium"] * 60


class Basis(StrEnum):
    """The ways in which a schema report may tie fields to sources; the true one is unpublished (extruct.md 7)."""

    PATHS = "paths"
    OBJECTS = "objects"
    RECORDS = "records"
    TREE = "tree"
    WRAPPED = "wrapped"


@dataclass(frozen=True, slots=True)
class ExtructState:
    """The state of a task at one moment, as the API tells it."""

    status: str
    iterations: int
    agents: int
    sources: int
    changed: float  # simulated seconds after creation at which it last changed


_REJECTED = (
    "The brief was rejected: it names no company, person or team to research. "
    "Suggestions: name the target and its web domain; say what you sell and which decision the report supports."
)


def _course(about: str, end: str | None = "done", ends: float = 1.0, *, created: float = 3.0, **traits: Any) -> Course:
    """Return a course that ends after a share of its depth's usual duration.

    Traits: `spends` (share of the agent budget that a whole run uses, 0.6), `reason` of a failure, `degradation`,
    `basis`, and `odd_ids` (source ids with gaps, and one marker that leads nowhere).
    """
    return Course(about, end, _MEDIUM * ends, queued=created, share=ends, traits=traits)


SCRIPTS: Mapping[str, Course] = {
    "done": _course("a clean run"),
    "thrifty": _course("done with a third of the budget", spends=0.32),
    "waiting": _course("stays created for five minutes before it starts", created=300),
    "degraded-budget": _course(
        "done, but stopped at its budget",
        spends=1.0,
        degradation=["Research stopped because the agent budget was used up before all questions were answered."],
    ),
    "degraded-agents": _course(
        "done, but some agents failed",
        degradation=["3 research agents failed; their findings are missing from the report."],
    ),
    "null-degradation": _course("done, with null where the list of reasons belongs", degradation=None),
    "odd-ids": _course("done; source ids have gaps and one marker leads nowhere", odd_ids=True),
    "basis-objects": _course("evidence as objects that hold the ids", basis=Basis.OBJECTS),
    "basis-records": _course("evidence as a list of records", basis=Basis.RECORDS),
    "basis-tree": _course("evidence as a tree like the fields", basis=Basis.TREE),
    "wrapped-fields": _course("fields wrapped as value, sources, reasoning", basis=Basis.WRAPPED),
    "rejected-brief": _course("failed within seconds: the brief is unusable", "failed", 0.02, reason=_REJECTED),
    "failed-credits": _course(
        "failed half way: credits ran out",
        "failed",
        0.55,
        spends=0.9,
        reason="Ran out of credits while the research was running. All charges were refunded.",
    ),
    "failed-internal": _course("failed: internal error", "failed", 0.3, reason="Internal error."),
    "failed-silent": _course("failed without a reason", "failed", 0.4),
    "stuck": _course("in progress for ever, counters standing still", None, 0.35),
}


def state(course: Course, depth: str, elapsed: float, variety: float = 1.0) -> ExtructState:
    """The state of a task `elapsed` seconds after its creation; `variety` stretches its time a little.

    Counters only grow, agents stay within the depth's ceiling, and nothing changes between two ticks. During planning
    they are 0, then agents work with several sources each.
    """
    now = course.at(elapsed, variety=variety * _MINUTES[depth] * 60 / _MEDIUM)
    research = max(0.0, now.share - 0.06) / 0.94
    agents = int(CEILINGS[depth] * course.traits.get("spends", 0.6) * research**1.15)
    iterations = int((3 + CEILINGS[depth] / 9) * research)
    status = now.ended or ("in_progress" if now.started else "created")
    return ExtructState(status, iterations, agents, int(agents * 3.4 + 2 * iterations), now.changed)
