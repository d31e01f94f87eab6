"""An archive in memory, a provider that follows a script, and a loop whose time jumps: engine tests that never wait."""

import asyncio
import json
import random
import selectors
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from tui.domain.actions import Action, BatchOutcome, EditProgress, Outcome, Pending, Shared, capability_of
from tui.domain.annotations import NOBODY, People
from tui.domain.away import Away
from tui.domain.capability import Capability
from tui.domain.detail import Detail, Json, Report, ReportFormat
from tui.domain.errors import ArchiveError, BadAnswer, DivewatchError, Gone, Unreachable
from tui.domain.options import Option
from tui.domain.provider import AccountState, Cadence, Draft, ProviderInfo, Response
from tui.domain.secret import Secret
from tui.domain.task import NO_TASKS, Cost, Counter, Task, TaskStatus
from tui.engine.api import Event, LogEntry, ProviderState
from tui.engine.archive import Archive
from tui.engine.core import Core
from tui.engine.polling.connection import ServiceAccount
from tui.engine.ports import Changes, ParsedResponse, ResponseFingerprint, StoredResponse
from tui.providers.protocol import ClientSettings, DownloadProgress, Page

P = ParamSpec("P")
T = TypeVar("T")

EPOCH = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = "canary-key-1234567890"


# -- time ------------------------------------------------------------------------------------------------


class _JumpingSelector(selectors.SelectSelector):
    """Never waits: asked to, it moves the clock on instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout is None or timeout <= 0:
            return ready if timeout is not None else super().select(5.0)
        self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in which an hour passes in no time."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def jump(self, seconds: float) -> None:
        """Let the monotonic clock jump, as after a suspend."""
        self._jumping.now += seconds


class VirtualClock:
    """The clocks of a `VirtualLoop`; the wall clock can be set apart from the monotonic one."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.skew = timedelta()

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._loop.time()) + self.skew

    def monotonic(self) -> float:
        return self._loop.time()


