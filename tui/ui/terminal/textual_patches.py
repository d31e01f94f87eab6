"""The last nets under the user interface: no control character is painted, no byte typed ends the program."""

import codecs
import gc
import re
from collections.abc import Iterable
from functools import partial

from rich.segment import Segment
from textual._xterm_parser import XTermParser
from textual.color import Color
from textual.drivers import linux_driver
from textual.drivers._writer_thread import WriterThread
from textual.events import Key
from textual.filter import LineFilter
from textual.keys import Keys

from tui.domain.text import unsafe_characters

_SURROGATES = re.compile("[\ud800-\udfff]")


class ControlCharacterFilter(LineFilter):
    """Drops what a terminal could act on from everything that is painted; all of it takes no cell, so nothing moves."""

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
    """Passes over key reports that name no key.

    Textual's own takes any number in one (the kitty protocol) for a character and lets the error end the program.
    """

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        try:
            keys = [*super()._sequence_to_key_events(sequence, alt)]
        except (ValueError, OverflowError):  # no number, or none of a character
            return [Key(Keys.Ignore, None)]
        return [Key(Keys.Ignore, None) if _SURROGATES.match(key.character or "") else key for key in keys]


def patch_key_parser() -> None:
    """Replace undecodable bytes of the keyboard instead of ending: Textual decodes strictly (its issue 6456)."""
    linux_driver.XTermParser = LenientParser  # type: ignore[attr-defined]

    def tolerant(encoding: str) -> partial[codecs.IncrementalDecoder]:
        return partial(codecs.getincrementaldecoder(encoding), errors="replace")

    linux_driver.getincrementaldecoder = tolerant  # type: ignore[attr-defined,assignment]


class LastingWriter(WriterThread):
    """Goes on taking what is written when the terminal is gone.

    Textual's own ends with the first failed write; its queue fills up, and the next write waits for ever: the program
    would survive its terminal, and keep the lease on polling.
    """

    def run(self) -> None:
        """Write until told to stop, to nowhere once writing failed."""
        gone = False
        while (text := self._queue.get()) is not None:
            gone = gone or not self._written(text)
        if not gone:
            self._written("", last=True)

    def _written(self, text: str, *, last: bool = False) -> bool:
        try:
            self._file.write(text)
            if last or self._queue.empty():
                self._file.flush()
        except (OSError, ValueError):  # hung up, or closed
            return False
        return True


def patch_writer() -> None:
    """Let Textual's driver write through `LastingWriter`."""
    linux_driver.WriterThread = LastingWriter  # type: ignore[attr-defined]


def freeze_gc() -> None:
    """Keep what exists after start-up out of every later collection: a full one takes tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    gc.enable()
