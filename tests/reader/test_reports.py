"""Every real report through the layout, every golden's citations by `]`, and hostile ones on the screen."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reader.documents import all_lines, parsed
from tests.reader.host import Host, detail_of, reader_of
from tests.reader.test_screen import reading
from tui.domain.text import forbidden
from tui.report.parse import parse
from tui.ui.reader.book import Book
from tui.ui.reader.cells import cell_len
from tui.ui.reader.flow import Flow
from tui.ui.reader.lines import Frame, Place
from tui.ui.reader.reading import Reading
from tui.ui.reader.screen import ReaderScreen

SIZES = ((60, 20), (80, 24), (120, 40), (200, 60))
PARTS = 8


def some(shared: Path, part: int, pattern: str = "*.md") -> Iterator[Path]:
    """One part of the reports, so that several workers can share them."""
    paths = sorted((shared / "reports").glob(pattern))
    assert paths
    yield from paths[part::PARTS]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_report_pages_to_the_end_and_back_and_shows_all_its_text_in_lines_that_fit(
    shared: Path, part: int
) -> None:
    for number, path in enumerate(some(shared, part)):
        book = Book.of(parsed(path))
        assert all(target is not None for target in book.cites), path.name
        for width, height in SIZES:
            reader = Reading(book, Frame.fit(width, 100), height)
            pages = 0
            while not reader.at_end:
                reader.page(1)
                pages += 1
            assert reader.window()[-1] == reader.flow.end
            for _ in range(pages):
                reader.page(-1)
            assert reader.top == Place(0, 0), (path.name, width)
        check_text(Flow(book, Frame.fit(SIZES[number % len(SIZES)][0], 100)), path.name)


def check_text(flow: Flow, name: str) -> None:
    for index, unit in enumerate(flow.book.units):
        runs = {(run.at, run.text) for line in flow.lines(index) for run in line.runs if run.at >= 0}
        assert "".join("".join(text for _, text in sorted(runs)).split()) == "".join(unit.text.split()), name
    for line in all_lines(flow):
        assert line.wide or line.indent + line.cells <= flow.frame.width, name
        assert line.cells == sum(cell_len(run.text) for run in line.runs), name


@pytest.mark.parametrize("part", range(PARTS))
def test_the_citations_of_the_goldens_are_reached_in_order_in_the_middle_third(shared: Path, part: int) -> None:
    for golden in some(shared, part, "*.golden.json"):
        wanted = json.loads(golden.read_text("utf-8"))
        path = golden.with_name(wanted["file"])
        sidecar = path.with_name(f"{path.stem}.sources.json")
        sources = json.loads(sidecar.read_text("utf-8"))["sources"] if sidecar.exists() else ()
        reader = Reading(Book.of(parse(path.read_text("utf-8"), sources)), Frame.fit(80, 100), 24)
        last_top = reader.flow.last_top(24)
        reached = []
        while reader.next_cite():
            assert reader.cite is not None
            target = reader.book.cites[reader.cite]
            assert target is not None
            assert target.ref is not None
            row = reader.window().index(Place(target.unit, reader.flow.spot(target.unit, target.ref).row))
            if Place(0, 0) < reader.top < last_top:
                assert 8 <= row < 16, (path.name, reader.cite)
            reached.append(reader.book.document.citations[reader.cite])
        assert [[*one.ids] for one in reached] == [one["ids"] for one in wanted["citations"]], path.name


def screen_text(app: Host) -> str:
    """Everything that the view would write, without our own sequences."""
    strips = app.view.render_lines(app.view.size.region)
    return "".join(segment.text for strip in strips for segment in strip)


async def test_real_reports_open_on_the_screen_and_page_to_the_end(shared: Path) -> None:
    for name in ("byd-perplexity.md", "parcha-grep-016.md", "drb-claude37-13.md"):
        document = parsed(shared / "reports" / name)
        app = reader_of(document)
        async with reading(app, (100, 30)) as pilot:
            await pilot.press("space", "space", "G", "b", "g", "right_square_bracket", "enter")
            await pilot.pause()
            assert app.view.reading.cite == 0


async def test_hostile_reports_show_nothing_forbidden(shared: Path) -> None:
    paths = sorted((shared / "hostile" / "reports").glob("*.md"))
    assert paths
    app = Host(ReaderScreen(detail_of(""), parse=lambda report: parse(report.text)))
    async with reading(app) as pilot:
        for path in paths:
            text = path.read_bytes().decode("utf-8", "replace")
            app.view.open(Book.of(parse(text)))
            await pilot.pause()
            for _ in range(4):
                assert not forbidden(screen_text(app)), path.name
                app.view.act(lambda one: one.page(1))
            prepared = "".join(strip._render_cache or "" for strip in app.view.render_lines(app.view.size.region))
            assert "\x07" not in prepared, path.name
            assert "\x9b" not in prepared, path.name


async def test_hostile_strings_in_titles_and_sources_show_nothing_forbidden(shared: Path) -> None:
    from tests.reader.documents import citation, para
    from tui.domain.text import clean
    from tui.report.document import Document, Entry, Span

    strings = json.loads((shared / "hostile" / "strings.json").read_text("utf-8"))
    cases = strings if isinstance(strings, list) else strings["cases"]
    texts = [clean(str(case.get("text", case) if isinstance(case, dict) else case)) for case in cases]
    document = Document(
        tuple(para(n + 1, text, Span("[1]", cite=n)) for n, text in enumerate(texts)),
        tuple(citation("1", "https://a.example/") for _ in texts),
        tuple(Entry(str(n + 1), "https://a.example/", text, text) for n, text in enumerate(texts)),
    )
    app = reader_of(document)
    async with reading(app) as pilot:
        await pilot.press("right_square_bracket", "enter", "enter")
        painted = "".join(segment.text for strip in app.screen._compositor.render_strips() for segment in strip)
        assert not forbidden(painted)
        assert "sources" in painted
