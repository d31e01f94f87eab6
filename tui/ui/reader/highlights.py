"""Highlights on laid-out lines: current citation, hits, letter hints, selection; horizontal scrolling. Pure.

They change the tone of a line, never its text or width (hints cover letters), so nothing moves when they come and go.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rich.cells import split_graphemes

from tui.domain.cells import cell_len
from tui.ui.reader.layout.blocks import LayoutBlock
from tui.ui.reader.layout.lines import DECORATION, Run, Tone

Runs = tuple[Run, ...]


class Highlight(NamedTuple):
    """A tone for the characters [start, end) of a unit's text."""

    start: int
    end: int
    tone: Tone


def restyle(runs: Runs, marks: Sequence[Highlight]) -> Runs:
    """Return the runs with highlights applied; later ones win."""
    out = list(runs)
    for mark in marks:
        dressed: list[Run] = []
        for run in out:
            low = max(mark.start, run.at) - run.at
            high = min(mark.end, run.at + len(run.text)) - run.at
            if run.at == DECORATION or high <= low:
                dressed.append(run)
                continue
            dressed += _cut(run, low, high, mark.tone)
        out = dressed
    return tuple(out)


def within(runs: Runs, marks: Sequence[Highlight]) -> Sequence[Highlight]:
    """Return those of a unit's highlights, in order and apart, that a line of it may show."""
    if not marks:
        return marks
    ranges = [(run.at, run.at + len(run.text)) for run in runs if run.at != DECORATION]
    low = bisect_right(marks, min((start for start, _ in ranges), default=0), key=lambda mark: mark.end)
    return marks[low : bisect_left(marks, max((end for _, end in ranges), default=0), key=lambda mark: mark.start)]


def mark_current(runs: Runs, ref: int) -> Runs:
    """Return the runs with the span `ref` highlighted as the current one."""
    return tuple(run._replace(tone=Tone.CURRENT) if run.ref == ref else run for run in runs)


def label(runs: Runs, labels: Mapping[int, str]) -> Runs:
    """Return the runs with letters over the beginning of the spans in `labels`; once a span."""
    left = dict(labels)
    out: list[Run] = []
    for run in runs:
        if run.ref not in left:
            out.append(run)
            continue
        letters = left.pop(run.ref)
        size = cell_len(run.text)
        letters = letters[: max(1, size)]
        tail = _cells(run.text, len(letters), size)
        out.append(run._replace(text=letters, tone=Tone.HINT))
        if tail:
            out.append(run._replace(text=tail, at=DECORATION))
    return tuple(out)


def select(runs: Iterable[Run], start: int, end: int) -> Runs:
    """Return the runs with the characters [start, end) of the line selected; `end` below 0 is the line's end."""
    out: list[Run] = []
    column = 0
    for run in runs:
        low = max(0, start - column)
        high = len(run.text) if end < 0 else min(len(run.text), end - column)
        out += _cut(run, low, high, Tone.SELECTED) if high > low else [run]
        column += len(run.text)
    return tuple(out)


def scroll_sideways(runs: Runs, shift: int, room: int) -> Runs:
    """Return the part of a wide line that is visible after `shift` cells, in `room` cells; arrows mark more."""
    cells = sum(cell_len(run.text) for run in runs)
    if cells <= room:
        return runs
    shift = min(shift, cells - room)
    left, right = shift > 0, shift + room < cells
    middle = _span(runs, shift + left, shift + room - right)
    return (*([Run("‹", Tone.FAINT)] if left else []), *middle, *([Run("›", Tone.FAINT)] if right else []))


def _cut(run: Run, low: int, high: int, tone: Tone) -> list[Run]:
    at = run.at
    pieces = [
        Run(run.text[:low], run.tone, run.look, at, run.ref),
        Run(run.text[low:high], tone, run.look, at + low if at != DECORATION else at, run.ref),
        Run(run.text[high:], run.tone, run.look, at + high if at != DECORATION else at, run.ref),
    ]
    return [piece for piece in pieces if piece.text]


def _cells(text: str, low: int, high: int) -> str:
    """Return the cells [low, high) of `text`; half of a wide character becomes a blank."""
    if text.isascii():
        return text[low:high]
    out: list[str] = []
    column = 0
    for start, end, size in split_graphemes(text)[0]:
        if column >= low and column + size <= high and (size or column > low):
            out.append(text[start:end])
        elif size and column < high and column + size > low:
            out.append(" " * (min(high, column + size) - max(low, column)))
        column += size
    return "".join(out)


def _span(runs: Sequence[Run], low: int, high: int) -> list[Run]:
    """Return the cells [low, high) of a line."""
    out: list[Run] = []
    column = 0
    for run in runs:
        size = cell_len(run.text)
        start, end = max(0, low - column), min(size, high - column)
        if end > start:
            out.append(run if end - start == size else run._replace(text=_cells(run.text, start, end)))
        column += size
    return out


def hint_letters(count: int) -> list[str]:
    """Return `count` labels of equal length, home row first: one letter as long as there are enough of them."""
    letters = "asdfjklghqwertyuiopzxcvbnm"
    if count <= len(letters):
        return list(letters[:count])
    return [first + second for first in letters for second in letters][:count]


def is_target(unit: LayoutBlock, run: Run) -> bool:
    """Whether a run can be clicked or hinted: a citation or a link."""
    span = unit.spans[run.ref] if run.ref is not None else None
    return span is not None and (span.cite is not None or span.url is not None)
