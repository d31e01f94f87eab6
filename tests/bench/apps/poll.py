"""Asks for many tasks, over and over: by the engine with a real archive, or by httpx and json; prints figures.

Bare httpx and json save nothing; `saved` has them commit each answer, and nothing else: what durability alone costs.

Rounds: everything new; unchanged with ETags; unchanged without (`plain`: what a service without ETags costs).
"""

import asyncio
import json
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from tui.domain.secret import Secret
from tui.domain.task import Task, TaskStatus
from tui.engine.archive import Archive
from tui.engine.polling.connection import ServiceAccount
from tui.engine.runtime import Runtime
from tui.providers.protocol import ClientSettings, Provider
from tui.providers.registry import load

AT_ONCE = 4


def cpu() -> float:
    """Return CPU milliseconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1000


async def bare(
    base: str, key: str, ids: list[str], rounds: int, save: Callable[[str, bytes], object] = lambda one, body: None
) -> list[float]:
    """Return CPU milliseconds of each round with httpx and json alone, and `save` if given."""
    took = []
    async with httpx.AsyncClient(headers={"x-api-key": key}) as client:
        for _ in range(rounds):
            began, left = cpu(), iter(ids)

            async def work(left: Any = left) -> None:
                for one in left:
                    answer = await client.get(f"{base}/v1/deepresearch/tasks/{one}/status")
                    answer.raise_for_status()
                    json.loads(answer.content)
                    save(one, answer.content)

            await asyncio.gather(*(work() for _ in range(AT_ONCE)))
            took.append(cpu() - began)
    return took


async def saved(base: str, key: str, ids: list[str], rounds: int) -> list[float]:
    """Return CPU milliseconds of each round with httpx, json and one durable transaction for each answer."""
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(Path(folder) / "answers.db", isolation_level=None)
        db.execute("PRAGMA journal_mode=wal")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE answer (id TEXT PRIMARY KEY, body BLOB NOT NULL)")
        took = await bare(
            base, key, ids, rounds, lambda one, body: db.execute("REPLACE INTO answer VALUES (?, ?)", (one, body))
        )
        db.close()
        return took


class Fast:
    """The provider without its limit of requests a second."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.info = replace(provider.info, requests_per_second=1e6)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)


def ours(base: str, key: str, ids: list[str], rounds: int) -> dict[str, Any]:
    """Return CPU milliseconds of each round by the engine, and how often it parsed an answer."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive.open(Path(folder) / "archive.db")
        known = [Task(f"t{n}", "valyu", remote_id=one, status=TaskStatus.RUNNING) for n, one in enumerate(ids)]
        archive.put_tasks(known).result()
        account = ServiceAccount(Fast(load("valyu")), lambda: ClientSettings(base, Secret(key), "default", None))
        engine = Runtime(archive, [account], watch=False)
        engine.start()
        worker = next(iter(engine._core.workers.values()))
        parses = _counted(type(worker.connection.reader), "read_task")
        took, parsed = [], []
        for _ in range(rounds):
            began, before = cpu(), parses()
            engine._submit(partial(worker.ask_now, [task.id for task in known])).result()
            took.append(cpu() - began)
            parsed.append(parses() - before)
        engine.close()
        archive.close(30)
    return {"took": took, "parsed": parsed}


def _counted(owner: Any, name: str) -> Callable[[], int]:
    """Return what counts the calls of a method from now on: by hand, for a mock takes 30 us a call."""
    real, calls = getattr(owner, name), 0

    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        return real(*args, **kwargs)

    setattr(owner, name, counted)
    return lambda: calls


def main() -> None:
    """Run as `who base key rounds ids...` and print JSON."""
    who, base, key, rounds = sys.argv[1:5]
    ids = json.loads(sys.stdin.read())
    if who == "ours":
        print(json.dumps(ours(base, key, ids, int(rounds))))
    else:
        program = {"bare": bare, "saved": saved}[who]
        print(json.dumps({"took": asyncio.run(program(base, key, ids, int(rounds)))}))


if __name__ == "__main__":
    main()
