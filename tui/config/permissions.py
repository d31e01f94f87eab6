"""Checks of who else may read or change a file that this program trusts."""

import os
import stat
from pathlib import Path

from tui.domain.errors import ConfigError
from tui.domain.text import clean

_READ = stat.S_IRWXG | stat.S_IRWXO
_WRITE = stat.S_IWGRP | stat.S_IWOTH


def refuse_readable(path: Path) -> None:
    """Check that nobody else may read or change a key file.

    Raises:
        ConfigError: naming the file and the command that puts it right.
        OSError: it cannot be looked at.
    """
    if path.stat().st_mode & _READ:
        name = clean(str(path))
        raise ConfigError(f"the key file {name} can be read by others", hint=f"chmod 600 {name}")


def refuse_writable(path: Path) -> None:
    """Check that nobody else may change or replace a settings file: it names programs to run.

    Raises:
        ConfigError: naming what is wrong and the command that puts it right.
        OSError: it cannot be looked at.
    """
    for place, status in ((path, path.stat()), (path.parent, path.parent.stat())):
        shared = status.st_mode & _WRITE and not (stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX)
        foreign = hasattr(os, "getuid") and status.st_uid not in {0, os.getuid()}
        if shared or foreign:
            name, what = clean(str(place)), "folder" if place is not path else "file"
            why = "can be changed by others" if shared else "belongs to somebody else"
            hint = f"chmod go-w {name}" if shared else f"chown {os.getuid()} {name}, if you trust what it says"
            raise ConfigError(f"the settings {what} {name} {why}, and settings name programs to run", hint=hint)
