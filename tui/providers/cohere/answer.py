"""Chat answers of Cohere: citations by offsets in code points, exclusive, each with the text it covers.

The newer shape keeps text and citations in `message`, its citations carry their sources; the older one has them at the
top, with ids of `documents`.
"""

from typing import Any

from tui.domain.anchors import OffsetUnit
from tui.providers.answer import Answer, AnswerBuilder, Object, first, inside, objects, word

SERVICE = "cohere"
_SHOWN = frozenset({"id", "url", "title", "snippet", "text"})


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of Cohere's."""
    message = value.get("message")
    if isinstance(message, dict) and isinstance(message.get("content"), list) and "choices" not in value:
        return _second(value, message)
    if isinstance(value.get("text"), str) and (
        "generation_id" in value or "documents" in value or "response_id" in value
    ):
        return _first(value)
    return None


def _second(value: Object, message: Object) -> Answer:
    builder = AnswerBuilder()
    numbers: dict[int, int] = {}
    for position, part in enumerate(message["content"]):
        if isinstance(part, dict) and part.get("type", "text") == "text" and isinstance(part.get("text"), str):
            numbers[position] = builder.text(part["text"])
    for citation in objects(message.get("citations")) if numbers else ():
        if citation.get("type") in {"THINKING_CONTENT", "PLAN"}:
            continue
        at = citation.get("content_index")
        part_number = numbers.get(at if isinstance(at, int) else 0, min(numbers.values()))
        sources = [_source(builder, source) for source in objects(citation.get("sources"))]
        _cite(builder, citation, part_number, sources)
    return Answer(SERVICE, word(value.get("finish_reason")) or "completed", builder.report())


def _source(builder: AnswerBuilder, source: Object) -> str | None:
    said = first(source, "document", "tool_output")
    said = said if isinstance(said, dict) else {}
    inner = inside(said, "data") if isinstance(said.get("data"), dict) else said
    name = first(inner, "title", "name") or first(source, "id")
    facts: tuple[tuple[str, Any], ...] = (("id", first(source, "id")),)
    facts += tuple((str(key), text) for key, text in inner.items() if key not in _SHOWN)
    return builder.source(first(inner, "url", "link", "source"), name, first(inner, "snippet", "text"), facts=facts)


def _first(value: Object) -> Answer:
    builder = AnswerBuilder()
    number = builder.text(value["text"])
    ids: dict[str, str | None] = {}
    for document in objects(value.get("documents")):
        name = first(document, "title", "id")
        facts = (("id", document.get("id")),)
        ids[str(document.get("id"))] = builder.source(
            first(document, "url", "link"), name, first(document, "snippet", "text"), facts=facts
        )
    for citation in objects(value.get("citations")):
        listed = first(citation, "document_ids", "documentIds")
        named = [ids.get(str(document)) for document in listed] if isinstance(listed, list) else []
        _cite(builder, citation, number, named)
    return Answer(SERVICE, word(first(value, "finish_reason", "finishReason")) or "completed", builder.report())


def _cite(builder: AnswerBuilder, citation: Object, part: int, sources: list[str | None]) -> None:
    place = (citation.get("start"), citation.get("end"), OffsetUnit.CODE_POINTS)
    builder.span(place, part, *sources, said=citation.get("text"))
