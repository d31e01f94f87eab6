"""What a body says, for tables with one row per body: status, word, cost, citations, sources, reason."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.providers.conftest import NOW
from tui.domain.detail import Detail
from tui.domain.errors import ProviderError
from tui.domain.task import CostKind, TaskStatus
from tui.providers.http.errors import Failure, refusal
from tui.providers.protocol import Provider
from tui.report.read import read_report


@dataclass(frozen=True)
class Says:
    """The right reading of a status answer; `cited` has the addresses of each citation, joined."""

    status: TaskStatus
    word: str
    cost: tuple[float | None, CostKind] = (None, CostKind.UNKNOWN)
    cited: tuple[str, ...] = ()
    sources: tuple[str | None, ...] = ()
    error: str | None = None
    begins: str | None = None  # the report; None: there is none
    problems: int = 0


@dataclass(frozen=True)
class Refuses:
    """The right reading of an error body."""

    http: int
    kind: type[ProviderError]
    said: str
    method: str = "GET"


def read(provider: Provider, body: bytes) -> Detail:
    """Return what a status answer says."""
    return provider.reader().read_task(body, remote_id=None, received_at=NOW)


def said(detail: Detail) -> Says:
    """Return the row that a detail makes."""
    task, report = detail.task, detail.report
    citations = read_report(report).citations if report else ()
    return Says(
        task.status,
        task.provider_status,
        (task.cost.amount, task.cost.kind),
        tuple(" ".join(url or "?" for url in citation.urls) for citation in citations),
        tuple(source.url for source in report.sources) if report else (),
        task.error,
        report.text[:12] if report else None,
        len(detail.problems),
    )


def check_refusal(provider: Provider, body: bytes, expected: Refuses) -> None:
    """Assert what an error body means."""
    failure = Failure(
        expected.http,
        body,
        "application/json",
        changes=expected.method != "GET",
        refusal_rules=_meanings(provider),
    )
    error = refusal(failure, provider.info)
    assert type(error) is expected.kind
    assert expected.said in error.message
    assert not error.outcome_unknown or expected.http >= 500


def _meanings(provider: Any) -> tuple[Mapping[Any, Any], ...]:
    return (provider.endpoints.create.on, provider.refusal_rules)


def planted(folder: Path, file: str, change: Callable[[dict[str, Any]], None]) -> bytes:
    """Return a body with something changed in it."""
    value = json.loads((folder / file).read_text("utf-8"))
    change(value)
    return json.dumps(value).encode()


def planted_at(folder: Path, file: str, place: Sequence[Any]) -> bytes:
    """Return a body with a member that nobody knows, whose value is "canary", in the object at `place`."""

    def plant(value: dict[str, Any]) -> None:
        inner: Any = value
        for name in place:
            inner = inner[name]
        inner["novel"] = "canary"

    return planted(folder, file, plant)
