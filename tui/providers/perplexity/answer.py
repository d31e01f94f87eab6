"""Answers of Perplexity as people save them: runs, and the older chat completions."""

from tui.providers.answer import Answer, Object, inside, kind_of, objects, word
from tui.providers.perplexity.report import completion_report, run_report
from tui.providers.sdk.json import Notes

SERVICE = "perplexity"
_LISTS = frozenset({"search_results", "fetch_url_results"})


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of Perplexity's."""
    inner = value.get("response")
    if isinstance(inner, dict) and ("choices" in inner or "output" in inner):
        return read(inner)
    if any(kind_of(item) in _LISTS for item in objects(value.get("output"))):
        status = word(value.get("status")) or "completed"
        return Answer(SERVICE, status, run_report(value["output"], Notes(), partial=status != "completed")[0])
    if isinstance(value.get("choices"), list) and ("search_results" in value or "sonar" in str(value.get("model"))):
        status = word(inside(value, "choices", 0, "finish_reason")) or "completed"
        return Answer(SERVICE, status, completion_report(value, Notes())[0])
    return None
