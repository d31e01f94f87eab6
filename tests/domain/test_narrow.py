"""What is told apart as plain needs neither cleaning nor a table of widths."""

import sys

from tui.domain.cells import cell_len
from tui.domain.narrow import is_narrow
from tui.domain.text import clean


def test_what_is_narrow_is_clean_and_a_cell_wide_character_by_character() -> None:
    narrow = [char for char in map(chr, range(sys.maxunicode + 1)) if is_narrow(char)]
    assert all(clean(char) == char and cell_len(char) == 1 for char in narrow)
    assert is_narrow("".join(narrow)), "nor does what stands beside it change anything"
    assert cell_len("".join(narrow)) == len(narrow)
    assert is_narrow("")
    assert is_narrow("Kraków – “what” it’s worth: €5 … 3‰")


def test_what_may_be_wide_or_unsafe_is_not() -> None:
    unsafe = ["\u2028", "\xad", "\u202e", "\u200b", "\x1b[0m", "a\tb", "a\nb"]
    assert not any(map(is_narrow, [*unsafe, "深", "e\u0301", "🙂"]))
