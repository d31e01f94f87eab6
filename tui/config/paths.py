"""Where everything is on disk; imports nothing heavy, because every command begins here.

`DIVEWATCH_HOME` puts config, archive, state and cache under one folder; `DIVEWATCH_CONFIG` names another config file.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_APP = "divewatch"
_XDG = {  # the XDG base directory specification: variable and default below the home folder
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
    "state": ("XDG_STATE_HOME", ".local/state"),
    "cache": ("XDG_CACHE_HOME", ".cache"),
}


@dataclass(frozen=True, slots=True)
class Paths:
    """The program's files and folders; nothing is created by naming it."""

    config_file: Path
    data: Path
    state: Path
    cache: Path

    @property
    def archive(self) -> Path:
        """The archive, unless `archive.path` in the configuration says otherwise."""
        return self.data / "archive.db"

    @property
    def log(self) -> Path:
        """The rotating log."""
        return self.state / "divewatch.log"

    @property
    def themes(self) -> Path:
        """The user's own themes, one TOML file each."""
        return self.config_file.parent / "themes"

    @property
    def templates(self) -> Path:
        """The user's saved briefs."""
        return self.config_file.parent / "templates"

    @property
    def keys(self) -> Path:
        """The folder of key files written by `auth set`, each 0600."""
        return self.config_file.parent / "keys"


def find_paths(environ: Mapping[str, str] = os.environ) -> Paths:
    """Return the folders for this environment."""
    home = environ.get("DIVEWATCH_HOME")
    if home:
        root = Path(home).expanduser()
        folders = {"config": root / "config", "data": root / "data", "state": root / "state", "cache": root / "cache"}
    elif sys.platform.startswith("linux"):
        folders = {kind: _xdg(environ, *where) / _APP for kind, where in _XDG.items()}
    else:
        folders = _platform_folders()
    config_file = environ.get("DIVEWATCH_CONFIG")
    return Paths(
        config_file=Path(config_file).expanduser() if config_file else folders["config"] / "config.toml",
        data=folders["data"],
        state=folders["state"],
        cache=folders["cache"],
    )


def archive_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the archive is, reading the config file only if there is one that mentions an archive.

    A config file that cannot be read is not this function's business: the default path is returned.
    """
    paths = find_paths(environ)
    try:
        text = paths.config_file.read_text("utf-8")
    except (OSError, UnicodeError):
        return paths.archive
    if "archive" not in text:
        return paths.archive
    import tomllib

    try:
        table = tomllib.loads(text).get("archive")
    except tomllib.TOMLDecodeError:
        return paths.archive
    chosen = table.get("path") if isinstance(table, dict) else None
    return Path(chosen).expanduser() if isinstance(chosen, str) and chosen else paths.archive


def _xdg(environ: Mapping[str, str], variable: str, default: str) -> Path:
    value = environ.get(variable, "")
    if value.startswith("/"):  # the specification: relative paths are to be ignored
        return Path(value)
    return Path(environ.get("HOME") or "~").expanduser() / default


def _platform_folders() -> dict[str, Path]:
    import platformdirs

    return {
        "config": platformdirs.user_config_path(_APP, appauthor=False),
        "data": platformdirs.user_data_path(_APP, appauthor=False),
        "state": platformdirs.user_state_path(_APP, appauthor=False),
        "cache": platformdirs.user_cache_path(_APP, appauthor=False),
    }
