"""Every screen beside the dashboard, by behaviour."""

import csv
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.events import Paste

from tests.ui.driving import WIDE, running
from tests.ui.fakes import NOW, FakeArchive, FakeEngine, default_states, rich_detail, task
from tui.domain.actions import Action, Approve, Respond, Select
from tui.domain.budget import Budget, Limits
from tui.domain.capability import ConnectionState
from tui.domain.detail import Deliverable, Detail, Interaction, Reply, Report, ReportFormat
from tui.domain.errors import ConfigError, Refused
from tui.domain.options import Option, OptionKind
from tui.domain.provider import Draft
from tui.domain.task import Cost, CostKind, TaskStatus
from tui.domain.text import plural
from tui.engine.api import Condition
from tui.engine.archive.rows.values import SearchHit, SourceList, SourceUse
from tui.report.document import Citation, Document, Entry, MarkerKind, Resolution, Section
from tui.ui.compare.screen import CompareScreen
from tui.ui.costs.screen import CostsScreen
from tui.ui.new_task.screen import NewTaskScreen
from tui.ui.search.results import SearchScreen
from tui.ui.search.sources import SourcesScreen
from tui.ui.shell.dialogs import ConfirmDialog

DONE = [task(n, TaskStatus.DONE, title=f"Report {n}") for n in range(3)]


class Priced:
    def check(self, draft: Draft) -> Sequence[tuple[str, str]]:
        return [("prompt", "longer than 5 characters")] if len(draft.prompt) > 5 else []

    def cost_at_most(self, draft: Draft) -> Cost:
        return Cost(2.5 if draft.mode == "heavy" else 0.5, "USD", CostKind.PRICE_LIST)

    def options(self) -> Sequence[Option]:
        return (
            Option("depth", "depth", OptionKind.NUMBER, "how deep"),
            Option("search.old", "old pages", OptionKind.FLAG),
            Option("previous", "earlier reports", OptionKind.REPORTS),
        )


def parsed(report: Report) -> Document:
    return Document(
        blocks=(),
        citations=(Citation("[1]", MarkerKind.NUMERIC, ("1",), ("https://a.org/x",), (Resolution.URL,), 7, 1),),
        sources=(Entry("1", "https://a.org/x", "Common"), Entry("2", f"https://own.org/{len(report.text)}", "Own")),
        outline=(Section(1, "Market size", "market-size", 3),),
        words=100,
    )


# Search


async def test_searching_waits_for_a_pause_and_opens_at_the_line() -> None:
    archive = FakeArchive(DONE)
    archive.hits = [SearchHit("t1", "grid storage is cheap", ((0, 4),), line=12), SearchHit("t2", "no grid here")]
    async with running(DONE, archive=archive) as session:
        opened: list[tuple[str | None, int | None]] = []
        navigation = session.dashboard.navigation
        navigation.open_report = lambda task_id=None, line=None, find="": opened.append((task_id, line))  # type: ignore[method-assign]
        await session.press("F")
        screen = session.app.screen
        assert isinstance(screen, SearchScreen)
        assert "Type what to look for" in session.text()
        await session.press(*"grid")
        await session.after(0.25)
        await session.settle()
        assert "2 reports" in session.text()
        assert "grid storage is cheap" in session.text()
        await session.press("enter", "enter")
        assert opened == [("t1", 12)]
        assert session.dashboard.table.selected == "t1"


async def test_a_hit_in_a_task_without_a_report_leads_to_its_detail() -> None:
    archive = FakeArchive([task(1), task(2)])
    archive.hits = [SearchHit("t2", "ask Zoë about grids", (), "note")]
    async with running([task(1), task(2)], archive=archive) as session:
        await session.press("F", *"grid")
        await session.after(0.25)
        await session.press("enter", "enter")
        assert session.at_dashboard
        assert session.dashboard.table.selected == "t2"
        assert session.dashboard.has_class("-detail")


