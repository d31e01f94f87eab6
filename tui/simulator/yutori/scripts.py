"""The timeline of a Yutori task: pure functions from its script and age to its state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui.simulator.course import Course

_SECONDS = {"deep": 480.0, "fast": 180.0}
LIST_LAG = 20.0  # seconds by which the list is behind the task itself
BILLING = ("insufficient_prepaid_balance", "budget_exceeded", "subscription_inactive")
UNDOCUMENTED = ("billing_limit_reached", "rate_limit_exceeded")


@dataclass(frozen=True, slots=True)
class YutoriState:
    """The state of a task at one moment; `share` is how much of its work is done."""

    status: str
    share: float
    structure: str
    ended: float | None  # simulated seconds after creation, None while active


def _script(about: str, end: str = "succeeded", ends: float = 1.0, queued: float = 6.0, **traits: Any) -> Course:
    """Return a course that takes `ends` times as long as usual."""
    return Course(about, end, _SECONDS["deep"] * ends, queued, traits=traits)


SCRIPTS: Mapping[str, Course] = {
    "html": _script("an HTML result, the usual case"),
    "markdown": _script("a markdown result", markdown=True),
    "epoch-id": _script("the older form of task id: UUID-epochseconds", epoch_id=True),
    "waiting": _script("stays queued for five minutes", queued=300.0),
    "updates": _script("sends updates while it runs; the real service is only known to send none", updates=4),
    "structure-pending": _script("the structured part comes two minutes after the text", pending=120.0),
    "structure-failed": _script("the text is there, the structured part failed", structure="failed"),
    "bare": _script("only required members, update stamps in seconds, plain text", bare=True),
    "nothing": _script("succeeded with nothing to show", nothing=True),
    "failed-silent": _script("failed, and nothing tells why", "failed", 0.5),
    "slow": _script("takes three times as long as usual", ends=3.0),
    **{
        f"failed-{reason.replace('_', '-')}": _script(f"failed: {reason}", "failed", 0.05, rejection=reason)
        for reason in (*BILLING, *UNDOCUMENTED)
    },
    **{
        f"refused-{reason.replace('_', '-')}": _script(
            f"the create is answered with failed: {reason}", "failed", 0.0, 0.0, rejection=reason, refused=True
        )
        for reason in BILLING
    },
}


def working(script: Course, mode: str, variety: float = 1.0) -> float:
    """Simulated seconds from the start to the end of the text."""
    return script.seconds * variety * _SECONDS[mode] / _SECONDS["deep"]


def state(script: Course, mode: str, elapsed: float, *, structured: bool = False, variety: float = 1.0) -> YutoriState:
    """The state of a task `elapsed` seconds after its creation; `structured` says that a schema was sent."""
    now = script.at(elapsed, variety=variety * _SECONDS[mode] / _SECONDS["deep"])
    if not structured:
        structure = "not_requested"
    elif now.ended == "failed":
        structure = "failed"
    elif now.ended is None or elapsed < now.changed + script.traits.get("pending", 0.0):
        structure = "pending"
    else:
        structure = script.traits.get("structure", "succeeded")
    status = now.ended or ("running" if now.started else "queued")
    return YutoriState(status, now.share, structure, now.changed if now.ended else None)


def light_status(now: YutoriState, elapsed: float, lag: float = LIST_LAG) -> str:
    """The list's word: `running` covers queued tasks and those that just ended (tests/contracts/yutori.md 5)."""
    return now.status if now.ended is not None and elapsed >= now.ended + lag else "running"
