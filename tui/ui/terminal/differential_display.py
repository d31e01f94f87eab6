"""Writes only the cells that changed to the terminal; moved lines are scrolled, not redrawn.

The only module that leans on Textual's compositor and `App._display`, which are private: `tests/ui/test_display.py`
says so loudly when they change. Without them, or with DIVEWATCH_DISPLAY=stock, Textual paints by itself, in more bytes.
"""

import os
from asyncio import TimerHandle, get_running_loop
from collections.abc import Iterable, Sequence
from inspect import signature
from time import monotonic
from typing import Protocol, Self, cast

from rich.color import ColorSystem
from textual import screen as textual_screen
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import Compositor, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Offset, Region, Size
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget
from textual.widgets import Input

from tui.ui.terminal.cell_buffer import CellBuffer, Piece

_NEEDED = {
    Compositor: ("_regions_to_spans", "render_partial_update", "visible_widgets"),
    CompositorUpdate: ("render_segments",),
    App: ("_display", "_resume_signal"),
}
ENABLED = (
    os.environ.get("DIVEWATCH_DISPLAY") != "stock"
    and all(hasattr(owner, name) for owner, names in _NEEDED.items() for name in names)
    and [*signature(App._display).parameters] == ["self", "screen", "renderable"]
    and hasattr(textual_screen, "Compositor")
)
"""Whether this module does anything."""


_SLOW = 0.1  # seconds between two looks at a slow terminal
_QUICK = 0.5  # seconds: of frames that follow each other faster, links wait
_REST = 0.25  # seconds without a frame, after which they are written


class HasCursor(Protocol):
    """A widget with a current place: a selected row, a current citation."""

    def terminal_cursor(self) -> Offset:
        """Return that place, as an offset from the widget's upper left corner."""


class Field(Protocol):
    """A text area, whose module is imported only when the first one is needed."""

    @property
    def cursor_screen_offset(self) -> Offset:
        """The screen position of its text cursor."""


class Patch(CompositorUpdate):
    """Strips for parts of lines."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces

    def render_segments(self, console: object) -> str:
        """Return the bytes of all strips, for a terminal whose contents are unknown."""
        return CellBuffer().draw(self.pieces, _size_of(self.pieces), ColorSystem.TRUECOLOR)


def _size_of(pieces: Sequence[Piece]) -> Size:
    return Size(
        max((x + strip.cell_length for _, x, strip in pieces), default=0),
        max((y for y, _, _ in pieces), default=-1) + 1,
    )


class ExactCompositor(Compositor):
    """A compositor that asks widgets for their changed lines only; Textual's asks for all lines."""

    def render_partial_update(self) -> Patch | None:  # type: ignore[override]
        """Return the changed regions as strips."""
        regions = {region.intersection(self.size.region) for region in self._dirty_regions}
        self._dirty_regions.clear()
        missing: dict[int, list[tuple[int, int]]] = {}
        for y, x1, x2 in self._regions_to_spans([region for region in regions if region]):
            missing.setdefault(y, []).append((x1, x2))
        if not missing:
            return None
        pieces: list[Piece] = []
        for widget, (region, clip) in self.visible_widgets.items():  # front to back
            pieces += _seen(widget, region, region.intersection(clip), missing)
            if not missing:
                break
        return Patch(pieces)


def _seen(widget: Widget, region: Region, seen: Region, missing: dict[int, list[tuple[int, int]]]) -> Iterable[Piece]:
    """Remove the part of `missing` that a widget covers, and return its strips; each widget is asked once."""
    taken: dict[int, list[tuple[int, int]]] = {}
    for y in [y for y in missing if seen.y <= y < seen.bottom]:
        inside, outside = _split(missing[y], seen.x, seen.right)
        if inside:
            taken[y] = inside
            if outside:
                missing[y] = outside
            else:
                del missing[y]
    if not taken:
        return
    top, bottom = min(taken), max(taken) + 1
    strips = widget.render_lines(Region(seen.x - region.x, top - region.y, seen.width, bottom - top))
    for y, spans in taken.items():
        if y - top < len(strips):
            for x1, x2 in spans:
                yield y, x1, strips[y - top].crop(x1 - seen.x, x2 - seen.x)


