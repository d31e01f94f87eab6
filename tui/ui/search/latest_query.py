"""Asks for what was typed last: the best hits with every letter, all of them when the typing pauses."""

from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

from textual.screen import Screen
from textual.timer import Timer

from tui.ui.shell.shell import shell

Answer = TypeVar("Answer")
_PAUSE = 0.15  # seconds after the last key


class LatestQuery(Generic[Answer]):
    """Questions that follow what is typed: one at a time with every letter, so that none waits for an older one's end.

    Args:
        screen: where it is typed.
        ask: answers a text, in a thread: as much as is seen at first, or with True everything.
        show: called with the text, its answer, and whether that is everything; never for a text that has changed.
    """

    def __init__(
        self, screen: Screen[Any], ask: Callable[[str, bool], Answer], show: Callable[[str, Answer, bool], None]
    ) -> None:
        self._screen, self._ask, self._show = screen, ask, show
        self._text = ""
        self._asking = self._whole = False
        self._timer: Timer | None = None

    def typed(self, text: str) -> None:
        """Ask for the text; "" asks for nothing, and drops what is still to come."""
        self._text, self._whole = text, False
        if self._timer:
            self._timer.stop()
        if not text:
            return
        self._timer = self._screen.set_timer(_PAUSE, lambda: self._begin(True))
        if not self._asking:
            self._begin(False)

    def again(self) -> None:
        """Ask for everything once more, where it is shown: reports may have come since."""
        if self._text and self._whole:
            self._begin(True)

    def _begin(self, whole: bool) -> None:
        text = self._text
        self._asking = True
        shell(self._screen).in_background(
            lambda: self._ask(text, whole), partial(self._answered, text, whole), partial(self._failed, text, whole)
        )

    def _answered(self, text: str, whole: bool, answer: Answer) -> None:
        self._asking = False
        if not self._screen.is_attached or not self._text:
            return
        if text != self._text:
            self._begin(False)
        elif whole or not self._whole:
            self._whole = whole
            self._show(text, answer, whole)

    def _failed(self, text: str, whole: bool, error: Exception) -> None:
        """Show the error of a query once the typing pauses: half a filter is wrong with every letter."""
        self._asking = False
        if whole and text == self._text and self._screen.is_attached:
            shell(self._screen).say_error(error)
