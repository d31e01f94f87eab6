"""The excerpt of a place as people read it: without markup, in one line, cut around the words that were found."""

from collections.abc import Sequence
from functools import lru_cache

from tui.engine.archive.search.snippet import cut, opening
from tui.report.plain import PlainText, plain_texts

_KEPT = 2000  # excerpts, each of at most some hundred characters
_OPENING = 1500  # characters of a report that its first words are looked for in
_ENDS = frozenset(" \t\n\"'<>()[]|")  # of an address


@lru_cache(_KEPT)
def excerpt(piece: str, words: tuple[tuple[int, int], ...]) -> PlainText:
    """Return the text around the first of `words` that is text in a piece of a report; of an address the address.

    A millisecond or two for the first time.

    Args:
        piece: markup as received.
        words: (start, end) of what was found in it, in order, at least one.
    """
    for line, marks in plain_texts(piece, words):
        if marks:
            return _cut(line, marks)
    start, end = words[0]
    begin, stop = start, end
    while begin and piece[begin - 1] not in _ENDS:
        begin -= 1
    while stop < len(piece) and piece[stop] not in _ENDS:
        stop += 1
    return _cut(piece[begin:stop], ((start - begin, end - begin),))


def beginning(report: str) -> PlainText:
    """Return the first words of a report."""
    return PlainText(opening(one_line_of(report[:_OPENING])))


@lru_cache(_KEPT)
def one_line_of(piece: str) -> str:
    """Return a short piece of a report, e.g. a heading, as a reader sees it."""
    return " ".join(text.line for text in plain_texts(piece))


def _cut(line: str, marks: Sequence[tuple[int, int]]) -> PlainText:
    return PlainText(*cut(line, [(start, end, 0) for start, end in marks], 0))
