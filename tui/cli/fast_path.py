"""The fast lane: what scripts call all the time, answered before click, dataclasses or pydantic could be imported.

Only what it can carry out to the letter; everything else is click's, whose commands print with the same functions.
"""

import sys

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

VERSION_LINE = "divewatch {}"
SEARCH_LIMIT = 50
NEXT_STEP = "the archive is empty: `divewatch sync` fetches your tasks, `divewatch demo` shows how it looks"
_FILTERS = ("status", "provider", "tag", "is")  # options of `list`, and filters of a query
_LIST_OPTIONS = ("--limit", *(f"--{name}" for name in _FILTERS))


def run_fast(arguments: "Sequence[str]") -> int | None:
    """Carry out a command line and return its exit code; None if it is not one for this lane."""
    from os import environ

    if "_DIVEWATCH_COMPLETE" in environ:
        return None
    if not arguments:
        return _explained(_dashboard)
    if len(arguments) == 1:
        return _about(arguments[0])
    parsed = _parse(arguments[1:], _LIST_OPTIONS if arguments[0] == "list" else ("--limit",))
    if parsed is None or arguments[0] not in {"list", "search"}:
        return None
    flags, options, words = parsed
    limit = _limit(options.get("--limit"))
    if len(flags) != 1 or limit == 0 or (arguments[0] == "search" and not words):
        return None
    return _guarded(arguments[0], flags == {"--jsonl"}, limit, options, words)


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

    `filters` are terms of a filter by name, "" for none: status, provider, tag, is, by; `words` are any
    words and terms.
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


def _about(argument: str) -> int | None:
    if argument in {"--help", "-h"}:
        from tui.cli.command_table import help_text

        text = help_text()
    elif argument in {"--version", "-V"}:
        from tui import __version__

        text = VERSION_LINE.format(__version__) + "\n"
    else:
        return None
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        from tui.cli.output import reader_gone

        reader_gone()
    return 0


def _dashboard() -> int:
    from tui.cli.commands.open_ui import dashboard
    from tui.cli.context import Screen

    return dashboard(Screen())


def _guarded(command: str, lines: bool, limit: int | None, options: dict[str, str], words: list[str]) -> int:
    def carry_out() -> int:
        if command == "list":
            most = -1 if limit is None else limit
            filters = {name: options.get(f"--{name}", "") for name in _FILTERS}
            print_list(lines=lines, limit=most, filters=filters, words=" ".join(words))
        else:
            print_search(" ".join(words), lines=lines, limit=limit or SEARCH_LIMIT)
        return 0

    return _explained(carry_out)


def _explained(call: "Callable[[], int]") -> int:
    """Return what `call` returns, or the exit code of its error, which is said."""
    from tui.cli.output import exit_code
    from tui.domain.errors import DivewatchError

    try:
        return exit_code(call())
    except DivewatchError as error:
        from tui.cli.output import complain

        complain(error)
        return error.exit_code
    except BrokenPipeError:
        from tui.cli.output import reader_gone

        reader_gone()
    return 0


def _parse(arguments: "Sequence[str]", known: tuple[str, ...]) -> tuple[set[str], dict[str, str], list[str]] | None:
    """Return flags, options and words of the plainest command lines; None for anything click should look at."""
    flags: set[str] = set()
    options: dict[str, str] = {}
    words: list[str] = []
    rest = [*arguments]
    while rest:
        argument = rest.pop(0)
        name, equals, value = argument.partition("=")
        if argument in {"--json", "--jsonl"}:
            flags.add(argument)
        elif name in known and name not in options and (equals or rest):
            options[name] = value if equals else rest.pop(0)
            if not options[name] or options[name].startswith("-"):
                return None
        elif argument.startswith("-") or not argument:
            return None
        else:
            words.append(argument)
    return flags, options, words


def _limit(text: str | None) -> int | None:
    """Return the limit, None without one, 0 for one that click must refuse."""
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _archive_notice(path: str) -> None:
    from tui.cli.output import archive_notice

    archive_notice(path)


def _narrate(text: str) -> None:
    from tui.cli.output import narrate

    narrate(text)
