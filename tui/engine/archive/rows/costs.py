"""The costs of tasks, and who started them."""

from datetime import datetime

from tui.domain.task import FILE, Cost, CostKind, TaskStatus
from tui.engine.archive.database import Database
from tui.engine.archive.rows import responses, rows
from tui.engine.archive.rows.values import CostLine, PaidTask
from tui.engine.archive.shared_sql import EVERYTHING, HAS_REPORT, STARTED_BY

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


def _paid(title: str, mode: str | None, citations: int | str | None, has_report: int) -> PaidTask:
    return PaidTask(title, mode or "", int(citations or 0), bool(has_report))  # a server returns members as text
