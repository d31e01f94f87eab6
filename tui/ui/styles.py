"""Finds the style sheets: `tui/styles` in an installed wheel, `styles` beside the package in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Return the folder of the style sheets."""
    installed = _PACKAGE / "styles"
    return installed if installed.is_dir() else _PACKAGE.parent / "styles"


def sheets() -> list[Path]:
    """Return the style sheets in the order in which they apply: tokens, base, then one per screen."""
    first = [folder() / "tokens.tcss", folder() / "base.tcss"]
    return first + [path for path in sorted(folder().glob("*.tcss")) if path not in first]
