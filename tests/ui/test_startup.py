"""What the command line calls: the archive adapter, the looks, exports, and what is imported when."""

import asyncio
import gc
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.ui.driving import running
from tests.ui.fakes import NOW, FakeArchive, FakeEngine, rich_detail, task
from tui.config.paths import Paths
from tui.config.schema import Config
from tui.domain.detail import Report, ReportFormat, Source
from tui.domain.errors import ArchiveError, ConfigError, DivewatchError
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.rows.values import SourceUse
from tui.engine.ports import ParsedResponse
from tui.ui import startup
from tui.ui.commands.keymap import Keymap
from tui.ui.reader.screen import ReaderScreen
from tui.ui.routes import open_reader
from tui.ui.shell.archive import NoArchive, ScreenArchive
from tui.ui.shell.services import Services
from tui.ui.terminal import textual_patches
from tui.ui.terminal.textual_patches import freeze_gc  # the function itself: tests replace the module's


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config.toml", tmp_path / "data", tmp_path / "state", tmp_path / "cache")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive.open(tmp_path / "archive.db")
    opened.put_tasks([task(1, TaskStatus.DONE, title="Grid storage"), task(2)]).result()
    yield opened
    opened.close()


def test_the_archive_adapter_remembers_hides_and_loads(archive: Archive) -> None:
    port = ScreenArchive(archive)
    assert {one.id for one in port.load_tasks()} == {"t1", "t2"}
    assert [one.id for one in port.first_tasks(1)] == ["t1"]
    port.annotations.hide(["t1"], True)
    assert port.annotations.added(["t1"])["t1"].hidden
    port.annotations.hide(["t1"], False)
    assert "t1" not in port.annotations.added(["t1"])
    port.remember("tasks", {"sort": "title"})
    archive.put_tasks([]).result()  # writes keep their order: this one is after it
    assert port.state("tasks") == {"sort": "title"}
    assert port.state("nothing") is None


def test_the_archive_adapter_searches_and_lists_sources(archive: Archive) -> None:
    body, now = b"{}", datetime.now(UTC)
    archive.save_answer("t1", body, received_at=now, final=True).result()
    mark = archive.mark("t1")
    assert mark is not None
    sources = (Source("1", "https://a.org/x", "About grids"),)
    report = Report("Grids [1].", ReportFormat.MARKDOWN, sources=sources)
    one = task(1, TaskStatus.DONE, title="Grid storage", has_report=True)
    archive.save_reading(ParsedResponse(one, mark, report, sources, "Grids store much energy.")).result()
    port = ScreenArchive(archive)
    assert [hit.task_id for hit in port.search("energy")] == ["t1"]
    assert [(use.task_id, use.url, use.title) for use in port.sources().uses] == [
        ("t1", "https://a.org/x", "About grids")
    ]
    assert port.reports_with("https://a.org/x") == ["t1"]


def test_what_a_read_only_archive_does_not_take_is_remembered_until_the_program_ends(
    tmp_path: Path, archive: Archive
) -> None:
    archive.annotations.set_state("x", "old").result(60)
    archive.close()
    with Archive.open(tmp_path / "archive.db", read_only=True) as opened:
        port = ScreenArchive(opened)
        port.remember("x", {"note": "typed"})
        assert port.state("x") == {"note": "typed"}
        port.remember("x", None)
        assert port.state("x") is None
        assert ScreenArchive(opened).state("x") == "old"


