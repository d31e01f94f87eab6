"""Spans -> lines: wraps paragraphs, with a prefix (bullets, quote bars) to their left. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from tui.domain.cells import cell_len, line_spans
from tui.domain.patterns import late
from tui.report.document import (
    Citation,
    Heading,
    Look,
    MarkerKind,
    Math,
    Notice,
    Resolution,
    Rule,
    Span,
    StructuredField,
)
from tui.ui.reader.layout.blocks import LayoutBlock, Lead
from tui.ui.reader.layout.lines import Frame, LaidOutLine, Run, Tone

_CHIP = late(r"[\[【〔［(]?[\[(^]?[^\s\[\]]{1,12}(?:[,，;、–-] ?[^\s\[\]]{1,6}){0,8}[\])]?[\])】〕］]?")
_LOOKS = int(Look.BOLD | Look.ITALIC | Look.STRIKE)
_IMAGE, _CODE, _MATH = int(Look.IMAGE), int(Look.CODE), int(Look.MATH)
_NO_BREAK = "\xa0"


class FlowedText(NamedTuple):
    """One line of wrapped text."""

    runs: tuple[Run, ...]
    cells: int
    soft: bool


def is_chip(span: Span) -> bool:
    """Whether the span is a citation drawn as a short chip, not a linked phrase."""
    return span.cite is not None and len(span.text) <= 40 and _CHIP.fullmatch(span.text) is not None


def tone_of(span: Span, base: Tone, citations: Sequence[Citation]) -> Tone:
    """Return the tone of a span in text of tone `base`."""
    if span.cite is not None:
        citation = citations[span.cite] if span.cite < len(citations) else None
        if citation and all(status is Resolution.DANGLING for status in citation.status):
            return Tone.BROKEN
        return Tone.LINK if citation and citation.kind in {MarkerKind.LINK, MarkerKind.URL} else Tone.CITE
    look = int(span.look)  # flags as numbers: their own operators cost as much as the rest of this
    if not look and not span.url:
        return base
    if look & _IMAGE:
        return Tone.IMAGE
    if span.url:
        return Tone.LINK
    if look & _CODE:
        return Tone.CODE
    return Tone.MATH if look & _MATH else base


def flow_text(
    spans: Sequence[Span],
    first: int,
    rest: int,
    tone: Tone,
    citations: Sequence[Citation],
    *,
    at: int = 0,
    ref: int = 0,
) -> list[FlowedText]:
    """Wrap `spans` into lines, `first` cells wide for the first and `rest` for the others.

    Args:
        spans: What to set.
        first: Cells of the first line.
        rest: Cells of the other lines.
        tone: Tone of plain text.
        citations: The document's citations.
        at: Offset of the first character in the unit's text.
        ref: Index of the first span in the unit.
    """
    text = spans[0].text if len(spans) == 1 else "".join([span.text for span in spans])
    bounds = line_spans(_glued(text, spans), first, rest)
    lines: list[FlowedText] = []
    number, offset = 0, 0  # current span and where it begins
    for index, (start, end) in enumerate(bounds):
        runs: list[Run] = []
        while number < len(spans):
            span = spans[number]
            stop = offset + len(span.text)
            low, high = max(start, offset), min(end, stop)
            if high > low:
                runs.append(
                    Run(
                        span.text[low - offset : high - offset],
                        tone_of(span, tone, citations),
                        int(span.look) & _LOOKS,
                        at + low,
                        ref + number,
                    )
                )
            if stop > end:
                break
            offset, number = stop, number + 1
        soft = index + 1 < len(bounds) and "\n" not in text[end : bounds[index + 1][0]]
        lines.append(FlowedText(tuple(runs), sum(cell_len(run.text) for run in runs), soft))
    return lines


def _glued(text: str, spans: Sequence[Span]) -> str:
    """Return `text` with no-break spaces that keep a chip together and at its word."""
    if all(span.cite is None for span in spans):
        return text
    letters: list[str] | None = None
    offset = 0
    for span in spans:
        if is_chip(span):
            start = offset - 1 if offset and text[offset - 1] == " " else offset
            if " " in text[start : offset + len(span.text)]:
                letters = letters or list(text)
                for index in range(start, offset + len(span.text)):
                    if letters[index] == " ":
                        letters[index] = _NO_BREAK
        offset += len(span.text)
    return text if letters is None else "".join(letters)


def lead_runs(lead: Lead, room: int) -> tuple[tuple[Run, ...], int]:
    """Return the runs of a prefix and their width; at most half of `room`, the innermost pieces win."""
    runs: list[Run] = []
    used = 0
    for text, tone in reversed(lead):
        size = cell_len(text)
        if used + size > room // 2:
            break
        runs.append(Run(text, tone))
        used += size
    runs.reverse()
    return tuple(runs), used


def blank_lines(unit: LayoutBlock, frame: Frame) -> list[LaidOutLine]:
    """Return the blank lines above a unit, with the quote bars that continue through them."""
    runs, used = lead_runs(unit.above, frame.room)
    while runs and not runs[-1].text.strip():
        used -= len(runs[-1].text)
        runs = runs[:-1]
    return [LaidOutLine(runs, used, frame.left)] * unit.blanks


def paragraph(
    unit: LayoutBlock, frame: Frame, citations: Sequence[Citation], tone: Tone = Tone.TEXT
) -> list[LaidOutLine]:
    """Lay out spans with the unit's prefix."""
    first, first_used = lead_runs(unit.first, frame.room)
    rest, rest_used = lead_runs(unit.rest, frame.room)
    if any(tone is Tone.BAR for _, tone in unit.rest) and tone is Tone.TEXT:
        tone = Tone.QUOTE
    poured = flow_text(unit.spans, frame.room - first_used, frame.room - rest_used, tone, citations)
    lines = [LaidOutLine((*first, *poured[0].runs), first_used + poured[0].cells, frame.left, poured[0].soft)]
    lines += [LaidOutLine((*rest, *line.runs), rest_used + line.cells, frame.left, line.soft) for line in poured[1:]]
    return lines


