"""One worker per provider account: polls by the schedule, ingests responses, reports the connection state.

A request is never cancelled. Each account has its own worker, client and slots, so that a slow one slows no other.
"""

import asyncio
import random
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta

from tui.domain.capability import Capability, ConnectionState
from tui.domain.errors import BadAnswer, BadKey, DivewatchError, Gone, ProviderError, Refused
from tui.domain.provider import Response
from tui.domain.redact import redact_text
from tui.domain.task import NO_REPORT, NOBODY_SENDS, Task, TaskStatus
from tui.engine.ingest.merge import refused, warned
from tui.engine.ingest.pipeline import IngestPipeline, Watch
from tui.engine.polling.connection import Connection, NoKey, ServiceAccount, explain
from tui.engine.polling.discovery import Discovery
from tui.engine.polling.schedule import RETRY_AFTER, YOUNG, Schedule, Trouble, interval_of
from tui.engine.polling.watches import Watches
from tui.engine.ports import Clock
from tui.engine.state.state import EngineState
from tui.engine.state.waiters import Waiters

LIST, BALANCE = "account:list", "account:balance"
LIST_EVERY, BALANCE_EVERY = 120.0, 300.0  # seconds
SLEPT = 30.0  # waking this much later than planned means that the machine slept
EDIT_TIME = 600.0  # seconds for which another report is expected after an edit
ASK_AGAIN = 5  # how often a finished task is asked for its missing report
SLOTS = 4
_ACCOUNT_POLLS = {LIST: (Capability.LIST, LIST_EVERY), BALANCE: (Capability.ACCOUNT, BALANCE_EVERY)}
_ENDED = frozenset({TaskStatus.DONE, TaskStatus.PARTIAL})
_LINK_OF: dict[Trouble | None, ConnectionState] = {
    Trouble.LIMIT: ConnectionState.RATE_LIMITED,
    Trouble.KEY: ConnectionState.BAD_KEY,
}