async def test_nothing_found_is_said() -> None:
    async with running(DONE) as session:
        await session.press("F", *"zz")
        await session.after(0.25)
        await session.settle()
        assert "Nothing saved contains zz" in session.text()


# Sources


async def test_sources_of_all_reports_lead_to_the_reports_that_cite_them() -> None:
    archive = FakeArchive(DONE)
    archive.uses = [
        SourceUse("t0", "1", "https://a.org/x", "Common", 3, 7),
        SourceUse("t2", "4", "https://a.org/x", "Common", 1, 9),
        SourceUse("t1", "1", "https://b.org/", "Rare", 1, 2),
    ]
    async with running(DONE, archive=archive) as session:
        opened: list[tuple[str | None, int | None]] = []
        navigation = session.dashboard.navigation
        navigation.open_report = lambda task_id=None, line=None, find="": opened.append((task_id, line))  # type: ignore[method-assign]
        await session.press("B")
        await session.after(0.05)
        await session.settle()
        screen = session.app.screen
        assert isinstance(screen, SourcesScreen)
        assert [entry.url for entry in screen.shown] == ["https://a.org/x", "https://b.org/"]
        await session.press("right_square_bracket")
        assert "2 of 2 reports: Report 2" in session.said
        assert "2 reports with this source" in session.text()
        assert "▸ Report 2" in session.text()
        await session.press("s", "s")
        assert "by title" in session.text()
        await session.press("slash", *"rare", "enter")
        assert [entry.url for entry in screen.shown] == ["https://b.org/"]
        await session.press("enter")
        assert opened == [("t1", 2)]


class Large(FakeArchive):
    """More addresses than are handed out at once."""

    def sources(self, words: str = "") -> SourceList:
        found = super().sources(words)
        return SourceList(found.uses[:2], found.addresses)


async def test_sources_that_are_not_here_are_asked_for_as_one_types() -> None:
    archive = Large(DONE)
    archive.uses = [SourceUse("t0", str(n), f"https://a.org/{n}", f"Page {n}") for n in range(9)]
    async with running(DONE, archive=archive) as session:
        await session.press("B")
        await session.after(0.05)
        await session.settle()
        assert "2 of 9 sources in all reports" in session.text()
        await session.press("slash", *"page", "space", "7")
        await session.after(0.25)
        await session.settle()
        assert "1 source in all reports" in session.text()
        assert "Page 7" in session.text()
        await session.press("escape")
        await session.after(0.25)
        await session.settle()
        assert "2 of 9 sources in all reports" in session.text()


async def test_an_answer_that_comes_when_the_screen_was_left_is_dropped() -> None:
    archive, gate = Large(DONE), threading.Event()
    archive.uses = [SourceUse("t0", str(n), f"https://a.org/{n}", f"Page {n}") for n in range(9)]
    slow = archive.sources
    archive.sources = lambda words="": (gate.wait(), slow(words))[1]  # type: ignore[method-assign]
    async with running(DONE, archive=archive) as session:
        try:
            await session.press("B")
            assert "Reading the archive" in session.text()
            await session.press("escape")
        finally:
            gate.set()
        await session.settle()
        assert session.at_dashboard


async def test_words_that_are_still_looked_for_are_not_said_to_be_missing() -> None:
    archive, gate = Large(DONE), threading.Event()
    archive.uses = [SourceUse("t0", str(n), f"https://a.org/{n}", f"Page {n}") for n in range(9)]
    async with running(DONE, archive=archive) as session:
        await session.press("B")
        await session.after(0.05)
        slow = archive.sources
        archive.sources = lambda words="": (gate.wait(), slow(words))[1]  # type: ignore[method-assign]
        await session.press("slash", *"xyz")
        assert "Looking in the archive" in session.text()
        gate.set()
        await session.after(0.3)
        await session.settle()
        assert "No source matches" in session.text()