def named(unit: LayoutBlock, block: StructuredField, frame: Frame, citations: Sequence[Citation]) -> list[LaidOutLine]:
    """Lay out a field of a structured report: its name, then its value."""
    lines = paragraph(unit, frame, citations)
    if not block.name:
        return lines
    return [
        line._replace(runs=tuple(run._replace(tone=Tone.NAME) if run.ref == 0 else run for run in line.runs))
        for line in lines
    ]


_HEADINGS = {1: Tone.TITLE, 2: Tone.PART, 3: Tone.SECTION}


def heading(unit: LayoutBlock, block: Heading, frame: Frame, citations: Sequence[Citation]) -> list[LaidOutLine]:
    """Lay out a heading; the two upper levels are underlined."""
    lines = paragraph(unit, frame, citations, _HEADINGS.get(block.level, Tone.MINOR))
    if block.level <= 2 and unit.text.strip():
        rest, used = lead_runs(unit.rest, frame.room)
        size = frame.room - used
        line = Run("━" * size, Tone.UNDER) if block.level == 1 else Run("─" * size, Tone.RULE)
        lines.append(LaidOutLine((*rest, line), used + size, frame.left))
    return lines


def rule(unit: LayoutBlock, _block: Rule, frame: Frame) -> list[LaidOutLine]:
    """Lay out a horizontal rule as three marks: a full line would look like the underline of a heading."""
    runs, used = lead_runs(unit.first, frame.room)
    marks = "·  ·  ·" if frame.room - used >= 7 else "·"
    pad = max(0, (frame.room - used - len(marks)) // 2)
    return [LaidOutLine((*runs, Run(" " * pad), Run(marks, Tone.RULE)), used + pad + len(marks), frame.left)]


def marked(unit: LayoutBlock, block: Math | Notice, frame: Frame, citations: Sequence[Citation]) -> list[LaidOutLine]:
    """Lay out display math (indented) or a notice of the parser (with a sign)."""
    piece = ("    ", Tone.TEXT) if isinstance(block, Math) else ("▲ ", Tone.NOTICE)
    lead = (*unit.first, piece)
    rest = (*unit.rest, (" " * len(piece[0]), Tone.TEXT))
    inside = LayoutBlock(block, unit.spans, unit.text, unit.starts, lead, rest)
    return paragraph(inside, frame, citations, Tone.MATH if isinstance(block, Math) else Tone.NOTICE)
