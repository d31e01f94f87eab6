"""Real reports through the layout, the citations of goldens by `]`, and hostile ones on the screen."""

import json
from pathlib import Path

import pytest

from tests.corpora import OWN, SHARED
from tests.reader.documents import all_lines, parsed, sample
from tests.reader.host import Host, detail_of, reader_of
from tests.reader.test_screen import reading
from tests.reader.walk import SIZES, golden, page_through, walk_citations
from tui.domain.cells import cell_len
from tui.domain.text import unsafe_characters
from tui.report.parse import parse
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.layout.layout import Layout
from tui.ui.reader.layout.lines import Frame
from tui.ui.reader.screen import ReaderScreen

pytestmark = pytest.mark.no_cover  # long, and what it runs is covered elsewhere: tracing would double its time
PARTS = 4
FEW, LARGE = 25, 80_000
REAL = ("byd-perplexity", "parcha-grep-016", "drb-claude37-13") if SHARED.is_dir() else ()


def some(corpus: Path, part: int, pattern: str = "*.md") -> list[Path]:
    """A few reports of all kinds, none of them large, other ones for every part."""
    paths = sorted(path for path in (corpus / "reports").glob(pattern) if path.stat().st_size < LARGE)
    assert paths
    return paths[part :: FEW if len(paths) > 2 * FEW else len(SIZES)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_reports_page_to_the_end_and_back_and_what_is_painted_is_their_text(
    corpus: Path, size: tuple[int, int]
) -> None:
    """A few of them; `python -m tests.bench.pages` reads them all."""
    app = reader_of(sample())
    async with reading(app, size):
        for path in some(corpus, SIZES.index(size)):
            page_through(app, path)


@pytest.mark.parametrize("part", range(PARTS))
def test_any_report_shows_all_its_text_in_lines_that_fit(corpus: Path, part: int) -> None:
    """Of all but the largest, every other one; `python -m tests.bench.pages` reads them all."""
    paths = sorted(path for path in (corpus / "reports").glob("*.md") if path.stat().st_size < LARGE)
    for number, path in enumerate(paths[2 * part :: 2 * PARTS]):
        book = IndexedReport.of(parsed(path))
        assert all(target is not None for target in book.cites), path.name
        check_text(Layout(book, Frame.fit(SIZES[number % len(SIZES)][0], 100)), path.name)


def check_text(flow: Layout, name: str) -> None:
    for index, unit in enumerate(flow.book.units):
        runs = {(run.at, run.text) for line in flow.lines(index) for run in line.runs if run.at >= 0}
        assert "".join("".join(text for _, text in sorted(runs)).split()) == "".join(unit.text.split()), name
    for line in all_lines(flow):
        assert line.wide or line.indent + line.cells <= flow.frame.width, name
        assert line.cells == sum(cell_len(run.text) for run in line.runs), name


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_citations_of_goldens_are_reached_in_order_in_the_middle_third(
    corpus: Path, size: tuple[int, int]
) -> None:
    """A few of them; `python -m tests.bench.pages` goes to all."""
    app = reader_of(sample())
    async with reading(app, size):
        for path in some(corpus, SIZES.index(size), "*.golden.json"):
            document, ids = golden(path.with_name(path.name.replace(".golden.json", ".md")))
            assert walk_citations(app, document, path.name) == ids


def screen_text(app: Host) -> str:
    """Everything that the view would write, without our own sequences."""
    strips = app.view.render_lines(app.view.size.region)
    return "".join(segment.text for strip in strips for segment in strip)


@pytest.mark.parametrize(
    "path",
    [
        OWN / "reports" / "numbered-list.md",
        *(pytest.param(SHARED / "reports" / f"{name}.md", marks=pytest.mark.corpus) for name in REAL),
    ],
    ids=lambda path: path.stem,
)
async def test_reports_open_on_the_screen_and_page_to_the_end(path: Path) -> None:
    document = parsed(path)
    app = reader_of(document)
    async with reading(app, (100, 30)) as pilot:
        await pilot.press("space", "space", "G", "b", "g", "right_square_bracket", "enter")
        await pilot.pause()
        assert app.view.reading.cite == 0


async def test_hostile_reports_show_nothing_forbidden(corpus: Path) -> None:
    paths = sorted((corpus / "hostile" / "reports").glob("*.md"))
    assert paths
    app = Host(ReaderScreen(detail_of(""), parse=lambda report: parse(report.text)))
    async with reading(app) as pilot:
        for path in paths:
            text = path.read_bytes().decode("utf-8", "replace")
            app.view.open(IndexedReport.of(parse(text)))
            await pilot.pause()
            for _ in range(4):
                assert not unsafe_characters(screen_text(app)), path.name
                app.view.act(lambda one: one.page(1))
            prepared = "".join(strip._render_cache or "" for strip in app.view.render_lines(app.view.size.region))
            assert "\x07" not in prepared, path.name
            assert "\x9b" not in prepared, path.name


async def test_hostile_strings_in_titles_and_sources_show_nothing_forbidden(corpus: Path) -> None:
    from tests.reader.documents import citation, para
    from tui.domain.text import clean
    from tui.report.document import Document, Entry, Span

    strings = json.loads((corpus / "hostile" / "strings.json").read_text("utf-8"))
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
        assert not unsafe_characters(painted)
        assert "sources" in painted
