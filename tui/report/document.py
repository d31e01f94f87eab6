"""A parsed report as frozen values, for the reader, the audit and the exporters.

Lines are 1-based lines of the report's text, columns 1-based code points. All text is clean.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import IntFlag, StrEnum

from tui.domain.frozen import frozen


class Look(IntFlag):
    """The style of a span, as flags."""

    PLAIN = 0
    BOLD = 1
    ITALIC = 2
    STRIKE = 4
    CODE = 8
    MATH = 16
    SUPER = 32
    SUB = 64
    IMAGE = 128  # `text` is the alternative text, `url` the picture


@frozen
class Span:
    """A run of text in one style. `cite` is an index into `Document.citations`, drawn as a chip."""

    text: str
    look: Look = Look.PLAIN
    url: str | None = None
    cite: int | None = None


Spans = tuple[Span, ...]


@frozen
class Heading:
    """A heading; `slug` is its anchor, unique in the document."""

    line: int
    level: int
    spans: Spans
    slug: str


@frozen
class Paragraph:
    """A paragraph; a hard break is a newline inside a span."""

    line: int
    spans: Spans


@frozen
class Item:
    """One item of a list; `label` is its bullet or number ("•", "3."), `checked` is set in task lists."""

    line: int
    label: str
    blocks: tuple["Block", ...]
    checked: bool | None = None


@frozen
class List:
    """A list; `tight` lists have no blank lines between items."""

    line: int
    ordered: bool
    tight: bool
    items: tuple[Item, ...]


@frozen
class Quote:
    """A block quote."""

    line: int
    blocks: tuple["Block", ...]


@frozen
class Code:
    """A code block."""

    line: int
    text: str
    language: str = ""


class Align(StrEnum):
    """The alignment of a table column."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@frozen
class TableRow:
    """A row of a table: one `Spans` a cell; rows may be longer than the header."""

    line: int
    cells: tuple[Spans, ...]


@frozen
class Table:
    """A table; `head` may be empty."""

    line: int
    head: tuple[Spans, ...]
    rows: tuple[TableRow, ...]
    aligns: tuple[Align, ...]


@frozen
class Math:
    """Display math, as readable text."""

    line: int
    text: str


@frozen
class Rule:
    """A horizontal rule."""

    line: int


@frozen
class Notice:
    """A message of the parser in place of text, e.g. that the rest was cut."""

    line: int
    text: str


@frozen
class StructuredField:
    """One value of a structured report, with the citations that support it."""

    line: int
    path: str
    depth: int
    name: str
    spans: Spans


Block = Heading | Paragraph | List | Quote | Code | Table | Math | Rule | Notice | StructuredField


class MarkerKind(StrEnum):
    """The notation of a citation marker; the words of the JSON output."""

    NUMERIC = "numeric"
    NUM_LINK = "num-link"
    NUM_ANCHOR = "num-anchor"
    LINK = "link"
    URL = "url"
    FOOTNOTE = "footnote"
    LENTICULAR = "lenticular"
    OPENAI_PUA = "openai-pua"
    OAICITE = "oaicite"
    TAG = "tag"
    GEMINI_CITE = "gemini-cite"
    FLATTENED = "flattened"
    SPAN = "span"  # a stretch of the text that a service sent sources for
    KEY = "key"  # the key of a bibliography: `[@key]`, `\\cite{key}`, `[cite:@key]`
    AUTHOR_YEAR = "author-year"  # "(Wajdi et al., 2020)"


class Resolution(StrEnum):
    """The way in which one id of a citation was resolved."""

    URL = "url"
    TITLE = "title"  # an entry without a URL
    SIDECAR = "sidecar"  # found only in the list that came beside the text
    DANGLING = "dangling"  # nowhere


@frozen
class Citation:
    """A marker in the text; `ids`, `urls` and `status` have equal length, at least 1."""

    marker: str  # exactly as in the text
    kind: MarkerKind
    ids: tuple[str, ...]
    urls: tuple[str | None, ...]
    status: tuple[Resolution, ...]
    line: int
    col: int


@frozen
class Entry:
    """A source of the document: from a list in the text, a marker's own URL, or the provider's list."""

    id: str
    url: str | None
    title: str | None
    snippet: str | None = None
    fragment: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    line: int | None = None  # where it is listed in the text


@frozen
class Section:
    """An entry of the outline."""

    level: int
    title: str
    slug: str
    line: int


@frozen
class Document:
    """A parsed report."""

    blocks: tuple[Block, ...]
    citations: tuple[Citation, ...] = ()
    sources: tuple[Entry, ...] = ()
    outline: tuple[Section, ...] = ()
    title: str | None = None
    words: int = 0  # of the prose, CJK characters counted one each
    problems: tuple[str, ...] = ()
    anchors: Mapping[str, int] = field(default_factory=dict)  # "#target" -> line
