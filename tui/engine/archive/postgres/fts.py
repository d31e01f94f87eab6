"""The full-text index on a server: our own tokenizer's words as a `tsvector`, so that both databases find the same.

Words are small and without accents, as FTS5's `unicode61 remove_diacritics 2` makes them; scripts without blanks stand
character by character, and every term is a phrase. A text is cut into parts that overlap: positions in a `tsvector` end
at 16383, and a phrase must not be lost at a cut.
"""

import unicodedata
from collections.abc import Callable, Iterator

from tui.engine.archive.database import Counted, Database, Wanted
from tui.engine.archive.shared_sql import EVERYTHING
from tui.engine.archive.text import document, words

_PART, _OVERLAP = 8000, 64  # words
_LARGE = 20_000  # tasks
_SAMPLE = 1_000  # of the newest tasks are looked at to see how common words are
_COMMON = 0.02  # the share of them that have a common word
_REACH = 10_000  # of the newest tasks among which common words are looked for
_PLAIN = "(task.deleted_at IS NULL)"  # the condition of a search without filters
_HAS = "EXISTS (SELECT 1 FROM search WHERE search.task = task.n AND words @@ ?::tsquery)"
_LONGEST = 500  # characters of a word; PostgreSQL takes 2,046 bytes
_GAP = 10  # positions between fields: no phrase goes from one to the next
_WEIGHTS = "{0.1, 0.15, 0.45, 1.0}"  # D report, C sources, B prompt and note, A title


def usable(db: Database) -> bool:
    """Whether there is an index: always."""
    return True


def added(db: Database, n: int) -> None:
    """Bring a new task row `n` into the index."""
    made = document(db, n)
    if made is None:
        return
    db.execute("DELETE FROM search WHERE task = ?", (n,))
    title, prompt, report, sources, note = (folded_words(text) for text in made)
    fields = [(title, "A"), (prompt, "B"), (note, "B"), (sources, "C"), (report, "D")]
    rows = [(n, part, vector) for part, vector in enumerate(_vectors(fields))]
    db.executemany("INSERT INTO search (task, part, words) VALUES (?, ?, ?::tsvector)", rows)


def changing(db: Database, n: int, change: Callable[[], object]) -> None:
    """Carry out `change`, which alters searchable text of task row `n`, and bring the index along."""
    before = document(db, n)
    change()
    if document(db, n) != before:
        added(db, n)


def ranked(db: Database, wanted: Wanted, limit: int, offset: int, most: int) -> Counted:
    """Return what is found, best first; what very common words find, latest first, titles before all others.

    In a large archive the titles of the newest that are found count, not of all.
    """
    phrases = [query for phrase in wanted.phrases if (query := _query(phrase))]
    if wanted.open_end and phrases:
        phrases[-1] += ":*"
    if not phrases:
        return [], 0, False
    limit = limit if limit >= 0 else EVERYTHING
    found, more = _newest(db, phrases, wanted, min(EVERYTHING, max(most + 1, offset + limit)))
    if more or len(found) > most:
        in_title = " AND ".join(_HAS for _ in phrases)
        rows = db.execute(
            f"SELECT n, CASE WHEN {in_title} THEN 1.0 ELSE 0.0 END::float8 AS score FROM task WHERE n = ANY(?) "
            "ORDER BY score DESC, n DESC LIMIT ? OFFSET ?",
            (*map(_in_title, phrases), found, limit, offset),
        ).fetchall()
        return rows, most, True
    any_of = " | ".join(f"({phrase})" for phrase in phrases)
    rows = db.execute(
        "SELECT n, (SELECT sum(ts_rank(?::real[], words, ?::tsquery)) FROM search "
        "WHERE search.task = task.n)::float8 AS score FROM task WHERE n = ANY(?) "
        "ORDER BY score DESC, sort_at DESC LIMIT ? OFFSET ?",
        (_WEIGHTS, any_of, found, limit, offset),
    ).fetchall()
    return rows, len(found), False


