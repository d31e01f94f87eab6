"""What is asked on the way to the first paint costs the same however many tasks there are; what an answer costs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.archive.make import NOW, a_task, digest_of
from tui.domain.task import TaskStatus
from tui.engine.archive import Archive
from tui.engine.archive.postgres.connect import PostgresConnection
from tui.engine.archive.sqlite.connect import ArchiveConnection
from tui.engine.ports import ParsedResponse, ResponseFingerprint

MANY = 20_000
Asked = list[tuple[str, Any]]
_FILL = (
    "INSERT INTO task (id, provider, account, remote_id, status, title, record, sort_at, cost_unit, cost_kind, seen, "
    "changed, writer) SELECT 't' || {n}, 'valyu', 'default', 'r' || {n}, 'done', 'title', "
    "(SELECT record FROM task WHERE id = 'one'), {n}, '', 'unknown', -1, {n} + 1, 0 FROM {series}"
)


def what_is_asked(archive: Archive) -> None:
    """Ask what the dashboard asks before and right after it is painted, in this order."""
    archive.annotations.state("theme")
    archive.annotations.state("tasks")
    first = archive.first_tasks(200)
    assert len(first) == 200
    archive.annotations.state("views")
    archive.annotations.locals([task.id for task in first])
    archive.foreign_changes()
    archive.log_after(0)
    archive.lease_holder()
    archive.current_answer(first[0].id)


def recorded(kind: type[Any], monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Return a list that fills with the statements of all connections of that kind."""
    asked: Asked = []
    carried_out: Callable[..., Any] = kind.execute

    def execute(self: Any, sql: str, parameters: Sequence[Any] = ()) -> Any:
        asked.append((sql, parameters))
        return carried_out(self, sql, parameters)

    monkeypatch.setattr(kind, "execute", execute)
    return asked


def _scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the nodes of a plan that read tasks."""
    if node.get("Relation Name") == "task":
        yield node
    for below in node.get("Plans", ()):
        yield from _scans(below)


def _rows(scan: dict[str, Any]) -> int:
    """Return how many rows a node looked at."""
    return int(scan["Actual Loops"] * (scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)))


def test_the_first_paint_scans_and_counts_nothing_on_a_server(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive.open(url) as archive:
        archive.put_tasks([a_task("one")]).result(60)
        archive.annotations.set_pinned(["one"]).result(60)
        fill = _FILL.format(n="n", series=f"generate_series(1, {MANY}) AS n")
        archive._store.write(lambda db: db.execute(fill)).result(60)
        archive._store.write(lambda db: db.execute("VACUUM ANALYZE"), alone=True).result(60)
    asked = recorded(PostgresConnection, monkeypatch)
    with Archive.open(url) as archive:
        what_is_asked(archive)
    monkeypatch.undo()
    selects = [(sql, values) for sql, values in asked if sql.startswith("SELECT") and " task" in sql]
    assert len(selects) > 4
    with Archive.open(url) as archive, archive._store.reading() as db:
        for sql, values in selects:
            plan = db.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()[0]
            scans = [*_scans(plan[0]["Plan"])]
            assert not [scan for scan in scans if scan["Node Type"] == "Seq Scan"], f"{sql}\n{plan}"
            assert max((_rows(scan) for scan in scans), default=0) < MANY / 10, f"{sql}\n{plan}"
            assert "count(" not in sql


def test_the_first_paint_scans_and_counts_nothing_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "archive.db"
    with Archive.open(path) as archive:
        archive.put_tasks([a_task("one")]).result(60)
        archive.annotations.set_pinned(["one"]).result(60)
        up = f"SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {MANY}"
        numbers = f"(WITH RECURSIVE up (n) AS ({up}) SELECT n FROM up)"
        archive._store.write(lambda db: db.execute(_FILL.format(n="n", series=numbers))).result(60)
    asked = recorded(ArchiveConnection, monkeypatch)
    with Archive.open(path) as archive:
        what_is_asked(archive)
    monkeypatch.undo()
    selects = [(sql, values) for sql, values in asked if sql.startswith("SELECT") and " task" in sql]
    assert len(selects) > 4
    with Archive.open(path) as archive, archive._store.reading() as db:
        for sql, values in selects:
            assert isinstance(db, ArchiveConnection)
            steps: list[None] = []
            db.set_progress_handler(lambda steps=steps: steps.append(None), MANY // 10)  # type: ignore[misc]
            db.execute(sql, values).fetchall()
            db.set_progress_handler(None, 0)
            assert len(steps) < 10, f"{sql}: it does something for every task"
            assert "count(" not in sql


def test_a_new_answer_costs_few_statements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = a_task("one", status=TaskStatus.RUNNING, remote_id="r1")
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.put_tasks([task]).result(60)
        asked = recorded(ArchiveConnection, monkeypatch)
        body = b'{"status": "running"}'
        digest = digest_of(body)
        archive.save_answer("one", body, digest=digest, received_at=NOW, final=False).result(60)
        answer = [sql for sql, _ in asked]
        moved = replace(task, sources=3)
        archive.save_reading(ParsedResponse(moved, ResponseFingerprint(digest, None, 0), None, (), "", True)).result(60)
    monkeypatch.undo()
    inside = [sql for sql, _ in asked[len(answer) :]]
    assert len(answer) <= 5, answer  # two of them are the transaction
    assert len(inside[: inside.index("COMMIT") + 1]) <= 7, inside
    (update,) = [sql for sql in inside if "writer = " in sql]
    assert not {"status", "sort_at", "provider"} & {*update.replace(",", " ").split()}, "nothing else has changed"