class Inline(Executor):
    """Runs every call at once, on the caller's thread, and remembers its name."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        future: Future[T] = Future()
        self.calls.append(getattr(fn, "__name__", type(fn).__name__))
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it belongs to the future
            future.set_exception(error)
        return future


def simulate(main: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """Run `main` on a virtual loop; fails if it leaves a task behind."""
    loop = VirtualLoop()
    try:
        asyncio.set_event_loop(loop)
        result = loop.run_until_complete(main(loop))
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        return result
    finally:
        asyncio.set_event_loop(None)
        loop.close()


# -- archive ---------------------------------------------------------------------------------------------


def _done(value: T) -> "Future[T]":
    future: Future[T] = Future()
    future.set_result(value)
    return future


@dataclass
class MemoryArchive(Archive):
    """The archive's promises, in dictionaries; `full` makes every write fail."""

    rows: dict[str, Task] = field(default_factory=dict)
    answers: dict[str, list[tuple[StoredResponse, bool]]] = field(default_factory=dict)
    readings: dict[str, list[ParsedResponse]] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)
    unreadable: list[tuple[str, bytes, str]] = field(default_factory=list)
    entries: list[LogEntry] = field(default_factory=list)
    deleted: set[tuple[str, str, str | None]] = field(default_factory=set)
    history: list[tuple[str, object]] = field(default_factory=list)  # every write, in order
    foreign: list[Task] = field(default_factory=list)
    gone: frozenset[str] = frozenset()
    drafts: dict[str, Draft] = field(default_factory=dict)
    lease: bool | ArchiveError = True
    read_only: bool = False
    notice: str = ""
    away: Away | None = None
    released: int = 0
    full: bool = False

    def load_tasks(self, known: Mapping[str, Task] = NO_TASKS) -> Sequence[Task]:
        return [row for row in self.rows.values() if row.key not in self.deleted]

    def tasks(self, limit: int = -1, after: str = "", terms: str = "") -> list[Task]:
        rows = [*self.load_tasks()]
        start = next((place for place, row in enumerate(rows, start=1) if row.id == after), 0)
        return rows[start:][: None if limit < 0 else limit]

    def together(self, task_ids: Sequence[str]) -> list[Task]:
        return self.named(task_ids)

    def named(self, task_ids: Sequence[str]) -> list[Task]:
        return [row for row in self.load_tasks() if row.id in task_ids]

    def known_as(self, provider: str, account: str, remote_ids: Sequence[str]) -> list[Task]:
        keys = {(provider, account, remote_id) for remote_id in remote_ids}
        return [row for row in self.load_tasks() if row.key in keys]

    def keep_draft(self, task_id: str, draft: Draft) -> "Future[None]":
        return self._write("draft", task_id, lambda: self.drafts.update({task_id: draft}))

    def put_tasks(self, tasks: Sequence[Task]) -> "Future[None]":
        return self._write("tasks", [task.id for task in tasks], lambda: self.rows.update({t.id: t for t in tasks}))

    def save_answer(
        self, task_id: str, body: bytes, *, digest: str = "", received_at: datetime, final: bool
    ) -> "Future[None]":
        def work() -> None:
            assert task_id in self.rows, "an answer needs its task's row"
            kept = self.answers.setdefault(task_id, [])
            if not kept or kept[-1][0].digest != digest:
                kept.append((StoredResponse(body, digest, received_at), final))

        return self._write("answer", task_id, work)

    def save_unreadable(self, task_id: str, body: bytes, why: str, *, received_at: datetime) -> "Future[None]":
        return self._write("unreadable", task_id, lambda: self.unreadable.append((task_id, body, why)))

    def save_reading(self, reading: ParsedResponse, cited: Mapping[str, Sequence[int]] | None = None) -> "Future[None]":
        def work() -> None:
            digests = [kept.digest for kept, _ in self.answers.get(reading.task.id, ())]
            assert reading.mark.digest in digests, "a reading needs its stored answer"
            self.rows[reading.task.id] = reading.task
            self.readings.setdefault(reading.task.id, []).append(reading)
            if reading.current:
                self.current[reading.task.id] = reading.mark.digest

        return self._write("reading", reading.task.id, work)

    def current_answer(self, task_id: str) -> StoredResponse | None:
        kept = self.answers.get(task_id, [])
        digest = self.current.get(task_id)
        return next((one for one, _ in kept if one.digest == digest), kept[-1][0] if kept else None)

    @property
    def queue(self) -> None:
        return None

    def people(self, task_id: str) -> People:
        return NOBODY

    def mark(self, task_id: str) -> ResponseFingerprint | None:
        digest = self.current.get(task_id)
        return next((r.mark for r in self.readings.get(task_id, ()) if r.mark.digest == digest), None)

    def unheard(self) -> frozenset[str]:
        read = {task_id for task_id, readings in self.readings.items() if readings[-1].task.status.is_final}
        ended = [row for row in self.rows.values() if row.status.is_final and row.remote_id and not row.has_report]
        return frozenset(row.id for row in ended) - read

    def deleted_keys(self) -> frozenset[tuple[str, str, str | None]]:
        return frozenset(self.deleted)

    def add_log(self, entries: Sequence[LogEntry]) -> "Future[None]":
        return self._write("log", len(entries), lambda: self.entries.extend(entries))

    def log_after(self, number: int) -> tuple[int, list[LogEntry]]:
        return len(self.entries), self.entries[number:]

    def take_lease(self, account: str = "") -> bool:
        if isinstance(self.lease, ArchiveError):
            raise self.lease
        return self.lease

    def lease_holder(self) -> str:
        return "process 7 on elsewhere since 2026-11-22 11:00 UTC"

    def release_lease(self, account: str = "") -> None:
        self.released += not account

    def listen(self, told: Callable[[], None]) -> None:
        """Nobody else writes here."""

    def foreign_changes(self) -> Changes:
        changes = Changes(tuple(self.foreign), self.gone)
        self.foreign, self.gone = [], frozenset()
        return changes

    def reports(self, task_id: str) -> list[str]:
        """Return the texts of all saved reports, oldest first."""
        return [reading.report.text for reading in self.readings.get(task_id, ()) if reading.report is not None]

    def shown_report(self, task_id: str) -> str | None:
        """Return the text of the report people read."""
        digest = self.current.get(task_id)
        found = [r for r in self.readings.get(task_id, ()) if r.mark.digest == digest and r.report is not None]
        return found[-1].report.text if found and found[-1].report else None

    def _write(self, kind: str, what: object, work: Callable[[], None]) -> "Future[None]":
        if self.full:
            future: Future[None] = Future()
            future.set_exception(ArchiveError("disk full"))
            return future
        work()
        self.history.append((kind, what))
        return _done(None)


