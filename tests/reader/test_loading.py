"""Turning reports into books off the event loop."""

import gc
import json
import sys
import threading

import pytest

from tests.idle import wait_until_freed
from tests.reader.documents import sample
from tui.domain.detail import Report, ReportFormat
from tui.report.document import Code, Document, Resolution
from tui.ui.reader.layout.code import Tokens
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.layout import Layout
from tui.ui.reader.layout.lines import Frame
from tui.ui.reader.loading import ReportLoader, free, preview, raw_book, read

Delivered = list[tuple[IndexedReport, bool]]


@pytest.fixture(autouse=True)
def collections_as_usual() -> None:
    """No test begins while a report that another one left is freed."""
    wait_until_freed()


def report(text: str = "text") -> Report:
    return Report(text, ReportFormat.MARKDOWN)


def readers() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "reader"}


def join_readers() -> None:
    for thread in readers():
        thread.join(60)


@pytest.fixture(autouse=True)
def alone() -> None:
    """Wait for what other tests left: while a long report is parsed, threads are switched more often."""
    join_readers()


def test_previews_come_before_the_whole() -> None:
    delivered: Delivered = []
    done = threading.Event()

    def deliver(book: IndexedReport, whole: bool) -> None:
        delivered.append((book, whole))
        if whole:
            done.set()

    ReportLoader(report(), (), lambda _: sample(20), lambda _: iter([sample(5)]), deliver)
    assert done.wait(60)
    assert [(len(book.document.citations), whole) for book, whole in delivered] == [(5, False), (20, True)]


def test_the_first_screen_is_there_before_anything_is_painted() -> None:
    here, done = threading.get_ident(), threading.Event()
    delivered: list[tuple[bool, int]] = []

    def deliver(_: IndexedReport, whole: bool) -> None:
        delivered.append((whole, threading.get_ident()))
        if whole:
            done.set()

    ReportLoader(report(), (), lambda _: sample(3), lambda _: iter(()), deliver, at_once=True)
    assert delivered == [(True, here)]
    done.clear()
    loading = ReportLoader(report(), (), lambda _: sample(20), lambda _: iter([sample(5)]), deliver, at_once=True)
    assert delivered[1:] == [(False, here)], "a long report begins at once; the rest is read in a thread"
    loading.go_on()
    assert done.wait(60)
    assert delivered[2][1] != here


def test_code_that_was_not_highlighted_is_when_it_is_seen() -> None:
    document = Document((Code(1, "def one():\n    return 1", "python"),))
    late, now = IndexedReport.of(document, highlighted=False), IndexedReport.of(document)
    assert late.code == {}
    lines = [[(run.text, run.tone) for run in Layout(book, Frame.fit(80, 60)).lines(0)[0].runs] for book in (late, now)]
    assert lines[0] == lines[1]
    assert late.code == now.code


def test_the_rest_is_read_when_the_first_screen_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.reader.loading._PAINTED", 60.0)
    shown, done = threading.Event(), threading.Event()
    parsed: list[bool] = []

    def parse(_: Report) -> Document:
        parsed.append(painted)
        return sample(20)

    painted = False
    given = [shown, done]
    loading = ReportLoader(report(), (), parse, lambda _: iter([sample(5)]), lambda _book, whole: given[whole].set())
    assert shown.wait(60)
    assert parsed == []
    painted = True
    loading.go_on()
    assert done.wait(60)
    assert parsed == [True]


def test_nothing_is_delivered_after_it_was_cancelled() -> None:
    delivered: Delivered = []
    begun, go, over = threading.Event(), threading.Event(), threading.Event()

    def parse(_: Report) -> Document:
        begun.set()
        go.wait(60)
        over.set()
        return sample(3)

    loading = ReportLoader(report(), (), parse, lambda _: iter(()), lambda book, whole: delivered.append((book, whole)))
    assert begun.wait(60)
    loading.cancel()
    go.set()
    assert over.wait(60)
    join_readers()
    assert delivered == []


@pytest.mark.parametrize("broken", [False, True])
def test_a_long_report_leaves_the_interpreter_as_it_was(broken: bool) -> None:
    interval, collected, during, done = sys.getswitchinterval(), gc.get_threshold(), [], threading.Event()

    def parse(_: Report) -> Document:
        during.append((sys.getswitchinterval(), gc.get_threshold()))
        if broken:
            raise ValueError("no")
        return sample(3)

    loading = ReportLoader(report("x" * 200_000), (), parse, lambda _: iter(()), lambda _book, _whole: done.set())
    assert done.wait(60)
    join_readers()
    loading.cancel()
    assert during[0][0] < interval
    assert during[0][1][0] == collected[0]
    assert min(during[0][1][1:]) > 10**6, "only young objects are collected"
    assert sys.getswitchinterval() == interval
    assert gc.get_threshold() == collected


