"""What an Extruct task does over time: pure functions from its script and age to status and counters."""

from dataclasses import dataclass, replace
from enum import StrEnum

CEILINGS = {"medium": 25, "high": 50, "xhigh": 75}  # agents; tests/contracts/extruct.md 6
_MINUTES = {"medium": 6.0, "high": 11.0, "xhigh": 17.0}


class Basis(StrEnum):
    """The ways in which a schema report may tie fields to sources; the true one is unpublished (extruct.md 7)."""

    PATHS = "paths"
    OBJECTS = "objects"
    RECORDS = "records"
    TREE = "tree"
    WRAPPED = "wrapped"


@dataclass(frozen=True, slots=True)
class ExtructScript:
    """The timeline of one task, in shares of its depth's usual duration and agent budget."""

    about: str
    outcome: str = "done"  # "done", "failed", or "stuck": in progress for ever
    ends: float = 1.0  # share of the usual duration after which that happens
    spends: float = 0.6  # share of the agent budget that a whole run uses
    created: float = 3.0  # seconds before anything happens
    reason: str | None = None
    degradation: tuple[str, ...] | None = ()
    basis: Basis = Basis.PATHS
    odd_ids: bool = False  # source ids with gaps, and one marker that leads nowhere


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
SCRIPTS = {
    "done": ExtructScript("a clean run"),
    "thrifty": ExtructScript("done with a third of the budget", spends=0.32),
    "waiting": ExtructScript("stays created for five minutes before it starts", created=300),
    "degraded-budget": ExtructScript(
        "done, but stopped at its budget",
        spends=1.0,
        degradation=("Research stopped because the agent budget was used up before all questions were answered.",),
    ),
    "degraded-agents": ExtructScript(
        "done, but some agents failed",
        degradation=("3 research agents failed; their findings are missing from the report.",),
    ),
    "null-degradation": ExtructScript("done, with null where the list of reasons belongs", degradation=None),
    "odd-ids": ExtructScript("done; source ids have gaps and one marker leads nowhere", odd_ids=True),
    "basis-objects": ExtructScript("evidence as objects that hold the ids", basis=Basis.OBJECTS),
    "basis-records": ExtructScript("evidence as a list of records", basis=Basis.RECORDS),
    "basis-tree": ExtructScript("evidence as a tree like the fields", basis=Basis.TREE),
    "wrapped-fields": ExtructScript("fields wrapped as value, sources, reasoning", basis=Basis.WRAPPED),
    "rejected-brief": ExtructScript("failed within seconds: the brief is unusable", "failed", 0.02, reason=_REJECTED),
    "failed-credits": ExtructScript(
        "failed half way: credits ran out",
        "failed",
        0.55,
        spends=0.9,
        reason="Ran out of credits while the research was running. All charges were refunded.",
    ),
    "failed-internal": ExtructScript("failed: internal error", "failed", 0.3, reason="Internal error."),
    "failed-silent": ExtructScript("failed without a reason", "failed", 0.4),
    "stuck": ExtructScript("in progress for ever, counters standing still", "stuck", 0.35),
}


def duration(script: ExtructScript, depth: str, variety: float = 1.0) -> float:
    """Simulated seconds from creation to the end (or, if stuck, to the standstill)."""
    return script.created + _MINUTES[depth] * 60 * variety * script.ends


def state(script: ExtructScript, depth: str, elapsed: float, variety: float = 1.0) -> ExtructState:
    """The state of a task `elapsed` seconds after its creation; `variety` stretches its time a little.

    Counters only grow, agents stay within the depth's ceiling, and nothing changes between two ticks.
    """
    if elapsed < script.created:
        return ExtructState("created", 0, 0, 0, 0.0)
    end = duration(script, depth, variety)
    whole = end - script.created
    tick = max(whole / 160, 0.5)
    worked = min((elapsed - script.created) // tick * tick, whole)
    if elapsed >= end and script.outcome != "stuck":
        return replace(_counters(script, depth, script.ends, end), status=script.outcome)
    return _counters(script, depth, script.ends * worked / whole, script.created + worked)


def _counters(script: ExtructScript, depth: str, share: float, changed: float) -> ExtructState:
    """Return the counters after `share` of a run: 0 during planning, then agents with several sources each."""
    research = max(0.0, share - 0.06) / 0.94
    agents = int(CEILINGS[depth] * script.spends * research**1.15)
    iterations = int((3 + CEILINGS[depth] / 9) * research)
    return ExtructState("in_progress", iterations, agents, int(agents * 3.4 + 2 * iterations), changed)
