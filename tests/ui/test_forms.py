"""Every screen with a field: keys act in the order typed; what was typed is kept until it is sent or thrown away."""

from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import pytest
from textual.events import Paste
from textual.widgets import Input, TextArea

from tests.ui.driving import Session, key_event, running
from tests.ui.fakes import FakeArchive, FakeEngine, rich_detail, task
from tests.ui.test_screens import Priced
from tui.domain.actions import Approve, Edit, Steer
from tui.domain.errors import UsageError
from tui.domain.task import Task, TaskStatus
from tui.engine.archive.rows.values import SearchHit

TEXT = "bridges"


@dataclass(frozen=True)
class Form:
    """How a form is opened, and the keys that leave it with what was typed; "" where it is not left so."""

    keys: tuple[str, ...]
    send: str = ""
    status: TaskStatus = TaskStatus.DONE
    keeps: bool = True


FORMS: Mapping[str, Form] = {
    "new": Form(("n",)),
    "batch": Form(("b",)),
    "edit": Form(("E",), "ctrl+s"),
    "note": Form(("N",), "ctrl+s"),
    "answer": Form(("a",), "ctrl+s", TaskStatus.WAITING),
    "steer": Form(("i",), "enter", TaskStatus.RUNNING),
    "track": Form(("+",), "enter"),
    "again": Form(("R",)),
    "search": Form(("F",), keeps=False),
    "sources": Form(("B", "slash"), keeps=False),
    "log": Form(("L", "slash"), keeps=False),
    "help": Form(("question_mark", "slash"), keeps=False),
    "filter": Form(("slash",), keeps=False),
    "palette": Form(("colon",), keeps=False),
    "reader": Form(("enter", "enter", "slash"), keeps=False),
}
KEPT = [name for name, form in FORMS.items() if form.keeps]


def with_text(name: str, before: str) -> str:
    """Return what is in a field after typing into it; a brief to be sent again has the cursor at its beginning."""
    return TEXT + before if name == "again" else before + TEXT


def world(name: str) -> tuple[FakeEngine, FakeArchive]:
    one = task(2, FORMS[name].status)
    engine = FakeEngine([one])
    engine.details[one.id] = rich_detail(one)
    archive = FakeArchive([one])
    archive.hits = [SearchHit(one.id, f"{TEXT} over a river")]
    return engine, archive


def typed(session: Session) -> str:
    """Return what is in the field that has the focus."""
    field = session.app.focused
    assert isinstance(field, Input | TextArea), field
    return field.text if isinstance(field, TextArea) else field.value


async def together(session: Session, *keys: str) -> None:
    """Let keys arrive in one moment."""
    for key in keys:
        session.app.post_message(key_event(key))
    for _ in range(5):
        await session.settle()


With = Callable[[Session], Awaitable[None]]


async def in_form(name: str, do: With, world_: tuple[FakeEngine, FakeArchive] | None = None) -> None:
    engine, archive = world_ or world(name)
    async with running(list(archive.tasks), engine=engine, archive=archive, drafting=lambda _: Priced()) as session:
        await session.press("j")
        for key in FORMS[name].keys:
            await session.press(key)
        await do(session)


@pytest.mark.parametrize("name", FORMS)
async def test_text_and_a_move_of_the_focus_in_one_moment_keep_all_of_the_text(name: str) -> None:
    async def do(session: Session) -> None:
        before = typed(session)
        field = session.app.focused
        await together(session, *TEXT, "tab")
        assert isinstance(field, Input | TextArea)
        now = field.text if isinstance(field, TextArea) else field.value
        assert now == with_text(name, before)

    await in_form(name, do)


@pytest.mark.parametrize("name", KEPT)
async def test_text_and_escape_in_one_moment_leave_the_form_and_lose_no_letter(name: str) -> None:
    async def do(session: Session) -> None:
        before = typed(session)
        await together(session, *TEXT, "escape")
        assert session.at_dashboard
        for key in FORMS[name].keys:
            await session.press(key)
        assert typed(session) == with_text(name, before)

    await in_form(name, do)


