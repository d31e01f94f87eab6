"""Saved answers in the shapes of OpenAI: Responses, chat completions, assistants; Azure and xAI send them, too."""

import json
import re
from contextlib import suppress

from tui.domain.anchors import OffsetUnit
from tui.providers.answer import Answer, AnswerBuilder, Object, first, inside, objects, word
from tui.providers.responses import annotate, response_report

SERVICE = "openai"
_POINTS = OffsetUnit.CODE_POINTS
_DOCUMENT_MARKER = re.compile(r"\[doc(\d{1,3})\]")
_ENDED_EARLY = frozenset({"incomplete", "failed", "cancelled"})


def read(value: Object) -> Answer | None:
    """Parse a saved answer; None if it is in none of these shapes."""
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


def _response(value: Object) -> Answer:
    status = word(value.get("status")) or "completed"
    report = response_report(value["output"], partial=status in _ENDED_EARLY, listed=value.get("citations"))
    return Answer(SERVICE, status, report)


def _completion(value: Object) -> Answer:
    message = inside(value, "choices", 0, "message")
    builder = AnswerBuilder()
    content = inside(message, "content")
    texts = [content] if isinstance(content, str) else [part.get("text") for part in objects(content)]
    for text in texts:
        if isinstance(text, str):
            builder.text(text)
    if builder.parts:
        annotate(builder, inside(message, "annotations"), 0)
        _add_documents(builder, inside(message, "context"))
    listed = value.get("citations")
    for url in listed if isinstance(listed, list) else ():
        builder.source(url if isinstance(url, str) else inside(url, "url"), inside(url, "title"))
    return Answer(SERVICE, word(inside(value, "choices", 0, "finish_reason")) or "completed", builder.report())


def _add_documents(builder: AnswerBuilder, context: object) -> None:
    """Add Azure's documents: `[doc1]` is the first of `citations` (older: of a tool message's)."""
    listed = inside(context, "citations")
    for tool in objects(inside(context, "messages")):
        if listed is None and isinstance(tool.get("content"), str):
            with suppress(ValueError, RecursionError):
                listed = inside(json.loads(tool["content"]), "citations")
    ids = [
        builder.source(
            item.get("url"),
            first(item, "title", "filepath"),
            item.get("content"),
            given_id=f"doc{number}",
            facts=(("file", item.get("filepath")), ("chunk", item.get("chunk_id"))),
        )
        for number, item in enumerate(objects(listed), 1)
    ]
    text = "".join(builder.pieces)
    for match in _DOCUMENT_MARKER.finditer(text):
        if 0 < int(match[1]) <= len(ids):
            builder.span((match.start(), match.end(), _POINTS), 0, ids[int(match[1]) - 1])


def _thread(messages: list[Object]) -> Answer:
    """Read the newest message of an assistant; lists without times are newest first."""
    spoken = [item for item in messages if item.get("role") in {"assistant", "agent", "MessageRole.AGENT"}]
    builder = AnswerBuilder()
    spoken.sort(key=_age)
    for part in objects(spoken[0].get("content")) if spoken else ():
        text = inside(part, "text", "value")
        if isinstance(text, str):
            number = builder.text(text, "\n\n")
            annotate(builder, inside(part, "text", "annotations"), number)
    return Answer(
        SERVICE, word(spoken[0].get("status")) or "completed" if spoken else "without an answer", builder.report()
    )


def _age(message: Object) -> int:
    created = message.get("created_at")
    return -created if isinstance(created, int) else 0
