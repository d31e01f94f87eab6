"""Words of SQL that several parts of the archive share; imports nothing that scripts would wait for."""

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from tui.engine.archive.database import Database

EVERYTHING = 1 << 62  # as a limit: no database has so many rows; also later than every time
STARTED_BY = "by."  # who started the task with that local id, in table `state`


def put_state(db: "Database", key: str, value: str) -> None:
    """Set one entry of the table `state`."""
    db.execute("INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))
