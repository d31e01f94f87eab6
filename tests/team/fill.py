"""Fills an archive with very many tasks and reports, in either kind of database: the same rows that saving makes."""

import hashlib
import random
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tui.domain.task import Cost, CostKind, Task, TaskStatus
from tui.engine.archive.postgres.connect import connect
from tui.engine.archive.postgres.fts import _vectors, folded_words
from tui.engine.archive.postgres.open import open_server
from tui.engine.archive.rows.rows import micros
from tui.engine.archive.rows.task_json import to_record
from tui.engine.archive.shared_sql import SEEN_BEFORE
from tui.engine.archive.sqlite.connect import open_writer
from tui.engine.archive.sqlite.files import create
from tui.engine.archive.text import spaced

_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
_TASK = (
    "n id provider account remote_id status title prompt record sort_at cost_amount cost_unit cost_kind answer seen "
    "changed writer"
).split()
_ANSWER = "n task body received_at final state report_chars".split()
_PROVIDERS = ("valyu", "yutori", "extruct", "openai", "gemini")
_VOWELS, _CONSONANTS = "aeiou", "bcdfghklmnprstvw"
_AT_ONCE = 5_000
Rows = dict[str, list[tuple[Any, ...]]]


def vocabulary(count: int = 30_000, seed: int = 3) -> list[str]:
    """Return made-up words."""
    rng = random.Random(seed)
    words = {
        "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.randint(2, 5))) for _ in range(count)
    }
    return sorted(words)


def portions(tasks: int, reports: int, *, seed: int = 1) -> Iterator[tuple[Rows, list[tuple[int, str, str, str]]]]:
    """Yield rows by table, and (task, title, prompt, report) for the index; the newest tasks have the reports."""
    rng, words = random.Random(seed), vocabulary()
    often = words[:: len(words) // 300]  # a few hundred words are everywhere, as in any language
    for start in range(1, tasks + 1, _AT_ONCE):
        rows: Rows = {"task": [], "body": [], "answer": [], "text": []}
        texts: list[tuple[int, str, str, str]] = []
        for n in range(start, min(tasks, start + _AT_ONCE - 1) + 1):
            has_report = n > tasks - reports
            title = " ".join(rng.choices(often, k=3) + rng.choices(words, k=4))
            prompt = " ".join(rng.choices(often, k=10) + rng.choices(words, k=10))
            task = _task(n, title, has_report, rng)
            report = " ".join(rng.choices(often, k=300) + rng.choices(words, k=150)) if has_report else ""
            answer = n if has_report else None
            at = micros((_SINCE + timedelta(seconds=60 * n)).timestamp())
            rows["task"].append(
                (
                    *(n, task.id, task.provider, "default", task.remote_id, task.status.value, title, prompt),
                    *(to_record(task), at, 0.1, "USD", "reported", answer, SEEN_BEFORE, n, 0),
                )
            )
            if has_report:
                data, digest = zlib.compress(report.encode(), 1), hashlib.sha256(report.encode()).digest()
                rows["body"].append((n, digest, len(report), data))
                rows["answer"].append((n, n, n, at, True, "final", len(report)))
                rows["text"].append((n, len(report), data))
            texts.append((n, title, prompt, report))
        yield rows, texts


def fill_server(url: str, tasks: int, reports: int) -> None:
    """Fill a new archive on a server."""
    open_server(url)[0].close(60)
    db = connect(url).raw
    db.execute("DROP INDEX search_words")
    for rows, texts in portions(tasks, reports):
        tables = {**rows, "search": [row for text in texts for row in _search_rows(*text)]}
        columns = {"task": ", ".join(_TASK), "body": "n, sha256, size, data", "answer": ", ".join(_ANSWER)}
        for table, given in tables.items():
            names = columns.get(table, {"text": "task, size, data", "search": "task, part, words"}.get(table))
            with db.cursor().copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy:
                for row in given:
                    copy.write_row(row)
    db.execute("CREATE INDEX search_words ON search USING gin (words) WITH (fastupdate = off)")
    for table in ("task", "body", "answer"):
        db.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'n'), max(n)) FROM {table}".encode())
    db.execute("VACUUM ANALYZE")
    db.close()


def _search_rows(n: int, title: str, prompt: str, report: str) -> list[tuple[int, int, str]]:
    fields = [(folded_words(title), "A"), (folded_words(prompt), "B"), (folded_words(report), "D")]
    return [(n, part, vector) for part, vector in enumerate(_vectors(fields))]


def fill_file(path: Path, tasks: int, reports: int) -> None:
    """Fill a new archive in a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    create(path)
    db = open_writer(str(path), "wal")
    db.execute("PRAGMA synchronous = OFF")
    columns = {"task": _TASK, "answer": _ANSWER, "body": "n sha256 size data".split(), "text": "task size data".split()}
    for rows, texts in portions(tasks, reports):
        db.execute("BEGIN")
        for table, given in rows.items():
            places = ", ".join("?" * len(columns[table]))
            db.executemany(f"INSERT INTO {table} ({', '.join(columns[table])}) VALUES ({places})", given)
        db.executemany(
            "INSERT INTO search (rowid, title, prompt, report, sources, note) VALUES (?, ?, ?, ?, '', '')",
            [(n, spaced(title), spaced(prompt), spaced(report)) for n, title, prompt, report in texts],
        )
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def task_id(n: int) -> str:
    """Return the id of task number `n`, from 1, the oldest."""
    return f"task{n:08}"


def _task(n: int, title: str, has_report: bool, rng: random.Random) -> Task:
    done = has_report or rng.random() < 0.999
    return Task(
        id=task_id(n),
        provider=rng.choice(_PROVIDERS),
        remote_id=f"remote{n:08}",
        title=title,
        status=TaskStatus.DONE if done else TaskStatus.FAILED,
        created_at=_SINCE + timedelta(seconds=60 * n),
        finished_at=_SINCE + timedelta(seconds=60 * n + 300),
        cost=Cost(0.1, "USD", CostKind.REPORTED),
        has_report=has_report or done,  # of the older ones the reports were pruned
    )
