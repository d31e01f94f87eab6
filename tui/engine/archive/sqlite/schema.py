"""The SQLite schema: its tables, and the numbered migration steps.

A step is never changed once released; a new one is added. Times are microseconds since 1970, UTC. Salvage (salvage.py)
recognises rows by their shape: no table is WITHOUT ROWID, no two have the same number and types of columns, and row
numbers are not used again (AUTOINCREMENT).
"""

import sqlite3

from tui.engine.archive.shared_sql import INDEXES

APPLICATION_ID = 0x64695677  # "diVw": whose file this is
PAGE_SIZE = 4096

_TABLES = (
    """CREATE TABLE task (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        provider TEXT NOT NULL,
        account TEXT NOT NULL,
        remote_id TEXT,
        status TEXT NOT NULL,
        title TEXT NOT NULL,
        prompt TEXT,
        record TEXT NOT NULL,               -- the JSON object of `list --json`
        sort_at INTEGER NOT NULL,           -- created, else first seen
        cost_amount REAL,
        cost_unit TEXT NOT NULL,
        cost_kind TEXT NOT NULL,
        answer INTEGER,                     -- the answer whose report is shown
        note TEXT NOT NULL DEFAULT '',
        tags TEXT NOT NULL DEFAULT ' ',     -- ' one two ': words between blanks
        seen INTEGER NOT NULL DEFAULT 0,
        pinned INTEGER NOT NULL DEFAULT 0,
        hidden INTEGER NOT NULL DEFAULT 0,
        deleted_at INTEGER,
        changed INTEGER NOT NULL,           -- counts up with every change of any task
        writer INTEGER NOT NULL             -- which process wrote it last
    )""",
    "CREATE UNIQUE INDEX task_key ON task (provider, account, remote_id) WHERE remote_id IS NOT NULL",
    "CREATE INDEX task_newest ON task (sort_at DESC, n DESC)",
    "CREATE INDEX task_changed ON task (changed)",
    "CREATE INDEX task_deleted ON task (deleted_at) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX task_pinned ON task (n) WHERE pinned",
    """CREATE TABLE alias (                -- other local ids of a task that two processes met at once
        id TEXT PRIMARY KEY, task INTEGER NOT NULL REFERENCES task (n) ON DELETE CASCADE, at INTEGER NOT NULL
    )""",
    """CREATE TABLE body (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        sha256 BLOB NOT NULL UNIQUE,
        size INTEGER NOT NULL,
        data BLOB NOT NULL                  -- zlib
    )""",
    """CREATE TABLE answer (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        task INTEGER NOT NULL REFERENCES task (n) ON DELETE CASCADE,
        body INTEGER NOT NULL REFERENCES body (n),
        received_at INTEGER NOT NULL,
        final INTEGER NOT NULL,             -- the task was known to be finished when it came
        state TEXT NOT NULL,                -- new, interim, final, unreadable
        etag TEXT,
        report_chars INTEGER NOT NULL DEFAULT 0,
        why TEXT
    )""",
    "CREATE INDEX answer_task ON answer (task, n)",
    "CREATE INDEX answer_body ON answer (body)",
    """CREATE TABLE text (                 -- the report as searched and quoted in hits; zlib
        task INTEGER PRIMARY KEY REFERENCES task (n) ON DELETE CASCADE,
        size INTEGER NOT NULL,
        data BLOB NOT NULL
    )""",
    """CREATE TABLE source (
        n INTEGER PRIMARY KEY,
        task INTEGER NOT NULL REFERENCES task (n) ON DELETE CASCADE,
        id TEXT NOT NULL,
        url TEXT,
        page INTEGER,                       -- source_key.page_number of the URL
        site TEXT,                          -- links.site_of its host
        title TEXT,
        lines TEXT NOT NULL                 -- where it is cited: '12 40 77'
    )""",
    "CREATE INDEX source_task ON source (task)",
    "CREATE INDEX source_page ON source (page, task)",
    "CREATE INDEX source_site ON source (site, task)",
    """CREATE TABLE event (
        n INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, task_id TEXT, provider TEXT
    )""",
    "CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
)

SEARCH_TABLE = """CREATE VIRTUAL TABLE search USING fts5(
    title, prompt, report, sources, note, content='', prefix='2 3', tokenize="unicode61 remove_diacritics 2")"""


def _first(db: sqlite3.Connection) -> None:
    for statement in _TABLES:
        db.execute(statement)
    make_search(db)


def _second(db: sqlite3.Connection) -> None:
    """Indexes of a long archive."""
    for statement in INDEXES:
        db.execute(statement)
    db.execute("CREATE INDEX task_hidden ON task (n) WHERE hidden")


STEPS = (_first, _second)  # step i leads from version i to i + 1
VERSION = len(STEPS)
OLDEST_READ = 1  # formats from here on differ in indexes only: a file that cannot be written is read as it is


def make_search(db: sqlite3.Connection) -> bool:
    """Create the full-text table if this SQLite has FTS5; returns whether it has."""
    try:
        db.execute(SEARCH_TABLE)
    except sqlite3.OperationalError as error:
        if "no such module" in str(error):
            return False
        raise
    return True
