"""Answers of Perplexity: agent runs in the shape of responses, and the older chat completions.

`[n]` and `[web:n]` name `results[].id` of all searches of the run; in chat completions, the n-th of `citations`. An id
that two searches give to two addresses names neither.
"""

import re

from tui.domain.detail import Numbering
from tui.providers.answer import Answer, Gathering, Object, first, inside, objects, word
from tui.providers.responses import annotate, final_message

SERVICE = "perplexity"
_LISTS = frozenset({"search_results", "fetch_url_results"})
_THINKING = re.compile(r"\s*<think>.*?</think>\s*", re.DOTALL)
_WEB = re.compile(r"\[web:\d")


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of Perplexity's."""
    inner = value.get("response")
    if isinstance(inner, dict) and ("choices" in inner or "output" in inner):
        return read(inner)
    if any(item.get("type") in _LISTS for item in objects(value.get("output"))):
        return _run(value)
    if isinstance(value.get("choices"), list) and ("search_results" in value or "sonar" in str(value.get("model"))):
        return _completion(value)
    return None


def _run(value: Object) -> Answer:
    gathering = Gathering(prefix="p")
    results = [row for item in objects(value["output"]) for row in objects(item.get("results"))]
    addresses: dict[str, set[object]] = {}
    for row in results:
        addresses.setdefault(str(row.get("id")), set()).add(row.get("url"))
    unclear = {number for number, urls in addresses.items() if len(urls) > 1}
    message = final_message(value["output"])
    parts = list(objects(message.get("content"))) if message else []
    texts = [part["text"] for part in parts if isinstance(part.get("text"), str)]
    web = any(_WEB.search(text) for text in texts)
    for row in results:
        number = str(row.get("id")) if row.get("id") is not None and str(row.get("id")) not in unclear else None
        _add(gathering, row, number)
        if web and number is not None:
            _add(gathering, row, f"web:{number}")
    for part in parts:
        if isinstance(part.get("text"), str):
            annotate(gathering, part.get("annotations"), gathering.text(part["text"]))
    status = word(value.get("status")) or "completed"
    report = gathering.report(numbering=Numbering.BY_ID, partial=status != "completed")
    return Answer(SERVICE, status, report)


def _add(gathering: Gathering, row: Object, number: str | None) -> None:
    facts = (("date", row.get("date")), ("last updated", row.get("last_updated")))
    gathering.source(row.get("url"), row.get("title"), row.get("snippet"), given_id=number, facts=facts)


def _completion(value: Object) -> Answer:
    gathering = Gathering(prefix="")
    content = inside(value, "choices", 0, "message", "content")
    texts = [content] if isinstance(content, str) else [part.get("text") for part in objects(content)]
    for text in texts:
        if isinstance(text, str):
            gathering.text(_THINKING.sub("", text, count=1))
    rows = {row.get("url"): row for row in objects(value.get("search_results"))}
    listed = value.get("citations") if isinstance(value.get("citations"), list) else list(rows)
    for number, item in enumerate(listed or (), 1):
        url = item if isinstance(item, str) else first(item, "url")
        _add(gathering, {"url": url, **rows.get(url, {})}, str(number))
    status = word(inside(value, "choices", 0, "finish_reason")) or "completed"
    return Answer(SERVICE, status, gathering.report(numbering=Numbering.BY_ID))
