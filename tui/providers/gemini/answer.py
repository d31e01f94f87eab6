"""Answers of Gemini: interactions (steps, or the older outputs), and generated content with grounding metadata.

Offsets count UTF-8 bytes, the end is exclusive (measured). The research agent's spans cover its `[cite: n]` markers,
those of models cover the claim.
"""

from typing import Any

from tui.domain.anchors import OffsetUnit
from tui.providers.answer import Answer, Gathering, Object, first, inside, objects, word

SERVICE = "gemini"
_BYTES = OffsetUnit.UTF8


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is none of Gemini's."""
    if isinstance(value.get("interaction"), dict):  # the last frame of a stream
        return read(value["interaction"])
    if isinstance(value.get("candidates"), list):
        return _generated(value)
    known = value.get("object") == "interaction" or str(value.get("id", "")).startswith("v1_")
    if isinstance(value.get("steps"), list) or (known and isinstance(value.get("outputs"), list)):
        return _interaction(value)
    return Answer(SERVICE, word(value.get("status")) or "unknown") if value.get("object") == "interaction" else None


def _interaction(value: Object) -> Answer:
    outputs = [step for step in objects(value.get("steps")) if step.get("type") == "model_output"]
    contents = [step.get("content") for step in outputs] or [value.get("outputs")]
    spoken = [content for content in contents if any(word(part.get("text")) for part in objects(content))]
    gathering = Gathering()
    for part in objects(spoken[-1]) if spoken else ():
        if isinstance(part.get("text"), str) and part.get("type", "text") == "text":
            _annotate(gathering, part.get("annotations"), gathering.text(part["text"]))
    status = word(value.get("status")) or "unknown"
    return Answer(SERVICE, status, gathering.report(partial=status not in {"completed", "unknown"}))


def _annotate(gathering: Gathering, annotations: object, part: int) -> None:
    for annotation in objects(annotations):
        name = first(annotation, "title", "file_name", "name")
        url = first(annotation, "url", "document_uri", "source")
        facts: tuple[tuple[str, Any], ...] = (
            ("page", annotation.get("page_number")),
            ("place", annotation.get("place_id")),
        )
        source = gathering.source(url, name, facts=facts)
        gathering.span((annotation.get("start_index"), annotation.get("end_index"), _BYTES), part, source)


def _generated(value: Object) -> Answer:
    candidate = inside(value, "candidates", 0)
    gathering = Gathering()
    numbers: dict[int, int] = {}  # position among the parts received -> ours: thoughts are not part of the text
    received = inside(candidate, "content", "parts")
    for position, part in enumerate(received if isinstance(received, list) else ()):
        if isinstance(part, dict) and isinstance(part.get("text"), str) and not part.get("thought"):
            numbers[position] = gathering.text(part["text"])
    grounding = first(candidate, "groundingMetadata", "grounding_metadata")
    chunks = [_chunk(gathering, chunk) for chunk in objects(first(grounding, "groundingChunks", "grounding_chunks"))]
    for support in objects(first(grounding, "groundingSupports", "grounding_supports")):
        _support(gathering, support, chunks, numbers)
    cited = first(candidate, "citationMetadata", "citation_metadata")
    for item in objects(first(cited, "citations", "citationSources", "citation_sources")):
        source = gathering.source(item.get("uri"), item.get("title"), facts=(("license", item.get("license")),))
        if gathering.parts:
            place = (first(item, "startIndex", "start_index"), first(item, "endIndex", "end_index"), _BYTES)
            gathering.span(place, 0, source)
    status = word(first(candidate, "finishReason", "finish_reason")) or "completed"
    return Answer(SERVICE, status, gathering.report(partial=status not in {"STOP", "completed", "FinishReason.STOP"}))


def _chunk(gathering: Gathering, chunk: Object) -> str | None:
    said = first(chunk, "web", "retrievedContext", "retrieved_context", "maps", "image")
    return gathering.source(first(said, "uri", "url"), inside(said, "title"), inside(said, "text"))


def _support(gathering: Gathering, support: Object, chunks: list[str | None], numbers: dict[int, int]) -> None:
    segment = support.get("segment")
    position = first(segment, "partIndex", "part_index") or 0
    part = numbers.get(position, 0) if isinstance(position, int) else 0
    if not gathering.parts:
        return
    indices = first(support, "groundingChunkIndices", "grounding_chunk_indices")
    positions = indices if isinstance(indices, list) else []
    named = [chunks[at] for at in positions if isinstance(at, int) and 0 <= at < len(chunks)]
    place = (first(segment, "startIndex", "start_index"), first(segment, "endIndex", "end_index"), _BYTES)
    gathering.span(place, part, *named, said=inside(segment, "text"))
