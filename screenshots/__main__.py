"""Make every picture in this folder anew (`python -m screenshots`), or check that they are current (`--check`).

Every run makes the same SVG files. PNG files are drawn from them by a headless Chromium where there is one.
"""

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager
from difflib import unified_diff
from html import unescape
from itertools import groupby, islice
from pathlib import Path

from screenshots import film
from screenshots.scenes import SCENES, Scene, presses
from screenshots.stage import empty, frozen, peopled, picture, settle
from tui.ui.app import DivewatchApp
from tui.ui.shell.services import Services

HERE = Path(__file__).parent
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SHOWN = 8  # differing lines of a picture


async def take(scene: Scene, given: Services) -> str:
    """Return one picture as SVG."""
    app = DivewatchApp(given)
    async with app.run_test(size=scene.size) as pilot:
        app._use_theme(scene.theme)
        await settle(pilot)
        if scene.filter:
            await pilot.press("slash", *presses(scene.filter), "enter")
        for key, group in groupby(scene.keys):
            names = presses(key) if len(key) == 1 else [key]
            await pilot.press(*names * len([*group]))
            await settle(pilot)
        if scene.typed:
            await pilot.press(*presses(scene.typed))
            await settle(pilot)
        return picture(app)


def make(wanted: set[str]) -> dict[str, str]:
    """Return the pictures by name: all, or those `wanted`."""
    made: dict[str, str] = {}
    for newcomer, later in dict.fromkeys((one.newcomer, one.later) for one in SCENES):
        scenes = [
            one
            for one in SCENES
            if (one.newcomer, one.later) == (newcomer, later) and (not wanted or one.name in wanted)
        ]
        with_film = not newcomer and not later and (not wanted or film.NAME in wanted)
        if not scenes and not with_film:
            continue
        with tempfile.TemporaryDirectory() as folder, frozen():
            world: AbstractContextManager[Services] = empty(Path(folder)) if newcomer else peopled(Path(folder), later)
            with world as given:
                made |= {scene.name: asyncio.run(take(scene, given)) for scene in scenes}
                if with_film:
                    made[film.NAME] = asyncio.run(film.film(given))
    return made


def check(made: dict[str, str]) -> int:
    """Compare with what is committed; say what differs and what to do. Returns the exit code."""
    stale = 0
    for name, svg in made.items():
        file = HERE / f"{name}.svg"
        before = file.read_text("utf-8") if file.exists() else ""
        if before != svg:
            stale += 1
            print(f"{name}.svg is not current:")
            print("\n".join(islice(unified_diff(_words(before), _words(svg), lineterm="", n=0), 2, 2 + _SHOWN)))
    if len(made.get(film.NAME, "").encode()) > film.LIMIT:
        stale += 1
        print(f"{film.NAME}.svg is larger than {film.LIMIT:,} bytes")
    extra = {file.stem for file in HERE.glob("*.svg")} - {film.NAME} - {scene.name for scene in SCENES}
    for name in sorted(extra):
        print(f"{name}.svg: no scene makes it")
    if stale or extra:
        print("run `python -m screenshots`, look at the pictures, commit them")
    return int(bool(stale or extra))


def _words(svg: str) -> list[str]:
    """Return the lines of text in a picture."""
    rows: dict[str, list[str]] = {}
    for row, text in re.findall(r'<text[^>]*\by="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        rows.setdefault(row, []).append(unescape(text))
    return [" ".join(texts).replace("\xa0", " ") for texts in rows.values()]


def draw(name: str) -> None:
    """Draw the PNG of a picture."""
    program = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if program is None:
        print(f"{name}.png stays as it is: there is no Chromium here", file=sys.stderr)
        return
    file = HERE / f"{name}.svg"
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', file.read_text("utf-8"))
    assert size
    columns, lines = (int(float(part) + 0.999) for part in size.groups())
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1"]
    where = [f"--screenshot={HERE / name}.png", f"--window-size={columns},{lines}", file.as_uri()]
    subprocess.run([program, *options, *where], check=True, capture_output=True, timeout=60)


def main() -> int:
    """Make or check all pictures, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these pictures")
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 if a picture is not current")
    asked = parser.parse_args()
    made = make(set(asked.names))
    if asked.check:
        return check(made)
    for name, svg in made.items():
        file = HERE / f"{name}.svg"
        still = name != film.NAME
        if not file.exists() or file.read_text("utf-8") != svg or (still and not file.with_suffix(".png").exists()):
            file.write_text(svg, "utf-8")
            if still:
                draw(name)
            print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
