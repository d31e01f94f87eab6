"""The fast path: answers the most frequent commands of scripts before click, dataclasses or pydantic are imported.

It handles only what it can do exactly as click would; everything else is click's.
Its commands print with the same functions (`tui.cli.listing`).
"""

import sys

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

VERSION_LINE = "divewatch {}"
_VERSION = ("--version", "-V")
_ABOUT = (*_VERSION, "--help", "-h")
_FILTERS = ("status", "provider", "tag", "is")  # options of `list`, and filters of a query
_LIST_OPTIONS = ("--limit", *(f"--{name}" for name in _FILTERS))


def run_fast(arguments: "Sequence[str]") -> int | None:
    """Run a command line and return its exit code; None if it is not one for the fast path."""
    from os import environ

    if "_DIVEWATCH_COMPLETE" in environ:
        return None
    if not arguments:
        return _explained(_dashboard)
    if arguments[-1] in _ABOUT:
        return _about(arguments)
    if len(arguments) == 2 and arguments[0] == "read" and (arguments[1] == "-" or not arguments[1].startswith("-")):
        return _explained(lambda: _read(arguments[1]))
    parsed = _parse(arguments[1:], _LIST_OPTIONS if arguments[0] == "list" else ("--limit",))
    if parsed is None or arguments[0] not in {"list", "search"}:
        return None
    flags, options, words = parsed
    limit = _limit(options.get("--limit"))
    if len(flags) > 1 or limit == 0 or (arguments[0] == "search" and not words):
        return None
    return _guarded(arguments[0], "".join(flags), limit, options, words)


def _about(arguments: "Sequence[str]") -> int | None:
    if arguments[-1] in _VERSION:
        from tui import __version__

        text = VERSION_LINE.format(__version__) + "\n" if len(arguments) == 1 else ""
    else:
        from tui.cli.command_table import HELP_COLUMNS, help_of, help_text
        from tui.cli.output import columns_of_terminal

        if columns_of_terminal() < HELP_COLUMNS:
            return None
        text = help_of(arguments[:-1]) if len(arguments) > 1 else help_text()
    if not text:
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


def _read(what: str) -> int:
    from tui.cli.commands.open_ui import open_report
    from tui.cli.context import Screen

    return open_report(what, None, Screen())


def _guarded(command: str, form: str, limit: int | None, options: dict[str, str], words: list[str]) -> int:
    from tui.cli import listing

    def carry_out() -> int:
        query = " ".join(words)
        if command == "list":
            filters = {name: options.get(f"--{name}", "") for name in _FILTERS}
            listing.print_list(form, limit=limit, filters=filters, words=query)
        else:
            listing.print_search(form, query, limit=limit or listing.SEARCH_LIMIT)
        return 0

    return _explained(carry_out)


def _explained(call: "Callable[[], int]") -> int:
    """Return the result of `call`, or the exit code of its error after printing it."""
    from tui.cli.output import complain, exit_code, reader_gone

    try:
        return exit_code(call())
    except BrokenPipeError:
        reader_gone()
        return 0
    except Exception as error:
        from tui.domain.errors import DivewatchError

        if not isinstance(error, DivewatchError):
            raise
        complain(error)
        return error.exit_code


def _parse(arguments: "Sequence[str]", known: tuple[str, ...]) -> tuple[set[str], dict[str, str], list[str]] | None:
    """Return flags, options and words of a simple command line; None if click should parse it."""
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
    """Return the limit; None without one, 0 for an invalid one."""
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
