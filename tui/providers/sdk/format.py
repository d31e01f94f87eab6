"""Detects the format of a report: HTML, markdown or fields. Services say one and send another, so values decide."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape

from tui.domain.detail import Json, Numbering, Report, ReportFormat, Source
from tui.domain.patterns import late
from tui.providers.sdk.json import Notes, clean_json, indented, sound

_CODE = late(r"(?ms)^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)")
_TAG = late(
    r"<(?:/?(?:p|h[1-6]|ul|ol|li|article|section|table|thead|tbody|tr|td|th|pre|b|i|strong|em|blockquote|div|span)"
    r"(?:\s[^<>]*)?|br\s*/?|a\s[^<>]*href[^<>]*)>",
    re.IGNORECASE,
)
_TOKEN = late(r'"(?:[^"\\]|\\.)*"|[{}\[\],]|[^\s{}\[\],:"]+', re.DOTALL)
_COLON = late(r"\s*:")
_ONLY_PRE = late(
    r"\s*(?:<(?:article|section|div)[^<>]*>\s*)*<pre[^<>]*>(?P<text>[^<]*)</pre>\s*(?:</(?:article|section|div)>\s*)*",
    re.IGNORECASE,
)


def format_of(text: str) -> tuple[str, ReportFormat]:
    """Return the text to keep and its format; markdown that was escaped into one `<pre>` is taken out of it."""
    wrapped = _ONLY_PRE.fullmatch(text)
    if wrapped:
        return unescape(wrapped["text"]), ReportFormat.MARKDOWN
    return text, ReportFormat.HTML if _TAG.search(_CODE.sub("", text)) else ReportFormat.MARKDOWN


def fields_in(text: str) -> Json:
    """Return a text as structured output if it is an object or a list of objects; else None."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        value: Json = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    rows = isinstance(value, list) and any(isinstance(item, dict) for item in value)
    return value if isinstance(value, dict) or rows else None


def fields_of(value: Json) -> Json:
    """Return structured output, which some services send as JSON text; other texts stay texts."""
    if isinstance(value, str):
        try:
            return clean_json(json.loads(value, strict=False))
        except (ValueError, RecursionError):
            return value
    return value


def report_of_fields(value: object, sources: tuple[Source, ...] = ()) -> Report:
    """Return structured output, or whatever came instead, as a report."""
    return Report(indented(clean_json(value)), ReportFormat.JSON, sources=sources)


def report_of_content(
    content: object,
    sources: tuple[Source, ...],
    notes: Notes,
    *,
    numbering: Numbering = Numbering.NONE,
    may_be_fields: bool = True,
) -> tuple[Report | None, Json]:
    """Return the report that a member holds, and the structured output where it is that.

    Args:
        content: a text, an object or a list; anything else is noted.
        sources: nothing ties them to fields.
        notes: of the answer.
        numbering: what numbers in a text mean.
        may_be_fields: whether a text that holds JSON is structured output.
    """
    if isinstance(content, str):
        fields = fields_in(content) if may_be_fields else None
        if fields is None:
            text = sound(content)
            return (Report(text, ReportFormat.MARKDOWN, numbering, sources) if text.strip() else None), None
        content = fields
    if not isinstance(content, dict | list):
        if content is not None:
            notes.reject("content", content, "is neither a text nor an object")
        return None, None
    if not content:
        return None, None
    return report_of_fields(content, sources), clean_json(content)


def note_twice(ids: Iterable[str | None], what: str, notes: Notes) -> None:
    """Note the ids of duplicate sources."""
    for number, count in Counter(ids).items():
        if number is not None and count > 1:
            notes.problem(f"sources: {what} {number} is there twice")


def field_at(text: str, start: int, end: int) -> str:
    """Return the path of the first field whose value a span of a JSON text touches; "$" without one."""
    return next((path for first, last, path in _values(text) if first < end and start < last), "$")


def _values(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (begin, end, path) of every leaf value."""
    open_: list[list[str | int]] = []  # for each object the name under way, for each list the position
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in "{[":
            open_.append(["{", ""] if sign == "{" else ["[", 0])
        elif sign in "}]":
            open_ = open_[:-1]
        elif sign == ",":
            if open_ and isinstance(open_[-1][1], int):
                open_[-1][1] += 1
        elif sign[0] == '"' and open_ and open_[-1][0] == "{" and _COLON.match(text, token.end()):
            open_[-1][1] = _name(sign)
        else:
            parts = (f"[{at}]" if isinstance(at, int) else f".{at}" for _, at in open_)
            yield token.start(), token.end(), "".join(parts).removeprefix(".")


def _name(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        return quoted.strip('"')
