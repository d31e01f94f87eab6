"""A terminal that is gone: the program goes on to its end instead of waiting for it."""

import io
import threading

import pytest

from tui.ui.terminal import textual_patches
from tui.ui.terminal.textual_patches import LastingWriter


class Terminal(io.StringIO):
    """Hangs up after some writes."""

    def __init__(self, lasts: int) -> None:
        super().__init__()
        self.lasts = lasts

    def write(self, text: str) -> int:
        self.lasts -= 1
        if self.lasts < 0:
            raise OSError(5, "Input/output error")
        return super().write(text)


@pytest.mark.parametrize("lasts", [0, 1, 50, 1000])
def test_writing_to_a_terminal_that_hung_up_never_blocks(lasts: int) -> None:
    terminal = Terminal(lasts)
    writer = LastingWriter(terminal)
    writer.start()
    for number in range(200):  # many more than its queue holds
        writer.write(f"{number} ")
    writer.stop()
    assert terminal.getvalue() == "".join(f"{number} " for number in range(min(lasts, 200)))


def test_a_terminal_whose_last_flush_fails_can_be_left() -> None:
    class Unflushable(Terminal):
        def flush(self) -> None:
            raise OSError(5, "Input/output error")

    writer = LastingWriter(Unflushable(10))
    writer.start()
    writer.write("x")
    writer.stop()
    assert not writer.is_alive()


def test_a_frame_is_on_its_way_before_the_loop_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textual_patches, "_FIRST_WRITE", 60.0)
    written = threading.Event()

    class Taking(Terminal):
        def flush(self) -> None:
            super().flush()
            written.set()

    writer = LastingWriter(Taking(100))
    writer.start()
    for number in range(20):
        written.clear()
        writer.write(f"{number}, ")
        writer.let_begin()
        assert writer._queue.empty()
        writer.let_begin()  # nothing to wait for
        assert written.wait(60)
        while writer._busy:  # else the next frame would not wait for it
            pass
    writer.stop()
    writer.write("too late")
    writer.let_begin()


def test_a_terminal_that_takes_nothing_holds_up_no_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textual_patches, "_FIRST_WRITE", 60.0)
    began, goes_on = threading.Event(), threading.Event()

    class Stopped(Terminal):
        def write(self, text: str) -> int:
            began.set()
            assert goes_on.wait(60)
            return super().write(text)

    terminal = Stopped(100)
    writer = LastingWriter(terminal)
    writer.start()
    writer.write("a")
    writer.let_begin()
    assert began.wait(60)
    for _ in range(5):
        writer.write("b")
        writer.let_begin()  # would wait for a minute
    assert writer._queue.qsize() == 5
    goes_on.set()
    writer.stop()
    assert terminal.getvalue() == "abbbbb"
