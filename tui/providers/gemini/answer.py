"""Answers of Gemini: interactions (steps, or the older outputs), and generated content with grounding metadata.

Offsets count UTF-8 bytes, the end is exclusive (measured). The research agent's spans cover its `[cite: n]` markers,
those of models cover the claim.
"""

from collections.abc import Sequence

from tui.domain.anchors import OffsetUnit, WholeAnchor
from tui.domain.detail import Report
from tui.providers.answer import Answer, AnswerBuilder, Object, first, inside, objects, word
from tui.providers.gemini.stream import completed, steps_of

SERVICE = "gemini"
_BYTES = OffsetUnit.UTF8
_LABELS = {
    "page_number": "page",
    "place_id": "place",
    "media_id": "media",
    "custom_metadata": "metadata",
    "review_snippets": "reviews",
}
_SHOWN = frozenset("type url title start_index end_index file_name document_uri name".split())


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


def join_frames(frames: Sequence[Object]) -> Object | None:
    """Return the interaction that a whole stream tells of, as its last frame has no steps; None if it is no stream."""
    events = [("", "", frame) for frame in frames]
    steps = steps_of(events)
    if not any(step.get("type") == "model_output" for step in steps):
        return None
    return {"object": "interaction", "status": "incomplete", **completed(events), "steps": steps}


def _interaction(value: Object) -> Answer:
    status = word(value.get("status")) or "unknown"
    return Answer(SERVICE, status, interaction_report(value, partial=status not in {"completed", "unknown"}))


def interaction_report(value: Object, *, partial: bool = False) -> Report | None:
    """Return the report of an interaction, with its sources: cited ones, then pages that were only read.

    The report is the last output that says something; its texts are joined with nothing between them.
    """
    builder = AnswerBuilder()
    for part in report_content(value):
        if isinstance(part.get("text"), str) and part.get("type", "text") == "text":
            _annotate(builder, part.get("annotations"), builder.text(part["text"]))
    for step in objects(value.get("steps")):
        if step.get("type") == "url_context_result":
            for page in objects(step.get("result")):
                if page.get("status", "success") == "success":
                    builder.source(page.get("url"), cited=False)
    return builder.report(partial=partial)


def report_content(value: Object) -> list[Object]:
    """Return the pieces of content that are the report: texts, and pictures between them."""
    contents = [step.get("content") for step in objects(value.get("steps")) if step.get("type") == "model_output"]
    contents = contents or [value.get("outputs")]
    spoken = [content for content in contents if any(word(part.get("text")) for part in objects(content))]
    return [*objects((spoken or contents)[-1])]


def _annotate(builder: AnswerBuilder, annotations: object, part: int) -> None:
    for annotation in objects(annotations):
        name = first(annotation, "title", "file_name", "name", "media_id")
        url = first(annotation, "url", "document_uri", "source")
        page = annotation.get("page_number")
        facts = tuple((_LABELS.get(label, label), said) for label, said in annotation.items() if label not in _SHOWN)
        # Two pages of a file are two sources.
        place = f"{word(name) or word(url) or 'file'}, page {page}" if isinstance(page, int) else None
        source = builder.source(url, name, given_id=place, facts=facts)
        if annotation.get("end_index") is None:
            builder.cite(WholeAnchor(lost=True), source)
        else:
            builder.span((annotation.get("start_index"), annotation["end_index"], _BYTES), part, source)


def _generated(value: Object) -> Answer:
    candidate = inside(value, "candidates", 0)
    builder = AnswerBuilder()
    numbers: dict[int, int] = {}  # position among the parts received -> ours: thoughts are not part of the text
    received = inside(candidate, "content", "parts")
    for position, part in enumerate(received if isinstance(received, list) else ()):
        if isinstance(part, dict) and isinstance(part.get("text"), str) and not part.get("thought"):
            numbers[position] = builder.text(part["text"])
    grounding = first(candidate, "groundingMetadata", "grounding_metadata")
    chunks = [_chunk(builder, chunk) for chunk in objects(first(grounding, "groundingChunks", "grounding_chunks"))]
    for support in objects(first(grounding, "groundingSupports", "grounding_supports")):
        _support(builder, support, chunks, numbers)
    cited = first(candidate, "citationMetadata", "citation_metadata")
    for item in objects(first(cited, "citations", "citationSources", "citation_sources")):
        source = builder.source(item.get("uri"), item.get("title"), facts=(("license", item.get("license")),))
        if builder.parts:
            place = (first(item, "startIndex", "start_index"), first(item, "endIndex", "end_index"), _BYTES)
            builder.span(place, 0, source)
    status = word(first(candidate, "finishReason", "finish_reason")) or "completed"
    return Answer(SERVICE, status, builder.report(partial=status not in {"STOP", "completed", "FinishReason.STOP"}))


def _chunk(builder: AnswerBuilder, chunk: Object) -> str | None:
    said = first(chunk, "web", "retrievedContext", "retrieved_context", "maps", "image")
    return builder.source(first(said, "uri", "url"), inside(said, "title"), inside(said, "text"))


def _support(builder: AnswerBuilder, support: Object, chunks: list[str | None], numbers: dict[int, int]) -> None:
    segment = support.get("segment")
    position = first(segment, "partIndex", "part_index") or 0
    part = numbers.get(position, 0) if isinstance(position, int) else 0
    if not builder.parts:
        return
    indices = first(support, "groundingChunkIndices", "grounding_chunk_indices")
    positions = indices if isinstance(indices, list) else []
    named = [chunks[at] for at in positions if isinstance(at, int) and 0 <= at < len(chunks)]
    place = (first(segment, "startIndex", "start_index"), first(segment, "endIndex", "end_index"), _BYTES)
    builder.span(place, part, *named, said=inside(segment, "text"))
