"""Anchors of citations: the four ways in which providers tell where in a report a source belongs.

Offsets stay in the unit in which a service counts them; `report.citations.spans` converts them for all services.
"""

from enum import StrEnum

from tui.domain.frozen import frozen


class OffsetUnit(StrEnum):
    """The unit of a span's offsets."""

    CODE_POINTS = "code_points"  # OpenAI, measured
    UTF8 = "utf8"  # bytes; Gemini, measured
    UTF16 = "utf16"  # code units; clients in JavaScript


@frozen
class SpanAnchor:
    """A span of one part of the report's text, counted from the beginning of that part; `end` is exclusive."""

    start: int
    end: int
    unit: OffsetUnit = OffsetUnit.CODE_POINTS
    part: int = 0  # index into `Report.parts`


@frozen
class MarkerAnchor:
    """A marker in the text, exactly as written: "[3]", "[cite: 3]", "[web:3]"."""

    text: str


@frozen
class FieldAnchor:
    """A field of a structured report by its path ("a.b", "a[0].b", "/a/0/b"); "$" is the whole report."""

    path: str


@frozen
class WholeAnchor:
    """The whole report: the provider tells that the source was used, not where.

    `lost` is set where it did name a place, but one that cannot be found: offsets that are missing or impossible.
    """

    lost: bool = False


Anchor = SpanAnchor | MarkerAnchor | FieldAnchor | WholeAnchor


@frozen
class Anchored:
    """One citation sent beside the text: its anchor, and the ids of the sources that support it."""

    anchor: Anchor
    sources: tuple[str, ...]  # ids of `Report.sources`
    reasoning: str = ""  # why the service thinks that they support it
    confidence: str = ""  # the service's own word or number: "high", "0.93"
    excerpts: tuple[str, ...] = ()  # what the sources say about it, as the service quotes them


@frozen
class Part:
    """A part of `Report.text` that the provider sent as a text of its own; offsets in code points."""

    start: int
    end: int
