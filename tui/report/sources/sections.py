"""Where a report lists its sources (citations.md section 6.3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tui.report.markdown.spans import SourceLine
from tui.report.sources.headings import is_source_heading, is_works_cited

_BOLD_ONLY = re.compile(r"\s*(\*\*|__)(?=\S)(.+?)(?<=\S)\1\s*[:：]?\s*\Z")
_LABELLED = re.compile(
    r"\s*(?:\*\*)?(?:\\?\[\^?\d{1,3}\\?\]|\[\[\d{1,3}\]\]|\[\\\[\d|【\d{1,3}】|\[\d{1,3}\\?\.|\d{1,3}[.)]\s|[（(]\d{1,3}[)）]|https?://)"
)
_LEVEL_OF_LINE = 7  # a bold or plain line ends before any heading


@dataclass(frozen=True, slots=True)
class SourceSection:
    """The lines of one list of sources, from its name (`start`, not included) to `stop`."""

    start: int
    stop: int
    works_cited: bool = False


def find_sections(lines: Sequence[SourceLine]) -> list[SourceSection]:
    """Return the lists of sources that have a name; a name without any list below it is none."""
    sections: list[SourceSection] = []
    at = 0
    while at < len(lines):
        level = _name_level(lines, at)
        if level:
            stop = _end(lines, at + 1, level)
            if any(_is_listing(line) for line in lines[at + 1 : stop]):
                sections.append(SourceSection(at + 1, stop, is_works_cited(lines[at].text)))
                at = stop
                continue
        at += 1
    return sections


def _name_level(lines: Sequence[SourceLine], at: int) -> int:
    """Return the level of the heading that names a list of sources at this line; 0 if there is none."""
    line = lines[at]
    unit = line.unit
    if unit.kind == "heading":
        return unit.level if is_source_heading(line.text) else 0
    if unit.kind != "text" or len(line.text) > 90:
        return 0
    bold = _BOLD_ONLY.match(line.text)
    text = line.text.rstrip()
    if bold or text.endswith((":", "：", ":**", "：**")) or (at + 1 < len(lines) and _starts_list(lines[at + 1])):
        return _LEVEL_OF_LINE if is_source_heading(text) else 0
    return 0


def _starts_list(line: SourceLine) -> bool:
    return line.begins_item or line.unit.kind in {"cell", "definition"} or bool(_LABELLED.match(line.text))


def _end(lines: Sequence[SourceLine], start: int, level: int) -> int:
    for at in range(start, len(lines)):
        line = lines[at]
        if line.unit.kind == "heading" and line.unit.level <= level:
            return at
        if level == _LEVEL_OF_LINE and line.unit.kind == "text" and _BOLD_ONLY.match(line.text) and not line.unit.depth:
            return at
    return len(lines)


def _is_listing(line: SourceLine) -> bool:
    if line.unit.kind == "heading":
        return False
    return _starts_list(line) or "://" in line.text or any(mark.url for mark in line.marks())