# -- provider --------------------------------------------------------------------------------------------


def body(remote_id: str, state: str = "running", report: str | None = None, **more: Json) -> bytes:
    """Return a status answer in the scripted provider's own format."""
    return json.dumps({"id": remote_id, "status": state, "report": report, **more}).encode()


def page(*entries: Mapping[str, Json], cursor: str | None = None) -> bytes:
    """Return a list answer."""
    return json.dumps({"tasks": [dict(entry) for entry in entries], "cursor": cursor}).encode()


def _status(word: object) -> TaskStatus:
    try:
        return TaskStatus(str(word))
    except ValueError:
        return TaskStatus.UNKNOWN


class ScriptedReader:
    """Reads the scripted provider's answers; counts what it was given."""

    def __init__(self) -> None:
        self.read = 0

    def read_task(self, body: bytes, *, remote_id: str | None, received_at: datetime, traced: bool = True) -> Detail:
        self.read += 1
        try:
            value = json.loads(body)
        except ValueError as error:
            raise BadAnswer("not JSON") from error
        if remote_id is not None and value.get("id") != remote_id:
            raise BadAnswer("the answer is about another task")
        text = value.get("report")
        report = None if text is None else Report(text, ReportFormat.MARKDOWN)
        return Detail(replace(self._task(value), has_report=report is not None), report=report)

    def read_page(self, body: bytes, *, received_at: datetime, cursor: str | None = None) -> Page:
        self.read += 1
        value = json.loads(body)
        return Page(tuple(self._task(entry) for entry in value["tasks"]), value["cursor"])

    def read_created(self, body: bytes, *, draft: Draft, received_at: datetime) -> Task:
        value = json.loads(body) if body.startswith(b"{") else {}
        if "id" not in value and value.get("status") != "failed":
            raise BadAnswer("no id in the answer to the create")
        return replace(self._task(value), prompt=draft.prompt, has_report=value.get("report") is not None)

    def recognises(self, value: Mapping[str, Any]) -> int:
        return len({"id", "status", "report"} & value.keys()) if value.get("id") is not None else 0

    def read_outcome(
        self, action: Action, body: bytes, *, received_at: datetime, remote_id: str | None = None
    ) -> Outcome:
        value = json.loads(body)
        if "url" in value:
            return Shared(value["message"], public=True, web_url=value["url"])
        if "tasks" in value:
            return BatchOutcome(value["message"], tasks=tuple(self._task(entry) for entry in value["tasks"]))
        if "poll_after" in value:
            return Pending(value["message"], ask=EditProgress("e1"), after=value["poll_after"])
        successor = self._task(value["successor"]) if "successor" in value else None
        status = _status(value["status"]) if "status" in value else None
        return Outcome(value["message"], status, successor)

    @staticmethod
    def _task(value: Mapping[str, Any]) -> Task:
        counters = {name: Counter(*numbers) for name, numbers in value.get("counters", {}).items()}
        created = value.get("created_at")
        return Task(
            id="",
            provider="scripted",
            remote_id=value.get("id"),
            title=value.get("title", ""),
            prompt=value.get("prompt"),
            status=_status(value.get("status", "unknown")),
            provider_status=str(value.get("status", "")),
            created_at=None if created is None else datetime.fromisoformat(created),
            counters=counters,
            error=value.get("error"),
            warnings=tuple(value.get("warnings", ())),
        )


