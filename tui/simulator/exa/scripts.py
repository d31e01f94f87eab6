"""The scripts of simulated runs, and how long each effort takes."""

from collections.abc import Mapping

from tui.simulator.course import Course

SECONDS: Mapping[str, float] = {
    "minimal": 15,
    "low": 30,
    "medium": 75,
    "high": 260,
    "xhigh": 520,
    "auto": 300,
    "ultra": 2400,
    "max": 2400,
}
"""Simulated seconds of a run by effort; an effort nobody knows takes as long as auto."""
PRICES: Mapping[str, float] = {"minimal": 0.012, "low": 0.025, "medium": 0.1, "high": 0.5, "xhigh": 1.0}
"""Dollars of a run with a fixed price; the others are billed by use."""
CAPS: Mapping[str, float] = {"auto": 5.0, "ultra": 20.0, "max": 20.0}
METERED_STOP = frozenset({"ultra", "max"})
"""Efforts whose runs can be stopped with what they found."""


def _cut(about: str, stop: str, share: float = 0.6) -> Course:
    return Course(about, "completed", share=share, traits={"stop": stop})


SCRIPTS: Mapping[str, Course] = {
    "done": Course("a clean run; structured output where a schema is sent"),
    "both": Course("a long text with structured output beside it", traits={"both": True}),
    "ragged": Course(
        "structured output with nulls, and grounding that lacks titles, citations and places", traits={"ragged": True}
    ),
    "empty": Course("completes without any output", traits={"empty": True}),
    "budget": _cut("ends at its budget, with what was found", "budget_reached"),
    "time-limit": _cut("ends at its time limit", "time_limit_reached", 0.8),
    "token-limit": _cut("ends at its token limit", "token_limit_reached", 0.5),
    "iteration-limit": _cut("ends at its limit of iterations", "iteration_limit_reached", 0.7),
    "new-reason": _cut("ends with a stop reason of the future", "awaiting_nothing", 1.0),
    "failed": Course(
        "fails half way",
        "failed",
        share=0.5,
        traits={"error": {"type": "SERVER_ERROR", "code": "TIMEOUT", "message": "Agent run timed out."}},
    ),
    "failed-schema": Course(
        "fails at its output schema",
        "failed",
        seconds=3,
        share=0.0,
        traits={
            "error": {
                "type": "INVALID_REQUEST",
                "code": "INVALID_OUTPUT_SCHEMA",
                "message": "Schema uses an unsupported keyword.",
                "path": "/properties/a",
                "keyword": "$dynamicRef",
                "expected": "supported keyword",
                "actual": "$dynamicRef",
            }
        },
    ),
    "failed-silent": Course("fails without a reason", "failed", share=0.4),
    "stuck": Course("runs for ever", None, share=0.4),
    "waiting": Course("waits in the queue for half an hour", queued=1800.0),
    "paused": Course("says a status word of the future", "paused", share=0.3),
}