def _split(
    spans: Iterable[tuple[int, int]], left: int, right: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the parts of `spans` inside and outside of [left, right)."""
    inside, outside = [], []
    for x1, x2 in spans:
        if x2 <= left or x1 >= right:
            outside.append((x1, x2))
            continue
        inside.append((max(x1, left), min(x2, right)))
        outside += [part for part in ((x1, left), (right, x2)) if part[0] < part[1]]
    return inside, outside


def _pieces(update: CompositorUpdate) -> Sequence[Piece] | None:
    if isinstance(update, Patch):
        return update.pieces
    if not isinstance(update, LayoutUpdate):
        return None
    found: list[Piece] = []
    for y, line in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in line:
            found.append((y, x, strip))
            x += strip.cell_length
    return found


class ExactScreen(Screen[ScreenResultType]):
    """A screen that is painted only where it can be seen, and loses no change to one below it.

    Textual takes a refresh of some regions for one of the whole screen and forgets which widgets are dirty besides. A
    screen below a dialog asks for such a refresh whenever it changes; so does one below a screen that hides all of it.
    """

    @property
    def is_current(self) -> bool:
        """Whether something of the screen can be seen."""
        return super().is_current and (self.is_active or self.app.screen.styles.background.a < 1)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Repaint the screen or some regions of it, with all that is dirty besides."""
        if not regions or not repaint or layout or recompose or not self.is_mounted:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self._set_dirty(*regions)
        self._dirty_widgets.add(self)
        self.check_idle()
        return self

    def _compositor_refresh(self) -> None:
        super()._compositor_refresh()
        if not self.is_active:
            self._repaint_required = False  # the screen in front has been asked for it


class ExactDisplay(App[None]):
    """An application that writes only the cells that changed."""

    def __init__(self, *arguments: object, **options: object) -> None:
        self.picture = CellBuffer()
        self._slow = False  # the terminal has not taken what was painted
        self._drawn = 0.0  # when the latest frame was
        self._linking: TimerHandle | None = None  # the links of the latest frames wait
        self.written = 0  # characters sent to the terminal
        if ENABLED:
            vars(textual_screen)["Compositor"] = ExactCompositor
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    @property
    def terminal_cursor(self) -> Offset:
        """The position of the terminal's own cursor, which braille displays, screen readers and magnifiers follow.

        On what is selected in the widget that has the keys, or where one types (which input methods need, too).
        """
        focused = self.focused
        if isinstance(focused, Input):  # behind its last character it counts one too many
            return focused.cursor_screen_offset - Offset(focused.cursor_position == len(focused.value), 0)
        kind = type(focused)  # asking `isinstance` of a protocol takes as long as drawing a line
        if hasattr(kind, "cursor_screen_offset"):
            return cast("Field", focused).cursor_screen_offset
        if focused is None or not focused.size or not hasattr(kind, "terminal_cursor"):
            return self.cursor_position
        place = cast("HasCursor", focused).terminal_cursor()
        return focused.content_region.offset + focused.size.clamp_offset(place)

    def _resume_signal(self) -> None:
        self.picture.forget()
        super()._resume_signal()

    def on_resize(self, event: Resize) -> None:
        """Write everything again after a resize that was reverted at once: the terminal shows its own reflow."""
        if event.size == self._size:
            self.redraw()

    def redraw(self) -> None:
        """Write the whole screen again, after another program wrote to the terminal."""
        self.picture.forget()
        if self._screen_stack:
            for screen in self.screen_stack:
                screen.refresh(layout=True)

    def _catch_up(self) -> None:
        """Paint again as soon as a slow terminal has taken the last frame."""
        if getattr(self._driver, "behind", False):
            self.set_timer(_SLOW, self._catch_up)
        else:
            self._slow = False
            self.redraw()

    def _too_slow(self) -> bool:
        """Whether to skip this frame; its changes are painted later, in their last state."""
        if not self._slow and getattr(self._driver, "behind", False):
            self._slow = True
            self.set_timer(_SLOW, self._catch_up)
        return self._slow

    def _display(self, screen: object, renderable: object) -> None:
        if self._too_slow():
            return
        pieces = _pieces(renderable) if ENABLED and isinstance(renderable, CompositorUpdate) else None
        driver = self._driver
        if pieces is None or driver is None or driver.is_inline or self.is_headless or self._batch_count:
            super()._display(screen, renderable)  # type: ignore[arg-type]
            return
        if self._running and not self._closed:
            now = monotonic()
            self._draw(driver, pieces, links=now - self._drawn > _QUICK)
            self._drawn = now
            if self.picture.waits and self._linking is None:
                self._linking = get_running_loop().call_later(_REST, self._link)
            self._previous_cursor_position = self.cursor_position
        self.post_display_hook()

    def _draw(self, driver: Driver, pieces: Sequence[Piece], *, links: bool) -> None:
        size = self.screen.outer_size
        bytes_ = self.picture.draw(
            pieces,
            size,
            self.console._color_system or ColorSystem.TRUECOLOR,
            cursor=size.clamp_offset(self.terminal_cursor),
            links=links,
        )
        if bytes_:
            self.written += len(bytes_)
            driver.write(f"{SYNC_START}{bytes_}{SYNC_END}" if self._sync_available else bytes_)
            driver.flush()

    def _link(self) -> None:
        """Write the links that wait once the screen rests: in pages that are turned quickly nobody follows one."""
        self._linking = None
        if not self._running or self._closed or self._driver is None or not self._screen_stack:
            return
        if monotonic() - self._drawn < _REST or self._batch_count or self._too_slow():
            self._linking = get_running_loop().call_later(_REST, self._link)
        else:
            self._draw(self._driver, (), links=True)
