"""Splits terminal input into tokens before Textual's parser: keys, reports, pastes; drops everything else.

Textual reads character by character and types whatever it does not know as keys: an answer of the terminal that nobody
asked for, or half a mouse report on a slow line, would run commands. A paste of a megabyte would cost it seconds.
"""

import time
from collections.abc import Callable, Generator, Iterator

from textual import constants
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste
from textual.message import Message

from tui.domain.patterns import late
from tui.domain.text import sanitize_for_file

_ESC = "\x1b"
_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"
_SEQUENCE = late(r"\x1b\[\[[A-E]|\x1b\[M[^\x1b]{3}|\x1b\[(?![\[M])[0-?]*[ -/]*[@-~]|\x1bO[\d;]*[A-Za-z]")
_BEGUN = late(r"\x1b(?:\[(?:\[|M[^\x1b]{0,2}|[0-?]*[ -/]*)|O[\d;]*)\Z")
_STRING = late(r"\x1b[\]PX^_][^\x1b]")
_STRING_END = late(r"\x07|\x1b\\|[\x18\x1a\x9c]|(?=\x1b[^\\])")
_USED = late(
    r"\x1b\[(?:M[^\x1b\n]{3}|<-?\d{1,9};-?\d{1,9};-?\d{1,9}[mM]"  # mouse
    r"|\?\d+;\d\$y|\d{1,9};\d{1,9}R|48(?:;\d{1,9}(?::\d*)*){4}t|[IO]"  # modes, cursor, size, focus
    r"|(?:[\d:]*;?){2,3}[u~ABCDEFHPQRS])"  # keys
)
_REPORT_WAITS = 2.0  # seconds for the rest of a report: nobody types the beginning of one
_PASTE_WAITS = 2.0  # for the end of a paste whose end mark was lost
_STRING_WAITS = 1.0
_PARSER_WAITS = 1.0  # longer than Textual's parser keeps anything
_LONGEST = 200  # characters of a sequence


class TerminalInput:
    """Turns decoded input into events, in order.

    Args:
        parser: Reads single keys and reports.
        clock: Seconds that only grow.
    """

    def __init__(self, parser: XTermParser, clock: Callable[[], float] = time.monotonic) -> None:
        self._parser = parser
        self._clock = clock
        self._held = ""  # the beginning of something whose end has not come
        self._paste: list[str] | None = None  # what was pasted so far
        self._string = False  # inside a control string
        self._last = clock()

    def feed(self, data: str) -> Iterator[Message]:
        """Return the events of new input; an incomplete end is kept until more arrives, or until `tick`."""
        self._last = self._clock()
        data, self._held = self._held + data, ""
        while data:
            if self._paste is not None:
                data = yield from self._pasted(self._paste, data)
            elif self._string:
                data = self._after_string(data)
            elif data[0] == _ESC:
                data = yield from self._escape(data)
            else:
                text, escape, rest = data.partition(_ESC)
                yield from self._parser.feed(text)
                data = escape + rest

    @property
    def waits(self) -> bool:
        """Whether an incomplete token is kept: `tick` must be called again."""
        kept = bool(self._held) or self._string or self._paste is not None
        return kept or self._clock() - self._last < _PARSER_WAITS

    def tick(self) -> Iterator[Message]:
        """Return the events of a kept token that was not completed in time."""
        quiet, held = self._clock() - self._last, self._held
        if self._paste is not None:
            if quiet >= _PASTE_WAITS:
                yield self._end_paste([*self._paste, held])
        elif self._string:
            if quiet >= _STRING_WAITS:
                self._string, self._held = False, ""
        elif held and quiet >= (_REPORT_WAITS if len(held) > 2 else constants.ESCAPE_DELAY):
            self._held = ""
            if held == _ESC:
                yield Key("escape", _ESC)
            elif len(held) == 2:
                yield from self._alt(held)
            elif held in ANSI_SEQUENCES_KEYS:
                yield from self._parser.feed(held)
        yield from self._parser.tick()

    def _escape(self, data: str) -> Generator[Message, None, str]:
        """Parse an escape sequence; returns the rest."""
        if data.startswith(_PASTE_BEGINS):
            self._paste = []
            return data[len(_PASTE_BEGINS) :]
        if len(data) == 1 or (len(data) == 2 and _STRING.match(f"{data}x")):
            self._held = data
            return ""
        if data[1] == _ESC:
            yield Key("escape", _ESC)
            return data[1:]
        if _STRING.match(data):
            self._string = True
            return data[2:]
        if data[1] not in "[O":
            yield from self._alt(data[:2])
            return data[2:]
        found = _SEQUENCE.match(data)
        if found is None:
            if len(data) < _LONGEST and _BEGUN.match(data):
                self._held = data
                return ""
            return data[2:].lstrip("0123456789;:<=>?")  # broken off: no key
        sequence = found[0]
        if sequence in ANSI_SEQUENCES_KEYS or (len(sequence) <= _LONGEST and _USED.fullmatch(sequence)):
            yield from self._parser.feed(sequence)
        return data[found.end() :]

    def _alt(self, sequence: str) -> Iterator[Message]:
        if sequence in ANSI_SEQUENCES_KEYS:
            yield from self._parser.feed(sequence)
        else:
            yield from self._parser._sequence_to_key_events(sequence[1], alt=True)

    def _pasted(self, begun: list[str], data: str) -> Generator[Message, None, str]:
        """Collect a paste; returns the rest."""
        text, ended, rest = data.partition(_PASTE_ENDS)
        if ended:
            yield self._end_paste([*begun, text])
            return rest
        kept = next((n for n in range(len(_PASTE_ENDS) - 1, 0, -1) if data.endswith(_PASTE_ENDS[:n])), 0)
        begun.append(data[: len(data) - kept])
        self._held = data[len(data) - kept :]
        return ""

    def _end_paste(self, parts: list[str]) -> Paste:
        self._paste, self._held = None, ""
        return Paste(pasted_text("".join(parts)))

    def _after_string(self, data: str) -> str:
        end = _STRING_END.search(data)
        if end is not None:
            self._string = False
            return data[end.end() :]
        self._held = _ESC if data.endswith(_ESC) else ""
        return ""


def pasted_text(text: str) -> str:
    """Return a paste as text for a field: line breaks kept, control characters removed."""
    return sanitize_for_file(text.replace("\r\n", "\n").replace("\r", "\n"))
