"""Every place in one report where the words of a query stand: its section, the paragraph around it, the words in it."""

import re
from collections.abc import Iterable
from itertools import chain, islice

from tui.engine.archive.rows.values import FoundPlace, FoundPlaces
from tui.engine.archive.search.snippet import SnippetFinder

_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.+?)\s*#*$|<h[1-6]\b[^<>]*>(.+?)</h[1-6]>", re.MULTILINE | re.IGNORECASE)
_LONG = 2000  # characters of a paragraph


def places(text: str, finder: SnippetFinder, most: int) -> FoundPlaces:
    """Return the first `most` lines of `text` in which a word is found, and how many such lines there are."""
    found = finder.find(text)
    headings = [(heading.start(), heading[1] or heading[2]) for heading in _HEADING.finditer(text)] if found else []
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
        begin, paragraph, words = around(text, islice(found, number, None), line_end)
        first_line = line + 1 - text.count("\n", begin, start)
        shown.append(FoundPlace(line + 1, section, text[start:end], paragraph, words, first_line))
    return FoundPlaces(count, tuple(shown))


def around(
    text: str, found: Iterable[tuple[int, int, int]], until: int
) -> tuple[int, str, tuple[tuple[int, int], ...]]:
    """Return begin and text of the paragraph of the first of `found`, and where in it words before `until` stand."""
    rest = iter(found)
    first = next(rest)
    begin, after = _paragraph(text, first[0], first[1])
    words: list[tuple[int, int]] = []
    for start, end, _ in chain((first,), rest):
        if start >= min(until, after):
            break
        if start >= (words[-1][1] if words else begin) and end <= after:
            words.append((start - begin, end - begin))
    return begin, text[begin:after], tuple(words)


def _paragraph(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the text between the blank lines around a place begins and ends; of a heading with what follows.

    A long one is cut between two lines, else between two tags.
    """
    lowest, highest = max(0, start - _LONG), end + _LONG
    first = text.rfind("\n\n", lowest, start)
    first = first + 2 if first >= 0 else _first_whole(text, lowest, start)
    last = text.find("\n\n", end, highest)
    begin = first
    while last >= 0 and _HEADING.fullmatch(text, begin, last):
        begin, last = last + 2, text.find("\n\n", last + 2, last + _LONG)
    return first, last if last >= 0 else _last_whole(text, end, highest)


def _first_whole(text: str, lowest: int, start: int) -> int:
    if not lowest:
        return 0
    line = text.find("\n", lowest, start)
    if line >= 0:
        return line + 1
    return text.find(">", lowest) + 1 if text.rfind("<", 0, lowest) > text.rfind(">", 0, lowest) else lowest


def _last_whole(text: str, end: int, highest: int) -> int:
    if highest >= len(text):
        return len(text)
    line = text.rfind("\n", end, highest)
    if line >= 0:
        return line
    tag = text.rfind("<", end, highest)
    return tag if tag > text.rfind(">", end, highest) else highest
