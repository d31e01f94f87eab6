"""Hostile text on a real terminal: every byte written is printable text or a sequence of our own."""

import re
from pathlib import Path

import pytest

from tests.corpora import corpora
from tests.pty.terminal import Person
from tests.robust.hostile import OWN_TEXTS, hostile_reports, taken_apart
from tests.robust.session import session

_TITLE = re.compile(r"divewatch(: [0-9]+ [a-z ]+(, [0-9]+ [a-z ]+)*)?")
PAGE_DOWN, ESCAPE, ENTER, QUIT = "\x1b[6~", "\x1b", "\r", "\x11"


def well(user: Person) -> None:
    """It ended because it was told to; a crash is shown whole."""
    code = user.ends()
    assert code == 0, user.out[user.out.rfind(b"\x1b[?1049l") :].decode("utf-8", "replace")


def check(user: Person, *, copied: int = 0) -> None:
    """Nothing but text and our own sequences; no title, link or clipboard of a stranger's."""
    written = taken_apart(user.out)
    assert written.strange == frozenset()
    assert [title for title in written.titles if not _TITLE.fullmatch(title)] == []
    assert len(written.copied) == copied
    assert not [link for link in written.links if not link.startswith(("http://", "https://"))]
    assert user.modes_left_on() == set()


def filtered(user: Person, words: str) -> None:
    user.press("/", *words, ENTER)


def test_the_dashboard_shows_everything_hostile_and_nothing_acts(hostile_home: Path) -> None:
    with session(hostile_home) as user:
        assert user.sees("Valyu")
        filtered(user, "LOUD")
        assert user.sees("[bold red]LOUD[/]"), "markup is text"
        user.press(ESCAPE)
        filtered(user, "PWNED")
        assert user.sees("\u241b]0;PWNED-TITLE"), "what was there is seen as stand-ins"
        user.press(ESCAPE)
        user.press(*[PAGE_DOWN] * 30, "G", "g", "s", "S", "z", "*", "*")
        user.press("?", ESCAPE, ":", ESCAPE, "L", ESCAPE, "B", PAGE_DOWN, ESCAPE, "$", ESCAPE)
        user.press(" ", " ", "c", PAGE_DOWN, ESCAPE)
        filtered(user, "markup")
        user.press(ESCAPE, "F", *"PWNED", ENTER, PAGE_DOWN, ESCAPE, ESCAPE)
        user.press(*"jjjjjjjj")
        user.type(QUIT)
        well(user)
        check(user)


@pytest.mark.parametrize("size", [(120, 40), (60, 15)])
def test_reports_of_hostile_tasks_are_read_and_nothing_acts(hostile_home: Path, size: tuple[int, int]) -> None:
    with session(hostile_home, size=size) as user:
        assert user.sees("alyu")
        filtered(user, "status:done")
        for _ in OWN_TEXTS:
            user.press(ENTER)
            if size[0] < 100:
                user.press(ENTER)  # first the detail
            assert user.sees("next cite"), user.shows()
            user.press("]", "]", PAGE_DOWN, "G")
            user.press(ESCAPE)
            assert user.sees("filter"), user.shows()
            if size[0] < 100:
                user.press("1")
            user.press("j")
        user.type(QUIT)
        assert user.ends() == 0
        check(user)


REPORTS = [
    "every_control",
    "entities.md",
    "escapes.md",
    "links.md",
    "escapes_table.md",
    "links_schemes.md",
    "markup_textual.md",
]


@pytest.mark.parametrize("name", [name for name in REPORTS if name in hostile_reports(corpora())])
def test_a_hostile_file_is_read_and_nothing_acts(home: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / "\x1b]0;PWNED-TITLE\x07.md"
    file.write_bytes(hostile_reports(corpora())[name])
    with session(home, "read", str(file)) as user:
        assert user.sees("next cite")
        user.press(PAGE_DOWN, "]", ENTER, ESCAPE, "[", "G", "/", *"a", ENTER, "n", ESCAPE)
        user.type(QUIT)
        well(user)
        check(user)


def test_what_is_copied_is_clean_and_only_copied_when_asked(hostile_home: Path) -> None:
    with session(hostile_home) as user:
        assert user.sees("Valyu")
        user.press("j", "j", "y")
        user.type(QUIT)
        well(user)
        written = taken_apart(user.out)
        assert len(written.copied) <= 1
        for one in written.copied:
            assert b"\x1b" not in one
            assert b"\x07" not in one
        assert written.strange == frozenset()
