"""The key table of `divewatch keys`, generated from the registry; must not import textual."""

from tui.ui.commands.keymap import Keymap
from tui.ui.commands.registry import COMMANDS, TITLES


def key_rows(keymap: Keymap) -> list[dict[str, object]]:
    """Return one row per command: id, where it works, keys, what it does."""
    return [
        {"id": command.id, "where": command.context, "keys": list(keymap.of(command.id)), "help": command.help}
        for command in COMMANDS.values()
    ]


def key_table(keymap: Keymap, *, ids: bool = True) -> str:
    """Return the keys as plain text, one group per screen, with the `ids` by which `[keys]` changes them."""
    lines: list[str] = []
    for context, title in TITLES.items():
        lines += ["", title] if lines else [title]
        for command in COMMANDS.values():
            if command.context == context:
                last = f"{command.help:<60}  {command.id}" if ids else command.help
                lines.append(f"  {key_names(keymap, command.id):<24}  {last}")
    return "\n".join(lines) + "\n"


def key_names(keymap: Keymap, command_id: str) -> str:
    """Return the keys of a command for a person: "k up"; ten digits as "0-9"."""
    keys = keymap.of(command_id)
    if set("0123456789") <= set(keys):
        keys = ("0-9", *(key for key in keys if key not in set("0123456789")))
    return " ".join(keys)
