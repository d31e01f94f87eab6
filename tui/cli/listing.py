"""Lists and search results of the archive, for the fast path and for commands; imports late."""

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any, TypeVar

    T = TypeVar("T")

SEARCH_LIMIT = 50
_ROOMY = 110  # columns of a terminal from which every column of the list has room
_LEFT_OUT = frozenset({"mode", "sources"})
NOTHING_FOUND = "nothing found; every word must be there: fewer words find more, `divewatch list` shows every task"
NEXT_STEP = "the archive is empty: `divewatch sync` fetches your tasks, `divewatch demo` shows how it looks"


def print_list(form: str, *, limit: int | None, filters: "Mapping[str, str]", words: str = "") -> None:
    """Print the archive's tasks, newest first; to stderr what is left out, or what a new user can do.

    Args:
        form: "--json" (`{"schema_version":1,"tasks":[...],"more":false}`), "--jsonl" (one object a line), or "": a
            table in full, or what of it fits the terminal.
        limit: At most so many; None for all.
        filters: Terms of a filter by name, "" for none.
        words: More words and terms.

    Raises:
        ArchiveError: the archive cannot be read.
        UsageError: a filter has a value that it cannot have.
    """
    shown: Sequence[object]
    if form:
        shown, more = tasks, _ = listed(limit, filters, words)
        _print_tasks(tasks, more, form)
    else:
        from tui.cli.output import text, width_of_terminal
        from tui.engine.archive.search import json

        query = _query(filters, words)
        shown, more = rows, _ = _read(lambda path: _cut(json.listed_cells(path, query, _one_more(limit)), limit))
        if rows:
            text(_task_table(rows, width_of_terminal()))
    _tell(shown, more, "no task is like that" if words or any(filters.values()) else NEXT_STEP)


def print_search(form: str, query: str, *, limit: int = SEARCH_LIMIT) -> None:
    """Print what `query` finds, best first; as JSON like `print_list`, each task with a member "hit".

    Raises:
        ArchiveError: the archive cannot be read.
        UsageError: a filter of the query cannot be.
    """
    shown, more = found(query, limit, readable=not form)
    if form:
        _print_tasks(shown, more, form)
    else:
        _print_places(shown)
    _tell(shown, more, "" if shown else NOTHING_FOUND if _holds_something() else NEXT_STEP)


def _print_places(shown: "Sequence[str]") -> None:
    """Print search hits as text: the task, and the place in its text."""
    import json

    from tui.cli.output import text
    from tui.domain.text import one_line

    for task in map(json.loads, shown):
        hit, title = task["hit"], one_line(task["title"], 100)
        place = f"{hit['where']}, line {hit['line']}" if hit["line"] else hit["where"]
        snippet = one_line(hit["snippet"])
        told = "" if snippet[:50] == title[:50] else f": {snippet}"  # a title need not be said twice
        text(f"{task['id']}  {title}\n    {place}{told}\n")


def listed(limit: int | None, filters: "Mapping[str, str]", words: str = "") -> tuple[list[str], bool]:
    """Return at most `limit` tasks (None: all) as JSON objects, newest first, and whether there are more.

    `filters` are terms of a filter by name, "" for none: status, provider, tag, is, by; `words` are words and terms.
    """
    from tui.engine.archive.search import json

    query = _query(filters, words)
    return _read(lambda path: _cut(json.listed(path, query, _one_more(limit)), limit))


def found(query: str, limit: int, *, readable: bool = False) -> tuple[list[str], bool]:
    """Return at most `limit` search hits as JSON objects, best first, and whether there are more.

    Their snippets are original text, or with `readable` text without markup.
    """
    from tui.engine.archive.search import json

    return _read(lambda path: _cut(json.found(path, query, limit + 1, readable=readable), limit))


def _tell(shown: "Sequence[object]", more: bool, nothing: str) -> None:
    """Print to stderr what is left out, or why nothing is shown."""
    if more or not shown:
        from tui.cli.output import narrate

        narrate(f"there are more than {len(shown)}: raise --limit" if more else nothing)


def _holds_something() -> bool:
    from tui.engine.archive.search import json

    return _read(lambda path: any(json.listed(path, limit=1)), quiet=True)


def _read(read: "Callable[[str], T]", *, quiet: bool = False) -> "T":
    """Return what `read` finds in the archive; in the copy on this machine where its server cannot be reached."""
    from os import environ

    from tui.config.folders import archive_place

    path = archive_place(environ)
    try:
        shown = read(path)
    except Exception as error:  # noqa: BLE001 - raised again, where the copy is no answer to it
        from tui.cli.context import copy_instead

        return read(str(copy_instead(path, error, quiet=quiet)))
    from tui.cli.output import archive_notice

    archive_notice(path)
    return shown


def _query(filters: "Mapping[str, str]", words: str) -> str:
    terms = [f'{name}:"{value.replace(chr(34), "")}"' for name, value in filters.items() if value]
    return " ".join([*terms, words])


def _one_more(limit: int | None) -> int:
    return -1 if limit is None else limit + 1


def _cut(rows: "Iterable[T]", limit: int | None) -> "tuple[list[T], bool]":
    tasks = [*rows]
    return (tasks[:limit], True) if limit is not None and limit < len(tasks) else (tasks, False)


def _task_table(tasks: "Sequence[Sequence[Any]]", width: int | None) -> str:
    """Return the rows of a task table (`CELLS` of the archive): in full, or what fits `width`."""
    from tui.cli.tables import table
    from tui.domain.amounts import plain_cost_text
    from tui.domain.times import parse_time

    short = width is not None
    narrow = width is not None and width < _ROOMY
    rows = [
        [number, status, provider, mode or "", _when(parse_time(created), short=narrow),
         "" if cited is None else str(cited), plain_cost_text(_cost(*cost), short=short), title]
        for number, status, provider, mode, created, cited, *cost, title in tasks
    ]  # fmt: skip
    head = ["id", "status", "provider", "mode", "created", "sources", "cost", "title"]
    if narrow:
        kept = [place for place, name in enumerate(head) if name not in _LEFT_OUT]
        head, *rows = [[line[place] for place in kept] for line in (head, *rows)]
    right = [place for place, name in enumerate(head) if name == "sources"]
    spare = [place for name in ("created", "cost") for place in range(len(head)) if head[place] == name]
    return table(head, rows, right=right, width=width, cut=True, spare=spare)


def _when(moment: "datetime | None", *, short: bool) -> str:
    """Return a moment in local time: "2026-11-29 13:28", or "29 Nov", of today "13:28"."""
    from tui.domain.times import format_local

    if not short or moment is None:
        return format_local(moment)
    from datetime import datetime

    here = moment.astimezone()
    return f"{here:%H:%M}" if here.date() == datetime.now().astimezone().date() else f"{here.day} {here:%b}"


def _cost(amount: float | None, unit: str, kind: str, record: str | None) -> "Mapping[str, object]":
    """Return a cost as its JSON object; the lower end of a range is in the `record` of the archive."""
    if record and '"at_least"' in record:
        import json

        cost: Mapping[str, object] = json.loads(record)
        return cost
    return {"amount": amount, "unit": unit, "kind": kind}


def _print_tasks(shown: "Sequence[str]", more: bool, form: str) -> None:
    from tui.cli.output import data

    if form == "--json":
        body = ",\n".join(shown)
        data(f'{{"schema_version":1,"tasks":[{body}],"more":{"true" if more else "false"}}}')
    elif shown:
        data("\n".join(shown))
