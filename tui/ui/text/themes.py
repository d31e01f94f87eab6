"""The themes: light, dark, high contrast, the terminal's own colours, and the user's TOML files."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.theme import Theme

from tui.domain.errors import ConfigError

NAMES = ("dark", "light", "contrast", "terminal")
_COLOURS = (
    *("background", "surface", "foreground", "muted", "primary", "accent", "success", "warning", "error"),
    *("cursor", "cursor-blurred", "rule"),
)
_DARK = dict(
    zip(
        _COLOURS,
        "#101418 #171c22 #d3dae2 #98a2ad #7db8f0 #c9a7e8 #8ccf9e #e2b96b #ef8a80 #23384f #1a2530 #2d3640".split(),
        strict=True,
    )
)
_LIGHT = dict(
    zip(
        _COLOURS,
        "#fcfcfa #f1f1ec #22282f #5a636d #0b55a8 #7a45c4 #1a7034 #865900 #c02434 #d3e4f8 #e6edf4 #d3d8dd".split(),
        strict=True,
    )
)
_CONTRAST = dict(
    zip(
        _COLOURS,
        "#000000 #000000 #ffffff #d0d0d0 #7fd4ff #ffb0ff #7dff9b #ffe14d #ffaaa0 #00489c #303030 #ffffff".split(),
        strict=True,
    )
)
_TERMINAL = dict(
    zip(
        _COLOURS,
        (
            *("ansi_default", "ansi_default", "ansi_default", "ansi_default", "ansi_cyan", "ansi_magenta"),
            *("ansi_green", "ansi_yellow", "ansi_red", "ansi_default", "ansi_default", "ansi_default"),
        ),
        strict=True,
    )
)


def make(name: str, colours: Mapping[str, str], *, dark: bool, ansi: bool = False) -> Theme:
    """Return a Textual theme of our twelve colours, which define every token of styles/."""
    own = {
        "line-cursor": colours["cursor"],
        "line-cursor-blurred": colours["cursor-blurred"],
        "rule": colours["rule"],
        "bar": colours["surface"],
        "text-muted": colours["muted"],
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "input-cursor-foreground": colours["background"],  # in the terminal's own colours the cursor is reversed
        "input-cursor-background": colours["foreground"],
    }
    own |= {f"text-{tone}": colours[tone] for tone in ("primary", "accent", "success", "warning", "error")}
    return Theme(
        name=name,
        primary=colours["primary"],
        accent=colours["accent"],
        success=colours["success"],
        warning=colours["warning"],
        error=colours["error"],
        foreground=colours["foreground"],
        background=colours["background"],
        surface=colours["surface"],
        panel=colours["surface"],
        dark=dark,
        ansi=ansi,
        variables=own,
    )


def builtin() -> list[Theme]:
    """Return the four built-in themes."""
    return [
        make("dark", _DARK, dark=True),
        make("light", _LIGHT, dark=False),
        make("contrast", _CONTRAST, dark=True),
        make("terminal", _TERMINAL, dark=True, ansi=True),
    ]


def load(path: Path) -> Theme:
    """Return the theme of a TOML file (`dark = true`, `[colours]` with some of the twelve); raise `ConfigError`."""
    import tomllib

    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    for key in table:
        if key not in {"dark", "colours"}:
            raise ConfigError(f"{path}: unknown key {key!r}{_nearest(key, ('dark', 'colours'))}")
    dark = table.get("dark", True)
    wanted = table.get("colours", {})
    if not isinstance(dark, bool) or not isinstance(wanted, dict):
        raise ConfigError(f"{path}: dark is true or false, colours is a table")
    for key, value in wanted.items():
        if key not in _COLOURS:
            raise ConfigError(f"{path}: unknown key colours.{key}{_nearest(key, _COLOURS)}")
        try:
            Color.parse(str(value))
        except ColorParseError as error:
            raise ConfigError(f"{path}: colours.{key} is no colour: {value!r}") from error
    base = _DARK if dark else _LIGHT
    return make(path.stem, base | {key: str(value) for key, value in wanted.items()}, dark=dark)


def choose(wish: str, env: Mapping[str, str] | None = None) -> str:
    """Return the configured theme; NO_COLOR and 16-colour terminals get the terminal's own colours."""
    env = os.environ if env is None else env
    if env.get("NO_COLOR"):
        return "terminal"
    if wish != "auto":
        return wish
    if env.get("COLORTERM") in {"truecolor", "24bit"} or "256" in env.get("TERM", ""):
        return "light" if _light_background(env) else "dark"
    return "terminal"


def _light_background(env: Mapping[str, str]) -> bool:
    """Whether COLORFGBG ("foreground;background", rxvt's convention) tells a light background: 7 or 15."""
    return env.get("COLORFGBG", "").rpartition(";")[2] in {"7", "15"}


def _nearest(name: str, names: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f", did you mean {close[0]!r}?" if close else ""
