"""The scripts of simulated research tasks; duration and credits of each model."""

from collections.abc import Mapping

from tui.simulator.course import Course

SECONDS: Mapping[str, float] = {"mini": 45, "pro": 260, "auto": 140}
CREDITS: Mapping[str, tuple[int, int]] = {"mini": (4, 110), "pro": (15, 250), "auto": (4, 250)}

SCRIPTS: Mapping[str, Course] = {
    "done": Course("a numbered report that ends with its own list"),
    "unlisted": Course("a numbered report without a list of its own", traits={"unlisted": True}),
    "ragged": Course("one number too many, an address twice, a source without one", traits={"ragged": True}),
    "names-only": Course("a report that names its sources in words; the list is empty", traits={"names": True}),
    "failed": Course("fails without a reason, with HTTP 200", "failed", share=0.5),
    "failed-reason": Course("fails with a reason", "failed", share=0.5, traits={"error": "Research task failed"}),
    "word": Course("ends with a word that is in no document", "cancelled", share=0.5),
    "stuck": Course("goes on for ever", None, share=0.4),
    "waiting": Course("waits for half an hour", queued=1800.0),
}
