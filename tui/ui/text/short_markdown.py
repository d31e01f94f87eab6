"""A short markdown text as lines: a plan, an outline, a question. Reports are laid out by the reader."""

import json

from tui.domain.cells import line_spans
from tui.domain.patterns import late
from tui.domain.text import clean
from tui.ui.text.lines import EMPTY, Line, Piece

_HEADING = late(r" {0,3}(#{1,6})\s+(.*?)[\s#]*")
_ITEM = late(r"(\s*)([-*+]|\d{1,3}[.)])\s+(.*)")
_MARKS = late(
    r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1|`([^`]+)`|\[([^\]]+)\]\([^)\s]+\)|(?<![\w*])\*(?=\S)([^*]+)(?<=\S)\*(?![\w*])"
)


def markdown_lines(text: str, width: int) -> list[Line]:
    """Return `text` in lines of at most `width` cells: headings, lists, bold; JSON as a list of its values."""
    lines: list[Line] = []
    for row in _rows(text).split("\n"):
        if not row.strip():
            lines += [EMPTY] if lines and lines[-1] else []
        elif heading := _HEADING.fullmatch(row):
            lines += [EMPTY] if lines and lines[-1] else []
            title = "".join(piece for piece, _ in _pieces(heading[2]))
            lines += _flow("", [(title, "title")], width)
        elif item := _ITEM.fullmatch(row):
            sign = "•" if item[2] in "-*+" else item[2]
            lines += _flow(f"{item[1][:8]}{sign} ", _pieces(item[3]), width)
        else:
            lines += _flow("", _pieces(row.strip()), width)
    return lines


def _rows(text: str) -> str:
    text = clean(text).strip()
    if text[:1] in {"[", "{"}:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return text
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return "\n".join(f"{number}. {one}" for number, one in enumerate(value, 1))
        if isinstance(value, dict):
            return "\n".join(f"{name}: {_value(one)}" for name, one in value.items())
    return text


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _pieces(text: str) -> list[Piece]:
    """Split text at bold, code and links, without their markup."""
    pieces: list[Piece] = []
    at = 0
    for mark in _MARKS.finditer(text):
        pieces += [(text[at : mark.start()], "plain")] if mark.start() > at else []
        inner = mark[2] or mark[3] or mark[4] or mark[5]
        pieces.append((inner, "strong" if mark[2] else "accent" if mark[3] else "plain"))
        at = mark.end()
    return [*pieces, (text[at:], "plain")] if text[at:] else pieces


def _flow(sign: str, pieces: list[Piece], width: int) -> list[Line]:
    """Wrap pieces into lines, the first after `sign`, the others indented below its text."""
    text = "".join(piece for piece, _ in pieces)
    room = max(8, width - len(sign))
    tones = [tone for piece, tone in pieces for _ in piece]
    lines: list[Line] = []
    for start, stop in line_spans(text, room, room):
        before = " " * len(sign) if lines else sign
        lines.append(((before, "plain"), *_runs(text, tones, start, stop)))
    return lines


def _runs(text: str, tones: list[str], start: int, stop: int) -> list[Piece]:
    runs: list[Piece] = []
    for at in range(start, stop):
        if runs and runs[-1][1] == tones[at]:
            runs[-1] = (runs[-1][0] + text[at], tones[at])
        else:
            runs.append((text[at], tones[at]))
    return runs
