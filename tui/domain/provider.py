"""Descriptions of providers, drafts of tasks, raw responses."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tui.domain.capability import Capability
from tui.domain.errors import ProviderError
from tui.domain.frozen import frozen
from tui.domain.task import Cost

if TYPE_CHECKING:
    import re

    from tui.domain.actions import Action
    from tui.domain.detail import Json


@frozen
class Mode:
    """One mode, depth or tier of a provider, with its maximum cost."""

    name: str
    cost: Cost
    note: str = ""  # "2-5 min, at most 10 steps"
    default: bool = False
    known_on: str = ""  # the day the price was true, "2026-11-21"


@frozen
class Cadence:
    """Poll intervals of a task in seconds: `first` in its first minute, then `steady`; `idle` while it waits."""

    first: float
    steady: float
    idle: float


@frozen
class BatchLimits:
    """The limits of a batch."""

    most: int  # tasks
    without_modes: frozenset[str] = frozenset()  # modes that batches do not have


@frozen
class Retention:
    """How long a provider keeps an ended task. Reports are saved at once in any case."""

    keeps: timedelta
    note: str = ""  # when it is shorter, and by which rule


@frozen
class ProviderInfo:
    """The description of a provider: everything known without its client code or network."""

    name: str  # "valyu"
    title: str  # "Valyu"
    base_url: str  # scheme and host, without /v1
    key_variables: tuple[str, ...]  # in order of precedence
    base_url_variable: str
    key_page: str  # where a person gets a key
    capabilities: frozenset[Capability]
    missing: Mapping[Capability, str]  # why a capability is not there, one sentence
    modes: tuple[Mode, ...]
    cadence: Cadence
    requests_per_second: float  # what we allow ourselves for one account
    open_modes: bool = False  # a mode beside `modes` may be typed: the service decides
    batch: BatchLimits | None = None  # where there are batches
    headers: Mapping[str, str] = field(default_factory=dict)  # environment variable -> header sent with it
    retention: Retention | None = None
    refunds_failures: bool = False  # charges of a task that failed go back
    starting: "frozenset[type[Action]]" = frozenset()  # actions that start a further task, paid like any other
    ended_words: frozenset[str] = frozenset()  # its words of tasks that wait here and have ended there: nothing runs


@frozen
class Response:
    """One HTTP response before it is parsed. `body` is None for "304 Not Modified"."""

    status: int
    body: bytes | None
    received_at: datetime
    etag: str | None = None
    retry_after: float | None = None  # seconds, already parsed and clamped
    served_at: datetime | None = None  # the server's own clock, where it tells
    trouble: ProviderError | None = None  # a further request of the same fetch failed; `body` is what was got
    irreplaceable: bool = False  # `body` holds what cannot be asked for again: it is stored whatever it says


@frozen
class AccountState:
    """The response of a provider's account endpoint: credits, quota, owner."""

    facts: tuple[tuple[str, str], ...] = ()
    remaining: float | None = None
    limit: float | None = None
    unit: str = ""  # "credits", "requests today"
    resets_at: datetime | None = None


@frozen
class Draft:
    """A task to be created: `options` are the provider's own, under the provider's names."""

    prompt: str
    mode: str | None = None
    output_schema: "Mapping[str, Json] | None" = None
    options: "Mapping[str, Json]" = field(default_factory=dict)
    previous: tuple[str, ...] = ()  # remote ids of tasks at the same account that it goes on from


@frozen
class RefusalRule:
    """The error that a refusal of a service becomes.

    `said` replaces the service's own words; "" quotes them. `changed` tells of a request that was to change something
    whether it may have been carried out all the same; None leaves that to the kind of error. `wait` replaces the time
    to wait that the service names, where that is known to be too short; in seconds.
    """

    error: type[ProviderError]
    said: str = ""
    hint: str = ""
    changed: bool | None = None
    wait: float | None = None


RefusalRules = Mapping["int | str | tuple[int, str | re.Pattern[str]]", RefusalRule]
"""HTTP status, code inside the body ("insufficient_quota"), or both -> meaning; the most exact one counts.

A pattern beside a status is searched in the body as it is, for services that send words and no code; it comes before
every code.
"""
