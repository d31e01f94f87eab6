"""The text lines of a token stream with their context: heading, list item, table row."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from tui.report.markdown.grammar import MarkerToken

_BREAKS = frozenset({"softbreak", "hardbreak"})


@dataclass(slots=True, eq=False)
class InlineText:
    """One piece of inline text with its context."""

    token: Token
    kind: str  # "heading", "text", "cell", "definition"
    level: int = 0  # of a heading
    item: str | None = None  # "3" or "•" where a list item begins here
    item_id: int = 0  # which list item this stands in; 0 for none
    depth: int = 0  # of lists
    row: int = 0  # which table row; 0 for none
    head: bool = False  # a cell of the header
    label: str = ""  # of a definition
    anywhere: bool = False  # a definition that names a source wherever it stands
    anchor: str = ""  # of the element whose first text this is
    apart: bool = False  # a list of sources ended in front of it
    used: bool = False  # a definition that links of the text refer to

    @property
    def first_line(self) -> int:
        """The 1-based line on which the text begins."""
        return (self.token.map or [0, 0])[0] + 1


@dataclass(slots=True, eq=False)
class SourceLine:
    """One line of a unit, or a part of it after `<br>` or before a further label; `text` is as written."""

    unit: InlineText
    at: int
    text: str
    number: int  # the 1-based line of the report
    tokens: list[Token] = field(default_factory=list)
    opening: Token | None = None  # the break in front of it
    row: bool = False  # one of several entries, or their name, on one line

    @property
    def indented(self) -> bool:
        """Whether the line continues the one above it."""
        return self.text[:1] in {" ", "\t"}

    @property
    def begins_item(self) -> bool:
        """Whether a list item begins here."""
        return self.at == 0 and self.unit.item is not None

    def marks(self) -> Iterator[MarkerToken]:
        """Iterate over the markers of this line."""
        return (token.meta["mark"] for token in self.tokens if "mark" in token.meta)

    def anchors(self) -> set[str]:
        """Return the anchors of this line, targets of links within the document."""
        found = {token.content for token in self.tokens if token.type == "anchor"}
        return found | {self.unit.anchor} if self.unit.anchor and self.at == 0 else found

    def part(self) -> None:
        """Make this line begin a line of its own, as an entry of a list does."""
        if self.opening is not None:
            self.opening.type = "hardbreak"


def units_of(tokens: Sequence[Token]) -> list[InlineText]:
    """Return the pieces of inline text of a token stream, in order."""
    return list(_Walk().run(tokens))


def lines_of(units: Sequence[InlineText]) -> list[SourceLine]:
    """Return every text line of the units."""
    return [line for unit in units for line in _lines_of(unit)]


def _lines_of(unit: InlineText) -> list[SourceLine]:
    content, children = unit.token.content, unit.token.children or ()
    ends = [(at, at + 1) for at, char in enumerate(content) if char == "\n"] if "\n" in content else []
    if unit.kind == "text":
        ends += [child.meta["cut"] for child in children if "cut" in child.meta]
        ends.sort()
    lines: list[SourceLine] = []
    start, number = 0, unit.first_line
    for at, (stop, after) in enumerate([*ends, (len(content), len(content))]):
        lines.append(SourceLine(unit, at, content[start:stop], number))
        number += content.startswith("\n", stop)
        start = after
    starts = [stop for stop, _ in ends]
    line = lines[0]
    for child in children:
        where = child.meta.get("pos", child.meta.get("cut", (-1,))[0]) if child.type in _BREAKS else -1
        at = bisect_left(starts, where) if where >= 0 else len(starts)
        if at < len(starts) and starts[at] == where:
            line = lines[at + 1]
            line.opening = child
        else:
            line.tokens.append(child)
    return lines


class _Walk:
    def __init__(self) -> None:
        self.items: list[int] = []  # ids of the open list items
        self.begun: str | None = None  # label of an item whose text has not come yet
        self.serial = 0
        self.rows = 0
        self.numbers: list[int] = []  # last number of the open lists
        self.kind, self.level, self.label, self.head = "text", 0, "", False
        self.anywhere = self.used = False
        self.in_row = False
        self.anchor, self.apart = "", False

    def run(self, tokens: Sequence[Token]) -> Iterator[InlineText]:
        for token in tokens:
            if token.type == "inline":
                yield InlineText(
                    token,
                    "cell" if self.in_row else self.kind,
                    level=self.level,
                    item=self.begun,
                    item_id=self.items[-1] if self.items else 0,
                    depth=len(self.items),
                    row=self.rows if self.in_row else 0,
                    head=self.head,
                    label=self.label,
                    anywhere=self.anywhere,
                    used=self.used,
                    anchor=self.anchor,
                    apart=self.apart,
                )
                self.begun, self.anchor, self.apart = None, "", False
            else:
                self._structure(token)

    def _structure(self, token: Token) -> None:
        match token.type:
            case "section_end" | "anchor":
                self.apart = self.apart or token.type == "section_end"
                self.anchor = token.content
            case "heading_open":
                self.kind, self.level = "heading", int(token.tag[1:])
            case "definition_open":
                self.kind, self.label, self.anywhere = "definition", token.meta["label"], token.meta["anywhere"]
                self.used = " ".join(self.label.split()).casefold() in token.meta["used"]
            case "heading_close" | "definition_close":
                self.kind, self.level, self.label = "text", 0, ""
            case "ordered_list_open" | "bullet_list_open":
                self.numbers.append(0)
            case "ordered_list_close" | "bullet_list_close":
                self.numbers.pop()
            case "list_item_open":
                self._item(token)
            case "list_item_close":
                self.items.pop()
                self.begun = None
            case "tr_open":
                self.rows += 1
                self.in_row = True
            case "tr_close":
                self.in_row = self.head = False
            case "th_open":
                self.head = True

    def _item(self, token: Token) -> None:
        self.serial += 1
        self.items.append(self.serial)
        self.begun = "•"
        if token.info.isdigit():
            number = int(token.info)
            number = self.numbers[-1] + 1 if number == self.numbers[-1] else number  # "1. 1. 1." counts by position
            self.numbers[-1] = number
            self.begun = str(number)
