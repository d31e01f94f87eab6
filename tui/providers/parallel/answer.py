"""Answers of Parallel as people save them: results, state events, files of its web application, bare runs."""

from tui.providers.answer import Answer, Object, inside, word
from tui.providers.parallel.report import is_page, output_body, output_of, output_report
from tui.providers.sdk.json import Notes

SERVICE = "parallel"


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of Parallel's."""
    output, run = output_of(value), value.get("run")
    of_run = isinstance(run, dict) and "run_id" in run
    if output is not None and (of_run or isinstance(output.get("basis"), list) or is_page(value)):
        report = output_report(output_body(output, Notes()))[0]
        return Answer(SERVICE, word(inside(run, "status")) or "completed", report)
    if "run_id" in value and isinstance(value.get("processor"), str):
        return Answer(SERVICE, word(value.get("status")) or "unknown")
    return None
