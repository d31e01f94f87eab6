"""The emulator that the tests look through: it can be read in the middle of a frame."""

import pyte
import pytest

from tests.emulator import Emulator


def emulated(text: str) -> Emulator:
    screen = Emulator(6, 1)
    pyte.Stream(screen).feed(text)
    return screen


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("深x", "深x   "),
        ("深x\x1b[1;1Ha", "a x   "),  # the left half is overwritten
        ("深x\x1b[1;2Ha", " ax   "),  # the right half is
        ("a深海\x1b[1;2Hbc", "abc海 "),  # one of them whole, one not
    ],
)
def test_half_a_wide_character_can_be_read(text: str, shown: str) -> None:
    assert emulated(text).display == [shown]
