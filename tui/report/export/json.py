"""Everything known about a task as one JSON document (schema_version 1), and such a document read back."""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from tui.domain.detail import Detail, Json, Numbering, Report, ReportFormat, Source
from tui.domain.patterns import late
from tui.domain.task import Task, TaskStatus
from tui.domain.text import clean, one_line
from tui.domain.times import iso
from tui.report.citations.audit import audit
from tui.report.document import Document
from tui.report.export.common import facts
from tui.report.output import cite_json

RECORD = "divewatch-record"  # the name of the meta element of a page that holds `core`
_IN_PAGE = late(rf'<meta name="{RECORD}" content="([^"]*)">')
_HEAD = 2000  # characters of a page within which its record begins


def render(detail: Detail, document: Document) -> str:
    """Return {"schema_version", "title", "prompt", "facts", "format", "report", "citations", "sources", ...}.

    "sources" are those of the document, with everything known about each; "source_list" is the provider's own list.
    """
    report = detail.report
    cited = cite_json(document, audit(document, report.sources if report else ()))
    record = {
        **core(detail),
        **received(detail),
        "facts": pairs((*facts(detail), *detail.facts)),
        **cited,
        "sources": [plain(entry) for entry in document.sources],
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def core(detail: Detail) -> dict[str, Any]:
    """Return, as JSON, what `read_record` needs to rebuild the report."""
    report = detail.report
    return {
        "schema_version": 1,
        "title": detail.task.title,
        "prompt": detail.task.prompt,
        "format": report.format.value if report else None,
        "numbering": report.numbering.value if report else None,
        "partial": report.partial if report else None,
        "evidence": {path: [*ids] for path, ids in report.evidence.items()} if report else {},
        "report": report.text if report else None,
        "source_list": [plain(source) for source in report.sources] if report else [],
    }


def received(detail: Detail) -> dict[str, Any]:
    """Return, as JSON, what a provider sent beside the report: updates, trace, questions, files, ..."""
    return {
        "structured": detail.structured,
        "updates": [plain(update) for update in detail.updates],
        "trace": [plain(step) for step in detail.trace],
        "interaction": plain(detail.interaction) if detail.interaction else None,
        "answered": [plain(one) for one in detail.answered],
        "images": [plain(image) for image in detail.images],
        "deliverables": [plain(one) for one in detail.deliverables],
        "facts": pairs(detail.facts),
        "extra": dict(detail.extra),
        "problems": [*detail.problems],
    }


def pairs(told: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Return (label, value) pairs as objects."""
    return [{"label": label, "value": value} for label, value in told]


def plain(value: Any) -> dict[str, Any]:
    """Return a frozen value as JSON: times as ISO text, (label, value) pairs as objects."""
    made = asdict(value)
    for name, content in made.items():
        if isinstance(content, datetime):
            made[name] = iso(content)
        elif isinstance(content, Enum):
            made[name] = content.value
        elif name == "facts":
            made[name] = pairs(content)
        elif name == "sources":
            made[name] = [plain(source) for source in value.sources if is_dataclass(source)]
    return made


def read_record(value: Json, title: str) -> Detail | None:
    """Return the report in an export of this program (or its `show --json`); None for any other value."""
    if not isinstance(value, Mapping) or value.get("schema_version") != 1 or not isinstance(value.get("report"), str):
        return None
    name = value.get("format") or value.get("report_format")
    if not isinstance(name, str) or name not in {*ReportFormat}:
        return None
    numbering = value.get("numbering", value.get("report_numbering"))
    report = Report(
        str(value["report"]).encode("utf-8", "replace").decode(),  # as received, but for what is no text at all
        ReportFormat(name),
        Numbering(numbering) if isinstance(numbering, str) and numbering in {*Numbering} else Numbering.NONE,
        tuple(_sources(value.get("source_list", value.get("sources")))),
        _evidence(value.get("evidence")),
        value.get("partial") is True or value.get("report_partial") is True,
    )
    named = value.get("title")
    task = Task(
        id="",
        provider="file",
        title=one_line(named if isinstance(named, str) and named.strip() else title, 200),
        prompt=clean(prompt) if isinstance(prompt := value.get("prompt"), str) else None,
        status=TaskStatus.DONE,
        has_report=True,
    )
    return Detail(task, report=report, structured=value.get("structured"))


def record_in_page(text: str, title: str) -> Detail | None:
    """Return the report in an HTML page exported by this program; None for any other page."""
    if RECORD not in text[:_HEAD]:
        return None
    found = _IN_PAGE.search(text)
    try:
        return read_record(json.loads(html.unescape(found[1])), title) if found else None
    except (ValueError, RecursionError):
        return None


def _sources(listed: Json) -> "list[Source]":
    rows = listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ()
    return [_source(row) for row in rows if isinstance(row, Mapping) and isinstance(row.get("id"), str)]


def _source(row: Mapping[str, Json]) -> Source:
    def text(name: str) -> str | None:
        value = row.get(name)
        return clean(value) if isinstance(value, str) else None

    told = row.get("facts")
    facts_told = tuple(
        (clean(str(one.get("label"))), clean(str(one.get("value"))))
        for one in (told if isinstance(told, Sequence) and not isinstance(told, str) else ())
        if isinstance(one, Mapping)
    )
    return Source(text("id") or "", text("url"), text("title"), text("snippet"), text("fragment"), facts_told)


def _evidence(value: Json) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        return {}
    return {
        clean(path): tuple(clean(one) for one in ids if isinstance(one, str))
        for path, ids in value.items()
        if isinstance(ids, Sequence) and not isinstance(ids, str)
    }
