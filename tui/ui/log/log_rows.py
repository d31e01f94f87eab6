"""The rows of the event log: tabs, a heading above unseen entries, an entry as a line; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tui.domain.account import account_title
from tui.domain.amounts import cost_text
from tui.domain.cells import cell_len, cut, fit, wrap
from tui.domain.frozen import frozen
from tui.domain.task import Task, TaskStatus
from tui.domain.text import clean, in_words, one_line, plural
from tui.domain.times import format_local
from tui.engine.state.log_lines import KIND_WORDS, LogLine
from tui.ui.text.formatting import STATUS, clock, status_word
from tui.ui.text.lines import EMPTY, Line, line_width

KINDS: Mapping[str, tuple[str, str]] = {
    "ended": STATUS[TaskStatus.DONE],
    "failed": STATUS[TaskStatus.FAILED],
    "waiting": STATUS[TaskStatus.WAITING],
    "action": ("→", "info"),
    "saved": ("+", "good"),
    "problem": ("!", "bad"),
}
"""Mark and tone of what happened; anything else is a request."""

_HAPPENED = frozenset({"ended", "failed", "waiting", "action", "saved"})
_TODAY, _DATED = 8, 12  # cells of a time
_KIND, _PROVIDER = 10, 10
_LEAST = 18  # cells of a text beside which figures are shown


@frozen
class LogPart:
    """One tab of the log: its name and the kinds of entries in it."""

    title: str
    name: str
    empty: str  # what is said where it has no line


PARTS = (
    LogPart("What happened", "happened", "no task ended, failed or asked you anything yet"),
    LogPart("Requests", "requests", "nothing was asked of a provider yet"),
    LogPart("Problems", "problems", "there was no problem"),
    LogPart("All", "", "nothing happened yet"),
)


def part_of(line: LogLine) -> str:
    """Return the name of the tab that an entry belongs to."""
    kind = line.entry.kind
    return "happened" if kind in _HAPPENED else "problems" if kind == "problem" else "requests"


@frozen
class LogHeading:
    """A heading between entries."""

    text: str


Row = LogLine | LogHeading


def rows_of(lines: Sequence[LogLine], looked: datetime | None) -> list[Row]:
    """Return the rows, newest first; unseen entries under a heading, except at the first visit."""
    if looked is None or not lines:
        return [*lines]
    new = [line for line in lines if line.entry.at > looked]
    since = f"you last looked, {format_local(looked)}"
    old = lines[len(new) :]
    if not new:
        return [LogHeading(f"nothing new since {since}"), *old]
    rows: list[Row] = [LogHeading(f"since {since}"), *new]
    return [*rows, LogHeading("earlier"), *old] if old else rows


def time_cells(lines: Sequence[LogLine], now: datetime) -> int:
    """Return the width of the times; they include the date if one is of another day."""
    today = now.astimezone().date()
    return _TODAY if all(line.entry.at.astimezone().date() == today for line in lines) else _DATED


def log_line(line: LogLine, task: Task | None, now: datetime, room: int, times: int) -> Line:
    """Return one entry: when, what, where, which task, and at the end how it ended.

    Args:
        line: The entry.
        task: Its task, where that is still known.
        now: The present time.
        room: Cells of the line.
        times: Cells of the time.
    """
    entry = line.entry
    (mark, tone), word = KINDS.get(entry.kind, ("·", "dim")), KIND_WORDS.get(entry.kind, one_line(entry.kind))
    if entry.kind == "ended" and task is not None and task.status.is_final:  # as the list shows and calls it
        (mark, tone), word = STATUS[task.status], task.status.value
    before: Line = (
        (f" {fit(_when(entry.at, now), times)} ", "dim"),
        (f"{mark} {fit(word, _KIND)}", tone),
        (f"{fit(one_line(account_title(entry.provider or '')), _PROVIDER)} ", "dim"),
    )
    text, outcome = _said(line, task)
    left = room - line_width(before)
    whole = entry.kind == "ended"  # what it brought and what it cost
    outcome = outcome if whole else cut(outcome, left - _LEAST - 2 if entry.kind == "action" else left // 2)
    if not outcome or left - cell_len(outcome) - 2 < _LEAST:
        return (*before, (fit(one_line(line.text) if outcome else text, left), "bad" if tone == "bad" else "plain"))
    return (*before, (fit(text, left - cell_len(outcome) - 2), "plain"), (f"  {outcome}", "dim"))


def entry_lines(line: LogLine, task: Task | None, width: int) -> tuple[str, list[Line]]:
    """Return the title of an entry and the whole of it: when, what was said, and of its task state, cost and brief."""
    entry = line.entry
    title = one_line(task.title or task.id, 200) if task else KIND_WORDS.get(entry.kind, one_line(entry.kind))
    facts = [format_local(entry.at), one_line(account_title(entry.provider or ""))]
    if task is not None:
        glyph, _ = STATUS[task.status]
        facts += [f"{task.mode or ''}", f"now {glyph} {status_word(task)}", cost_text(task.cost)]
        facts += [plural(task.sources, "source")] if task.sources else []
    lines: list[Line] = [((f" {'  '.join(one_line(fact) for fact in facts if fact)}", "dim"),)]
    said = "" if task and line.text.startswith(title) else line.text
    texts = [said, *([task.error or "", *task.warnings] if task else ())]
    for text in dict.fromkeys(one_line(text, 2000) for text in texts if text):
        lines += [((f" {row}", "plain"),) for row in wrap(text, width)]
    if task is not None and task.prompt:
        lines += [EMPTY, *(((f" {row}", "dim"),) for row in wrap(clean(task.prompt), width))]
    return title, lines


def _said(line: LogLine, task: Task | None) -> tuple[str, str]:
    """Return (title, outcome) of an entry about a task, else (text, "")."""
    title = one_line(task.title or task.id) if task else ""
    if task is not None and line.entry.kind == "action":
        return title, one_line(line.text)
    if task is None or line.entry.kind not in {"ended", "failed", "waiting"} or not line.text.startswith(title):
        return one_line(line.text).removeprefix(f"{account_title(line.entry.provider or '')}: "), ""
    words = one_line(line.text[len(title) :])
    if line.entry.kind != "ended":
        return title, in_words(words.removeprefix("failed").removeprefix(": ")) if line.entry.kind == "failed" else ""
    facts = [f"{task.citations:,} cit"] if task.citations else []
    facts += [f"{task.sources:,} src"] if task.sources else []
    facts += [cost_text(task.cost)] if task.cost.amount is not None else []
    return title, "  ".join(facts) if words == "is done" and facts else words


def _when(at: datetime, now: datetime) -> str:
    local = at.astimezone()
    if local.date() == now.astimezone().date():
        return clock(at)
    return f"{local.day:>2} {local:%b %H:%M}" if local.year == now.astimezone().year else f"{local:%Y-%m-%d}"
