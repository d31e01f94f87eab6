"""The timeline of a Yutori task: pure functions from its script and age to its state."""

from dataclasses import dataclass

_MINUTES = {"deep": 8.0, "fast": 3.0}
LIST_LAG = 20.0  # seconds by which the list is behind the task itself
BILLING = ("insufficient_prepaid_balance", "budget_exceeded", "subscription_inactive")
UNDOCUMENTED = ("billing_limit_reached", "rate_limit_exceeded")


@dataclass(frozen=True, slots=True)
class YutoriScript:
    """The timeline of one task."""

    about: str
    outcome: str = "succeeded"
    ends: float = 1.0  # share of the mode's usual duration
    queued: float = 6.0
    rejection: str | None = None
    refused: bool = False  # the create itself answers "failed"
    updates: int = 0  # while running; the real service is only known to send none
    markdown: bool = False
    structure: str = "succeeded"  # what becomes of the structured part, if one is asked for
    pending: float = 0.0  # seconds the structured part comes later than the text
    bare: bool = False  # nothing but the required members, time stamps in seconds
    nothing: bool = False  # succeeded with nothing to show
    epoch_id: bool = False  # task id as UUID-epochseconds


@dataclass(frozen=True, slots=True)
class YutoriState:
    """The state of a task at one moment; `share` is how much of its work is done."""

    status: str
    share: float
    structure: str
    ended: float | None  # simulated seconds after creation, None while active


SCRIPTS = {
    "html": YutoriScript("an HTML result, the usual case"),
    "markdown": YutoriScript("a markdown result", markdown=True),
    "epoch-id": YutoriScript("the older form of task id", epoch_id=True),
    "waiting": YutoriScript("stays queued for five minutes", queued=300),
    "updates": YutoriScript("sends updates with statistics while it runs", updates=4),
    "structure-pending": YutoriScript("the structured part comes two minutes after the text", pending=120),
    "structure-failed": YutoriScript("the text is there, the structured part failed", structure="failed"),
    "bare": YutoriScript("only required members, update stamps in seconds, plain text", bare=True),
    "nothing": YutoriScript("succeeded with nothing to show", nothing=True),
    "failed-silent": YutoriScript("failed, and nothing tells why", "failed", 0.5),
    "slow": YutoriScript("takes three times as long as usual", ends=3.0),
    **{
        f"failed-{reason.replace('_', '-')}": YutoriScript(f"failed: {reason}", "failed", 0.05, rejection=reason)
        for reason in (*BILLING, *UNDOCUMENTED)
    },
    **{
        f"refused-{reason.replace('_', '-')}": YutoriScript(
            f"the create is answered with failed: {reason}", "failed", 0.0, queued=0.0, rejection=reason, refused=True
        )
        for reason in BILLING
    },
}


def duration(script: YutoriScript, mode: str, variety: float = 1.0) -> float:
    """Simulated seconds from creation to the end of the text."""
    return script.queued + _MINUTES[mode] * 60 * variety * script.ends


def state(
    script: YutoriScript, mode: str, elapsed: float, *, structured: bool = False, variety: float = 1.0
) -> YutoriState:
    """The state of a task `elapsed` seconds after its creation; `structured` says that a schema was sent."""
    end = duration(script, mode, variety)
    if elapsed < script.queued:
        return YutoriState("queued", 0.0, "pending" if structured else "not_requested", None)
    if elapsed < end:
        share = (elapsed - script.queued) / (end - script.queued)
        return YutoriState("running", share, "pending" if structured else "not_requested", None)
    if not structured:
        return YutoriState(script.outcome, 1.0, "not_requested", end)
    if script.outcome == "failed":
        return YutoriState("failed", 1.0, "failed", end)
    return YutoriState("succeeded", 1.0, "pending" if elapsed < end + script.pending else script.structure, end)


def light_status(now: YutoriState, elapsed: float, lag: float = LIST_LAG) -> str:
    """The list's word: `running` covers queued tasks and those that just ended (tests/contracts/yutori.md 5)."""
    return now.status if now.ended is not None and elapsed >= now.ended + lag else "running"
