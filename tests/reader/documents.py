"""Small hand-made documents, and real ones through the parser."""

from pathlib import Path

from tui.domain.detail import Report, ReportFormat
from tui.report.document import (
    Block,
    Citation,
    Document,
    Entry,
    Heading,
    Item,
    List,
    MarkerKind,
    Paragraph,
    Resolution,
    Section,
    Span,
)
from tui.report.read import read_report
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.layout import Layout
from tui.ui.reader.layout.lines import DECORATION, Frame, LaidOutLine
from tui.ui.reader.state import ReaderState

LOREM = (
    "Deep research systems plan their work, issue many searches, read the pages they find and cite what they used, "
    "while a person waits for minutes or hours and pays for every step of it."
)


def para(line: int, *spans: Span | str) -> Paragraph:
    """A paragraph of spans and strings."""
    return Paragraph(line, tuple(Span(span) if isinstance(span, str) else span for span in spans))


def head(line: int, level: int, text: str) -> Heading:
    """A heading."""
    return Heading(line, level, (Span(text),), text.lower().replace(" ", "-"))


def bullets(line: int, *texts: str) -> List:
    """A tight list."""
    return List(line, False, True, tuple(Item(line + n, "•", (para(line + n, text),)) for n, text in enumerate(texts)))


def citation(number: str, url: str | None = None, line: int = 1, kind: MarkerKind = MarkerKind.NUMERIC) -> Citation:
    """A citation of one source; without a URL it is dangling."""
    status = Resolution.URL if url else Resolution.DANGLING
    return Citation(f"[{number}]", kind, (number,), (url,), (status,), line, 1)


def sample(paragraphs: int = 40, cites: bool = True) -> Document:
    """A report with headings, numbered paragraphs, one citation in each, and three sources, the third never cited."""
    blocks: list[Block] = [head(1, 1, "A report")]
    citations: list[Citation] = []
    outline = [Section(1, "A report", "a-report", 1)]
    for number in range(paragraphs):
        line = 3 + 4 * number
        if number % 5 == 0:
            blocks.append(head(line, 2, f"Part {number // 5 + 1}"))
            outline.append(Section(2, f"Part {number // 5 + 1}", f"part-{number // 5 + 1}", line))
        spans: list[Span] = [Span(f"Paragraph {number}. {LOREM}")]
        if cites:
            source = str(number % 2 + 1)
            citations.append(citation(source, f"https://site{source}.example/page", line + 2))
            spans += [Span(" "), Span(f"[{source}]", cite=number), Span(" And it goes on.")]
        blocks.append(Paragraph(line + 2, tuple(spans)))
    sources = (
        Entry("1", "https://site1.example/page", "First source", "What the first page says."),
        Entry("2", "https://site2.example/page", "Second source"),
        Entry("3", "https://site3.example/page", "Third source"),
    )
    return Document(tuple(blocks), tuple(citations), sources, tuple(outline), "A report", words=1500)


def parsed(path: Path) -> Document:
    """A report file as the program reads it."""
    return read_report(Report(path.read_text("utf-8"), ReportFormat.MARKDOWN))


def flow_of(document: Document, width: int = 80, measure: int = 100) -> Layout:
    """A document laid out for a width."""
    return Layout(IndexedReport.of(document), Frame.fit(width, measure))


def reading_of(document: Document, width: int = 80, height: int = 24) -> ReaderState:
    """A person at the beginning of a document."""
    return ReaderState(IndexedReport.of(document), Frame.fit(width, 100), height)


def all_lines(flow: Layout) -> list[LaidOutLine]:
    """Every line."""
    return [line for number in range(len(flow.book.units)) for line in flow.lines(number)]


def words_of(flow: Layout, number: int) -> str:
    """The text that the lines of a unit show, without decoration and blanks."""
    text = "".join(run.text for line in flow.lines(number) for run in line.runs if run.at != DECORATION)
    return "".join(text.split())
