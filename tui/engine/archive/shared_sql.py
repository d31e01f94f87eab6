"""Words of SQL that several parts of the archive share; imports nothing that scripts would wait for."""

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from tui.engine.archive.database import Database

FINAL_SQL = "status IN ('done', 'partial', 'failed', 'cancelled', 'expired')"
"""Tasks whose status is final: `tui.domain.status.FINAL`, without its enum; a test holds them equal."""
HAS_REPORT = """substr(record, length(record) - 17) = '"has_report":true}'"""  # task_json writes that member last
UNREAD = f"(seen = 0 AND {FINAL_SQL} AND {HAS_REPORT})"
EVERYTHING = 1 << 62  # as a limit: no database has so many rows; also later than every time
SEEN_BEFORE = -1  # in column `seen`: over before this archive knew the account, or read before there was an answer
STARTED_BY = "by."  # who started the task with that local id, in table `state`
OWN_TASKS = "own_task AS task"  # on a server: tasks with the marks of whoever asks
NOTED_BY = "noted."  # who changed its note last
TAGGED_BY = "tagged."  # who gave it which tag: a JSON object


def under(prefix: str) -> str:
    """Return the condition that a key of the table `state` begins with `prefix`, which ends in a dot; by its index."""
    return f"key >= '{prefix}' AND key < '{prefix[:-1]}/'"  # "/" follows "."


def put_state(db: "Database", key: str, value: str) -> None:
    """Set one entry of the table `state`."""
    db.execute("INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))
