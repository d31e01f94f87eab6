"""Opening an archive on a server: made, or brought to the newest format, by one process at a time."""

from tui.domain.errors import ArchiveError, NotFound
from tui.engine.archive.database import Database
from tui.engine.archive.postgres import marks, schema
from tui.engine.archive.postgres.connect import PostgresConnection, connect, origin, place_of
from tui.engine.archive.postgres.store import PostgresStore

_SETUP = "hashtextextended('divewatch setup ' || current_schema(), 0)"
_MAY_MIGRATE = """SELECT has_schema_privilege(current_schema(), 'CREATE') AND NOT EXISTS (SELECT FROM pg_class WHERE
    relname = 'task' AND relnamespace = current_schema()::regnamespace AND NOT pg_has_role(relowner, 'USAGE'))"""


def open_server(
    url: str, *, read_only: bool = False, steps: schema.Steps = schema.STEPS
) -> tuple[PostgresStore, tuple[str, ...]]:
    """Open the archive at `url`, making its tables if need be; returns what the user must be told, too.

    Raises:
        ArchiveError: the server cannot be reached, the archive belongs to a newer divewatch or another program.
        NotFound: there is no archive yet, and it is only to be read.
        UsageError: psycopg is not installed, or `url` cannot be read.
    """
    if read_only:
        return _open_reading(url, steps), ()
    db = connect(url)
    try:
        told = migrate(db, url, steps)
        writable = _is_writable(db)
        if writable and len(steps) > 1:
            marks.arrive(db)
    except BaseException:
        db.close()
        raise
    if not writable:
        db.close()
        note = f"The archive is read-only (no permission): {place_of(url)}. It is shown as it is; nothing can be saved."
        return _open_reading(url, steps), (note,)
    return PostgresStore(url, db, len(steps)), tuple(told)


def _is_writable(db: PostgresConnection) -> bool:
    may = db.execute("SELECT has_table_privilege('task', 'UPDATE') AND NOT pg_is_in_recovery()").fetchone()
    return bool(may[0])


def _open_reading(url: str, steps: schema.Steps) -> PostgresStore:
    reader = connect(url, read_only=True)
    try:
        with_version(reader, url, len(steps))
    except BaseException:
        reader.close()
        raise
    return PostgresStore(url, None, len(steps), reader=reader)


def open_later(url: str, *, steps: schema.Steps = schema.STEPS) -> PostgresStore:
    """Return the archive at `url` without reaching the server now; its tables are seen to when it is reached.

    Raises:
        UsageError: psycopg is not installed, or `url` cannot be read.
    """

    def reach() -> PostgresConnection:
        db = connect(url)
        try:
            migrate(db, url, steps)
            if _is_writable(db):
                marks.arrive(db)
        except BaseException:
            db.close()
            raise
        return db

    return PostgresStore(url, None, len(steps), reach=reach)


def origin_of(db: Database) -> tuple[str, int]:
    """Return which archive this is, and the number of its latest change; a new one in the same place is another."""
    (latest,) = db.execute("SELECT coalesce(max(changed), 0) FROM task").fetchone()
    return origin(db), int(latest)


def open_reader(url: str) -> PostgresConnection | None:
    """Return a connection that cannot write, to an archive in good order; None where there is none yet."""
    db = connect(url, read_only=True)
    try:
        if version_of(db, url) == 0:
            db.close()
            return None
        with_version(db, url, schema.VERSION)
    except BaseException:
        db.close()
        raise
    return db


def migrate(db: PostgresConnection, url: str, steps: schema.Steps) -> list[str]:
    """Bring the tables to the newest version; each step is one transaction.

    Raises:
        ArchiveError: the archive was written by a newer divewatch, or the tables are another program's.
    """
    told: list[str] = []
    if _checked(version_of(db, url), len(steps), url) == len(steps):
        return told
    if not db.execute(_MAY_MIGRATE).fetchone()[0]:
        with_version(db, url, len(steps))
        return told
    db.execute(f"SELECT pg_advisory_lock({_SETUP})")
    try:
        while (version := _checked(version_of(db, url), len(steps), url)) < len(steps):
            db.execute("BEGIN")
            try:
                if version == 0:
                    db.execute("CREATE TABLE divewatch_archive (version INTEGER NOT NULL)")
                    db.execute("INSERT INTO divewatch_archive VALUES (0)")
                steps[version](db)
                db.execute("UPDATE divewatch_archive SET version = ?", (version + 1,))
                db.execute("COMMIT")
            except BaseException:
                db.roll_back()
                raise
            if version:
                told.append(f"The archive was brought to format {version + 1}: {place_of(url)}")
    finally:
        if not db.broken:
            db.execute(f"SELECT pg_advisory_unlock({_SETUP})")
    return told


def version_of(db: PostgresConnection, url: str) -> int:
    """Return the format of the archive; 0 where there is none.

    Raises:
        ArchiveError: there are tables of another program.
    """
    ours, others = db.execute(
        "SELECT to_regclass('divewatch_archive') IS NOT NULL, "
        "EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() "
        "AND tablename IN ('task', 'answer', 'body'))"
    ).fetchone()
    if ours:
        return int(db.execute("SELECT version FROM divewatch_archive").fetchone()[0])
    if others:
        raise ArchiveError(
            f"{place_of(url)} has tables of another program",
            hint="give the archive a database or a schema of its own",
        )
    return 0


def with_version(db: PostgresConnection, url: str, wanted: int) -> None:
    """Raise `NotFound` or an `ArchiveError` unless the archive can be used as if it had the format `wanted`."""
    version = _checked(version_of(db, url), wanted, url)
    if version == 0:
        raise NotFound(
            f"there is no archive yet: {place_of(url)}",
            hint="the owner of the database makes it with `divewatch sync`",
        )
    if version < (schema.OLDEST_READ if wanted == schema.VERSION else wanted):
        raise ArchiveError(
            f"the archive has format {version}, this divewatch reads {wanted}: {place_of(url)}",
            hint="the owner of its tables must start the new version first",
        )


def _checked(version: int, known: int, url: str) -> int:
    if version > known:
        raise schema.newer(version, known, place_of(url))
    return version
