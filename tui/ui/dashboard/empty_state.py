"""What stands where the list is empty: from nothing to a watched task without reading any documentation."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tui.domain.capability import ConnectionState
from tui.domain.text import join, one_line
from tui.ui.commands.keymap import Keymap
from tui.ui.text.lines import EMPTY, Line

if TYPE_CHECKING:
    from tui.engine.api import ProviderState


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
    lines: list[Line] = [EMPTY, (("  No tasks yet.", "title"),), EMPTY]
    if not ready:
        accounts = (*keymap.of("tasks.accounts"), "")[0]
        lines.append((("  Give divewatch a key of at least one provider:", "plain"),))
        lines.append(EMPTY)
        for state in providers.values():
            variable = state.info.key_variables[0] if state.info.key_variables else ""
            lines.append(((f"    export {variable}=…", "accent"), (f"   {one_line(state.info.key_page)}", "dim")))
        lines += [
            EMPTY,
            (
                (f"    {accounts}  ", "key"),
                ("takes a key, keeps it in a file only you can read, and tries it", "plain"),
            ),
            (("    divewatch auth set PROVIDER", "accent"), ("   does the same from a script", "dim")),
            EMPTY,
            (("  Or look around first, without any key:", "plain"),),
            EMPTY,
            (("    divewatch demo", "accent"),),
        ]
        return lines
    key = {name: (*keymap.of(name), "")[0] for name in ("tasks.new", "tasks.track", "app.refresh", "app.help")}
    return [
        *lines,
        ((f"    {key['tasks.new']}  ", "key"), ("starts one; you see what it costs before anything is sent", "plain")),
        ((f"    {key['tasks.track']}  ", "key"), ("adopts one that runs already, by its id or web address", "plain")),
        ((f"    {key['app.refresh']}  ", "key"), ("asks the providers for tasks started elsewhere", "plain")),
        ((f"    {key['app.help']}  ", "key"), ("shows all keys", "plain")),
    ]


def nothing_matches(text: str, tasks: int, trouble: str = "") -> Sequence[Line]:
    """Return what to do when a filter leaves nothing."""
    told: Line = ((f"  {trouble}", "warn"),)
    return [
        EMPTY,
        told if trouble else ((f"  None of {tasks:,} tasks matches ", "plain"), (one_line(text, 40), "accent")),
        EMPTY,
        (("  escape ", "key"), ("clears the filter   ", "plain"), ("F ", "key"), ("searches in all reports", "plain")),
    ]
