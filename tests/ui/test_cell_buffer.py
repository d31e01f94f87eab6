"""The fewest bytes must still be the right ones: every frame is played into an emulator and compared cell by cell."""

import cProfile
import random
import re
from collections.abc import Callable

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.ui.terminal.cell_buffer import CellBuffer, Piece
from tui.ui.terminal.cell_line import CellCodes
from tui.ui.terminal.sgr import erases_in_colour

WIDTH, HEIGHT = 40, 12
SIZE = (WIDTH, HEIGHT)
GROUND = Style.parse("white on #101010")
STYLES = [GROUND, Style.parse("bold red on #101010"), Style.parse("underline on blue"), Style.parse("reverse")]
TEXTS = ["plain words", "固态电池 report", "✓ done", "e\u0301 accent", " " * 30, "x", "a  b", "🚀 up", "█████░░░"]


def full(text: str, style: Style = GROUND, width: int = WIDTH) -> Strip:
    return Strip([Segment(text, style)]).adjust_cell_length(width, style)


class Terminal:
    """An emulator that is told what a picture writes."""

    def __init__(self) -> None:
        self.picture = CellBuffer()
        self.screen = pyte.Screen(*SIZE)
        self.stream = pyte.Stream(self.screen)
        self.wanted = {y: full("") for y in range(HEIGHT)}

    def show(self, pieces: list[Piece], cursor: tuple[int, int] | None = None) -> str:
        written = self.picture.draw(pieces, SIZE, ColorSystem.TRUECOLOR, cursor=cursor)
        self.stream.feed(written)
        return written

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    def grounds(self, y: int) -> list[str]:
        return [self.screen.buffer[y][x].bg for x in range(WIDTH)]


def rows(texts: list[str], style: Style = GROUND) -> list[Piece]:
    return [(y, 0, full(text, style)) for y, text in enumerate(texts)]


def many(count: int = HEIGHT, start: int = 0) -> list[str]:
    return [f"line {n} {'abcdefghij'[n % 10] * 20}" for n in range(start, start + count)]


def test_the_first_frame_writes_everything() -> None:
    terminal = Terminal()
    terminal.show(rows(many()))
    assert terminal.lines() == many()
    assert set(terminal.grounds(3)) == {"101010"}


def test_the_same_frame_again_writes_nothing() -> None:
    terminal = Terminal()
    terminal.show(rows(many()))
    assert terminal.show(rows(many())) == ""


def test_strips_of_equal_looks_but_other_objects_write_nothing() -> None:
    terminal = Terminal()
    terminal.show([(0, 0, full("same"))])
    again = Strip([Segment("sa", GROUND), Segment("me", GROUND)]).adjust_cell_length(WIDTH, GROUND)
    assert terminal.show([(0, 0, again)]) == ""


def test_the_colour_of_blanks_without_ink_does_not_matter() -> None:
    terminal = Terminal()
    terminal.show([(0, 0, full("    ", Style.parse("red on #101010")))])
    assert terminal.show([(0, 0, full("    ", Style.parse("green on #101010")))]) == ""
    assert terminal.show([(0, 0, full("    ", Style.parse("green on #202020")))]) != ""


def test_one_changed_cell_costs_a_move_a_colour_and_the_cell() -> None:
    terminal = Terminal()
    terminal.show(rows(many()))
    texts = many()
    texts[4] = texts[4].replace("line 4", "line 5")
    written = terminal.show(rows(texts))
    assert terminal.lines() == texts
    assert len(written) < 50


def test_changes_at_both_ends_of_a_line_do_not_write_its_middle() -> None:
    terminal = Terminal()
    terminal.show([(0, 0, full("a" + "=" * 38 + "b"))])
    assert "==" not in terminal.show([(0, 0, full("c" + "=" * 38 + "d"))])
    assert terminal.lines()[0] == "c" + "=" * 38 + "d"


def test_a_scrolled_list_costs_its_new_line() -> None:
    terminal = Terminal()
    terminal.show(rows(many()))
    written = terminal.show(rows(many(start=1)))
    assert terminal.lines() == many(start=1)
    assert len(written) < 130


def test_scrolling_up_costs_the_new_line_too() -> None:
    terminal = Terminal()
    terminal.show(rows(many(start=5)))
    written = terminal.show(rows(many(start=3)))
    assert terminal.lines() == many(start=3)
    assert len(written) < 200


def test_a_line_that_stays_in_the_middle_of_a_scrolled_block_stays() -> None:
    terminal = Terminal()
    before = many()
    before[6] = "-- stays --"
    terminal.show(rows(before))
    after = many(start=1)
    after[6] = "-- stays --"
    terminal.show([(y, 0, full(text)) for y, text in enumerate(after) if y != 6])
    assert terminal.lines() == after


