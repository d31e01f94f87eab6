"""Matching brackets, found once per text, so that links cost linear time on any input."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from tui.domain.patterns import late

_SIGN = late(r"\\.|`+|[\[\]()\n]", re.DOTALL)


@dataclass(slots=True)
class Brackets:
    """Matching brackets of one piece of text, outside escapes and code spans."""

    square: dict[int, int] = field(default_factory=dict)  # "[" -> its "]"
    round: dict[int, int] = field(default_factory=dict)  # "(" -> its ")" on the same line
    closers: list[int] = field(default_factory=list)  # every ")"
    line_ends: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)  # every "[" (of no image) whose "]" is followed by a closed "("

    def closing(self, opener: int) -> int:
        """Return the end of a link target that starts at `opener`: the balanced ")", else the next one, else -1."""
        if opener in self.round:
            return self.round[opener]
        at = bisect_right(self.closers, opener)
        line = bisect_right(self.line_ends, opener)
        if at == len(self.closers) or (line < len(self.line_ends) and self.line_ends[line] < self.closers[at]):
            return -1
        return self.closers[at]

    def holds_link(self, start: int, end: int) -> bool:
        """Whether a link begins between two offsets."""
        at = bisect_left(self.links, start)
        return at < len(self.links) and self.links[at] < end


def match_brackets(text: str) -> Brackets:
    """Return the matching brackets of `text`."""
    found = Brackets()
    squares: list[int] = []
    rounds: list[int] = []
    ticks: dict[int, list[int]] | None = None
    skip_to = 0
    for sign in _SIGN.finditer(text):
        at = sign.start()
        if at < skip_to:
            continue
        char = text[at]
        if char == "[":
            squares.append(at)
        elif char == "]":
            if squares:
                found.square[squares.pop()] = at
        elif char == "(":
            rounds.append(at)
        elif char == ")":
            found.closers.append(at)
            if rounds:
                found.round[rounds.pop()] = at
        elif char == "\n":
            rounds.clear()
            found.line_ends.append(at)
        elif char == "`":
            if ticks is None:
                ticks = _ticks(text)
            skip_to = _code_end(ticks, at, len(sign[0]))
    found.links = sorted(
        opener
        for opener, end in found.square.items()
        if text.startswith("(", end + 1)
        and found.closing(end + 1) >= 0
        and not text.startswith("!", max(opener - 1, 0))
    )
    return found


def _ticks(text: str) -> dict[int, list[int]]:
    runs: dict[int, list[int]] = {}
    for run in re.finditer("`+", text):
        runs.setdefault(len(run[0]), []).append(run.start())
    return runs


def _code_end(ticks: dict[int, list[int]], at: int, length: int) -> int:
    runs = ticks.get(length, [])
    closer = bisect_right(runs, at)
    return runs[closer] + length if closer < len(runs) else at + length
