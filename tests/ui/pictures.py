"""Pictures of screens as text: every cell, then the styles of every line; one file a picture, beside the tests.

A test takes the fixture `picture` and calls `picture(session, "name")`. What differs is shown line by line. When it
is meant to, `uv run pytest tests/ui/test_pictures.py --update-pictures` writes them again, and their diff is read.
"""

from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path

from rich.segment import Segment
from rich.style import Style
from textual.screen import Screen

FOLDER = Path(__file__).with_name("pictures")


def picture_of(screen: Screen[object]) -> str:
    """Return a screen as text: its lines between bars, then runs of cells with the same style, line by line."""
    strips = screen._compositor.render_strips()
    width, height = screen.size
    text = [f"|{''.join(segment.text for segment in strip)}|" for strip in strips]
    styles = [f"{number:>3} {' '.join(_runs(strip))}" for number, strip in enumerate(strips, 1)]
    return "\n".join((f"{width}x{height}", *text, "", "styles", *styles, ""))


def _runs(segments: Iterable[Segment]) -> Iterator[str]:
    """Yield `cells:style` for every run of cells of a line."""
    runs: list[tuple[str, int]] = []
    for segment in segments:
        name = _name(segment.style)
        if runs and runs[-1][0] == name:
            runs[-1] = name, runs[-1][1] + segment.cell_length
        else:
            runs.append((name, segment.cell_length))
    return (f"{cells}:{name}" for name, cells in runs)


def _name(style: Style | None) -> str:
    """Return a style without blanks: `bold,#ffffff/#000000`."""
    if style is None:
        return "-"
    marks = [name for name in ("bold", "dim", "italic", "underline", "strike", "reverse") if getattr(style, name)]
    colours = "/".join(colour.name if colour else "-" for colour in (style.color, style.bgcolor))
    link = [f"link={style.link}"] if style.link else []
    return ",".join([*marks, colours, *link])


def compare(name: str, found: str, *, update: bool) -> None:
    """Compare a picture with its file, or write the file.

    Raises:
        AssertionError: They differ, or there is no file; the message is the difference.
    """
    path = FOLDER / f"{name}.txt"
    if update:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(found, "utf-8")
        return
    kept = path.read_text("utf-8") if path.exists() else ""
    difference = "\n".join(unified_diff(kept.splitlines(), found.splitlines(), path.name, "now", lineterm="", n=1))
    assert not difference, f"the screen has changed; --update-pictures accepts it\n{difference}"
