"""A small application around the reader: what screens use of the real one, with everything said and sent recorded."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from textual.app import App
from textual.screen import Screen

from tui.domain.detail import Detail, Image, Json, Report, ReportFormat, Source
from tui.domain.task import Task
from tui.report.document import Document
from tui.ui import stylesheet
from tui.ui.commands import keymap
from tui.ui.reader.report_view import ReportView
from tui.ui.reader.screen import ReaderScreen
from tui.ui.shell.archive import NoArchive
from tui.ui.shell.services import Services
from tui.ui.terminal.handoff import HandoffResult, Tell, Terminal
from tui.ui.text import themes
from tui.ui.widgets.bars import StatusLine

_SHEETS = ("tokens.tcss", "base.tcss", "reader.tcss")


Value = TypeVar("Value")


class RecordingTerminal(Terminal):
    """Remembers what would have been copied."""

    def __init__(self) -> None:
        super().__init__(lambda _: None, lambda run: run(), env={})
        self.copied: list[tuple[str, str]] = []

    def copy(self, text: str, what: str, tell: Tell) -> None:
        """Remember `text`."""
        self.copied.append((what, text))
        tell(HandoffResult(f"copied {what}"))


class RecordingArchive(NoArchive):
    """Knows some other reports for every address, and keeps what is to be remembered."""

    def __init__(self, others: Sequence[str] = ()) -> None:
        self.found = others
        self.kept: dict[str, Json] = {}

    def reports_with(self, url: str) -> Sequence[str]:
        """Return the other reports."""
        return self.found

    def state(self, key: str) -> Json:
        """Return what was kept."""
        return self.kept.get(key)

    def remember(self, key: str, value: Json) -> None:
        """Keep it."""
        self.kept[key] = value


class FakeEngine:
    """Answers with one detail."""

    def __init__(self, detail: Detail) -> None:
        self.answer = detail

    def detail(self, task_id: str) -> "Future[Detail | None]":
        """Answer at once."""
        future: Future[Detail | None] = Future()
        future.set_result(self.answer)
        return future


class Host(App[None]):
    """Shows one reader screen."""

    def __init__(self, screen: ReaderScreen, theme: str = "dark", archive: NoArchive | None = None) -> None:
        super().__init__(css_path=[stylesheet.folder() / name for name in _SHEETS])
        self.services = Services(archive or NoArchive(), None)
        self.tasks: dict[str, Task] = {}
        self.keymap = keymap.Keymap.build()
        self.terminal = RecordingTerminal()
        self.followed: list[str] = []
        self.messages: list[str] = []
        self.reader = screen
        self.engine: FakeEngine | None = None
        self._theme_wanted = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The tokens of our themes, before one is chosen."""
        return {"ansi-background": "ansi_black", "ansi-foreground": "ansi_white"} | themes.builtin()[0].variables

    def on_mount(self) -> None:
        """Show the screen."""
        for theme in themes.builtin():
            self.register_theme(theme)
        self.theme = self._theme_wanted
        self.push_screen(self.reader)

    def show(self, screen: Screen[Value], then: Callable[[Value], None]) -> None:
        """Open a dialog of the reader."""
        self.push_screen(screen, lambda result: None if result is None else then(result))

    @property
    def view(self) -> ReportView:
        """The report."""
        return self.reader.view

    @property
    def status(self) -> StatusLine:
        """The status line of the reader."""
        return self.reader.query_one(StatusLine)

    def say(self, message: str, *, problem: bool = False) -> None:
        """Record and show."""
        self.messages.append(message)
        self.status.say(message, problem=problem)

    def in_background(
        self, work: Callable[[], Value], then: Callable[[Value], None], failed: Callable[[Exception], None]
    ) -> None:
        """Do it at once."""
        then(work())

    def copy(self, text: str, what: str) -> None:
        """Record."""
        self.terminal.copy(text, what, self.told)

    def told(self, told: HandoffResult) -> None:
        """Record."""
        self.say(told.message)

    def follow_link(self, url: str) -> None:
        """Record."""
        self.followed.append(url)


def reader_of(
    document: Document,
    text: str = "the text as received",
    *,
    archive: NoArchive | None = None,
    images: tuple[Image, ...] = (),
    sources: tuple[Source, ...] = (),
    theme: str = "dark",
    line: int | None = None,
    find: str = "",
) -> Host:
    """Return an application that reads a ready-made document."""
    detail = detail_of(text, images=images, sources=sources)
    return Host(ReaderScreen(detail, line=line, find=find, parse=lambda _: document), theme, archive)


def detail_of(text: str, *, images: tuple[Image, ...] = (), sources: tuple[Source, ...] = ()) -> Detail:
    """Return a finished task with a report."""
    task = Task("t1", "valyu", title="A report", has_report=True)
    return Detail(task, Report(text, ReportFormat.MARKDOWN, sources=sources), images=images)
