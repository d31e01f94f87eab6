"""Several entries on one line: `**Sources:** [1] https://a [2] https://b`."""

from collections.abc import Iterable, Sequence

from markdown_it.token import Token

from tui.report.document import MarkerKind
from tui.report.list_headings import is_source_heading, is_weak_heading
from tui.report.markdown.grammar import MarkerToken
from tui.report.markdown.spans import SourceLine

_LABELS = frozenset({MarkerKind.NUMERIC, MarkerKind.LENTICULAR, MarkerKind.FOOTNOTE})


def part_rows(lines: Iterable[SourceLine]) -> list[SourceLine]:
    """Return the lines, those with several entries split into one line for each."""
    return [part for line in lines for part in _part(line)]


def _part(line: SourceLine) -> Sequence[SourceLine]:
    if line.unit.kind != "text" or "://" not in line.text:
        return (line,)
    cuts = _cuts(line.tokens)
    if not cuts:
        return (line,)
    head = line.tokens[: cuts[0]]
    named = "".join(token.content for token in head if token.type == "text").strip()
    if named:
        if not named.endswith((":", "：")) or not (is_source_heading(named) or is_weak_heading(named)):
            return (line,)
    elif len(cuts) < 2:
        return (line,)
    else:
        cuts = cuts[1:]
    parts: list[SourceLine] = []
    at = 0
    for start, stop in zip([0, *cuts], [*cuts, len(line.tokens)], strict=True):
        end = line.text.find(line.tokens[stop].meta["mark"].marker, at + bool(start)) if stop < len(line.tokens) else -1
        text = line.text[at : end if end >= 0 else len(line.text)]
        part = SourceLine(line.unit, line.at if start == 0 else -1, text, line.number, line.tokens[start:stop])
        part.opening, part.row = (line.opening if start == 0 else None), True
        parts.append(part)
        at += len(text)
    return parts


def _cuts(tokens: Sequence[Token]) -> list[int]:
    """Return the positions of the labels if each of them is followed by its own address."""
    cuts: list[int] = []
    addressed = True
    for at, token in enumerate(tokens):
        mark: MarkerToken | None = token.meta.get("mark")
        if mark is None:
            continue
        if mark.url:
            addressed = True
        elif mark.kind in _LABELS and len(mark.ids) == 1:
            if not addressed:
                return []
            addressed = False
            cuts.append(at)
    return cuts if addressed else []
