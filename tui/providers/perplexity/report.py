"""The report of a run: its last message, and every result of every search as a source.

`[n]` and `[web:n]` name `results[].id` over all searches of the run. Whether ids ever start again with each search was
never seen; if one names two addresses it names neither, and the marker leads nowhere rather than astray.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from tui.domain.anchors import Anchored, Part, SpanAnchor, WholeAnchor
from tui.domain.detail import Json, Numbering, Report, ReportFormat, Source
from tui.providers.answer import Object, in_fields, kind_of, objects, size
from tui.providers.perplexity.models import AnnotationBody, PageBody, PerplexityResult
from tui.providers.responses import parts_of, unit_of
from tui.providers.sdk.json import Notes, clean_json, facts, indented, read, rest_facts, sound

_THINKING = re.compile(r"\s*<think>(.*?)</think>\s*", re.DOTALL)


def texts_of(message: Object) -> Iterator[Object]:
    """Yield the parts of a message that have a text."""
    for part in parts_of(message):
        if isinstance(part.get("text"), str) and part["text"].strip():
            yield part


def items_told(frames: Sequence[Object]) -> list[dict[str, Any]]:
    """Return the items that events completed, by their output index."""
    done = {
        frame["output_index"]: frame["item"]
        for frame in frames
        if frame.get("type") == "response.output_item.done"
        and isinstance(frame.get("output_index"), int)
        and isinstance(frame.get("item"), dict)
    }
    return [item for _, item in sorted(done.items())]


def final_message(output: object) -> Object | None:
    """Return the last message with a text; earlier ones are interim notes."""
    spoken = [item for item in objects(output) if kind_of(item) == "message" and any(texts_of(item))]
    return spoken[-1] if spoken else None


@dataclass(slots=True)
class Sources:
    """The sources of a run, in order."""

    notes: Notes
    found: dict[str, Source] = field(default_factory=dict)
    by_url: dict[str, str] = field(default_factory=dict)

    def add(self, source: Source) -> str:
        """Add a source unless one with its id and address exists; returns its id."""
        known = self.found.get(source.id)
        if known is None:
            self.found[source.id] = source
        elif source.snippet and source.snippet not in {known.snippet, *known.excerpts}:
            self.found[source.id] = replace(known, excerpts=(*known.excerpts, source.snippet))
        if source.url:
            self.by_url.setdefault(source.url, source.id)
        return source.id

    def add_results(self, output: object) -> None:
        """Add the results of all searches, then pages that were read and that no search found."""
        rows = [
            (number, item, row)
            for number, item in enumerate(objects(output), 1)
            if kind_of(item) == "search_results"
            for row in objects(item.get("results"))
        ]
        addresses: dict[str, set[str]] = {}
        for _, _, row in rows:
            addresses.setdefault(str(row.get("id")), set()).add(str(row.get("url")))
        for number, item, row in rows:
            body = read(PerplexityResult, row, self.notes)
            assert body is not None
            if not (body.url or body.title or body.id or body.snippet):
                continue
            unclear = body.id is None or len(addresses[str(row.get("id"))]) > 1
            if unclear and body.id is not None:
                self.notes.problem(f"[{body.id}] names several sources: it leads to none")
            queries = item.get("queries")
            asked = "; ".join(one for one in queries if isinstance(one, str)) if isinstance(queries, list) else None
            said = rest_facts(body.rest()) + facts(("query", clean_json(asked)))
            shown = f"{number}·{body.id or len(self.found) + 1}" if unclear else str(body.id).removeprefix("web:")
            self.add(Source(shown, body.url, body.title, body.snippet, facts=said))
        for page in (page for item in objects(output) for page in objects(item.get("contents"))):
            self._add_page(page)

    def _add_page(self, page: Object) -> None:
        body = read(PageBody, page, self.notes)
        assert body is not None
        known = self.by_url.get(body.url or "")
        if known is not None:
            self.add(replace(self.found[known], snippet=body.snippet))
        elif body.url or body.title:
            said = rest_facts(body.rest())
            self.add(Source(f"page {len(self.found) + 1}", body.url, body.title, body.snippet, facts=said, cited=False))

    def cited(self, body: AnnotationBody) -> str | None:
        """Return the id of the source that an annotation cites; None without one."""
        if not body.url and not body.title:
            return None
        known = self.by_url.get(body.url or "")
        return known or self.add(Source(f"a{len(self.found) + 1}", body.url, body.title))


def run_report(output: object, notes: Notes, *, partial: bool) -> tuple[Report | None, Json]:
    """Return the report of a run and, if its text is JSON, the value."""
    message = final_message(output)
    sources = Sources(notes)
    sources.add_results(output)
    text, parts, anchored = "", [], []
    for part in texts_of(message) if message else ():
        piece = sound(part["text"])
        parts.append(Part(len(text), len(text) + len(piece)))
        text += piece
        anchored += _annotations(part.get("annotations"), piece, len(parts) - 1, sources)
    if not text:
        return None, None
    value = _fields(text)
    if value is not None:
        found = tuple(sources.found.values())
        told = in_fields(text, parts, anchored)
        return Report(indented(value), ReportFormat.JSON, sources=found, partial=partial, anchored=told), value
    found = tuple(sources.found.values())
    numbering = Numbering.BY_ID if found else Numbering.NONE
    report = Report(text, ReportFormat.MARKDOWN, numbering, found, partial=partial, parts=tuple(parts))
    return replace(report, anchored=tuple(anchored)), None


def _annotations(value: object, text: str, part: int, sources: Sources) -> list[Anchored]:
    """Return citations by offsets, as OpenAI has them; never seen in a live response."""
    found = []
    told = [*objects(value)]
    unit = unit_of(text, told)
    length = size(text, unit)
    for annotation in told:
        body = read(AnnotationBody, annotation, sources.notes)
        assert body is not None
        source = sources.cited(body)
        start, end = body.start_index, body.end_index
        if source is not None and start is not None and end and start <= end and min(start, end - 1) < length:
            found.append(Anchored(SpanAnchor(min(start, end - 1), end, unit, part), (source,)))
        elif source is not None:
            found.append(Anchored(WholeAnchor(lost=True), (source,)))
    return found


def _fields(text: str) -> Json:
    """Return a text as fields if it is a JSON object or a list of objects; else None."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    with suppress(ValueError, RecursionError):
        value = json.loads(text, strict=False)
        if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
            return clean_json(value)
    return None


def completion_report(answer: Object, notes: Notes) -> tuple[Report | None, str]:
    """Return the report and the thoughts of a retired chat completion; `[n]` is the n-th of `citations`."""
    choices = [*objects(answer.get("choices"))]
    message = choices[0].get("message") if choices else None
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, str) or not content.strip():
        return None, ""
    rows = {row["url"]: row for row in objects(answer.get("search_results")) if isinstance(row.get("url"), str)}
    listed = answer.get("citations") if isinstance(answer.get("citations"), list) else list(rows)
    sources = Sources(notes)
    for number, item in enumerate(listed or (), 1):
        url = item if isinstance(item, str) else item.get("url") if isinstance(item, dict) else None
        row = rows.get(url, {}) if isinstance(url, str) else {}
        body = read(PerplexityResult, {"url": url, **row}, notes)
        assert body is not None
        said = rest_facts(body.rest())
        sources.add(Source(str(number), body.url, body.title, body.snippet, facts=said))
    thoughts = _THINKING.match(content)
    text = sound(content[thoughts.end() :] if thoughts else content)
    report = Report(text, ReportFormat.MARKDOWN, Numbering.BY_ID, tuple(sources.found.values()))
    return report, thoughts[1].strip() if thoughts else ""