async def test_without_sources_the_screen_says_so_and_its_keys_explain() -> None:
    async with running(DONE) as session:
        await session.press("B")
        await session.after(0.05)
        await session.settle()
        assert "No report has sources yet" in session.text()
        await session.press("enter", "o", "y")
        assert "nothing here has an address" in session.said
        await session.press("escape")
        assert session.at_dashboard


# Compare


async def test_two_marked_reports_are_compared_part_by_part() -> None:
    engine = FakeEngine(DONE)
    for one in DONE:
        report = Report("x" * (1 + int(one.id[1:])), ReportFormat.TEXT)
        engine.details[one.id] = replace(rich_detail(one), report=report)
    async with running(DONE, engine=engine, parse=parsed, size=WIDE) as session:
        opened: list[tuple[str | None, int | None]] = []
        navigation = session.dashboard.navigation
        navigation.open_report = lambda task_id=None, line=None, find="": opened.append((task_id, line))  # type: ignore[method-assign]
        await session.press("space", "space", "c")
        await session.after(0.1)
        await session.settle()
        assert isinstance(session.app.screen, CompareScreen)
        assert "Report 0" in session.text()
        assert "citations" in session.text()
        await session.press("v")
        assert all(part in session.text() for part in ("In both: 1", "Only in 1: 1", "Only in 2: 1"))
        await session.press("v")
        assert "Market size" in session.text()
        await session.press("x", "v", "v", "v")
        assert "compare sources" in session.text()
        await session.press("j", "j", "enter")
        assert [one for one, _ in opened] == ["t1"]  # the third source: the second report alone has it


async def test_a_task_without_report_cannot_be_compared() -> None:
    two = [task(1), task(2)]
    async with running(two, parse=parsed) as session:
        await session.press("space", "space", "c")
        assert session.said == "✗ compare: “Task number 1” has no report; space unmarks it"
        assert session.at_dashboard


# Costs


async def test_the_ledger_shows_kinds_and_what_is_left() -> None:
    spent = [task(0, TaskStatus.DONE, cost=Cost(1.5, "USD", CostKind.REPORTED)), task(1)]
    async with running(spent) as session:
        await session.press("dollar_sign")
        assert "$1.50  reported by the provider, 1 task" in session.text()
        assert "Task number 0" in session.text()
        assert "4,120 credits" in session.text()
        await session.press("y")
        await session.after(0.05)
        assert "costs" in session.said


async def test_enter_shows_the_modes_of_a_provider_and_leaves_them_out_again() -> None:
    tasks = [
        task(n, TaskStatus.DONE, mode=mode, cost=Cost(1, "USD", CostKind.REPORTED))
        for n, mode in ((0, "fast"), (3, "deep"))
    ]
    async with running(tasks, size=(100, 40)) as session:
        await session.press("dollar_sign")
        screen = session.app.screen
        assert isinstance(screen, CostsScreen)
        at = next(number for number, line in enumerate(screen._lines) if line.account)
        screen.rows.move_to(at)
        await session.press("enter")
        assert "    deep" in session.text()
        assert screen.rows.cursor == at
        await session.press("enter")
        assert "    deep" not in session.text()


async def test_a_month_can_be_named_in_the_palette() -> None:
    async with running([task(0, TaskStatus.DONE, cost=Cost(1, "USD", CostKind.REPORTED))]) as session:
        await session.press("dollar_sign", "colon", *"month all", "enter")
        assert "all time: $1.00" in session.text()


# New task


