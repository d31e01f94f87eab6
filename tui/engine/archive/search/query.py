"""A filter as SQL: words for the full-text index, terms as conditions; nothing that was typed is ever syntax."""

from tui.domain import source_key
from tui.domain.account import wanted_account
from tui.domain.task_filter import FilterTerm
from tui.domain.task_filter import parse as parse_filter
from tui.engine.archive.shared_sql import HAS_REPORT, STARTED_BY, UNREAD
from tui.engine.archive.text import expression, is_unspaced, site_of, words

_IS = {
    "unread": UNREAD,
    "read": f"task.seen <> 0 AND {HAS_REPORT}",
    "pinned": "task.pinned",
    "hidden": "task.hidden",
    "deleted": "task.deleted_at IS NOT NULL",
    "noted": "task.note <> ''",
}
_Bound = list[str | int | float]


class Query:
    """A parsed query: `terms` to show, `match` for FTS5 ("" without words), `where` and `values` for the task rows.

    A single letter that is being typed is looked for where titles have words that begin with it.
    """

    __slots__ = ("growing", "match", "open_end", "phrases", "terms", "values", "where")

    def __init__(self, terms: list[str], growing: bool, where: list[str], values: _Bound) -> None:
        self.terms = terms
        self.growing = growing
        begun = words(terms[-1]) if growing and terms else []
        if len(begun) == 1 and len(begun[0]) == 1 and not is_unspaced(begun[0]):
            # One letter begins a tenth of all words: the index would take longer than the next key press.
            terms, growing = terms[:-1], False
            where, values = [*where, "lower(' ' || task.title) LIKE ?"], [*values, f"% {begun[0].lower()}%"]
        self.match = expression(terms, growing=growing)
        self.phrases = [found for term in terms if (found := words(term))]
        self.open_end = self.match.endswith("*")
        self.where = " AND ".join(f"({condition})" for condition in where)
        self.values = values


def parse(text: str) -> Query:
    """Take `text` apart (see `tui.domain.task_filter`). Deleted tasks are found only when asked for.

    Raises:
        UsageError: a term that cannot be.
    """
    asked = parse_filter(_storable(text))
    where: list[str] = []
    values: _Bound = []
    in_texts = [condition.values[0] for condition in asked.conditions if condition.name == "text"]
    for condition in asked.conditions:
        if condition.name == "text":
            continue
        sql, bound = condition_sql(condition)
        where.append(sql)
        values += bound
    if not asked.asks_for("deleted"):
        where.append("task.deleted_at IS NULL")
    return Query([*in_texts, *asked.terms], asked.growing, where, values)


def in_texts_of(condition: FilterTerm) -> Query:
    """Return the query of one `text:` term."""
    return Query([condition.values[0]], condition.prefix, ["task.deleted_at IS NULL"], [])


def conditions_sql(text: str) -> list[tuple[str, _Bound]]:
    """Return the terms of a filter without words as conditions, with the values bound to each.

    Raises:
        UsageError: a term that cannot be.
    """
    return [condition_sql(condition) for condition in parse_filter(_storable(text)).conditions]


def condition_sql(asked: FilterTerm) -> tuple[str, _Bound]:
    """Return a term as a condition for rows of the task table, with the values bound to it."""
    value = asked.values[0]
    if asked.name == "provider":
        provider, account = wanted_account(value)
        if account is None:
            return "task.provider = ?", [provider]
        return "task.provider = ? AND lower(task.account) = ?", [provider, account]
    if asked.name == "status":
        equal = "= ?" if len(asked.values) == 1 else f"IN ({', '.join('?' * len(asked.values))})"  # an order is kept
        return f"task.status {equal}", [*asked.values]
    if asked.name == "mode":
        return "lower(json_extract(task.record, '$.mode')) = ?", [value]
    if asked.name in {"before", "after"}:
        assert asked.moment is not None
        sign = "<" if asked.name == "before" else ">="
        return f"task.sort_at {sign} ?", [round(asked.moment.timestamp() * 1_000_000)]
    if asked.name == "cost":
        return f"task.cost_unit = ? AND task.cost_amount {asked.operator} ?", [asked.unit, float(value)]
    if asked.name == "host":
        site = site_of(source_key.exact(value).split("//")[-1].split("/")[0])
        below = "task.n IN (SELECT task FROM source WHERE site = ? OR (site >= ? AND site < ?))"
        return below, [site, f"{site}.", f"{site}/"]  # "/" follows "."
    if asked.name == "cites":
        return "task.n IN (SELECT task FROM source WHERE page = ?)", [source_key.page_number(value)]
    if asked.name == "by":
        return _by(value)
    if asked.name == "tag":
        return "instr(task.tags, ?)", [f" {value} "]
    return " OR ".join(f"({_IS[state]})" for state in asked.values) if len(asked.values) > 1 else _IS[value], []


def _by(value: str) -> tuple[str, _Bound]:
    """Return as a condition that a task was started by that person: a name, "name@host" or "me"."""
    from tui.engine.archive.person import whoami

    name = whoami() if value == "me" else value
    who = "(SELECT value FROM state WHERE key = ? || task.id)"
    return f"{who} = ? OR substr({who}, 1, ?) = ?", [STARTED_BY, name, STARTED_BY, len(name) + 1, f"{name}@"]


def _storable(text: str) -> str:
    """Return `text` with question marks for lone surrogates, which no database takes."""
    return text.encode("utf-8", "replace").decode()
