"""The frozen values that the archive returns."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tui.domain.account import account_key
from tui.domain.amounts import Currency, currency
from tui.domain.frozen import frozen
from tui.domain.task import Cost, TaskStatus


@frozen
class StoredVersion:
    """One stored response of a task; `number` counts from 1 in the order of arrival."""

    number: int
    digest: str  # SHA-256, hexadecimal
    received_at: datetime
    size: int  # bytes
    state: str  # "new" (not read yet), "interim" (of an unfinished task), "final", "unreadable"
    shown: bool  # the report people read comes from it
    why: str = ""  # why it could not be read


class PaidTask(NamedTuple):
    """What a ledger says about a task, at hand or not."""

    title: str
    mode: str
    citations: int
    has_report: bool


@frozen
class CostLine:
    """The cost of one task; deleted tasks are included, they were paid for."""

    task_id: str
    provider: str
    account: str
    status: TaskStatus
    at: datetime  # created, else first seen
    cost: Cost
    person: str = ""  # who started it, "name@host"; "" if it was started elsewhere
    task: PaidTask | None = None  # None if it was deleted here, or its description was not asked for

    @property
    def account_key(self) -> str:
        """The account that was paid."""
        return account_key(self.provider, self.account)

    @property
    def price(self) -> tuple[str, Cost]:
        """The account and the cost, as the functions for sums take them."""
        return self.account_key, self.cost

    @property
    def currency(self) -> Currency:
        """The currency in which the cost is added up."""
        return currency(self.cost.unit, self.account_key)

    @property
    def month(self) -> str:
        """The UTC month, "2026-11"."""
        return f"{self.at.astimezone(UTC):%Y-%m}"


class DayCost(NamedTuple):
    """What the tasks of one day, account, state, person and kind of cost cost together; deleted ones are included."""

    provider: str
    account: str
    status: TaskStatus
    at: datetime  # when that day began, UTC
    cost: Cost
    person: str  # "" if they were started elsewhere
    tasks: int


class SearchHit(NamedTuple):
    """A task that a search found.

    `excerpt` is original text in one line; `marks` are (start, end) of the words found in it. `where` is "report",
    "title", "prompt", "sources" or "note". For a report, `offset` (characters) and `line` (from 1) are where the first
    found word stands in the text that was saved for search, and `matched` is that word as written there.
    """

    task_id: str
    excerpt: str
    marks: tuple[tuple[int, int], ...] = ()
    where: str = "report"
    line: int | None = None
    matched: str = ""
    offset: int | None = None


@frozen
class FoundPlace:
    """A line of a report that contains a searched word.

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


@frozen
class FoundPlaces:
    """The number of lines of a report that contain words of a query (frequent words are capped), and the first ones."""

    count: int
    places: tuple[FoundPlace, ...]


@frozen
class SearchResult:
    """The result of a search: at most `limit` hits, and the number of matching tasks (`more`: beyond `total`)."""

    hits: tuple[SearchHit, ...]
    total: int
    more: bool = False


class SourceUse(NamedTuple):
    """One source entry of one report."""

    task_id: str
    source_id: str
    url: str
    title: str
    times: int = 0  # citations of it in that report
    line: int | None = None  # of the report's text, from 1: where the first of them is


class SourceList(NamedTuple):
    """Sources of all reports: every use of the addresses that most reports rest on, and how many addresses there are.

    Uses of the same address have the same `url`.
    """

    uses: Sequence[SourceUse]
    addresses: int


@frozen
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


@frozen
class Check:
    """The result of `verify`: one line for each problem, and the numbers of what was checked."""

    problems: tuple[str, ...]
    bodies: int
    tasks: int
