"""Structured output (JSON) -> `Document`: one line per value, with the sources of each."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tui.domain.anchors import FieldAnchor, WholeAnchor
from tui.domain.detail import Json, Report, Source
from tui.domain.patterns import late
from tui.domain.text import clean
from tui.report.address import is_url
from tui.report.citations.build import count_words
from tui.report.citations.resolve import entry_of
from tui.report.document import (
    Block,
    Citation,
    Document,
    Entry,
    MarkerKind,
    Paragraph,
    Resolution,
    Section,
    Span,
    StructuredField,
)
from tui.report.parse import parse
from tui.report.preview import head

_PART = late(r"[^.\[\]/]+")
_WRAPPER = frozenset({"value", "sources", "reasoning"})
_WIDTH = 40  # characters of a field, as a rule
_DEEPEST = 60  # levels; what lies deeper is shown as one line of JSON
_NOTHING: Json = {}  # of a field that only has members
Path = tuple[str, ...]


def read_fields(report: Report, limit: int = sys.maxsize) -> Document:
    """Return the document of a structured report; a text that is not JSON is parsed as markdown.

    `report.evidence` maps the path of a field ("a.b", "a[0].b", "/a/0/b") to ids of `report.sources`.

    With a `limit` only the beginning is read, about so many characters; its blocks are the first of the whole. All of
    the JSON is decoded for it, which takes a hundredth of the time that fields, lines and units do.
    """
    try:
        value: Json = json.loads(report.text, strict=False)
    except (ValueError, RecursionError):
        value = report.text
    if isinstance(value, str):
        return parse(head(value, limit), report.sources, numbering=report.numbering)
    reader = _Reader(report.text, {source.id: source for source in report.sources}, limit // _WIDTH)
    reader.evidence = {path_of(path): tuple(ids) for path, ids in report.evidence.items()}
    for cited in report.anchored:
        if isinstance(cited.anchor, FieldAnchor):
            path = path_of(cited.anchor.path)
            reader.evidence[path] = (*reader.evidence.get(path, ()), *cited.sources)
    reader.value((), "", value, 0)
    unused: list[str] = []
    if not reader.full:
        reader.whole(number for one in report.anchored if isinstance(one.anchor, WholeAnchor) for number in one.sources)
        unused += [".".join(path) for path in reader.evidence if path not in reader.seen]
    return Document(
        blocks=tuple(reader.blocks),
        citations=tuple(reader.citations),
        sources=_entries(report.sources),
        outline=tuple(reader.outline),
        words=reader.words,
        problems=tuple(f"The evidence names a field that is not there: {clean(path)}" for path in unused),
        anchors={section.slug: section.line for section in reader.outline},
    )


def _entries(sources: Sequence[Source]) -> tuple[Entry, ...]:
    return tuple(entry_of(source) for source in sources)


def path_of(path: str) -> Path:
    """Return the parts of a path in any notation; "$" and a leading slash are the whole."""
    return tuple(part for part in _PART.findall(path) if part != "$")


@dataclass(slots=True)
class _Reader:
    text: str
    sources: Mapping[str, Source]
    most: int  # blocks
    evidence: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    outline: list[Section] = field(default_factory=list)
    seen: set[Path] = field(default_factory=set)
    words: int = 0
    _at: int = 0  # how far the text has been followed
    _next: int = 0  # where to look on
    _line: int = 1

    @property
    def full(self) -> bool:
        """Whether nothing more is to be added."""
        return len(self.blocks) >= self.most

    def value(self, path: Path, name: str, value: Json, depth: int, evidence: tuple[str, ...] = ()) -> None:
        """Add a value with its descendants."""
        self.seen.add(path)
        if isinstance(value, Mapping) and "value" in value and _WRAPPER.issuperset(value) and "sources" in value:
            self._follow(json.dumps("value"))
            self.value(path, name, value["value"], depth, _ids(value["sources"]))
            if isinstance(value.get("reasoning"), str) and not self.full:
                self._add((*path, "reasoning"), "reasoning", value["reasoning"], depth + 1, ())
            return
        evidence = self.evidence.get(path, evidence)
        if isinstance(value, Mapping | list) and value and depth < _DEEPEST:
            if name:
                self._add(path, name, _NOTHING, depth, evidence)
                depth += 1
            members = value.items() if isinstance(value, Mapping) else enumerate(value)
            for key, member in members:
                if self.full:
                    return
                if isinstance(key, str):
                    self._follow(json.dumps(key, ensure_ascii=False), json.dumps(key))
                label = key if isinstance(key, str) else str(key + 1)
                # The whole has no line of its own: what supports it stands at each of its fields.
                self.value((*path, str(key)), label, member, depth, () if name else evidence)
        else:
            self._add(path, name, value, depth, evidence)

    def whole(self, numbers: Iterable[str]) -> None:
        """Add, below the fields, the sources of the whole report."""
        cited = {number for citation in self.citations for number in citation.ids}
        left = [number for number in dict.fromkeys(numbers) if number in self.sources and number not in cited]
        spans = [span for number in left for span in (Span(" "), self._cite(number))]
        if spans:
            self.blocks.append(Paragraph(self._line, (Span("All of it:"), *spans)))

    def _follow(self, *needles: str) -> None:
        """Move to the position of a key or value in the text; stay if it is not found."""
        for needle in needles:
            found = self.text.find(needle, self._next)
            if found >= 0:
                self._line += self.text.count("\n", self._at, found)
                self._at, self._next = found, found + len(needle)
                return

    def _add(self, path: Path, name: str, value: Json, depth: int, evidence: tuple[str, ...]) -> None:
        spans: list[Span] = []
        if value is not _NOTHING:
            text = clean(value) if isinstance(value, str) else _compact(value)
            spans.append(Span(text, url=text if is_url(text) else None))
            self.words += count_words(text)
        for number in evidence:
            spans += [Span(" "), self._cite(number)] if spans else [self._cite(number)]
        name = clean(name)
        if depth == 0 and name:
            self.outline.append(Section(1, name, f"field-{len(self.outline) + 1}", self._line))
        self.blocks.append(StructuredField(self._line, _written(path), depth, name, tuple(spans)))

    def _cite(self, number: str) -> Span:
        """Add the sources of a field, each as its own citation, so that each can be visited."""
        marker, source = f"[{number}]", self.sources.get(number)
        status = Resolution.DANGLING if source is None else Resolution.URL if source.url else Resolution.TITLE
        url = source.url if source else None
        column = self._at - self.text.rfind("\n", 0, self._at)
        self.citations.append(Citation(marker, MarkerKind.NUMERIC, (number,), (url,), (status,), self._line, column))
        return Span(marker, cite=len(self.citations) - 1)


def _ids(value: Json) -> tuple[str, ...]:
    return tuple(str(number) for number in value) if isinstance(value, list) else ()


def _compact(value: Json) -> str:
    try:
        return clean(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return "(nested too deeply to be shown)"


def _written(path: Path) -> str:
    """Return a path in display notation: `buyers[0].name`."""
    parts = [f"[{part}]" if part.isdigit() else f".{part}" for part in path]
    return clean("".join(parts).removeprefix("."))
