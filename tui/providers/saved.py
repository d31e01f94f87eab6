"""Recognises saved responses by their shape alone; imports nothing of a service but its `answer` module."""

import json
import re
from contextlib import suppress
from importlib import import_module
from typing import Protocol

from tui.domain.errors import BadAnswer
from tui.providers.answer import Answer, Object
from tui.providers.sdk.json import Notes, decode

# The more particular a shape, the earlier: Perplexity and Azure answer in the shapes of OpenAI.
_MOST = 50  # answers of one list, or frames of one stream, that are looked at
_WRAPPERS = ("response", "body")  # as batches and logs keep answers
_SERVICES = ("parallel", "exa", "perplexity", "gemini", "anthropic", "you", "linkup", "cohere", "openai", "tavily")


class _AnswerModule(Protocol):
    def read(self, value: Object) -> Answer | None:
        """Parse a saved answer; None if it is not this service's."""


def read_saved(body: bytes) -> Answer | None:
    """Return (provider, answer) of a saved response; None if it has no known shape."""
    with suppress(BadAnswer, RecursionError):
        return read_value(decode(body, Notes()))
    return None


def read_stream(text: str) -> Answer | None:
    """Return the answer of a saved stream: the last whole one with a report, else one joined from pieces, else any."""
    frames = [line[5:] for line in re.split(r"\r\n|\n|\r", text) if line.startswith("data:")]
    newest = None
    for frame in reversed(frames[-_MOST:]):
        answer = read_value(_json(frame))
        if answer is not None and answer.report is not None:
            return answer
        newest = newest or answer
    return _in_pieces(frames, done="event: done" in text[-200:]) or newest


def _in_pieces(frames: list[str], *, done: bool) -> Answer | None:
    """Return the answer joined from the frames of a stream: some services never send the whole."""
    from tui.providers.tavily.answer import read_frames

    values = [value for frame in frames if isinstance(value := _json(frame), dict)]
    for service in _SERVICES:
        join = getattr(import_module(f"tui.providers.{service}.answer"), "join_frames", None)
        if join is not None and (whole := join(values)) is not None:
            return read_value(whole)
    return read_frames(values, done=done)


def _json(text: str) -> object:
    with suppress(ValueError, RecursionError):
        return json.loads(text, strict=False)
    return None


def read_value(value: object) -> Answer | None:
    """Like `read_saved` for a JSON value; for a list of answers, the last one with a report."""
    if isinstance(value, list):
        found = [answer for item in value[-_MOST:] if isinstance(item, dict) and (answer := read_value(item))]
        return next((answer for answer in reversed(found) if answer.report), found[-1] if found else None)
    if not isinstance(value, dict):
        return None
    for service in _SERVICES:
        module: _AnswerModule = import_module(f"tui.providers.{service}.answer")
        answer = module.read(value)
        if answer is not None:
            return answer
    inner = next((value[name] for name in _WRAPPERS if isinstance(value.get(name), dict)), None)
    return read_value(inner) if inner is not None else None
