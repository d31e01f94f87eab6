"""A text rewritten as markdown by edits, so that citations in the copy map back to their positions."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import cast

from tui.domain.detail import Source
from tui.domain.frozen import frozen
from tui.domain.patterns import late
from tui.report.citations.positions import Places
from tui.report.document import Citation, Document, MarkerKind, Resolution

Parse = Callable[[str, Sequence[Source]], Document]
_NOT_IN_MARK = late("[\ue200-\ue202\n]+")
_STAND_IN = "\ue2f0"  # for a bracket that must not look like a marker to the parser
_BLANKS = late(r"[\s\[\]^]+")
_LINE_END = late(r"\n[ \t]*(?=[^\s\\<])|\n(?=[ \t]*[\\<])")
_DIGITS_IN_BRACKETS = late(r"\[(?=\d)")


@frozen
class TextEdit:
    """`text[start:end]` becomes `markdown`; with a `kind` it is a citation of `ids`, shown as `markdown`."""

    start: int
    end: int
    markdown: str
    kind: MarkerKind | None = None
    ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Rewriting:
    """The edits of one text."""

    text: str
    edits: list[TextEdit] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)  # id of a source -> where the text lists it

    def put(self, start: int, end: int, markdown: str) -> None:
        """Replace a range by markdown."""
        self.edits.append(TextEdit(start, end, markdown))

    def cite(self, start: int, end: int, kind: MarkerKind, ids: Iterable[str], shown: str = "") -> None:
        """Mark a range as a citation, if it names a source."""
        named = tuple(dict.fromkeys(one for one in ids if one))
        if named:
            self.edits.append(TextEdit(start, end, shown or f"[{', '.join(named)}]", kind, named))

    def each(self, pattern: "re.Pattern[str]", made: "Callable[[re.Match[str]], str | None]") -> None:
        """Rewrite every match for which `made` returns markdown."""
        for match in pattern.finditer(self.text):
            markdown = made(match)
            if markdown is not None:
                self.put(match.start(), match.end(), markdown)

    def entry(self, label: str, start: int, body: tuple[int, int]) -> None:
        """Mark a source entry: it begins at `start`, its words are the given range."""
        self.put(start, body[0], f"[^{_BLANKS.sub('-', label)}]: ")
        for match in _LINE_END.finditer(self.text, *body):
            self.put(match.start(), match.end(), "\n  ")

    def each_closed(
        self, pattern: "re.Pattern[str]", closer: str, made: "Callable[[re.Match[str]], str | None]"
    ) -> None:
        """Rewrite matches of a pattern up to `closer`; an unclosed one is searched only once."""
        last = self.text.rfind(closer)
        for match in pattern.finditer(self.text, 0, last + len(closer)) if last >= 0 else ():
            markdown = made(match)
            if markdown is not None:
                self.put(match.start(), match.end(), markdown)

    def source(self, number: str, words: str, start: int, *, url: str | None, title: str | None) -> None:
        """Add a source that the text lists at `start`; the first one of an id wins."""
        if number not in self.lines:
            self.sources.append(Source(number, url, title or " ".join(words.split()) or None))
            self.lines[number] = self.text.count("\n", 0, start) + 1


def outermost(edits: Iterable[TextEdit]) -> Iterator[TextEdit]:
    """Yield edits in order, without those that overlap an earlier or longer one."""
    done = 0
    for edit in sorted(edits, key=lambda one: (one.start, -one.end)):
        if edit.start >= done:
            yield edit
            done = max(edit.end, done)


def read_rewritten(made: Rewriting, parse: Parse, given: Sequence[Source] = (), *, brackets: bool = False) -> Document:
    """Return the document of a rewritten text, with citations at their positions in the original.

    Args:
        made: The rewriting.
        parse: Reads markdown with sources.
        given: Sources that came beside the text.
        brackets: Whether "[1]" is a citation in this markup, too.
    """
    text = made.text
    edits = list(outermost([*made.edits, *(() if brackets else _masks(text))]))
    pieces: list[str] = []
    begins: list[int] = []  # of each edit, in the copy
    ends: list[int] = []
    done = length = 0
    for edit in edits:
        markdown = _markdown(edit, text)
        pieces += [text[done : edit.start], markdown]
        length += edit.start - done
        begins.append(length)
        length += len(markdown)
        ends.append(length)
        done = edit.end
    copy = "".join([*pieces, text[done:]])
    known = {source.id for source in made.sources}
    document = parse(copy, [*made.sources, *(source for source in given if source.id not in known)])
    origin = _Origin(text, Places(text), edits, begins, ends)
    there = Places(copy)
    citations = tuple(
        origin.of(citation, there.to_offset(citation.line, citation.col), known) for citation in document.citations
    )
    entries = tuple(
        replace(entry, line=made.lines[entry.id]) if entry.id in made.lines and entry.line is None else entry
        for entry in document.sources
    )
    document = replace(document, citations=citations, sources=entries)
    return document if brackets else cast(Document, _restored(document))


def _restored(value: object) -> object:
    """Return a value with the brackets restored in every text."""
    if isinstance(value, str):
        return value.replace(_STAND_IN, "[")
    if isinstance(value, tuple):
        return tuple(_restored(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{member.name: _restored(getattr(value, member.name)) for member in fields(value)})
    return value


def _masks(text: str) -> Iterator[TextEdit]:
    for match in _DIGITS_IN_BRACKETS.finditer(text):
        yield TextEdit(match.start(), match.end(), _STAND_IN)


def _markdown(edit: TextEdit, text: str) -> str:
    """Return the markdown of the copy, with exactly as many lines as the text."""
    lines = text.count("\n", edit.start, edit.end)
    if edit.kind is not None:
        shown = _NOT_IN_MARK.sub(" ", edit.markdown)
        ids = "".join(f"\ue202{_NOT_IN_MARK.sub(' ', number)}" for number in edit.ids)
        return f"\ue200citeas\ue202{shown}{ids}\ue201" + "\n" * lines
    markdown = edit.markdown
    while markdown.count("\n") > lines:
        markdown = " ".join(markdown.rsplit("\n", 1))
    return markdown + "\n" * (lines - markdown.count("\n"))


@frozen
class _Origin:
    text: str
    places: Places
    edits: Sequence[TextEdit]
    begins: Sequence[int]
    ends: Sequence[int]

    def of(self, citation: Citation, offset: int, own: Collection[str]) -> Citation:
        """Return a citation of the copy at its position in the original."""
        at = bisect_right(self.begins, offset) - 1
        start, end = offset, offset + len(citation.marker)
        if at >= 0 and offset < self.ends[at]:
            edit = self.edits[at]
            citation = replace(citation, kind=edit.kind or citation.kind)
            start, end = edit.start, edit.end
        elif at >= 0:
            start = self.edits[at].end + offset - self.ends[at]
            end = start + len(citation.marker)
            following = self.edits[at + 1] if at + 1 < len(self.edits) else None
            end = max(end, following.end) if following and start <= following.start < end else end
        line, col = self.places.of_offset(start)
        status = tuple(
            Resolution.URL if one is Resolution.SIDECAR and number in own else one
            for number, one in zip(citation.ids, citation.status, strict=True)
        )
        return replace(citation, marker=self.text[start:end], line=line, col=col, status=status)
