"""The terminal's own cursor stands on what is selected: braille displays, screen readers and magnifiers follow it."""

from pathlib import Path

import pytest

from tests.pty.terminal import Person, person
from tests.robust.session import session

_REPORT = """# Tides

One claim is here [1]. And another one follows it [2].

## Sources

1. [Moon](https://moon.example/a)
2. [Sun](https://sun.example/b)
"""


def row(user: Person) -> str:
    """The line the terminal's cursor is on, from the cursor on."""
    at = user.screen.cursor
    return user.screen.display[at.y][at.x :]


def test_it_follows_the_selected_row_of_the_list() -> None:
    with person("30") as user:
        assert user.sees("Task number 0")
        user.settle()
        seen = [row(user)]
        for key in ("j", "j", "\x04", "G", "k"):
            user.press(key)
            seen.append(row(user))
        assert all("Task number" in line for line in seen), seen
        assert len({*seen}) == len(seen)
        assert user.screen.cursor.x == 0


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ((" ", "j"), "Task number 2"),
        (("?",), "Task list"),
        (("?", "/"), "search all keys"),
        (("$",), "not known"),
        (("\x10",), "a command; with a value"),
    ],
)
def test_it_stands_in_what_has_the_keys_on_every_screen(keys: tuple[str, ...], words: str) -> None:
    with person("3") as user:
        assert user.sees("Task number 0")
        user.settle()
        user.press(*keys)
        user.settle()
        assert words in row(user), f"{user.screen.cursor}\n{user.shows()}"


def test_it_stands_on_the_current_citation_and_on_the_current_hit_of_a_report(tmp_path: Path) -> None:
    report = tmp_path / "tides.md"
    report.write_text(_REPORT)
    with session(tmp_path, "read", str(report), size=(80, 24)) as user:
        assert user.sees("One claim")
        user.settle()
        user.press("]")
        assert row(user).startswith("[1]"), user.shows()
        user.press("]")
        assert row(user).startswith("[2]")
        user.press("/")
        user.type("claim")
        user.settle()
        user.press("\r")
        assert row(user).startswith("claim")


def test_it_is_hidden_unless_asked_for(tmp_path: Path) -> None:
    report = tmp_path / "tides.md"
    report.write_text(_REPORT)
    for wish, mode in (("hidden", b"l"), ("visible", b"h")):
        config = tmp_path / wish / "config"
        config.mkdir(parents=True)
        (config / "config.toml").write_text(f'[ui]\ncursor = "{wish}"\n')
        with session(tmp_path / wish, "read", str(report), size=(80, 24)) as user:
            assert user.sees("One claim")
            user.press("]")
            at = user.out.rfind(b"\x1b[?25")
            assert user.out[at + 5 : at + 6] == mode
            user.type("q")
            assert user.ends() == 0
            assert user.modes_left_on() == set()


def test_it_costs_one_short_sequence_a_key() -> None:
    with person("30") as user:
        assert user.sees("Task number 0")
        user.settle()
        user.press("j")
        before = len(user.out)
        user.press("j")
        told = user.out[before:]
        place = f"\x1b[{user.screen.cursor.y + 1};1H".encode()
        assert told.count(place) <= 2
        assert len(place) <= 7
