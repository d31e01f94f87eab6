"""Keeps the copy up to date: reads what changed at the server again and again, on its own thread."""

from collections.abc import Iterable
from typing import Any

from tui.engine.archive.cached.copy import AUTHORS, LocalCopy, ReportRows, Row, TaskRows
from tui.engine.archive.database import Database
from tui.engine.archive.postgres.open import origin_of
from tui.engine.archive.postgres.store import PostgresStore
from tui.engine.archive.rows import responses
from tui.engine.archive.shared_sql import FINAL_SQL

_AT_ONCE = 200


class Mirror:
    """Copies changes of the server's archive into the local copy.

    Args:
        server: the archive.
        copy: the copy of it.
    """

    def __init__(self, server: PostgresStore, copy: LocalCopy) -> None:
        self._server = server
        self._copy = copy

    def catch_up(self, opened: Iterable[str]) -> None:
        """Copy changed rows, the reports that came with them, and those of the `opened` tasks.

        Raises:
            ArchiveError: the server cannot be reached, or the copy cannot be written.
        """
        origin, high = self._copy.place_in_time()
        with self._server.reading() as db:
            here, latest = origin_of(db)
        if origin != here or latest < high:
            self._copy.empty(here)
            high = 0
        if high == 0 or self._is_far(high):
            self._fill(latest)
        else:
            self._follow(high)
        for task_id in opened:
            self._bring_opened(task_id)
        self._copy.put_states(self._states())
        self._copy.trim()
        self._copy.is_like_the_server()

    def _states(self) -> list[tuple[str, str]]:
        """Return this person's view states under the names that they have in a file."""
        with self._server.reading() as db:
            own = f"ui@{db.person} "
            found = db.execute(
                "SELECT key, value FROM state WHERE substr(key, 1, 3) = 'ui.' OR substr(key, 1, ?) = ? ORDER BY key",
                (len(own), own),
            ).fetchall()  # what was shared before comes first, so that one's own takes its place
        return [*{f"ui.{key.removeprefix('ui.').removeprefix(own)}": value for key, value in found}.items()]

    def _is_far(self, high: int) -> bool:
        with self._server.reading() as db:
            beyond = db.execute(
                "SELECT 1 FROM task WHERE changed > ? ORDER BY changed LIMIT 1 OFFSET ?", (high, self._copy.rows)
            ).fetchone()
        return beyond is not None

    def _fill(self, latest: int) -> None:
        """Copy the newest, pinned and unfinished tasks; later changes come with the next call."""
        newest = "SELECT n FROM task ORDER BY sort_at DESC, n DESC LIMIT ?"
        with self._server.reading() as db:
            found = db.execute(
                f"({newest}) UNION (SELECT n FROM {db.tasks} WHERE pinned LIMIT ?) "
                f"UNION (SELECT n FROM task WHERE NOT {FINAL_SQL} AND deleted_at IS NULL LIMIT ?) ORDER BY n DESC",
                (self._copy.rows,) * 3,
            ).fetchall()
        numbers = [n for (n,) in found]
        for at in range(0, len(numbers), _AT_ONCE):
            self._copy.put(self._tasks(numbers[at : at + _AT_ONCE]))
        self._copy.put((), latest)

    def _follow(self, high: int) -> None:
        while True:
            with self._server.reading() as db:
                found = db.execute(
                    "SELECT n, changed FROM task WHERE changed > ? ORDER BY changed LIMIT ?", (high, _AT_ONCE)
                ).fetchall()
            if not found:
                return
            high = found[-1][1]
            tasks = self._tasks([n for n, _ in found])
            self._copy.put(tasks, high)
            for task in tasks:
                answer = task.row["answer"]
                if answer is not None and task.row["deleted_at"] is None and not self._copy.has_report(answer):
                    self._bring(task.row["n"])

    def _bring_opened(self, task_id: str) -> None:
        with self._server.reading() as db:
            row = db.execute("SELECT n FROM task WHERE id = ?", (task_id,)).fetchone()
        if row is not None:
            self._copy.put(self._tasks([row[0]]))
            self._bring(row[0])

    def _bring(self, n: int) -> None:
        with self._server.reading() as db:
            answer = responses.current(db, n)
            if answer is None:
                return
            said = self._rows(db, "answer", "n = ?", (answer,))
            bodies = self._rows(db, "body", "n = ?", (said[0]["body"],)) if said else []
            if not bodies:  # a later one took its place
                return
            report = ReportRows(
                n,
                said[0],
                bodies[0],
                self._rows(db, "text", "task = ?", (n,)),
                self._rows(db, "source", "task = ?", (n,)),
            )
        self._copy.put_report(report)

    def _tasks(self, numbers: list[int]) -> list[TaskRows]:
        places = ", ".join("?" * len(numbers))
        with self._server.reading() as db:
            rows = [_marked(row) for row in self._rows(db, "task", f"n IN ({places})", tuple(numbers))]
            beside: dict[int, dict[str, list[Row]]] = {
                row["n"]: {name: [] for name in self._copy.beside} for row in rows
            }
            for table in self._copy.beside:
                for row in self._rows(db, table, f"task IN ({places})", tuple(numbers)):
                    if row["task"] in beside:
                        beside[row["task"]][table].append(row)
            authors = self._authors(db, [row["id"] for row in rows])
        return [TaskRows(row, beside[row["n"]], authors[row["id"]]) for row in rows]

    def _authors(self, db: Database, ids: list[str]) -> dict[str, dict[str, str]]:
        """Return by task who started it, wrote its note and gave it its tags."""
        names = {prefix + task_id: task_id for prefix in AUTHORS for task_id in ids}
        places = ", ".join("?" * len(names))
        found = db.execute(f"SELECT key, value FROM state WHERE key IN ({places or 'NULL'})", (*names,)).fetchall()
        authors: dict[str, dict[str, str]] = {task_id: {} for task_id in ids}
        for key, value in found:
            authors[names[key]][key] = value
        return authors

    def _rows(self, db: Database, table: str, where: str, values: tuple[Any, ...]) -> list[Row]:
        columns = self._copy.tables[table]
        place = db.tasks if table == "task" else table
        found = db.execute(f"SELECT {', '.join(columns)} FROM {place} WHERE {where}", values).fetchall()
        return [dict(zip(columns, row, strict=True)) for row in found]


def _marked(row: Row) -> Row:
    """Return a row of a task with marks that are said: what a person has not marked is not marked."""
    return row | {name: bool(row[name]) for name in ("pinned", "hidden")}