@pytest.mark.parametrize("name", ["search", "filter", "sources", "log", "reader"])
async def test_text_and_enter_in_one_moment_search_for_all_of_it(name: str) -> None:
    async def do(session: Session) -> None:
        field = session.app.focused
        await together(session, *TEXT, "enter")
        assert isinstance(field, Input)
        assert field.value == TEXT
        assert session.app.focused is not field

    await in_form(name, do)


@pytest.mark.parametrize("name", ["edit", "steer"])
async def test_text_and_the_key_that_sends_in_one_moment_send_all_of_it(name: str) -> None:
    engine, archive = world(name)

    async def do(session: Session) -> None:
        await together(session, *TEXT, FORMS[name].send)
        (action,) = [asked[2] for asked in engine.asked if asked[0] == "act"]
        assert isinstance(action, Edit | Steer)
        assert action.instruction == TEXT
        assert session.at_dashboard
        for key in FORMS[name].keys:
            await session.press(key)
        assert typed(session) == "", "what was sent is no draft any more"

    await in_form(name, do, (engine, archive))


async def test_a_note_and_the_key_that_saves_in_one_moment_save_all_of_it() -> None:
    engine, archive = world("note")

    async def do(session: Session) -> None:
        await together(session, *TEXT, "ctrl+s")
        assert archive.annotations.locals["t2"].note == TEXT

    await in_form("note", do, (engine, archive))


async def test_an_answer_and_the_key_that_sends_in_one_moment_send_all_of_it() -> None:
    engine, archive = world("answer")

    async def do(session: Session) -> None:
        await together(session, *TEXT, "ctrl+s")
        (asked,) = [asked for asked in engine.asked if asked[0] == "act"]
        assert asked[2] == Approve("i1", approved=False, changes=TEXT)

    await in_form("answer", do, (engine, archive))


async def test_a_brief_and_the_key_that_sends_in_one_moment_ask_about_all_of_it() -> None:
    engine, archive = world("new")

    async def do(session: Session) -> None:
        await together(session, *"xyz", "ctrl+s", "y")
        (asked,) = [asked for asked in engine.asked if asked[0] == "create"]
        assert getattr(asked[2], "prompt", "") == "xyz"

    await in_form("new", do, (engine, archive))


@pytest.mark.parametrize("name", ["edit", "new", "note"])
async def test_a_paste_and_the_key_behind_it_act_in_this_order(name: str) -> None:
    engine, archive = world(name)

    async def do(session: Session) -> None:
        session.app.post_message(Paste("two\nlines"))
        await together(session, "!", "escape")
        for key in FORMS[name].keys:
            await session.press(key)
        assert typed(session) == "two\nlines!"

    await in_form(name, do, (engine, archive))


async def test_a_paste_of_several_lines_into_a_field_of_one_line_loses_none() -> None:
    async def do(session: Session) -> None:
        session.app.post_message(Paste("one\ntwo"))
        await session.settle()
        assert typed(session) == "one two"

    await in_form("steer", do)


async def test_a_paste_right_behind_the_key_that_opens_a_form_arrives_there() -> None:
    async with running([], drafting=lambda _: Priced()) as session:
        session.app.post_message(key_event("n"))
        session.app.post_message(Paste("pasted"))
        await together(session, "!")
        assert typed(session) == "pasted!"


@pytest.mark.parametrize("name", KEPT)
async def test_a_draft_is_there_after_a_restart_and_gone_when_it_is_thrown_away(name: str) -> None:
    engine, archive = world(name)
    begun: list[str] = []

    async def write(session: Session) -> None:
        begun.append(typed(session))
        await session.press(*TEXT)  # and the program ends

    async def throw_away(session: Session) -> None:
        assert typed(session) == with_text(name, begun[0])
        await session.press("ctrl+r")
        assert typed(session) == begun[0]
        await session.press("ctrl+r")
        assert typed(session) == with_text(name, begun[0]), "a mistake is undone by the same key"
        await session.press("ctrl+r", "escape")

    async def look(session: Session) -> None:
        assert typed(session) == begun[0]

    await in_form(name, write, (engine, archive))
    await in_form(name, throw_away, (engine, archive))
    await in_form(name, look, (engine, archive))


