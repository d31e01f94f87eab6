"""Connections to a server, by the rules of libpq: service file, `.pgpass`, `sslmode` and environment all count.

No password is ever in a message: messages are made of host, port and database alone, and of what the server says.
"""

import contextlib
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, LiteralString

from tui.domain.errors import ArchiveError, UsageError
from tui.domain.redact import redact_text
from tui.domain.secret import Secret
from tui.domain.text import one_line
from tui.engine.archive.person import whoami
from tui.engine.archive.postgres.watch import PATIENCE, WATCH, Waiting, break_off
from tui.engine.archive.shared_sql import OWN_TASKS

if TYPE_CHECKING:
    import psycopg

    from tui.engine.archive.database import Database, Marks, Parameters, ResultRows, SearchIndex

_CONNECT_SECONDS = 5
_DEFAULTS = {  # where the address does not say otherwise: a cut cable is noticed within some 20 seconds
    "connect_timeout": str(_CONNECT_SECONDS),
    "keepalives_idle": "10",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
_SECRETS = ("password", "_secret", "_client_key", "_server_key")  # endings of libpq's parameters
_STYLE = "iso_8601"
_SETTINGS = (  # "-c name=value" of every session
    "idle_in_transaction_session_timeout=20s",
    "lock_timeout=20s",
    "idle_session_timeout=0",  # who listens is idle, and so is a lease
    f"IntervalStyle={_STYLE}",  # the server tells its style by itself: a pooler that drops our settings is seen at once
    "client_min_messages=warning",
    "synchronous_commit=on",  # an acknowledged write is on the server's disk, whatever its settings say
    # The server notices within some 20 seconds, too, that this machine is gone: then it frees locks and leases.
    "tcp_keepalives_idle=10",
    "tcp_keepalives_interval=3",
    "tcp_keepalives_count=3",
    "tcp_user_timeout=15000",
)
_TIMELINE = "CASE WHEN pg_is_in_recovery() THEN '' ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END"
_MAY_SEE_TIMELINE = (
    "SELECT has_function_privilege('pg_current_wal_lsn()', 'EXECUTE') "
    "AND has_function_privilege('pg_walfile_name(pg_lsn)', 'EXECUTE')"
)
_PLACES = re.compile(r"('[^']*')|\?(\d*)|(?<![:\w]):([a-z_]+)|%")  # what stands in quotes is no place
_DETAIL = 200


class ServerGone(ArchiveError):
    """The server cannot be reached, or the connection to it broke: trying again later may help."""

    outcome_unknown = True  # a commit may have arrived whose answer did not


class NotNow(ArchiveError):
    """The server answers and refuses, whatever it is asked for: what was to be written can be written later."""


class ReadOnly(NotNow):
    """The server, or this connection, only reads: it may take over from another one, or stay so for good."""


def origin(db: "Database") -> str:
    """Return which archive this is.

    One made anew in the same place is another; so is one brought back from a dump, or from a physical backup, and a
    standby that took over: it may have lagged behind.
    """
    (cluster,) = db.execute("SELECT has_function_privilege('pg_control_system()', 'EXECUTE')").fetchone()
    if cluster:  # two servers that were set up alike give the same numbers to their tables
        (cluster,) = db.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
    line = _TIMELINE if db.execute(_MAY_SEE_TIMELINE).fetchone()[0] else "''"
    (timeline,) = db.execute(f"SELECT {line}").fetchone()
    (numbers,) = db.execute(
        "SELECT 'divewatch_archive'::regclass::oid::text || '.' || "
        "(SELECT oid FROM pg_database WHERE datname = current_database())"
    ).fetchone()
    return f"{numbers}.{int(cluster)}.{timeline}"


class PostgresConnection:
    """A connection as the rows of an archive use it; see `tui.engine.archive.database.Database`.

    Every error of psycopg becomes an `ArchiveError`, one of the connection itself a `ServerGone`.
    """

    tasks = OWN_TASKS

    def __init__(self, raw: "psycopg.Connection[Any]", place: str, person: str, waiting: Waiting) -> None:
        self.raw = raw
        self._waiting = waiting
        WATCH.add(waiting)
        self.person = person
        self.used = time.monotonic()
        self.held: set[str] = set()  # session locks; they go with the connection
        self._place = place

    @property
    def marks(self) -> "Marks":
        """What marks tasks for this person."""
        from tui.engine.archive.postgres import marks

        return marks

    @property
    def index(self) -> "SearchIndex":
        """The full-text index."""
        from tui.engine.archive.postgres import fts

        return fts

    def execute(self, sql: str, parameters: "Parameters" = (), /) -> "ResultRows":
        """Carry out one statement, written with SQLite's placeholders."""
        with self.explained():
            return self.raw.execute(_ours(sql), _named(sql, parameters))

    def executemany(self, sql: str, parameters: "Sequence[Parameters]", /) -> object:
        """Carry out one statement for many values."""
        with self.explained():
            cursor = self.raw.cursor()
            cursor.executemany(_ours(sql), [_named(sql, each) for each in parameters])
            return cursor

    def notified(self, seconds: float) -> bool:
        """Wait for a message of `NOTIFY` for at most so many seconds; returns whether there was one."""
        with self.explained():
            self._waiting.end()  # silence means that nothing happened
            return any(True for _ in self.raw.notifies(timeout=seconds, stop_after=1))

    def roll_back(self) -> None:
        """Undo the transaction; harmless on a broken connection."""
        import psycopg

        with contextlib.suppress(psycopg.Error):
            self.raw.rollback()

    @property
    def broken(self) -> bool:
        """Whether nothing more can be asked through it."""
        return self.raw.closed

    def close(self) -> None:
        """Close it; harmless twice."""
        WATCH.remove(self._waiting)
        self.raw.close()

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Turn errors of psycopg inside the block into ours."""
        import psycopg

        self._waiting.begin()
        try:
            yield
        except psycopg.Error as error:
            raise explain(error, self._place, broken=self.raw.closed) from None
        finally:
            self._waiting.end()
            self.used = time.monotonic()


def connect(url: str, *, read_only: bool = False, autocommit: bool = True, person: str = "") -> PostgresConnection:
    """Connect to the server at `url`, as `person` (by default whoever uses this process).

    Raises:
        ServerGone: it cannot be reached.
        ArchiveError: it refuses.
        UsageError: psycopg is not installed, or `url` cannot be read.
    """
    person = person or whoami()
    raw = _reached(url, person, read_only=read_only, autocommit=autocommit)
    return PostgresConnection(raw, place_of(url), person, Waiting(raw, url, partial(_works, url, person)))


def _reached(url: str, person: str, *, read_only: bool, autocommit: bool = True) -> "psycopg.Connection[Any]":
    driver = load()
    options = {**_DEFAULTS, **_parts(url)}
    for name, value in options.items():
        if value and name.endswith(_SECRETS):
            Secret(value)  # known from now on, it is masked wherever it might be said
    options.setdefault("application_name", "divewatch")
    settings = [*_SETTINGS, f"divewatch.person={person.replace(chr(92), 2 * chr(92))}"]
    settings += ["default_transaction_read_only=on"] if read_only else []
    given = options.get("options") or os.environ.get("PGOPTIONS", "")
    options["options"] = " ".join([given, *(f"-c {setting}" for setting in settings)]).strip()
    try:
        raw: psycopg.Connection[Any] = driver.connect(
            driver.conninfo.make_conninfo("", **options), autocommit=autocommit
        )
    except driver.Error as error:
        raise explain(error, place_of(url), broken=True) from None  # the cause holds the whole address
    if raw.info.parameter_status("IntervalStyle") != _STYLE:
        raw.close()
        raise pooled(place_of(url))
    return raw


def _works(url: str, person: str, about: "psycopg.Connection[Any]") -> bool | None:
    """Return whether the server works on what a connection asked; None where it cannot be reached, or is silent."""
    import psycopg

    try:
        raw = _reached(url, person, read_only=True)
    except ServerGone:
        return None
    except ArchiveError:  # it answers
        return True
    timer = threading.Timer(PATIENCE, break_off, (raw,))
    timer.daemon = True
    timer.start()
    try:
        found = raw.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", (about.info.backend_pid,)).fetchone()
    except psycopg.Error:
        return None if raw.closed else True
    finally:
        timer.cancel()
        raw.close()
    return found is None or found[0] in {"active", None}  # a pooler has numbers of its own; a role may not look


def load() -> Any:
    """Return psycopg.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import psycopg
        import psycopg.conninfo
    except ImportError as error:
        raise UsageError(
            "an archive on PostgreSQL needs psycopg, which is not installed",
            hint="install it with `uv tool install 'divewatch[team]'` or `pip install 'divewatch[team]'`",
        ) from error
    return psycopg


def place_of(url: str) -> str:
    """Return which server and database `url` means, without user, password or any option."""
    parts = _parts(url)
    if parts.get("service"):
        return f"service {parts['service']} (PostgreSQL)"
    host = parts.get("host") or os.environ.get("PGHOST", "") or "this machine"
    port = f":{parts['port']}" if parts.get("port") else ""
    database = parts.get("dbname") or os.environ.get("PGDATABASE", "") or "the default database"
    return one_line(f"{database} on {host}{port} (PostgreSQL)", _DETAIL)


def explain(error: "psycopg.Error", place: str, *, broken: bool) -> ArchiveError:
    """Return `error` as an `ArchiveError` that says what it means and what to do."""
    import psycopg

    said = one_line(redact_text(_first_line(str(error))), _DETAIL)
    code = error.sqlstate or ""
    if code in {"28P01", "28000"} or "authentication failed" in said or "no password supplied" in said:
        return NotNow(
            f"the server does not let you in: {place}",
            hint="check user and password: `.pgpass`, PGPASSWORD or a service file, as for psql",
        )
    if code == "3D000" or re.search(r'database "[^"]*" does not exist', said):
        return NotNow(f"there is no such database: {place}", hint="`createdb` makes one")
    if code == "42501":
        return ArchiveError(
            f"your role may not do that: {place} ({said})", hint="the README says which rights a role needs"
        )
    if code == "25006":
        return ReadOnly(f"the archive is read-only: {place}", hint="the server, or this connection, only reads")
    if "unsupported startup parameter" in said:
        return pooled(place)
    if code == "57014":
        return NotNow(
            f"the server broke off what took too long: {place} ({said})",
            hint="whoever runs it may raise statement_timeout for your role",
        )
    if broken or (isinstance(error, psycopg.OperationalError) and code[:2] in {"", "08", "57"}):
        return ServerGone(
            f"the server of the archive cannot be reached: {place} ({said})",
            hint="nothing that was saved is lost; saving is tried again",
        )
    if code == "55P03":
        return NotNow(f"the archive is busy: {place} ({said})", hint="try again in a moment")
    if code[:2] == "53":
        return NotNow(f"the server has no room: {place} ({said})", hint="ask whoever runs it")
    return ArchiveError(f"the archive could not do that: {said}", hint=f"it is {place}")


def pooled(place: str) -> NotNow:
    """Return the refusal of a pooler: it drops the settings of a session, and lends the same session to others."""
    return NotNow(
        f"what answers is a connection pooler, through which leases and news get lost: {place}",
        hint="give the address of the PostgreSQL server itself",
    )


def _parts(url: str) -> dict[str, str]:
    psycopg = load()
    try:
        if not url.startswith(("postgresql://", "postgres://")):
            raise psycopg.ProgrammingError("not PostgreSQL")
        return {name: str(value) for name, value in psycopg.conninfo.conninfo_to_dict(url).items() if value is not None}
    except psycopg.Error:
        raise UsageError(  # libpq's own message may quote the password
            "the address of the archive cannot be read",
            hint="it looks like postgresql://user@host/database; write @ and / inside a part as %40 and %2F",
        ) from None


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "no reason given")


@lru_cache(maxsize=512)
def _ours(sql: str) -> LiteralString:
    def place(match: re.Match[str]) -> str:
        if match[1] or match[0] == "%":
            return match[0].replace("%", "%%")
        if match[3]:
            return f"%({match[3]})s"
        return f"%(p{match[2]})s" if match[2] else "%s"

    return _PLACES.sub(place, sql)


@lru_cache(maxsize=512)
def _is_numbered(sql: str) -> bool:
    return re.search(r"\?\d", sql) is not None


def _named(sql: str, parameters: "Parameters") -> "Sequence[Any] | Mapping[str, Any]":
    if isinstance(parameters, Mapping):
        return {name: _storable(value) for name, value in parameters.items()}
    values = [_storable(value) for value in parameters]
    if _is_numbered(sql):
        return {f"p{number}": value for number, value in enumerate(values, start=1)}
    return values


def _storable(value: Any) -> Any:
    """Return `value` as PostgreSQL can hold it: it has no character NUL."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value
