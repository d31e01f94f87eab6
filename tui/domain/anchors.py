"""Where in a report a provider says that a source belongs: the four ways in which services anchor their citations.

Offsets stay in the unit in which a service counts them; `report.citations.spans` converts them for all services.
"""

from enum import StrEnum

from tui.domain.frozen import frozen


class OffsetUnit(StrEnum):
    """What the offsets of a span count."""

    CODE_POINTS = "code_points"  # OpenAI, measured
    UTF8 = "utf8"  # bytes; Gemini, measured
    UTF16 = "utf16"  # code units; clients in JavaScript


@frozen
class SpanAnchor:
    """A stretch of one part of the report's text, counted from the beginning of that part; `end` is exclusive."""

    start: int
    end: int
    unit: OffsetUnit = OffsetUnit.CODE_POINTS
    part: int = 0  # index into `Report.parts`


@frozen
class MarkerAnchor:
    """A marker that stands in the text, exactly as written: "[3]", "[cite: 3]", "[web:3]"."""

    text: str


@frozen
class FieldAnchor:
    """A field of a structured report by its path ("a.b", "a[0].b", "/a/0/b"); "$" is all of it."""

    path: str


@frozen
class WholeAnchor:
    """The report as a whole: the service says that the source was used, not where.

    `lost` is set where it did name a place, but one that cannot be found: offsets that are missing or impossible.
    """

    lost: bool = False


Anchor = SpanAnchor | MarkerAnchor | FieldAnchor | WholeAnchor


@frozen
class Anchored:
    """One citation that a provider sent beside the text: a place, and the ids of the sources that support it."""

    anchor: Anchor
    sources: tuple[str, ...]  # ids of `Report.sources`
    reasoning: str = ""  # why the service thinks that they support it
    confidence: str = ""  # the service's own word or number: "high", "0.93"
    excerpts: tuple[str, ...] = ()  # what the sources say about it, as the service quotes them


@frozen
class Part:
    """A stretch of `Report.text` that the service sent as a text of its own: offsets into it, in code points."""

    start: int
    end: int