def test_a_pane_beside_the_scrolled_one_is_not_moved() -> None:
    terminal = Terminal()
    for y in range(HEIGHT):
        terminal.show([(y, 0, full(many()[y][:20], width=20)), (y, 20, full(f"| side {y}", width=20))])
    terminal.show([(y, 0, full(many(start=1)[y][:20], width=20)) for y in range(HEIGHT)])
    assert [line[20:] for line in terminal.lines()] == [f"| side {y}" for y in range(HEIGHT)]


@pytest.mark.parametrize("old", ["固态电池电池", "ab🚀cd", "e\u0301e\u0301e\u0301"])
@pytest.mark.parametrize("new", ["x固态电池电", "abcd🚀", "固", ""])
def test_wide_and_combined_characters_are_never_cut(old: str, new: str) -> None:
    terminal, fresh = Terminal(), Terminal()
    terminal.show([(0, 0, full(old))])
    terminal.show([(0, 0, full(new))])
    fresh.show([(0, 0, full(new))])
    assert terminal.screen.display == fresh.screen.display
    assert terminal.grounds(0) == fresh.grounds(0)


def test_links_are_closed_at_the_end_of_a_frame_and_equal_ones_share_an_id() -> None:
    link = Style.parse("blue") + Style(link="https://a.example/x")
    written = Terminal().show([(0, 0, full("one", link)), (1, 0, full("two", link + Style.parse("red")))])
    opened = re.findall(r"\x1b]8;(id=\w+);(.*?)\x1b", written)
    assert {url for _, url in opened} == {"https://a.example/x"}
    assert len({name for name, _ in opened}) == 1
    assert written.rfind("\x1b]8;;\x1b\\") > written.rfind("https://")


def test_every_frame_ends_in_the_terminals_own_colours() -> None:
    assert Terminal().show(rows(many())).endswith("\x1b[m")


def test_another_size_writes_everything_again() -> None:
    picture = CellBuffer()
    first = picture.draw(rows(["a"]), (WIDTH, 1), ColorSystem.TRUECOLOR)
    assert picture.draw(rows(["a"]), (WIDTH, 1), ColorSystem.TRUECOLOR) == ""
    assert len(picture.draw(rows(["a"]), (WIDTH, 2), ColorSystem.TRUECOLOR)) >= len(first)


def test_forgetting_writes_everything_again() -> None:
    terminal = Terminal()
    first = terminal.show(rows(many()))
    terminal.picture.forget()
    assert terminal.show(rows(many())) == first


def test_the_cursor_is_moved_only_when_it_or_the_picture_changed() -> None:
    terminal = Terminal()
    assert terminal.show(rows(many()), cursor=(3, 2)).endswith("\x1b[3;4H")
    assert terminal.show(rows(many()), cursor=(3, 2)) == ""
    assert terminal.show(rows(many()), cursor=(4, 2)) == "\x1b[3;5H"


def test_pieces_outside_of_the_screen_are_ignored() -> None:
    terminal = Terminal()
    terminal.show([(HEIGHT, 0, full("below")), (-1, 0, full("above")), (0, WIDTH - 3, full("right", width=5))])
    assert terminal.lines()[0].endswith("rig")


def test_bytes_and_frames_are_counted() -> None:
    picture = CellBuffer()
    written = picture.draw(rows(["電"]), (WIDTH, 1), ColorSystem.TRUECOLOR)
    picture.draw(rows(["電"]), (WIDTH, 1), ColorSystem.TRUECOLOR)
    assert (picture.frames, picture.bytes, picture.last) == (1, len(written.encode()), len(written.encode()))


@given(seed=st.integers(0, 10_000))
def test_any_sequence_of_frames_leaves_the_emulator_with_the_last_one(seed: int) -> None:
    rng, terminal = random.Random(seed), Terminal()
    wanted = ["" for _ in range(HEIGHT)]
    looks = [GROUND for _ in range(HEIGHT)]
    for _ in range(6):
        if rng.random() < 0.4:
            shift = rng.choice([-4, -2, -1, 1, 2, 5])
            wanted, looks = wanted[shift:] + wanted[:shift], looks[shift:] + looks[:shift]
            lines = range(HEIGHT)
        else:
            lines = range(*sorted(rng.sample(range(HEIGHT + 1), 2)))
            for y in lines:
                wanted[y], looks[y] = rng.choice(TEXTS), rng.choice(STYLES)
        terminal.show([(y, 0, full(wanted[y], looks[y])) for y in lines])
        fresh = Terminal()
        fresh.show([(y, 0, full(text, looks[y])) for y, text in enumerate(wanted)])
        fresh_lines, lines_now = fresh.lines(), terminal.lines()
        assert [lines_now[y] for y in range(HEIGHT) if wanted[y]] == [
            fresh_lines[y] for y in range(HEIGHT) if wanted[y]
        ]


def written(*segments: Segment, width: int = 60, system: ColorSystem = ColorSystem.TRUECOLOR) -> str:
    return CellBuffer().draw([(0, 0, Strip(segments))], (width, 1), system)


