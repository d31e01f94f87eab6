"""What an empty list shows: the way from a first start to a first task."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tui.domain.capability import ConnectionState
from tui.domain.cells import fit, wrap
from tui.domain.text import join, one_line, plural
from tui.ui.commands.keymap import Keymap
from tui.ui.text.lines import EMPTY, Line

if TYPE_CHECKING:
    from tui.engine.api import ProviderState
    from tui.ui.dashboard.task_list import TaskList
    from tui.ui.shell.shell import Shell


def empty_notice(model: "TaskList", app: "Shell") -> Sequence[Line]:
    """Return the text of an empty list: the filter matches nothing, or the way to a first task."""
    if app.loading:
        return [EMPTY, (("  Reading the archive …", "title"),)]
    if model.filter.strip():
        return nothing_matches(model.filter, len(model.tasks), model.trouble)
    condition = app.condition()
    return first_run_lines(app.providers(), app.keymap, condition.asks_elsewhere if condition else "")


def first_run_lines(providers: "Mapping[str, ProviderState]", keymap: Keymap, asker: str = "") -> Sequence[Line]:
    """Return what to do when there is no task: set up a key, or start one; while providers are asked, that they are.

    `asker` is another process that asks them in our place.
    """
    asked = [one_line(state.info.title) for state in providers.values() if state.link is ConnectionState.STARTING]
    if asked and not asker:
        return [EMPTY, ((f"  Asking {join(asked)} for your tasks …", "title"),)]
    ready = [
        state for state in providers.values() if state.link not in {ConnectionState.NO_KEY, ConnectionState.BAD_KEY}
    ]
    if not providers:
        return [EMPTY, (("  Looking for providers …", "title"),)]
    if not ready:
        return [*_without_key(list(providers.values()), keymap)]
    silent = [state for state in providers.values() if state.link in _SILENT]
    if len([state for state in silent if state.last_ok is None]) == len(ready):
        return [*_nobody_answered(silent, keymap)]
    told: list[Line] = [*_said(silent), EMPTY] if silent else []
    steps = {
        "tasks.new": "starts one; you see what it costs before anything is sent",
        "tasks.track": "adopts one that runs already, by its id or web address",
        "app.refresh": "asks the providers for tasks started elsewhere",
        "app.help": "shows all keys",
    }
    return [EMPTY, (("  No tasks yet.", "title"),), EMPTY, *told, *_keys(steps, keymap)]


_SILENT = {ConnectionState.OFFLINE, ConnectionState.RATE_LIMITED}


def _nobody_answered(silent: "Sequence[ProviderState]", keymap: Keymap) -> Iterator[Line]:
    """Yield why the tasks are not known, and what to do; the time of the next try is in the provider strip."""
    yield from (EMPTY, (("  No account has answered yet: which tasks there are is not known.", "title"),), EMPTY)
    yield from _said(silent)
    steps = {
        "app.refresh": "asks again now",
        "tasks.accounts": "shows the accounts: what each said, its key, on or off",
        "app.log": "shows what happened",
    }
    yield from (EMPTY, *_keys(steps, keymap))


def _said(states: "Sequence[ProviderState]") -> Iterator[Line]:
    """Yield the errors that accounts answered with."""
    for state in states:
        title = one_line(state.info.title)
        said = one_line(state.message or state.link.value, 200).removeprefix(f"{title}: ")
        yield (f"    {fit(title, 12)}", "strong"), (said, "warn")


def _keys(steps: Mapping[str, str], keymap: Keymap) -> Iterator[Line]:
    for command, words in steps.items():
        yield (f"    {(*keymap.of(command), '')[0]}  ", "key"), (words, "plain")


def welcome_lines(width: int) -> list[Line]:
    """Return what this program is, for the detail pane without a task."""
    texts = (
        "divewatch watches the deep-research tasks you start at a provider, keeps every report on this disk, "
        "and leads from each claim to its source.",
        "Here will stand how far a task is, what it asks you, what it costs, and how its report begins.",
    )
    return [
        line for text in texts for line in (EMPTY, *(((f" {row}", "dim"),) for row in wrap(text, max(10, width - 2))))
    ]


def _without_key(states: "Sequence[ProviderState]", keymap: Keymap) -> Iterator[Line]:
    """Yield what this program is, how it gets a key, and what works without one."""
    rejected = [one_line(state.info.title) for state in states if state.link is ConnectionState.BAD_KEY]
    enter, accounts, demo = ((*keymap.of(one), "")[0] for one in ("tasks.open", "tasks.accounts", "accounts.demo"))
    trouble = f"No tasks yet: {join(rejected)} rejects the key." if rejected else "No tasks and no key yet."
    first = accounts if rejected else enter
    yield from (EMPTY, ((f"  {trouble}", "title"), ("  Without one nothing is sent anywhere.", "dim")), EMPTY)
    yield (f"    {fit(first, 8)}", "key"), ("takes a key (one is enough) or opens a report you have", "plain")
    yield (f"    {fit(f'{first} {demo}', 8)}", "key"), ("starts the demo; nothing leaves this machine", "plain")
    yield EMPTY
    for state in states:
        yield _key_line(state)
    yield EMPTY
    yield (
        ("  From a script: ", "dim"),
        ("divewatch auth set PROVIDER", "accent"),
        (", ", "dim"),
        ("divewatch demo", "accent"),
    )


def _key_line(state: "ProviderState") -> Line:
    """Return where a provider's key is made, and the variable it is read from."""
    variable = state.info.key_variables[0] if state.info.key_variables else ""
    page = one_line(state.info.key_page).partition("//")[2]
    return ((f"    {fit(one_line(state.info.title), 12)}", "strong"), (fit(page, 36), "dim"), (variable, "dim"))


def nothing_matches(text: str, tasks: int, trouble: str = "") -> Sequence[Line]:
    """Return what to do when the filter matches nothing."""
    told: Line = ((f"  {trouble}", "warn"),)
    return [
        EMPTY,
        told
        if trouble
        else ((f"  Nothing in {plural(tasks, 'task')} matches ", "plain"), (one_line(text, 40), "accent")),
        EMPTY,
        (("  escape ", "key"), ("clears the filter   ", "plain"), ("F ", "key"), ("searches in all reports", "plain")),
    ]
