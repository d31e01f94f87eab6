"""The sources of a report as BibTeX, one @misc an entry."""

import re

from tui.domain.detail import Detail
from tui.report.document import Document, Entry
from tui.report.export.common import deep_link, label

_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
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


def render(detail: Detail, document: Document) -> str:
    """Return one BibTeX entry a source, keyed by the task and the source id."""
    prefix = re.sub(r"[^A-Za-z0-9]", "", detail.task.id or detail.task.provider) or "task"
    return "\n".join(_entry(prefix, entry) for entry in document.sources)


def _entry(prefix: str, entry: Entry) -> str:
    key = f"{prefix}-{re.sub(r'[^A-Za-z0-9]', '-', entry.id)}"
    fields = [("title", "{" + label(entry).translate(_SPECIAL) + "}")]
    if url := deep_link(entry):
        fields += [("howpublished", "Web page"), ("url", url.translate(_URL_SPECIAL))]
    if entry.snippet:
        fields.append(("note", " ".join(entry.snippet.split()).translate(_SPECIAL)))
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields)
    return f"@misc{{{key},\n{body}\n}}\n"