class Worker:
    """Polls one account.

    Args:
        account: whom to ask.
        pipeline: takes answers in.
        state: shows the account's state.
        clock: monotonic for the schedule, wall clock for what is shown.
        rng: jitter; injected by tests.
    """

    def __init__(
        self, account: ServiceAccount, pipeline: IngestPipeline, state: EngineState, clock: Clock, rng: random.Random
    ) -> None:
        info = account.provider.info
        self.account = account
        self.connection = Connection(account, pipeline.workers)
        self.discovery = Discovery(account, self.connection, pipeline, state, self._take_whole)
        self.schedule = Schedule(rate=info.requests_per_second, slots=SLOTS, spread_over=info.cadence.steady, rng=rng)
        self._pipeline = pipeline
        self._state = state
        self._clock = clock
        self._watches = Watches(pipeline, state, self.schedule.followed)
        self._young_until: dict[str, float] = {}
        self._waiting = Waiters()
        self._asks: set[asyncio.Task[None]] = set()
        self._poke = asyncio.Event()
        self._error: ProviderError | None = None
        self._keyless: NoKey | None = None
        self._sender = ""  # who sends what is queued for this account, where there is no key here
        self._unlisted_ready = False  # there is a key, and no list to ask for with it
        self._allowed = True  # this process holds the polling lease
        self._running = True  # the user has not paused
        self._paused_at = clock.monotonic()
        state.add_account(info, account.name)
        for key, (capability, every) in _ACCOUNT_POLLS.items():
            if capability in info.capabilities:
                self.schedule.add(key, clock.monotonic(), interval=every)

    # -- commands; all on the engine's loop ---------------------------------------------------------------------------

    def follow(self, tasks: Iterable[Task]) -> None:
        """Poll these tasks from now on, if they can still change."""
        now = self._clock.monotonic()
        for task in tasks:
            if task.remote_id is None or not (_worth_asking(task) or task.id in self._pipeline.unheard):
                continue
            if task.id not in self.schedule:
                age = 0.0 if task.created_at is None else (self._clock.now() - task.created_at).total_seconds()
                self._young_until[task.id] = now + YOUNG - min(max(age, 0.0), YOUNG)
            self.schedule.add(task.id, now, interval=self._interval(task))
        self._wake()

    def forget(self, task_id: str) -> None:
        """Stop polling a task."""
        self.schedule.drop(task_id)
        self._watches.drop(task_id)
        self._young_until.pop(task_id, None)
        self._waiting.give_up(None, task_id)

    async def watch_edit(self, task: Task) -> None:
        """Poll a finished task for `EDIT_TIME` seconds: its report is being edited."""
        (await self._watches.of(task)).edited_until = self._clock.monotonic() + EDIT_TIME

    async def poll_now(self, task_id: str) -> None:
        """Poll a task next, even a finished one, because an action was carried out on it."""
        task = self._state.store.get(task_id)
        if task is not None and task.remote_id is not None:
            self.schedule.add(task_id, self._clock.monotonic(), interval=self.account.provider.info.cadence.first)
            await self.hurry([task_id])

    async def ask_now(self, keys: Collection[str]) -> list[DivewatchError]:
        """Poll these keys next; returns the errors once each was answered or failed.

        Does not wait for a provider that asked us to.
        """
        if self.schedule.is_held and self._error is not None:
            return [self._error]
        waiting = [self._waiting.wait(key) for key in keys if key in self.schedule]
        await self.hurry(keys)
        results = await asyncio.gather(*waiting, return_exceptions=True)
        return [error for error in results if isinstance(error, DivewatchError)]

    async def hurry(self, keys: Collection[str] = ()) -> None:
        """Poll these keys next (default: all), also in trouble; a provider's Retry-After still holds."""
        if self._keyless is not None or self.schedule.trouble is Trouble.KEY:
            await self.connection.renew()
            self._keyless = None
            if LIST not in self.schedule:
                await self._check_key()
        self.schedule.hurry(keys or self.schedule.followed(), self._clock.monotonic())
        self._wake()

    async def sync(self) -> tuple[int | None, list[DivewatchError]]:
        """Read the whole list, then poll every unfinished task once.

        Returns how many tasks the list has, None where it could not be read, and what failed.
        """
        self.discovery.whole, self.discovery.seen = True, 0
        if (why := self.account.provider.info.missing.get(Capability.LIST)) is not None:
            self._state.log("list", why, provider=self.account.key)
            errors, seen = await self._check_key(), None
        else:
            errors = await self.ask_now([LIST])
            seen = None if errors else self.discovery.seen
        if not any(_ends_sync(error) for error in errors):
            errors += await self.ask_now([key for key in self.schedule.followed() if key not in _ACCOUNT_POLLS])
        return seen, errors

    @property
    def keyless(self) -> bool:
        """Whether the last attempt found no key for this account."""
        return self._keyless is not None

    def sent_by(self, sender: str) -> None:
        """Set who sends what is queued for this account, if there is no key here; "" for nobody."""
        if self._keyless is not None and sender != self._sender:
            self._sender = sender
            self.show_link()

    def allow(self, *, lease: bool | None = None, running: bool | None = None) -> None:
        """Set whether this process has the lease, and whether polling is not paused: both are needed to poll."""
        self._allowed = self._allowed if lease is None else lease
        self._running = self._running if running is None else running
        paused, now = not (self._allowed and self._running), self._clock.monotonic()
        if paused and not self.schedule.paused:
            self._paused_at = now
        elif self.schedule.paused and not paused and now - self._paused_at > SLEPT:
            self.schedule.spread(now)
        self.schedule.paused = paused
        self.show_link()
        self._wake()

    # -- the loop -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Poll until cancelled; cancellation does not touch requests under way."""
        if LIST not in self.schedule or self._pipeline.archive.queue is not None:  # who asks may be another process
            await self._check_key()
        while True:
            now = self._clock.monotonic()
            while self._keyless is None and (key := self.schedule.take(now)) is not None:
                ask = asyncio.get_running_loop().create_task(self._ask(key), name=f"ask:{self.account.key}:{key}")
                self._asks.add(ask)
                ask.add_done_callback(self._asks.discard)
            when = None if self._keyless is not None else self.schedule.when(now)
            await self._sleep(now, when)

    async def _sleep(self, now: float, until: float | None) -> None:
        self._poke.clear()
        delay = None if until is None else max(0.0, until - now)
        try:
            async with asyncio.timeout(delay):
                await self._poke.wait()
        except TimeoutError:
            woke = self._clock.monotonic()
            if until is not None and woke - until > SLEPT:
                self._state.log("poll", f"slept {woke - until:.0f} s: catching up", provider=self.account.key)
                self.schedule.spread(woke)

    async def _ask(self, key: str) -> None:
        began = self._waiting.begin(key)
        try:
            if self.schedule.trouble is Trouble.KEY:
                await self.connection.renew()
            interval = await self._answer(key)
        except ProviderError as error:
            await self._stumbled(key, error, began)
        except NoKey as error:
            self.schedule.answered(key, self._clock.monotonic())
            self._no_key(error)
        except Exception as error:  # noqa: BLE001 - our own mistake costs one question, is said, and is asked again
            self._state.log("problem", f"{type(error).__name__} while asking: {error}", provider=self.account.key)
            await self._stumbled(key, BadAnswer(f"internal error: {type(error).__name__}"), began)
        else:
            self.schedule.answered(key, self._clock.monotonic(), interval=interval)
            self._error = self._error if self.schedule.trouble else None
            self._waiting.end(key)
            if interval is None:
                self.forget(key)
            self.show_link(answered=True)
        self._wake()

    async def _answer(self, key: str) -> float | None:
        """Poll one due key; returns the seconds until it is due again, None for never."""
        if key == LIST:
            self.follow(await self.discovery.walk(self._pace))
            return LIST_EVERY
        if key == BALANCE:
            balance = await self.connection.ask(lambda client: client.account())
            state = self._state.state(self.account.key)
            self._state.set_state(replace(state, balance=balance))
            return BALANCE_EVERY
        return await self._poll(key)

    async def _poll(self, task_id: str) -> float | None:
        task = self._state.store.get(task_id)
        if task is None or (remote_id := task.remote_id) is None:
            return None
        watch = await self._watches.of(task)
        etag = watch.mark.etag if watch.mark else None
        before = {} if watch.previous is None else {"previous": watch.previous}
        answer = await self.connection.ask(lambda client: client.fetch(remote_id, etag=etag, **before))
        if self._state.store.get(task_id) is None:
            return None  # deleted here while it was asked about
        task = await self._pipeline.receive(task_id, answer, self.connection.reader, watch)
        keeps = self.account.provider.info.retention
        if keeps is not None and task.finished_at is not None and task.status.is_final and task.expires_at is None:
            task = replace(task, expires_at=task.finished_at + keeps.keeps)
            await self._pipeline.show(task)
        if answer.trouble is not None:
            raise answer.trouble  # what was got is saved; the rest is asked for again, later
        return await self._next(task, watch, answer)

    async def _take_whole(self, task_id: str, answer: Response) -> None:
        """Ingest a complete task of the list, which needs no request of its own."""
        known = self._state.store.get(task_id)
        if known is None:
            return  # deleted here meanwhile
        watch = await self._watches.of(known)
        try:
            task = await self._pipeline.receive(task_id, answer, self.connection.reader, watch)
        except BadAnswer:
            return  # said on the task, which is asked about
        again = await self._next(task, watch, answer)
        if again is None:
            self.forget(task_id)
        else:  # its report is still to come, or could not be saved
            self.schedule.add(task_id, self._clock.monotonic(), interval=again, delay=again)

    async def _next(self, task: Task, watch: Watch, answer: Response) -> float | None:
        steady = self.account.provider.info.cadence.steady
        if not task.status.is_final:
            told = answer.retry_after
            return self._interval(task) if told is None else min(max(told, RETRY_AFTER[0]), RETRY_AFTER[1])
        if self._clock.monotonic() < watch.edited_until or self._pipeline.is_lost(task):
            return steady
        if task.status not in _ENDED or task.has_report or self._pipeline.goes_on(task):
            return None
        watch.asked += 1
        if watch.asked <= ASK_AGAIN:
            return steady
        await self._pipeline.show(warned(task, NO_REPORT, ""))
        return None

    async def _pace(self) -> None:
        """Wait for a token of the account's rate, for the further requests of one poll."""
        now = self._clock.monotonic()
        await asyncio.sleep(max(0.0, self.schedule.reserve(now) - now))

    # -- trouble ------------------------------------------------------------------------------------------------------

    async def _stumbled(self, key: str, error: ProviderError, began: int) -> None:
        is_news = self.schedule.stumbled(key, self._clock.monotonic(), error)
        task = self._state.store.get(key)
        said = explain(error, self.connection.info)
        self._state.log("problem", said, task_id=task.id if task else None, provider=self.account.key)
        refusal = isinstance(error, Refused) and not isinstance(error, BadKey)
        if task is not None and refusal:
            await self._refused(task, error)
        elif is_news and (self.schedule.trouble is not None or (key != BALANCE and not isinstance(error, BadAnswer))):
            self._error = error
        self._waiting.end(key, error)
        if self.schedule.trouble is not None and (began == self._waiting.latest or self.schedule.is_held):
            self._waiting.give_up(error)
        elif self.schedule.trouble is not None:  # those who asked meanwhile may still have a better answer
            self.schedule.hurry(self._waiting.keys(), self._clock.monotonic())
        self.show_link(answered=refusal)

    async def _refused(self, task: Task, error: ProviderError) -> None:
        watch = self._watches.missed(task.id)
        watch.misses = watch.misses + 1 if isinstance(error, Gone) else 0
        task = refused(task, error, watch.misses)
        await self._pipeline.show(task)
        if task.status.is_final:
            self.forget(task.id)

    async def _check_key(self) -> list[DivewatchError]:
        """Check that there is a key, for a provider without a list endpoint."""
        try:
            await self.connection.open()
        except NoKey as error:
            self._no_key(error)
            return [error]
        self._keyless, self._unlisted_ready = None, LIST not in self.schedule
        self.show_link()
        return []

    def _no_key(self, error: NoKey) -> None:
        self._keyless = error
        self._waiting.give_up(error)
        self.show_link()

    def show_link(self, *, answered: bool = False) -> None:
        """Publish the state of the connection to the account."""
        state = self._state.state(self.account.key)
        link, message = self._link(state.link, answered)
        next_try = None
        if link in {ConnectionState.RATE_LIMITED, ConnectionState.OFFLINE, ConnectionState.BAD_KEY}:
            now = self._clock.monotonic()
            when = self.schedule.next_try(now)
            next_try = None if when is None else self._clock.now() + timedelta(seconds=round(when - now))
        self._state.set_state(
            replace(
                state,
                link=link,
                message=redact_text(message),
                sender=self._sender if self._keyless is not None else "",
                next_try=next_try,
                last_ok=self._clock.now() if answered else state.last_ok,
                active=len(self.schedule) - sum(key in self.schedule for key in _ACCOUNT_POLLS),
            )
        )

    def _link(self, before: ConnectionState, answered: bool) -> tuple[ConnectionState, str]:
        if self._keyless is not None and self._sender:
            return ConnectionState.ELSEWHERE, f"no key here: asked, and started for you, by {self._sender}"
        if self._keyless is not None and self._pipeline.archive.queue is not None:
            return ConnectionState.NO_KEY, f"no key here, and nobody who has it is there now: {NOBODY_SENDS}"
        if self._keyless is not None:
            hint = f"; {self._keyless.hint}" if self._keyless.hint else ""
            return ConnectionState.NO_KEY, f"{self._keyless.message}{hint}"
        if self._error is not None:
            link = _LINK_OF.get(self.schedule.trouble, ConnectionState.OFFLINE)
            return link, explain(self._error, self.connection.info)
        if not self._running:
            return ConnectionState.PAUSED, "paused: asks only when told to"
        if self._state.condition.away is not None:
            return ConnectionState.ELSEWHERE, "not asked: the archive server cannot be reached"
        if holder := self._state.condition.asks_elsewhere:
            return ConnectionState.ELSEWHERE, f"another divewatch asks: {holder}"
        if refused := self._state.condition.may_not_ask:
            return ConnectionState.ELSEWHERE, f"not asked: {refused}"
        asked = before not in {ConnectionState.STARTING, ConnectionState.NO_KEY, ConnectionState.ELSEWHERE}
        return (ConnectionState.OK, "") if answered or asked or self._unlisted_ready else (ConnectionState.STARTING, "")

    # -- small things -------------------------------------------------------------------------------------------------

    def _interval(self, task: Task) -> float:
        now = self._clock.monotonic()
        age = YOUNG - max(0.0, self._young_until.get(task.id, now) - now)
        return interval_of(task, self.account.provider.info.cadence, age)

    def _wake(self) -> None:
        self._poke.set()


def _worth_asking(task: Task) -> bool:
    return not task.status.is_final or (task.status in _ENDED and not task.has_report)


def _ends_sync(error: DivewatchError) -> bool:
    """Whether an error of the list request would fail the requests for single tasks, too."""
    return isinstance(error, BadKey) or not isinstance(error, BadAnswer | Refused)