def _newest(db: Database, phrases: list[str], wanted: Wanted, most: int) -> tuple[list[int], bool]:
    """Return which tasks have all phrases, and whether these are the newest of more: of a large archive the `most`.

    The server knows best how to find the newest rows with one word, as long as nothing else is asked of them.
    """
    if db.execute("SELECT coalesce(max(n), 0) FROM task").fetchone()[0] < _LARGE:
        most = EVERYTHING
    elif len(phrases) == 1 and wanted.where == _PLAIN:
        parts = min(EVERYTHING, 2 * most)  # a long report has several
        newest = "SELECT task FROM search WHERE words @@ ?::tsquery ORDER BY task DESC LIMIT ?"
        numbers = [n for (n,) in db.execute(newest, (phrases[0], parts)).fetchall()]
        alive = f"SELECT n FROM task WHERE n = ANY(?) AND {wanted.where} ORDER BY n DESC LIMIT ?"
        return [n for (n,) in db.execute(alive, (numbers, most)).fetchall()], len(numbers) == parts
    elif _is_common(db, phrases):
        reach = min(EVERYTHING, max(_REACH, int(most / _COMMON)))
        newest = f"(SELECT n FROM {db.tasks} WHERE {wanted.where} ORDER BY n DESC LIMIT ?) AS task"
        some = f"SELECT n FROM {newest} WHERE {' AND '.join(_HAS for _ in phrases)} ORDER BY n DESC LIMIT ?"
        found = db.execute(some, (*wanted.values, reach, *phrases, most)).fetchall()
        return [n for (n,) in found], True
    in_all = " AND ".join("task.n IN (SELECT task FROM search WHERE words @@ ?::tsquery)" for _ in phrases)
    every = f"SELECT n FROM {db.tasks} WHERE {in_all} AND {wanted.where} ORDER BY n DESC LIMIT ?"
    return [n for (n,) in db.execute(every, (*phrases, *wanted.values, most)).fetchall()], False


def _is_common(db: Database, phrases: list[str]) -> bool:
    """Whether these words are in so many tasks of a large archive that finding all of them would take seconds."""
    newest = "(SELECT n FROM task ORDER BY n DESC LIMIT ?) AS task"
    in_all = " AND ".join(_HAS for _ in phrases)
    found = db.execute(f"SELECT count(*) FROM {newest} WHERE {in_all}", (_SAMPLE, *phrases)).fetchone()
    return int(found[0]) >= _COMMON * _SAMPLE


def folded_words(text: str) -> list[str]:
    """Return the words of `text` as this index knows them."""
    if not text.isascii():
        apart = unicodedata.normalize("NFD", text)
        text = unicodedata.normalize("NFC", "".join(char for char in apart if not unicodedata.combining(char)))
    return [word[:_LONGEST] for word in words(text.lower())]


def _vectors(fields: list[tuple[list[str], str]]) -> Iterator[str]:
    """Yield the parts of a document as the text of a `tsvector`."""
    part: list[str] = []
    at = 0
    for found, weight in fields:
        start = 0
        while start < len(found):
            room = _PART - at
            if room <= _OVERLAP:
                yield " ".join(part)
                part, at = [], 0
                continue
            some = found[start : start + room]
            part += [f"'{word}':{at + number}{weight}" for number, word in enumerate(some, start=1)]
            at += len(some) + _GAP
            start += len(some)
            if start < len(found):
                start -= _OVERLAP
    if part:
        yield " ".join(part)


def _query(phrase: list[str]) -> str:
    """Return a phrase as the text of a `tsquery`; words hold letters and digits only, so nothing in them is syntax."""
    return " <-> ".join(f"'{word}'" for word in folded_words(" ".join(phrase)))


def _in_title(query: str) -> str:
    """Return `query` for words of titles alone."""
    return " <-> ".join(f"{word}A" if ":" in word else f"{word}:A" for word in query.split(" <-> "))
