"""What a person adds to tasks: note, tags, pin, read, delete here; each said in one line, none told to a provider."""

import pytest

from tests.ui.driving import SMALL, Session, running
from tests.ui.fakes import FakeArchive, FakeEngine, rich_detail, task
from tui.domain.annotations import NO_ANNOTATIONS, Annotations
from tui.domain.errors import ArchiveError
from tui.domain.task import TaskStatus
from tui.engine.api import AnnotationsChanged
from tui.ui.commands.registry import COMMANDS
from tui.ui.dashboard.note_dialog import NoteDialog
from tui.ui.dashboard.screen import DashboardScreen
from tui.ui.dashboard.task_list import TaskList
from tui.ui.text.filter import CompiledFilter

DONE = [task(number, TaskStatus.DONE) for number in range(4)]


def of(session: Session, task_id: str) -> Annotations:
    return session.archive.annotations.locals[task_id]


async def test_a_note_and_tags_are_saved_shown_and_changed() -> None:
    async with running(DONE, size=(120, 40)) as session:
        await session.press("N")
        assert isinstance(session.app.screen, NoteDialog)
        await session.press(*"call Z", "tab")
        await session.press(*"q3", "space", *"#Energy", "enter")
        assert of(session, "t0") == Annotations("call Z", ("energy", "q3"), read=True)
        assert session.said == "note and tags saved here"
        assert "#energy #q3" in session.text()
        assert "call Z" in session.text()
        await session.press("N", "end", *"oë", "ctrl+s")
        assert of(session, "t0").note == "call Zoë"


async def test_leaving_the_dialog_changes_nothing_and_says_that_what_was_typed_is_kept() -> None:
    async with running(DONE) as session:
        await session.press("N", *"typed", "escape")
        assert of(session, "t0") == NO_ANNOTATIONS
        assert session.said == "kept as a draft: open the form again to go on"


async def test_what_is_no_tag_keeps_the_dialog_open_and_says_why() -> None:
    async with running(DONE) as session:
        await session.press("N", "tab")
        await session.press(*"a,b", "enter")
        assert isinstance(session.app.screen, NoteDialog)
        assert "'a,b' is no tag" in session.said


async def test_marked_tasks_get_tags_beside_those_they_have() -> None:
    async with running(DONE) as session:
        session.archive.annotations.tag(["t1"], ["old"])
        await session.press("space", "space", "N")
        await session.press(*"new", "enter")
        assert (of(session, "t0").tags, of(session, "t1").tags) == (("new",), ("new", "old"))
        assert session.said == "2 tasks tagged #new"
        assert not session.dashboard.table.model.marked


async def test_a_pinned_task_stands_on_top_in_words_and_stays_selected() -> None:
    async with running(DONE) as session:
        await session.press("j", "j", "P")
        assert session.dashboard.table.model.rows == ["t2", "t0", "t1", "t3"]
        assert session.dashboard.table.selected == "t2"
        assert "▴ pinned Task number 2" in session.text()
        await session.press("P")
        assert session.dashboard.table.model.rows == ["t0", "t1", "t2", "t3"]
        assert session.said == "1 task not pinned any more"


async def test_pins_stay_on_top_in_every_order() -> None:
    async with running(DONE) as session:
        await session.press("j", "P", "S")
        assert session.dashboard.table.model.rows == ["t1", "t3", "t2", "t0"]


def unread(*tasks: str) -> FakeArchive:
    archive = FakeArchive(DONE)
    archive.annotations.read(tasks, False)
    return archive


async def test_an_unread_report_has_a_dot_until_it_is_opened() -> None:
    engine = FakeEngine(DONE)
    engine.details["t0"] = rich_detail(DONE[0])
    async with running(DONE, archive=unread("t0"), engine=engine) as session:
        rows = [line for line in session.painted() if "✓ done" in line]
        assert rows[0].startswith(" •✓ done")
        await session.press("3")
        await session.settle()
        await session.press("escape")
        assert of(session, "t0").read
        assert not any(line.startswith(" •") for line in session.painted())


async def test_read_and_unread_are_told_by_hand() -> None:
    async with running(DONE) as session:
        await session.press("U")
        assert not of(session, "t0").read
        assert session.said == "1 report unread"
        await session.press("U")
        assert of(session, "t0").read
        assert session.said == "1 report read"


async def test_a_task_without_a_report_is_neither_read_nor_unread() -> None:
    async with running([task(1)]) as session:
        await session.press("U")
        assert session.said == "✗ read: there is no report yet"


async def test_deleting_here_asks_says_what_goes_and_is_undone() -> None:
    async with running([*DONE, task(9)], size=SMALL) as session:
        await session.press("space", "G", "space", "X")
        text = " ".join(session.text().replace("│", " ").split())
        assert "2 tasks with 1 report, notes and tags" in text
        assert "Still under way: 1" in text
        assert "Task number 0" in text
        await session.press("n")
        assert session.archive.annotations.bin == []
        assert session.said == "nothing was deleted"
        await session.press("X", "y")
        assert session.archive.annotations.bin == [["t0", "t9"]]
        assert session.said == "deleted 2 tasks here; z brings them back"
        assert ("reload", ("t0", "t9")) in session.engine.asked
        await session.press("z")
        assert session.archive.annotations.bin == []
        assert session.said == "brought back 2 tasks"
        await session.press("z")
        assert session.said == "✗ nothing is deleted here"