@pytest.mark.parametrize("starting", [False, True])
@pytest.mark.parametrize("name", ["edit", "steer", "track"])
async def test_what_could_not_be_sent_is_a_draft_again(name: str, starting: bool) -> None:
    engine, archive = world(name)
    engine.failure = OSError("no way")

    async def do(session: Session) -> None:
        session.app.engine = None if starting else session.app.engine  # as while it starts anew
        await session.press(*TEXT, FORMS[name].send)
        assert ("the engine is still starting" if starting else "no way") in session.said
        session.app.engine = engine
        await session.press(*FORMS[name].keys)
        assert typed(session) == TEXT

    await in_form(name, do, (engine, archive))


async def test_a_yes_while_the_engine_starts_anew_is_answered_and_the_form_stays() -> None:
    async def do(session: Session) -> None:
        await session.press(*"Why?", "ctrl+s")
        session.app.engine = None
        await session.press("y")
        assert "not sent: the engine is still starting" in session.said
        assert typed(session) == "Why?"

    await in_form("new", do)


@pytest.mark.parametrize("name", ["new", "batch", "again"])
async def test_a_brief_that_was_refused_is_a_draft_again_and_one_that_was_sent_is_none(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Priced, "check", lambda *_: ())
    engine, archive = world(name)
    engine.failure = UsageError("no way")
    begun: list[str] = []

    async def refused(session: Session) -> None:
        begun.append(typed(session))
        await session.press(*TEXT, "ctrl+s", "y")
        assert "no way" in session.said
        assert [asked[0] for asked in engine.asked if asked[0] in {"create", "batch"}]
        engine.failure = None

    async def send(session: Session) -> None:
        assert typed(session) == with_text(name, begun[0])
        await session.press("ctrl+s", "y")

    async def look(session: Session) -> None:
        assert typed(session) == begun[0]

    for do in (refused, send, look):
        await in_form(name, do, (engine, archive))


async def test_a_brief_that_one_of_two_refused_is_a_draft_for_that_one_alone() -> None:
    engine, archive = world("new")
    create = engine.create

    def one_refuses(account: str, *args: Any, **kwargs: Any) -> "Future[Task]":
        engine.failure = None if [asked for asked in engine.asked if asked[0] == "create"] else UsageError("no way")
        return create(account, *args, **kwargs)

    engine.create = one_refuses  # type: ignore[method-assign, assignment]

    async def send(session: Session) -> None:
        await session.press(*"xyz", "tab", "j", "space", "ctrl+s")
        assert "Start 2 tasks?" in session.text()
        await session.press("y")

    async def look(session: Session) -> None:
        assert typed(session) == "xyz"
        await session.press("ctrl+s")
        first = next(asked[1] for asked in engine.asked if asked[0] == "create")
        assert f"to {first}: " in session.text().casefold()
        assert "Start this task?" in session.text()

    await in_form("new", send, (engine, archive))
    await in_form("new", look, (engine, archive))


async def test_a_draft_written_since_is_not_replaced_by_one_that_was_refused() -> None:
    engine, archive = world("new")
    waiting: Future[Task] = Future()
    engine.create = lambda *args, **kwargs: waiting  # type: ignore[method-assign]

    async def do(session: Session) -> None:
        await session.press(*"xyz", "ctrl+s", "y", "n", *"newer", "escape")
        waiting.set_exception(UsageError("no way"))
        await session.settle()
        assert "no way" in session.said
        await session.press("n")
        assert typed(session) == "newer"

    await in_form("new", do, (engine, archive))


async def test_providers_and_modes_that_were_chosen_are_part_of_the_draft() -> None:
    engine, archive = world("new")

    async def choose(session: Session) -> None:
        await session.press(*"xyz", "tab", "l", "j", "space", "escape")

    async def look(session: Session) -> None:
        assert session.text().count("‹ heavy") == 1
        await session.press("ctrl+s")
        assert "Start 2 tasks?" in session.text()

    await in_form("new", choose, (engine, archive))
    await in_form("new", look, (engine, archive))
