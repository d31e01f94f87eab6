"""Runs the fault matrix and prints it: `python -m tests.robust.matrix [NAME ...]`."""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.robust.behaviours import ROWS, Create, Kind, Row
from tests.robust.world import EPOCH, KEYS, NAMES, Front, World, world
from tui.domain.capability import ConnectionState
from tui.domain.errors import DivewatchError
from tui.domain.provider import Draft
from tui.domain.task import Task
from tui.domain.text import unsafe_characters
from tui.engine.ingest.merge import UNKNOWN_OUTCOME
from tui.engine.polling.schedule import RETRY_AFTER, SLOWEST
from tui.ui.text.formatting import link_text

MODES = {"extruct": "medium", "yutori": "fast", "valyu": "fast"}


@dataclass
class Cell:
    """What happened to one provider under one behaviour."""

    row: Row
    provider: str
    wrong: list[str] = field(default_factory=list)
    asked: int = 0  # requests while the fault lasted
    back_after: float = 0.0  # simulated seconds from the end of the fault to the next good answer
    helped: bool = False  # the person pressed `r`
    creates: int = 0  # requests that would create something
    said: str = ""

    def check(self, holds: bool, what: str) -> None:
        """Note `what` if it does not hold."""
        if not holds:
            self.wrong.append(what)


@dataclass
class _Before:
    """What was known when the fault began."""

    rows: dict[str, Task]
    report: str
    polls: dict[str, int]
    links: list[tuple[str, ConnectionState]]
    at: float


def run_row(row: Row, folder: Path, names: Sequence[str] = NAMES) -> list[Cell]:
    """Let one behaviour strike each provider in turn, in one world; returns what happened."""
    with world(folder / "archive.db") as tell:
        return tell(lambda made: _story(made, row, names))


async def _story(made: World, row: Row, names: Sequence[str]) -> list[Cell]:
    running, done = _populate(made)
    await made.pass_time(20)
    await made.until(lambda: made.knows([*running.values(), *done.values()]) and _reported(made, done), 120)
    cells = []
    stranger = Front()
    server = await asyncio.start_server(stranger.handle, "127.0.0.1", 0)
    elsewhere = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for name in names:
        made.fronts[name].elsewhere = elsewhere
        cells.append(await _strike(made, row, name, running, done))
        cells[-1].check(not stranger.seen, "another origin was asked")
    server.close()
    return cells


def _reported(made: World, done: dict[str, str]) -> bool:
    """Whether the report of every finished task is here: a list names a task before its report is fetched."""
    finished = [task for task in made.runtime.tasks().values() if task.remote_id in done.values()]
    return all(task.has_report for task in finished)


def _populate(made: World) -> tuple[dict[str, str], dict[str, str]]:
    """Give every service a task that runs all the time, and a finished one."""
    extruct, yutori, valyu = made.simulation.extruct, made.simulation.yutori, made.simulation.valyu
    running = {
        "extruct": extruct.begin("Who makes turbine bearings?", "high", None, age=300).id,
        "yutori": yutori.begin("What changed in the rules?", "deep", None, age=100).id,
        "valyu": valyu.begin("How do heavy jobs end?", {"mode": "max"}, age=100).id,
    }
    done = {
        "extruct": extruct.begin("Who sold valves?", "medium", None, age=86_400).id,
        "yutori": yutori.begin("What was said?", "fast", None, script="markdown", age=86_400).id,
        "valyu": valyu.begin("What is known?", {"mode": "fast"}, age=86_400).id,
    }
    made.simulation.faults.switch_on("frozen")  # what runs, runs for ever
    return running, done


async def _strike(made: World, row: Row, name: str, running: dict[str, str], done: dict[str, str]) -> Cell:
    cell, front = Cell(row, name), made.fronts[name]
    with _links_noted(made) as links:
        report = await _report(made, done[name])
        before = _Before(
            dict(made.runtime.tasks()),
            report,
            {other: made.fronts[other].polls(running[other]) for other in made.fronts},
            links,
            made.loop.time(),
        )
        cell.check(bool(report), "the finished task had no report to begin with")
        asked, posted = len(front.seen), len(front.posts())
        row.strike(front, made.loop)
        creating = asyncio.ensure_future(_create(made, name, row))
        await made.pass_time(row.lasts)
        cell.asked = len(front.seen) - asked
        _during(made, cell, before, running)
        made.heal(front)
        await _recovery(made, cell, running[name])
        cell.creates = len(front.posts()) - posted
    await _after(made, cell, before, done[name])
    await _money(made, cell, creating)
    return cell


