"""A scripted engine and archive that keep the promises of `tui.engine.api`, and values to fill them with."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from tui.domain.actions import Action, Outcome, capability_of
from tui.domain.annotations import NO_ANNOTATIONS, Annotations
from tui.domain.capability import Capability, ConnectionState
from tui.domain.detail import (
    Deliverable,
    Detail,
    Image,
    Interaction,
    Json,
    Reply,
    Report,
    ReportFormat,
    Series,
    Source,
    Step,
    Update,
)
from tui.domain.provider import AccountState, Cadence, Draft, Mode, ProviderInfo
from tui.domain.task import Cost, CostKind, Counter, Task, TaskStatus, TotalKind
from tui.domain.task_filter import FilterTerm
from tui.engine.api import (
    BatchPlan,
    Condition,
    Event,
    Listener,
    LogEntry,
    ProviderState,
    SyncSummary,
    TaskEnded,
    TasksChanged,
)
from tui.engine.archive.rows.values import (
    CostLine,
    DayCost,
    FoundPlaces,
    PaidTask,
    SearchHit,
    SourceList,
    SourceUse,
    StoredVersion,
)
from tui.engine.ports import TaskCounts
from tui.providers.protocol import DownloadProgress
from tui.ui.shell.archive import ScreenAnnotations, ScreenArchive
from tui.ui.shell.services import Services

Value = TypeVar("Value")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def info(name: str, *missing: Capability) -> ProviderInfo:
    """A provider that can do everything but `missing`; none of them can stop a task and keep the report."""
    missing = (*missing, Capability.STOP)
    return ProviderInfo(
        name=name,
        title=name.capitalize(),
        base_url=f"https://api.{name}.example",
        key_variables=(f"{name.upper()}_API_KEY",),
        base_url_variable=f"{name.upper()}_BASE_URL",
        key_page=f"https://{name}.example/keys",
        capabilities=frozenset(Capability) - set(missing),
        missing={one: f"{name.capitalize()} offers no way to {one.value} a task" for one in missing},
        modes=(
            Mode("fast", Cost(0.5, "USD", CostKind.PRICE_LIST), "2-5 min", default=True),
            Mode("heavy", Cost(2.5, "USD", CostKind.PRICE_LIST), "up to 90 min"),
        ),
        cadence=Cadence(2, 10, 60),
        requests_per_second=2,
    )


def task(number: int, status: TaskStatus = TaskStatus.RUNNING, **more: object) -> Task:
    """Task `t<number>`, the higher the older."""
    made = Task(
        id=f"t{number}",
        provider=("valyu", "yutori", "extruct")[number % 3],
        remote_id=f"remote-{number}",
        title=f"Task number {number}",
        prompt=f"Find out everything about {number}",
        status=status,
        provider_status=status.value,
        created_at=NOW - timedelta(minutes=number),
        finished_at=NOW if status.is_final else None,
        has_report=status is TaskStatus.DONE,
    )
    return replace(made, **more)  # type: ignore[arg-type]


class FakeAnnotations(ScreenAnnotations):
    """What the user adds, in memory."""

    def __init__(self, tasks: list[Task]) -> None:
        self.locals = {one.id: NO_ANNOTATIONS for one in tasks}
        self.bin: list[list[str]] = []
        self.failure: Exception | None = None

    def added(self, task_ids: Collection[str] | None = None) -> Mapping[str, Annotations]:
        wanted = self.locals if task_ids is None else task_ids
        return {one: self.locals[one] for one in wanted if self.locals.get(one, NO_ANNOTATIONS) != NO_ANNOTATIONS}

    def annotate(self, task_id: str, note: str, tags: Sequence[str], before: Annotations) -> None:
        self._each([task_id], note=note, tags=tuple(sorted(tags)))

    def tag(self, task_ids: Sequence[str], tags: Sequence[str]) -> None:
        for one in task_ids:
            self._each([one], tags=tuple(sorted({*self.locals.get(one, NO_ANNOTATIONS).tags, *tags})))

    def pin(self, task_ids: Sequence[str], pinned: bool) -> None:
        self._each(task_ids, pinned=pinned)

    def read(self, task_ids: Sequence[str], read: bool) -> None:
        self._each(task_ids, read=read)

    def hide(self, task_ids: Sequence[str], hidden: bool) -> None:
        self._each(task_ids, hidden=hidden)

    def delete(self, task_ids: Sequence[str]) -> None:
        self._each([])
        self.bin.append(list(task_ids))

    def restore(self) -> Sequence[str]:
        self._each([])
        return self.bin.pop() if self.bin else ()

    def _each(self, task_ids: Sequence[str], **values: object) -> None:
        if self.failure:
            raise self.failure
        for one in task_ids:
            self.locals[one] = replace(self.locals.get(one, NO_ANNOTATIONS), **values)  # type: ignore[arg-type]


class FakeArchive(ScreenArchive):
    """What the first paint reads, in memory."""

    annotations: FakeAnnotations

    def __init__(self, tasks: Sequence[Task] = ()) -> None:
        self.tasks = list(tasks)
        self.annotations = FakeAnnotations(self.tasks)
        self.remembered: dict[str, Json] = {"tasks": {"sort": "newest"}}  # most tests number their rows
        self.hits: list[SearchHit] = []
        self.found: dict[str, FoundPlaces] = {}
        self.with_words: dict[str, set[str]] = {}
        self.drafts: dict[str, Draft] = {}
        self.other = ""  # who else asks the providers
        self.saved: dict[str, list[tuple[StoredVersion, Detail]]] = {}
        self.uses: list[SourceUse] = []
        self.counted: TaskCounts | None = None  # of a long archive

    def load_tasks(self) -> Sequence[Task]:
        return self.tasks

    def first_tasks(self, count: int) -> Sequence[Task]:
        newest = self.tasks[:count]
        pinned = [one for one in self.tasks[count:] if self.annotations.locals.get(one.id, NO_ANNOTATIONS).pinned]
        return [*newest, *pinned]

    def state(self, key: str) -> Json:
        return self.remembered.get(key)

    def remember(self, key: str, value: Json) -> None:
        self.remembered[key] = value

    def draft(self, task_id: str) -> Draft | None:
        return self.drafts.get(task_id)

    def having(self, condition: FilterTerm) -> Sequence[str]:
        if condition.name == "text":
            return sorted(self.with_words.get(condition.values[0], ()))
        return [use.task_id for use in self.uses if condition.values[0] in use.url]

    def costs(self, since: datetime, *, described: bool = False) -> Sequence[CostLine]:
        made = [one for one in self.tasks if one.created_at is not None and one.created_at >= since]
        return [
            CostLine(
                one.id,
                one.provider,
                one.account,
                one.status,
                one.created_at or since,
                one.cost,
                task=PaidTask(one.title, one.mode or "", one.citations or 0, one.has_report) if described else None,
            )
            for one in made
        ]

    def daily_costs(self, since: datetime) -> Sequence[DayCost]:
        return [DayCost(one.provider, one.account, one.status, one.at, one.cost, "", 1) for one in self.costs(since)]

    def counts(self) -> TaskCounts | None:
        return self.counted

    def versions(self, task_id: str) -> Sequence[StoredVersion]:
        return [version for version, _ in self.saved.get(task_id, ())]

    def version(self, task_id: str, number: int) -> Detail:
        return self.saved[task_id][number - 1][1]

    def search(self, text: str, most: int = 200) -> Sequence[SearchHit]:
        return [hit for hit in self.hits if text.casefold() in hit.excerpt.casefold()][:most]

    def places(self, text: str, task_ids: Sequence[str]) -> Mapping[str, FoundPlaces]:
        return {one: self.found[one] for one in task_ids if one in self.found}

    def reports_with(self, url: str) -> Sequence[str]:
        return [use.task_id for use in self.uses if use.url == url]

    def sources(self, words: str = "") -> SourceList:
        found = [use for use in self.uses if all(word in f"{use.title} {use.url}".lower() for word in words.split())]
        return SourceList(found, len({use.url for use in found}))


class FakeEngine:
    """Says what it is told to say; records what it is asked to do."""

    def __init__(self, tasks: Sequence[Task] = (), states: Sequence[ProviderState] | None = None) -> None:
        self.now = Condition()
        self.known = {one.id: one for one in tasks}
        self.away: dict[str, Task] = {}  # of a long archive, what is not at hand
        self.states = {state.key: state for state in (default_states() if states is None else states)}
        self.details: dict[str, Detail] = {}
        self.entries: list[LogEntry] = []
        self.asked: list[tuple[object, ...]] = []
        self.failure: Exception | None = None
        self.outcomes: dict[type[Action], Outcome] = {}
        self.remote_versions: dict[int, Detail] = {}
        self._listeners: list[Listener] = []

    # What a test scripts

    def put(self, *tasks: Task, ended: bool = False) -> None:
        for one in tasks:
            self.known[one.id] = one
        self.tell(TasksChanged(frozenset(one.id for one in tasks)))
        for one in tasks if ended else ():
            self.tell(TaskEnded(one))

    def drop(self, task_id: str) -> None:
        self.known.pop(task_id)
        self.tell(TasksChanged(frozenset({task_id})))

    def tell(self, event: Event) -> None:
        for listener in list(self._listeners):
            listener(event)

    # The promise

    def tasks(self) -> Mapping[str, Task]:
        return dict(self.known)

    def task(self, task_id: str) -> Task | None:
        return self.known.get(task_id)

    def providers(self) -> Mapping[str, ProviderState]:
        return dict(self.states)

    def condition(self) -> Condition:
        return self.now

    def log(self) -> Sequence[LogEntry]:
        return list(self.entries)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def detail(self, task_id: str) -> "Future[Detail | None]":
        found = self.details.get(task_id)
        one = self.known.get(task_id)
        return _done(replace(found, task=one) if found and one else Detail(one) if one else None)

    def recall(self, ids: Sequence[str]) -> "Future[None]":
        self.asked.append(("recall", tuple(ids)))
        self.put(*(self.away[one] for one in ids if one in self.away))
        return _done(None)

    def older(self, terms: str = "") -> None:
        self.asked.append(("older", terms) if terms else ("older",))

    def together(self, ids: Sequence[str]) -> "Future[None]":
        self.asked.append(("together", tuple(ids)))
        groups = {self.known[one].group_id for one in ids}
        self.put(*(one for one in self.away.values() if one.group_id in groups))
        return _done(None)

    def refresh(self, ids: Sequence[str] = ()) -> None:
        self.asked.append(("refresh", tuple(ids)))

    def reload(self, ids: Sequence[str]) -> None:
        self.asked.append(("reload", tuple(ids)))

    def pause(self, paused: bool) -> None:
        self.asked.append(("pause", paused))

    def create(
        self, account_key: str, draft: Draft, *, confirmation: str = "", group: str | None = None
    ) -> "Future[Task]":
        self.asked.append(("create", account_key, draft, confirmation))
        made = task(
            0,
            TaskStatus.QUEUED,
            id=f"new-{len(self.asked)}",
            provider=account_key,
            prompt=draft.prompt,
            group_id=group,
        )
        if self.failure is None:
            self.put(made)
        return self._outcome(made)

    def act(self, task_id: str, action: Action) -> "Future[Outcome]":
        self.asked.append(("act", task_id, action))
        said = f"{capability_of(action).value} was carried out"
        return self._outcome(self.outcomes.get(type(action), Outcome(said)))

    def version(self, task_id: str, number: int) -> "Future[Detail]":
        self.asked.append(("version", task_id, number))
        return self._outcome(self.remote_versions[number])

    def batch(self, account_key: str, plan: BatchPlan, *, confirmation: str = "") -> "Future[Sequence[Task]]":
        self.asked.append(("batch", account_key, plan, confirmation))
        made = [
            task(n, TaskStatus.QUEUED, id=f"b{n}", provider=account_key, prompt=prompt, batch_id="batch_1")
            for n, prompt in enumerate(plan.prompts)
        ]
        if self.failure is None:
            self.put(*made)
        return self._outcome(made)

    def download(self, task_id: str, url: str, target: Path, progress: DownloadProgress | None = None) -> "Future[int]":
        self.asked.append(("download", task_id, url, target))
        return self._outcome(1234)

    def track(self, account_key: str, reference: str) -> "Future[Task]":
        self.asked.append(("track", account_key, reference))
        return self._outcome(task(0, title="Adopted"))

    def sync(self) -> "Future[SyncSummary]":
        return _done(SyncSummary({}, 0, {}, 0))

    def close(self, timeout: float = 2.0) -> None:
        self.asked.append(("close",))

    def _outcome(self, value: Value) -> "Future[Value]":
        future: Future[Value] = Future()
        if self.failure:
            future.set_exception(self.failure)
        else:
            future.set_result(value)
        return future


def _done(value: Value) -> "Future[Value]":
    future: Future[Value] = Future()
    future.set_result(value)
    return future


def default_states() -> list[ProviderState]:
    return [
        ProviderState(info("extruct", Capability.CANCEL), link=ConnectionState.OK, active=2),
        ProviderState(info("yutori"), link=ConnectionState.OK, active=1),
        ProviderState(
            info("valyu"), link=ConnectionState.OK, active=3, balance=AccountState(remaining=4120, unit="credits")
        ),
    ]


def services(archive: FakeArchive | None = None, engine: FakeEngine | None = None, **more: object) -> Services:
    more.setdefault("start_engine", (lambda known: engine) if engine else None)
    return Services(archive or FakeArchive(), **more)  # type: ignore[arg-type]


def rich_detail(one: Task) -> Detail:
    """A detail with something in every place."""
    source = Source("1", "https://example.org/a?b=1", "A source", "a snippet", None, (("doi", "10.1/x"),))
    return Detail(
        one,
        report=Report("# Title\n\nText [1].\n", ReportFormat.MARKDOWN, sources=(source,)) if one.has_report else None,
        structured={"answer": [1, 2, 3]},
        updates=tuple(
            Update(
                f"u{n}", NOW - timedelta(minutes=60 - n), f"Looked at page {n}\nand found something", sources=(source,)
            )
            for n in range(40)
        ),
        trace=tuple(Step("agent", "call", f"searched for {n}", "web_search", {"q": n}) for n in range(30)),
        interaction=Interaction(
            "i1",
            "plan_review",
            {"plan": ["one", "two"]},
            NOW,
            NOW + timedelta(minutes=4),
            reply=Reply.APPROVAL,
            title="Review the plan",
            text='["one", "two"]',
        )
        if one.status is TaskStatus.WAITING
        else None,
        answered=(Interaction("i0", "planning_questions", {"q": "why"}, NOW, answered_at=NOW, response={"q0": "so"}),),
        images=(
            Image(
                "c1",
                "chart",
                "Prices by year",
                chart="bar",
                x_label="year",
                y_label="EUR",
                series=(Series("price", (("2022", 12.5), ("2023", 18.0), ("2024", None), ("2025", 31.0))),),
            ),
        ),
        deliverables=(Deliverable("d1", "csv", "table.csv", "ready", "https://files.example/x?token=SECRET"),),
        facts=(("strategy", "deep"), ("tools", "web, code")),
        extra={"new_member": {"x": 1}},
        problems=("the field `usage` could not be understood",),
    )


COUNTERS = {
    "steps": Counter(3, 10, TotalKind.ESTIMATE),
    "agents": Counter(12, 25, TotalKind.CEILING),
    "pages": Counter(148),
}
COST = Cost(1.2, "USD", CostKind.PRICE_LIST)
