"""The costs of tasks, and who started them."""

from datetime import datetime

from tui.domain.task import FILE, Cost, CostKind, TaskStatus
from tui.engine.archive.database import Database
from tui.engine.archive.rows import responses, rows
from tui.engine.archive.rows.values import CostLine, DayCost, PaidTask
from tui.engine.archive.shared_sql import EVERYTHING, HAS_REPORT, STARTED_BY

_DAY = 24 * 3600 * 1_000_000  # microseconds
_DESCRIPTION = f"""deleted_at IS NULL, title, json_extract(record, '$.mode'), json_extract(record, '$.citations'),
    {HAS_REPORT}"""


def lines(db: Database, since: datetime | None, until: datetime | None, *, described: bool = False) -> list[CostLine]:
    """Return the costs of tasks created in [since, until), oldest first; deleted ones too, imported files not."""
    low = -EVERYTHING if since is None else rows.micros(since.timestamp())
    high = EVERYTHING if until is None else rows.micros(until.timestamp())
    found = db.execute(
        "SELECT id, provider, account, status, sort_at, cost_amount, cost_unit, cost_kind, value, "
        f"{_DESCRIPTION if described else 'FALSE'} FROM task "
        "LEFT JOIN state ON key = ? || id WHERE provider <> ? AND sort_at >= ? AND sort_at < ? ORDER BY sort_at, n",
        (STARTED_BY, FILE, low, high),
    ).fetchall()
    return [
        CostLine(
            task_id,
            provider,
            account,
            TaskStatus(status),
            responses.moment(at),
            Cost(amount, unit, CostKind(kind)),
            person or "",
            _paid(*about) if alive else None,
        )
        for task_id, provider, account, status, at, amount, unit, kind, person, alive, *about in found
    ]


def by_day(db: Database, since: datetime) -> list[DayCost]:
    """Return the sums of what was created on the day of `since` and later, oldest first; of the tasks of `lines`."""
    first = rows.micros(since.timestamp()) // _DAY * _DAY
    found = db.execute(
        f"SELECT sort_at / {_DAY} AS day, provider, account, status, cost_unit, cost_kind, value, sum(cost_amount), "
        "count(*) FROM task LEFT JOIN state ON key = ? || id WHERE provider <> ? AND sort_at >= ? "
        "GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7",
        (STARTED_BY, FILE, first),
    ).fetchall()
    return [
        DayCost(
            provider,
            account,
            TaskStatus(status),
            responses.moment(day * _DAY),
            Cost(amount, unit, CostKind(kind)),
            person or "",
            tasks,
        )
        for day, provider, account, status, unit, kind, person, amount, tasks in found
    ]


def _paid(title: str, mode: str | None, citations: int | str | None, has_report: int) -> PaidTask:
    return PaidTask(title, mode or "", int(citations or 0), bool(has_report))  # a server returns members as text
