"""An archive that was broken and replaced is told at every door, with a code for scripts, until it is acknowledged."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

DOORS = [
    ("list",),
    ("list", "--json"),
    ("search", "lithium"),
    ("search", "lithium", "--json"),
    ("archive", "verify"),
    ("archive", "stats"),
    ("export", "--all", "-o", "."),
    ("cost",),
    ("sync",),
    ("doctor", "--offline"),
]


def break_it(home: Path) -> None:
    (archive,) = home.rglob("archive.db")
    archive.write_bytes(b"")


@pytest.mark.parametrize("door", DOORS, ids=" ".join)
@pytest.mark.parametrize("lane", ["both", "click"])
def test_every_door_tells_that_the_archive_was_replaced(
    world: Cli, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: tuple[str, ...], lane: str
) -> None:
    monkeypatch.chdir(tmp_path)
    break_it(home)
    assert world("list").code == 1
    for _ in range(2):
        ended = world(*door, lane=lane)
        assert ended.code == 1
        told = ended.err + ended.out
        assert "The archive was damaged (the file is empty)" in told
        assert "divewatch archive acknowledge" in told
    acknowledged = world("archive", "acknowledge")
    assert acknowledged.code == 0
    assert "damaged" in acknowledged.err
    after = world(*door, lane=lane)
    assert "damaged" not in after.err + after.out
    assert after.code == 0


def test_the_first_door_tells_it_too(world: Cli, home: Path) -> None:
    break_it(home)
    ended = world("list", "--json")
    assert (ended.code, ended.json["tasks"]) == (1, [])
    assert "The archive was damaged (the file is empty). It is kept as" in ended.err


def test_there_may_be_nothing_to_acknowledge(world: Cli) -> None:
    ended = world("archive", "acknowledge")
    assert ended.code == 0
    assert "nothing to acknowledge" in ended.err
