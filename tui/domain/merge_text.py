"""A three-way merge of a text that two people changed, word by word."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

_PIECES = re.compile(r"\s+|\S+")
_Edit = tuple[int, int, list[str]]  # from, to in the text before; what stands there now


def merged(before: str, present: str, text: str) -> str:
    """Merge the changes that one person (`present`) and another (`text`) made to `before`.

    What only one of them took out is gone. Where both changed the same words, both versions stay, that of `present`
    first; what both wrote alike stands once. No word that either of them wrote is lost.
    """
    if present in {before, text}:
        return text
    if text == before:
        return present
    old, theirs, ours = (_PIECES.findall(one) for one in (before, present, text))
    pieces: list[str] = []
    at = 0
    for start, end, left, right in _regions(_edits(old, theirs), _edits(old, ours)):
        lines = (start == 0 or "\n" in old[start - 1]) and (end == len(old) or "\n" in old[end])
        versions = (_applied(old, start, end, left), _applied(old, start, end, right))
        _add(pieces, old[at:start], old[:at])
        _add(pieces, _both(*versions, old[start:end], lines=lines), old[:start])
        at = end
    _add(pieces, old[at:], old[:at])
    return "".join(pieces)


def _add(pieces: list[str], more: Sequence[str], passed: Sequence[str]) -> None:
    """Add pieces; words that would touch, as one person took out the space between them, stay apart as before."""
    if pieces and more and not pieces[-1].isspace() and not more[0].isspace():
        pieces.append(passed[-1] if passed and passed[-1].isspace() else " ")
    pieces += more


def _edits(old: Sequence[str], new: Sequence[str]) -> list[_Edit]:
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(a, b, [*new[c:d]]) for kind, a, b, c, d in found if kind != "equal"]


def _regions(theirs: list[_Edit], ours: list[_Edit]) -> Iterator[tuple[int, int, list[_Edit], list[_Edit]]]:
    """Yield the changed parts of the old text with each side's edits; overlapping ones are one part."""
    both = sorted([*((*edit[:2], 0, edit) for edit in theirs), *((*edit[:2], 1, edit) for edit in ours)])
    while both:
        start, end, _, _ = both[0]
        sides: tuple[list[_Edit], list[_Edit]] = ([], [])
        while both and (both[0][0] < end or both[0][:2] == (start, end)):
            _, stop, side, edit = both.pop(0)
            sides[side].append(edit)
            end = max(end, stop)
        yield start, end, *sides


def _applied(old: Sequence[str], start: int, end: int, edits: list[_Edit]) -> list[str]:
    pieces: list[str] = []
    for first, last, new in edits:
        pieces += [*old[start:first], *new]
        start = last
    return [*pieces, *old[start:end]]


def _both(theirs: list[str], ours: list[str], old: list[str], *, lines: bool) -> list[str]:
    """Return one part as both sides left it; if both changed it, one version after the other."""
    if ours == old:
        return theirs
    if theirs == old or _within(theirs, ours):
        return ours
    if _within(ours, theirs):
        return theirs
    if lines:
        apart = "\n"
        theirs, ours = ("".join(one).splitlines(keepends=True) for one in (theirs, ours))
    else:
        apart = " "
    begin = _alike(theirs, ours)
    left, right = theirs[begin:], ours[begin:]
    end = _alike(left[::-1], right[::-1])
    left, right, alike = left[: len(left) - end], right[: len(right) - end], left[len(left) - end :]
    touch = left and right and not left[-1][-1].isspace() and not right[0][0].isspace()
    return [*theirs[:begin], *left, *([apart] if touch else []), *right, *alike]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many pieces both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _within(few: list[str], many: list[str]) -> bool:
    """Whether `few` is a subsequence of `many`."""
    rest = iter(many)
    return all(piece in rest for piece in few)