async def test_nothing_is_ever_sent_to_a_provider() -> None:
    async with running(DONE) as session:
        await session.press("P", "U", "d", "X", "y")
        assert not [asked for asked in session.engine.asked if asked[0] == "act"]


async def test_an_archive_that_cannot_be_written_says_so_and_nothing_seems_done() -> None:
    async with running(DONE) as session:
        session.archive.annotations.failure = ArchiveError("The archive is read-only")
        await session.press("j", "P")
        assert session.said.startswith("✗ The archive is read-only")
        await session.press("N", *"typed", "ctrl+s")
        assert session.said.startswith("✗ The archive is read-only")
        await session.press("N")
        assert "typed" in session.text(), "words are never lost"
        await session.press("escape")
        assert session.dashboard.table.model.rows == ["t0", "t1", "t2", "t3"]


async def test_what_another_process_added_is_shown_and_moves_nothing() -> None:
    async with running(DONE) as session:
        await session.press("j", "j")
        session.archive.annotations.annotate("t0", "theirs", ["shared"], NO_ANNOTATIONS)
        session.archive.annotations.pin(["t3"], True)
        session.engine.tell(AnnotationsChanged(frozenset({"t0", "t3"})))
        await session.arrive()
        await session.settle()
        assert session.dashboard.table.model.local("t0").tags == ("shared",)
        assert session.dashboard.table.model.rows[0] == "t3"
        assert session.dashboard.table.selected == "t2"


async def test_a_report_that_arrives_is_unread_by_itself() -> None:
    async with running([task(1)]) as session:
        session.archive.annotations.read(["t1"], False)
        session.engine.put(task(1, TaskStatus.DONE))
        await session.arrive()
        await session.settle()
        assert any(line.startswith(" •✓ done") for line in session.painted())


ADDED = {
    "t0": Annotations("ask Zoë", ("energy", "q3"), read=True),
    "t1": Annotations(pinned=True, read=True),
    "t2": Annotations(read=False),
    "t3": Annotations(hidden=True, read=True),
}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("tag:energy", ["t0"]),
        ("tag:#en", ["t0"]),
        ("tag:x", []),
        ("tag:", ["t0"]),
        ("is:unread", ["t2"]),
        ("is:u", ["t2"]),
        ("is:read", ["t1", "t0"]),
        ("is:pinned", ["t1"]),
        ("is:noted", ["t0"]),
        ("is:hidden", ["t3"]),
        ("is:nonsense", []),
        ("is:", ["t1", "t0", "t2"]),
        ("zoë", ["t0"]),
        ("#q3", ["t0"]),
        ("provider:valyu", ["t0"]),
        ("status:done number", ["t1", "t0", "t2"]),
        ("status:active", []),
        ("IS:Pinned 1", ["t1"]),
        ("number:1", []),
    ],
)
def test_these_filters_list_these_tasks(typed: str, found: list[str]) -> None:
    model = TaskList()
    model.apply({one.id: one for one in DONE})
    model.add(ADDED.keys(), ADDED)
    model.set_filter(typed)
    assert model.rows == found


def test_a_condition_is_taken_apart_from_the_words() -> None:
    assert len(CompiledFilter.of("tag:a is:read one two").conditions) == 2
    assert CompiledFilter.of("x is:hidden").hidden


def test_adding_what_is_known_changes_nothing() -> None:
    model = TaskList()
    model.apply({one.id: one for one in DONE})
    assert model.add(["t0"], {"t0": Annotations("x")})
    assert not model.add(["t0"], {"t0": Annotations("x")})
    assert model.add(["t0"], {})
    assert model.local("t0") == NO_ANNOTATIONS


async def test_what_is_marked_but_not_listed_is_not_meant() -> None:
    async with running(DONE) as session:
        await session.press("space")
        dashboard = session.app.screen
        assert isinstance(dashboard, DashboardScreen)
        assert dashboard.command_context().marked == 1
        dashboard.table.set_filter("no such task")
        assert dashboard.command_context().marked == 0
        await session.press("P", "N", "U", "X", "e")
        assert session.app.screen is dashboard


async def test_marked_reports_are_exported_whatever_is_selected() -> None:
    async with running([task(0, TaskStatus.DONE), task(1)]) as session:
        dashboard = session.app.screen
        assert isinstance(dashboard, DashboardScreen)
        dashboard.table.select("t1")
        assert COMMANDS["tasks.export"].why_not(dashboard.command_context()) == "this task has no report yet"
        await session.press("space", "e")
        assert session.said == "✗ none of the marked tasks has a report yet"
        dashboard.table.select("t0")
        await session.press("space")
        dashboard.table.select("t1")
        assert COMMANDS["tasks.export"].why_not(dashboard.command_context()) is None
