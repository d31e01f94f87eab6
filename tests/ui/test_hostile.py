"""Strangers' text: nothing a terminal could act on is painted, and no markup is ever interpreted."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.driving import WIDE, running
from tests.ui.fakes import NOW, FakeArchive, FakeEngine, default_states, rich_detail, task
from tui.domain.capability import ConnectionState
from tui.domain.detail import Deliverable, Detail, Image, Interaction, Series, Step, Update
from tui.domain.provider import AccountState
from tui.domain.task import Counter, Task, TaskStatus
from tui.domain.text import unsafe_characters
from tui.domain.url import check_url
from tui.engine.api import LogEntry
from tui.engine.archive.rows.values import SearchHit, SourceUse
from tui.ui.shell.dialogs import ConfirmDialog, CopyDialog, InputDialog
from tui.ui.terminal.handoff import HandoffResult

pytestmark = pytest.mark.no_cover  # long, and what it runs is covered elsewhere: tracing would double its time

OURS = [
    "\x1b]0;owned\x07",
    "\x9b2J\x90q\x9c",
    "a\u202egnp.exe",
    "[/] [bold]x[/bold] [@click=app.exit]y[/]",
    "[link='https://evil.example']x[/link]",
    "\ud800 \ufdd0 \U000e0041",
    "x" * 3000,
    "\r\n\t\x00\x7f",
]


def strings(corpus: Path) -> list[str]:
    return [case["text"] for case in json.loads((corpus / "hostile" / "strings.json").read_text())["cases"]]


def poisoned(text: str, status: TaskStatus = TaskStatus.WAITING) -> Detail:
    """Uncleaned on purpose: the screens are the second line of defence."""
    one = task(
        1,
        status,
        title=text,
        prompt=text,
        provider_status=text,
        mode=text,
        error=text,
        warnings=(text,),
        counters={text: Counter(3, 10)},
        remote_id=text or None,
        web_url=text,
        batch_id=text,
        parent_id=text,
    )
    full = rich_detail(one)
    return replace(
        full,
        updates=(Update("u", NOW, text, facts=((text, text),), structured=text),),
        trace=(Step(text, text, text, text, {text: text}),),
        interaction=Interaction("i", text, {"questions": [{"question": text}], text: text}, NOW),
        images=(Image("c", text, text, text, text, text, text, (Series(text, ((text, 1.0),)),), ((text, text),)),),
        deliverables=(Deliverable("d", text, text, text, text, text, ((text, text),)),),
        facts=((text, text),),
        extra={text: [text]},
        structured={text: text},
        problems=(text,),
    )


EVERYTHING = {"update:0", "step:0", "image:0", "file:0", "structured", "extra", "question", "brief", "answered:0"}


def bad(lines: list[str]) -> set[str]:
    """Return what must not be on the screen; lone surrogates would not even be written."""
    return {char for line in lines for char in unsafe_characters(line)}


async def sinks(text: str) -> set[str]:
    """Put `text` everywhere it can come to, look at what is painted, and return what should not be there."""
    detail = poisoned(text)
    engine = FakeEngine([detail.task])
    engine.details["t1"] = detail
    state = replace(
        default_states()[0], link=ConnectionState.OFFLINE, message=text, balance=AccountState(remaining=3, unit=text)
    )
    engine.states = {"extruct": state}
    engine.entries = [LogEntry(NOW, text, text, "t1", text)]
    archive = FakeArchive([detail.task])
    archive.hits = [SearchHit("t1", text, ((0, 2),), text, 1)]
    archive.uses = [SourceUse("t1", text, text, text, 1, 1)]
    found: set[str] = set()
    async with running([detail.task], engine=engine, archive=archive, size=WIDE) as session:
        found |= bad(session.painted())
        pane = session.dashboard.detail
        pane.show(detail.task, detail)
        pane._opened |= EVERYTHING
        pane._rebuild()
        strips = [pane.strip_of(pane.line(number, 60)) for number in range(pane.line_count())]
        found |= bad([strip.text for strip in strips])
        session.app.say(text)
        session.app.say_error(ValueError(text))
        await session.pilot.pause()
        found |= bad(session.painted())
        app = session.app
        for dialog in (ConfirmDialog(text, text, text, yes=text), CopyDialog(text, text), InputDialog(text, text, "")):
            app.push_screen(dialog)
            await session.pilot.pause()
            found |= bad(session.painted())
            app.pop_screen()
        for key in ("L", "B", "dollar_sign", "a"):
            await session.press(key)
            found |= bad(session.painted())
            await session.press("escape")
        assert session.app.is_running
    return found


@pytest.mark.parametrize(
    "text",
    [pytest.param(text, id=str(n), marks=[pytest.mark.slow] if n % 4 else []) for n, text in enumerate(OURS)],
)
async def test_nothing_a_terminal_acts_on_is_painted_anywhere(text: str) -> None:
    assert await sinks(text) == set()


async def test_the_shared_hostile_strings_are_harmless_in_every_sink(corpus: Path) -> None:
    together = [" ".join(strings(corpus)[start : start + 21]) for start in range(0, len(strings(corpus)), 21)]
    for text in together:
        assert await sinks(text) == set(), ascii(text[:60])


async def test_each_shared_string_is_harmless_in_the_list(corpus: Path) -> None:
    tasks = [task(n, TaskStatus.FAILED, title=text, error=text) for n, text in enumerate(strings(corpus))]
    async with running(tasks, size=(160, len(tasks) + 5)) as session:
        assert bad(session.painted()) == set()
        widths = {len(line) for line in session.painted() if line.isascii()}
        assert widths <= {160}


async def test_markup_is_text() -> None:
    titles = ["[bold]b[/bold]", "[/]", "see [/foo]", "a [/", "[@click=app.exit]click me[/]", "[link=x]y[/link]"]
    tasks = [task(n, title=title) for n, title in enumerate(titles)]
    async with running(tasks, size=(200, 30)) as session:
        text = session.text()
        assert all(title in text for title in titles)
        for row in range(len(titles)):
            await session.pilot.click("#table", offset=(30, row + 1))
        await session.settle()
        assert session.app.is_running
        assert session.app.return_code is None


async def test_a_hostile_link_leads_nowhere(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = json.loads((corpus / "hostile" / "urls.json").read_text())["cases"]
    async with running([task(1)]) as session:
        said: list[HandoffResult] = []
        started: list[Sequence[str]] = []

        def start(argv: Sequence[str]) -> bool:
            started.append(argv)
            return True

        monkeypatch.setattr(session.app.terminal, "_start", start)
        monkeypatch.setattr(session.app.terminal, "opener", lambda: ("browser",))
        urls = [case["url"] for case in cases if isinstance(case.get("url"), str)]
        for url in urls:
            session.app.terminal.open_url(url, said.append)
        opened = [argv[1] for argv in started]
        assert len(opened) == sum(check_url(url).verdict == "open" for url in urls)
        assert all(url.isascii() and url.lower().startswith(("http://", "https://")) for url in opened)


async def test_the_window_title_and_notifications_hold_no_strangers_controls() -> None:
    written: list[str] = []
    async with running([task(1)]) as session:
        session.app.terminal._write = written.append
        session.engine.put(task(1, TaskStatus.FAILED, title=OURS[0], error=OURS[1]), ended=True)
        await session.arrive()
        session.app.terminal._notify = "osc777"
        session.app._announce(task(1, TaskStatus.DONE, title=OURS[0] + ";x"))
    assert written
    for sequence in written:
        inside = sequence.removeprefix("\x1b]2;").removeprefix("\x1b]777;notify;").removesuffix("\x07")
        assert not unsafe_characters(inside) or sequence in {"\x07", "\x1b[23;0t"}


def one_of_each() -> list[Task]:
    return [task(n, status) for n, status in enumerate(TaskStatus)]


async def test_every_state_is_readable_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(one_of_each(), size=WIDE) as session:
        assert session.app.theme == "terminal"
        text = session.text()
        assert all(status.value in text for status in TaskStatus)
        colours = {
            (str(segment.style.color), str(segment.style.bgcolor))
            for strip in session.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style
        }
        named = {name for pair in colours for name in pair}
        assert all("default" in name or name == "None" for name in named), named
