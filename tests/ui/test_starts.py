"""Starting from the dashboard: templates, again, follow-up, batch; and versions and edits of a report."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.ui.driving import SMALL, WIDE, running
from tests.ui.fakes import NOW, FakeArchive, FakeEngine, default_states, rich_detail, task
from tests.ui.test_screens import Priced, parsed
from tui.domain.actions import CancelBatch, Edit, ListVersions, Outcome, RemoteVersion, Restore, Versions
from tui.domain.detail import Detail, Report, ReportFormat
from tui.domain.provider import Draft
from tui.domain.task import Task, TaskStatus
from tui.engine.api import BatchPlan
from tui.engine.archive.rows.values import StoredVersion
from tui.engine.commands.batches import briefs_in
from tui.ui.compare.screen import CompareScreen
from tui.ui.new_task.batch import BatchScreen
from tui.ui.new_task.screen import NewTaskScreen
from tui.ui.shell.downloads import CombinedProgress
from tui.ui.versions.screen import VersionsScreen, remote_entries
from tui.ui.versions.summary import summary

DONE = task(0, TaskStatus.DONE, title="A report")


def with_text(one: Task, text: str) -> Detail:
    return replace(rich_detail(one), report=Report(text, ReportFormat.MARKDOWN))


# Again and follow-up


async def test_again_fills_in_everything_the_task_was_started_with() -> None:
    archive = FakeArchive([DONE])
    kept = Draft("The brief", "heavy", {"type": "object"}, {"depth": 3})
    archive.drafts["t0"] = kept
    async with running([DONE], archive=archive, drafting=lambda _: Priced()) as session:
        await session.press("R")
        await session.settle()
        screen = session.app.screen
        assert isinstance(screen, NewTaskScreen)
        assert "depth: 3" in session.text()
        await session.press("ctrl+s")
        assert "longer than 5 characters" in session.text()
        screen.brief.text = "Why?"
        await session.press("ctrl+s", "y")
        assert [asked[1:3] for asked in session.engine.asked] == [("valyu", replace(kept, prompt="Why?"))]


async def test_again_on_a_group_chooses_every_provider_of_it() -> None:
    tasks = [task(0, group_id="g"), task(1, group_id="g"), task(2, group_id="g")]
    archive = FakeArchive(tasks)
    archive.drafts = {"t0": Draft("Why?", "heavy"), "t1": Draft("Why?", "fast"), "t2": Draft("Why?")}
    async with running(tasks, archive=archive, drafting=lambda _: Priced()) as session:
        await session.press("g", "R")
        await session.settle()
        screen = session.app.screen
        assert isinstance(screen, NewTaskScreen)
        assert {choice.state.key for choice in screen.plan.chosen} == {"extruct", "yutori", "valyu"}
        assert screen.brief.text == "Why?"


async def test_a_follow_up_takes_the_marked_reports_along() -> None:
    tasks = [DONE, task(3, TaskStatus.DONE)]
    async with running(tasks, drafting=lambda _: Priced()) as session:
        await session.press("space", "space", "f", *"More?", "ctrl+s", "y")
        (asked,) = session.engine.asked
        assert asked[1:3] == ("valyu", Draft("More?", "fast", None, {"previous": ["remote-0", "remote-3"]}))


async def test_where_nothing_can_be_followed_up_the_reason_is_said() -> None:
    states = [replace(state, info=replace(state.info, capabilities=frozenset())) for state in default_states()]
    async with running([DONE], engine=FakeEngine([DONE], states)) as session:
        await session.press("f")
        assert "follow up: Valyu cannot follow a task" in session.said


# Templates


async def test_a_brief_is_kept_as_a_template_and_taken_again_with_its_blanks_filled(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    async with running([], drafting=lambda _: Priced(), templates=folder) as session:
        await session.press("n", *"{{a}}?", "tab", "G", "enter", "enter", *"mine", "enter")
        assert "kept as" in session.said
        assert (folder / "mine.md").read_text() == "{{a}}?\n"
        screen = session.app.screen
        assert isinstance(screen, NewTaskScreen)
        screen.brief.text = ""
        await session.press("enter", "enter")
        assert "a (1 of 1)" in session.text()
        await session.press(*"Why", "enter")
        assert screen.brief.text == "Why?"
        assert screen.brief.has_focus


async def test_without_templates_and_brief_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    async with running([], drafting=lambda _: Priced(), templates=tmp_path / "none") as session:
        await session.press("n", "tab", "G", "enter")
        assert "there is no template yet" in session.said


# Batches


@pytest.mark.parametrize(
    ("text", "briefs"),
    [
        ("", []),
        ("one\nline two", ["one\nline two"]),
        ("one\n\n \n\ntwo\n", ["one", "two"]),
        ("one\n\nstill one\n---\ntwo", ["one\n\nstill one", "two"]),
        ("---\n---", []),
    ],
)
def test_briefs_are_parted_by_blank_lines_or_by_rules(text: str, briefs: list[str]) -> None:
    assert briefs_in(text) == briefs


async def test_a_batch_is_counted_priced_confirmed_and_sent_once() -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        await session.press("b", *"One?", "enter", "enter", *"Two?", "tab", "j", "l")
        assert "2 briefs" in session.text()
        assert "2 tasks: at most $5.00" in session.text()
        await session.press("j", "enter", *"pair", "enter", "ctrl+s")
        assert "Start 2 tasks?" in session.text()
        await session.press("y", "y")
        (asked,) = session.engine.asked
        assert asked[:3] == ("batch", "extruct", BatchPlan(("One?", "Two?"), "heavy", "pair"))
        assert session.at_dashboard
        assert session.dashboard.table.model.rows[0] == "group:batch_1"


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_what_a_batch_will_send_is_numbered_below_the_briefs(size: tuple[int, int]) -> None:
    async with running([task(1)], size=size) as session:
        await session.press("b")
        assert "Briefs, with a blank line between two" in session.text()
        assert "write a brief, a blank line, then the next one" in session.text()
        await session.press(*"One?", "enter", "enter", *"Two?")
        shown = session.text()
        assert "What will be sent: 2 briefs" in shown
        assert "  1  One?" in shown
        assert "  2  Two?" in shown


async def test_a_batch_keeps_its_bars_on_the_lowest_screen() -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        await session.press("b", *"One?")
        for height in (14, 13, 10):
            await session.pilot.resize_terminal(80, height)
            await session.settle()
            shown = session.text()
            assert "One?" in shown
            assert "costs" in shown
            assert "new batch  1 brief" in shown
            assert "ctrl+s send" in shown
            assert ("What will be sent" in shown) == (height == 14)


async def test_a_batch_with_a_brief_that_would_be_refused_is_not_sent() -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        await session.press("b", "ctrl+s")
        assert "no brief is written yet" in session.said
        await session.press(*"Fine", "enter", "enter", *"Too long", "ctrl+s")
        assert "not sent: brief 2: prompt longer than 5" in session.said
        await session.press("escape")
        assert session.at_dashboard
        await session.press("b")
        assert isinstance(session.app.screen, BatchScreen)
        assert session.app.screen.brief.text == "Fine\n\nToo long", "it was kept as a draft"
        assert "provider  Extruct" in session.text()
        await session.press("ctrl+t")
        assert session.said == "✗ template: a batch goes to one provider, in a mode shown, with its defaults"
        await session.press("escape", "y")
        assert session.at_dashboard
        assert session.engine.asked == []


async def test_the_row_of_a_batch_cancels_all_of_it_and_one_of_ours_says_how() -> None:
    batch = [task(3 * n, batch_id="b1") for n in range(2)]
    ours = [task(4, group_id="g"), task(5, group_id="g")]
    async with running([*batch, *ours]) as session:
        await session.press("g", "x")
        assert "Cancel 2 tasks of this batch?" in session.text()
        await session.press("y")
        assert session.engine.asked == [("act", "t0", CancelBatch())]
        await session.press("j", "x")
        assert "unfold the group" in session.said


# Versions and edits


def kept(number: int, text: str) -> tuple[StoredVersion, Detail]:
    at = NOW + timedelta(minutes=number)
    return StoredVersion(number, "0" * 64, at, len(text), "final", number == 2), with_text(DONE, text)


REMOTE = Versions(
    "2 versions",
    versions=(RemoteVersion(2, None, "edit: shorter\x1b[2J", newest=True), RemoteVersion(1, NOW, "original")),
)


def test_versions_at_the_provider_are_listed_and_cleaned() -> None:
    newest, first = remote_entries(REMOTE)
    assert (newest.number, newest.newest, newest.about) == (2, True, "edit: shorter␛[2J")
    assert (first.number, first.newest, first.about) == (1, False, "original")
    assert first.at is not None
    assert remote_entries(Outcome("none")) == []


async def test_versions_here_and_there_are_listed_opened_compared_and_restored() -> None:
    archive = FakeArchive([DONE])
    archive.saved["t0"] = [kept(1, "same\nold line"), kept(2, "same\nnew line")]
    engine = FakeEngine([DONE])
    engine.outcomes[ListVersions] = REMOTE
    engine.remote_versions = {1: with_text(DONE, "same\nthe original"), 2: with_text(DONE, "same\nnew line")}
    async with running([DONE], archive=archive, engine=engine, parse=parsed) as session:
        await session.press("v")
        await session.settle()
        assert isinstance(session.app.screen, VersionsScreen)
        assert "2 at Valyu, 2 here" in session.text()
        assert "shown here" in session.text()
        await session.press("R")
        assert "only an older version at the provider" in session.said
        await session.press("j", "R", "y")
        assert engine.asked[-2:] == [
            ("act", "t0", Restore(1)),
            ("act", "t0", ListVersions()),
        ]
        await session.settle()
        await session.press("g", "j", "space", "space", "c")
        await session.settle()
        compared: object = session.app.screen
        assert isinstance(compared, CompareScreen)
        assert "- the original" in session.text()
        assert "+ new line" in session.text()
        await session.press("escape", "c", "v")
        assert "▐1 Overview▌" in session.text()


async def test_a_version_is_read_for_its_preview_once_though_the_terminal_gets_other_sizes() -> None:
    archive, read = FakeArchive([DONE]), list[int]()
    archive.saved["t0"] = [kept(1, "old line")]

    def version(task_id: str, number: int) -> Detail:
        read.append(number)
        return FakeArchive.version(archive, task_id, number)

    archive.version = version  # type: ignore[method-assign]
    async with running([DONE], archive=archive) as session:
        await session.press("v")
        for width in (90, 100):
            await session.pilot.resize_terminal(width, 30)
        await session.after(0.3)
        assert "old line" in session.text()
        assert read == [1]


def test_a_version_is_told_beside_the_one_before_it() -> None:
    one, two = with_text(DONE, "same\nold line"), with_text(DONE, "same\nnew and longer line")

    def shown(this: Detail, before: Detail | None) -> list[str]:
        return ["".join(text for text, _ in line).rstrip() for line in summary(this, before, 40)]

    assert shown(two, one) == [
        " words  5  +2 than before",
        " lines  1 line new, 1 gone",
        "",
        "",
        "   same",
        " - old line",
        " + new and longer line",
    ]
    assert shown(one, None) == [" words  3", "", "   same old line"], "as people read it: one paragraph"
    marked = with_text(DONE, "# Vacuum\n\n**Dead** tuples [[1]](https://example.org/a).")
    assert shown(marked, None) == [" words  4", "", "   Vacuum", "", "   Dead tuples [1]."]
    value = '{\n  "name": "ASML",\n  "city": "Veldhoven"\n}'
    fields = replace(rich_detail(DONE), report=Report(value, ReportFormat.JSON))
    assert shown(fields, None)[1:] == ["", "   name: ASML", "   city: Veldhoven"], "fields, one a line"
    assert shown(one, one)[-1] == " the text is that of the version before"
    assert shown(replace(one, report=None), one) == [" it holds no report"]
    long = summary(with_text(DONE, "\n".join(f"new {n}" for n in range(90))), one, 40)
    assert "… and more" in long[-1][0][0]


async def test_the_version_under_the_cursor_is_previewed_once_it_rests() -> None:
    archive = FakeArchive([DONE])
    archive.saved["t0"] = [kept(1, "same\nold line"), kept(2, "same\nnew line")]
    async with running([DONE], archive=archive, size=WIDE, parse=parsed) as session:
        await session.press("v")
        await session.after(0.3)
        assert "saved 2, beside saved 1" in session.text()
        assert "+ new line" in session.text()
        await session.press("j")
        await session.after(0.3)
        assert "─ saved 1 ─" in session.text()


async def test_an_edit_is_asked_for_in_words_and_an_empty_one_is_not_sent() -> None:
    async with running([DONE]) as session:
        await session.press("E", "ctrl+s")
        assert "nothing was sent" in session.said
        await session.press("E", *"shorter", "ctrl+s")
        assert session.engine.asked == [("act", "t0", Edit("shorter"))]


# Downloads


def test_downloads_tell_how_far_they_are_all_together_and_not_more_than_twice_a_second() -> None:
    now, told = [0.0], list[str]()
    coming = CombinedProgress(told.append, lambda: now[0])
    one, other = coming.of(Path("a")), coming.of(Path("b"))
    one(100, 5_000)
    assert told == []
    now[0] = 0.6
    other(1_000, 2_000)
    other(1_200, 2_000)
    assert told == ["1.1 kB of 7.0 kB"]
    now[0] = 1.2
    one(200, None)
    assert told[1:] == ["1.4 kB"]
