"""The input (`ReadContext`) and the result (`TaskParts`) of a reading hook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tui.domain.detail import Deliverable, Image, Interaction, Json, Report, Step, Update
from tui.domain.errors import BadAnswer
from tui.domain.frozen import frozen
from tui.domain.task import Cost, Counter, Task, TaskStatus
from tui.domain.text import clean
from tui.providers.http.sse import parse_events
from tui.providers.sdk.exchanges import Received
from tui.providers.sdk.json import B, Notes, decode, line, read
from tui.providers.sdk.reading import title

if TYPE_CHECKING:
    from tui.providers.sdk.spec import ProviderSpec

UNKNOWN_COST = Cost()


@dataclass(kw_only=True, slots=True)
class TaskParts:
    """The values that a reading hook found in a task object; missing ones are filled in by common rules.

    `status` overrides the status word's meaning (a task that "completed" with a question is waiting), `word` the word
    that is shown for it ("completed: budget_reached"). `error` is filled
    in for a failed task that gives no reason; `sources` is the number of the report's sources if None; a failed task
    with a report becomes partial, and a report is partial where its task is not done.
    """

    status: TaskStatus | None = None
    word: str | None = None
    title: str | None = None
    prompt: str | None = None
    mode: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    counters: Mapping[str, Counter] = field(default_factory=dict)
    sources: int | None = None
    cost: Cost = UNKNOWN_COST
    error: str | None = None
    warnings: tuple[str, ...] = ()
    web_url: str | None = None
    parent_id: str | None = None
    batch_id: str | None = None
    report: Report | None = None
    structured: Json = None
    updates: tuple[Update, ...] = ()
    trace: tuple[Step, ...] = ()
    interaction: Interaction | None = None
    answered: tuple[Interaction, ...] = ()
    images: tuple[Image, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    def task(self, spec: "ProviderSpec", remote_id: str | None, status: TaskStatus, word: str) -> Task:
        """Return the task that these values tell of; it has no local id yet."""
        report = self.report
        keeps = spec.retention.keeps if spec.retention else None
        return Task(
            id="",
            provider=spec.name,
            remote_id=remote_id,
            title=title(self.title, report, self.prompt),
            prompt=self.prompt,
            status=status,
            provider_status=line(self.word, 60) or word,
            mode=line(self.mode, 40),
            created_at=self.created_at,
            updated_at=self.updated_at,
            finished_at=self.finished_at,
            counters=self.counters,
            sources=self.sources if self.sources is not None or report is None else len(report.sources),
            cost=self.cost,
            error=self.error,
            warnings=self.warnings,
            web_url=self.web_url,
            parent_id=self.parent_id,
            batch_id=self.batch_id,
            has_report=report is not None,
            expires_at=self.expires_at or (self.finished_at + keeps if self.finished_at and keeps else None),
        )


@frozen
class ReadContext:
    """The context of a response, given to a reading hook beside its body.

    Attributes:
        status, word: what the status word means, and the word itself.
        remote_id: of the task, if known.
        received_at: when the answer came.
        notes: where to say what was not understood.
        value: the task object as decoded, before any model.
        answers: the further answers of the fetch, as received.
        traced: somebody looks at the trace; else it need not be read, which takes longer than all the rest.
    """

    status: TaskStatus
    word: str
    remote_id: str | None
    received_at: datetime
    notes: Notes
    value: Mapping[str, Any]
    answers: tuple[Received, ...] = ()
    traced: bool = True

    def json(self, name: str) -> Any:
        """Return the newest response of the exchange `name` as JSON; None if there is none or it is unreadable."""
        found = self.pages(name)
        return found[-1] if found else None

    def model(self, name: str, model: type[B]) -> B | None:
        """Return the newest response of the exchange `name` as a model; None if there is none or it is invalid."""
        found = self.json(name)
        return None if found is None else read(model, found, self.notes.at(name))

    def pages(self, name: str) -> list[Any]:
        """Return every response of the exchange `name` as JSON, oldest first; unreadable ones are noted."""
        found = []
        for one in self.answers:
            if one.name == name:
                try:
                    found.append(decode(one.body, self.notes))
                except BadAnswer as error:
                    self.notes.problem(f"{name}: {error.message}")
        return found

    def events(self, name: str) -> list[tuple[str, str, Any]]:
        """Return the events of the stream `name` as (event name, id, data as JSON or text), oldest first."""
        found: list[tuple[str, str, Any]] = []
        for event in (event for one in self.answers if one.name == name for event in parse_events(one.body)):
            try:
                data = decode(event.data.encode(), self.notes)
            except BadAnswer:
                data = clean(event.data)
            found.append((event.name, event.id, data))
        return found
