"""The report of a run and the basis it rests on.

`[n]` in a text means the report's own list of references, never a position in the basis: measured on a real report,
positions are right for 24 of 105 markers and wrong for the others without any sign. So a citation of the basis has an
id that no marker can mean ("content:7"), and is joined to the list in the text by its address.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from tui.domain.anchors import Anchored, FieldAnchor, WholeAnchor
from tui.domain.detail import Json, Numbering, Report, ReportFormat, Source
from tui.providers.parallel.models import BasisBody, ParallelCitation, ParallelOutput
from tui.providers.sdk.json import Notes, clean_json, indented, read, rest_facts, sound

_ALL = frozenset({"output", "content", "$"})
_PAGES = ({"input", "output", "basis"}, {"input", "output", "basis", "output_schema"})


def output_of(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the output of a response; for a file of the web application, one made of its members."""
    output = value.get("output")
    if is_page(value):
        kept = {name: value[name] for name in ("basis", "output_schema") if name in value}
        return {"type": "text" if isinstance(output, str) else "json", "content": output, **kept}
    return output if isinstance(output, dict) and "content" in output else None


def is_page(value: Mapping[str, Any]) -> bool:
    """Whether this is a file of the web application: content with its basis, without a run."""
    if value.get("output") is None or value.keys() & {"run", "run_id"}:
        return False
    return isinstance(value.get("basis"), list) or value.keys() in _PAGES


def output_body(output: Mapping[str, Any], notes: Notes) -> ParallelOutput:
    """Return the model of an output."""
    body = read(ParallelOutput, dict(output), notes.at("output"))
    assert body is not None
    return body


def output_report(body: ParallelOutput) -> tuple[Report | None, Json]:
    """Return the report, and the fields if the output is structured."""
    content = _content(body)
    if isinstance(content, str):
        if not content.strip():
            return None, None
        sources, anchored = _sources(body.basis, None)
        text = sound(content)
        return Report(text, ReportFormat.MARKDOWN, Numbering.NONE, sources, anchored=anchored), None
    if content is None or content in ({}, []):
        return None, None
    sources, anchored = _sources(body.basis, content)
    fields = clean_json(content)
    return Report(indented(fields), ReportFormat.JSON, Numbering.NONE, sources, anchored=anchored), fields


def _content(body: ParallelOutput) -> Any:
    """Return a text or fields: fields may come as text, and a text as the one field `output`."""
    content = body.content
    if isinstance(content, str) and body.type == "json":
        with suppress(ValueError, RecursionError):
            content = json.loads(content, strict=False)
    if isinstance(content, dict) and [*content] == ["output"] and isinstance(content["output"], str):
        return content["output"]
    return content


def _sources(basis: tuple[BasisBody, ...], content: object) -> tuple[tuple[Source, ...], tuple[Anchored, ...]]:
    """Return a source for every citation of the basis, and the evidence of each field.

    The one entry of a text is about all of it; so is one of fields that names no field but the output.
    """
    sources: list[Source] = []
    anchored: list[Anchored] = []
    for entry in basis:
        name = entry.field or "output"
        first = len(sources)
        for number, citation in enumerate(entry.citations, 1):
            if citation.url or citation.title or citation.excerpts:
                sources.append(_source(citation, f"{name}:{number}"))
        ids = tuple(source.id for source in sources[first:])
        said = (entry.reasoning or "", entry.confidence or "")
        if ids or any(said):
            whole = content is None or (name in _ALL and not (isinstance(content, dict) and name in content))
            anchored.append(Anchored(WholeAnchor() if whole else FieldAnchor(name), ids, *said))
    return tuple(sources), tuple(anchored)


def _source(citation: ParallelCitation, source_id: str) -> Source:
    quotes = tuple(quote for quote in citation.excerpts if quote.strip())
    return Source(
        source_id,
        citation.url,
        citation.title,
        quotes[0] if quotes else None,
        facts=rest_facts(citation.rest()),
        excerpts=quotes[1:],
    )
