"""The scripts of simulated interactions, by name. Pure."""

from collections.abc import Mapping

from tui.simulator.course import Course

_SAID: Mapping[str, str] = {
    "research": "searches and reads in view, then the report",
    "quiet": "only the stream tells of the work",
    "picture": "a report with a picture between its texts",
    "two-outputs": "a note on the way is an output, too",
    "plan": "a plan, which waits for approval",
    "plan-unmarked": "a plan without the settings that tell it",
    "answer": "a model answers at once, citing whole sentences",
    "failed": "fails with a reason",
    "failed-silent": "fails without a reason",
    "incomplete": "ends early with half a report",
    "budget": "ends early, before it wrote anything",
    "output-error": "completes with an error instead of a text",
    "no-text": "completes without a text",
    "function": "wants the result of a function",
    "continues": "reaches a limit, and goes on by itself",
    "idle": "a status nobody has explained",
    "legacy": "the form of answers before May 2026",
    "stuck": "goes on for ever",
    "waiting": "queued for long",
}


def _course(
    name: str, end: str | None = "completed", seconds: float = 240.0, share: float = 1.0, **traits: bool
) -> Course:
    return Course(_SAID[name], end, seconds, share=share, traits=traits)


SCRIPTS: Mapping[str, Course] = {
    "research": _course("research", seconds=300),
    "quiet": _course("quiet", quiet=True),
    "picture": _course("picture", picture=True),
    "two-outputs": _course("two-outputs", note=True),
    "plan": _course("plan", seconds=20, plan=True),
    "plan-unmarked": _course("plan-unmarked", seconds=20, plan=True, bare=True),
    "answer": Course(_SAID["answer"], "completed", 0.0, 0.0, traits={"spans": True}),
    "failed": _course("failed", "failed", 120, 0.4, reason=True),
    "failed-silent": _course("failed-silent", "failed", 60, 0.2),
    "incomplete": _course("incomplete", "incomplete", 200, 0.6, half=True),
    "budget": _course("budget", "budget_exceeded", 150, 0.6),
    "output-error": _course("output-error", seconds=150, fault=True),
    "no-text": _course("no-text", seconds=100, silent=True),
    "function": _course("function", "requires_action", 30, 0.3),
    "continues": _course("continues", "requires_continuation", 30, 0.5),
    "idle": _course("idle", "idle", 30, 0.3),
    "legacy": _course("legacy", seconds=60, legacy=True),
    "stuck": _course("stuck", None, share=0.4),
    "waiting": Course(_SAID["waiting"], "completed", 300.0, 3600.0),
}
