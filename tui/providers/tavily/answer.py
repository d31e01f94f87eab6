"""Research answers of Tavily, and the answers of its search.

What `[n]` in a text means is not documented: a list in the text where there is one, else the position in `sources`.
"""

from tui.domain.detail import Report
from tui.providers.answer import Answer, Gathering, Object, objects, word

SERVICE = "tavily"


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of Tavily's."""
    if "request_id" in value and ("content" in value or "status" in value) and "choices" not in value:
        return Answer(
            SERVICE, word(value.get("status")) or "completed", _report(value.get("content"), value.get("sources"))
        )
    if isinstance(value.get("content"), str) and isinstance(value.get("sources"), list):
        return Answer(SERVICE, "completed", _report(value["content"], value["sources"]))
    if isinstance(value.get("answer"), str) and isinstance(value.get("results"), list) and "query" in value:
        return Answer(SERVICE, "completed", _report(value["answer"], value["results"]))
    return None


def _report(content: object, sources: object) -> Report | None:
    gathering = Gathering(prefix="")
    for number, row in enumerate(objects(sources), 1):
        gathering.source(row.get("url"), row.get("title"), row.get("content"), given_id=str(number))
    if isinstance(content, dict | list):
        return gathering.fields(content)
    if not isinstance(content, str):
        return None
    gathering.text(content)
    return gathering.report()
