"""Notebooks (`.ipynb`): their markdown cells in order, code cells as code, outputs of text below it."""

from typing import Any

_LONGEST_OUTPUT = 2000


def is_notebook(value: object) -> bool:
    """Whether a JSON value is a notebook, of nbformat 4 or 3."""
    if not isinstance(value, dict) or "nbformat" not in value:
        return False
    return isinstance(value.get("cells"), list) or isinstance(value.get("worksheets"), list)


def notebook_text(value: dict[str, Any]) -> str:
    """Return the text of a notebook as markdown."""
    sheets = [value] if "cells" in value else [sheet for sheet in value["worksheets"] if isinstance(sheet, dict)]
    language = _language(value)
    pieces: list[str] = []
    for sheet in sheets:
        cells = sheet.get("cells")
        for cell in cells if isinstance(cells, list) else ():
            if isinstance(cell, dict):
                pieces.extend(_cell(cell, language))
    return "\n\n".join(piece for piece in pieces if piece.strip())


def _language(value: dict[str, Any]) -> str:
    metadata = value.get("metadata")
    for name in ("language_info", "kernelspec"):
        found = metadata.get(name) if isinstance(metadata, dict) else None
        if isinstance(found, dict) and isinstance(found.get("name"), str):
            return "python" if found["name"].startswith("python") else str(found["name"])
    return ""


def _cell(cell: dict[str, Any], language: str) -> list[str]:
    source = _joined(cell.get("source", cell.get("input")))
    if cell.get("cell_type") in {"markdown", "raw", "heading"}:
        level = cell.get("level")
        return [f"{'#' * level} {source}" if isinstance(level, int) and 0 < level < 7 else source.strip("\n")]
    outputs = cell.get("outputs")
    shown = [_output(output) for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
    return [_fence(source, language) if source.strip() else "", *shown]


def _output(output: dict[str, Any]) -> str:
    data = output.get("data")
    data = data if isinstance(data, dict) else {}
    if "text/markdown" in data:
        return _joined(data["text/markdown"])
    text = _joined(output.get("text", data.get("text/plain")))
    if len(text) > _LONGEST_OUTPUT:
        text = f"{text[:_LONGEST_OUTPUT]}\n…"
    return _fence(text, "text") if text.strip() else ""


def _fence(text: str, language: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _joined(value: object) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
