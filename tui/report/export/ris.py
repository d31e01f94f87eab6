"""The sources of a report as RIS, one ELEC record an entry."""

from tui.domain.detail import Detail
from tui.report.document import Document, Entry
from tui.report.export.common import deep_link, label


def render(detail: Detail, document: Document) -> str:
    """Return one RIS record a source."""
    return "".join(_record(entry) for entry in document.sources)


def _record(entry: Entry) -> str:
    lines = ["TY  - ELEC", f"ID  - {_flat(entry.id)}", f"TI  - {label(entry)}"]
    if url := deep_link(entry):
        lines.append(f"UR  - {_flat(url)}")
    if entry.snippet:
        lines.append(f"AB  - {_flat(entry.snippet)}")
    return "\r\n".join([*lines, "ER  - ", "", ""])


def _flat(text: str) -> str:
    return " ".join(text.split())
