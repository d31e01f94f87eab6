"""The event log for display: newest first, equal problems in one line with a count."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.domain.errors import ArchiveError
from tui.domain.frozen import frozen
from tui.domain.redact import redact_text
from tui.domain.text import one_line, plural
from tui.domain.times import format_local
from tui.engine.api import LogEntry

if TYPE_CHECKING:
    from tui.engine.archive import Archive

KIND_WORDS = {
    "ended": "ended",
    "failed": "failed",
    "waiting": "waits",
    "action": "by you",
    "saved": "saved",
    "problem": "problem",
    "list": "looked",
    "poll": "asked",
    "sync": "asked",
}
"""What each kind of entry is called where people read it."""
LOOKED = "log.looked"  # under this the archive remembers the time of the newest line that a person has seen
_PROBLEM = "problem"
_LONGEST = 500  # characters of a line
_SECONDS = re.compile(r"\d[\d.,:]*(?= ?(?:s|ms|min|h|seconds?|minutes?)\b)")  # how long to wait is no other problem


@frozen
class LogLine:
    """One line: the latest of `count` equal entries; the first came at `since`."""

    entry: LogEntry
    count: int = 1
    since: datetime | None = None

    @property
    def text(self) -> str:
        """The entry's text, with its count and first time."""
        if self.count == 1:
            return self.entry.text
        return f"{self.entry.text} ({plural(self.count, 'time')} since {format_local(self.since)})"


def note(archive: "Archive", text: str) -> None:
    """Write an action of the user to the event log; silently skipped if the archive cannot be written."""
    with suppress(ArchiveError):
        archive.add_log([LogEntry(datetime.now(UTC), "action", one_line(redact_text(text), _LONGEST))]).result()


def newest_first(entries: Sequence[LogEntry]) -> list[LogLine]:
    """Return the entries (given oldest first), newest first.

    Equal problems of a provider are one line as long as nothing but problems came from that provider in between: a
    night without a network is one line for each provider, and a network that comes back begins a new one.
    """
    lines: list[LogLine] = []
    open_runs: dict[str | None, dict[str, int]] = {}  # provider -> text -> index in `lines`
    for entry in reversed(entries):
        if entry.kind != _PROBLEM or entry.provider is None:
            open_runs.pop(entry.provider, None)
            lines.append(LogLine(entry))
            continue
        run, same = open_runs.setdefault(entry.provider, {}), _SECONDS.sub("", entry.text)
        at = run.get(same)
        if at is None:
            run[same] = len(lines)
            lines.append(LogLine(entry))
        else:
            lines[at] = _folded(lines[at], entry)
    return lines


def _folded(line: LogLine, earlier: LogEntry) -> LogLine:
    same_task = line.entry.task_id == earlier.task_id
    entry = line.entry if same_task else replace(line.entry, task_id=None)
    return LogLine(entry, line.count + 1, earlier.at)
