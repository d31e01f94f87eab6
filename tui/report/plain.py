"""Plain text of a piece of a report: what a reader sees of it, and where found words stand in that.

    [text] = plain_texts("a **vacuum** [[2]](https://a.example)", [(4, 10)])
    text.line, text.marks  # "a vacuum [2]", ((2, 8),)

A piece may begin and end anywhere, also inside a table or a tag of HTML.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tui.domain.text import one_line
from tui.report.document import (
    Block,
    Code,
    Heading,
    Item,
    List,
    Math,
    Notice,
    Paragraph,
    Quote,
    Span,
    StructuredField,
    Table,
)
from tui.report.formula import readable
from tui.report.parse import parse
from tui.report.shown import shown

_OPEN, _CLOSE = "\uf8f0", "\uf8f1"  # private characters around a found word: letters to every rule of the parser
_TAKEN = str.maketrans(_OPEN + _CLOSE, "\ufffd\ufffd")
_STRING = r'"((?:[^"\\]|\\.)*)"'
_MEMBER = re.compile(rf"\s*(?:{_STRING}\s*:\s*)?(?:{_STRING}|([^\"\s,\[\]{{}}]*))[\s\[\]{{}}]*,?\s*")  # a line of JSON


_CUT_TAG = re.compile(r"""\A(?:…?[^<>]*?["'/]|…?/?[a-z][a-z0-9]{0,9})>|<[/a-z][^<>]*\Z""", re.IGNORECASE)


class PlainText(NamedTuple):
    """A paragraph, heading, item, row or field on one line; `marks` are the (start, end) of found words."""

    line: str
    marks: tuple[tuple[int, int], ...] = ()


def plain_texts(piece: str, marks: Sequence[tuple[int, int]] = ()) -> list[PlainText]:
    """Return the readable texts of a piece of a report, in order; never raises.

    Args:
        piece: Markdown, HTML or lines of JSON, as received.
        marks: (start, end) of found words in it, in order; one that is no text in the end, e.g. in an address, is lost.
    """
    signed = _CUT_TAG.sub("", _signed(piece.translate(_TAKEN), marks))
    texts = _members(signed) or _texts(parse(signed).blocks)
    return [_unsigned(line) for line in map(one_line, texts) if line]


def _signed(piece: str, marks: Sequence[tuple[int, int]]) -> str:
    """Return the piece with a sign before and after every found word."""
    kept: list[str] = []
    at = 0
    for start, end in marks:
        kept += [piece[at:start], _OPEN, piece[start:end], _CLOSE]
        at = end
    return "".join([*kept, piece[at:]])


def _unsigned(line: str) -> PlainText:
    """Return a line without the signs, and their positions."""
    marks: list[tuple[int, int]] = []
    kept, start = "", 0
    for piece in re.split(f"([{_OPEN}{_CLOSE}])", line):
        if piece == _OPEN:
            start = len(kept)
        elif piece == _CLOSE:
            marks.append((start, len(kept)))
        else:
            kept += piece
    return PlainText(kept, tuple(marks))


def _members(piece: str) -> list[str]:
    """Return lines of JSON as "name: value"; empty if one of them is no such line."""
    found = [_MEMBER.fullmatch(line) for line in piece.split("\n")]
    members = [member for member in found if member is not None]
    if len(members) < len(found) or all(member[1] is member[2] is None for member in members):
        return []
    texts = (
        (_unescaped(name), value if text is None else _unescaped(text))
        for name, text, value in map(re.Match.groups, members)
    )
    return [": ".join(filter(None, both)) for both in texts]


def _unescaped(text: str | None) -> str:
    if text is None or "\\" not in text:
        return text or ""
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def _texts(blocks: Sequence[Block | Item]) -> Iterator[str]:
    for block in blocks:
        match block:
            case List(items=items):
                yield from _texts(items)
            case Quote(blocks=inner) | Item(blocks=inner):
                yield from _texts(inner)
            case Table(head=head, rows=rows):
                yield from (_row(map(_text, cells)) for cells in (head, *(row.cells for row in rows)))
            case _:
                yield _leaf(block)


def _leaf(block: Block) -> str:
    match block:
        case Heading(spans=spans):
            return _text(spans)
        case Paragraph(spans=spans):
            return _without_bars(_text(spans).strip())
        case StructuredField(name=name, spans=spans):
            return f"{name}: {_text(spans)}"
        case Math(text=tex):
            return readable(tex)
        case Code(text=text) | Notice(text=text):
            return text
        case _:
            return ""


def _without_bars(text: str) -> str:
    """Return text; of table rows the cells, without the lines that make them a table."""
    return _row(text.split("|")) if text[:1] == text[-1:] == "|" else text


def _row(cells: Iterable[str]) -> str:
    """Return cells on one line, without empty ones and the dashes below a header."""
    return " · ".join(filter(lambda cell: cell.strip("-:"), map(str.strip, cells)))


def _text(spans: Sequence[Span]) -> str:
    return "".join(shown(span).text for span in spans)
