"""The Responses shape of several services: output items, messages, annotations over their texts.

Offsets count code points and end before `end_index` (measured on saved answers). In Responses they cover the link that
stands in the text; Azure's cover its own markers, or the claim. Whether a character beyond U+FFFF counts once or twice
was never measured, and gateways count as they like: the unit with which more spans begin like a marker or hold their
address counts.
"""

from collections.abc import Sequence
from typing import Any

from tui.domain.anchors import MarkerAnchor, OffsetUnit, SpanAnchor, WholeAnchor
from tui.domain.detail import Report
from tui.providers.answer import AnswerBuilder, Object, cut, first, inside, objects, word
from tui.providers.sdk.json import to_count

_POINTS = OffsetUnit.CODE_POINTS
_TELLING = 50  # annotations that tell what offsets count


def final_message(output: object, *, ended: bool = True) -> Object | None:
    """Return the message with the report: the last final answer, else the last text that is not an interim note.

    While a task is running, a message that does not call itself final may be a note on the way: it counts at the end.
    """
    messages = [item for item in objects(output) if item.get("type") == "message" and item.get("role") != "user"]
    with_text = [item for item in messages if any(word(part.get("text")) for part in parts_of(item))]
    final = [item for item in with_text if item.get("phase") == "final_answer"]
    if not ended:
        return final[-1] if final else None
    others = [item for item in with_text if item.get("phase") != "commentary"]
    return next((kind[-1] for kind in (final, others, with_text) if kind), None)


def parts_of(message: Object) -> list[Object]:
    """Return the parts of a message's content; a bare text is one part."""
    content = message.get("content")
    return [{"type": "output_text", "text": content}] if isinstance(content, str) else [*objects(content)]


def response_report(
    output: object, *, partial: bool = False, ended: bool = True, listed: object = None
) -> Report | None:
    """Return the report of a response's output items, with sources: cited ones, then consulted ones.

    `listed` are addresses that stand beside the output (xAI).
    """
    builder = AnswerBuilder()
    message = final_message(output, ended=ended)
    for part in parts_of(message) if message else ():
        if isinstance(part.get("text"), str):
            number = builder.text(part["text"])
            annotate(builder, part.get("annotations"), number)
    _add_consulted(builder, output, listed)
    return builder.report(partial=partial)


def annotate(builder: AnswerBuilder, annotations: object, part: int) -> None:
    """Add the annotations of one text; their members may be one level below, under the type."""
    told = [_flat(annotation) for annotation in objects(annotations)]
    unit = unit_of(builder.piece(part), told)
    for said in told:
        name = first(said, "title", "filename", "file_name", "file_id")
        source = builder.source(said.get("url"), name, said.get("quote"), facts=_file_facts(said))
        marker, at = said.get("text"), said.get("index")
        place = (said.get("start_index"), said.get("end_index"), unit)
        if said.get("end_index") is not None:
            builder.span(place, part, source, said=marker)
        elif isinstance(marker, str) and marker:
            builder.cite(MarkerAnchor(marker), source)
        elif said.get("type") == "file_citation" and isinstance(at, int) and 0 < at <= len(builder.piece(part)):
            builder.cite(SpanAnchor(at - 1, at, _POINTS, part), source)  # a place between two characters
        else:
            builder.cite(WholeAnchor(lost=True), source)


def _flat(annotation: Object) -> dict[str, Any]:
    """Return an annotation with the members one level below, under its type, moved up."""
    kind = annotation.get("type")
    inner = annotation.get(kind) if isinstance(kind, str) else None
    return {**annotation, **(inner if isinstance(inner, dict) else {})}


def unit_of(text: str, told: Sequence[Object]) -> OffsetUnit:
    """Return the unit of one text's offsets; computed only where it makes a difference."""
    if text.isascii():
        return _POINTS
    fits = dict.fromkeys((_POINTS, OffsetUnit.UTF16, OffsetUnit.UTF8), 0)
    for said in told[:_TELLING]:
        start, end, url = to_count(said.get("start_index")), to_count(said.get("end_index")), said.get("url")
        if start is None or end is None or start >= end:
            continue
        for unit in fits:
            covered = cut(text, start, end, unit)
            fits[unit] += covered.startswith(("(", "[", "【", "sandbox:")) or (isinstance(url, str) and url in covered)
    return max(fits, key=lambda unit: fits[unit])


def _file_facts(said: Object) -> tuple[tuple[str, Any], ...]:
    return (("file", said.get("file_id")),) if said.get("url") is None else ()


def _add_consulted(builder: AnswerBuilder, output: object, listed: object) -> None:
    """Add pages that searches name or that were opened, after the cited ones."""
    for item in objects(output):
        for found in (inside(item, "action", "sources"), item.get("results")):
            for source in objects(found):
                name = first(source, "title", "filename")
                builder.source(source.get("url"), name, source.get("snippet"), cited=False)
        builder.source(inside(item, "action", "url"), cited=False)
    for url in listed if isinstance(listed, list) else ():
        builder.source(url)
