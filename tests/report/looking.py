"""Helpers of these tests: every text and span of a document, and citations in short."""

from collections.abc import Iterator, Sequence

from tui.report.document import (
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
    Span,
    StructuredField,
    Table,
)


def spans(blocks: Sequence[Block | Item]) -> Iterator[Span]:
    """Iterate over every span in the blocks."""
    for block in blocks:
        match block:
            case Heading() | Paragraph() | StructuredField():
                yield from block.spans
            case List(items=items):
                yield from spans(items)
            case Item(blocks=inner) | Quote(blocks=inner):
                yield from spans(inner)
            case Table(head=head, rows=rows):
                for cells in (head, *(row.cells for row in rows)):
                    for cell in cells:
                        yield from cell


def codes(blocks: Sequence[Block | Item]) -> Iterator[str]:
    """Iterate over the texts of code, math and notices."""
    for block in blocks:
        match block:
            case Code(text=text) | Math(text=text) | Notice(text=text):
                yield text
            case List(items=items):
                yield from codes(items)
            case Item(blocks=inner) | Quote(blocks=inner):
                yield from codes(inner)


def text_of(document: Document) -> str:
    """Return everything a reader sees, without places."""
    return "".join([*(span.text for span in spans(document.blocks)), *codes(document.blocks)])


def shown(document: Document) -> Iterator[str]:
    """Iterate over every string of a document that may reach a terminal."""
    for span in spans(document.blocks):
        yield span.text
        yield span.url or ""
    yield from codes(document.blocks)
    for section in document.outline:
        yield from (section.title, section.slug)
    for source in document.sources:
        yield from (source.id, source.title or "")
    yield from document.anchors
    yield document.title or ""


def brief(document: Document) -> list[tuple[str, tuple[str, ...], tuple[str | None, ...]]]:
    """Return kind, ids and URLs of every citation."""
    return [(str(citation.kind), citation.ids, citation.urls) for citation in document.citations]


def first(document: Document) -> Block:
    """Return the first block."""
    return document.blocks[0]
