"""A preview of the selected task: what it asks, or how its report begins; pure."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.cells import wrap
from tui.domain.patterns import late
from tui.domain.task import TaskStatus
from tui.domain.text import clean, one_line
from tui.ui.text.formatting import ago
from tui.ui.text.lines import EMPTY, Line

if TYPE_CHECKING:
    from tui.domain.detail import Interaction, Report

REPORTED = frozenset({TaskStatus.DONE, TaskStatus.PARTIAL})
"""States of tasks that told all they will: their reports are shown before their briefs."""
_MOST = 24  # lines of a plan or a question; the form that answers it shows all of it
_BEGINNING = 10  # lines of a report
_LOOKED_AT = 6000  # characters of a text that are looked at: a preview must not read a book
_IN_A_LINE = 400  # characters of a text that is told in one line
_HEADING = late(r"#{1,6}\s+(.*?)\s*#*$")
_ITEM = late(r"(\s*(?:[-*+]|\d+[.)])\s+)(.*)$")
_MARKS = (
    (re.compile(r"\[(\[[^\[\]\n]*\])\](?:\((?:[^()\n]|\([^()\n]*\))*\))?"), r"\1"),  # [[1]](address), [[1]]
    (re.compile(r"!?\[([^\]\n]*)\]\((?:[^()\n]|\([^()\n]*\))*\)"), r"\1"),  # a link, a picture: its words
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]+)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"\[cite:\s*([\d, ]+)\]"), r"[\1]"),
)
_FENCES = ("```", "~~~", "---", "|")
_IS_HTML = late(
    r"\s*<(?:!doctype|html|head|body|main|article|section|div|p|h[1-6]|[uo]l|table|span|strong|b|em|a|br)\b",
    re.IGNORECASE,
)
_TAGS = (
    (late(r"<(style|script|head)\b.*?(?:</\1>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL), ""),
    (late(r"<h[1-6]\b[^<>]*>", re.IGNORECASE), "\n# "),
    (late(r"<li\b[^<>]*>", re.IGNORECASE), "\n- "),
    (late(r"</(?:p|h[1-6]|div|section|article|tr|table|ul|ol|blockquote)\s*>|<br\s*/?>", re.IGNORECASE), "\n"),
    (late(r"<[/!]?[a-z][^<>]*(?:>|\Z)", re.IGNORECASE), ""),
    (late(r"[ \t]+(?=[ \t.,;:)])"), ""),  # where marks of citations stood
)


def untagged(text: str) -> str:
    """Return a text that is HTML as short markdown, by its tags alone; any other text as it is."""
    if not _IS_HTML.match(text):
        return text
    from html import unescape  # what the first paint does without

    for pattern, words in _TAGS:
        text = pattern.sub(words, text)
    return unescape(text).strip()


def plain_lines(text: str, width: int, most: int) -> list[Line]:
    """Return the beginning of a markdown text as at most `most` lines without markup, headings bold."""
    lines: list[Line] = []
    for line in _pieces(text, width):
        if line == EMPTY and (not lines or lines[-1] == EMPTY):
            continue
        if len(lines) == most:
            lines[-1] = (("  …", "dim"),)
            break
        lines.append(line)
    while lines and lines[-1] == EMPTY:
        lines.pop()
    return lines


def plain_line(text: str) -> str:
    """Return the beginning of a text of markdown or HTML as one line without markup."""
    text = untagged(text[:_IN_A_LINE])
    pieces = (piece for line in plain_lines(text, _IN_A_LINE, _MOST) for piece, _ in (*line, (" ", "")))
    return " ".join("".join(pieces).split()) or one_line(text)


def _pieces(text: str, width: int) -> Iterator[Line]:
    for raw in clean(text[:_LOOKED_AT]).split("\n"):
        line = raw.rstrip()
        if line.lstrip().startswith(_FENCES):
            continue
        for pattern, words in _MARKS:
            line = pattern.sub(words, line)
        if not line:
            yield EMPTY
        elif heading := _HEADING.match(line):
            yield from (((f"  {one}", "strong"),) for one in wrap(heading[1], max(8, width - 2)))
        else:
            item = _ITEM.match(line)
            mark, words = (item[1].lstrip(), item[2]) if item else ("", line.strip())
            first, *rest = wrap(words, max(8, width - 2 - len(mark))) or [""]
            yield ((f"  {mark}", "dim"), (first, "plain"))
            yield from (((f"  {' ' * len(mark)}{one}", "plain"),) for one in rest)


def asked_lines(asked: "Interaction", width: int, now: datetime, not_here: str = "") -> list[Line]:
    """Return what a task asks, the deadline, and the key that answers it or why it cannot be answered here."""
    kind = one_line(asked.title or asked.kind.replace("_", " "))
    lines: list[Line] = [EMPTY, (("Waits for you", "head"), ("" if not_here else "  a answers", "key"))]
    lines += [((f"  {one}", "warn"),) for one in wrap(not_here, max(8, width - 2)) if not_here]
    lines += [((f"  {one}", "warn"),) for one in wrap(kind, max(8, width - 2))]
    lines += [(("  " + one, "warn"),) for one in wrap(_until(asked, now), max(8, width - 2))]
    if asked.text:
        lines += [EMPTY, *plain_lines(asked.text, width, _MOST)]
    if asked.questions:
        lines.append(EMPTY)
    for number, (question, _) in enumerate(asked.questions, 1):
        lines += plain_lines(f"{number}. {one_line(question)}", width, _MOST)
    if asked.choices:
        names = [one_line(name) for name, _ in asked.choices]
        lines += [EMPTY, *plain_lines("\n".join(f"- {name}" for name in names), width, _MOST)]
    return lines


def _until(asked: "Interaction", now: datetime) -> str:
    if asked.held:
        return "on hold: it waits however long it takes"
    if asked.deadline is None:
        return ""
    if asked.deadline <= now:
        return f"time to answer was over {ago(asked.deadline, now)}"
    return f"{ago(asked.deadline, now).removeprefix('in ')} left to answer"


def beginning(report: "Report", width: int) -> list[Line]:
    """Return the beginning of a report without its title; empty for a format that is not text."""
    from tui.domain.detail import ReportFormat  # what the first paint does without

    if report.format not in {ReportFormat.MARKDOWN, ReportFormat.TEXT, ReportFormat.HTML}:
        return []
    text = report.text[:_LOOKED_AT].lstrip()
    if report.format is ReportFormat.HTML:
        text = untagged(text)
    if text.startswith("# "):
        text = text.partition("\n")[2]
    return plain_lines(text, width, _BEGINNING)
