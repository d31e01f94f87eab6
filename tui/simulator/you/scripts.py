"""The scripts of simulated research tasks, and how long each effort takes."""

from collections.abc import Mapping

from tui.simulator.course import Course

SECONDS: Mapping[str, float] = {"lite": 2, "standard": 20, "deep": 90, "exhaustive": 240, "frontier": 900}
_FAILED = "Research failed: upstream model error"

SCRIPTS: Mapping[str, Course] = {
    "done": Course("a clean run"),
    "warned": Course("sources that could not be read, told in the result", traits={"warnings": "result"}),
    "warned-beside": Course("the same, told beside the result as in published samples", traits={"warnings": "top"}),
    "ragged": Course("a marker too many, an address twice", traits={"ragged": True}),
    "no-sources": Course("an empty list of sources", traits={"bare": True}),
    "text-of-object": Course("announces an object and sends it as text", traits={"as_text": True}),
    "at-once": Course("the create is answered with the report: `background` is ignored"),
    "failed": Course("fails with a reason", "failed", share=0.5, traits={"error": _FAILED}),
    "failed-object": Course(
        "fails with an object as reason",
        "failed",
        share=0.5,
        traits={"error": {"code": "upstream", "message": _FAILED}},
    ),
    "failed-silent": Course("fails without a reason", "failed", share=0.5),
    "cancelled": Course("is cancelled by nobody knows whom", "cancelled", share=0.5),
    "archived": Course("ends with a status word of the future", "archived", share=1.0),
    "stuck": Course("goes on for ever", None, share=0.4),
    "waiting": Course("waits for half an hour", queued=1800.0),
}
