"""Words of SQL that several parts of the archive share; imports nothing that scripts would wait for."""

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from tui.engine.archive.database import Database

EVERYTHING = 1 << 62  # as a limit: no database has so many rows; also later than every time
SEEN_BEFORE = -1  # in column `seen`: over before this archive knew the account, or read before there was an answer
STARTED_BY = "by."  # who started the task with that local id, in table `state`
OWN_TASKS = "own_task AS task"  # on a server: tasks with the marks of whoever asks
NOTED_BY = "noted."  # who changed its note last
TAGGED_BY = "tagged."  # who gave it which tag: a JSON object

FINAL_SQL = "status IN ('done', 'partial', 'failed', 'cancelled', 'expired')"
"""Tasks whose status is final: `tui.domain.status.FINAL`, without its enum; a test holds them equal."""
HAS_REPORT = "instr(record, '\"has_report\":true')"  # inside of a text the quotes would be escaped
UNREAD = f"(seen = 0 AND {FINAL_SQL} AND {HAS_REPORT})"
REPORTED = f"{FINAL_SQL} AND {HAS_REPORT} AND deleted_at IS NULL"
SILENT = f"{FINAL_SQL} AND remote_id IS NOT NULL AND deleted_at IS NULL AND NOT {HAS_REPORT}"
"""Tasks that ended at their provider and have no report: those whose last response is not stored are among them."""
INDEXES = (  # of both databases: each is used where a statement has the same words
    "CREATE INDEX task_status ON task (status, sort_at DESC, n DESC) WHERE deleted_at IS NULL",
    f"CREATE INDEX task_unfinished ON task (n) WHERE NOT {FINAL_SQL} AND deleted_at IS NULL",
    f"CREATE INDEX task_reported ON task (seen, sort_at DESC, n DESC) WHERE {REPORTED}",
    f"CREATE INDEX task_silent ON task (status, id, n) WHERE {SILENT}",
)


def under(prefix: str) -> str:
    """Return the condition that a key of the table `state` begins with `prefix`, which ends in a dot; by its index."""
    return f"key >= '{prefix}' AND key < '{prefix[:-1]}/'"  # "/" follows "."


def state_of(db: "Database", key: str) -> str | None:
    """Return one entry of the table `state`; None if there is none."""
    found = db.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
    return None if found is None else str(found[0])


def put_state(db: "Database", key: str, value: str) -> None:
    """Set one entry of the table `state`."""
    db.execute("INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))
