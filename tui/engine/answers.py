"""Everything known about one task, read again from its stored answer when somebody looks at it."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from tui.domain.detail import Detail
from tui.domain.errors import BadAnswer, ConfigError, NotFound
from tui.domain.task import Task
from tui.engine.board import Board
from tui.engine.intake import Intake
from tui.engine.keeper import Kept
from tui.engine.merge import UNREADABLE
from tui.engine.poller import Worker
from tui.providers import registry
from tui.providers.base import Reader

LATEST = 16  # details kept; a report that nobody has open is not in memory for long


class Stored(Protocol):
    """An archive, as far as `read_detail` needs one."""

    def task(self, task_id: str) -> Task:
        """Return a task; raises `NotFound`."""

    def current_answer(self, task_id: str) -> Kept | None:
        """Return the answer to show."""


def read_detail(archive: Stored, task_id: str) -> Detail:
    """Return everything the archive knows about a task, without an engine; what cannot be read is said in `problems`.

    Raises:
        NotFound: there is no such task.
    """
    task = archive.task(task_id)
    try:
        reader = registry.load(task.provider).reader()
    except (NotFound, ConfigError) as error:
        return Detail(task, problems=(error.message,))
    return read(task, archive.current_answer(task_id), reader)


def read(task: Task, kept: Kept | None, reader: Reader) -> Detail:
    """Return a stored answer as detail of `task`, whose own values count."""
    if kept is None:
        return Detail(task)
    try:
        detail = reader.read_task(kept.body, remote_id=task.remote_id, received_at=kept.received_at)
    except BadAnswer as error:
        return Detail(task, problems=(f"{UNREADABLE}: {error.message}",))
    return replace(detail, task=task)


class Answers:
    """Reads details for a running engine; the latest stay at hand."""

    def __init__(self, workers: Mapping[str, Worker], intake: Intake, board: Board) -> None:
        self._lines = {worker.account.provider.info.name: worker.line for worker in workers.values()}
        self._intake = intake
        self._board = board
        self._latest: OrderedDict[str, tuple[str, Detail]] = OrderedDict()

    async def detail(self, task_id: str) -> Detail | None:
        """Return everything known about a task; None if there is no such task."""
        if (task := self._board.store.get(task_id)) is None:
            return None
        self._intake.look(task_id)
        detail = self._intake.latest(task_id)
        if detail is None:
            detail = await self._intake.off_loop(self._load, task)
        return replace(detail, task=self._board.store.get(task_id) or task)

    def _load(self, task: Task) -> Detail:
        kept = self._intake.keeper.current_answer(task.id)
        latest = self._latest.get(task.id)
        if latest is not None and kept is not None and latest[0] == kept.digest:
            return latest[1]
        line = self._lines.get(task.provider)
        if line is None:
            return Detail(task, problems=(f"there is no provider {task.provider!r} to read the stored answer",))
        detail = read(task, kept, line.reader)
        if kept is not None:
            self._latest[task.id] = (kept.digest, detail)
            self._latest.move_to_end(task.id)
        while len(self._latest) > LATEST:
            self._latest.popitem(last=False)
        return detail
