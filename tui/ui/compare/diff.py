"""Two reports side by side: outline and text, and what makes two sources one; pure."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from tui.domain import source_key
from tui.domain.frozen import frozen
from tui.report.document import Document, Entry

PARTS = ("overview", "sources", "outline", "text")


@frozen
class DiffRow:
    """One line of a comparison; `side` is "both", "left" or "right"."""

    side: str
    left: str
    right: str
    url: str | None = None
    left_line: int | None = None
    right_line: int | None = None


def changes(left: str, right: str) -> list[DiffRow]:
    """Return the lines that only one of two texts has, in order; equal lines between two changes are one separator."""
    a, b = left.splitlines(), right.splitlines()
    rows: list[DiffRow] = []
    for kind, i, i_end, j, j_end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if rows:
            rows.append(DiffRow("both", "", ""))
        rows += [DiffRow("left", a[n], "", left_line=n + 1) for n in range(i, i_end) if a[n].strip()]
        rows += [DiffRow("right", "", b[n], right_line=n + 1) for n in range(j, j_end) if b[n].strip()]
    return rows


def outline(left: Document, right: Document) -> list[DiffRow]:
    """Return both outlines, headings with the same words beside each other, order kept on both sides."""
    a, b = left.outline, right.outline
    rows: list[DiffRow] = []
    i = j = 0
    for pair in _aligned([_words(one.title) for one in a], [_words(one.title) for one in b]):
        while i < pair[0]:
            rows.append(DiffRow("left", _indented(a[i].level, a[i].title), "", left_line=a[i].line))
            i += 1
        while j < pair[1]:
            rows.append(DiffRow("right", "", _indented(b[j].level, b[j].title), right_line=b[j].line))
            j += 1
        if i < len(a) and j < len(b):
            titles = _indented(a[i].level, a[i].title), _indented(b[j].level, b[j].title)
            rows.append(DiffRow("both", *titles, left_line=a[i].line, right_line=b[j].line))
            i, j = i + 1, j + 1
    return rows


def _aligned(a: Sequence[frozenset[str]], b: Sequence[frozenset[str]]) -> list[tuple[int, int]]:
    """Return the pairs of equal headings in order (longest common subsequence), and the two ends."""
    a, b = a[:400], b[:400]  # quadratic: enough for any report people read
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            table[i][j] = table[i + 1][j + 1] + 1 if _alike(a[i], b[j]) else max(table[i + 1][j], table[i][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        if _alike(a[i], b[j]):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif table[i + 1][j] >= table[i][j + 1]:
            i += 1
        else:
            j += 1
    return [*pairs, (len(a), len(b))]


def _alike(a: frozenset[str], b: frozenset[str]) -> bool:
    return bool(a and b) and len(a & b) * 2 >= max(len(a), len(b))


def _words(title: str) -> frozenset[str]:
    return frozenset(word for word in title.casefold().split() if any(char.isalpha() for char in word))


def _indented(level: int, title: str) -> str:
    return "  " * max(0, level - 1) + title


def by_url(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Return the sources that have an address, by `source_key.loose` of it."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.url:
            found.setdefault(source_key.loose(entry.url), entry)
    return found


def cited_at(document: Document, entry: Entry) -> int | None:
    """Return the line of the first citation of a source; None if it is never cited."""
    return next(
        (one.line for one in document.citations if entry.id in one.ids or (entry.url and entry.url in one.urls)), None
    )
