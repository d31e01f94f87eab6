"""Copies one archive into another, between both kinds.

Each task is copied whole, in one transaction, so that a copy goes on where it was interrupted. What the target has
already stays as it is; answers that it lacks are added.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from tui.domain.errors import ArchiveError, NotFound
from tui.domain.frozen import frozen
from tui.engine.archive.database import Database, Mark, Store
from tui.engine.archive.rows import responses, rows
from tui.engine.archive.shared_sql import NOTED_BY, SEEN_BEFORE, STARTED_BY, TAGGED_BY, state_of

_TASK = (
    "id provider account remote_id status title prompt record sort_at cost_amount cost_unit cost_kind "
    "note tags deleted_at"
).split()
_COLUMNS = ", ".join(_TASK)
_STATE_KEPT = ("ui.", "ui@", "since.", "purged.", STARTED_BY, NOTED_BY, TAGGED_BY)
_AT_ONCE = 500  # tasks whose numbers are listed in one statement


@frozen
class Copied:
    """The result of a copy: numbers of new tasks and responses, tasks that were there, damaged responses."""

    tasks: int
    answers: int
    known: int
    problems: tuple[str, ...]


@frozen
class _Answer:
    n: int
    digest: bytes
    size: int
    data: bytes
    values: tuple[Any, ...]  # received_at, final, state, etag, report_chars, why


@frozen
class _Whole:
    """One task with all its rows."""

    values: tuple[Any, ...]
    shown: int | None
    seen: int
    marks: list[Mark]
    aliases: list[tuple[Any, ...]]
    answers: list[_Answer]
    text: tuple[Any, ...] | None
    sources: list[tuple[Any, ...]]
    draft: str | None


def copy(source: Store, target: Store, told: Callable[[int], object] = lambda count: None) -> Copied:
    """Copy everything of `source` that `target` lacks; every answer is compared with its SHA-256 in both.

    Args:
        source: is only read.
        target: is open for writing.
        told: is called with the number of tasks that are done.

    Raises:
        ArchiveError: one of them cannot be read or written any more; doing it again goes on from there.
    """
    tasks = answers = known = after = 0
    problems: list[str] = []
    while numbers := _numbers(source, after):
        for n in numbers:
            whole, damaged = _read(source, n)
            problems += damaged
            new, digests = target.write(partial(_put, whole)).result()
            _verify(target, whole.values[0], digests)
            tasks, known, answers = tasks + new, known + (not new), answers + len(digests)
            after = n
            told(tasks + known)
    _copy_state(source, target)
    return Copied(tasks, answers, known, tuple(problems))


def _numbers(store: Store, after: int) -> list[int]:
    with store.reading() as db:
        return [n for (n,) in db.execute("SELECT n FROM task WHERE n > ? ORDER BY n LIMIT ?", (after, _AT_ONCE))]


def _read(store: Store, n: int) -> tuple[_Whole, list[str]]:
    """Return everything about task row `n`, and a sentence for each answer that is damaged and left out."""
    with store.reading() as db:
        values = db.execute(f"SELECT {_COLUMNS} FROM task WHERE n = ?", (n,)).fetchone()
        shown, seen = db.execute("SELECT answer, seen FROM task WHERE n = ?", (n,)).fetchone()
        found = db.execute(
            "SELECT answer.n, sha256, size, data, received_at, final, state, etag, report_chars, why FROM answer "
            "JOIN body ON body.n = answer.body WHERE task = ? ORDER BY answer.n",
            (n,),
        ).fetchall()
        answers = [
            _Answer(answer, digest, size, data, (at, bool(final), *rest))
            for answer, digest, size, data, at, final, *rest in found
        ]
        sound = [one for one in answers if responses.unpack(one.data, one.digest) is not None]
        whole = _Whole(
            tuple(values),
            shown,
            seen,
            db.marks.all_of(db, n),
            db.execute("SELECT id, at FROM alias WHERE task = ?", (n,)).fetchall(),
            sound,
            db.execute("SELECT size, data FROM text WHERE task = ?", (n,)).fetchone(),
            db.execute(
                "SELECT id, url, page, site, title, lines FROM source WHERE task = ? ORDER BY n", (n,)
            ).fetchall(),
            state_of(db, f"draft.{values[0]}"),
        )
    damaged = len(answers) - len(sound)
    return whole, [f"a stored answer of task {values[0]} does not match its checksum and was left out"] * damaged


def _put(whole: _Whole, db: Database) -> tuple[bool, list[bytes]]:
    """Write what the target lacks of a task; returns whether the task is new, and the digests of new responses."""
    n, new = _row(db, whole)
    held = {
        bytes(digest)
        for (digest,) in db.execute("SELECT sha256 FROM answer JOIN body ON body.n = answer.body WHERE task = ?", (n,))
    }
    places: dict[int, int] = {}
    added: list[bytes] = []
    for one in whole.answers:
        if one.digest in held and not new:
            continue
        places[one.n] = _put_answer(db, n, one)
        added.append(one.digest)
    if new:
        db.execute("UPDATE task SET answer = ? WHERE n = ?", (places.get(whole.shown or 0), n))
        seen = SEEN_BEFORE if whole.seen == SEEN_BEFORE else places.get(whole.seen or whole.shown or 0, 0)
        db.marks.put(db, n, whole.marks, seen)
        if whole.text is not None:
            db.execute("INSERT INTO text VALUES (?, ?, ?)", (n, *whole.text))
        if whole.sources:
            statement = "INSERT INTO source (task, id, url, page, site, title, lines) VALUES (?, ?, ?, ?, ?, ?, ?)"
            db.executemany(statement, [(n, *row) for row in whole.sources])
        for alias, at in whole.aliases:
            db.execute("INSERT INTO alias VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING", (alias, n, at))
        if whole.draft is not None:
            _keep(db, f"draft.{whole.values[0]}", whole.draft)
        db.index.added(db, n)
    elif added:
        rows.touch(db, n, 0)
    return new, added


def _row(db: Database, whole: _Whole) -> tuple[int, bool]:
    """Return the target's row of a task, created if missing, and whether it was created."""
    task_id, provider, account, remote_id = whole.values[:4]
    try:
        return rows.row_of(db, task_id), False
    except NotFound:
        twin = db.execute(
            "SELECT n FROM task WHERE provider = ? AND account = ? AND remote_id = ?", (provider, account, remote_id)
        ).fetchone()
    if twin is not None:
        db.execute("INSERT INTO alias VALUES (?, ?, ?)", (task_id, twin[0], whole.values[8]))
        return int(twin[0]), False
    places = ", ".join("?" * len(_TASK))
    made = db.execute(
        f"INSERT INTO task (changed, writer, {_COLUMNS}) VALUES ({rows.NEXT}, 0, {places}) RETURNING n", whole.values
    )
    return int(made.fetchone()[0]), True


