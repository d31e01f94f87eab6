"""Finds the words of a query in the original text, and cuts the snippet that shows them."""

import re
import unicodedata
from itertools import pairwise

from tui.engine.archive.text import is_unspaced, words

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _BEFORE = 180, 50  # characters of a snippet, and of them before the first word found
_MOST = 200  # places of one word that are looked at
_BLANKS = re.compile(r"\s+")


class _Fold(dict[int, str]):
    """Maps every character to one: small, without accent."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        parts = unicodedata.normalize("NFD", char)
        base, marks = parts[0], parts[1:]
        small = (base if all(map(unicodedata.combining, marks)) else char).lower()
        self[code] = small if len(small) == 1 else char
        return self[code]


_FOLD = _Fold()


class SnippetFinder:
    """Finds the terms of one query, as the index does, in original text."""

    def __init__(self, terms: list[str], *, growing: bool) -> None:
        folded = [words(term.translate(_FOLD)) for term in terms]
        lists = [found for found in folded if found]
        open_end = growing and bool(folded) and bool(folded[-1])
        ends = [open_end and found is lists[-1] for found in lists]
        self._patterns = [(re.compile(_pattern(found, end)), end) for found, end in zip(lists, ends, strict=True)]
        self.terms = len(lists)

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Return (start, end, which term) of what is found, in order of place; not all places of frequent words."""
        plain = text.lower()
        if len(plain) != len(text):
            plain = text.translate(_FOLD)
        found: list[tuple[int, int, int]] = []
        folded = ""
        for which, (pattern, open_end) in enumerate(self._patterns):
            here = _places(pattern, plain, open_end)
            if not here and not text.isascii():  # accents
                folded = folded or text.translate(_FOLD)
                here = _places(pattern, folded, open_end)
            found += [(start, end, which) for start, end in here]
        return sorted(found)


def _pattern(found: list[str], open_end: bool) -> str:
    """Return what matches words one after the other, not beside an ASCII letter or digit that a word goes on with.

    Most of what a single letter matches is inside words; an expression passes over it ten times as fast as we do. What
    stands before is looked at after the first word: an expression that begins with a literal is searched for fast.
    """
    first = re.escape(found[0])
    parts = [first if is_unspaced(found[0][0]) else f"{first}(?<![0-9a-z]{first})"]
    for before, word in pairwise(found):
        gap = r"[\W_]*" if is_unspaced(before) or is_unspaced(word) else r"[\W_]+"
        parts.append(gap + re.escape(word))
    return "".join(parts) + ("" if open_end or is_unspaced(found[-1][-1]) else "(?![0-9a-z])")


def _places(pattern: re.Pattern[str], text: str, open_end: bool) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    for match in pattern.finditer(text):
        start, end = match.span()
        inside = start > 0 and _joined(text[start - 1], text[start])
        goes_on = not open_end and end < len(text) and _joined(text[end - 1], text[end])
        if not inside and not goes_on:
            places.append((start, end))
            if len(places) == _MOST:
                break
    return places


def _joined(left: str, right: str) -> bool:
    """Whether no word ends between the two characters."""
    return left.isalnum() and right.isalnum() and not is_unspaced(left) and not is_unspaced(right)


def best_place(found: list[tuple[int, int, int]]) -> int:
    """Return the index in `found` from which a snippet shows most different terms."""
    best, most = 0, 0
    terms = len({which for _, _, which in found})
    for i, (start, _, _) in enumerate(found):
        if most == terms:
            break
        different = len({which for at, _, which in found[i : i + 20] if at < start + _WIDTH - _BEFORE})
        if different > most:
            best, most = i, different
    return best


def cut(text: str, found: "Sequence[tuple[int, int, int]]", first: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return one line of original `text` around `found[first]`, and where in it the found words are."""
    start = max(0, found[first][0] - _BEFORE)
    end = min(len(text), max(start + _WIDTH, found[first][1]))
    if start:
        blank = text.find(" ", start, found[first][0])
        start = blank + 1 if blank >= 0 else start
    line = "…" if start else ""
    marks: list[tuple[int, int]] = []
    at = start
    for left, right, _ in found[first:]:
        if left < at or right > end:
            continue
        line += _BLANKS.sub(" ", text[at:left])
        word = _BLANKS.sub(" ", text[left:right])
        marks.append((len(line), len(line) + len(word)))
        line, at = line + word, right
    line += _BLANKS.sub(" ", text[at:end])
    return line.rstrip() + ("…" if end < len(text) else ""), tuple(marks)


def opening(text: str) -> str:
    """Return the beginning of `text` in one line: the snippet where no word was found."""
    line = _BLANKS.sub(" ", text[: 2 * _WIDTH]).strip()
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"
