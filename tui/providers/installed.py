"""Entry points of installed packages; `importlib.metadata` is imported only where others than ours are registered.

It brings along the standard library's code for mail and ZIP files: 1.4 MB, and more time than all specifications here.
"""

import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

from tui.domain.frozen import frozen


class ProviderPoint(Protocol):
    """What is registered under a name."""

    @property
    def value(self) -> str:
        """Where it is: "module:object"."""

    def load(self) -> object:
        """Import it; raises whatever its module raises."""


@frozen
class OwnPoint:
    """One of ours."""

    value: str

    def load(self) -> object:
        """Import the module and return the object in it."""
        module, _, name = self.value.partition(":")
        return getattr(import_module(module), name)


def strangers(group: str, ours: Collection[str]) -> Sequence[tuple[str, ProviderPoint]]:
    """Return (name, entry point) of all in `group` that are not called like one of `ours`, by name."""
    if not any(_may_have(Path(folder), group, ours) for folder in sys.path):
        return ()
    from importlib.metadata import entry_points

    found = sorted(entry_points(group=group), key=lambda point: point.name)
    return tuple((point.name, point) for point in found if point.name not in ours)


def _may_have(folder: Path, group: str, ours: Collection[str]) -> bool:
    """Whether packages in `folder` register others; True as well for what only `importlib.metadata` can look into."""
    try:
        infos = [path for path in folder.iterdir() if path.suffix in {".dist-info", ".egg-info", ".egg"}]
    except FileNotFoundError:
        return False
    except OSError:  # a ZIP file, or nobody may look
        return True
    return any(path.suffix == ".egg" or _registered(path, group) - {*ours} for path in infos)


def _registered(info: Path, group: str) -> set[str]:
    """Return the names that the package with this folder of metadata registers in `group`."""
    try:
        text = (info / "entry_points.txt").read_text(encoding="utf-8", errors="replace")
    except OSError:  # most packages have no such file, and old ones no folder
        return set()
    section = text.partition(f"[{group}]")[2].partition("\n[")[0]
    return {line.partition("=")[0].strip() for line in section.splitlines() if line.strip()}
