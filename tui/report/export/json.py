"""Everything known about a task as one JSON document (schema_version 1)."""

import json

from tui.domain.detail import Detail
from tui.report.citations.audit import audit
from tui.report.document import Document
from tui.report.export.common import facts
from tui.report.output import cite_json


def render(detail: Detail, document: Document) -> str:
    """Return {"schema_version", "title", "prompt", "facts", "format", "report", "structured", "citations", ...}."""
    report = detail.report
    record = {
        "schema_version": 1,
        "title": detail.task.title,
        "prompt": detail.task.prompt,
        "facts": [{"label": label, "value": value} for label, value in (*facts(detail), *detail.facts)],
        "format": report.format.value if report else None,
        "report": report.text if report else None,
        "structured": detail.structured,
        **cite_json(document, audit(document, report.sources if report else ())),
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"
