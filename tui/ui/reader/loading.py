"""Parses and indexes a report off the event loop."""

import gc
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import replace

from tui.domain import slices
from tui.domain.detail import Image, Report, ReportFormat
from tui.domain.text import one_line
from tui.report.document import Code, Document, Paragraph, Resolution, Span
from tui.ui.reader.layout.indexed_report import IndexedReport

LONG = 150_000  # characters from which parsing takes long enough to be felt
_FIRST = 12_000  # characters of the first screens
_PREVIEWED = 48_000  # characters from which these come first
_PAINTED = 1.0  # seconds within which a first screen is painted, whatever else goes on
_TURN = 0.001  # seconds a thread keeps the interpreter while another waits
_MANY = 1_000  # units from which freeing a report is felt
_LEFT = 0.5  # seconds after which nothing shows a report that was left
_NEVER = 2**31 - 1  # collections of young objects
Parse = Callable[[Report], Document]


def read(report: Report) -> Document:
    """Parse a report; the parser is imported here, when the first report is opened."""
    from tui.report.read import read_report

    return read_report(report)


def make_ready() -> None:
    """Compile the parser's expressions ahead of time: that takes longer than to parse a report."""
    read(Report("[1](https://a.example)", ReportFormat.MARKDOWN))


def preview(report: Report) -> Iterator[Document]:
    """Yield the beginning of a long report, so that the first screen need not wait for the rest.

    The lists of sources are at the end, so nothing here is called dangling yet.
    """
    if len(report.text) > _PREVIEWED:
        document = _beginning(report)
        if not document.blocks:
            return
        known = tuple(
            replace(citation, status=tuple(Resolution.TITLE for _ in citation.status))
            for citation in document.citations
        )
        yield replace(document, citations=known)


def _beginning(report: Report) -> Document:
    from tui.report.preview import head, page_head

    if report.format is ReportFormat.JSON:
        from tui.report.read import with_basis
        from tui.report.structured import read_fields

        return read_fields(with_basis(report), _FIRST)
    cut = page_head if report.format is ReportFormat.HTML else head
    return read(replace(report, text=cut(report.text, _FIRST), partial=False))


def raw_book(report: Report) -> IndexedReport:
    """Return the text as received, indexed as a document of its own."""
    return IndexedReport.of(Document((Code(1, report.text, "text"),), words=len(report.text.split())))


def free(book: IndexedReport) -> None:
    """Free a report that is shown no more, a moment from now and in slices: at once, a long one would delay keys.

    Until then only young objects are collected.
    """
    document = book.document
    if len(book.units) < _MANY:
        return
    parts = [*book.units, *book.cites, *document.citations, *document.blocks]  # from the end on: spans come last
    unfreed = ExitStack()
    unfreed.enter_context(_long_reports)
    later = threading.Timer(_LEFT, _drop, (parts, unfreed))
    later.daemon, later.name = True, "freeing"
    later.start()


def _drop(parts: list[object], unfreed: ExitStack) -> None:
    with unfreed:
        slices.drop(parts)


class ReportLoader:
    """Parses and indexes a report in a daemon thread.

    Args:
        report: What to read.
        images: The pictures that belong to it.
        parse: Report -> Document.
        preview: Yields quicker documents of the beginning, for the first screen of a long report.
        deliver: Called in the thread with each book and whether it is the whole; not after `cancel`.
        at_once: Make and deliver the first book before this returns: where nothing is painted yet, a thread would only
            share the processor with a screen that says "reading".
    """

    def __init__(
        self,
        report: Report,
        images: Sequence[Image],
        parse: Parse,
        preview: Callable[[Report], Iterator[Document]],
        deliver: Callable[[IndexedReport, bool], None],
        *,
        at_once: bool = False,
    ) -> None:
        self._report, self._images = report, images
        self._parse, self._preview, self._deliver = parse, preview, deliver
        self._long = len(report.text) >= LONG
        self._open = ExitStack()
        if self._long:
            self._open.enter_context(_long_reports)
        self._cancelled = threading.Event()
        self._seen = threading.Event()
        documents = self._documents()
        if not (at_once and self._give(*next(documents), highlighted=False)):
            threading.Thread(target=self._run, args=(documents,), name="reader", daemon=True).start()

    def cancel(self) -> None:
        """Deliver nothing from now on: the report was left."""
        self._cancelled.set()
        self._seen.set()
        self._open.close()

    def go_on(self) -> None:
        """Parse the rest: what was delivered so far is painted, so that both do not share the processor."""
        self._seen.set()

    def _run(self, documents: Iterator[tuple[Document, bool]]) -> None:
        with _parsing if self._long else nullcontext():
            for document, whole in documents:
                self._give(document, whole)

    def _documents(self) -> Iterator[tuple[Document, bool]]:
        """Yield (document, whether it is the whole report); the last one is."""
        report = self._report
        try:
            for document in self._preview(report):
                yield document, False
                self._seen.wait(_PAINTED)
            document = self._parse(report)
        except Exception as error:  # noqa: BLE001  the boundary between a stranger's text and the screen
            document = _failed(report, error)
        if not self._cancelled.is_set():
            yield document, True

    def _give(self, document: Document, whole: bool, *, highlighted: bool = True) -> bool:
        """Deliver a document, and whether it is the whole report."""
        if not self._cancelled.is_set():
            self._deliver(IndexedReport.of(document, self._images, highlighted=highlighted), whole)
        return whole


class _Shared:
    """Changes a setting of the interpreter while at least one of several asks for it.

    Args:
        change: Changes it, and returns what puts it back.
    """

    def __init__(self, change: Callable[[], Callable[[], None]]) -> None:
        self._lock = threading.Lock()
        self._change = change
        self._askers = 0
        self._put_back: Callable[[], object] = change

    def __enter__(self) -> None:
        with self._lock:
            if not self._askers:
                self._put_back = self._change()
            self._askers += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._askers -= 1
            if not self._askers:
                self._put_back()


def _switch_often() -> Callable[[], None]:
    """Switch threads more often."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    return lambda: sys.setswitchinterval(interval)


def _collect_young() -> Callable[[], None]:
    """Have only young objects collected.

    A full collection over the tokens of 5 MB stops every thread for most of a second, and none of them is garbage.
    """
    usual = gc.get_threshold()
    gc.set_threshold(usual[0], _NEVER, _NEVER)

    def put_back() -> None:
        if gc.get_threshold()[1] == _NEVER:  # else the first paint set its own meanwhile
            gc.set_threshold(*usual)

    return put_back


_parsing = _Shared(_switch_often)
_long_reports = _Shared(_collect_young)


def _failed(report: Report, error: Exception) -> Document:
    """Return the text as received under a notice that it could not be parsed."""
    reason = one_line(f"{type(error).__name__}: {error}", 200)
    notice = Paragraph(1, (Span(f"This report could not be parsed ({reason}); here is its text as received."),))
    return Document((notice, Code(1, report.text, "text")), problems=(reason,))
