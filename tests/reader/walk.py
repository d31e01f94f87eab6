"""Reading a report on the real screen from end to end: what must hold for every report at every size."""

import json
from collections.abc import Iterator
from pathlib import Path

from rich.cells import cell_len

from tests.reader.documents import parsed
from tests.reader.host import Host
from tui.report.document import (
    Block,
    Code,
    Document,
    Heading,
    List,
    Math,
    Notice,
    Paragraph,
    Quote,
    StructuredField,
    Table,
)
from tui.report.formula import readable
from tui.report.parse import parse
from tui.report.shown import shown
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.lines import LinePosition, Tone
from tui.ui.reader.report_view import ReportView
from tui.ui.reader.selection import line_text
from tui.ui.reader.state import ReaderState

SIZES = ((60, 20), (80, 24), (120, 40), (200, 60))


def words(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Yield the text of blocks, found by another way than the reader's."""
    for block in blocks:
        match block:
            case Heading(spans=spans) | Paragraph(spans=spans):
                yield from (shown(span).text for span in spans)
            case StructuredField(name=name, spans=spans):
                yield name + (":" if any(span.cite is None for span in spans) and name else "")
                yield from (shown(span).text for span in spans)
            case List(items=items):
                for item in items:
                    yield from words(item.blocks)
            case Quote(blocks=inside):
                yield from words(inside)
            case Math(text=text):
                yield readable(text)
            case Code(text=text) | Notice(text=text):
                yield text
            case Table(head=head, rows=rows):
                for cells in (head, *(row.cells for row in rows)):
                    yield from (shown(span).text for cell in cells for span in cell)


def squeezed(text: str) -> str:
    """Return `text` without blanks."""
    return "".join(text.split())


def strips(view: ReportView) -> list[str]:
    """Return the lines that the view would paint now."""
    painted = view.render_lines(view.size.region)
    assert all(strip.cell_length == view.size.width for strip in painted)
    return ["".join(segment.text for segment in strip) for strip in painted]


def page_through(app: Host, path: Path) -> int:
    """Page to the end and back; returns the number of screens. What is painted is the document's text, all of it."""
    document = parsed(path)
    view = app.view
    view.open(IndexedReport.of(document))
    seen: dict[LinePosition, None] = {}
    pages = 0
    while True:
        pages += 1
        flow, places = view.reading.flow, view._places()
        for place, line in zip(places, strips(view), strict=False):
            seen[place] = None
            laid = flow.line(place)
            assert laid.wide or line.rstrip() == line_text(laid).rstrip(), (path.name, place)
            assert laid.wide or cell_len(line.rstrip()) <= view.size.width, (path.name, place)
        if view.reading.at_end:
            break
        view.act(lambda reading: reading.page(1))
    painted: dict[int, dict[tuple[int, str], None]] = {}
    for place in seen:
        runs = (run for run in flow.line(place).runs if run.at >= 0)
        painted.setdefault(place.unit, {}).update(((run.at, run.text), None) for run in runs)
    text = "".join(text for unit in sorted(painted) for _, text in sorted(painted[unit]))
    assert squeezed(text) == squeezed("".join(words(document.blocks))), path.name
    for _ in range(pages):
        view.act(lambda reading: reading.page(-1))
        strips(view)
    assert view.reading.top == LinePosition(0, 0), path.name
    return pages


def walk_citations(app: Host, document: Document, name: str) -> list[tuple[str, ...]]:
    """Go through all citations by `]`; returns the ids of each. All are painted as current, in the middle third."""
    view = app.view
    view.open(IndexedReport.of(document))
    height = view.size.height
    last_top = view.reading.flow.last_top(height)
    current = view._painter.style(Tone.CURRENT)
    reached: list[tuple[str, ...]] = []
    while view.act(ReaderState.next_cite):
        cite = view.reading.cite
        assert cite is not None
        marked = [
            y
            for y, strip in enumerate(view.render_lines(view.size.region))
            if any(
                segment.style and segment.style.reverse and segment.style.color == current.color for segment in strip
            )
        ]
        assert marked, (name, cite)
        if LinePosition(0, 0) < view.reading.top < last_top:
            assert height // 3 <= marked[0] < -(-2 * height // 3), (name, cite)
        reached.append(document.citations[cite].ids)
    return reached


def golden(path: Path) -> tuple[Document, list[tuple[str, ...]]]:
    """Return the document of a report that has a golden, and the ids of its citations in order."""
    wanted = json.loads(path.with_suffix(".golden.json").read_text("utf-8"))
    sidecar = path.with_name(f"{path.stem}.sources.json")
    sources = json.loads(sidecar.read_text("utf-8"))["sources"] if sidecar.exists() else ()
    return parse(path.read_text("utf-8"), sources), [tuple(one["ids"]) for one in wanted["citations"]]
