"""What one version of a report is beside the version before it: sizes, and the lines that changed first. Pure."""

import difflib
from collections.abc import Iterator

from tui.domain.cells import wrap
from tui.domain.detail import Detail, ReportFormat
from tui.domain.text import clean, plural
from tui.ui.text.lines import EMPTY, Line

_LINES = 60  # changed lines that are shown
_AROUND = 1  # unchanged lines around them


def summary(this: Detail, before: Detail | None, width: int) -> list[Line]:
    """Return the lines of a preview: how large a version is, and what changed; without one `before`, how it begins."""
    text, old = _text(this), _text(before)
    words = _words(this)
    if not text:
        return [((" it holds no report", "dim"),)]
    if before is None or not old:
        from tui.report.plain import plain_texts

        begins = [one.line for one in plain_texts("\n".join(text.split("\n")[:_LINES]))]
        gap = (
            [EMPTY] if this.report is None or this.report.format is not ReportFormat.JSON else []
        )  # fields, one a line
        shown = [line for one in begins for line in (*gap, *_wrapped(one, "plain", "", width))]
        return [_figure("words", f"{words:,}"), EMPTY, *shown[len(gap) :]]
    more = words - _words(before)
    figures = [_figure("words", f"{words:,}" + (f"  {more:+,} than before" if more else "  as many as before"))]
    changed = list(_changes(old, text))
    if not changed:
        return [*figures, EMPTY, ((" the text is that of the version before", "dim"),)]
    added, removed = (sum(sign == mark for sign, _ in changed) for mark in "+-")
    figures.append(_figure("lines", f"{plural(added, 'line')} new, {removed} gone"))
    lines: list[Line] = [*figures, EMPTY]
    for sign, line in changed[:_LINES]:
        lines += _wrapped(line, {"+": "good", "-": "bad"}.get(sign, "dim"), sign, width)
    if len(changed) > _LINES:
        lines.append(((" … and more: mark both, then c", "dim"),))
    return lines


def _text(detail: Detail | None) -> str:
    return clean(detail.report.text) if detail is not None and detail.report is not None else ""


def _words(detail: Detail) -> int:
    """Return the number of words as the reader counts them: no addresses, no markup."""
    from tui.report.read import read_report

    return read_report(detail.report).words if detail.report is not None else 0


def _changes(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield (sign, line) of a unified diff, without its heads."""
    for line in difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=_AROUND):
        if line.startswith("@@"):
            yield "", ""
        elif not line.startswith(("---", "+++")):
            yield line[:1], line[1:]


def _figure(what: str, told: str) -> Line:
    return ((f" {what:<7}", "dim"), (told, "plain"))


def _wrapped(text: str, tone: str, sign: str, width: int) -> list[Line]:
    rows = wrap(text, max(10, width - 4)) if text.strip() else [""]
    return [((f" {'' if number else sign:<2}{row}", tone),) for number, row in enumerate(rows)]
