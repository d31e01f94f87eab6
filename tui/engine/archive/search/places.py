"""Every place in one report where the words of a query stand: its section, a line of text, the paragraph around it."""

import re

from tui.engine.archive.rows.values import FoundPlace, FoundPlaces
from tui.engine.archive.search.snippet import SnippetFinder, cut

_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_MARK = re.compile(r"\s*(?:#{1,6}|[-*+>|])\s+")
_LONG = 2000  # characters of a paragraph


def places(text: str, finder: SnippetFinder, most: int) -> FoundPlaces:
    """Return the first `most` lines of `text` in which a word is found, and how many such lines there are."""
    found = finder.find(text)
    headings = [(heading.start(), heading[1]) for heading in _HEADING.finditer(text)] if found else []
    shown: list[FoundPlace] = []
    at = line = 0  # where the last line that was counted begins
    section = ""
    count, line_end = 0, -1
    for number, (start, end, _) in enumerate(found):
        if start < line_end:
            continue
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        count += 1
        if len(shown) == most:
            continue
        line += text.count("\n", at, start)
        at = start
        while headings and headings[0][0] <= start:
            section = headings.pop(0)[1]
        excerpt, marks = _excerpt(text, found[number:], line_end)
        begin, after = _paragraph(text, start, end)
        first_line = line + 1 - text.count("\n", begin, start)
        shown.append(FoundPlace(line + 1, section, excerpt, marks, text[start:end], text[begin:after], first_line))
    return FoundPlaces(count, tuple(shown))


def _excerpt(text: str, found: list[tuple[int, int, int]], line_end: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the line of the first found word, without what marks it as a heading or an item, and the words in it."""
    begin = text.rfind("\n", 0, found[0][0]) + 1
    mark = _MARK.match(text, begin, found[0][0])
    begin = mark.end() if mark else begin
    here = [(start - begin, end - begin, which) for start, end, which in found if start < line_end]
    return cut(text[begin:line_end], here, 0)


def _paragraph(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the text between the blank lines around a place begins and ends; of a heading with what follows."""
    first = text.rfind("\n\n", max(0, start - _LONG), start)
    first = first + 2 if first >= 0 else max(0, start - _LONG)
    last = text.find("\n\n", end, end + _LONG)
    begin = first
    while last >= 0 and _HEADING.fullmatch(text, begin, last):
        begin, last = last + 2, text.find("\n\n", last + 2, last + _LONG)
    return first, last if last >= 0 else min(len(text), end + _LONG)
