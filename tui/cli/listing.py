"""Lists and search results of the archive as JSON, for the fast lane and for commands; imports late what it needs."""

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SEARCH_LIMIT = 50
NEXT_STEP = "the archive is empty: `divewatch sync` fetches your tasks, `divewatch demo` shows how it looks"


def print_list(*, lines: bool, limit: int = -1, filters: "Mapping[str, str]", words: str = "") -> None:
    """Print the archive's tasks, newest first: `{"schema_version":1,"tasks":[...],"more":false}`, or one a line.

    Raises:
        ArchiveError: the archive cannot be read.
        UsageError: a filter has a value that it cannot have.
    """
    shown, more = listed(limit, filters, words)
    _print_tasks(shown, more, lines=lines)
    tell_list(shown, more, filtered=bool(words) or any(filters.values()))


def print_search(query: str, *, lines: bool, limit: int = SEARCH_LIMIT) -> None:
    """Print what `query` finds, best first, as `print_list` does; each task has a member "hit".

    Raises:
        ArchiveError: the archive cannot be read.
        UsageError: a filter of the query cannot be.
    """
    shown, more = found(query, limit)
    _print_tasks(shown, more, lines=lines)
    tell_search(shown, more)


def listed(limit: int, filters: "Mapping[str, str]", words: str = "") -> tuple[list[str], bool]:
    """Return at most `limit` tasks (-1: all) as JSON objects, newest first, and whether there are more.

    `filters` are terms of a filter by name, "" for none: status, provider, tag, is, by; `words` are words and terms.
    """
    from os import environ

    from tui.config.folders import archive_place
    from tui.engine.archive.search import json

    path = archive_place(environ)
    terms = [f'{name}:"{value.replace(chr(34), "")}"' for name, value in filters.items() if value]
    query = " ".join([*terms, words])
    shown = _cut(json.listed(path, query, limit + 1 if limit >= 0 else -1), limit)
    _archive_notice(path)
    return shown


def found(query: str, limit: int) -> tuple[list[str], bool]:
    """Return at most `limit` tasks that `query` finds as JSON objects, best first, and whether there are more."""
    from os import environ

    from tui.config.folders import archive_place
    from tui.engine.archive.search import json

    path = archive_place(environ)
    shown = _cut(json.found(path, query, limit + 1), limit)
    _archive_notice(path)
    return shown


def tell_list(shown: "Sequence[str]", more: bool, *, filtered: bool) -> None:
    """Say on stderr what a list does not show, or what a newcomer can do."""
    if more:
        _narrate(f"there are more than {len(shown)}: raise --limit")
    elif not shown:
        _narrate("no task is like that" if filtered else NEXT_STEP)


def tell_search(shown: "Sequence[str]", more: bool) -> None:
    """Say on stderr what the result of a search does not show."""
    if more:
        _narrate(f"there are more than {len(shown)}: raise --limit")
    elif not shown:
        _narrate("nothing found")


def _cut(rows: "Iterable[str]", limit: int) -> tuple[list[str], bool]:
    tasks = [*rows]
    return (tasks[:limit], True) if 0 <= limit < len(tasks) else (tasks, False)


def _print_tasks(shown: "Sequence[str]", more: bool, *, lines: bool) -> None:
    from tui.cli.output import data

    if not lines:
        body = ",\n".join(shown)
        data(f'{{"schema_version":1,"tasks":[{body}],"more":{"true" if more else "false"}}}')
    elif shown:
        data("\n".join(shown))


def _archive_notice(path: str) -> None:
    from tui.cli.output import archive_notice

    archive_notice(path)


def _narrate(text: str) -> None:
    from tui.cli.output import narrate

    narrate(text)
