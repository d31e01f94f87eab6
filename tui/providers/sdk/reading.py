"""Shared functions of readers: status words, reasons, titles, errors inside 2xx responses."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from html import unescape
from typing import Any

from tui.domain.detail import Report, ReportFormat
from tui.domain.errors import BadAnswer
from tui.domain.patterns import late
from tui.domain.provider import Draft
from tui.domain.task import Task, TaskStatus
from tui.domain.text import clean, one_line
from tui.providers.http.explain import explain_value
from tui.providers.sdk.json import Notes, as_text, clean_json, decode

COMMON_STATUSES: dict[str, TaskStatus] = {
    "queued": TaskStatus.QUEUED,
    "pending": TaskStatus.QUEUED,
    "running": TaskStatus.RUNNING,
    "processing": TaskStatus.RUNNING,
    "in_progress": TaskStatus.RUNNING,
    "completed": TaskStatus.DONE,
    "succeeded": TaskStatus.DONE,
    "done": TaskStatus.DONE,
    "failed": TaskStatus.FAILED,
    "error": TaskStatus.FAILED,
}
"""Words of tasks that run or ended by themselves, the same everywhere; a reader may take them beside its own."""
_LONGEST_TITLE = 200
_LONGEST_WORD = 60
_CODES = ("code", "type", "status")
_LISTS = frozenset({"sources", "references", "citations", "bibliography", "works cited"})  # no titles of reports
_PARTS = frozenset(
    {"abstract", "background", "executive summary", "in brief", "introduction", "key findings", "overview", "summary"}
)
"""Headings of a report's first part: they name every report alike."""
_ERROR_MEMBERS = ("error", "detail", "message", "errors")
_ATX = late(r" {0,3}#{1,3}[ \t]+(\S.*?)[ \t]*#*[ \t]*$")
_FENCE = late(r" {0,3}(```|~~~)")
_MARKS = late(r"\[\[[^\]]*\]\]\([^)]*\)|!?\[([^\]]*)\]\([^)]*\)|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")
_HTML_HEADING = late(r"<h[1-4][^>]*>(.{1,2000}?)</h[1-4]", re.IGNORECASE | re.DOTALL)
_TAG = late(r"<[^>]*>")


def task_object(
    body: bytes | None,
    id_members: Sequence[str],
    members: Collection[str],
    notes: Notes,
    *,
    task_of: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda value: value,
    fewest: int = 3,
) -> dict[str, Any]:
    """Return the JSON object that describes a task; `task_of` finds the task inside it.

    An object without an id must have `fewest` of the members of a task.

    Raises:
        BadAnswer: it is none: not JSON, no object, or an error in a success answer.
    """
    value = decode(body, notes)
    if not isinstance(value, dict):
        kind = {list: "a list", str: "a text", bool: "a truth value"}.get(type(value), "a number or nothing")
        raise BadAnswer(f"the answer is {kind} instead of a task")
    if all(task_of(value).get(name) is None for name in id_members):
        error = any(value.get(name) for name in _ERROR_MEMBERS) and not isinstance(value.get("created_at"), str)
        if error or sum(name in members for name in value) < fewest:
            said = explain_value(value)
            raise BadAnswer(f"the answer is no task{': ' + said if said else ''}")
    return value


def status_of(word: object, words: Mapping[str, TaskStatus], notes: Notes) -> tuple[TaskStatus, str]:
    """Return our status for a provider's word, and the word as it is shown; unknown words are noted."""
    if isinstance(word, dict) and [*word] == ["value"]:  # an enum that was not unwrapped
        word = word["value"]
    # Looked up before cleaning: dropping what is invisible would turn an unknown word into a known one.
    known = words.get(word.strip().lower()) if isinstance(word, str) else None
    shown = one_line(as_text(clean_json(word)), _LONGEST_WORD)
    if known is None:
        notes.reject("status", word, f"unknown word {shown!r}" if shown else "is missing")
    return known or TaskStatus.UNKNOWN, shown


def reason(value: object) -> str:
    """Return why a task failed in its provider's words; for an object its message, else its code."""
    said = clean(value).strip() if isinstance(value, str) else explain_value(value)
    if not said and isinstance(value, Mapping):
        said = next((one_line(as_text(value[name])) for name in _CODES if isinstance(value.get(name), str | int)), "")
    return said


def title(given: str | None, report: Report | None, prompt: str | None) -> str:
    """Return a one-line title: the provider's, else the report's, else the start of the prompt.

    A report that begins with the name of a part ("Overview") has none of its own.
    """
    heading = _heading(report)
    named = "" if heading.rstrip(":").casefold() in _PARTS else heading
    for candidate in (given, named, prompt, heading):
        if candidate and (line := one_line(candidate, _LONGEST_TITLE)):
            return line
    return ""


def with_draft(task: Task, draft: Draft) -> Task:
    """Return a new task, completed with values of the request that its response lacks."""
    prompt = task.prompt or clean(draft.prompt)
    return replace(task, prompt=prompt, title=task.title or title(None, None, prompt), mode=task.mode or draft.mode)


def _heading(report: Report | None) -> str:
    if report is None:
        return ""
    if report.format is ReportFormat.HTML:
        found = _HTML_HEADING.search(report.text[:20000])
        return unescape(_TAG.sub("", found[1])) if found else ""
    if report.format is not ReportFormat.MARKDOWN:
        return ""
    fenced = False
    for row in report.text[:8000].splitlines()[:60]:
        if _FENCE.match(row):
            fenced = not fenced
        elif not fenced and (found := _ATX.match(row)):
            heading = _MARKS.sub(lambda mark: mark[1] or "", found[1])
            return "" if heading.rstrip(":").casefold() in _LISTS else heading
    return ""
