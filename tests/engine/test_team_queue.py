"""People without a key start tasks through a process that has it: simulator, PostgreSQL, engines, real sockets."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from tests.engine.sockets import WAIT, Events, Fast, accounts
from tests.postgres import Server
from tui.domain.actions import Cancel, FollowUp, RespondJson, Share, Steer
from tui.domain.budget import Budget, Limits
from tui.domain.capability import ConnectionState
from tui.domain.errors import DivewatchError, ProviderError, UsageError
from tui.domain.provider import Draft
from tui.domain.task import IN_QUEUE, Cost, CostKind, Task, TaskStatus
from tui.engine.api import BatchPlan
from tui.engine.archive import Archive
from tui.engine.commands import queue_action, serve_queue
from tui.engine.commands.queue_up import BEING_SENT
from tui.engine.ingest.merge import UNKNOWN_OUTCOME
from tui.engine.polling.connection import NoKey, ServiceAccount
from tui.engine.runtime import Runtime
from tui.providers.protocol import ClientSettings, Provider
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator

BRIEF = Draft("How did the railway reach the coast?", "fast")


@dataclass
class Process:
    """One process on the archive."""

    archive: Archive
    engine: Runtime
    events: Events

    def until(self, condition: Callable[[], bool]) -> None:
        self.events.until(condition)

    def task(self, task_id: str) -> Task:
        task = self.engine.task(task_id)
        assert task is not None
        return task


Start = Callable[..., Process]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(clock=ManualClock()) as started:
        yield started


@pytest.fixture
def start(server: Server, simulator: Simulator) -> Iterator[Start]:
    """Starts processes on one archive, with the keys or without."""
    url, open_ones = server.url(), list[Process]()

    def start(
        *,
        keys: bool,
        names: Sequence[str] = ("valyu",),
        budget: Callable[[], Budget] = Budget,
        provider: Provider | None = None,
    ) -> Process:
        every = accounts(simulator, names, cadence=0.2)
        every = every if keys else [_keyless(one) for one in every]
        every = [replace(one, provider=provider) for one in every] if provider else every
        archive = Archive.open(url)
        engine = Runtime(archive, every, watch=True, budget=budget)
        process = Process(archive, engine, Events(engine))
        engine.start()
        open_ones.append(process)
        return process

    yield start
    for process in reversed(open_ones):
        process.engine.close()
        process.archive.close()


def _keyless(account: ServiceAccount) -> ServiceAccount:
    address = account.settings().base_url
    return replace(account, settings=lambda: ClientSettings(address, None))


def sender_of(process: Process, key: str = "valyu") -> str:
    return process.engine.providers()[key].sender


def sent_for(asker: Process) -> Task:
    """Return a task of `asker`, who has no key, once another process has sent it."""
    asker.until(lambda: sender_of(asker) != "")
    task = asker.engine.create("valyu", BRIEF).result(WAIT)
    asker.until(lambda: asker.task(task.id).remote_id is not None)
    return task


def leave(process: Process) -> None:
    """End the engine and the archive of a process."""
    process.engine.close()
    process.archive.close()


def created(simulator: Simulator) -> int:
    return len(simulator.creates())


def test_a_task_of_somebody_without_a_key_is_sent_once_by_who_has_it_and_seen_running(
    start: Start, simulator: Simulator
) -> None:
    server, asker = start(keys=True), start(keys=False)
    asker.until(lambda: sender_of(asker) != "")
    state = asker.engine.providers()["valyu"]
    assert state.link is ConnectionState.ELSEWHERE
    assert "no key here" in state.message
    task = asker.engine.create("valyu", BRIEF).result(WAIT)
    assert (task.status, task.provider_status, task.remote_id) == (TaskStatus.QUEUED, IN_QUEUE, None)
    asker.until(lambda: asker.task(task.id).remote_id is not None)
    assert created(simulator) == 1
    seen = asker.task(task.id)
    assert (seen.prompt, seen.mode) == (BRIEF.prompt, BRIEF.mode)
    assert not [note for note in seen.warnings if note.startswith(UNKNOWN_OUTCOME)]
    server.until(lambda: task.id in server.engine.tasks() and server.task(task.id).remote_id == seen.remote_id)
    assert asker.archive.annotations.people(task.id).started
    assert asker.archive.draft(task.id) == BRIEF


def test_several_at_once_and_one_yes_twice_are_each_sent_once(start: Start, simulator: Simulator) -> None:
    start(keys=True)
    askers = [start(keys=False), start(keys=False)]
    made = []
    for number, asker in enumerate(askers):
        asker.until(lambda asker=asker: sender_of(asker) != "")  # type: ignore[misc]
        for turn in range(3):
            draft = replace(BRIEF, prompt=f"{BRIEF.prompt} {number}.{turn}")
            both = [asker.engine.create("valyu", draft, confirmation=f"{number}.{turn}") for _ in range(2)]
            assert both[0].result(WAIT) == both[1].result(WAIT)
            made.append((asker, both[0].result(WAIT).id))
    for asker, task_id in made:
        asker.until(lambda asker=asker, task_id=task_id: asker.task(task_id).remote_id is not None)  # type: ignore[misc]
    assert created(simulator) == len(made) == len({asker.task(task_id).remote_id for asker, task_id in made})


def test_without_anybody_who_has_the_key_it_says_so_and_what_to_do(start: Start, simulator: Simulator) -> None:
    asker = start(keys=False)
    with pytest.raises(NoKey, match="nobody on this archive has it now") as caught:
        asker.engine.create("valyu", BRIEF).result(WAIT)
    assert "VALYU_API_KEY" in caught.value.message + caught.value.hint
    assert "divewatch watch" in caught.value.hint
    assert not asker.engine.tasks()
    assert created(simulator) == 0


def test_a_holder_of_the_key_who_went_away_is_no_sender_any_more(start: Start) -> None:
    server, asker = start(keys=True), start(keys=False)
    asker.until(lambda: sender_of(asker) != "")
    leave(server)
    asker.until(lambda: sender_of(asker) == "")
    state = asker.engine.providers()["valyu"]
    assert state.link is ConnectionState.NO_KEY
    assert "divewatch watch" in state.message


def test_what_waits_is_served_by_the_next_process_with_the_key_and_may_be_taken_back(
    start: Start, simulator: Simulator
) -> None:
    with _held("valyu", start):
        asker = start(keys=False)
        first, second = (
            asker.engine.create("valyu", replace(BRIEF, prompt=text)).result(WAIT) for text in ("a b", "c d")
        )
        outcome = asker.engine.act(first.id, Cancel()).result(WAIT)
        assert "never sent" in outcome.message
        gone = asker.task(first.id)
        assert (gone.status, gone.provider_status, gone.cost) == (TaskStatus.CANCELLED, "not sent", Cost())
    start(keys=True)
    asker.until(lambda: asker.task(second.id).remote_id is not None)
    assert asker.task(first.id).status is TaskStatus.CANCELLED
    assert created(simulator) == 1


@contextmanager
def _held(account: str, start: Start) -> Iterator[None]:
    """Somebody polls the account, who takes nothing out of the queue."""
    holder = start(keys=False, names=()).archive
    assert holder.take_lease(account)
    yield
    holder.release_lease()


def test_a_lost_answer_is_unsure_for_everybody_and_never_sent_again(start: Start, simulator: Simulator) -> None:
    start(keys=True)
    asker = start(keys=False)
    asker.until(lambda: sender_of(asker) != "")
    simulator.faults.switch_on("create-lost", method="POST")
    task = asker.engine.create("valyu", BRIEF).result(WAIT)
    asker.until(lambda: asker.task(task.id).provider_status != IN_QUEUE)
    asker.until(lambda: asker.task(task.id).remote_id is not None)  # its list has it
    assert created(simulator) == 1


def test_a_task_that_waited_for_hours_is_found_in_the_list_where_its_answer_is_lost(
    start: Start, simulator: Simulator
) -> None:
    with _held("valyu", start):
        asker = start(keys=False)
        task = asker.engine.create("valyu", BRIEF).result(WAIT)
        early = replace(task, created_at=task.created_at - timedelta(hours=3)) if task.created_at else task
        asker.archive.put_tasks([early]).result(WAIT)
    simulator.faults.switch_on("create-lost", method="POST")
    server = start(keys=True)
    server.until(lambda: server.task(task.id).remote_id is not None)
    assert created(simulator) == len(server.engine.tasks()) == 1


def test_a_sender_that_dies_while_it_sends_leaves_an_unsure_task_that_nobody_sends_again(
    start: Start, simulator: Simulator
) -> None:
    with _held("valyu", start):
        asker = start(keys=False)
        first, second = (
            asker.engine.create("valyu", replace(BRIEF, prompt=text)).result(WAIT) for text in ("a b", "c d")
        )
    dying = start(keys=False, names=()).archive
    assert dying.take_lease("valyu")
    assert dying.queue is not None
    being_sent = replace(first, status=TaskStatus.UNKNOWN, provider_status="", warnings=(BEING_SENT,))
    assert dying.queue.take("valyu", "its attempt", lambda row: being_sent).result(WAIT)
    dying.close()  # and with it the lease
    server = start(keys=True)
    asker.until(lambda: asker.task(second.id).remote_id is not None)
    assert [one.remote_id for one in (asker.task(first.id), server.task(first.id))] == [None, None]
    assert asker.task(first.id).warnings == (BEING_SENT,)
    assert created(simulator) == 1


def test_what_was_taken_before_this_machine_slept_is_not_sent_when_it_wakes(
    start: Start, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve_queue, "_SAME_ATTEMPT", timedelta(0))
    server, asker = start(keys=True), start(keys=False)
    asker.until(lambda: sender_of(asker) != "")
    task = asker.engine.create("valyu", BRIEF).result(WAIT)
    server.until(lambda: any("taken from the queue long ago" in line.text for line in server.engine.log()))
    asker.until(lambda: asker.task(task.id).warnings == (BEING_SENT,))
    assert created(simulator) == 0


def test_a_create_that_the_service_refuses_says_so_where_it_was_asked_for(start: Start, simulator: Simulator) -> None:
    start(keys=True)
    asker = start(keys=False)
    asker.until(lambda: sender_of(asker) != "")
    simulator.faults.switch_on("402", method="POST")
    task = asker.engine.create("valyu", BRIEF).result(WAIT)
    asker.until(lambda: asker.task(task.id).status is TaskStatus.FAILED)
    assert "not started" in (asker.task(task.id).error or "")
    assert created(simulator) == 1, "asked for once, refused, and not again"


def test_who_sends_keeps_to_its_own_budget(start: Start, simulator: Simulator) -> None:
    price = Fast("valyu", 60).cost_at_most(BRIEF).amount
    budgets = [Budget({"USD": Limits(day=price * 2.5)})]
    start(keys=True, budget=lambda: budgets[-1])
    asker = start(keys=False)
    asker.until(lambda: sender_of(asker) != "")
    tasks = [asker.engine.create("valyu", replace(BRIEF, prompt=f"brief {n}")).result(WAIT) for n in range(3)]
    asker.until(lambda: asker.task(tasks[2].id).status is TaskStatus.FAILED)
    assert "the budget of the process that sends" in (asker.task(tasks[2].id).error or "")
    asker.until(lambda: all(asker.task(one.id).remote_id is not None for one in tasks[:2]))
    assert created(simulator) == 2
    budgets.append(Budget({"USD": Limits(day=price * 3.5)}))  # it was raised meanwhile
    more = asker.engine.create("valyu", replace(BRIEF, prompt="brief 4")).result(WAIT)
    asker.until(lambda: asker.task(more.id).remote_id is not None)


def test_it_is_not_sent_where_it_costs_more_than_what_was_agreed_to(start: Start, simulator: Simulator) -> None:
    class Dearer(Fast):
        def cost_at_most(self, draft: Draft) -> Cost:
            return Cost(99.0, "USD", CostKind.PRICE_LIST)

    start(keys=True, provider=Dearer("valyu", 60))
    asker = start(keys=False)
    asker.until(lambda: sender_of(asker) != "")
    task = asker.engine.create("valyu", BRIEF).result(WAIT)
    asker.until(lambda: asker.task(task.id).status is TaskStatus.FAILED)
    assert "$99.00 here, but the yes was to" in (asker.task(task.id).error or "")
    assert created(simulator) == 0


def test_an_option_that_holds_a_credential_does_not_go_into_the_archive(start: Start) -> None:
    start(keys=True)
    asker = start(keys=False)
    asker.until(lambda: sender_of(asker) != "")
    draft = replace(BRIEF, options={"mcp": {"headers": {"X-Any": "abc"}}})
    with pytest.raises(UsageError) as caught:
        asker.engine.create("valyu", draft).result(WAIT)
    assert not asker.engine.tasks(), caught.value


def test_an_answer_that_holds_a_credential_does_not_go_into_the_archive(start: Start, simulator: Simulator) -> None:
    start(keys=True)
    asker = start(keys=False)
    asker.until(lambda: sender_of(asker) != "")
    task = asker.engine.create("valyu", BRIEF).result(WAIT)
    asker.until(lambda: asker.task(task.id).remote_id is not None)
    for answer in (RespondJson("q", {"login": {"password": "abc"}}), RespondJson("q", [{"api_key": "abc"}])):
        with pytest.raises(UsageError, match="holds a key or password"):
            asker.engine.act(task.id, answer).result(WAIT)
    assert [one.path for one in simulator.requests if one.method == "POST" and "tasks" not in one.path] == []


def test_a_batch_goes_through_the_queue_as_one(start: Start, simulator: Simulator) -> None:
    start(keys=True)
    asker = start(keys=False)
    asker.until(lambda: sender_of(asker) != "")
    tasks = asker.engine.batch("valyu", BatchPlan(("one brief", "another brief"), "fast", "Monday")).result(WAIT)
    assert all(task.provider_status == IN_QUEUE for task in tasks)
    asker.until(lambda: all(asker.task(task.id).remote_id is not None for task in tasks))
    assert len({asker.task(task.id).batch_id for task in tasks}) == 1


def test_the_same_brief_to_several_services_waits_for_each_of_them(start: Start, simulator: Simulator) -> None:
    start(keys=True, names=("valyu", "yutori"))
    asker = start(keys=False, names=("valyu", "yutori"))
    asker.until(lambda: all(sender_of(asker, key) for key in ("valyu", "yutori")))
    made = [asker.engine.create(key, BRIEF, group="set").result(WAIT) for key in ("valyu", "yutori")]
    asker.until(lambda: all(asker.task(task.id).remote_id is not None for task in made))
    assert {asker.task(task.id).group_id for task in made} == {"set"}
    assert created(simulator) == 2


def test_instructions_answers_and_cancelling_go_through_who_has_the_key_once(
    start: Start, simulator: Simulator
) -> None:
    start(keys=True)
    asker = start(keys=False)
    task = sent_for(asker)
    assert asker.engine.act(task.id, Steer("hurry, Zoë")).result(WAIT).message
    assert asker.engine.act(task.id, Cancel()).result(WAIT).message
    asker.until(lambda: asker.task(task.id).status is TaskStatus.CANCELLED)
    sent = [one.path.rsplit("/", 1)[-1] for one in simulator.requests if one.method == "POST"]
    assert sent == ["tasks", "update", "cancel"]
    with pytest.raises(DivewatchError) as caught:  # the service refuses, there
        asker.engine.act(task.id, Steer("too late")).result(WAIT)
    assert caught.value.message


def test_an_action_that_nobody_takes_was_not_sent_and_says_so(
    start: Start, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_action, "TIMEOUT", 1.0)
    server, asker = start(keys=True), start(keys=False)
    task = sent_for(asker)
    leave(server)
    asker.until(lambda: sender_of(asker) == "")
    with _held("valyu", start):
        before = len(simulator.requests)
        with pytest.raises(DivewatchError, match="nothing was sent"):
            asker.engine.act(task.id, Steer("hurry")).result(WAIT)
    start(keys=True)
    assert not [one for one in simulator.requests[before:] if one.method == "POST"], "and is not sent later"


def test_an_action_that_was_taken_and_of_which_nothing_is_heard_is_unsure(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_action, "TIMEOUT", 1.0)
    server, asker = start(keys=True), start(keys=False)
    task = sent_for(asker)
    leave(server)
    holder = start(keys=False, names=()).archive
    assert holder.take_lease("valyu")
    assert holder.queue is not None
    coming = asker.engine.act(task.id, Steer("hurry"))
    while holder.queue.take_action("valyu", "its attempt").result(WAIT) is None:
        assert not coming.done()
    with pytest.raises(ProviderError, match="no word") as caught:
        coming.result(WAIT)
    assert caught.value.outcome_unknown
    assert "look before trying again" in caught.value.hint


def test_what_others_do_not_carry_out_needs_the_key_and_says_so(start: Start) -> None:
    start(keys=True)
    asker = start(keys=False)
    task = sent_for(asker)
    with pytest.raises(NoKey, match="this needs the key of valyu, which is not here"):
        asker.engine.act(task.id, Share(public=True)).result(WAIT)
    follow = asker.engine.act(task.id, FollowUp("and then?")).result(WAIT)
    assert follow.successor is not None
    assert follow.successor.provider_status == IN_QUEUE


def test_a_waiting_task_is_no_lost_one(start: Start, simulator: Simulator) -> None:
    """A task started elsewhere with the same prompt is another task: what waits was not sent."""
    with _held("valyu", start):
        asker = start(keys=False)
        task = asker.engine.create("valyu", BRIEF).result(WAIT)
        again = start(keys=False)
        assert again.task(task.id).provider_status == IN_QUEUE
        assert not again.task(task.id).warnings
        assert not again.engine._core.state.store.orphans("valyu", "default")
