"""A span as a terminal can show it: what the reader lays out and an excerpt quotes. Pure."""

from dataclasses import replace

from tui.report.document import Look, Span
from tui.report.formula import readable

_IMAGE = int(Look.IMAGE)
_MATH = int(Look.MATH)
_DRAWN = int(Look.IMAGE | Look.SUPER | Look.SUB | Look.MATH)
_SUPER = str.maketrans("0123456789+-=()nio", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵒ")
_SUB = str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ")


def shown(span: Span) -> Span:
    """Return the span as a terminal can show it: sub- and superscript letters, labelled pictures, readable formulas."""
    look = int(span.look)  # flags as numbers: their own operators cost more than all the rest
    if not look & _DRAWN:
        return span
    if look & _IMAGE:
        return replace(span, text=f"▣ {span.text.strip() or 'picture'}")
    if look & _MATH:
        return replace(span, text=readable(span.text))
    if span.cite is None:
        table, mark = (_SUPER, "^") if look & int(Look.SUPER) else (_SUB, "_")
        if all(ord(char) in table for char in span.text):
            return replace(span, text=span.text.translate(table))
        return replace(span, text=f"{mark}{span.text}" if len(span.text) == 1 else f"{mark}({span.text})")
    return span
