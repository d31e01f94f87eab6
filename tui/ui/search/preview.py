"""The preview of a search: the paragraph of a place with the found words set off, and the sources it cites."""

import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import TYPE_CHECKING

from textual.geometry import Region

from tui.domain.cells import cell_len, cut, wrap
from tui.domain.detail import Report, ReportFormat
from tui.domain.text import one_line
from tui.ui.text.lines import EMPTY, Line
from tui.ui.widgets.list_view import LineView

if TYPE_CHECKING:
    from tui.engine.archive.rows.values import FoundPlace
    from tui.report.document import Document

_MARKUP = re.compile(
    r"\*\*|__|`|(?<=\])\([^\s()]*\)|(?<=\[)\[(?=[\w.:-]+\]\])|(?<=\])\](?=\()|\\(?=[|*_`\[\]])"
    r"|</?[a-z][^<>]*>|&(?:\w{2,8}|#\d{1,6});",
    re.IGNORECASE,
)


class Preview(LineView):
    """Lines under a title, to be scrolled where they are more than the screen has room for."""

    has_cursor = False

    def __init__(self) -> None:
        super().__init__(name="preview")
        self._lines: Sequence[Line] = ()
        self._title = ""

    def show(self, title: str, lines: Sequence[Line]) -> None:
        """Show other lines, from the first one."""
        if (title, lines) != (self._title, self._lines):
            other, self._title, self._lines = title != self._title, title, lines
            if other:
                self.scroll_lines(-self.scroll_offset.y)
            self.lines_changed()

    def header(self, width: int) -> Line | None:
        """The title in a rule."""
        title = cut(self._title, max(1, width - 4))
        return (
            ("─ ", "rule"),
            (title, "accent" if self.has_focus else "strong"),
            (f" {'─' * max(0, width - 3 - cell_len(title))}", "rule"),
        )

    def on_focus(self) -> None:
        """Say that it has the keys."""
        self.refresh(Region(0, 0, self.size.width, 1))

    on_blur = on_focus

    def line_count(self) -> int:
        """As many as were given."""
        return len(self._lines)

    def line(self, number: int, width: int) -> Line:
        """One of them."""
        return self._lines[number]


def plain_text(paragraph: str, parse: "Callable[[Report], Document] | None") -> list[str]:
    """Return the paragraphs of a piece of Markdown as people read them; as received where it cannot be parsed."""
    from tui.report.citations.audit import prose

    if parse is None:
        return [paragraph]
    document = parse(Report(paragraph, ReportFormat.MARKDOWN))
    return ["".join(span.text for span in spans) for _, spans in prose(document.blocks)] or [paragraph.lstrip("# ")]


def paragraph_lines(texts: Sequence[str], words: Sequence[str], width: int) -> list[Line]:
    """Return paragraphs in lines of at most `width` cells, with every one of `words` set off, also without colours."""
    lines: list[Line] = []
    for text in texts:
        rows = wrap(one_line(text), max(10, width - 2))
        lines += [*(((" ", "plain"), *highlighted(row, words)) for row in rows), EMPTY]
    return lines


def highlighted(text: str, words: Sequence[str]) -> Line:
    """Return a text with every one of some words in another tone."""
    wanted = "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True) if word)
    if not wanted:
        return ((text, "plain"),)
    pieces = re.split(f"({wanted})", text, flags=re.IGNORECASE)
    return tuple((piece, "key" if odd % 2 else "plain") for odd, piece in enumerate(pieces) if piece)


def without_markup(text: str, marks: Sequence[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """Return a piece of Markdown or HTML without what is no text in it, and where its marks are then.

    Left out are emphasis, addresses of links and tags; entities become their characters. Markup with a mark in it
    stays: it is what was found.
    """
    kept: list[str] = []
    moved = list(marks)
    at = 0
    for markup in _MARKUP.finditer(text):
        begin, end = markup.span()
        if any(start < end and stop > begin for start, stop in marks):
            continue
        meant = unescape(markup[0]) if markup[0].startswith("&") else ""
        kept += [text[at:begin], meant]
        at, less = end, end - begin - len(meant)
        moved = [
            (one - less, two - less) if old >= end else (one, two)
            for (one, two), (old, _) in zip(moved, marks, strict=True)
        ]
    return "".join([*kept, text[at:]]), moved


def source_lines(document: "Document", place: "FoundPlace", width: int) -> list[Line]:
    """Return the sources cited in the paragraph of a place, one a line."""
    last = place.first_line + place.paragraph.count("\n")
    ids = dict.fromkeys(one for cite in document.citations if place.first_line <= cite.line <= last for one in cite.ids)
    titles = {source.id: source.title or source.url or "untitled" for source in document.sources}
    cited = [(one, titles[one]) for one in ids if one in titles]
    if not cited:
        return [((" no source is cited in this paragraph", "dim"),)]
    rows = [((f" [{one}] ", "accent"), (one_line(title, max(10, width - 8)), "plain")) for one, title in cited]
    return [((" sources in this paragraph", "dim"),), *rows]
