"""The sources of a report as CSL-JSON (Zotero, pandoc, citeproc)."""

import json

from tui.domain.detail import Detail, Json
from tui.report.document import Document, Entry
from tui.report.export.common import deep_link, label
from tui.report.export.works import Date, work_of


def render(detail: Detail, document: Document) -> str:
    """Return a JSON array with one item a source, with DOI, dates, authors and subjects as far as they are known."""
    return json.dumps([_item(entry) for entry in document.sources], ensure_ascii=False, indent=1) + "\n"


def _item(entry: Entry) -> dict[str, Json]:
    work = work_of(entry)
    members: dict[str, Json] = {
        "URL": deep_link(entry),
        "DOI": work.doi,
        "author": [{"literal": author} for author in work.authors],
        "issued": _date(work.issued),
        "accessed": _date(work.accessed),
        "publisher": work.publisher,
        "keyword": ", ".join(work.subjects),
        "abstract": entry.snippet,
        "note": "; ".join(work.remarks),
    }
    return {"id": entry.id, "type": "webpage", "title": label(entry)} | {k: v for k, v in members.items() if v}


def _date(date: Date | None) -> Json:
    return {"date-parts": [[*date]]} if date else None
