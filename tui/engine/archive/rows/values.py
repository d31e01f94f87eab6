"""The frozen values that the archive returns."""

from dataclasses import dataclass
from datetime import datetime

from tui.domain.task import Cost, TaskStatus


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One stored answer of a task; `number` counts from 1 in the order of arrival."""

    number: int
    digest: str  # SHA-256, hexadecimal
    received_at: datetime
    size: int  # bytes
    state: str  # "new" (not read yet), "interim" (of an unfinished task), "final", "unreadable"
    shown: bool  # the report people read comes from it
    why: str = ""  # why it could not be read


@dataclass(frozen=True, slots=True)
class CostLine:
    """One task as the cost ledger sums it; deleted tasks are listed too, they were paid for."""

    task_id: str
    provider: str
    account: str
    status: TaskStatus
    at: datetime  # created, else first seen
    cost: Cost
    person: str = ""  # who started it, "name@host"; "" if it was started elsewhere


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A task that a search found.

    `snippet` is original text in one line; `marks` are (start, end) of the words found in it. `where` is "report",
    "title", "prompt", "sources" or "note". For a report, `offset` (characters) and `line` (from 1) are where the first
    found word stands in the text that was saved for search, and `matched` is that word as written there.
    """

    task_id: str
    score: float  # higher is better
    where: str
    snippet: str
    marks: tuple[tuple[int, int], ...] = ()
    offset: int | None = None
    line: int | None = None
    matched: str = ""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A line of a report in which a searched word stands.

    `paragraph` is the text as received between the blank lines around it, of a heading with the paragraph below, and
    `words` are (start, end) in it of what was found in this line; `section` is the heading above as received, "" before
    the first one.
    """

    line: int  # of the report's text, from 1
    section: str
    matched: str  # the found word, as written there
    paragraph: str
    words: tuple[tuple[int, int], ...]
    first_line: int  # of `paragraph`, from 1


@dataclass(frozen=True, slots=True)
class FoundPlaces:
    """In how many lines a report has words of a query (of frequent words not all count), and the first places."""

    count: int
    places: tuple[FoundPlace, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The result of a search: at most `limit` hits, and how many tasks match in all (with `more`: beyond `total`)."""

    hits: tuple[SearchHit, ...]
    total: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One address with everything that cites it: "which of my reports rest on this source"."""

    url: str
    host: str
    title: str
    reports: int
    times: int  # citations in all reports


@dataclass(frozen=True, slots=True)
class SourceUse:
    """One source entry of one report."""

    task_id: str
    source_id: str
    url: str
    title: str
    host: str
    lines: tuple[int, ...]  # of the report's text, where it is cited


@dataclass(frozen=True, slots=True)
class Stats:
    """Sizes in bytes and counts; `log` is the write-ahead log, `index` the full-text index (None: there is none)."""

    tasks: int
    deleted: int
    answers: int
    sources: int
    file: int
    log: int
    bodies: int  # as received
    bodies_stored: int  # as compressed
    texts: int
    index: int | None
    free: int  # inside the file, given back by compacting
    journal: str
    sqlite: str
    file_system: str
    full_text: bool


@dataclass(frozen=True, slots=True)
class Check:
    """What `verify` found: one line for each problem, and what was looked at."""

    problems: tuple[str, ...]
    bodies: int
    tasks: int