def test_a_change_of_weight_does_not_repeat_the_colours() -> None:
    data = written(Segment("a", GROUND), Segment("b", GROUND + Style(bold=True)), Segment("c", GROUND))
    assert data.count("48;2") == 1
    assert "\x1b[1mb\x1b[22mc" in data


def test_long_blanks_are_erased_in_one_sequence() -> None:
    ink = Style(color="red")
    data = written(Segment("ab", ink), Segment("cd", ink), Segment(" " * 50), Segment("e", ink))
    assert data.startswith("\x1b[H\x1b[31mabcd\x1b[50X\x1b[55Ge")


def test_sixteen_colours_are_sent_as_such() -> None:
    assert "38;2" not in written(Segment("a", Style(color="#ff0000")), system=ColorSystem.STANDARD)


@pytest.mark.parametrize("term", ["screen", "linux", "vt100"])
def test_terminals_that_erase_in_another_colour_get_blanks(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    erases_in_colour.cache_clear()
    try:
        assert "X" not in written(Segment("a" + " " * 40, GROUND))
    finally:
        erases_in_colour.cache_clear()


def test_a_terminal_that_counts_other_cells_shows_no_rest_of_a_line_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyte.screens, "wcwidth", lambda char: 1)  # a vowel sign too takes a cell of its own
    terminal = Terminal()
    terminal.show([(0, 0, full("स्त्री is read       done│")), (1, 0, full("plain"))])
    assert terminal.lines()[0].replace(" ", "") == "स्त्रीisreaddone│"
    assert [terminal.screen.buffer[0][x].data for x in (18, 22)] == ["d", "│"]
    terminal.show([(0, 0, full("ab"))])
    assert terminal.lines()[:2] == ["ab", "plain"]
    terminal.show([(1, 0, full("क्षत्रिय"))])
    terminal.show([(1, 0, full("plain"))])
    assert terminal.lines()[1] == "plain"


INK, MARK, RULE = (Style.parse(f"{ink} on #101418") for ink in ("#d3dae2", "#c9a7e8", "#2d3640"))
PAGE = (120, 38)


def page_of(number: int) -> list[Piece]:
    """Return a page as the reader lays it out: text with marks that lead somewhere, a table, blanks around it."""
    words = [chr(97 + (number * 7 + n * n) % 26) * (2 + (n + number) % 9) for n in range(600)]
    pieces: list[Piece] = []
    for y in range(PAGE[1]):
        text = " ".join(words[y * 12 : y * 12 + 12])[:80]
        mark = Segment(f"[{y}]", MARK + Style(link=f"https://source{y}.example.org/paper/{y}?page={number}"))
        table = [Segment(text[:20], INK), Segment(" │ ", RULE), Segment(text[20:30], INK), Segment(" │ ", RULE)]
        line = table if 9 < y < 18 else [Segment(text[:30], INK), mark, Segment(text[30:], INK)] if y % 2 else []
        strip = Strip([Segment(" " * 10, INK), *line]).adjust_cell_length(PAGE[0], INK)
        pieces.append((y, 0, strip))
    return pieces


def calls_of(work: Callable[[], object]) -> int:
    """Return how many functions a piece of work calls: a count that does not depend on the machine."""
    with cProfile.Profile() as profile:
        work()
    return sum(entry.callcount for entry in profile.getstats())


def test_a_page_takes_few_bytes_more_than_its_text() -> None:
    picture = CellBuffer()
    picture.draw(page_of(1), PAGE, ColorSystem.TRUECOLOR)
    turned = page_of(2)
    written = picture.draw(turned, PAGE, ColorSystem.TRUECOLOR, links=False)
    text = sum(len("".join(segment.text for segment in strip).strip().encode()) for _, _, strip in turned)
    assert "]8;" not in written
    assert text < len(written.encode()) < 1.6 * text  # in reading order 2.3 times as many
    assert len(picture.draw((), PAGE, ColorSystem.TRUECOLOR)) < 19 * 75, "a mark: its address, and 20 bytes"


def test_a_list_that_scrolls_by_a_line_is_drawn_with_few_calls() -> None:
    picture = CellBuffer()
    strips = [strip for number in (1, 2) for _, _, strip in page_of(number)]
    frames = [[(y, 0, strip) for y, strip in enumerate(strips[top : top + 38])] for top in range(3)]
    for frame in frames[:2]:
        picture.draw(frame, PAGE, ColorSystem.TRUECOLOR)
    assert calls_of(lambda: picture.draw(frames[2], PAGE, ColorSystem.TRUECOLOR)) < 1200  # 1746 with a list of cells


@pytest.mark.parametrize("before", [0, 182, 500])
def test_a_page_that_was_prepared_is_worked_out_once_however_much_came_before(
    before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    terminal.show(rows(many()))
    terminal.picture.prepare(full(text) for text in many(before, 100))
    page = rows(many(HEIGHT, 1000))
    terminal.picture.prepare(strip for _, _, strip in page)
    monkeypatch.delattr(CellCodes, "_look")
    terminal.show(page)
    assert terminal.lines()[0].startswith("line 1000")
