"""Fits text to the width of the terminal: broken between words, never inside an address."""

import re

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Iterator

_GAP = re.compile(r"(?<=[^\s.!?])\s{2,}(?=\S)")  # between two columns
_LEFT = 0.6  # of a line, in which its last column must begin if the next line is to begin below it
_BELOW = 4  # blanks before what has no room beside its label
_BEGINS = re.compile(r"\s*(?:(?:[-*+•>#]+|\d{1,3}[.)]|\[[\w-]{1,8}\])\s+)?")  # indent, and sign of an item
_TOKEN = re.compile(r"[\x21-\x7e…]{6,}")


def fitted(text: str, width: int) -> str:
    """Return text with no line wider than `width` cells; where one goes on, it does so below its last column.

    What cannot be broken without harm (addresses, paths, names such as gpt-5) stays whole, if need be on a wider line.
    """
    return "\n".join(line if _is_short(line, width) else "\n".join(_broken(line, width)) for line in text.split("\n"))


def _is_short(line: str, width: int) -> bool:
    if len(line) > width:
        return False
    if line.isascii() or len(line) * 2 <= width:
        return True
    from tui.domain.cells import cell_len

    return cell_len(line) <= width


def _broken(line: str, width: int) -> "Iterator[str]":
    from tui.domain.cells import cell_len

    begins = _BEGINS.match(line)
    column = begins.end() if begins else 0
    below = 0
    for gap in _GAP.finditer(line):
        if cell_len(line[: gap.end()]) <= width * _LEFT:
            column, below = gap.end(), 0
        elif not column or line[:column].isspace():
            below = _BELOW
    lead = line[:column]
    hang = min(cell_len(lead), int(width * _LEFT)) + below
    for number, piece in enumerate(_packed(_GAP.split(line[column:]), width - hang)):
        yield (lead if number == 0 else " " * hang) + piece


def _packed(cells: "list[str]", room: int) -> "Iterator[str]":
    """Yield the cells of a row as lines: as many side by side as fit, longer ones wrapped."""
    from tui.domain.cells import cell_len

    line = ""
    for cell in cells:
        if line and cell_len(line) + 2 + cell_len(cell) <= room:
            line = f"{line}  {cell}"
            continue
        if line:
            yield line
        *full, line = folded(cell, room)
        yield from full
    yield line


def folded(text: str, room: int) -> "list[str]":
    """Return text in lines of at most `room` cells; a wider address gets a line of its own."""
    from tui.domain.cells import line_spans

    solid = _TOKEN.sub(lambda token: "x" * len(token[0]) if _is_whole(token[0]) else token[0], text)
    wide = [token.span() for token in _TOKEN.finditer(text) if len(token[0]) > room and _is_whole(token[0])]
    lines: list[str] = []
    at = 0
    for begin, stop in (*wide, (len(text), len(text))):
        if solid[at:begin].strip():
            spans = line_spans(solid[at:begin], room, room)
            lines += (text[at + start : at + end].strip() for start, end in spans)
        if stop > begin:
            lines.append(text[begin:stop])
        at = stop
    return lines or [""]


def _is_whole(token: str) -> bool:
    """Whether a piece of text must not be broken: an address, a path, a name or date with hyphens."""
    return "://" in token or token[0] in "/~" or ("-" in token and any(char.isdigit() for char in token))
