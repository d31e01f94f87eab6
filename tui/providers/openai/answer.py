"""Answers in the shapes of OpenAI: Responses, chat completions, messages of assistants; Azure and xAI send them, too.

Offsets count code points and end before `end_index` (measured on saved answers). In Responses they cover the link that
stands in the text; Azure's cover its `【3:0†source】` markers, or the claim.
"""

import json
import re
from contextlib import suppress
from typing import Any

from tui.domain.anchors import MarkerAnchor, OffsetUnit
from tui.providers.answer import Answer, Gathering, Object, first, inside, objects, word

SERVICE = "openai"
_POINTS = OffsetUnit.CODE_POINTS
_DOCUMENT_MARKER = re.compile(r"\[doc(\d{1,3})\]")
_ENDED_EARLY = frozenset({"incomplete", "failed", "cancelled"})


def read(value: Object) -> Answer | None:
    """Return what a saved answer says; None if it is in none of these shapes."""
    if isinstance(value.get("response"), dict) and "object" not in value:  # the last frame of a stream
        return read(value["response"])
    if isinstance(value.get("output"), list) and (value.get("object") == "response" or _has_messages(value["output"])):
        return _response(value)
    if any("message" in choice for choice in objects(value.get("choices"))):
        return _completion(value)
    if isinstance(value.get("data"), list) and any(
        "content" in item and "role" in item for item in value["data"] if isinstance(item, dict)
    ):
        return _thread(list(objects(value["data"])))
    if value.get("object") == "thread.message":
        return _thread([value])
    return None


def _has_messages(output: object) -> bool:
    return any(item.get("type") == "message" and isinstance(item.get("content"), list) for item in objects(output))


def final_message(output: object) -> Object | None:
    """Return the message that is the report: the last one with a text that is no interim note."""
    messages = [item for item in objects(output) if item.get("type") == "message" and item.get("role") != "user"]
    with_text = [item for item in messages if any(word(part.get("text")) for part in objects(item.get("content")))]
    final = [item for item in with_text if item.get("phase") != "commentary"]
    return [*with_text, *final][-1] if with_text else None


def _response(value: Object) -> Answer:
    status = word(value.get("status")) or "completed"
    gathering = Gathering()
    message = final_message(value["output"])
    for part in objects(message.get("content")) if message else ():
        if isinstance(part.get("text"), str):
            number = gathering.text(part["text"])
            annotate(gathering, part.get("annotations"), number)
    _add_consulted(gathering, value)
    return Answer(SERVICE, status, gathering.report(partial=status in _ENDED_EARLY))


def annotate(gathering: Gathering, annotations: object, part: int) -> None:
    """Add the annotations of one text; members may stand in the annotation or one level below, under its type."""
    for annotation in objects(annotations):
        kind = annotation.get("type")
        inner = annotation.get(kind) if isinstance(kind, str) else None
        said: dict[str, Any] = {**annotation, **(inner if isinstance(inner, dict) else {})}
        name = first(said, "title", "filename", "file_name", "file_id")
        source = gathering.source(said.get("url"), name, said.get("quote"), facts=_file_facts(said))
        marker = said.get("text")
        place = (said.get("start_index"), said.get("end_index"), _POINTS)
        if said.get("end_index") is not None:
            gathering.span(place, part, source, said=marker)
        elif isinstance(marker, str) and marker:
            gathering.cite(MarkerAnchor(marker), source)


def _file_facts(said: Object) -> tuple[tuple[str, Any], ...]:
    return (("file", said.get("file_id")),) if said.get("url") is None else ()


def _add_consulted(gathering: Gathering, value: Object) -> None:
    """Add the pages that searches name, behind the cited ones."""
    for item in objects(value.get("output")):
        for listed in (inside(item, "action", "sources"), item.get("results")):
            for source in objects(listed):
                gathering.source(source.get("url"), first(source, "title", "filename"), source.get("snippet"))
    listed = value.get("citations")  # xAI
    for url in listed if isinstance(listed, list) else ():
        gathering.source(url)


def _completion(value: Object) -> Answer:
    message = inside(value, "choices", 0, "message")
    gathering = Gathering()
    content = inside(message, "content")
    texts = [content] if isinstance(content, str) else [part.get("text") for part in objects(content)]
    for text in texts:
        if isinstance(text, str):
            gathering.text(text)
    if gathering.parts:
        annotate(gathering, inside(message, "annotations"), 0)
        _add_documents(gathering, inside(message, "context"))
    listed = value.get("citations")
    for url in listed if isinstance(listed, list) else ():
        gathering.source(url if isinstance(url, str) else inside(url, "url"), inside(url, "title"))
    return Answer(SERVICE, word(inside(value, "choices", 0, "finish_reason")) or "completed", gathering.report())


def _add_documents(gathering: Gathering, context: object) -> None:
    """Add Azure's own documents: `[doc1]` in the text is the first of `citations` (older: of a tool message's)."""
    listed = inside(context, "citations")
    for tool in objects(inside(context, "messages")):
        if listed is None and isinstance(tool.get("content"), str):
            with suppress(ValueError, RecursionError):
                listed = inside(json.loads(tool["content"]), "citations")
    ids = [
        gathering.source(
            item.get("url"),
            first(item, "title", "filepath"),
            item.get("content"),
            given_id=f"doc{number}",
            facts=(("file", item.get("filepath")), ("chunk", item.get("chunk_id"))),
        )
        for number, item in enumerate(objects(listed), 1)
    ]
    text = "".join(gathering.pieces)
    for match in _DOCUMENT_MARKER.finditer(text):
        if 0 < int(match[1]) <= len(ids):
            gathering.span((match.start(), match.end(), _POINTS), 0, ids[int(match[1]) - 1])


def _thread(messages: list[Object]) -> Answer:
    """Read the newest message of an assistant; lists come newest first where they tell no times."""
    spoken = [item for item in messages if item.get("role") in {"assistant", "agent", "MessageRole.AGENT"}]
    gathering = Gathering()
    spoken.sort(key=_age)
    for part in objects(spoken[0].get("content")) if spoken else ():
        text = inside(part, "text", "value")
        if isinstance(text, str):
            number = gathering.text(text, "\n\n")
            annotate(gathering, inside(part, "text", "annotations"), number)
    return Answer(
        SERVICE, word(spoken[0].get("status")) or "completed" if spoken else "without an answer", gathering.report()
    )


def _age(message: Object) -> int:
    created = message.get("created_at")
    return -created if isinstance(created, int) else 0
