"""The preview of a search hit: its paragraph with the found words highlighted, and the sources it cites."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.domain.cells import wrap
from tui.domain.text import one_line
from tui.ui.text.lines import EMPTY, Line

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import FoundPlace, SearchHit
    from tui.report.document import Document
    from tui.report.plain import PlainText


_LEAD = 16  # characters before the first found word: on a narrow screen it must still be seen
_FEW = 3  # places shown of a report, at least

# What is made plain: the parser is loaded when something was found, not with the screen.


def plain_paragraphs(piece: str) -> list[str]:
    """Return the paragraphs of a piece of a report as people read them."""
    from tui.report.plain import plain_texts

    return [text.line for text in plain_texts(piece)]


def plain_line(heading: str) -> str:
    """Return a heading as people read it."""
    from tui.engine.archive.search.excerpt import one_line_of

    return one_line_of(heading)


def shown_place(place: "FoundPlace") -> "PlainText":
    """Return the excerpt of a place in a report."""
    from tui.engine.archive.search.excerpt import excerpt

    return excerpt(place.paragraph, place.words)


def shown_hit(hit: "SearchHit") -> "tuple[str, Sequence[tuple[int, int]]]":
    """Return the excerpt of a hit; elsewhere than in a report it is what somebody typed, as it is."""
    from tui.engine.archive.search.excerpt import excerpt

    in_report = hit.where == "report" and hit.marks
    return excerpt(hit.excerpt, hit.marks) if in_report else (hit.excerpt, hit.marks)


def paragraph_lines(texts: Sequence[str], words: Sequence[str], width: int) -> list[Line]:
    """Return paragraphs in lines of at most `width` cells, every one of `words` highlighted, also without colours."""
    lines: list[Line] = []
    for text in texts:
        rows = wrap(one_line(text), max(10, width - 2))
        lines += [*(((" ", "plain"), *highlighted(row, words)) for row in rows), EMPTY]
    return lines


def highlighted(text: str, words: Sequence[str]) -> Line:
    """Return a text with every occurrence of `words` in another tone."""
    wanted = "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True) if word)
    if not wanted:
        return ((text, "plain"),)
    pieces = re.split(f"({wanted})", text, flags=re.IGNORECASE)
    return tuple((piece, "key" if odd % 2 else "plain") for odd, piece in enumerate(pieces) if piece)


def source_lines(document: "Document", place: "FoundPlace", width: int) -> list[Line]:
    """Return the sources cited in a paragraph, one a line."""
    last = place.first_line + place.paragraph.count("\n")
    ids = dict.fromkeys(one for cite in document.citations if place.first_line <= cite.line <= last for one in cite.ids)
    titles = {source.id: source.title or source.url or "untitled" for source in document.sources}
    cited = [(one, titles[one]) for one in ids if one in titles]
    if not cited:
        return [((" no source is cited in this paragraph", "dim"),)]
    rows = [((f" [{one}] ", "accent"), (one_line(title, max(10, width - 8)), "plain")) for one, title in cited]
    return [((" sources in this paragraph", "dim"),), *rows]


def marked(excerpt: str, marks: Sequence[tuple[int, int]]) -> Line:
    """Return an excerpt from shortly before the first found word, the found words set off."""
    at = max(0, marks[0][0] - _LEAD) if marks else 0
    if at and (blank := excerpt.find(" ", at, marks[0][0])) >= 0:
        at = blank + 1
    pieces: list[tuple[str, str]] = [("…", "dim")] if at else []
    for start, end in marks:
        pieces += [(excerpt[at:start], "plain"), (excerpt[start:end], "key")]
        at = end
    pieces.append((excerpt[at:], "plain"))
    return tuple((text.replace("\n", " "), tone) for text, tone in pieces if text) or EMPTY


def fair_share(counts: Sequence[int], page: int) -> int:
    """Return how many places of each report are shown, at least a few: so many that together they fill a page."""
    few = _FEW
    while few < max(counts, default=0) and sum(1 + min(one, few + 1) + (one > few + 1) for one in counts) <= page:
        few += 1
    return few
