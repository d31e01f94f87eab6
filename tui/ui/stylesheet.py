"""Finds the style sheets: `tui/styles` in an installed wheel, `styles` beside the package in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Return the folder of the style sheets."""
    installed = _PACKAGE / "styles"
    return installed if installed.is_dir() else _PACKAGE.parent / "styles"


_FIRST = ("tokens", "base", "tasks")


def first_sheets() -> list[Path]:
    """Return the style sheets of the dashboard, in cascading order; the others are parsed later."""
    return [folder() / f"{name}.tcss" for name in _FIRST]


def reader_sheets() -> list[Path]:
    """Return the style sheets that the reader needs beside those of the dashboard."""
    return [folder() / "reader.tcss"]


def other_sheets() -> list[Path]:
    """Return the style sheets of all other screens."""
    return sorted(path for path in folder().glob("*.tcss") if path.stem not in _FIRST)
