"""The sources of a report as CSL-JSON (Zotero, pandoc, citeproc)."""

import json

from tui.domain.detail import Detail
from tui.report.document import Document, Entry
from tui.report.export.common import deep_link, label


def render(detail: Detail, document: Document) -> str:
    """Return a JSON array with one item a source."""
    return json.dumps([_item(entry) for entry in document.sources], ensure_ascii=False, indent=1) + "\n"


def _item(entry: Entry) -> dict[str, str]:
    item = {"id": entry.id, "type": "webpage", "title": label(entry)}
    if url := deep_link(entry):
        item["URL"] = url
    if entry.snippet:
        item["abstract"] = entry.snippet
    return item