Reply = bytes | Response | DivewatchError | None | Callable[[], Awaitable[Response]]


@dataclass
class Script:
    """What the scripted provider answers, and what it was asked.

    `fetches[remote_id]` is used up but for its last element, which is repeated; None is "not modified".
    """

    clock: Any = None
    fetches: dict[str, deque[Reply]] = field(default_factory=dict)
    pages: dict[str | None, Reply] = field(default_factory=lambda: {None: page()})
    creates: deque[Reply] = field(default_factory=deque)
    acts: deque[Reply] = field(default_factory=deque)
    asked: list[tuple[float, str, Any]] = field(default_factory=list)
    etags: list[str | None] = field(default_factory=list)
    previous: list[bytes | None] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    default: Reply = None
    account: Reply = b"{}"
    latency: float = 0.0
    closed: int = 0
    built: int = 0

    def task(self, remote_id: str, *replies: Reply) -> None:
        """Script the answers about one task."""
        self.fetches[remote_id] = deque(replies)

    def times(self, kind: str, what: Any = ...) -> list[float]:
        """Return when requests of a kind were made."""
        return [at for at, asked, about in self.asked if asked == kind and what in (about, ...)]

    async def reply(self, kind: str, what: Any, queue: deque[Reply] | None) -> Response:
        self.asked.append((self.clock.monotonic(), kind, what))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.latency:
                await asyncio.sleep(self.latency)
            reply = self.default if not queue else queue.popleft() if len(queue) > 1 else queue[0]
            if callable(reply):
                return await reply()
            if isinstance(reply, DivewatchError):
                raise reply
            if isinstance(reply, Response):
                return replace(reply, received_at=self.clock.now())
            return Response(304 if reply is None else 200, reply, self.clock.now())
        finally:
            self.under_way -= 1


class ScriptedClient:
    def __init__(self, script: Script, settings: ClientSettings) -> None:
        self.script = script
        self.settings = settings
        script.built += 1

    async def fetch(self, remote_id: str, *, etag: str | None = None, previous: bytes | None = None) -> Response:
        self.script.etags.append(etag)
        self.script.previous.append(previous)
        queue = self.script.fetches.get(remote_id)
        if queue is None and self.script.default is None:
            raise Gone("no such task", http=404)
        return await self.script.reply("fetch", remote_id, queue)

    async def fetch_page(self, cursor: str | None = None) -> Response:
        return await self.script.reply("page", cursor, deque([self.script.pages.get(cursor, page())]))

    async def account(self) -> AccountState:
        await self.script.reply("account", None, deque([self.script.account]))
        return AccountState(remaining=7.0, unit="credits")

    async def create(self, draft: Draft) -> Response:
        creates = self.script.creates
        return await self.script.reply("create", draft.prompt, deque([creates.popleft()]) if creates else None)

    async def act(self, action: Action, remote_id: str) -> Response:
        acts, word = self.script.acts, capability_of(action).value
        return await self.script.reply(word, remote_id, deque([acts.popleft()]) if acts else None)

    async def download(self, url: str, target: Path, progress: DownloadProgress | None = None) -> int:
        await self.script.reply("download", url, deque([b""]))
        return 42

    async def close(self) -> None:
        self.script.closed += 1


