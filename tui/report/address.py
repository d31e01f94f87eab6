"""URLs in running text: where one ends, and its address without markup."""

import re

from markdown_it.common.utils import unescapeAll

from tui.domain.patterns import late
from tui.domain.redirect import leads_to

# What ends a URL in running text: blanks, what markdown or a table uses, and the punctuation of CJK scripts.
_BARE = late(r"https?://[^\s<>\"`|{}\[\]\ue200-\ue202、-〟，。；：！？（）“”‘’…\u200b]+", re.IGNORECASE)
_TRAILING = ".,;:!?'\"*_>~\\"
_BRACKET = late(r"[()]")
_WHOLE = late(r"https?://[^\s`]+", re.IGNORECASE)


def bare_url(text: str, start: int, end: int) -> int:
    """Return the end of the URL that begins at `start`; `start` itself if there is only a scheme."""
    match = _BARE.match(text, start, end)
    if not match:
        return start
    stop = match.end()
    star = text.find("**", start, stop)
    stop = star if star >= 0 else stop
    depth = 0
    for bracket in _BRACKET.finditer(text, start, stop):
        depth += 1 if bracket[0] == "(" else -1
        if depth < 0:
            stop = bracket.start()
            break
    while stop > start and text[stop - 1] in _TRAILING:
        stop -= 1
    return stop if stop > text.index("://", start) + 3 else start


def is_url(text: str) -> bool:
    """Whether `text` is exactly one web address."""
    return bool(_WHOLE.fullmatch(text))


def is_web(target: str) -> bool:
    """Whether a link target is a web address."""
    return target[:8].lower().startswith(("http://", "https://"))


def unescape(target: str) -> str:
    """Return a link target without markdown's escapes and entities."""
    return unescapeAll(target) if "\\" in target or "&" in target else target


def unwrap(url: str) -> str:
    """Return the target inside a redirector's address; any other URL unchanged."""
    return leads_to(url)
