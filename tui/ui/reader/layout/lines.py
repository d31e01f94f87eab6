"""The values of a laid-out report: tones, runs of text, lines; independent of terminals and widgets."""

from enum import StrEnum
from typing import NamedTuple

from tui.domain.frozen import frozen


class Tone(StrEnum):
    """The role of a run of text; the style sheet gives `line--<tone>` its colours and attributes."""

    TEXT = "plain"
    TITLE = "title"  # heading of level 1
    PART = "part"  # level 2
    SECTION = "section"  # level 3
    MINOR = "minor"  # level 4 and deeper
    UNDER = "under"  # the line under a title
    RULE = "rule"
    LINK = "link"
    CITE = "cite"
    BROKEN = "broken"  # a citation that leads nowhere
    CURRENT = "current"  # the citation under the cursor
    IMAGE = "image"
    CODE = "code"  # inline
    MATH = "math"
    QUOTE = "quote"
    BAR = "bar"  # left of quotes and code
    BULLET = "bullet"
    HEAD = "head"  # header cells of a table
    GRID = "grid"  # lines of a table
    NAME = "name"  # of a field in a structured report
    NOTICE = "notice"
    FAINT = "dim"
    BLOCK = "block"  # code block
    KEYWORD = "keyword"
    STRING = "string"
    NUMBER = "number"
    COMMENT = "comment"
    DEFINED = "defined"
    PLOT = "plot"
    HIT = "hit"
    HIT_NOW = "hit-now"
    HINT = "hint"
    SELECTED = "selected"


DECORATION = -1


class Run(NamedTuple):
    """A part of one line in one style.

    `at` is the offset of its first character in the unit's text, `DECORATION` if it is none of it; `ref` is the index
    of its span in the unit.
    """

    text: str
    tone: Tone = Tone.TEXT
    look: int = 0
    at: int = DECORATION
    ref: int | None = None


class LaidOutLine(NamedTuple):
    """One line of the screen, preceded by `indent` blank cells."""

    runs: tuple[Run, ...] = ()
    cells: int = 0  # without the indent
    indent: int = 0
    soft: bool = False  # the sentence goes on in the next line
    wide: bool = False  # may be wider than the screen; scrolls sideways

    @property
    def text(self) -> str:
        """The text of the line without its indent."""
        return "".join(run.text for run in self.runs)


class LinePosition(NamedTuple):
    """A line of the laid-out report: row `row` of unit `unit`."""

    unit: int
    row: int


class SpanPosition(NamedTuple):
    """The position of a span: its first row and column, and its cells in that row. Columns count from the indent."""

    row: int
    column: int
    cells: int


@frozen
class Frame:
    """The horizontal space of the reader.

    Attributes:
        width: Cells of the widget.
        left: Blank cells left of the prose.
        room: Cells of a line of prose.
    """

    width: int
    left: int
    room: int

    @classmethod
    def fit(cls, width: int, measure: int) -> "Frame":
        """Return the frame for a widget of `width` cells: prose at most `measure` wide, centred in the rest."""
        margin = 2 if width >= 60 else 1 if width >= 30 else 0
        room = max(1, min(width - 2 * margin, measure))
        return cls(width, max(margin, (width - room) // 2), room)

    @property
    def reach(self) -> int:
        """The cells that a table or code block may take: nearly the whole width."""
        return max(self.room, self.width - 2 * min(self.left, 2))
