"""Imports files into the archive: a provider's response as that provider's task, a report as the task of a file.

The bytes are saved before anything is made of them; known tasks are left alone.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.detail import Detail
from tui.domain.digest import sha256
from tui.domain.errors import UsageError
from tui.domain.task import Task
from tui.domain.text import clean, one_line
from tui.engine.files.documents import decoded, detect_document, entries_of, read_bytes
from tui.engine.ingest.merge import merge
from tui.engine.ingest.report_index import Derived, derive
from tui.engine.polling.discovery import new_id
from tui.engine.ports import ParsedResponse, ResponseFingerprint

if TYPE_CHECKING:
    from tui.engine.archive import Archive

_REPORTS = frozenset(
    ".md .markdown .html .htm .json .txt .ipynb .rst .tex .latex .org .adoc .asciidoc .wiki .mediawiki".split()
)


def import_file(archive: "Archive", path: Path) -> list[Task | None]:
    """Import one file; returns its task, or the tasks of a saved list; None for what the archive already has.

    Raises:
        NotFound: the file cannot be read.
        UsageError: it is neither a provider's answer nor a report.
        ArchiveError: it could not be saved.
    """
    body = read_bytes(str(path))
    return [_import_body(archive, entry, path) for entry in entries_of(body) or [body]]


def _import_body(archive: "Archive", body: bytes, path: Path) -> Task | None:
    if archive.with_body(body):
        return None
    detail = _understood(body, path)
    now = datetime.now(UTC)
    known = _known(archive, detail.task) if not detail.task.is_file else None
    if known is not None and (known.has_report or not detail.task.status.is_final):
        return None  # what is known is not less than this
    task = known or _new_task(detail, path)
    archive.put_tasks([task]).result()
    digest = sha256(body).hex()
    final = detail.task.status.is_final
    archive.save_answer(task.id, body, digest=digest, received_at=now, final=final).result()
    reading, derived = _read(task, detail, digest, now)
    archive.save_reading(reading, derived.cited).result()
    return reading.task


def _read(known: Task, detail: Detail, digest: str, now: datetime) -> tuple[ParsedResponse, Derived]:
    """Return the values to save for a response, derived as the engine derives them."""
    report = detail.report
    derived = derive(report) if report is not None else Derived()
    merged = merge(known, detail, now=now, watched=False)
    task = merged.task
    if derived.citations is not None:
        task = replace(task, citations=derived.citations, sources=task.sources or len(derived.sources) or None)
    if task.is_file and derived.title:
        task = replace(task, title=one_line(derived.title, 200))
    mark = ResponseFingerprint(digest, report_chars=len(report.text) if report else 0)
    return ParsedResponse(task, mark, report, derived.sources, derived.text, merged.current), derived


def _understood(body: bytes, path: Path) -> Detail:
    name = clean(path.name)
    if not body.strip():
        raise UsageError(f"{name} is empty")
    detail = detect_document(body, path.stem)
    if not detail.task.is_file:
        return detail
    if path.suffix.lower() not in _REPORTS:
        known = ".md, .html, .json, .txt, .ipynb, .rst, .tex, .org, .adoc, .wiki"
        raise UsageError(f"{name} is neither a provider's answer nor a report ({known})")
    report = detail.report
    if report is None:
        raise UsageError(f"{name} is an answer without a report: {detail.task.provider_status or 'unfinished'}")
    is_the_file = report.text.strip() == decoded(body).strip()
    if is_the_file and detail.structured is None and path.suffix.lower() == ".json":  # what is JSON was read as such
        raise UsageError(f"{name} is broken JSON")
    return detail


def _known(archive: "Archive", read: Task) -> Task | None:
    """Return the archive's task that a response is about, of whichever account; None if there is none."""
    return next(iter(archive.known_as(read.provider, "", [read.remote_id])), None) if read.remote_id else None


def _new_task(detail: Detail, path: Path) -> Task:
    task = replace(detail.task, id=new_id())
    if not task.is_file:
        return task
    saved = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return replace(task, created_at=saved, finished_at=saved)