def test_what_cannot_be_read_is_as_if_nothing_was_remembered(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(key: str) -> None:
        raise ArchiveError("the file is damaged")

    monkeypatch.setattr(archive.annotations, "state", damaged)
    assert ScreenArchive(archive).state("unsent.new") is None


def test_what_another_program_remembers_later_counts(archive: Archive) -> None:
    port = ScreenArchive(archive)
    port.remember("x", 1)
    archive.annotations.set_state("x", 2).result(60)
    assert port.state("x") == 2


def test_a_reader_without_an_archive_remembers_nothing() -> None:
    archive = NoArchive()
    archive.remember("k", 1)
    assert (archive.state("k"), list(archive.reports_with("x"))) == (None, [])


def test_an_unknown_theme_is_refused_before_the_screen_is_taken(paths: Paths) -> None:
    with pytest.raises(ConfigError, match="no theme 'drak'") as raised:
        startup.run_reader(rich_detail(task(1, TaskStatus.DONE)), Config(), paths, theme="drak")
    assert "contrast" in raised.value.hint


def test_a_users_theme_is_found_and_checked(paths: Paths) -> None:
    paths.themes.mkdir(parents=True)
    (paths.themes / "mine.toml").write_text('[colours]\nprimary = "red"\n')
    assert startup._looks(Config(), paths, None, "mine").theme == "mine"
    (paths.themes / "mine.toml").write_text("[colours]\nnope = 1\n")
    with pytest.raises(ConfigError, match=r"colours\.nope"):
        startup._looks(Config(), paths, None, "mine")


def test_one_key_given_to_two_commands_is_refused_before_the_screen_is_taken(paths: Paths) -> None:
    twice = Config(keys={"tasks.new": "x", "tasks.cancel": "x"})
    with pytest.raises(ConfigError, match="claimed by both"):
        startup.run_reader(rich_detail(task(1, TaskStatus.DONE)), twice, paths)


def test_flags_win_over_the_configuration(paths: Paths) -> None:
    assert startup._looks(Config(), paths, False, "light").mouse is False
    assert startup._looks(Config(), paths, None, "light").mouse is True


def test_the_last_theme_is_used_where_the_configuration_is_open(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = ScreenArchive(archive)
    assert startup._kept_theme(port, Config()) is None
    port.remember("theme", "contrast")
    archive.put_tasks([]).result()
    assert startup._kept_theme(port, Config()) == "contrast"
    monkeypatch.setenv("NO_COLOR", "1")
    assert startup._kept_theme(port, Config()) is None


def test_running_starts_the_engine_later_and_closes_it(
    archive: Archive, paths: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[Services] = []

    def pretend(services: Services) -> int:
        given.append(services)
        assert services.start_engine is not None
        services.start_engine({})
        return 7

    monkeypatch.setattr(startup, "_run", pretend)
    asked: list[str] = []

    def accounts() -> tuple[()]:
        asked.append("accounts")
        return ()

    assert startup.run_app(archive, accounts, Config(), paths, theme="dark") == 7
    assert asked == ["accounts"]
    assert given[0].crash_log == paths.state / "crash.log"
    assert "1 task under way: they go on at their providers" in capsys.readouterr().err
    assert startup.run_app(archive, accounts, Config(), paths, theme="dark", lasting=False) == 7
    assert "under way" not in capsys.readouterr().err


def test_an_engine_that_comes_after_the_end_is_not_started(
    archive: Archive, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Services] = []

    def pretend(services: Services) -> int:
        given.append(services)
        return 0

    monkeypatch.setattr(startup, "_run", pretend)
    startup.run_app(archive, (), Config(), paths, theme="dark")
    start = given[0].start_engine
    assert start is not None
    with pytest.raises(DivewatchError, match="has ended"):
        start({})


def test_a_report_is_written_under_a_safe_name(tmp_path: Path) -> None:
    one = rich_detail(task(1, TaskStatus.DONE, title="../../etc: grids?"))
    first, second = startup._export("md", one, tmp_path), startup._export("md", one, tmp_path)
    assert first.parent == tmp_path
    assert first.name == "2026-11-21-etc-grids.md"
    assert second.name == "2026-11-21-etc-grids-2.md"
    assert "# Title" in first.read_text()


def test_a_provider_is_found_for_the_form_by_name() -> None:
    assert startup._drafting(Config(), "valyu").cost_at_most is not None


def test_the_first_paint_imports_no_network_no_parser_and_no_provider() -> None:
    code = (
        "import sys, tui.ui.startup, tui.ui.app, tui.ui.dashboard.screen\n"
        "heavy = {'httpx', 'markdown_it', 'selectolax', 'jsonschema', 'sqlite3', 'pygments', '_hashlib'}\n"
        "providers = [m for m in sys.modules if m.startswith('tui.providers.') and m != 'tui.providers.protocol']\n"
        "print(sorted(heavy & set(sys.modules)), providers)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "[] []"


async def test_the_reader_tells_other_reports_of_a_long_archive_by_their_titles() -> None:
    archive = FakeArchive([task(1), task(2)])
    archive.uses = [SourceUse("t1", "1", "https://a.org", "A"), SourceUse("t2", "1", "https://a.org", "A")]
    engine = FakeEngine([task(1)])
    engine.away = {"t2": task(2)}  # of a long archive: not at hand
    async with running([task(1)], archive=archive, engine=engine) as session:
        reader = open_reader(session.app, rich_detail(task(1, TaskStatus.DONE, has_report=True)))
        assert isinstance(reader, ReaderScreen)
        session.app.show(reader)
        await session.settle()
        assert await asyncio.to_thread(reader.citations._others, "https://a.org") == ["Task number 2"]


def test_overridden_keys_reach_every_table() -> None:
    keymap = Keymap.build("vim", {"tasks.new": ["a", "o"], "tasks.web": "O", "tasks.answer": "@"})
    assert keymap.of("tasks.new") == ("a", "o")
    assert keymap.of("tasks.restore") == ("Z",)


async def test_a_remapped_key_works_and_is_shown() -> None:
    engine = FakeEngine([task(1)])
    async with running([task(1)], engine=engine, keymap=Keymap.build(overrides={"tasks.mark": "K"})) as session:
        await session.press("K")
        assert session.dashboard.table.model.marked == {"t1"}
        await session.press("question_mark")
        assert "K  " in session.text()
        await session.press("escape")
        await session.press("space")
        assert session.dashboard.table.model.marked == {"t1"}


async def test_a_task_with_all_its_times_at_once_is_shown() -> None:
    one = replace(task(1, TaskStatus.DONE), created_at=NOW, finished_at=NOW)
    async with running([one]) as session:
        assert "Task number 1" in session.text()


async def test_what_exists_after_the_first_paint_is_kept_out_of_later_collections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    did: list[str] = []
    for name in ("collect", "freeze"):
        monkeypatch.setattr(gc, name, lambda name=name: did.append(name))
    monkeypatch.setattr(textual_patches, "freeze_gc", freeze_gc)
    async with running([task(1)]):
        assert did == ["collect", "freeze"]
        assert gc.get_threshold() == (20_000, 50, 100)
        assert gc.isenabled()
