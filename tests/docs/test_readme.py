"""The README says what is true: its tables are generated, its commands exist."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.readme import FILES, ROOT, current
from tui.cli.command_table import ENTRIES, EXIT_CODES

README = ROOT / "README.md"
DOCUMENT = re.compile(r"[\w/-]*(?:extruct|yutori|valyu)\.md\b")
TEXT = README.read_text("utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_generated_parts_are_current(file: Path) -> None:
    assert current(file) == file.read_text("utf-8"), "run `python -m tests.readme`"


def test_the_two_commands_stand_as_promised() -> None:
    assert "\npython3 -m pip install uv && uv run divewatch demo\n" in TEXT
    assert "\npython3 -m pip install uv && uv run pytest\n" in TEXT


def test_every_exit_code_is_listed() -> None:
    for code, about in EXIT_CODES:
        assert f"| {code} | {about} |" in TEXT


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"(?m)(?:^|`|uv run |bin/)divewatch ([a-z]+)(?! (?:copies|uses))", TEXT)))
)
def test_every_command_named_exists(name: str) -> None:
    assert name in ENTRIES


def test_every_picture_is_there() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT):
        assert (README.parent / path).is_file(), path


def test_the_moving_picture_is_small_fetches_nothing_and_shows_one_frame_at_a_time() -> None:
    film = (ROOT / "screenshots" / "tour.svg").read_text("utf-8")
    assert len(film.encode()) < 300_000
    assert not re.search(r"<script|href=|url\(|@import", film)
    frames = film.count('<g class="f ')
    shown = [
        (float(begin or 0), float(end))
        for begin, end in re.findall(r"@keyframes k\d+\{.*?([\d.]+)%\{visibility:visible\}([\d.]+)%", film)
    ]
    assert len(shown) == frames > 5
    assert (shown[0][0], shown[-1][1]) == (0, 100)
    assert all(before[1] == after[0] for before, after in pairwise(shown))
    assert "prefers-reduced-motion" in film


def test_what_the_code_refers_to_is_in_the_repository() -> None:
    """A document that is named in code is found from the root or among the contracts."""
    named = {
        (name, path.name) for path in (ROOT / "tui").rglob("*.py") for name in DOCUMENT.findall(path.read_text("utf-8"))
    }
    assert named
    lost = [
        (name, where)
        for name, where in sorted(named)
        if not (ROOT / name).exists() and not (ROOT / "tests" / "contracts" / name).exists()
    ]
    assert lost == []
