"""Reads rows out of a broken database file, page by page, without SQLite: header, tree and index may all be gone.

Works because rows of this archive are recognised by their shape (schema.py), bodies prove themselves by their SHA-256,
and numbers of rows are never used twice. Only committed frames of the log are read. Format: sqlite.org/fileformat2.html
"""

import json
import sqlite3
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from tui.domain.frozen import frozen
from tui.engine.archive.recovery import placeholders
from tui.engine.archive.rows.responses import unpack
from tui.engine.archive.shared_sql import NOTED_BY, STARTED_BY, TAGGED_BY
from tui.engine.archive.sqlite import fts
from tui.engine.archive.sqlite.connect import ArchiveConnection
from tui.engine.archive.sqlite.schema import PAGE_SIZE as PAGE

_LEAF, _INTERIOR = 0x0D, 0x05
_STATES = ("new", "interim", "unreadable", "final")
_STATES_KEPT = ("ui.", "since.", "purged.", "draft.", STARTED_BY, NOTED_BY, TAGGED_BY)
Value = None | int | float | str | bytes
Row = tuple[Value, ...]


@frozen
class Salvaged:
    """How many rows were read from a damaged file; `standins` counts placeholders among the tasks."""

    tasks: int
    answers: int
    reports: int
    standins: int


def salvage(broken: Path, log: Path, fresh: Path) -> Salvaged:
    """Copy every readable row of `broken` and its write-ahead log into the empty archive `fresh`."""
    tasks: dict[int, Row] = {}
    db = sqlite3.connect(fresh, isolation_level=None, factory=ArchiveConnection)
    try:
        db.execute("BEGIN IMMEDIATE")
        with _Pages(broken, log) as pages:
            for n, row in pages.rows():
                if len(row) == 22 and _is_task(row):
                    if n not in tasks or _number(tasks[n][20]) < _number(row[20]):
                        tasks[n] = row
                else:
                    _keep(db, n, row)
        for n, row in sorted(tasks.items(), key=lambda item: -_number(item[1][20])):
            db.execute(f"INSERT OR IGNORE INTO task VALUES ({', '.join('?' * 22)})", (n, *row[1:]))
        made = _mend(db)
        fts.mark_stale(db)
        db.execute("COMMIT")
        kept, answers, texts = (
            db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("task", "answer", "text")
        )
    finally:
        db.close()
    return Salvaged(kept, answers, texts, made)


