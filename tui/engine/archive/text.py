"""Text as the archive's search sees it: searchable documents, words, and host names in reversed order.

Words are split the same way for the index and for queries. FTS5's `unicode61` splits at blanks and punctuation, so a
Chinese sentence would be one word. Scripts that write no blanks between words are spaced out character by character, in
the index only, and searched as phrases.
"""

import re
import zlib
from functools import cache

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from tui.engine.archive.database import Database

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
)
_WORD = re.compile(r"[^\W_]+")


@cache
def _character() -> re.Pattern[str]:
    """Compiled when first needed: these ranges take longer than the rest of the archive takes to import."""
    return re.compile(f"([{_UNSPACED}])")


def spaced(text: str) -> str:
    """Return `text` for the index: characters of scripts without blanks stand alone."""
    return text if text.isascii() else _character().sub(r" \1 ", text)


def is_unspaced(text: str) -> bool:
    """Whether `text` holds characters of a script without blanks."""
    return not text.isascii() and _character().search(text) is not None


def words(text: str) -> list[str]:
    """Return the words of `text` as the index knows them."""
    return _WORD.findall(spaced(text))


def expression(terms: list[str], *, growing: bool) -> str:
    """Return the FTS5 query that finds all `terms`; "" if they hold no word.

    Each term is quoted as one phrase, so nothing a user types is syntax. With `growing` the last word is a prefix, as
    it is while somebody types, unless it ends in a character that is a word of its own.
    """
    phrases = [" ".join(found) for term in terms if (found := words(term))]
    if not phrases:
        return ""
    quoted = [f'"{phrase}"' for phrase in phrases]
    if growing and words(terms[-1]) and not is_unspaced(phrases[-1][-1]):
        quoted[-1] += "*"
    return " ".join(quoted)


def site_of(host: str) -> str:
    """Return `host` with its labels reversed ("com.nature.www"), so that a domain and all below it are one range."""
    return ".".join(reversed(host.strip().lower().strip(".").split(".")))


def host_of_site(site: str) -> str:
    """Return the host that `site_of` was made from."""
    return site_of(site)


Document = tuple[str, str, str, str, str]
"""Title, prompt, report, sources, note."""


def report_text(db: "Database", n: int) -> str:
    """Return the report of task row `n` as it is searched; "" without one."""
    row = db.execute("SELECT data FROM text WHERE task = ?", (n,)).fetchone()
    return _unpacked(row[0]) if row else ""


def _unpacked(data: bytes | None) -> str:
    return "" if data is None else zlib.decompress(data).decode()


def source_text(db: "Database", n: int) -> str:
    """Return titles and hosts of the sources of task row `n`."""
    return "\n".join(
        f"{title or ''} {host_of_site(site) if site else ''}"
        for title, site in db.execute("SELECT title, site FROM source WHERE task = ? ORDER BY n", (n,))
    )


def document(db: "Database", n: int) -> "Document | None":
    """Return what an index holds, or should hold, of task row `n`; None if there is no such row."""
    row = db.execute(
        "SELECT title, coalesce(prompt, ''), note, (SELECT data FROM text WHERE text.task = ?1), "
        "EXISTS (SELECT 1 FROM source WHERE source.task = ?1) FROM task WHERE n = ?1",
        (n,),
    ).fetchone()
    if row is None:
        return None
    title, prompt, note, report, sources = row
    return title, prompt, _unpacked(report), source_text(db, n) if sources else "", note
