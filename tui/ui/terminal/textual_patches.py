"""Patches of Textual: no control character is painted, no input ends the program, no write blocks it."""

import gc
import os
from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Iterable
from functools import lru_cache
from queue import SimpleQueue
from select import select
from threading import Lock
from typing import IO, TextIO

from rich.cells import split_graphemes
from rich.segment import Segment
from textual._xterm_parser import XTermParser
from textual.color import Color
from textual.drivers import linux_driver
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.events import Key
from textual.filter import LineFilter
from textual.keys import Keys

from tui.domain.patterns import late
from tui.domain.text import unsafe_characters

_LAST_WRITE = 2.0  # seconds
_PAUSE = 0.02  # seconds after a key: before the next one of a key that is held
_YOUNG, _OLDER = 4000, 0.8  # objects that are worth a collection; share of the collections before older ones are due
_FIRST_WRITE = 0.001  # seconds that painting waits for a write to begin
_SURROGATES = late("[\ud800-\udfff]")


class ControlCharacterFilter(LineFilter):
    """Removes control characters and bidi marks from everything painted; they take no cell, so nothing moves."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without control characters and bidi marks."""
        return [
            Segment(text if text.isascii() and text.isprintable() else _dropped(text), style)
            for text, style, control in segments
            if not control
        ]


def _dropped(text: str) -> str:
    bad = unsafe_characters(text) | ({"\n"} if "\n" in text else set())
    return "".join(char for char in text if char not in bad) if bad else text


class LenientParser(XTermParser):
    """Ignores key reports that name no key.

    Textual's own takes any number in one (the kitty protocol) for a character and lets the error end the program.
    """

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        try:
            keys = [*super()._sequence_to_key_events(sequence, alt)]
        except (ValueError, OverflowError):  # no number, or none of a character
            return [Key(Keys.Ignore, None)]
        return [Key(Keys.Ignore, None) if _SURROGATES.match(key.character or "") else key for key in keys]


class LastingWriter(WriterThread):
    """The writer thread of the terminal; it never blocks the program on a terminal that is gone or stopped.

    Textual's own ends with the first failed write; its queue fills up, and the next write waits for ever: the program
    would survive its terminal, keep the lease on polling, and hear no signal.
    """

    def __init__(self, file: IO[str]) -> None:
        super().__init__(file)
        self._queue = SimpleQueue()  # type: ignore[assignment]  # without an end: painting looks at `behind`
        self._taken = Lock()  # released once the last text is about to be written
        self._busy = self.gone = False

    @property
    def behind(self) -> bool:
        """Whether the terminal is so slow that further frames should be skipped."""
        return not self.gone and self._queue.qsize() > MAX_QUEUED_WRITES

    def let_begin(self) -> None:
        """Give the thread the interpreter, unless it writes: it would get it when the loop rests, or after 5 ms."""
        self._taken.acquire(blocking=False)
        if self._queue.qsize() and not self._busy and self.is_alive():
            self._taken.acquire(timeout=_FIRST_WRITE)

    def run(self) -> None:
        """Write until told to stop; after a failed write, discard."""
        while (text := self._queue.get()) is not None:
            self._busy = True
            if self._queue.empty() and self._taken.locked():
                self._taken.release()
            if not self.gone:
                self._written(text)
            self._busy = False
        if not self.gone:
            self._written("", last=True)

    def stop(self) -> None:
        """Stop, and wait for pending writes as long as a working terminal may need."""
        self._queue.put(None)
        self.join(_LAST_WRITE)

    def _written(self, text: str, *, last: bool = False) -> None:
        try:
            self._file.write(text)
            if last or self._queue.empty():
                self._file.flush()
        except (OSError, ValueError):  # hung up, or closed
            self.gone = True


class PlainFile:
    """The terminal as an unbuffered file: a thread blocked in a write must hold no lock that Python's exit needs."""

    def __init__(self, file: TextIO) -> None:
        self._fileno = file.fileno()
        self._encoding = file.encoding

    def write(self, text: str) -> int:
        """Write all of a text."""
        data = memoryview(text.encode(self._encoding, "replace"))
        while data:
            try:
                data = data[os.write(self._fileno, data) :]
            except BlockingIOError:  # somebody else made it non-blocking
                select([], [self._fileno], [])
        return len(text)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._fileno


def patch_writer() -> None:
    """Let Textual's driver write through `LastingWriter`."""
    linux_driver.WriterThread = LastingWriter  # type: ignore[attr-defined]


@lru_cache(16 * 1024)
def _split(segment: Segment, cut: int) -> tuple[Segment, Segment]:
    """Return both parts of a segment cut at a cell; each half of a wide character is a blank."""
    text, style, control = segment
    before, after, at = text, "", 0
    for start, end, width in split_graphemes(text)[0]:
        if width and at == cut:
            before, after = text[:start], text[start:]
            break
        if at + width > cut:
            before, after = text[:start] + " " * (cut - at), " " * (at + width - cut) + text[end:]
            break
        at += width
    return Segment(before, style, control), Segment(after, style, control)


def patch_cuts() -> None:
    """Let Rich cut text between characters; its own cut tears those of several code points: a torn one is shorter."""
    Segment._split_cells = staticmethod(_split)  # type: ignore[method-assign,assignment]


def freeze_gc() -> None:
    """Exclude everything that exists after start-up from later collections: a full one takes tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    gc.enable()


class GarbageCollection:
    """Collects young objects in the pause after a key: when their number is reached, in the middle of one, it waits.

    Twenty thousand objects take 2 to 6 ms, longer than all that a key does. While a key is held it is as without this.
    """

    def __init__(self) -> None:
        self._planned: TimerHandle | None = None

    def key_pressed(self, loop: AbstractEventLoop) -> None:
        """Collect soon if there is something to collect, unless another key comes first."""
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None
        if gc.isenabled() and gc.get_count()[0] > _YOUNG:
            self._planned = loop.call_later(_PAUSE, self._collect)

    def _collect(self) -> None:
        self._planned = None
        collections, most = gc.get_count()[1], gc.get_threshold()[1]  # none is enough while a long report is open
        gc.collect(1 if collections > _OLDER * most else 0)