def _keep(db: ArchiveConnection, n: int, row: Row) -> None:
    match len(row), row:
        case 4, (None, bytes(digest), int(size), bytes(data)) if len(digest) == 32:
            body = unpack(data, digest)
            if body is not None and len(body) == size:
                db.execute("INSERT OR REPLACE INTO body VALUES (?, ?, ?, ?)", (n, *row[1:]))
        case 9, (None, int(), int(), int(), int(), str(state), *_) if state in _STATES:
            db.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (n, *row[1:]))
        case 3, (None, int(size), bytes(data)) if _is_text(data, size):
            db.execute("INSERT OR REPLACE INTO text VALUES (?, ?, ?)", (n, *row[1:]))
        case 8, (None, int(), str(), *_, str()):
            db.execute("INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (n, *row[1:]))
        case 6, (None, int(), str(), str(), *_):
            db.execute("INSERT OR REPLACE INTO event VALUES (?, ?, ?, ?, ?, ?)", (n, *row[1:]))
        case 3, (str(), int(), int()):
            db.execute("INSERT OR REPLACE INTO alias VALUES (?, ?, ?)", row)
        case 2, (str(key), str()) if key.startswith(_STATES_KEPT):
            db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", row)
        case _:
            pass  # of the search index, of SQLite itself, or torn


def _mend(db: ArchiveConnection) -> int:
    """Remove rows that refer to lost ones; responses without a task get a placeholder. Returns how many."""
    db.execute("DELETE FROM answer WHERE body NOT IN (SELECT n FROM body)")
    made = placeholders.for_answers(db)
    for table in ("text", "source", "alias"):
        db.execute(f"DELETE FROM {table} WHERE task NOT IN (SELECT n FROM task)")
    db.execute("UPDATE task SET answer = NULL WHERE answer NOT IN (SELECT n FROM answer)")
    return made + placeholders.for_bodies(db)


def _is_task(row: Row) -> bool:
    if not (row[0] is None and isinstance(row[1], str) and isinstance(row[8], str) and isinstance(row[20], int)):
        return False
    try:
        return bool(json.loads(row[8])["id"] == row[1])
    except (ValueError, KeyError, TypeError):
        return False


def _is_text(data: bytes, size: int) -> bool:
    try:
        return len(zlib.decompress(data)) == size
    except zlib.error:
        return False


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0


class _Pages:
    """The pages of a database file with those of its write-ahead log applied."""

    def __init__(self, path: Path, log: Path) -> None:
        self._file = path.open("rb")
        self._log = log.open("rb") if log.exists() else None
        self._count = (path.stat().st_size + PAGE - 1) // PAGE
        self._frames = self._committed()
        self._count = max([self._count, *self._frames])

    def __enter__(self) -> "_Pages":
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()
        if self._log is not None:
            self._log.close()

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield (number, values) of every row; rows of pages in a tree come last, so that they win."""
        led_to = {child for number in range(1, self._count + 1) for child in self._children(number)}
        for wanted in (False, True):
            for number in range(1, self._count + 1):
                if (number in led_to) is wanted:
                    yield from self._leaf(number)

    def page(self, number: int) -> bytes:
        """Return page `number` (from 1), padded with zeros if the file was cut."""
        offset = self._frames.get(number)
        if offset is not None and self._log is not None:
            self._log.seek(offset)
            data = self._log.read(PAGE)
        else:
            self._file.seek((number - 1) * PAGE)
            data = self._file.read(PAGE)
        return data.ljust(PAGE, b"\0")

    def _committed(self) -> dict[int, int]:
        """Return for each page in the log the offset of its last committed image."""
        if self._log is None:
            return {}
        header = self._log.read(32)
        if len(header) < 32 or header[:3] != b"\x37\x7f\x06" or int.from_bytes(header[8:12], "big") != PAGE:
            return {}
        committed: dict[int, int] = {}
        pending: dict[int, int] = {}
        offset = 32
        while len(frame := self._log.read(24)) == 24 and frame[8:16] == header[16:24]:
            pending[int.from_bytes(frame[:4], "big")] = offset + 24
            if int.from_bytes(frame[4:8], "big"):
                committed |= pending
                pending = {}
            offset += 24 + PAGE
            self._log.seek(offset)
        return committed

    def _children(self, number: int) -> Iterator[int]:
        page, start = self.page(number), 100 if number == 1 else 0
        if page[start] != _INTERIOR:
            return
        yield int.from_bytes(page[start + 8 : start + 12], "big")
        for pointer in _pointers(page, start, 12):
            yield int.from_bytes(page[pointer : pointer + 4], "big")

    def _leaf(self, number: int) -> Iterator[tuple[int, Row]]:
        page, start = self.page(number), 100 if number == 1 else 0
        if page[start] != _LEAF:
            return
        for pointer in _pointers(page, start, 8):
            try:
                size, at = _varint(page, pointer)
                n, at = _varint(page, at)
                yield n, _record(self._payload(page, at, size))
            except (IndexError, ValueError, struct.error):
                continue  # this row is torn; its neighbours need not be

    def _payload(self, page: bytes, at: int, size: int) -> bytes:
        if not 0 < size <= self._count * PAGE:
            raise ValueError("impossible size")
        if size <= PAGE - 35:
            return page[at : at + size]
        least = (PAGE - 12) * 32 // 255 - 23
        local = least + (size - least) % (PAGE - 4)
        local = local if local <= PAGE - 35 else least
        parts, missing = [page[at : at + local]], size - local
        following = int.from_bytes(page[at + local : at + local + 4], "big")
        while missing > 0:
            if not 0 < following <= self._count:
                raise ValueError("broken chain")
            overflow = self.page(following)
            following = int.from_bytes(overflow[:4], "big")
            parts.append(overflow[4 : 4 + missing])
            missing -= PAGE - 4
        return b"".join(parts)


def _pointers(page: bytes, start: int, header: int) -> Iterator[int]:
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    for i in range(min(count, PAGE // 4)):
        at = start + header + 2 * i
        pointer = int.from_bytes(page[at : at + 2], "big")
        if at + 2 <= pointer < PAGE:
            yield pointer


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for i in range(8):
        byte = data[at + i]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + i + 1
    value = value << 8 | data[at + 8]
    return value - (1 << 64 if value >= 1 << 63 else 0), at + 9


def _record(payload: bytes) -> Row:
    end, at = _varint(payload, 0)
    kinds: list[int] = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    for kind in kinds:
        value, at = _value(payload, at, kind)
        values.append(value)
    if at != len(payload):
        raise ValueError("wrong length")
    return tuple(values)


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind == 0:
        return None, at
    if kind in {8, 9}:
        return kind - 8, at
    if kind == 7:
        return float(struct.unpack(">d", payload[at : at + 8])[0]), at + 8
    if kind < 7:
        size = (0, 1, 2, 3, 4, 6, 8)[kind]
        return int.from_bytes(payload[at : at + size], "big", signed=True), at + size
    if kind < 12:
        raise ValueError("reserved type")
    size = (kind - 12) // 2
    raw = payload[at : at + size]
    return (raw.decode() if kind % 2 else raw), at + size
