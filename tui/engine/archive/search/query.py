"""What people type into the search field: words, "phrases" and filters; nothing of it is ever SQL or FTS syntax."""

import re
from datetime import datetime

from tui.domain import source_key
from tui.domain.errors import UsageError
from tui.engine.archive.search.json import HAS_REPORT, UNREAD
from tui.engine.archive.sqlite.tokenizer import expression, is_unspaced, words
from tui.engine.archive.sqlite.url_index import site_of

_FINAL = ("done", "partial", "failed", "cancelled", "expired")
STATUSES = ("queued", "running", "waiting", *_FINAL, "unknown")
FILTERS = {
    "provider": "provider:valyu",
    "status": "status:failed (or active, or several: status:failed,expired)",
    "before": "before:2026-10-01 (created before that day, month or year)",
    "after": "after:2026-10 (created on or after)",
    "host": "host:nature.com (a source there or below)",
    "cites": "cites:https://example.org/page (a source is that page)",
    "tag": "tag:energy",
    "is": "is:unread (or read, pinned, hidden, deleted, noted)",
}
_IS = {
    "unread": UNREAD,
    "read": f"task.seen <> 0 AND {HAS_REPORT}",
    "pinned": "task.pinned",
    "hidden": "task.hidden",
    "deleted": "task.deleted_at IS NOT NULL",
    "noted": "task.note <> ''",
}
_PART = re.compile(r'([a-z]+):"([^"]*)"?|([a-z]+):(\S+)|"([^"]*)"?|(\S+)', re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class Query:
    """A parsed query: `terms` to show, `match` for FTS5 ("" without words), `where` and `values` for the task rows.

    A single letter that is being typed is looked for where titles have words that begin with it.
    """

    __slots__ = ("growing", "match", "terms", "values", "where")

    def __init__(self, terms: list[str], growing: bool, where: list[str], values: list[str | int]) -> None:
        self.terms = terms
        self.growing = growing
        begun = words(terms[-1]) if growing and terms else []
        if len(begun) == 1 and len(begun[0]) == 1 and not is_unspaced(begun[0]):
            # One letter begins a tenth of all words: the index would take longer than the next key press.
            self.match = expression(terms[:-1], growing=False)
            where, values = [*where, "' ' || task.title LIKE ?"], [*values, f"% {begun[0]}%"]
        else:
            self.match = expression(terms, growing=growing)
        self.where = " AND ".join(f"({condition})" for condition in where)
        self.values = values


def parse(text: str) -> Query:
    """Take `text` apart.

    All words and filters must hold; the last word may be the beginning of one, unless a blank follows. `name:value`
    with a name that is no filter is an ordinary word.

    Raises:
        UsageError: a filter has a value that it cannot have, or looks like a misspelt one.
    """
    terms: list[str] = []
    where: list[str] = []
    values: list[str | int] = []
    last_is_word = False
    for part in _PART.finditer(text):
        name = (part[1] or part[3] or "").lower()
        value = part[2] if part[2] is not None else part[4]
        last_is_word = False
        if name in FILTERS:
            condition, bound = _filter(name, value)
            where.append(condition)
            values += bound
        elif name and not value.startswith("//"):
            _refuse_misspelt(name, part[0])
            terms.append(part[0])
            last_is_word = True
        else:
            quoted = part[5]
            terms.append(part[0] if quoted is None else quoted)
            last_is_word = quoted is None
    if not any("deleted_at IS NOT NULL" in condition for condition in where):
        where.append("task.deleted_at IS NULL")
    return Query(terms, last_is_word and not text[-1:].isspace(), where, values)


def _filter(name: str, value: str) -> tuple[str, list[str | int]]:
    if name == "provider":
        return "task.provider = ?", [value.lower()]
    if name == "status":
        return _status(value.lower())
    if name in {"before", "after"}:
        return f"task.sort_at {'<' if name == 'before' else '>='} ?", [_day(name, value)]
    if name == "host":
        site = site_of(source_key.exact(value).split("//")[-1].split("/")[0])
        below = "task.n IN (SELECT task FROM source WHERE site = ? OR (site >= ? AND site < ?))"
        return below, [site, f"{site}.", f"{site}/"]  # "/" follows "."
    if name == "cites":
        return "task.n IN (SELECT task FROM source WHERE page = ?)", [source_key.page_number(value)]
    if name == "tag":
        return "instr(task.tags, ?)", [f" {value.strip().lstrip('#').lower()} "]
    if value.lower() in _IS:
        return _IS[value.lower()], []
    raise _wrong(name, value, _IS)


def _status(value: str) -> tuple[str, list[str | int]]:
    wanted: list[str | int] = []
    for word in value.split(","):
        if word == "active":
            wanted += [status for status in STATUSES if status not in _FINAL]
        elif word in STATUSES:
            wanted.append(word)
        else:
            raise _wrong("status", word, (*STATUSES, "active"))
    return f"task.status IN ({', '.join('?' * len(wanted))})", wanted


def _day(name: str, value: str) -> int:
    match = _DATE.fullmatch(value)
    try:
        if match:
            day = datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1)).astimezone()
            return round(day.timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        pass
    raise UsageError(f"{name}:{value} is no date.", hint=f"Write {name}:2026, {name}:2026-10 or {name}:2026-10-01.")


def _wrong(name: str, value: str, right: "tuple[str, ...] | dict[str, str]") -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(value.lower(), list(right), 1, 0.5)
    guess = f"Did you mean {name}:{near[0]}? " if near else ""
    return UsageError(f"{name}:{value} is not known.", hint=f"{guess}There are {', '.join(right)}.")


def _refuse_misspelt(name: str, part: str) -> None:
    from difflib import get_close_matches

    near = get_close_matches(name, list(FILTERS), 1, 0.8)
    if near:
        raise UsageError(
            f"There is no filter {name}:",
            hint=f'Did you mean {near[0]}: ? To search for the words, quote them: "{part}"',
        )