async def test_a_budget_is_set_where_it_is_missed_and_counts_at_once() -> None:
    kept: list[tuple[str, str]] = []

    def keep(key: str, value: str) -> Budget:
        if not value.isdigit():
            raise ConfigError(f"{key}: {value} is no amount")
        kept.append((key, value))
        return Budget({"USD": Limits(month=float(value)), "credits": Limits()})

    spent = task(1, cost=Cost(3, "USD", CostKind.REPORTED), created_at=datetime.now(UTC))
    async with running([spent], keep_budget=keep, size=WIDE) as session:
        await session.press("dollar_sign")
        assert "no budget is set: b sets one" in session.text()
        await session.press("b", "enter", *"much", "enter")
        assert "much is no amount" in session.text()
        await session.press("ctrl+u", *"60", "enter")
        assert kept == [("budget.month", "60")]
        assert session.said == "a month may cost $60.00; kept in config.toml"
        assert "$3.00 of $60.00" in session.text()


async def test_costs_are_written_task_by_task_for_a_spreadsheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spent = task(1, cost=Cost(3, "USD", CostKind.REPORTED), created_at=datetime.now(UTC), title="=HYPERLINK(1)")
    async with running([spent]) as session:
        await session.press("dollar_sign", "e")
        (path,) = tmp_path.glob("divewatch-costs-*.csv")
        assert session.said == f"wrote {path}"
        head, row = csv.reader(path.read_text().splitlines())
        assert head[3:6] == ["amount", "unit", "kind"]
        assert row[3:] == ["3", "USD", "reported", "running", "", "t1", "'=HYPERLINK(1)"]


async def test_a_new_task_is_priced_confirmed_and_sent_exactly_once() -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        await session.press("n", *"Why?", "tab", "l")
        assert "at most $2.50" in session.text()
        await session.press("ctrl+s")
        assert isinstance(session.app.screen, ConfirmDialog)
        assert "To Extruct: at most $2.50" in session.text()
        await session.press("y", "y")
        created = [asked for asked in session.engine.asked if asked[0] == "create"]
        assert len(created) == 1
        assert created[0][1:3] == ("extruct", Draft("Why?", "heavy"))
        assert session.at_dashboard
        assert session.dashboard.table.selected == "new-1"


async def test_saying_no_sends_nothing_and_keeps_the_form() -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        await session.press("n", *"Why?", "ctrl+s", "n")
        assert isinstance(session.app.screen, NewTaskScreen)
        assert session.engine.asked == []


async def test_wrong_fields_are_marked_where_they_are() -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        await session.press("n", *"Too long", "ctrl+s")
        assert "prompt: longer than 5 characters" in session.text()
        assert "not sent: see the marked fields" in session.said
        await session.press("backspace")
        assert "longer than 5" not in session.text()


async def test_the_same_brief_goes_to_several_providers_as_one_group() -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        await session.press("n", *"Why?", "tab", "j", "space", "ctrl+s")
        assert "at most $1.00" in session.text()
        await session.press("y")
        await session.settle()
        assert [asked[1] for asked in session.engine.asked if asked[0] == "create"] == ["extruct", "yutori"]
        rows = session.dashboard.table.model.rows
        assert rows[0].startswith("group:")
        assert len(session.dashboard.table.model.members(rows[0])) == 2
        groups = {task.group_id for task in session.engine.tasks().values()}
        assert len(groups) == 1
        assert None not in groups


async def test_a_budget_that_would_be_exceeded_is_said_before_sending() -> None:
    async with running([], drafting=lambda _: Priced(), budget=Budget({"USD": Limits(task=0.1)})) as session:
        await session.press("n", *"Why?", "ctrl+s")
        assert "more than the budget of $0.10 for a task" in session.text()


async def test_options_are_checked_as_they_are_entered_and_asked_for_again() -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        await session.press("n", "tab", "o", "enter", *"deep", "enter")
        assert "expected a whole number" in session.text()
        await session.press(*["backspace"] * 4, *"3", "enter", "j", "space", "escape")
        assert "depth: 3, old pages" in session.text()
        screen = session.app.screen
        assert isinstance(screen, NewTaskScreen)
        assert screen.plan.chosen[0].options == {"depth": 3, "search": {"old": True}}
        await session.press("o", "backspace", "j", "x", "escape")
        assert screen.plan.chosen[0].options == {}


