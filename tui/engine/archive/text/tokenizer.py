"""Splits text into words, the same way for the index and for queries.

FTS5's `unicode61` splits at blanks and punctuation, so a Chinese sentence would be one word. Scripts that write no
blanks between words are spaced out character by character, in the index only, and searched as phrases.
"""

import re
from functools import cache

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
