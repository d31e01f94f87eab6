"""The text lines of a token stream with their surroundings: which heading, list item, table row they belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from tui.report.markdown.grammar import MarkerToken


@dataclass(slots=True, eq=False)
class InlineText:
    """One piece of inline text in its place."""

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
    _breaks: dict[int, Token] = field(default_factory=dict)
    _lines: list[list[Token]] | None = field(default=None)

    @property
    def first_line(self) -> int:
        """The 1-based line on which the text begins."""
        return (self.token.map or [0, 0])[0] + 1

    def lines(self) -> list[list[Token]]:
        """Return the inline tokens line by line."""
        if self._lines is None:
            self._lines = [[] for _ in range(self.token.content.count("\n") + 1)]
            at = seen = 0
            for child in self.token.children or ():
                if child.type in {"softbreak", "hardbreak"} and "pos" in child.meta:
                    at += self.token.content.count("\n", seen, child.meta["pos"] + 1)
                    seen = child.meta["pos"] + 1
                    self._breaks[at] = child
                elif at < len(self._lines):
                    self._lines[at].append(child)
        return self._lines

    def part(self, at: int) -> None:
        """Let line `at` begin on a line of its own, as an entry of a list does."""
        if at in self._breaks:
            self._breaks[at].type = "hardbreak"


@dataclass(slots=True, eq=False)
class SourceLine:
    """One line of a unit; `text` is as written, `number` 1-based in the report."""

    unit: InlineText
    at: int
    text: str

    @property
    def number(self) -> int:
        """The 1-based line of the report."""
        return self.unit.first_line + self.at

    @property
    def tokens(self) -> list[Token]:
        """The inline tokens of this line."""
        return self.unit.lines()[self.at]

    @property
    def indented(self) -> bool:
        """Whether the line goes on with what stands above it."""
        return self.text[:1] in {" ", "\t"}

    @property
    def begins_item(self) -> bool:
        """Whether a list item begins here."""
        return self.at == 0 and self.unit.item is not None

    def marks(self) -> Iterator[MarkerToken]:
        """Iterate over the markers of this line."""
        return (token.meta["mark"] for token in self.tokens if "mark" in token.meta)


def units_of(tokens: Sequence[Token]) -> list[InlineText]:
    """Return the pieces of inline text of a token stream, in order."""
    return list(_Walk().run(tokens))


def lines_of(units: Sequence[InlineText]) -> list[SourceLine]:
    """Return every text line of the units."""
    return [SourceLine(unit, at, text) for unit in units for at, text in enumerate(unit.token.content.split("\n"))]


class _Walk:
    def __init__(self) -> None:
        self.items: list[int] = []  # ids of the open list items
        self.begun: str | None = None  # label of an item whose text has not come yet
        self.serial = 0
        self.rows = 0
        self.numbers: list[int] = []  # last number of the open lists
        self.kind, self.level, self.label, self.head = "text", 0, "", False
        self.anywhere = False
        self.in_row = False

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
                )
                self.begun = None
            else:
                self._structure(token)

    def _structure(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self.kind, self.level = "heading", int(token.tag[1:])
            case "definition_open":
                self.kind, self.label, self.anywhere = "definition", token.meta["label"], token.meta["anywhere"]
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
