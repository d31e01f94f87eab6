"""Messages of Anthropic: every block of text carries the citations that support it.

A citation belongs to the whole of its block; addresses come from web searches, titles from the person's own documents.
"""

from typing import Any

from tui.domain.anchors import OffsetUnit, Part
from tui.providers.answer import Answer, AnswerBuilder, Object, first, inside, objects, word

SERVICE = "anthropic"
_RESULTS = frozenset({"web_search_tool_result", "web_fetch_tool_result", "search_result"})


def read(value: Object) -> Answer | None:
    """Return what a saved message says; None if it is none of Anthropic's."""
    content = value.get("content")
    if not isinstance(content, list) or value.get("role") != "assistant":
        return None
    if value.get("type") != "message" and "stop_reason" not in value:
        return None
    builder = AnswerBuilder()
    for block in objects(content):
        if block.get("type") == "text" and isinstance(block.get("text"), str) and block["text"]:
            _block(builder, block)
    for block in objects(content):
        for result in objects(block.get("content")) if block.get("type") in _RESULTS else ():
            builder.source(result.get("url"), result.get("title"), facts=(("page age", result.get("page_age")),))
    status = word(value.get("stop_reason")) or "completed"
    return Answer(SERVICE, status, builder.report(partial=status in {"max_tokens", "refusal", "pause_turn"}))


def _block(builder: AnswerBuilder, block: Object) -> None:
    number = builder.text(block["text"])
    part: Part = builder.parts[number]
    sources = []
    for citation in objects(block.get("citations")):
        title = first(citation, "title", "document_title")
        sources.append(builder.source(_address(citation), title, citation.get("cited_text"), facts=_place(citation)))
    builder.span((0, part.end - part.start, OffsetUnit.CODE_POINTS), number, *sources)


def _address(citation: Object) -> object:
    return first(citation, "url") or (citation.get("source") if "search_result_index" in citation else None)


def _place(citation: Object) -> tuple[tuple[str, Any], ...]:
    return (("page", inside(citation, "start_page_number")), ("file", inside(citation, "file_id")))
