"""The beginning of a large report, cut at a block boundary, so that its first screen need not wait for the rest."""

import re

from tui.domain.patterns import late

_FENCE = late(r" {0,3}(?:[-*+>]\s+|\d{1,3}[.)]\s+)?(`{3,}|~{3,})")
_BODY = late(r"<body\b[^<>]*>", re.IGNORECASE)
_HEAD = late(r"<(?:head|style|script)\b", re.IGNORECASE)
_PRE = late(r"\s*(?:<(?:article|div|section)[^<>]*>\s*)?<pre\b", re.IGNORECASE)
_LATEST = 200_000  # characters in which the body must begin
_ENDS = ("</p>", "</li>", "</tr>", "</ul>", "</table>", "</h2>", "</div>")
_HEADING = late(r"#{1,6}\s")


def head(text: str, limit: int) -> str:
    """Return at most `limit` characters from the start of `text`, ending before a heading or at a blank line.

    Never cuts inside a fenced block that closes before the limit; a text without any such place is cut at a line end,
    else at the limit. The whole text if it is short enough.
    """
    if len(text) <= limit:
        return text
    cut = last_line = at = 0
    fence = ""
    while at < limit:
        end = text.find("\n", at, limit)
        if end < 0:
            break
        line = text[at:end]
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not line[found.end() :].strip():
                fence = ""
        elif found:
            fence = found[1]
        elif not line.strip() or _HEADING.match(line):
            cut = at
        at = last_line = end + 1
    return text[: cut or last_line or limit]


def page_head(page: str, limit: int) -> str:
    """Return the beginning of an HTML page: about `limit` characters of its body, ending after a paragraph or a row.

    "" if the body begins late, or is one `<pre>`: that may be a report of another kind.
    """
    body = _BODY.search(page, 0, _LATEST)
    start = body.end() if body else 0
    if (body is None and _HEAD.search(page, 0, _LATEST)) or _PRE.match(page, start):
        return ""
    cuts = (at + len(end) for end in _ENDS if (at := page.rfind(end, start, start + limit)) >= 0)
    return page[: max(cuts, default=start + limit)]
