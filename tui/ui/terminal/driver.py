"""The terminal driver: whole input tokens, end of input, job control, sizes that can be painted.

Replaces parts of Textual's driver that end badly: after `fg` it repaints nothing, it reads the end of its input for
ever, and it writes from signal handlers, which may interrupt a write that holds the same lock.
"""

import os
import selectors
import signal
import sys
import threading
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, cast

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message

from tui.ui.terminal import job_control
from tui.ui.terminal.input import TerminalInput
from tui.ui.terminal.textual_patches import LastingWriter, LenientParser, PlainFile

if TYPE_CHECKING:
    from io import TextIOWrapper

    from textual.app import App


class DrivenApp(Protocol):
    """The application as the driver sees it."""

    def hang_up(self) -> None:
        """End because the terminal is gone. Called on the loop's thread."""

    def redraw(self) -> None:
        """Repaint everything, after another program had the terminal."""


class WakingEvent(threading.Event):
    """An event that can be waited for with `select`: `fileno` is readable once it is set.

    Textual's input thread looks ten times a second whether it is to end, for as long as the program runs; with this it
    sleeps until something is typed, and ends at once instead of a tenth of a second later.
    """

    def __init__(self) -> None:
        super().__init__()
        self._reader, self._writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def set(self) -> None:
        """Set the event and wake a waiting `select`."""
        super().set()
        with suppress(BlockingIOError):  # as good as written: there is something to read
            os.write(self._writer, b"x")

    def clear(self) -> None:
        """Clear the event."""
        super().clear()
        with suppress(BlockingIOError):
            while os.read(self._reader, _READ):
                pass

    def fileno(self) -> int:
        """Return the file descriptor to select on."""
        return self._reader

    def __del__(self) -> None:
        os.close(self._reader)
        os.close(self._writer)


LARGEST = Size(1000, 400)
"""Columns and lines that are painted at most; a larger window stays empty beyond."""
_READ = 65_536  # bytes
_TICK = 0.1  # seconds
_STOP_FAILED = 1.0  # seconds after which a stop that did not stop anything is undone


def clamped(size: Size) -> Size:
    """Return a usable size: some terminals report 0, or millions of cells."""
    return Size(min(size.width, LARGEST.width) or 80, min(size.height, LARGEST.height) or 24)


class TerminalDriver(LinuxDriver):
    """The driver of this process's terminal; its methods are called on the loop's thread."""

    def __init__(self, app: "App[Any]", **options: object) -> None:
        super().__init__(app, **options)  # type: ignore[arg-type]
        assert sys.__stdout__ is not None, "nothing was started without a terminal"
        self._file = cast("TextIOWrapper", PlainFile(sys.__stdout__))  # standard error may be a file
        self._size = self._size or self._get_terminal_size()  # or the application finds another one by itself
        self.exit_event = self._ended = WakingEvent()
        self._away = False  # the shell has the terminal
        for number in (signal.SIGTSTP, signal.SIGCONT):  # Textual's own, which write from anywhere
            signal.signal(number, signal.SIG_DFL)
        if threading.current_thread() is threading.main_thread():
            self._loop.add_signal_handler(signal.SIGTSTP, self.stop)
            self._loop.add_signal_handler(signal.SIGCONT, self._continued)

    # Size

    def _get_terminal_size(self) -> tuple[int, int]:
        size = clamped(Size(*super()._get_terminal_size()))
        return size.width, size.height

    def send_message(self, message: Message) -> None:
        """Post a message from the input thread; Textual makes a task for each, and goes round the loop once more."""
        self._loop.call_soon_threadsafe(self._app.post_message, message)

    def process_message(self, message: Message) -> None:
        """Pass an event on, with its size clamped."""
        if isinstance(message, Resize):
            size = clamped(message.size)
            message = Resize(size, size, pixel_size=message.pixel_size)
        super().process_message(message)

    # Output

    @property
    def behind(self) -> bool:
        """Whether the terminal takes frames more slowly than they are painted."""
        return isinstance(self._writer_thread, LastingWriter) and self._writer_thread.behind

    def flush(self) -> None:
        """Let what was written reach the terminal before the loop does anything else."""
        if isinstance(self._writer_thread, LastingWriter):
            self._writer_thread.let_begin()

    def _disable_mouse_support(self) -> None:
        super()._disable_mouse_support()
        if self._mouse_pixels:
            self.write("\x1b[?1016l")  # Textual leaves it on
            self._mouse_pixels = False

    def start_application_mode(self) -> None:
        """Take the terminal; its cursor is left visible for applications that show it."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if getattr(self._app, "shows_cursor", False):
            self.write("\x1b[?25h")
            self.flush()

    # Input

    def run_input_thread(self) -> None:
        """Read input until told to stop, or until the terminal is gone."""
        decoder = getincrementaldecoder("utf-8")(errors="replace")
        source = TerminalInput(LenientParser(self._debug))
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._ended, selectors.EVENT_READ)
            while not self._ended.is_set():
                ready = selector.select(_TICK if source.waits else None)
                if any(key.fd == self.fileno for key, _ in ready):
                    data = self._read()
                    if not data:
                        self._loop.call_soon_threadsafe(cast("DrivenApp", self._app).hang_up)
                        return
                    self._process(source.feed(decoder.decode(data)))
                self._process(source.tick())

    def _read(self) -> bytes:
        """Return the next input; b"" at its end."""
        try:
            return os.read(self.fileno, _READ)
        except BlockingIOError:
            return b"\x00"  # somebody else made it non-blocking and took what was there
        except OSError:
            return b""

    def _process(self, events: Iterable[Message]) -> None:
        for event in events:
            self.process_message(event)

    # Job control

    def stop(self, *, group: bool = False) -> None:
        """Restore the terminal and stop this process, or its process group, until it is continued."""
        if self._away or not self._auto_restart:
            return
        self._away = True
        self.suspend_application_mode()
        if group:
            self._loop.remove_signal_handler(signal.SIGTSTP)
            os.killpg(0, signal.SIGTSTP)
            self._loop.add_signal_handler(signal.SIGTSTP, self.stop)
        else:
            os.kill(os.getpid(), signal.SIGSTOP)
        self._loop.call_later(_STOP_FAILED, self._continued_if_away)

    def _continued_if_away(self) -> None:
        if self._away:
            self._continued()

    def _continued(self) -> None:
        """Take the terminal again; in the background stop again, as a program must that needs the terminal."""
        if not self._auto_restart or self._app._exit:
            return
        if not job_control.in_foreground(self.fileno):
            os.kill(os.getpid(), signal.SIGSTOP)
            return
        if not self._away:  # stopped by a signal that cannot be caught: whoever ran meanwhile changed the terminal
            self.suspend_application_mode()
        self._away = False
        self.resume_application_mode()
        cast("DrivenApp", self._app).redraw()