async def _create(made: World, name: str, row: Row) -> Task | DivewatchError:
    draft = Draft(f"Which suppliers survive {row.name.replace('_', ' ')} at {name}?", MODES[name])
    try:
        return await asyncio.wrap_future(made.runtime.create(name, draft))
    except DivewatchError as error:
        return error


def _during(made: World, cell: Cell, before: _Before, running: dict[str, str]) -> None:
    state = made.runtime.providers()[cell.provider]
    cell.said = made.said(cell.provider)
    cell.check(before.rows.keys() <= made.runtime.tasks().keys(), "a task is gone")
    for task_id, was in before.rows.items():
        if was.provider != cell.provider:
            continue
        now = made.runtime.task(task_id)
        same = now is not None and (now.status, now.has_report) == (was.status, was.has_report)
        cell.check(same, f"a task changed: {was.status} -> {now.status if now else None}")
    cell.check(not cell.row.says or any(word in cell.said for word in cell.row.says), f"it said {cell.said!r}")
    cell.check(not unsafe_characters(cell.said.replace("\n", "")), "a control character in what is said")
    cell.check(not any(key in cell.said for key in KEYS.values()), "a key in what is said")
    expected = {
        Kind.WAY: {ConnectionState.OFFLINE},
        Kind.LIMIT: {ConnectionState.RATE_LIMITED},
        Kind.KEY: {ConnectionState.BAD_KEY},
        Kind.ANSWER: {ConnectionState.OK, ConnectionState.OFFLINE},
        Kind.TASK: {ConnectionState.OK, ConnectionState.OFFLINE},
        Kind.NONE: {ConnectionState.OK},
    }[cell.row.kind]
    cell.check(state.link in expected, f"the strip says {state.link}")
    told = link_text(state, EPOCH + timedelta(seconds=made.loop.time()))
    waits = (
        state.link not in {ConnectionState.OFFLINE, ConnectionState.RATE_LIMITED, ConnectionState.BAD_KEY}
        or "next try" in told
        or _asking(made)
    )
    cell.check(waits, f"the strip does not say when it tries again: {told}")
    for other, front in made.fronts.items():
        if other == cell.provider:
            continue
        cadence = front.info.cadence
        polls = front.polls(running[other]) - before.polls[other]
        least = int(cell.row.lasts / (max(cadence.steady, cadence.idle) * 1.1)) - 1
        cell.check(polls >= least, f"{other} was asked only {polls} times")
    sick = {key for key, link in before.links if link not in {ConnectionState.OK, ConnectionState.STARTING}}
    cell.check(sick <= {cell.provider}, f"others suffered: {sick}")


def _asking(made: World) -> bool:
    """Whether a request is under way right now, so that there is no time of the next try to show."""
    return any(task.get_name().startswith("ask:") for task in asyncio.all_tasks(made.loop))


async def _recovery(made: World, cell: Cell, remote_id: str) -> None:
    front, began = made.fronts[cell.provider], made.loop.time()
    polls = front.polls(remote_id)
    cell.helped = cell.row.kind in {Kind.KEY, Kind.TASK}
    if cell.helped:
        made.runtime.refresh()
    cadence = front.info.cadence
    most = max(SLOWEST, cadence.idle) * 1.1 + cadence.steady
    if cell.row.kind is Kind.LIMIT:
        most = RETRY_AFTER[1] + 60
    if cell.helped:
        most = cadence.steady

    def back() -> bool:
        state = made.runtime.providers()[cell.provider]
        fresh = state.last_ok is not None and state.last_ok >= EPOCH + timedelta(seconds=began)
        asked = front.polls(remote_id) > polls  # its answer may still be on its way: the warning goes with it
        return state.link is ConnectionState.OK and fresh and asked and not _passing(made.task(remote_id))

    try:
        cell.back_after = await made.until(back, most)
    except AssertionError:
        state = made.runtime.providers()[cell.provider]
        cell.check(False, f"not back within {most:.0f} s: {state.link} {state.message} next {state.next_try}")


