"""A report as plain text with numbered references at the end."""

import textwrap
from collections.abc import Iterator

from tui.domain.detail import Detail
from tui.report.document import (  # fmt: skip
    Block,
    Code,
    Document,
    Heading,
    Item,
    List,
    Math,
    Notice,
    Paragraph,
    Quote,
    Rule,
    Spans,
    StructuredField,
    Table,
)
from tui.report.export.common import deep_link, facts, label

_WIDTH = 80


def render(detail: Detail, document: Document) -> str:
    """Return the report as text, filled to 80 columns."""
    head = [detail.task.title, "", *(f"{name}: {value}" for name, value in facts(detail)), ""]
    body = [line for block in document.blocks for line in (*_lines(block), "")]
    references = [line for entry in document.sources for line in _reference(entry.id, label(entry), deep_link(entry))]
    return "\n".join([*head, *body, *(["References", "", *references] if references else [])]).rstrip() + "\n"


def plain(spans: Spans) -> str:
    """Return the words of `spans`."""
    return "".join(span.text for span in spans)


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(level=level, spans=spans):
            title = plain(spans)
            yield title
            yield ("=" if level == 1 else "-") * min(_WIDTH, len(title))
        case Paragraph(spans=spans):
            yield from _fill(plain(spans))
        case StructuredField(name=name, spans=spans, depth=depth):
            yield from _fill(f"{name}: {plain(spans)}", "  " * depth)
        case Quote(blocks=blocks):
            yield from (f"> {line}" for inner in blocks for line in _lines(inner))
        case List(items=items):
            yield from (line for item in items for line in _item(item))
        case Code(text=text) | Math(text=text):
            yield from (f"    {line}" for line in text.splitlines())
        case Table(head=head, rows=rows):
            lines = [
                " | ".join(plain(cell).replace("\n", " ") for cell in cells)
                for cells in (head, *(r.cells for r in rows))
            ]
            yield from filter(None, lines)
        case Notice(text=text):
            yield f"[{text}]"
        case Rule():
            yield "-" * 20


def _item(item: Item) -> Iterator[str]:
    lead = f"{item.label} {'' if item.checked is None else '[x] ' if item.checked else '[ ] '}"
    lines = [line for inner in item.blocks for line in _lines(inner)] or [""]
    yield lead + lines[0]
    yield from (" " * len(lead) + line for line in lines[1:])


def _fill(text: str, indent: str = "") -> Iterator[str]:
    for line in text.split("\n"):
        yield from textwrap.wrap(
            line,
            _WIDTH,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]


def _reference(identifier: str, title: str, url: str | None) -> Iterator[str]:
    yield f"[{identifier}] {title}"
    if url and url != title:
        yield f"    {url}"
