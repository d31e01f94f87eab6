"""Finds the style sheets: `tui/styles` in an installed wheel, `styles` beside the package in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Return the folder of the style sheets."""
    installed = _PACKAGE / "styles"
    return installed if installed.is_dir() else _PACKAGE.parent / "styles"


_SHARED = ("tokens", "base")


def shared_sheets() -> list[Path]:
    """Return the style sheets that every screen needs, in cascading order."""
    return [folder() / f"{name}.tcss" for name in _SHARED]


def first_sheet(*, reading: bool) -> Path:
    """Return the other one that the first screen needs: the dashboard, or the reader."""
    return folder() / ("reader.tcss" if reading else "tasks.tcss")


def other_sheets() -> list[Path]:
    """Return the style sheets of all screens."""
    return sorted(path for path in folder().glob("*.tcss") if path.stem not in _SHARED)
