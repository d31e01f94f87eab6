"""The sources of a report as RIS, one ELEC record an entry."""

from collections.abc import Iterator

from tui.domain.detail import Detail
from tui.report.document import Document, Entry
from tui.report.export.common import deep_link, label
from tui.report.export.works import Date, work_of


def render(detail: Detail, document: Document) -> str:
    """Return one RIS record a source, with DOI, dates, authors and subjects as far as they are known."""
    return "".join(_record(entry) for entry in document.sources)


def _record(entry: Entry) -> str:
    lines = [f"{tag}  - {' '.join(text.split())}" for tag, text in _fields(entry) if text and text.strip()]
    return "\r\n".join(["TY  - ELEC", *lines, "ER  - ", "", ""])


def _fields(entry: Entry) -> Iterator[tuple[str, str | None]]:
    work = work_of(entry)
    yield "ID", entry.id
    yield "TI", label(entry)
    yield from (("AU", author) for author in work.authors)
    if work.issued:
        yield "PY", f"{work.issued[0]:04}"
        yield "DA", _date(work.issued)
    if work.accessed:
        yield "Y2", _date(work.accessed)
    yield "DO", work.doi
    yield "PB", work.publisher
    yield "UR", deep_link(entry)
    yield "AB", entry.snippet
    yield from (("KW", subject) for subject in work.subjects)
    yield from (("N1", remark) for remark in work.remarks)


def _date(date: Date) -> str:
    """Return a date in RIS's form: YYYY/MM/DD/, unknown parts left empty."""
    year, month, day = (*date, 0, 0)[:3]
    return f"{year:04}/{f'{month:02}' if month else ''}/{f'{day:02}' if day else ''}/"
