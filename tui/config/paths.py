"""Paths of configuration, archive, state and cache.

`DIVEWATCH_HOME` puts config, archive, state and cache under one folder; `DIVEWATCH_CONFIG` names another config file.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from tui.config.folders import archive_place as _place
from tui.config.folders import config_file, folders, is_url
from tui.domain.frozen import frozen


@frozen
class Paths:
    """The program's files and folders; nothing is created here."""

    config_file: Path
    data: Path
    state: Path
    cache: Path

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
    """Return the paths of this environment."""
    found = folders(environ)
    return Paths(Path(config_file(environ)), Path(found["data"]), Path(found["state"]), Path(found["cache"]))


def archive_place(environ: Mapping[str, str] = os.environ) -> Path | str:
    """Return the archive's location: a file, or "postgresql://..." for one on a server."""
    place = _place(environ)
    return place if is_url(place) else Path(place)