async def test_a_schema_is_pasted_over_several_lines_and_refused_while_it_is_none() -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        await session.press("n", "tab", "G", "k", "enter", *"{", "ctrl+s")
        assert "the schema is no JSON" in session.said
        pasted = '"type": "object",\n "properties": {"name": {}, "price": {}}}'
        session.app.post_message(Paste(pasted))
        await session.settle()
        await session.press("ctrl+s")
        assert "object: name and price" in session.text()
        await session.press("enter", *["backspace"] * 100, "ctrl+s")
        assert "prose; enter for fields" in session.text()


async def test_a_rejected_key_is_said_when_its_account_is_chosen_and_one_without_a_key_cannot_be() -> None:
    states = [
        replace(default_states()[0], link=ConnectionState.BAD_KEY),
        replace(default_states()[1], link=ConnectionState.NO_KEY),
        *default_states()[2:],
    ]
    async with running([], engine=FakeEngine([], states)) as session:
        await session.press("n", "tab", "g", "space")
        assert "set EXTRUCT_API_KEY" in session.said
        assert "1 more without a key: Yutori" in session.text()


async def test_what_was_written_is_not_lost_by_one_escape() -> None:
    async with running([]) as session:
        await session.press("n", *"Why?", "escape")
        assert session.at_dashboard
        assert "kept as a draft" in session.said
        await session.press("n")
        back: object = session.app.screen
        assert isinstance(back, NewTaskScreen)
        assert back.brief.text == "Why?"


async def test_doing_it_again_starts_from_the_same_brief() -> None:
    async with running([task(3, TaskStatus.DONE, mode="heavy")]) as session:
        await session.press("R")
        assert "Find out everything about 3" in session.text()
        screen = session.app.screen
        assert isinstance(screen, NewTaskScreen)
        assert [(choice.state.key, choice.mode) for choice in screen.plan.chosen] == [("valyu", 1)]
        await session.press("escape")
        assert session.at_dashboard


async def test_letters_in_the_brief_are_no_commands() -> None:
    async with running([]) as session:
        await session.press("n", *"q?xy", "space", "enter")
        screen = session.app.screen
        assert isinstance(screen, NewTaskScreen)
        assert screen.brief.text == "q?xy \n"


# Export and files


async def test_a_report_is_exported_in_the_chosen_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[str, str]] = []

    def export(name: str, detail: Detail, folder: Path) -> Path:
        written.append((name, detail.task.id))
        return folder / "report.html"

    monkeypatch.chdir(tmp_path)

    engine = FakeEngine(DONE)
    for one in DONE:
        engine.details[one.id] = rich_detail(one)
    async with running(DONE, engine=engine, export=export) as session:
        await session.press("e", "j", "enter")
        await session.after(0.05)
        await session.settle()
        assert written == [("html", "t0")]
        assert str(tmp_path) in session.said
        await session.press("space", "space", "e", "enter")
        await session.after(0.05)
        await session.settle()
        assert written[1:] == [("md", "t0"), ("md", "t1")]


async def test_marked_reports_are_exported_without_one_that_was_deleted_elsewhere_meanwhile() -> None:
    engine = FakeEngine(DONE)
    async with running(DONE, engine=engine, export=lambda name, detail, folder: folder / name) as session:
        del engine.known["t0"]
        await session.press("*", "e")
        assert f"Export {plural(len(DONE), 'report')}" in session.text(), "asked before any of them is read"
        await session.press("enter")
        await session.after(0.05)
        await session.settle()
        assert session.said.endswith("; 1 task is not here any more")


