"""Cleans foreign text: every character from outside enters the program through this module.

What a terminal could act on (C0, DEL, C1, bidi controls, lone surrogates) becomes a visible stand-in, so that a reader
sees that something was there; invisible characters that could hide text are dropped; joiners and variation selectors
of real scripts stay.
"""

import re
from collections.abc import Iterable
from itertools import groupby

from tui.domain.patterns import late

TAB = "    "
_AT_ONCE = 65_536  # characters that one call may take from the other threads: at most five milliseconds
_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x2070))
_LINE_ENDS = (0x0B, 0x0C, 0x85, 0x2028, 0x2029)
_INVISIBLE = (
    *(0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x200B, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0x2060, 0x2066),
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
)


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {code: chr(0x2400 + code) for code in range(0x20)}  # control pictures
    table |= dict.fromkeys((*range(0x80, 0xA0), *_BIDI, *range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0)), "\ufffd")
    table |= {(plane << 16) | end: "\ufffd" for plane in range(17) for end in (0xFFFE, 0xFFFF)}
    table |= dict.fromkeys(_INVISIBLE)
    table |= dict.fromkeys(_LINE_ENDS, "\n")
    table |= {0x7F: "\u2421", 0x0A: "\n", 0x09: TAB}
    return table


def _any_of(codes: Iterable[int]) -> str:
    """Return a pattern for any of these characters, as ranges, which compile ten times as fast."""
    runs = groupby(enumerate(sorted(codes)), lambda item: item[1] - item[0])
    ranges = ([code for _, code in run] for _, run in runs)
    return "[" + "".join(f"\\U{run[0]:08x}-\\U{run[-1]:08x}" for run in ranges) + "]"


_TABLE = _table()
_UNSAFE = late(_any_of(_TABLE.keys() - {0x0A}))
_PRINTABLE = tuple(chr(code) for code in _TABLE if chr(code).isprintable())  # unsafe, whatever Python calls them
_MARK = (
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06dc\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_MEMBER_NAME = late(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_CODE = late(r"^[a-z]+(?:_[a-z]+)+: (?=\S)")
_STACKED_MARKS = late(f"({_MARK}{{4}}){_MARK}+")


def clean(text: str) -> str:
    """Return `text` safe for a terminal. Never raises, idempotent; keeps newlines, makes four blanks of a tab."""
    if text.isascii() and text.isprintable():
        return text
    if not _plain(text):
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        parts = (text[at : at + _AT_ONCE] for at in range(0, len(text), _AT_ONCE))
        text = "".join(part.translate(_TABLE) if _UNSAFE.search(part) else part for part in parts)
    return text if text.isascii() else _STACKED_MARKS.sub(r"\1", text)


def _plain(text: str) -> bool:
    """Whether there is nothing to replace: ten times as fast as the search."""
    if not (text.isprintable() or text.replace("\n", "").replace("\xa0", "").isprintable()):
        return False
    return text.isascii() or not any(char in text for char in _PRINTABLE)


def one_line(text: str, limit: int | None = None) -> str:
    """Return `text` cleaned, white space collapsed, cut to `limit` characters with an ellipsis."""
    line = " ".join(clean(text).split())
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def unsafe_characters(text: str) -> set[str]:
    """Return the characters of `text` that must never reach a terminal (for tests and the last filter)."""
    return {char for char in _UNSAFE.findall(text) if _TABLE[ord(char)] is not None or ord(char) >= 0xE0000}


def sanitize_for_file(text: str, *, marks: bool = True) -> str:
    """Return `text` for a file that may be printed: control characters are replaced.

    Nothing else is: tabs and CR LF stay. `marks=False` leaves bidi marks alone, too, which texts in some scripts need.
    """
    unsafe = unsafe_characters(text) - {"\t"}
    if not marks:
        unsafe -= set(map(chr, _BIDI))
    if "\r" in unsafe:
        text = re.sub("\r(?!\n)", "\n", text)
    return text.translate({ord(char): _TABLE[ord(char)] for char in unsafe - {"\r"}}) if unsafe else text


def json_escaped(text: str) -> str:
    """Return JSON text with characters escaped that are unsafe on a terminal or not encodable."""
    unsafe = unsafe_characters(text)
    return text.translate({ord(char): _json_escape(char) for char in unsafe}) if unsafe else text


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def in_words(reason: str) -> str:
    """Return why a task failed without the error code in front, which says nothing to a person."""
    return one_line(_CODE.sub("", reason, count=1))


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """Return "1 source", "3 sources" (or the given plural)."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def join(words: Iterable[str], last: str = "and") -> str:
    """Return "a, b and c"."""
    *head, tail = [*words] or [""]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def as_words(text: str) -> str:
    """Return the name of a JSON member as words ("not_requested" is "not requested"); any other text as it is."""
    return text.replace("_", " ").replace("mcp ", "MCP ") if _MEMBER_NAME.fullmatch(text) else text
