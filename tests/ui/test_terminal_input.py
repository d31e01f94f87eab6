"""What arrives from the terminal becomes keys, reports and pastes, however it is cut, and nothing else ever does."""

from select import select

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import AppFocus, Key, MouseDown, Paste, Resize
from textual.message import Message

from tui.ui.terminal.driver import WakingEvent
from tui.ui.terminal.input import TerminalInput
from tui.ui.terminal.textual_patches import LenientParser


class Line:
    """A terminal's line on which time passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.source = TerminalInput(LenientParser(), lambda: self.now)
        self.events: list[Message] = []

    def type(self, *parts: str, pause: float = 0.0) -> list[Message]:
        for part in parts:
            self.events += self.source.feed(part)
            self.wait(pause)
        return self.events

    def wait(self, seconds: float) -> list[Message]:
        self.now += seconds
        self.events += self.source.tick()
        return self.events

    @property
    def keys(self) -> list[str]:
        return [event.key for event in self.events if isinstance(event, Key)]


def test_plain_keys_and_sequences_are_keys() -> None:
    line = Line()
    line.type("a\x1b[A\x1bOB\x1b[1;5C\x1b[[A\x13\x1b[97;5u")
    assert line.keys == ["a", "up", "down", "ctrl+right", "f1", "ctrl+s", "ctrl+a"]


def test_an_escape_alone_is_one_after_a_moment() -> None:
    line = Line()
    assert line.type("\x1b") == []
    line.wait(0.2)
    assert line.keys == ["escape"]
    line.type("x")
    assert line.keys == ["escape", "x"]


def test_two_escapes_and_alt_keys() -> None:
    line = Line()
    line.type("\x1b\x1bx")
    assert line.keys == ["escape", "alt+x"]


@pytest.mark.parametrize("begin", "]P_^X")
def test_alt_and_the_beginning_of_a_control_string_is_a_key_when_nothing_follows(begin: str) -> None:
    line = Line()
    line.type("\x1b" + begin)
    line.wait(0.2)
    assert len(line.keys) == 1


@pytest.mark.parametrize("cut", range(2, 11))
def test_a_mouse_report_cut_in_half_on_a_slow_line_is_a_mouse_report(cut: int) -> None:
    report = "\x1b[<0;10;5M"
    line = Line()
    line.type(report[:cut], report[cut:], pause=0.05 if cut == 2 else 0.5)
    assert line.keys == []
    assert [type(event) for event in line.events] == [MouseDown]


@pytest.mark.parametrize(
    "answer",
    [
        "\x1b[?62;22c",
        "\x1b[>41;367;0c",
        "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
        "\x1b]52;c;cXVpdA==\x07",
        "\x1bP1$r0m\x1b\\",
        "\x1bP>|XTerm(367)\x1b\\",
        "\x1b_Gi=1;OK\x1b\\",
        "\x1b[?1u",
        "\x1b[27;5;",
        "\x1b[8;24;80t",
        "\x1b[?997;1n",
        "\x1b[0n",
        "\x1b[<0;1",
        "\x1b[99999999999999999999;1R",
    ],
)
def test_an_answer_that_nobody_asked_for_types_nothing(answer: str) -> None:
    line = Line()
    line.type(answer, pause=0.5)
    line.wait(3)
    line.type("j")
    assert line.keys == ["j"]


def test_a_control_string_that_never_ends_is_over_when_nothing_comes_any_more() -> None:
    line = Line()
    line.type("\x1b]52;c;", *(["qqqq" * 1000] * 50), pause=0.01)
    assert line.keys == []
    line.wait(2)
    line.type("j")
    assert line.keys == ["j"]


def test_an_escape_ends_a_control_string() -> None:
    line = Line()
    line.type("\x1b]0;title", "\x1b[A")
    assert line.keys == ["up"]


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=60), st.lists(st.integers(0, 80), max_size=4))
def test_a_paste_is_one_however_it_is_cut(text: str, cuts: list[int]) -> None:
    line, whole = Line(), f"a\x1b[200~{text}\x1b[201~b"
    places = sorted({min(cut, len(whole)) for cut in cuts})
    line.type(*(whole[start:end] for start, end in zip([0, *places], [*places, len(whole)], strict=True)))
    assert line.keys == ["a", "b"]
    (paste,) = [event for event in line.events if isinstance(event, Paste)]
    assert len(paste.text) >= len(text.replace("\ufeff", "")) - 60
    if text.isascii():
        assert paste.text == text


def test_a_paste_with_control_characters_acts_on_nothing() -> None:
    line = Line()
    line.type("\x1b[200~one\r\ntwo\x1b[2J\x03\x1b]0;x\x07\x00\x1b[201~")
    assert line.keys == []
    (paste,) = [event for event in line.events if isinstance(event, Paste)]
    assert paste.text.startswith("one\ntwo")
    assert not set("\x1b\x03\x07\x00") & set(paste.text)


def test_a_paste_whose_end_is_lost_is_over_when_nothing_comes_any_more() -> None:
    line = Line()
    line.type("\x1b[200~words")
    line.wait(3)
    line.type("j")
    assert [event.text for event in line.events if isinstance(event, Paste)] == ["words"]
    assert line.keys == ["j"]


def test_a_megabyte_is_pasted_at_once() -> None:
    line, text = Line(), "word " * 200_000
    whole = f"\x1b[200~{text}\x1b[201~"
    line.type(*(whole[start : start + 65_536] for start in range(0, len(whole), 65_536)))
    assert [event.text for event in line.events if isinstance(event, Paste)] == [text]


def test_focus_and_size_are_told() -> None:
    line = Line()
    line.type("\x1b[I\x1b[48;30;100;600;1000t")
    assert [type(event) for event in line.events] == [AppFocus, Resize]


@given(
    st.lists(
        st.text(st.sampled_from("\x1b[]O<>?;:0123456789MmRtu~ABPX_^\\\x07\x18qx \n\u00e9"), max_size=30), max_size=8
    )
)
def test_whatever_arrives_the_keys_behind_it_are_keys(parts: list[str]) -> None:
    line = Line()
    line.type(*parts)
    line.wait(5)
    line.wait(5)
    before = len(line.keys)
    line.type("jk")
    assert line.keys[before:] == ["j", "k"]


@pytest.mark.parametrize("begun", ["\x1b", "\x1b[", "\x1b[<0;1", "\x1b]52;c", "\x1b[200~words", "a"])
def test_it_is_looked_at_again_only_while_an_end_may_be_missing(begun: str) -> None:
    line = Line()
    line.now += 10
    waits = [line.source.waits]
    line.type(begun)
    waits.append(line.source.waits)
    for _ in range(10):
        line.wait(1)
    assert [*waits, line.source.waits] == [False, True, False], "the thread may sleep where nothing is missing"


def test_a_thread_that_waits_for_input_is_woken_to_end() -> None:
    event = WakingEvent()
    assert select([event], [], [], 0)[0] == []
    for _ in range(100_000):  # more than a pipe holds
        event.set()
    assert event.is_set()
    assert select([event], [], [], 0)[0] == [event]
    event.clear()
    event.set()
    assert select([event], [], [], 0)[0] == [event], "set again after a suspension"