async def test_several_formats_go_into_a_folder_that_is_remembered(tmp_path: Path) -> None:
    written: list[Path] = []

    def export(name: str, detail: Detail, folder: Path) -> Path:
        written.append(folder / f"{detail.task.id}.{name}")
        return written[-1]

    waiting = task(7, TaskStatus.WAITING)
    engine = FakeEngine([*DONE, waiting])
    for one in DONE:
        engine.details[one.id] = rich_detail(one)
    async with running([*DONE, waiting], engine=engine, export=export) as session:
        await session.press("*", "e")
        assert f"Export {len(DONE)} reports; 1 of {len(DONE) + 1} have none" in session.text()
        await session.press("G", "enter")
        await session.press("ctrl+u", *str(tmp_path / "new" / "folder"), "enter")
        await session.press("g", "space", "space", "space", "k", "space", "enter")
        await session.after(0.05)
        await session.settle()
        folder = tmp_path / "new" / "folder"
        assert folder.is_dir()
        assert {path.suffix for path in written} == {".md", ".html"}
        assert {path.parent for path in written} == {folder}
        assert f"wrote {2 * len(DONE)} files in {folder}" in session.said
        await session.press("e")
        await session.settle()
        assert str(folder)[-40:] in session.text()
        (tmp_path / "file").touch()
        await session.press("G", "enter", "ctrl+u", *str(tmp_path / "file"), "enter")
        assert "no folder" in " ".join(session.text().replace("│", " ").split())


async def test_files_are_saved_into_a_folder_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    engine = FakeEngine(DONE)
    engine.details["t0"] = rich_detail(DONE[0])
    async with running(DONE, engine=engine) as session:
        await session.press("W")
        await session.settle()
        asked = engine.asked[0]
        assert asked[:3] == ("download", "t0", "https://files.example/x?token=SECRET")
        assert isinstance(asked[3], Path)
        assert asked[3].parent.parent == tmp_path
        assert asked[3].name == "table.csv"
        assert "saved 1 of 1 file" in session.said
        assert "SECRET" not in session.text()


async def test_files_that_were_not_saved_are_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    engine = FakeEngine(DONE)
    failed = Deliverable("d2", "pdf", "Slides", "failed", None, "too long")
    whole = rich_detail(DONE[0])
    engine.details["t0"] = replace(whole, deliverables=(*whole.deliverables, failed))
    async with running(DONE, engine=engine) as session:
        await session.press("W")
        await session.settle()
        assert "saved 1 of 2 files; not saved: Slides: the provider has no file (too long)" in session.said
    engine.failure = Refused("the file is gone")
    async with running(DONE, engine=engine) as session:
        await session.press("W")
        await session.settle()
        assert "saved 0 of 2 files" in session.said
        assert "the file is gone" in session.said


async def test_a_task_without_files_says_so() -> None:
    async with running(DONE) as session:
        await session.press("W")
        assert "made no files" in session.said


# Answers


@pytest.mark.parametrize(
    ("asked", "keys", "action"),
    [
        (
            {"reply": Reply.ANSWERS, "questions": (("Which?", ""), ("Where?", ""))},
            [*"all", "enter", *"EU", "enter"],
            Respond("i7", (("Which?", "all"), ("Where?", "EU"))),
        ),
        ({"reply": Reply.APPROVAL, "text": "# Plan"}, ["ctrl+s"], Approve("i7", approved=True)),
        (
            {"reply": Reply.SELECTION, "choices": (("a.org", ""), ("b.org", ""))},
            ["space", "j", "space", "space", "ctrl+s"],
            Select("i7", ("a.org",), ("b.org",)),
        ),
    ],
)
async def test_each_checkpoint_is_answered_by_keyboard(asked: dict[str, Any], keys: list[str], action: Action) -> None:
    one = task(1, TaskStatus.WAITING)
    engine = FakeEngine([one])
    engine.details["t1"] = Detail(one, interaction=Interaction("i7", "x", None, NOW, **asked))
    async with running([one], engine=engine) as session:
        await session.press("a", *keys)
        assert engine.asked == [("act", "t1", action)]


