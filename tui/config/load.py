"""Reads and changes config.toml; every error names the file, the line, the key and the nearest right one."""

import difflib
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.config import validate
from tui.config.permissions import refuse_writable
from tui.config.schema import THEMES, Config
from tui.domain.atomic import write_atomic
from tui.domain.errors import ConfigError
from tui.domain.patterns import late
from tui.domain.secret import hold_variables
from tui.domain.text import clean, join, one_line

if TYPE_CHECKING:
    from tui.domain.budget import Budget

_TOKEN_ENV = late(r"""token_env["'\s]*=\s*["']([^"'\n]+)""")


def load(path: Path) -> Config:
    """Return the configuration in `path`; a missing file is an empty one.

    Raises:
        ConfigError: naming file, line, key and the nearest right key.
    """
    try:
        refuse_writable(path)
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"{_name(path)} cannot be read: {_reason(error)}") from error
    return parse(text, path)


def live_budget(path: Path, known: "Budget") -> "Callable[[], Budget]":
    """Return a function that reads the budget of the file at `path` again, which may be changed meanwhile.

    While the file cannot be read, the one that was `known` last holds.
    """

    def budget() -> "Budget":
        nonlocal known
        with suppress(ConfigError, OSError):
            known = load(path).budget.limits() if path.exists() else known
        return known

    return budget


def parse(text: str, path: Path) -> Config:
    """Return the configuration written in `text`; `path` is only for messages.

    Raises:
        ConfigError: as `load`.
    """
    import tomllib

    learn_secret_names(text)
    try:
        return validate.table(Config, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{_name(path)}: {one_line(str(error))}", hint="this is not valid TOML") from error
    except validate.MisfitError as error:
        keys = [*error.at]
        where = f"{_name(path)}, line {_line_of(text, keys)}"
        if error.unknown:
            raise ConfigError(f"{where}: unknown key {one_line('.'.join(keys))}", hint=_nearest(keys)) from error
        raise ConfigError(f"{where}: {one_line('.'.join(keys))}: {error}") from error


def learn_secret_names(text: str) -> None:
    """Register the variables that settings name as holding a key, even if other settings are not valid.

    Child processes do not get them (`tui.domain.redact.without_secrets`).
    """
    hold_variables(_TOKEN_ENV.findall(text))


def known_keys() -> Iterator[tuple[str, str, object]]:
    """Yield (dotted key, documentation, default) of every setting; NAME stands for free names."""
    return validate.settings(Config)


def default_text(width: int = 1000) -> str:
    """Return a config.toml with every setting commented out, its default and its documentation."""
    from textwrap import wrap

    lines = ["# divewatch configuration. Every line is optional; a default is commented out."]
    table = ""
    for key, documentation, default in known_keys():
        *path, name = [key, "ID"] if isinstance(default, dict) else key.split(".")
        if (heading := ".".join(path)) != table:
            table = heading
            lines += ["", f"# [{heading}]" if "NAME" in heading else f"[{heading}]"]
        lines += [*wrap(documentation, width, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)]
        lines.append(f"# {name} = {_toml_value(default)}")
    return "\n".join(lines) + "\n"


def set_value(path: Path, key: str, value: str) -> None:
    """Set one dotted key in the file, keeping comments; an invalid result is not written.

    Raises:
        ConfigError: unknown key or a value that does not fit.
    """
    import tomlkit

    text = path.read_text("utf-8") if path.exists() else ""
    try:
        document = tomlkit.parse(text)
    except tomlkit.exceptions.TOMLKitError as error:
        raise ConfigError(f"{_name(path)}: {one_line(str(error))}", hint="this is not valid TOML") from error
    table: Any = document
    *tables, name = key.split(".")
    for number, part in enumerate(tables, 1):
        table = table.setdefault(part, tomlkit.table())
        if not isinstance(table, MutableMapping):
            raise ConfigError(
                f"{one_line('.'.join(tables[:number]))} is a value: nothing can be set below it",
                hint=_nearest([*tables, name]),
            )
    table[name] = _parse_value(value)
    changed = tomlkit.dumps(document)
    check_theme(parse(changed, path), path)
    write_private(path, changed)


def check_theme(config: Config, path: Path) -> None:
    """Check that a theme exists.

    Raises:
        ConfigError: it is neither built in nor a file in the folder of themes beside `path`.
    """
    own = sorted(file.stem for file in (path.parent / "themes").glob("*.toml"))
    if config.ui.theme not in {*THEMES, *own}:
        close = difflib.get_close_matches(config.ui.theme, [*THEMES, *own], n=1, cutoff=0.5)
        guess = f"did you mean {close[0]}? " if close else ""
        wrong = one_line(config.ui.theme, 60)
        raise ConfigError(f"ui.theme: there is no theme {wrong}", hint=f"{guess}there are {join([*THEMES, *own])}")


def get_value(config: Config, key: str) -> object:
    """Return the value of a dotted key.

    Raises:
        ConfigError: no such key.
    """
    value: object = validate.plain(config)
    for part in (parts := key.split(".")):
        if not isinstance(value, Mapping) or part not in value:
            raise ConfigError(f"there is no setting {one_line(key)}", hint=_nearest(parts))
        value = value[part]
    return value


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically, readable by its owner only, in a folder that is the owner's only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomic(path, text.encode())


def _nearest(parts: list[str]) -> str:
    names = [key for key, _, _ in known_keys()]
    names += {name.partition(".")[0] for name in names}
    wanted = ".".join(parts)
    if parts[0] == "providers" and len(parts) > 2:
        wanted = ".".join(["providers", "NAME", *parts[2:]])
    close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5) or difflib.get_close_matches(
        parts[-1], [name.rpartition(".")[2] for name in names], n=1, cutoff=0.6
    )
    return f"did you mean {close[0]}?" if close else "`divewatch config schema` lists every key"


def _line_of(text: str, keys: list[str]) -> int:
    """Return the line (from 1) that sets `keys`, or of the nearest table heading above it."""
    best, table = 1, ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = stripped.strip("[] ")
            if ".".join(keys).startswith(table):
                best = number
        name = stripped.split("=", 1)[0].strip().strip('"')
        if "=" in stripped and ".".join(filter(None, (table, name))) == ".".join(keys[: table.count(".") + 2]):
            return number
    return best


def _parse_value(value: str) -> object:
    import tomllib

    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def _toml_value(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if default is None or isinstance(default, dict):
        return '""'
    return str(default) if isinstance(default, int | float) else f'"{default}"'


def _name(path: Path) -> str:
    return clean(str(path))


def _reason(error: Exception) -> str:
    return one_line(getattr(error, "strerror", None) or str(error))
