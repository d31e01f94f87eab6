"""The fast path: answers what scripts call most before click, dataclasses or pydantic are imported.

Only what it can carry out to the letter; everything else is click's.
Its commands print with the same functions (`tui.cli.listing`).
"""

import sys

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

VERSION_LINE = "divewatch {}"
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
    from tui.cli import listing

    def carry_out() -> int:
        if command == "list":
            most = -1 if limit is None else limit
            filters = {name: options.get(f"--{name}", "") for name in _FILTERS}
            listing.print_list(lines=lines, limit=most, filters=filters, words=" ".join(words))
        else:
            listing.print_search(" ".join(words), lines=lines, limit=limit or listing.SEARCH_LIMIT)
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
