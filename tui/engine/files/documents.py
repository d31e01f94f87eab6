"""Detects what a saved file is (provider answer, markdown, HTML, JSON, text) and returns it as a `Detail`."""

import codecs
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui.domain.detail import Detail, Numbering, Report, ReportFormat, Source
from tui.domain.errors import BadAnswer, NotFound, UsageError
from tui.domain.json_walk import map_json, same
from tui.domain.task import Task, TaskStatus
from tui.domain.text import clean, one_line

UNKNOWN_JSON = "unknown JSON, shown as it is"
_DEEPEST = 200  # levels of JSON; what is nested more deeply is shown as the text it is
_LOOKED_AT = 5  # entries of a list that tell whether it is one of tasks
_LARGEST = 256 * 2**20  # bytes; a file above this is no report


def read_bytes(name: str) -> bytes:
    """Return the bytes of a text file or of standard input ("-").

    Raises:
        NotFound: there is no such file, or it cannot be read.
        UsageError: it is too large to be a report, or holds no text: a PDF, an Office document, a picture.
    """
    from tui.engine.files.binary import binary

    body = _read_all(name)
    found = binary(body, name)
    if found is not None:
        shown = "standard input" if name == "-" else clean(name)
        raise UsageError(f"{shown} is {found.what}, no text", hint=clean(found.hint))
    return body


def read_text(name: str) -> str:
    """Return the text in a file or on standard input ("-"), without blanks around it; raises like `read_bytes`."""
    return read_bytes(name).decode("utf-8-sig", "replace").strip()


