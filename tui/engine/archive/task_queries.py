"""Queries of an archive about its tasks: pages, names, numbers."""

from collections.abc import Mapping, Sequence

from tui.domain.task import NO_TASKS, Task
from tui.engine.archive.database import Store
from tui.engine.archive.rows import listed, rows
from tui.engine.archive.rows.task_json import to_tasks
from tui.engine.ports import MOST_LOADED, TaskCounts


class TaskQueries:
    """What an archive tells about its tasks. Every method may be called from any thread; all of them block."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load_tasks(self, known: Mapping[str, Task] = NO_TASKS) -> Sequence[Task]:
        """Return the tasks to load, newest first: of a long archive the newest `MOST_LOADED`.

        And of the older ones those that are pinned, or not over. `tasks`, `named` and `known_as` read the others.
        One that equals the one `known` by its id is that one: screen and engine have 10,000 tasks once, not twice.
        """
        with self._store.reading() as db:
            return listed.first(db, MOST_LOADED, unfinished=True, known=known)

    def first_tasks(self, limit: int) -> list[Task]:
        """Return the newest `limit` tasks and the pinned ones: the top of the list."""
        with self._store.reading() as db:
            return listed.first(db, limit, unfinished=False)

    def tasks(self, limit: int = -1, after: str = "", terms: str = "") -> list[Task]:
        """Return the `limit` tasks (-1: all) after the one with the id `after`, newest first, without deleted ones.

        `terms` are those of `tui.domain.task_filter`, without words; raises `UsageError` for one that cannot be.
        """
        where = listed.NO_CONDITIONS
        if terms:
            from tui.engine.archive.search.query import conditions_sql

            where = conditions_sql(terms)
        with self._store.reading() as db:
            return listed.page(db, limit, after, where)

    def together(self, task_ids: Sequence[str]) -> list[Task]:
        """Return the tasks of the groups and batches that these tasks belong to."""
        with self._store.reading() as db:
            return listed.together(db, task_ids)

    def counts(self) -> TaskCounts | None:
        """Return how many tasks there are; None while the server of the archive is away. A million take a moment."""
        with self._store.reading() as db:
            return listed.counts(db)

    def named(self, task_ids: Sequence[str]) -> list[Task]:
        """Return the tasks with these local ids; what is deleted or unknown is left out."""
        with self._store.reading() as db:
            return listed.named(db, task_ids)

    def known_as(self, provider: str, account: str, remote_ids: Sequence[str]) -> list[Task]:
        """Return the tasks, without deleted ones, that an account ("": any) of a provider calls by these ids."""
        with self._store.reading() as db:
            return listed.known_as(db, provider, account, remote_ids)

    def task(self, task_id: str) -> Task:
        """Return one task, deleted or not.

        Raises:
            NotFound: there is no such task.
        """
        with self._store.reading() as db:
            n = rows.row_of(db, task_id)
            return to_tasks(db.execute("SELECT record, prompt FROM task WHERE n = ?", (n,)).fetchall())[0]

    def find(self, prefix: str) -> str:
        """Return the local id of the one task whose local id, or else remote id, begins with `prefix`.

        Raises:
            NotFound: no task's does.
            UsageError: several do; the hint lists some.
        """
        with self._store.reading() as db:
            return rows.find(db, prefix)

    def unheard(self) -> frozenset[str]:
        """Return the ids of tasks that ended at their provider and whose last response is not stored.

        A report in the row says that its answer is there, or was and was forgotten on purpose.
        """
        with self._store.reading() as db:
            return listed.unheard(db)

    def deleted_keys(self) -> frozenset[tuple[str, str, str | None]]:
        """Return `Task.key` of the tasks deleted here: a provider's list must not bring them back."""
        with self._store.reading() as db:
            return rows.deleted_keys(db)
