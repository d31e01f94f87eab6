"""Exports: a parsed report as a file in another format; pure, one module per format."""

from collections.abc import Callable
from importlib import import_module
from typing import cast

from tui.domain.detail import Detail
from tui.domain.frozen import frozen
from tui.domain.redact import hide_values, url_secrets
from tui.domain.text import json_escaped, sanitize_for_file
from tui.report.document import Document


@frozen
class Format:
    """One export format: its name on the command line, its file suffix, its description."""

    name: str
    suffix: str
    about: str


FORMATS = {
    fmt.name: fmt
    for fmt in (
        Format("md", ".md", "markdown with a resolved list of references"),
        Format("html", ".html", "one self-contained page, claims linked with their sources"),
        Format("json", ".json", "everything known about the task, with citations resolved"),
        Format("txt", ".txt", "plain text, references at the end"),
        Format("bibtex", ".bib", "the sources as BibTeX"),
        Format("ris", ".ris", "the sources as RIS"),
        Format("csl", ".csl.json", "the sources as CSL-JSON"),
    )
}


def render(name: str, detail: Detail, document: Document) -> str:
    """Return the report of `detail`, parsed as `document`, in the format `name` (a key of FORMATS).

    Tokens of the provider's own files, which open them to anybody, are masked wherever they stand. Nothing a terminal
    could act on is left, wherever it came from: addresses are kept verbatim until here.
    """
    module = import_module(f"{__name__}.{_MODULES[name]}")
    text = cast("Callable[[Detail, Document], str]", module.render)(detail, document)
    text = hide_values(hide_values(text, secrets_of(detail)))
    if name in _JSON:
        return json_escaped(text)
    return sanitize_for_file(text, marks=name != "md")


def secrets_of(detail: Detail) -> frozenset[str]:
    """Return the tokens in the addresses of pictures and files of `detail`."""
    return url_secrets([*(image.url for image in detail.images), *(file.url for file in detail.deliverables)])


_JSON = frozenset({"json", "csl"})
_MODULES = {
    "md": "markdown",
    "html": "html",
    "json": "json",
    "txt": "text",
    "bibtex": "bibtex",
    "ris": "ris",
    "csl": "csl",
}
