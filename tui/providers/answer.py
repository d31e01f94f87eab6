"""Base of the readers of saved answers: text in parts, sources, citations anchored in them; pure and total.

A service's `answer.py` turns one JSON value into an `Answer`, or says that it is not the service's. Texts are kept
exactly as received, because offsets count in them; everything else is cleaned.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tui.domain.anchors import Anchor, Anchored, FieldAnchor, OffsetUnit, Part, SpanAnchor, WholeAnchor
from tui.domain.detail import Numbering, Report, ReportFormat, Source
from tui.domain.frozen import frozen
from tui.domain.text import clean, one_line
from tui.providers.sdk.format import field_at, fields_in, report_of_fields
from tui.providers.sdk.json import as_text, clean_json, sound, to_count

Object = Mapping[str, Any]
_NUMBER = re.compile(r"[\[【［〔^]\s?(?:[a-z]+:\s{0,3})?\d{1,3}(?!\d)|<sup>\d", re.IGNORECASE)


@frozen
class Answer:
    """A saved answer: its provider, its raw status word, and its report if it has one."""

    service: str
    status: str
    report: Report | None = None


@dataclass(slots=True)
class AnswerBuilder:
    """Collects text, sources and citations of one answer, in order.

    Args:
        prefix: What ids of sources begin with. Nothing where the service's markers are the numbers of this list;
            a letter where they are not, so that a "[7]" in the text never leads to the seventh source by accident.
    """

    prefix: str = "a"
    pieces: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    anchored: list[Anchored] = field(default_factory=list)
    _length: int = 0
    _by_key: dict[str, str] = field(default_factory=dict)
    _sizes: dict[tuple[int, OffsetUnit], int] = field(default_factory=dict)

    def text(self, text: str, between: str = "") -> int:
        """Add a part of the text, separated from the previous one; returns its index."""
        text = sound(text)
        if self.pieces and between:
            self.pieces.append(between)
            self._length += len(between)
        self.pieces.append(text)
        self.parts.append(Part(self._length, self._length + len(text)))
        self._length += len(text)
        return len(self.parts) - 1

    def source(
        self,
        url: object,
        title: object = None,
        snippet: object = None,
        *,
        given_id: object = None,
        facts: tuple[tuple[str, Any], ...] = (),
        cited: bool = True,
    ) -> str | None:
        """Add a source, or find it by its address; returns its id, or None if it has neither address nor title.

        `cited` is False for a page that was only read; it does not take back what an earlier call said.
        """
        address, name = word(url), word(title)
        if not address and not name and given_id is None:
            return None
        known = word(given_id) if given_id is not None else None
        key = known if known is not None else address or f"title {name}"
        if key in self._by_key:
            return self._by_key[key]
        number = known if known is not None else f"{self.prefix}{len(self.sources) + 1}"
        said = tuple((label, as_text(clean_json(value))) for label, value in facts if value not in (None, "", [], {}))
        quote = snippet if isinstance(snippet, str) else None
        self._by_key[key] = number
        self._by_key.setdefault(address or key, number)
        self.sources[number] = Source(number, address, name, clean(quote) if quote else None, facts=said, cited=cited)
        return number

    def cite(self, anchor: Anchor, *sources: str | None) -> None:
        """Add a citation; ids that are None are skipped."""
        named = tuple(dict.fromkeys(source for source in sources if source is not None))
        if named:
            self.anchored.append(Anchored(anchor, named))

    def span(
        self, place: tuple[object, object, OffsetUnit], part: int, *sources: str | None, said: object = None
    ) -> None:
        """Add a citation of (start, end, unit) of a part; `said` is the text that the service says is there.

        Offsets that name no stretch of the part leave a citation of the whole. Where the stretch is not what is said,
        the unit in which it is counts.
        """
        unit = place[2]
        start, end = to_count(0 if place[0] is None else place[0]), to_count(place[1])  # protocols may leave out zeros
        if start is None or end is None or end < start or end == 0 or min(start, end - 1) >= self._size(part, unit):
            self.cite(WholeAnchor(lost=True), *sources)
            return
        if isinstance(said, str) and said:
            unit = self._unit(start, end, unit, part, said)
        self.cite(SpanAnchor(min(start, end - 1), end, unit, part), *sources)  # a place is the character before it

    def _size(self, part: int, unit: OffsetUnit) -> int:
        """Return the length of a part in a unit; cached."""
        if (part, unit) not in self._sizes:
            self._sizes[part, unit] = size(self.piece(part), unit)
        return self._sizes[part, unit]

    def piece(self, part: int) -> str:
        """Return the text of a part."""
        return "".join(self.pieces)[self.parts[part].start : self.parts[part].end]

    def _unit(self, start: int, end: int, unit: OffsetUnit, part: int, said: str) -> OffsetUnit:
        text = self.piece(part)
        if text.isascii():
            return unit
        candidates: tuple[OffsetUnit, ...] = (unit, *OffsetUnit)
        for candidate in candidates:
            if cut(text, start, end, candidate) == said:
                return candidate
        return unit

    def report(self, *, numbering: Numbering = Numbering.NONE, partial: bool = False) -> Report | None:
        """Return the report; None without any text."""
        text = "".join(self.pieces)
        if not text.strip():
            return None
        fields = fields_in(text)
        if fields is not None:
            return replace(self.fields(fields), partial=partial, anchored=in_fields(text, self.parts, self.anchored))
        if not _NUMBER.search(text):
            self._use_numbers()
        return Report(
            text,
            ReportFormat.MARKDOWN,
            numbering,
            tuple(self.sources.values()),
            partial=partial,
            anchored=tuple(self.anchored),
            parts=tuple(self.parts),
        )

    def _use_numbers(self) -> None:
        """Number the sources without a prefix, if no number in the text could be mistaken for one."""
        plain = {number: number.removeprefix(self.prefix) for number in self.sources}
        if not self.prefix or not all(number.isdigit() for number in plain.values()):
            return
        self.sources = {plain[number]: replace(one, id=plain[number]) for number, one in self.sources.items()}
        self.anchored = [replace(one, sources=tuple(plain[number] for number in one.sources)) for one in self.anchored]

    def fields(self, value: object) -> Report:
        """Return structured output as a report."""
        return report_of_fields(value, tuple(self.sources.values()))


def in_fields(text: str, parts: Sequence[Part], anchored: Iterable[Anchored]) -> tuple[Anchored, ...]:
    """Return span citations of a JSON text as citations of the fields that contain them, or of the whole."""
    found = []
    for one in anchored:
        if isinstance(one.anchor, SpanAnchor):
            part = parts[one.anchor.part]
            piece = text[part.start : part.end]
            start, end = (len(cut(piece, 0, at, one.anchor.unit)) for at in (one.anchor.start, one.anchor.end))
            path = field_at(text, part.start + start, part.start + end)
            found.append(replace(one, anchor=FieldAnchor(path)))
        elif isinstance(one.anchor, WholeAnchor):
            found.append(one)
    return tuple(found)


def size(text: str, unit: OffsetUnit) -> int:
    """Return the length of a text in a unit."""
    if unit is OffsetUnit.CODE_POINTS:
        return len(text)
    return (
        len(text.encode("utf-8", "replace"))
        if unit is OffsetUnit.UTF8
        else len(text.encode("utf-16-le", "replace")) // 2
    )


def cut(text: str, start: int, end: int, unit: OffsetUnit) -> str:
    """Return the characters of a text between two offsets in a unit."""
    if unit is OffsetUnit.CODE_POINTS:
        return text[start:end]
    encoding, width = ("utf-8", 1) if unit is OffsetUnit.UTF8 else ("utf-16-le", 2)
    return text.encode(encoding, "replace")[start * width : end * width].decode(encoding, "replace")


def objects(value: object) -> Iterator[Object]:
    """Yield the objects of a list; nothing for any other value."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def kind_of(item: Object) -> str:
    """Return the `type` of an item, part or annotation; "" where it is no text."""
    kind = item.get("type")
    return kind if isinstance(kind, str) else ""


def inside(value: object, *path: str | int) -> Any:
    """Return the value at a path of members and indexes; None if there is none."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and -len(value) <= step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def first(value: object, *names: str) -> Any:
    """Return the first of these members that exists: services spell one name in several ways."""
    if isinstance(value, dict):
        for name in names:
            if value.get(name) is not None:
                return value[name]
    return None


def texts(value: object) -> list[str]:
    """Return the strings of a list; empty for any other value."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def word(value: object) -> str | None:
    """Return a text or number on one line, cleaned; None for any other or empty value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return one_line(str(value)) or None