def _read_all(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(_LARGEST)
    path = Path(name)
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{clean(name)} is larger than {_LARGEST // 2**20} MB: this is no report")
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"{clean(name)} cannot be read: {error.strerror}") from error


def is_document(name: str) -> bool:
    """Whether `name` is "-" (standard input) or an existing path; accepts any text."""
    try:
        return name == "-" or Path(name).exists()
    except (OSError, ValueError):
        return False


def open_document(name: str, sidecar: str | None = None) -> Detail:
    """Return the document `name`; `sidecar` is the path of a JSON list of its sources ({id, url, title})."""
    return detect_document(read_bytes(name), Path(name).stem if name != "-" else "standard input", sidecar)


def detect_document(body: bytes, title: str, sidecar: str | None = None) -> Detail:
    """Return a document as a `Detail`: a provider's response if one recognises it, else a report."""
    from tui.report.html.detect import is_html

    sources = read_sidecar(sidecar) if sidecar else ()
    if decoded(body[:100]).lstrip()[:1] in {"{", "["}:
        detail = _structured(body, title)
        if detail is not None:
            return _with_sources(detail, sources)
    text = decoded(body)
    answer = _streamed(body, text, title)
    if answer is not None:
        return answer
    if is_html(text):
        own = _exported_page(text, title)
        page = Detail(_file_task(title), report=Report(text, ReportFormat.HTML, Numbering.NONE, sources))
        return page if own is None else _with_sources(own, sources)
    from tui.report.markups.detect import markup_of

    markup = markup_of(text)
    report = Report(text, markup or ReportFormat.MARKDOWN, Numbering.NONE, sources, dialect=markup is None)
    return Detail(_file_task(title), report=report)


def read_sidecar(name: str) -> tuple[Source, ...]:
    """Return the sources listed in a file: JSON (a list, or an object with a list under "sources"), CSL-JSON, BibTeX.

    Raises:
        UsageError: the file is no such list.
    """
    from tui.report.markups.bibliography import csl_source, is_bibtex, read_bibtex

    text = decoded(read_bytes(name))
    if is_bibtex(text):
        return tuple(read_bibtex(text))
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{clean(name)} is not JSON: {one_line(str(error))}") from error
    rows = value.get("sources", value.get("references", value.get("items"))) if isinstance(value, dict) else value
    if not isinstance(rows, list):
        raise UsageError(f"{clean(name)} holds no list of sources", hint='expected [{"id": "1", "url": "https://..."}]')
    numbered = (pair for pair in enumerate(rows, 1) if isinstance(pair[1], dict))
    return tuple(
        csl_source(row) or _source(row, number) for number, row in numbered if row.get("id", number) is not None
    )


def _source(row: dict[str, Any], number: int) -> Source:
    def text(key: str) -> str | None:
        value = row.get(key)
        return clean(value) if isinstance(value, str) and value else None

    url, snippet = text("url") or text("URL"), text("snippet") or text("abstract")  # the latter as CSL-JSON names them
    return Source(clean(str(row.get("id", number))), url, text("title"), snippet)


def _structured(body: bytes, title: str) -> Detail | None:
    """Return our own export, a provider's response, or other JSON as structured output; None if it is not JSON."""
    from tui.providers.registry import recognise
    from tui.providers.saved import read_saved
    from tui.providers.sdk.json import Notes, clean_json, decode, indented
    from tui.report.markups.notebook import is_notebook, notebook_text

    own = _exported(body, title)
    if own is not None:
        return own
    found = recognise(body, received_at=datetime.now(UTC))
    if found is not None:
        return found[1]
    answer = read_saved(body)
    if answer is not None:
        task = _file_task(title, answer.status, has_report=answer.report is not None)
        return Detail(task, report=answer.report)
    listed = [found[1] for entry in entries_of(body) if (found := recognise(entry, received_at=datetime.now(UTC)))]
    if listed:
        return next((detail for detail in listed if detail.report is not None), listed[0])
    try:
        value = map_json(clean_json(decode(body, Notes())), same, deepest=_DEEPEST)
        if isinstance(value, dict) and is_notebook(value):
            return Detail(_file_task(title), report=Report(notebook_text(value), ReportFormat.MARKDOWN, dialect=True))
    except (BadAnswer, ValueError, RecursionError):
        return None
    task = replace(_file_task(title), warnings=(UNKNOWN_JSON,))
    return Detail(task, report=Report(indented(value), ReportFormat.JSON), structured=value)


def entries_of(body: bytes) -> list[bytes]:
    """Return the tasks of a saved list response, each as a response of its own; empty for anything else."""
    from tui.providers.registry import recognise
    from tui.providers.sdk.json import Notes, decode

    try:
        value = decode(body, Notes())
    except BadAnswer:
        return []
    if isinstance(value, dict):
        lists = [item for item in value.values() if isinstance(item, list) and item]
        value = lists[0] if len(lists) == 1 else []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return []
    bodies = [json.dumps(item, ensure_ascii=False).encode() for item in value]
    ours = all(recognise(entry, received_at=datetime.now(UTC)) is not None for entry in bodies[:_LOOKED_AT])
    return bodies if ours else []


def _exported_page(text: str, title: str) -> Detail | None:
    from tui.report.export.json import record_in_page

    return record_in_page(text, title)


def _exported(body: bytes, title: str) -> Detail | None:
    if b'"schema_version"' not in body:
        return None
    from tui.report.export.json import read_record

    try:
        return read_record(json.loads(decoded(body), strict=False), title)
    except (ValueError, RecursionError):
        return None


def _streamed(body: bytes, text: str, title: str) -> Detail | None:
    """Return the response in a saved event stream: whole, in parts, or only its progress; None if it is none."""
    from tui.providers.sdk.transcripts import events_of

    if not events_of(body):
        return None
    from tui.providers.registry import recognise
    from tui.providers.saved import read_stream

    found = recognise(body, received_at=datetime.now(UTC))
    if found is not None and found[1].report is not None:
        return found[1]
    answer = read_stream(text)
    if answer is not None and (answer.report is not None or found is None):
        return Detail(
            _file_task(title, answer.status, has_report=answer.report is not None),
            report=answer.report,
        )
    return found[1] if found is not None else None


def _with_sources(detail: Detail, sources: tuple[Source, ...]) -> Detail:
    """Return a response with the sources of a sidecar, if it has none of its own."""
    if not sources or detail.report is None or detail.report.sources:
        return detail
    return replace(detail, report=replace(detail.report, sources=sources))


def decoded(body: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16 with a byte order mark; invalid bytes become visible replacements."""
    utf16 = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return body.decode("utf-16" if utf16 else "utf-8-sig", "replace")


def _file_task(title: str, said: str = "", *, has_report: bool = True) -> Task:
    status = TaskStatus.DONE if has_report else TaskStatus.UNKNOWN
    name = one_line(title, 200)
    return Task(id="", provider="file", title=name, status=status, provider_status=said, has_report=has_report)


def report_of(detail: Detail) -> Report:
    """Return the report of `detail`.

    Raises:
        NotFound: it has none (yet).
    """
    if detail.report is None:
        state = detail.task.provider_status or detail.task.status.value
        raise NotFound(f"there is no report: the task is {clean(state)}", hint="; ".join(detail.problems))
    return detail.report