def info(name: str = "scripted", *, rate: float = 100.0, **more: Any) -> ProviderInfo:
    """Return the description of a scripted provider."""
    values: dict[str, Any] = {
        "name": name,
        "title": name.title(),
        "base_url": "http://scripted.invalid",
        "key_variables": ("SCRIPTED_KEY",),
        "base_url_variable": "SCRIPTED_BASE_URL",
        "key_page": "https://scripted.example/keys",
        "capabilities": frozenset({Capability.LIST, Capability.CREATE, Capability.CANCEL, Capability.DELETE}),
        "missing": {Capability.STEER: "Scripted tasks cannot be steered"},
        "modes": (),
        "cadence": Cadence(first=5.0, steady=15.0, idle=60.0),
        "requests_per_second": rate,
    }
    return ProviderInfo(**(values | more))


class ScriptedProvider:
    def __init__(self, script: Script, description: ProviderInfo | None = None) -> None:
        self.info = description or info()
        self.script = script
        self.shared_reader = ScriptedReader()

    def reader(self) -> ScriptedReader:
        return self.shared_reader

    def client(self, settings: ClientSettings) -> ScriptedClient:
        return ScriptedClient(self.script, settings)

    def cost_at_most(self, draft: Draft) -> Cost:
        return Cost()

    def check(self, draft: Draft) -> Sequence[tuple[str, str]]:
        return () if draft.prompt else (("prompt", "is empty"),)

    def check_action(self, action: Action) -> str | None:
        return None

    def options(self) -> Sequence[Option]:
        return ()

    def parse_reference(self, text: str) -> str | None:
        return text.rsplit("/", 1)[-1] if " " not in text else None


def account(script: Script, description: ProviderInfo | None = None, *, key: str | None = KEY) -> ServiceAccount:
    """Return an account at a scripted provider."""
    provider = ScriptedProvider(script, description)
    settings = ClientSettings(provider.info.base_url, None if key is None else Secret(key))
    return ServiceAccount(provider, lambda: settings)


# -- the engine on a virtual loop ------------------------------------------------------------------------


class Bench:
    """An engine core on a virtual loop, with a scripted provider and an archive in memory."""

    def __init__(
        self,
        loop: VirtualLoop,
        *,
        archive: MemoryArchive | None = None,
        accounts: Callable[["Bench"], Sequence[ServiceAccount]] | None = None,
        watch: bool = True,
        **description: Any,
    ) -> None:
        self.loop = loop
        self.clock = VirtualClock(loop)
        self.script = Script(self.clock)
        self.archive = archive or MemoryArchive()
        self.core = Core(
            self.archive,
            accounts(self) if accounts else [account(self.script, info(**description))],
            workers=Inline(),
            clock=self.clock,
            watch=watch,
            rng=random.Random(1),
        )
        self.events: list[Event] = []
        self.core.state.subscribe(self.events.append)
        self._stop = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    def known(self, *remote_ids: str, **values: Any) -> None:
        """Put running tasks into the archive before the engine starts; local id = "t" + remote id."""
        for remote_id in remote_ids:
            defaults = {"provider": "scripted", "status": TaskStatus.RUNNING, "provider_status": "running"}
            task = Task(id=f"t{remote_id}", remote_id=remote_id, **(defaults | values))
            self.archive.rows[task.id] = task

    async def __aenter__(self) -> "Bench":
        self.core.load()
        self._serving = asyncio.get_running_loop().create_task(self.core.serve(self._stop))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        assert self._serving is not None
        await self._serving

    async def after(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    def task(self, task_id: str) -> Task:
        task = self.core.state.store.get(task_id)
        assert task is not None
        return task

    def row(self, task_id: str) -> Task:
        """Return a task as the archive has it."""
        return self.archive.rows[task_id]

    def only(self) -> Task:
        """Return the one task there is."""
        (task,) = self.core.state.store.snapshot().values()
        return task

    def state(self) -> ProviderState:
        """Return the first provider's state."""
        return next(iter(self.core.state.states().values()))

    def said(self) -> str:
        """Return the event log as text."""
        return "\n".join(entry.text for entry in self.core.state.entries())


def offline() -> Unreachable:
    return Unreachable("connection refused")
