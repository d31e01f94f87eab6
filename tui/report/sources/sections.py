"""Finds the source lists of a report (citations.md section 2)."""

from collections.abc import Sequence

from tui.domain.frozen import frozen
from tui.domain.patterns import late
from tui.report.list_headings import is_source_heading, is_weak_heading, is_works_cited
from tui.report.markdown.spans import SourceLine
from tui.report.sources.labels import starts_with_label

_BOLD_ONLY = late(r"\s*(\*\*|__)(?=\S)(.+?)(?<=\S)\1\s*[:：]?\s*\Z")
_LABELLED = late(
    r"\s*(?:\*\*)?(?:\\?\[\^?\d{1,3}\\?\]|\[\[\d{1,3}\]\]|\[\\\[\d|【\d{1,3}】|\[\d{1,3}\\?\.|\d{1,3}[.)]\s|[（(]\d{1,3}[)）]|https?://"
    r"|\[[^\W\d_][\w.'’-]{0,40}\]\s|#\d{1,3}\b|\d{1,3}\s?[:：]\s|\d{1,3}\ufe0f?\u20e3|[¹²³⁴-⁹⁰]{1,3}\s?\S|[\u2460-\u2473])"
)
_LEVEL_OF_LINE = 7  # a bold or plain line ends before any heading


@frozen
class SourceSection:
    """The lines of one source list, from its title (`start`, not included) to `stop`."""

    start: int
    stop: int
    works_cited: bool = False


def find_sections(lines: Sequence[SourceLine]) -> list[SourceSection]:
    """Return the titled source lists; a title without a list below it does not count."""
    sections: list[SourceSection] = []
    at = 0
    while at < len(lines):
        level = _name_level(lines, at)
        if level:
            stop = _end(lines, at + 1, level) if not lines[at].row else _row_end(lines, at + 1)
            strong = is_source_heading(lines[at].text)
            if any(map(_is_listing, lines[at + 1 : stop])) if strong else _is_all_sources(lines[at + 1 : stop]):
                sections.append(SourceSection(at + 1, stop, is_works_cited(lines[at].text)))
                at = stop
                continue
        at += 1
    return sections


def _name_level(lines: Sequence[SourceLine], at: int) -> int:
    """Return the level of the heading at this line if it titles a source list; 0 if not."""
    line = lines[at]
    unit = line.unit
    if unit.kind == "heading":
        return unit.level if _is_name(line.text) else 0
    if unit.kind != "text" or len(line.text) > 90:
        return 0
    bold = _BOLD_ONLY.match(line.text)
    text = line.text.rstrip()
    if bold or text.endswith((":", "：", ":**", "：**")) or (at + 1 < len(lines) and _starts_list(lines[at + 1])):
        return _LEVEL_OF_LINE if _is_name(text) else 0
    return 0


def _is_name(text: str) -> bool:
    return is_source_heading(text) or is_weak_heading(text)


def _is_all_sources(lines: Sequence[SourceLine]) -> bool:
    """Whether only entries follow a weak title: labelled ones, or items that are links."""
    begun = [line for line in lines if line.begins_item or starts_with_label(line) or _LABELLED.match(line.text)]
    sourced = sum("://" in line.text or any(mark.url for mark in line.marks()) for line in begun)
    labelled = sum(line.unit.item != "•" or starts_with_label(line) for line in begun)
    if not begun or any(line.unit.kind in {"heading", "cell"} for line in lines):
        return False
    return (labelled == len(begun) and 2 * sourced >= len(begun)) or (not labelled and sourced == len(begun))


def _starts_list(line: SourceLine) -> bool:
    return line.begins_item or line.unit.kind in {"cell", "definition"} or bool(_LABELLED.match(line.text))


def _end(lines: Sequence[SourceLine], start: int, level: int) -> int:
    for at in range(start, len(lines)):
        line = lines[at]
        if line.unit.kind == "heading" and line.unit.level <= level:
            return at
        if line.unit.apart and line.at == 0:
            return at
        if level == _LEVEL_OF_LINE and line.unit.kind == "text" and _BOLD_ONLY.match(line.text) and not line.unit.depth:
            return at
    return len(lines)


def _row_end(lines: Sequence[SourceLine], start: int) -> int:
    """Return the end of a list that begins on the line of its title: prose may follow it."""
    for at in range(start, len(lines)):
        if not lines[at].row and not starts_with_label(lines[at]):
            return at
    return len(lines)


def _is_listing(line: SourceLine) -> bool:
    if line.unit.kind == "heading":
        return False
    return _starts_list(line) or "://" in line.text or any(mark.url for mark in line.marks())
