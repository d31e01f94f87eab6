"""Discovers tasks in a provider's list: those started elsewhere, and those whose create was never answered.

A list entry makes a task known; its details are polled one by one. The walk ends at the first page with nothing new,
so that a long history is read once.
"""

import random
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import replace
from operator import methodcaller

from tui.domain.digest import sha256
from tui.domain.provider import Response
from tui.domain.task import Task
from tui.domain.text import plural
from tui.engine.ingest.list_entries import entries
from tui.engine.ingest.merge import NOT_TOLD, adopt, contradicts, fill, find_orphan, warned
from tui.engine.ingest.pipeline import OFF_LOOP_FROM, IngestPipeline
from tui.engine.polling.connection import Connection, ServiceAccount
from tui.engine.state.state import EngineState
from tui.providers.protocol import Page

MOST_PAGES = 200
_NOT_ASKED = "seen in the list only"
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread or mistyped


def new_id() -> str:
    """Return a local id: ten characters, 49 random bits."""
    draw = random.SystemRandom().choice
    return "".join(draw(_ALPHABET) for _ in range(10))


class Discovery:
    """Reads the task list of one account.

    Args:
        account: whose list.
        connection: the connection to it.
        pipeline: where rows are saved.
        state: what is known.
        receive: takes a whole task that the list carried, as if it had been asked for.
    """

    def __init__(
        self,
        account: ServiceAccount,
        connection: Connection,
        pipeline: IngestPipeline,
        state: EngineState,
        receive: Callable[[str, Response], Awaitable[None]],
    ) -> None:
        self.whole = False  # walk to the end of the list next time
        self.seen = 0  # tasks in the last walk
        self.sending: set[str] = set()  # local ids whose create is under way: their answer tells their remote id
        self._account = account
        self._connection = connection
        self._pipeline = pipeline
        self._state = state
        self._receive = receive
        self._digests: dict[str | None, str] = {}
        self._contradicted: dict[str, str] = {}  # local id -> the word of the list that was a reason to ask again

    async def walk(self, pace: Callable[[], Awaitable[None]]) -> list[Task]:
        """Read the list up to the first page without new tasks; returns the tasks to poll.

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
            answer = await self._connection.ask(methodcaller("fetch_page", cursor))
            page = await self._read(answer, cursor, whole)
            if page is None:
                break
            seen += len(page.tasks)
            fresh, news = await self._take(page)
            found += await self._take_whole(page, answer, fresh)
            if page.cursor is None or not (news or whole):
                break
            cursor = page.cursor
        self.seen = seen
        return found

    async def take(self, page: Page) -> list[Task]:
        """Add tasks that came in a response other than the list; returns those to poll."""
        return (await self._take(page))[0]

    async def _read(self, answer: Response, cursor: str | None, whole: bool) -> Page | None:
        body = answer.body
        if body is None:
            return None
        digest = sha256(body).hex()
        if self._digests.get(cursor) == digest and not whole:
            return None
        reader = self._connection.reader
        if len(body) > OFF_LOOP_FROM:
            page = await self._pipeline.off_loop(reader.read_page, body, received_at=answer.received_at, cursor=cursor)
        else:
            page = reader.read_page(body, received_at=answer.received_at, cursor=cursor)
        self._digests[cursor] = digest
        for problem in page.problems:
            self._state.log("problem", f"in the list: {problem}", provider=self._account.key)
        return page

    async def _take(self, page: Page) -> tuple[list[Task], int]:
        """Add the tasks of a page; returns those to poll and how many of them were new."""
        deleted = await self._pipeline.off_loop(self._pipeline.archive.deleted_keys)
        info, account = self._account.provider.info, self._account.name
        await self._pipeline.recall(info.name, account, [one.remote_id for one in page.tasks if one.remote_id])
        rows: dict[str, Task] = {}
        taken: set[str] = set()
        news = 0
        for summary in page.tasks:
            if summary.remote_id is None or (info.name, account, summary.remote_id) in deleted:
                continue
            entry = replace(summary, provider=info.name, account=account)
            known = self._state.store.find(info.name, account, summary.remote_id)
            if known is not None:
                rows[summary.remote_id] = fill(known, entry)
                self._doubt(known, entry)
            elif summary.remote_id not in rows and (row := self._adopt(entry, taken)) is not None:
                rows[summary.remote_id] = row
                taken.add(row.id)
                news += 1
        await self._pipeline.show(*rows.values())
        if news:
            self._state.log("list", f"{plural(news, 'new task')} in the list", provider=self._account.key)
        return list(rows.values()), news

    async def _take_whole(self, page: Page, answer: Response, rows: Iterable[Task]) -> list[Task]:
        """Ingest ended tasks that the page carries whole as responses; returns their rows."""
        whole = {detail.task.remote_id: detail.task for detail in page.details if detail.task.status.is_final}
        wanted = [row for row in rows if row.remote_id in whole and not (row.status.is_final and row.has_report)]
        if wanted:
            parts = await self._pipeline.off_loop(entries, answer.body or b"", page.id_member)
            for row in wanted:
                if (part := parts.get(row.remote_id or "")) is not None:
                    await self._receive(row.id, replace(answer, body=part, etag=None, retry_after=None))
        return [self._state.store.get(row.id) or row for row in rows]

    def _doubt(self, known: Task, entry: Task) -> None:
        """Poll an ended task again if the list contradicts its status; once for each contradiction."""
        if contradicts(known, entry) and self._contradicted.get(known.id) != entry.provider_status:
            self._contradicted[known.id] = entry.provider_status
            self._pipeline.unheard.add(known.id)
            said = f'the list says "{entry.provider_status}", we know "{known.provider_status}": asked again'
            self._state.log("list", said, task_id=known.id, provider=self._account.key)

    def _adopt(self, entry: Task, taken: Collection[str]) -> Task | None:
        """Return the row for an unknown entry; None if it is probably a create that is still being sent.

        `taken` are the ids of rows that the same page has found.
        """
        orphans = [task for task in self._state.store.orphans(entry.provider, entry.account) if task.id not in taken]
        orphan = find_orphan([task for task in orphans if task.id not in self.sending], entry)
        if orphan is not None:
            self._state.log("list", "a task whose answer was lost has been found", task_id=orphan.id)
            if entry.status.is_final:
                self._pipeline.unheard.add(orphan.id)
            return adopt(orphan, entry)
        if find_orphan([task for task in orphans if task.id in self.sending], entry) is not None:
            return None
        row = replace(entry, id=new_id(), has_report=False)  # none is saved yet, whatever the list carries
        if not row.status.is_final:
            return row
        self._pipeline.unheard.add(row.id)
        return warned(row, NOT_TOLD, _NOT_ASKED)
