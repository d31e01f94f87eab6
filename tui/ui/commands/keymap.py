"""Which keys run which commands: the registry's defaults, a preset, the user's own; checked before the screen is taken.

Must not import textual: the configuration is checked without a user interface.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import field

from tui.domain.errors import ConfigError
from tui.domain.frozen import frozen
from tui.ui.commands.registry import COMMAND_SCOPES, COMMANDS, Command, commands_in

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": {},
    "vim": {
        "app.next_pane": ("tab", "ctrl+w"),
        "list.half_down": ("ctrl+d",),
        "reader.back": ("ctrl+o", "backspace", "<"),
        "reader.source": ("enter", "K"),
        "reader.next_heading": ("}", "J"),
        "reader.previous_heading": ("{", "ctrl+k"),
        "tasks.open": ("enter", "K"),
        "tasks.restore": ("Z",),
        "tasks.fold": ("h", "left", "z"),
    },
}
_NAMED = frozenset(
    "enter escape space tab backspace delete insert up down left right home end pageup pagedown shift+tab".split()
) | {f"f{number}" for number in range(1, 13)}
_SAME_BYTE = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+[": "escape"}
_RENAMED = {"answer": "checkpoint", "found": "search", "tasks.archive": "tasks.hide"}  # ids and groups of ids
_NEEDED = frozenset({"app.back", "app.quit"})


def spelling(key: str, character: str | None) -> str:
    """Return a key event in the registry's spelling: the character itself where it is one, else the name."""
    if character and len(character) == 1 and character.isprintable() and character != " " and "+" not in key[:-1]:
        return character
    return key


def is_text(key: str) -> bool:
    """Whether a key in the registry's spelling is part of what is typed where a field has the focus."""
    return len(key) == 1 or key in {"space", "enter", "backspace"}


@frozen
class Keymap:
    """The keys of every command, and the command of a key on a screen."""

    keys: Mapping[str, tuple[str, ...]]
    _by_key: Mapping[str, Mapping[str, Command]] = field(repr=False)

    @classmethod
    def build(cls, preset: str = "default", overrides: Mapping[str, str | Sequence[str]] | None = None) -> "Keymap":
        """Return the keymap of a preset with the user's overrides.

        Raises:
            ConfigError: something is wrong with them; the message says everything that is.
        """
        problems = check(overrides or {}, preset)
        if problems:
            raise ConfigError("; ".join(problems), hint="divewatch keys lists every command id with its keys")
        keys = _merged(overrides or {}, preset)
        by_key = {
            context: {key: command for command in reversed(commands_in(context)) for key in keys[command.id]}
            for context in COMMAND_SCOPES
        }
        return cls(keys, by_key)

    def of(self, command_id: str) -> tuple[str, ...]:
        """Return the keys of a command, the first one being the one to show."""
        return self.keys.get(command_id, ())

    def shown(self, command_id: str) -> str:
        """Return the keys of a command for a person: "k up"; ten digits as "0-9"."""
        keys = self.of(command_id)
        if set("0123456789") <= set(keys):
            keys = ("0-9", *(key for key in keys if key not in set("0123456789")))
        return " ".join(keys)

    def command(self, context: str, key: str) -> Command | None:
        """Return what `key` (in the registry's spelling) does on a screen."""
        return self._by_key[context].get(key)


def check(overrides: Mapping[str, str | Sequence[str]], preset: str = "default") -> list[str]:
    """Return what is wrong with a user's keymap, one line each: unknown ids and keys, one key for two, lost ways out.

    A key that the user gives to one command is taken from every other that has it by default, so that a later version
    with more defaults refuses no keymap; only two choices of the user's own can clash.
    """
    if preset not in PRESETS:
        return [f"keys.preset: no preset {preset!r}{_nearest(preset, PRESETS)}"]
    problems = [
        f"keys: no command {name!r}{_nearest(name, COMMANDS)}"
        for name in overrides
        if _current_id(name) not in COMMANDS
    ]
    known = {name: value for name, value in _current(overrides).items() if name in COMMANDS}
    for name, value in known.items():
        problems += [f"keys.{name}: {trouble}" for key in _listed(value) if (trouble := _bad_key(key))]
    keys = _merged(known, preset)
    problems += [f"keys.{name}: this command needs at least one key" for name in sorted(_NEEDED) if not keys[name]]
    return problems + _stolen(keys)


def _merged(overrides: Mapping[str, str | Sequence[str]], preset: str) -> dict[str, tuple[str, ...]]:
    keys = {command.id: command.keys for command in COMMANDS.values()}
    keys.update(PRESETS[preset])
    own = {name: _listed(value) for name, value in _current(overrides).items()}
    for context in COMMAND_SCOPES:
        commands = commands_in(context)
        taken = {key for command in commands for key in own.get(command.id, ())}
        keys.update((command.id, tuple(key for key in keys[command.id] if key not in taken)) for command in commands)
    return keys | own


def _current_id(command_id: str) -> str:
    """Return the present id of a command that a keymap may know by a former id, or by that of its group."""
    group, dot, name = command_id.partition(".")
    return _RENAMED.get(command_id) or f"{_RENAMED.get(group, group)}{dot}{name}"


def _current(overrides: Mapping[str, str | Sequence[str]]) -> dict[str, str | Sequence[str]]:
    """Return overrides under present ids; one that is written under both goes by the present id."""
    ids = sorted(overrides, key=COMMANDS.__contains__)
    return {_current_id(name): overrides[name] for name in ids}


def _listed(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else tuple(value)


def _bad_key(key: str) -> str | None:
    if key in _SAME_BYTE:
        return f"{key!r} is the same byte as {_SAME_BYTE[key]!r} in most terminals"
    if (len(key) == 1 and key.isprintable() and key != " ") or key in _NAMED:
        return None
    modifier, _, rest = key.rpartition("+")
    if modifier in {"ctrl", "alt", "shift", "ctrl+shift", "alt+shift", "ctrl+alt"} and (
        rest in _NAMED or (len(rest) == 1 and rest.isprintable() and rest.islower())
    ):
        return None
    return f"{key!r} is not a key{_nearest(key, _NAMED)}"


def _stolen(keys: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Find keys that two commands alive on the same screen claim; each pair is said once."""
    found: dict[tuple[str, str, str], None] = {}
    for context in COMMAND_SCOPES:
        owners: dict[str, str] = {}
        for command in commands_in(context):
            for key in keys[command.id]:
                owner = owners.setdefault(key, command.id)
                if owner != command.id:
                    found[owner, command.id, key] = None
    return [f"keys: {key!r} is claimed by both {one} and {other}" for one, other, key in found]


def _nearest(name: str, names: Mapping[str, object] | frozenset[str]) -> str:
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f", did you mean {close[0]!r}?" if close else ""