def test_two_long_reports_leave_the_interpreter_as_it_was_whichever_ends_first() -> None:
    interval, collected = sys.getswitchinterval(), gc.get_threshold()
    may_end = [threading.Event(), threading.Event()]
    parses = [threading.Event(), threading.Event()]

    def load(number: int) -> tuple[ReportLoader, threading.Thread]:
        def parse(_: Report) -> Document:
            parses[number].set()
            may_end[number].wait(60)
            return sample(3)

        before = readers()
        loading = ReportLoader(report("x" * 200_000), (), parse, lambda _: iter(()), lambda _book, _whole: None)
        (thread,) = readers() - before
        assert parses[number].wait(60)
        return loading, thread

    (first, one), (second, other) = load(0), load(1)
    for loading, thread, event in ((first, one, may_end[0]), (second, other, may_end[1])):
        loading.cancel()
        loading.cancel()
        event.set()
        thread.join(60)
        if thread is one:
            assert sys.getswitchinterval() < interval, "the other one is still parsed"
            assert min(gc.get_threshold()[1:]) > 10**6
    assert sys.getswitchinterval() == interval
    assert gc.get_threshold() == collected


def test_a_long_report_left_keeps_what_the_first_paint_set_meanwhile() -> None:
    collected = gc.get_threshold()
    loading = ReportLoader(
        report("x" * 200_000), (), lambda _: sample(3), lambda _: iter(()), lambda _book, _whole: None
    )
    try:
        gc.set_threshold(20_000, 50, 100)
        loading.cancel()
        assert gc.get_threshold() == (20_000, 50, 100)
    finally:
        gc.set_threshold(*collected)


def test_the_raw_text_is_a_book_whose_lines_are_those_of_the_text() -> None:
    book = raw_book(report("\n".join(f"line {n}" for n in range(300))))
    assert [unit.line for unit in book.units] == [1, 121, 241]


def test_the_preview_of_a_long_report_is_its_beginning_and_calls_nothing_dangling() -> None:
    text = (
        "# Title\n\n"
        + "A claim [1] and another [2].\n\n" * 6_000
        + "## Sources\n\n[1] https://a.example/\n[2] https://b.example/"
    )
    (document,) = preview(report(text))
    assert 100 < len(document.citations) < 2_000
    assert all(Resolution.DANGLING not in citation.status for citation in document.citations)
    whole = IndexedReport.of(read(report(text)))
    units = IndexedReport.of(document).units
    assert [unit.text for unit in units] == [unit.text for unit in whole.units[: len(units)]]


def test_the_preview_of_a_long_page_ends_with_a_whole_paragraph() -> None:
    parts = "".join(f"<h2>Part {n}</h2><p>Words of part {n}.</p>\n" for n in range(5_000))
    page = f"<html><head><style>p {{}}</style></head><body>{parts}</body></html>"
    (document,) = preview(Report(page, ReportFormat.HTML))
    whole = IndexedReport.of(read(Report(page, ReportFormat.HTML)))
    units = IndexedReport.of(document).units
    assert 100 < len(units) < 1_000
    assert [unit.text for unit in units] == [unit.text for unit in whole.units[: len(units)]]


def test_the_preview_of_a_long_structured_report_has_its_first_fields() -> None:
    rows = [{"name": f"Row {n}", "about": "Words of this row."} for n in range(2_000)]
    long = Report(json.dumps({"rows": rows}), ReportFormat.JSON)
    (document,) = preview(long)
    assert 100 < len(document.blocks) < 1_000
    units = IndexedReport.of(document).units
    assert [unit.text for unit in units] == [unit.text for unit in IndexedReport.of(read(long)).units[: len(units)]]


def test_a_page_that_may_be_another_report_has_no_preview() -> None:
    assert not list(preview(Report(f"<pre># Title\n{'words ' * 20_000}</pre>", ReportFormat.HTML)))
    assert not list(preview(Report(f"<style>{'p ' * 200_000}</style>", ReportFormat.HTML)))


def test_a_block_of_code_is_highlighted_once_however_many_units_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Code] = []

    def counted(block: Code) -> list[Tokens]:
        seen.append(block)
        return []

    monkeypatch.setattr("tui.ui.reader.layout.indexed_report.highlight", counted)
    block = Code(1, "value = 1\n" * 1_000, "python")
    assert len(IndexedReport.of(Document((block,))).units) > 5
    assert seen == [block]


def test_a_short_report_needs_no_preview() -> None:
    assert not list(preview(report("# Title")))


def test_a_left_report_is_freed_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    dropped: list[int] = []
    usual, during, may_end = gc.get_threshold(), list[int](), threading.Event()

    def drop(parts: list[object]) -> None:
        dropped.append(len(parts))
        may_end.wait(60)

    monkeypatch.setattr("tui.ui.reader.loading._LEFT", 0.0)
    monkeypatch.setattr("tui.ui.reader.loading._MANY", 0)
    monkeypatch.setattr("tui.ui.reader.loading.slices.drop", drop)
    book = IndexedReport.of(sample(20))
    free(book)
    during += gc.get_threshold()[1:]
    may_end.set()
    wait_until_freed()
    assert min(during) > 10**6, "only young objects are collected until then: it would be looked through once more"
    assert gc.get_threshold() == usual
    assert dropped == [len(book.units) + 20 + 20 + len(book.document.blocks)]


def test_nothing_is_kept_from_collection_when_a_long_report_was_read() -> None:
    before, done = gc.get_freeze_count(), threading.Event()
    loading = ReportLoader(
        report("x" * 200_000), (), lambda _: sample(3), lambda _: iter(()), lambda _book, _whole: done.set()
    )
    assert done.wait(60)
    join_readers()
    loading.cancel()
    assert gc.get_freeze_count() <= before
