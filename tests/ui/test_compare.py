"""The first page of a comparison: figures, shared sources, what only one found, fields and numbers that differ."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.reader.documents import citation, para
from tests.ui.driving import WIDE, running
from tests.ui.fakes import FakeEngine, rich_detail, task
from tui.domain.task import Cost, CostKind, TaskStatus
from tui.report.document import Document, Entry, Section, Span, StructuredField
from tui.ui.compare.overview import ComparedReport, Opens, overview
from tui.ui.compare.screen import CompareScreen
from tui.ui.compare.source_table import source_head, source_rows

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def report(name: str, hosts: str, text: str = "Nothing.", *cited: str) -> ComparedReport:
    """A report with a source at each of some hosts, one letter each; the cited ones are cited in line 3."""
    sources = tuple(Entry(host, f"https://{host}.example/page", f"Page {host}") for host in hosts)
    cites = tuple(citation(one, line=3) for one in cited)
    spans = (Span(text), *(Span(f"[{one}]", cite=n) for n, one in enumerate(cited)))
    document = Document((para(3, *spans),), cites, sources, words=100 * len(hosts))
    one = task(60, TaskStatus.DONE, cost=Cost(1, "USD", CostKind.REPORTED))
    return ComparedReport.of(name, one, document)


def page(*reports: ComparedReport, width: int = 120) -> list[str]:
    """The lines of the page."""
    return ["".join(text for text, _ in line).rstrip() for line, _ in overview(reports, NOW, width)]


def line(lines: list[str], start: str) -> list[str]:
    """The words of the line that begins so."""
    return next(one for one in lines if one.startswith(f"  {start}")).split()


def title(lines: list[str], text: str) -> bool:
    """Whether a part is called so."""
    return any(one.strip("─ ") == text for one in lines)


def table(*reports: ComparedReport, width: int = 80) -> list[str]:
    """The lines of the table of sources."""
    return ["".join(text for text, _ in line).rstrip() for line, _ in source_rows(reports, width)]


def test_the_figures_stand_side_by_side_with_bars_of_the_greatest() -> None:
    lines = page(report("One", "ab"), report("Two", "abcd"))
    words = line(lines, "words")
    assert (words[1], words[3]) == ("200", "400")
    assert (len(words[2]), len(words[4])) == (12, 24)
    assert line(lines, "cost")[1:5] == ["$1.00,", "reported", "by", "the"]


def test_shared_sources_are_counted_and_what_only_one_found_is_named() -> None:
    one, two = report("One", "abc", "x", "c"), report("Two", "abde")
    lines = page(one, two)
    assert title(lines, "Sources: 3 + 4 = 5 different")
    assert line(lines, "in both")[2] == "2"
    assert line(lines, "only 1")[2] == "1"
    assert line(lines, "only 2")[2] == "2"
    assert title(lines, "Only in 1, One")
    found = [opens for row, opens in overview([one, two], NOW, 120) if opens and opens.url]
    assert found[0] == Opens(0, 3, "https://c.example/page")
    assert [opens.report for opens in found] == [0, 1, 1]


def test_three_reports_have_sources_in_all_in_several_and_in_one() -> None:
    lines = page(report("One", "abc"), report("Two", "abd"), report("Three", "ae"))
    assert line(lines, "in all 3")[3] == "1"
    assert line(lines, "in several")[2] == "1"
    assert [line(lines, f"only {n}")[2] for n in (1, 2, 3)] == ["1", "1", "1"]


def test_numbers_that_only_one_names_are_listed_and_open_their_line() -> None:
    one = report("One", "a", "In 2019 it was 92.4 % of $1,500.")
    two = report(
        "Two", "a", "In 2019 it was 34% and 7 of them. https://a.example/%E2%80%93/417 and doi:10.1016/j.2018.12"
    )
    lines = page(one, two)
    assert title(lines, "Numbers named in the text: 4 numbers, 1 in both")
    assert [text.split() for text in lines[-4:]] == [
        ["only", "1", "2", "92.4%", "$1,500"],
        "In 2019 it was 92.4 % of $1,500.".split(),
        ["only", "2", "1", "34%"],
        "In 2019 it was 34% and 7 of them. https://a.example/%E2%80%93/417 and doi:10.1016/j.2018.12".split(),
    ]
    assert [opens for _, opens in overview([one, two], NOW, 120)[-4:]] == [Opens(0, 3)] * 2 + [Opens(1, 3)] * 2


def test_headings_that_only_one_has_are_named_and_open_there() -> None:
    def headed(name: str, *titles: str) -> ComparedReport:
        outline = tuple(Section(1, title, title.lower(), 7 * number) for number, title in enumerate(titles, 1))
        return ComparedReport.of(name, task(1), Document((para(3, "x"),), outline=outline))

    one, two = headed("One", "Summary", "Costs"), headed("Two", "summary", "Risks", "Outlook")
    lines = page(one, two)
    assert title(lines, "Headings: 4 different")
    assert line(lines[lines.index(next(one for one in lines if "Headings:" in one)) :], "in both")[2:] == [
        "1",
        "Summary",
    ]
    assert lines[-2].split() == ["only", "1", "1", "Costs"]
    assert lines[-1].split() == ["only", "2", "2", "Risks", "Outlook"]
    assert overview([one, two], NOW, 120)[-1][1] == Opens(1, 14)


def test_fields_of_structured_reports_that_differ_are_side_by_side() -> None:
    def fields(name: str, **values: str) -> ComparedReport:
        blocks = tuple(StructuredField(n, key, 0, key, (Span(one),)) for n, (key, one) in enumerate(values.items()))
        return ComparedReport.of(name, task(1), Document(blocks))

    lines = page(fields("One", maker="ASML", year="1984"), fields("Two", maker="ASML", year="1985", seat="Veldhoven"))
    assert title(lines, "Fields that differ: 2 of 3")
    assert line(lines, "year") == ["year", "1984", "1985"]
    assert line(lines, "seat") == ["seat", "–", "Veldhoven"]


def test_every_line_fits_the_screen() -> None:
    for width in (60, 80, 120):
        lines = page(
            report("A long name " * 9, "abc"), report("Two", "ad"), report("3", "e"), report("4", "f"), width=width
        )
        assert max(map(len, lines[:12])) <= width


def test_the_table_of_sources_says_who_has_each_and_how_often_it_is_cited() -> None:
    reports = report("One", "abc", "x", "a", "a"), report("Two", "abd", "x", "b"), report("Three", "ae")
    lines = table(*reports)
    parts = [one.strip("─ ") for one in lines if one.startswith("──")]
    assert parts == ["In all 3: 1", "In 1 and 2: 1", "Only in 1: 1", "Only in 2: 1", "Only in 3: 1"]
    assert line(lines, "Page a") == ["Page", "a", "a.example", "2×", "0×", "0×"]
    assert line(lines, "Page b") == ["Page", "b", "b.example", "0×", "1×", "·"]
    opens = [one for _, one in source_rows(reports, 80)]
    assert opens[1] == Opens(0, 3, "https://a.example/page")
    assert opens[3] == Opens(1, 3, "https://b.example/page")
    assert opens[5] == Opens(0, None, "https://c.example/page")


def test_the_table_of_sources_fits_the_screen_and_its_head() -> None:
    for width in (60, 80, 120, 160):
        reports = [report(f"{n}", hosts) for n, hosts in enumerate(("ab", "ac", "ad", "ae"))]
        assert {len(one) for one in table(*reports, width=width)} <= {width - 1}
        assert sum(len(text) for text, _ in source_head(4, width)) == width - 1


def test_one_address_listed_twice_is_one_source_and_the_list_is_said_to_count_entries() -> None:
    twice = report("One", "ab", "x", "a")
    again = Entry("a2", "https://a.example/page", "Page a")
    document = replace(twice.document, sources=(*twice.document.sources, again))
    lines = page(ComparedReport.of("One", twice.task, document), report("Two", "ab", "x", "a"))
    assert line(lines, "sources")[1] == "2"
    never = next(one for one in lines if one.startswith("  never cited"))
    assert " of 3 entries " in never
    assert never.rstrip().endswith(" of 2")


async def test_parts_have_numbers_and_a_click_or_tab_goes_there_too() -> None:
    tasks = [task(number, TaskStatus.DONE, has_report=True) for number in range(2)]
    engine = FakeEngine(tasks)
    for one in tasks:
        engine.details[one.id] = rich_detail(one)
    async with running(tasks, engine=engine, size=WIDE, parse=lambda _: Document((para(1, "x"),))) as session:
        await session.press("space", "space", "c")
        await session.after(0.1)
        assert "▐1 Overview▌" in session.text()
        for key, part in {
            "3": "3 Outline",
            "2": "2 Sources 0",
            "4": "4 Text",
            "tab": "1 Overview",
            "v": "2 Sources 0",
        }.items():
            await session.press(key)
            assert f"▐{part}▌" in session.text(), key
        assert "No report lists a source with an address." in session.text()
        await session.pilot.click("TabBar", offset=(27, 0))
        await session.settle()
        assert "▐3 Outline▌" in session.text()


async def test_a_report_that_is_missing_is_named() -> None:
    tasks = [task(0, TaskStatus.DONE, has_report=True), task(1, TaskStatus.DONE, has_report=True)]
    engine = FakeEngine(tasks)
    engine.details[tasks[0].id] = rich_detail(tasks[0])
    async with running(tasks, engine=engine, parse=lambda _: Document((para(1, "x"),))) as session:
        await session.press("*", "c")
        await session.settle()
        assert f"“{tasks[1].title}” has no report to compare" in session.text()
        assert "mark tasks that have one." in " ".join(session.text().split()), "wrapped, not cut"


async def test_four_marked_reports_are_compared_and_the_pairs_are_gone_through() -> None:
    tasks = [task(number, TaskStatus.DONE, has_report=True) for number in range(4)]
    engine = FakeEngine(tasks)
    for one in tasks:
        engine.details[one.id] = rich_detail(one)
    async with running(tasks, engine=engine, size=WIDE, parse=lambda _: Document((para(1, "x"),))) as session:
        await session.press("space", "space", "space", "space", "c")
        await session.after(0.1)
        await session.settle()
        screen = session.app.screen
        assert isinstance(screen, CompareScreen)
        assert "4 reports" in session.text()
        await session.press("x")
        assert "here all reports are side by side" in session.said
        await session.press("3")
        seen = set()
        for _ in range(12):
            seen.add(screen._order)
            await session.press("x")
        assert len(seen) == 12
