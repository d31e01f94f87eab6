"""Find an account's tasks in its list: those started elsewhere, and those whose create was never answered.

A list entry makes a task known; what it is really like is asked one by one. The walk ends at the first page that holds
nothing new, so that a long history is read once.
"""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from operator import methodcaller

from tui.domain.provider import Response
from tui.domain.task import Task
from tui.domain.text import plural
from tui.engine.ingest.merge import adopt, fill, find_orphan
from tui.engine.ingest.pipeline import OFF_LOOP_FROM, Intake
from tui.engine.polling.connection import Connection, ServiceAccount
from tui.engine.state.state import EngineState
from tui.providers.base import Page

MOST_PAGES = 200
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread or mistyped


def new_id() -> str:
    """Return a local id: ten characters, 49 random bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))


class Discovery:
    """The list of one account."""

    def __init__(self, account: ServiceAccount, line: Connection, intake: Intake, board: EngineState) -> None:
        self.whole = False  # walk to the end of the list next time
        self.seen = 0  # tasks in the last walk
        self.sending: set[str] = set()  # local ids whose create is under way: their answer tells their remote id
        self._account = account
        self._line = line
        self._intake = intake
        self._board = board
        self._digests: dict[str | None, str] = {}

    async def walk(self, pace: Callable[[], Awaitable[None]]) -> list[Task]:
        """Read the list as far as it is new; returns the tasks worth following.

        Raises:
            ProviderError: what the client raises; pages read so far count.
        """
        whole, self.whole = self.whole, False
        seen = 0
        found: list[Task] = []
        cursor: str | None = None
        cursors: set[str | None] = set()
        while cursor not in cursors and len(cursors) < MOST_PAGES:
            if cursors:
                await pace()
            cursors.add(cursor)
            answer = await self._line.ask(methodcaller("fetch_page", cursor))
            page = await self._read(answer, cursor, whole)
            if page is None:
                break
            seen += len(page.tasks)
            fresh, news = await self._take(page)
            found += fresh
            if page.cursor is None or not (news or whole):
                break
            cursor = page.cursor
        self.seen = seen
        return found

    async def take(self, page: Page) -> list[Task]:
        """Make tasks known that another answer than the list told of; returns those worth following."""
        return (await self._take(page))[0]

    async def _read(self, answer: Response, cursor: str | None, whole: bool) -> Page | None:
        body = answer.body
        if body is None:
            return None
        digest = hashlib.sha256(body).hexdigest()
        if self._digests.get(cursor) == digest and not whole:
            return None
        reader = self._line.reader
        if len(body) > OFF_LOOP_FROM:
            page = await self._intake.off_loop(reader.read_page, body, received_at=answer.received_at, cursor=cursor)
        else:
            page = reader.read_page(body, received_at=answer.received_at, cursor=cursor)
        self._digests[cursor] = digest
        for problem in page.problems:
            self._board.log("problem", f"in the list: {problem}", provider=self._account.key)
        return page

    async def _take(self, page: Page) -> tuple[list[Task], int]:
        """Make the page's tasks known; returns the values to follow and how many of them were new."""
        deleted = await self._intake.off_loop(self._intake.keeper.deleted_keys)
        info, account = self._account.provider.info, self._account.name
        rows: dict[str, Task] = {}
        news = 0
        for summary in page.tasks:
            if summary.remote_id is None or (info.name, account, summary.remote_id) in deleted:
                continue
            entry = replace(summary, provider=info.name, account=account)
            known = self._board.store.find(info.name, account, summary.remote_id)
            if known is not None:
                rows[summary.remote_id] = fill(known, entry)
            elif summary.remote_id not in rows and (row := self._adopt(entry, rows.values())) is not None:
                rows[summary.remote_id] = row
                news += 1
        await self._intake.show(*rows.values())
        if news:
            self._board.log("list", f"{plural(news, 'new task')} in the list", provider=self._account.key)
        return list(rows.values()), news

    def _adopt(self, entry: Task, rows: Iterable[Task]) -> Task | None:
        """Return the row for an unknown entry; None if it is most likely a create still being sent."""
        taken = {row.id for row in rows}
        orphans = [task for task in self._board.store.orphans(entry.provider, entry.account) if task.id not in taken]
        orphan = find_orphan([task for task in orphans if task.id not in self.sending], entry)
        if orphan is not None:
            self._board.log("list", "a task whose answer was lost has been found", task_id=orphan.id)
            return adopt(orphan, entry)
        if find_orphan([task for task in orphans if task.id in self.sending], entry) is not None:
            return None
        return replace(entry, id=new_id(), has_report=False)  # none is saved yet, whatever the list carries