async def test_json_that_is_none_is_not_sent() -> None:
    one = task(1, TaskStatus.WAITING)
    engine = FakeEngine([one])
    engine.details["t1"] = Detail(one, interaction=Interaction("i7", "new", {"x": 1}))
    async with running([one], engine=engine) as session:
        await session.press("a", *"x", "ctrl+s")
        assert "this is no JSON" in session.said
        await session.press("escape")
        assert engine.asked == []


async def test_a_question_that_is_not_here_yet_is_said() -> None:
    one = task(1, TaskStatus.WAITING)
    async with running([one]) as session:
        await session.press("a")
        assert "r asks the provider" in session.said


# Reader


async def test_enter_opens_the_report_and_escape_comes_back_to_the_same_row() -> None:
    engine = FakeEngine(DONE)
    for one in DONE:
        engine.details[one.id] = rich_detail(one)
    async with running(DONE, engine=engine, size=WIDE) as session:
        await session.press("j", "enter")
        await session.after(0.2)
        await session.settle()
        assert type(session.app.screen).__name__ == "ReaderScreen"
        await session.press("escape")
        assert session.at_dashboard
        assert session.dashboard.table.selected == "t1"


async def test_a_single_report_is_read_without_a_dashboard() -> None:
    async with running([], only=rich_detail(DONE[0]), start=False) as session:
        await session.after(0.2)
        assert type(session.app.screen).__name__ == "ReaderScreen"
        await session.press("escape", "escape")
        assert session.app.is_running
        await session.press("q")
        assert session.app.return_code == 0


@pytest.mark.parametrize("keys", ["F", "B"])
async def test_escape_from_a_report_opened_out_of_a_list_leads_back_to_that_list_as_it_was(keys: str) -> None:
    engine, archive = FakeEngine(DONE), FakeArchive(DONE)
    engine.details = {one.id: rich_detail(one) for one in DONE}
    archive.hits = [SearchHit(one.id, f"grid {one.id}") for one in DONE]
    archive.uses = [SourceUse(one.id, "1", f"https://{one.id}.org/grid", "grid", 1, 1) for one in DONE]
    async with running(DONE, engine=engine, archive=archive) as session:
        await session.press(keys)
        if keys == "F":
            await session.press(*"grid")
        await session.after(0.25)
        listing = session.app.screen
        if keys == "F":
            await session.press("enter")
        assert isinstance(listing, SearchScreen | SourcesScreen)
        rows = listing.rows
        await session.press("j", "enter")
        assert session.app.screen is not listing
        await session.press("escape")
        back = session.app.screen
        assert back is listing
        assert rows.cursor == 1
        await session.press("escape")
        assert session.at_dashboard
        assert session.said == ""


async def test_while_providers_are_asked_the_empty_list_says_so() -> None:
    states = [replace(state, link=ConnectionState.STARTING) for state in default_states()]
    async with running([], engine=FakeEngine([], states)) as session:
        assert "No tasks yet" not in session.text()
        assert "Asking Extruct, Yutori and Valyu for your tasks" in session.text()


async def test_a_second_dashboard_says_who_asks_the_providers() -> None:
    engine = FakeEngine(DONE)
    engine.now = Condition(asks_elsewhere="process 4711 on attic")
    async with running(DONE, engine=engine) as session:
        session.dashboard._strip()
        await session.settle()
        assert "asked by process 4711 on attic" in session.text()
        engine.now = Condition(may_not_ask="your role may not do that")
        session.dashboard._strip()
        await session.settle()
        assert "nobody is asked from here your role may not do that" in session.text()
        engine.now = Condition()
        session.dashboard._strip()
        await session.settle()
        assert "asked from" not in session.text()


async def test_a_question_that_was_read_leaves_no_message_behind() -> None:
    one = task(1, TaskStatus.WAITING)
    engine = FakeEngine([one])
    engine.details[one.id] = rich_detail(one)
    async with running([one], engine=engine) as session:
        await session.press("a", "escape")
        assert session.at_dashboard
        assert "reading the question" not in session.text()
