"""The sources of a report as BibTeX, one @misc an entry."""

import re
from collections.abc import Iterator

from tui.domain.detail import Detail
from tui.report.document import Document, Entry
from tui.report.export.common import deep_link, label
from tui.report.export.works import Date, work_of

_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",  # BibTeX counts braces, escaped or not
        "}": r"\textbraceright{}",
        "%": r"\%",
        "&": r"\&",
        "#": r"\#",
        "$": r"\$",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_URL_SPECIAL = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def render(detail: Detail, document: Document) -> str:
    """Return one BibTeX entry a source, keyed by the task and the source id; no two keys are the same."""
    prefix = re.sub(r"[^A-Za-z0-9]", "", detail.task.id or detail.task.provider) or "task"
    keys: set[str] = set()
    return "\n".join(_entry(_key(f"{prefix}-{entry.id}", keys), entry) for entry in document.sources)


def _key(text: str, taken: set[str]) -> str:
    key = name = re.sub(r"[^A-Za-z0-9]", "-", text)
    number = 1
    while key.casefold() in taken:
        number += 1
        key = f"{name}-{number}"
    taken.add(key.casefold())
    return key


def _entry(key: str, entry: Entry) -> str:
    body = ",\n".join(f"  {name} = {value}" for name, value in _fields(entry))
    return f"@misc{{{key},\n{body}\n}}\n"


def _fields(entry: Entry) -> Iterator[tuple[str, str]]:
    work = work_of(entry)
    yield "title", "{{" + label(entry).translate(_SPECIAL) + "}}"
    if work.authors:
        yield "author", "{" + " and ".join("{" + author.translate(_SPECIAL) + "}" for author in work.authors) + "}"
    if work.issued:
        yield "year", f"{{{work.issued[0]:04}}}"
        if len(work.issued) > 1:
            yield "month", _MONTHS[work.issued[1] - 1]
        yield "date", f"{{{_date(work.issued)}}}"
    if work.doi:
        yield "doi", f"{{{work.doi.translate(_URL_SPECIAL)}}}"
    if work.publisher:
        yield "publisher", f"{{{work.publisher.translate(_SPECIAL)}}}"
    if url := deep_link(entry):
        yield "howpublished", "{Web page}"
        yield "url", f"{{{url.translate(_URL_SPECIAL)}}}"
    if work.accessed:
        yield "urldate", f"{{{_date(work.accessed)}}}"
    for name, text in (
        ("note", entry.snippet or ""),
        ("keywords", ", ".join(work.subjects)),
        ("annote", "; ".join(work.remarks)),
    ):
        if text.strip():
            yield name, f"{{{' '.join(text.split()).translate(_SPECIAL)}}}"


def _date(date: Date) -> str:
    return "-".join(f"{part:02}" for part in date)