def _put_answer(db: Database, n: int, one: _Answer) -> int:
    known = db.execute("SELECT n FROM body WHERE sha256 = ?", (one.digest,)).fetchone()
    if known is None:
        values = (one.digest, one.size, one.data)
        known = db.execute("INSERT INTO body (sha256, size, data) VALUES (?, ?, ?) RETURNING n", values).fetchone()
    made = db.execute(
        "INSERT INTO answer (task, body, received_at, final, state, etag, report_chars, why) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING n",
        (n, known[0], *one.values),
    )
    return int(made.fetchone()[0])


def _verify(target: Store, task_id: str, digests: list[bytes]) -> None:
    """Read new responses back from the target; raises an `ArchiveError` if one differs from what was written."""
    wrong = 0
    with target.reading() as db:
        for digest in digests:
            found = db.execute("SELECT data FROM body WHERE sha256 = ?", (digest,)).fetchone()
            wrong += found is None or responses.unpack(found[0], digest) is None
    if wrong:
        raise ArchiveError(f"what was written of task {task_id} is not what was read back", hint="check that disk")


def _copy_state(source: Store, target: Store) -> None:
    """Copy view states and the list of purged tasks, where the target has none of that name; and the log."""
    with source.reading() as db:
        state = [
            (key, value)
            for key, value in db.execute("SELECT key, value FROM state ORDER BY key")
            if key.startswith(_STATE_KEPT)
        ]
        events = db.execute("SELECT at, kind, text, task_id, provider FROM event ORDER BY n").fetchall()

        me = db.person

    def work(db: Database) -> None:
        for key, value in state if source.kind == target.kind else _of_person(db, state, me):
            _keep(db, key, value)
        if events and db.execute("SELECT 1 FROM event LIMIT 1").fetchone() is None:
            db.executemany("INSERT INTO event (at, kind, text, task_id, provider) VALUES (?, ?, ?, ?, ?)", events)

    target.write(work).result()


def _of_person(db: Database, state: list[tuple[str, str]], me: str) -> list[tuple[str, str]]:
    """Return the view state of an archive of the other kind under its name in this one; only one's own."""
    own, others = f"ui@{me} ", [pair for pair in state if not pair[0].startswith("ui")]
    mine = [(key.removeprefix(own), value) for key, value in state if key.startswith(own)]
    shared = [(key.removeprefix("ui."), value) for key, value in state if key.startswith("ui.")]
    return [*others, *((db.marks.places(db, key)[0], value) for key, value in (*mine, *shared))]


def _keep(db: Database, key: str, value: str) -> None:
    db.execute("INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO NOTHING", (key, value))
