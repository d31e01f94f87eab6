"""Paths of configuration, archive, state and cache as plain strings, for the fast path of `list --json`.

`tui.config.paths` gives the rest of the program the same places as `Path`s.
"""
# ruff: noqa: PTH111, PTH118, PTH123

import os
import sys

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Mapping

APP = "divewatch"
_XDG = {  # the XDG base directory specification: variable and default below the home folder
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
    "state": ("XDG_STATE_HOME", ".local/state"),
    "cache": ("XDG_CACHE_HOME", ".cache"),
}


def folders(environ: "Mapping[str, str]") -> dict[str, str]:
    """Return the folders "config", "data", "state" and "cache" of this environment; none is created."""
    home = environ.get("DIVEWATCH_HOME")
    if home:
        root = os.path.expanduser(home)
        return {kind: os.path.join(root, kind) for kind in _XDG}
    platform: str = sys.platform
    if platform.startswith("linux"):
        return {kind: os.path.join(_xdg(environ, *where), APP) for kind, where in _XDG.items()}
    return _platform_folders()


def config_file(environ: "Mapping[str, str]") -> str:
    """Return the path of config.toml, whether or not it exists."""
    chosen = environ.get("DIVEWATCH_CONFIG")
    return os.path.expanduser(chosen) if chosen else os.path.join(folders(environ)["config"], "config.toml")


def archive_place(environ: "Mapping[str, str]") -> str:
    """Return the archive's location: a path, or "postgresql://..."; `DIVEWATCH_ARCHIVE` overrides the file.

    The config file is parsed only if there is one that mentions an archive.

    Raises:
        ConfigError: the file may name another archive than the default one, but cannot be read.
    """
    if place := environ.get("DIVEWATCH_ARCHIVE", "").strip():
        return place if is_url(place) else os.path.expanduser(place)
    default, file = os.path.join(folders(environ)["data"], "archive.db"), config_file(environ)
    try:
        with open(file, encoding="utf-8") as opened:
            text = opened.read()
        if "archive" not in text:
            return default
        import tomllib

        table = tomllib.loads(text).get("archive", {})
        if is_url(table.get("url", "")):
            return str(table["url"])
        return os.path.expanduser(table.get("path", "")) or default
    except (FileNotFoundError, NotADirectoryError):
        return default
    except (OSError, ValueError, TypeError, AttributeError):  # no text, no TOML, other types than these
        from pathlib import Path

        from tui.config.load import load

        load(Path(file))  # says what is wrong
        return default


def is_url(place: str) -> bool:
    """Whether `place` is the address of a server, not a file; its kind is checked when it is opened."""
    return "://" in place


def _xdg(environ: "Mapping[str, str]", variable: str, default: str) -> str:
    value = environ.get(variable, "")
    if value.startswith("/"):  # the specification: relative paths are to be ignored
        return value
    return os.path.join(environ.get("HOME") or os.path.expanduser("~"), default)


def _platform_folders() -> dict[str, str]:
    import platformdirs

    return {
        "config": platformdirs.user_config_dir(APP, appauthor=False),
        "data": platformdirs.user_data_dir(APP, appauthor=False),
        "state": platformdirs.user_state_dir(APP, appauthor=False),
        "cache": platformdirs.user_cache_dir(APP, appauthor=False),
    }