async def _after(made: World, cell: Cell, before: _Before, done: str) -> None:
    cell.check(await _report(made, done) == before.report, "a saved report changed")
    kept = {task.id for task in made.archive.load_tasks()}
    cell.check(before.rows.keys() <= kept, "a task is gone from the archive")
    cell.check(set(made.runtime.tasks()) == kept, "archive and screen differ")
    for task_id in before.rows:
        now = made.runtime.task(task_id)
        passing = _passing(now) if now else []
        cell.check(not passing, f"a warning stayed: {passing}")


def _passing(task: Task) -> list[str]:
    """The warnings that go with the next good answer."""
    return [note for note in task.warnings if "not found" in note or "not allowed" in note]


async def _money(made: World, cell: Cell, creating: "asyncio.Future[Task | DivewatchError]") -> None:
    """Exactly one request, at most one task, one row; an orphan finds its task when the list shows it."""
    result = await creating
    prompt = f"Which suppliers survive {cell.row.name.replace('_', ' ')} at {cell.provider}?"
    service = getattr(made.simulation, cell.provider)
    there = [task for task in service.tasks if task.prompt == prompt]
    nothing = cell.row.create_at(cell.provider) is Create.NOTHING
    allowed = 2 if cell.row.kind is Kind.LIMIT and nothing else 1
    cell.check(cell.creates <= allowed, f"{cell.creates} requests to create")
    cell.check(len(there) <= 1, f"{len(there)} tasks created")

    def rows() -> list[Task]:
        return [task for task in made.runtime.tasks().values() if task.prompt == prompt]

    if there:
        made.runtime.refresh()
        try:
            await made.until(lambda: any(row.remote_id == there[0].id for row in rows()), 60.0)
        except AssertionError:
            cell.check(False, f"the created task was not found again: {rows()}")
    cell.check(len(rows()) == 1, f"{len(rows())} rows for one create: {[row.warnings for row in rows()]}")
    if isinstance(result, Task) and result.remote_id is None and not there:
        explained = any(note.startswith(UNKNOWN_OUTCOME) for note in rows()[0].warnings)
        cell.check(explained, "the orphan is not explained")


async def _report(made: World, remote_id: str) -> str:
    detail = await asyncio.wrap_future(made.runtime.detail(made.task(remote_id).id))
    return detail.report.text if detail and detail.report else ""


@contextmanager
def _links_noted(made: World) -> Iterator[list[tuple[str, ConnectionState]]]:
    """Note every state any account has in this block."""
    noted: list[tuple[str, ConnectionState]] = []
    stop = made.runtime.subscribe(
        lambda _: noted.extend((key, state.link) for key, state in made.runtime.providers().items())
    )
    try:
        yield noted
    finally:
        stop()


def main(names: Sequence[str]) -> int:
    """Run every row (or those named) and print the table."""
    rows = [row for row in ROWS if not names or row.name in names]
    began, bad, cells = time.monotonic(), 0, 0
    print(f"{'behaviour':<28}{'provider':<10}{'asked':>6}{'creates':>8}{'back after':>12}  outcome")
    for row in rows:
        with tempfile.TemporaryDirectory() as folder:
            for cell in run_row(row, Path(folder)):
                cells += 1
                bad += bool(cell.wrong)
                back = f"{cell.back_after:.0f} s{' (r)' if cell.helped else ''}"
                outcome = "; ".join(cell.wrong) or f"ok: {' '.join(cell.said.split())[:70]}"
                print(f"{row.name:<28}{cell.provider:<10}{cell.asked:>6}{cell.creates:>8}{back:>12}  {outcome}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    took = time.monotonic() - began
    print(f"\n{len(rows)} behaviours x {len(NAMES)} providers = {cells} cells, {bad} wrong; {took:.0f} s, {memory} MiB")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
