"""Drafts of tasks (prompt, mode, schema, options), without credentials."""

import json
from typing import TYPE_CHECKING

from tui.engine.archive.database import Database
from tui.engine.archive.rows import rows
from tui.engine.archive.rows.task_json import storable
from tui.engine.archive.shared_sql import put_state

if TYPE_CHECKING:
    from tui.domain.provider import Draft

_PLACE = "draft."


def save(db: Database, task_id: str, draft: "Draft") -> None:
    """Save the draft of a task under its local id."""
    from tui.domain.redact import without_credentials

    record = {
        "prompt": draft.prompt,
        "mode": draft.mode,
        "output_schema": draft.output_schema,
        "options": without_credentials(draft.options),
        **({"previous": draft.previous} if draft.previous else {}),
    }
    text = storable(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
    put_state(db, _PLACE + task_id, text)


def load(db: Database, task_id: str) -> "Draft | None":
    """Return the draft of a task, under any of its local ids; None if it was started elsewhere.

    Raises:
        NotFound: there is no such task.
    """
    from tui.domain.provider import Draft

    n = rows.row_of(db, task_id)
    found = db.execute(
        "SELECT value FROM state WHERE key IN "
        "(SELECT ?1 || id FROM task WHERE n = ?2 UNION SELECT ?1 || id FROM alias WHERE task = ?2)",
        (_PLACE, n),
    ).fetchone()
    if found is None:
        return None
    record = json.loads(found[0])
    return Draft(
        record["prompt"], record["mode"], record["output_schema"], record["options"], tuple(record.get("previous", ()))
    )
