"""Whatever a report, a search or a generated giant holds: a result or one of our own errors, and nothing that acts."""

import importlib.util
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpora import SHARED
from tests.providers.conftest import read_or_refused
from tests.robust import giants
from tests.robust.hostile import OWN_TEXTS, harmful
from tui.domain.detail import Detail, Report, ReportFormat, Source
from tui.domain.errors import DivewatchError
from tui.domain.task import Task
from tui.engine.archive import Archive
from tui.engine.archive.search import json
from tui.engine.files.exported import safe_name
from tui.providers.registry import load
from tui.report.export import FORMATS, render
from tui.report.read import read_report

pytestmark = pytest.mark.no_cover  # long, and what it runs is covered elsewhere: tracing would double its time

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PIECES = [
    *OWN_TEXTS.values(), "[1]", "[^1]", "# ", "\n\n", "| a | b |\n|---|---|\n| ", " |\n", "```", "`", "> ", "- ", "1. ",
    "**",
    "<script>", "<img onerror=x src=y>", "javascript:alert(1)", "https://example.org/\x1b[2J", "&#27;", "&#x202e;",
    "![", "](",
    "## Sources\n\n[1] ", "@misc{", "}}", "TY  - ELEC\r\n", "\\", "$$", "\ud800", "\u2028", "\x85", "word ",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=25).map("".join)


@pytest.mark.parametrize("name", [*FORMATS])
@pytest.mark.parametrize("format_", [ReportFormat.MARKDOWN, ReportFormat.HTML, ReportFormat.TEXT])
@settings(max_examples=25)
@given(text=TEXTS, title=TEXTS, url=TEXTS)
def test_any_report_is_exported_and_nothing_in_the_file_acts(
    name: str, format_: ReportFormat, text: str, title: str, url: str
) -> None:
    text = text.encode("utf-8", "replace").decode()
    source = Source(id="1", title=title, url=f"https://example.org/{url}")
    detail = Detail(Task("t", "valyu", title=title), report=Report(text, format_, sources=(source,)))
    assert detail.report is not None
    content = render(name, detail, read_report(detail.report))
    marks = set() if name != "md" else {char for char in content if ord(char) > 0xFF}  # as received, for other scripts
    assert harmful(content.replace("\r\n", "\n").replace("\t", " ")) <= marks
    content.encode("utf-8", "surrogatepass")


@given(title=TEXTS)
def test_any_title_makes_a_file_name_that_stays_where_it_is(title: str) -> None:
    name = safe_name(title, NOW, ".md")
    assert "/" not in name
    assert name.isprintable()
    assert not name.startswith((".", "-"))
    assert len(name.encode()) <= 140
    assert Path("folder", name).parent == Path("folder")


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fuzz") / "archive.db"
    with_one = Archive.open(path)
    with_one.put_tasks([Task("t", "valyu", "r", title="A title", prompt="A question")]).result(60)
    with_one.close(timeout=60)
    return path


@given(query=st.lists(st.sampled_from(['"', "AND", "NEAR(", "*", ":", "-", "host:", "before:", "\x00", "(", "%", "é"])
                      | st.text(max_size=4), max_size=8).map(" ".join))  # fmt: skip
def test_any_search_finds_or_says_what_is_wrong(archive_path: Path, query: str) -> None:
    try:
        found = list(json.found(str(archive_path), query, 10))
    except DivewatchError as error:
        found = [error.message]
    assert all(found)


@cache
def large() -> dict[str, tuple[str, Callable[[float], bytes], str]]:
    """The generators of the larger corpus, if it is here: kind, function of the scale, what is expected."""
    path = SHARED / "hostile" / "make_big.py"
    if not path.exists():
        return {}
    spec = importlib.util.spec_from_file_location("make_big", path)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: case[:3] for name, case in module.CASES.items()}


def makers(kind: str, own: Mapping[str, Callable[[float], bytes]]) -> list[Any]:
    """Return the generators of one kind as parameters: our own, and those of the larger corpus."""
    return [
        *(pytest.param(make, id=name) for name, make in own.items()),
        *(pytest.param(case[1], id=f"shared-{name}", marks=pytest.mark.corpus)
          for name, case in large().items() if case[0] == kind),
    ]  # fmt: skip


@pytest.mark.parametrize("make", makers("report", giants.REPORTS))
def test_a_giant_report_is_parsed_cut_down_a_hundred_times(make: Callable[[float], bytes]) -> None:
    text = make(0.01).decode("utf-8", "replace")
    report = Report(text, ReportFormat.MARKDOWN)
    detail = Detail(Task("t", "valyu", title="big"), report=report)
    assert harmful(render("txt", detail, read_report(report)).replace("\t", " ")) == set()


@pytest.mark.parametrize("provider", ["extruct", "yutori", "valyu"])
@pytest.mark.parametrize("make", makers("body", giants.BODIES))
def test_a_giant_answer_is_read_or_refused(make: Callable[[float], bytes], provider: str) -> None:
    body = make(0.05)
    found = read_or_refused(lambda: load(provider).reader().read_task(body, remote_id=None, received_at=NOW))
    assert isinstance(found, Detail) or found.message
