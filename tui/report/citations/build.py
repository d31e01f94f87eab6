"""Tokens -> blocks: the last step of parsing, where every text is cleaned again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from tui.domain.patterns import late
from tui.domain.slices import SLICE, word_slices
from tui.domain.text import clean, unsafe_characters
from tui.domain.url import host_of
from tui.report.document import (
    Align,
    Block,
    Code,
    Heading,
    Item,
    List,
    Look,
    MarkerKind,
    Math,
    Paragraph,
    Quote,
    Rule,
    Section,
    Span,
    Spans,
    Table,
    TableRow,
)
from tui.report.markdown.grammar import MarkerToken

_LOOKS = {
    "strong": Look.BOLD,
    "em": Look.ITALIC,
    "s": Look.STRIKE,
    "sup": Look.SUPER,
    "sub": Look.SUB,
    "code": Look.CODE,
}
_CHECKBOX = late(r"\[([ xX])\](?:\s+|\Z)")
_ASCII_WORD = late(r"[A-Za-z0-9]+(?:['.-][A-Za-z0-9]+)*")
_WORD = late(
    r"[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d\u0e00-\u0e7f\U00020000-\U0003ffff]|[^\W_]+(?:['’.-][^\W_]+)*"
)
_BARE_NUMBERS = late(r"[\d⁰¹²³⁴-⁹,，、;\s–-]*[\d⁰¹²³⁴-⁹]")
_SLUG = late(r"[^\w\- ]+")
_MATH_LIKE = late(r"[\\^_={}<>+]|\A\S{1,3}\Z|\A[A-Za-z]\([A-Za-z](?:, ?[A-Za-z])*\)\Z")


@dataclass(slots=True)
class Built:
    """The blocks of a document, and what was collected while they were made."""

    blocks: list[Block] = field(default_factory=list)
    outline: list[Section] = field(default_factory=list)
    anchors: dict[str, int] = field(default_factory=dict)
    words: int = 0
    slugs: dict[str, int] = field(default_factory=dict)


def build(tokens: Sequence[Token]) -> Built:
    """Return the blocks of a token stream."""
    built = Built()
    _Builder(built, tokens).run()
    return built


def count_words(text: str) -> int:
    """Return the number of words; in scripts without spaces, of characters."""
    pattern = _ASCII_WORD if text.isascii() else _WORD
    if len(text) <= SLICE:
        return len(pattern.findall(text))
    return sum(len(pattern.findall(text, *part)) for part in word_slices(text))


def _leaf(line: int, token: Token) -> list[Block]:
    """Return the block of a token without children; empty for a closing token."""
    content = clean(token.content)
    match token.type:
        case "fence" | "code_block":
            words = token.info.split()
            return [Code(line, content.rstrip("\n"), clean(words[0]) if words else "")]
        case "front_matter":
            return [Code(line, content, "yaml")]
        case "math_block":
            return [Math(line, content)]
        case "hr":
            return [Rule(line)]
    return []


class _Builder:
    def __init__(self, built: Built, tokens: Sequence[Token]) -> None:
        self.built = built
        self.tokens = tokens
        self.at = 0
        self.line = 1

    def run(self) -> None:
        self.built.blocks = self._blocks("")

    def _blocks(self, closer: str) -> list[Block]:
        """Read blocks up to the token `closer`; nesting is bounded by the block parser."""
        blocks: list[Block] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == closer:
                break
            if token.map:
                self.line = token.map[0] + 1
            blocks.extend(self._block(token))
        return blocks

    def _block(self, token: Token) -> list[Block]:
        line = self.line
        match token.type:
            case "heading_open":
                return [self._heading(line, int(token.tag[1:]))]
            case "paragraph_open":
                return self._paragraph(line)
            case "definition_open":
                return self._definition(line, token)
            case "ordered_list_open" | "bullet_list_open":
                return [self._list(line, token)]
            case "blockquote_open":
                return [Quote(line, tuple(self._blocks("blockquote_close")))]
            case "table_open":
                return [self._table(line, token)]
            case "anchor":
                self.built.anchors.setdefault(clean(token.content), line)
        return _leaf(line, token)

    def _inline(self, closer: str) -> tuple[Spans, int]:
        """Return the spans of the inline token ahead and its line; consume up to the closing token."""
        spans: Spans = ()
        line = self.line
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == closer:
                break
            if token.type == "inline":
                line = token.map[0] + 1 if token.map else line
                spans += self._spans(token)
        return spans, line

    def _heading(self, line: int, level: int) -> Heading:
        spans, _ = self._inline("heading_close")
        title = "".join(span.text for span in spans if span.cite is None).replace("\n", " ").strip()
        slug = self._slug(title)
        self.built.outline.append(Section(level, title, slug, line))
        self.built.anchors.setdefault(slug, line)
        return Heading(line, level, spans, slug)

    def _slug(self, title: str) -> str:
        base = _SLUG.sub("", title.lower()).strip().replace(" ", "-") or "section"
        count = self.built.slugs.get(base, -1) + 1
        self.built.slugs[base] = count
        slug = f"{base}-{count}" if count else base
        while count and slug in self.built.slugs:
            count += 1
            slug = f"{base}-{count}"
        self.built.slugs.setdefault(slug, 0)
        return slug

    def _paragraph(self, line: int) -> list[Block]:
        spans, line = self._inline("paragraph_close")
        return [Paragraph(line, spans)] if spans else []

    def _definition(self, line: int, token: Token) -> list[Block]:
        label = clean(token.meta["label"])
        self.built.anchors.setdefault(f"fn-{label}", line)
        spans, _ = self._inline("definition_close")
        if token.meta.get("data"):
            spans = (Span("(embedded data)"),)
        return [Paragraph(line, (Span(f"[{label}] "), *spans))]

    def _list(self, line: int, opening: Token) -> List:
        ordered = opening.type == "ordered_list_open"
        closer = opening.type.replace("open", "close")
        items: list[Item] = []
        number, tight = 0, True
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == closer:
                break
            if token.type != "list_item_open":
                continue
            self.line = token.map[0] + 1 if token.map else self.line
            item_line = self.line
            written = int(token.info) if token.info.isdigit() else number + 1
            number = number + 1 if items and written == number else written
            if self.at < len(self.tokens) and self.tokens[self.at].type == "paragraph_open":
                tight = tight and self.tokens[self.at].hidden
            blocks = self._blocks("list_item_close")
            blocks, checked = _checkbox(blocks)
            items.append(Item(item_line, f"{number}." if ordered else "•", tuple(blocks), checked))
        return List(line, ordered, tight, tuple(items))

    def _table(self, line: int, opening: Token) -> Table:
        head: tuple[Spans, ...] = ()
        rows: list[TableRow] = []
        cells: list[Spans] = []
        is_head = False
        row_line = line
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            match token.type:
                case "table_close":
                    break
                case "tr_open":
                    cells, is_head = [], False
                    row_line = token.map[0] + 1 if token.map else row_line
                case "th_open" | "td_open":
                    is_head = is_head or token.type == "th_open"
                    spans, _ = self._inline(token.type.replace("open", "close"))
                    cells.append(spans)
                case "tr_close" if is_head and not head and not rows:
                    head = tuple(cells)
                case "tr_close":
                    rows.append(TableRow(row_line, tuple(cells)))
        aligns = tuple(Align(align) for align in opening.meta.get("aligns", ()))
        return Table(line, head, tuple(rows), aligns)

    def _spans(self, token: Token) -> Spans:
        if "at" in token.meta:  # in a table a bar inside code is escaped
            for child in token.children or ():
                if child.type == "code_inline":
                    child.content = child.content.replace("\\|", "|")
        spans = spans_of(token.children or ())
        for span in spans:
            if not span.look & Look.CODE:
                self.built.words += count_words(span.text)
        for child in token.children or ():
            if child.type == "anchor":
                self.built.anchors.setdefault(clean(child.content), self.line)
        return spans


def _checkbox(blocks: list[Block]) -> tuple[list[Block], bool | None]:
    first = blocks[0] if blocks else None
    if not isinstance(first, Paragraph) or not first.spans:
        return blocks, None
    match = _CHECKBOX.match(first.spans[0].text)
    if not match or first.spans[0].cite is not None:
        return blocks, None
    rest = first.spans[0].text[match.end() :]
    spans = (Span(rest, first.spans[0].look), *first.spans[1:]) if rest else first.spans[1:]
    return [Paragraph(first.line, spans), *blocks[1:]], match[1] != " "


def spans_of(children: Sequence[Token]) -> Spans:
    """Return inline tokens as spans; adjacent spans of equal style are joined."""
    writer = _Writer()
    for token in children:
        writer.write(token)
    return writer.written()


@dataclass(slots=True)
class _Writer:
    """Builds spans, with the current style and link."""

    spans: list[Span] = field(default_factory=list)
    joined: dict[int, list[str]] = field(default_factory=dict)  # the texts that make up a span, by its place
    look: Look = Look.PLAIN
    depth: dict[str, int] = field(default_factory=dict)
    url: str | None = None
    cite: int | None = None
    number: str = ""  # of the link at hand, where links are numbered
    opened: int = 0  # how many spans there were when it began

    def written(self) -> Spans:
        """Return the spans; a paragraph of 200,000 lines is joined once."""
        for place, texts in self.joined.items():
            span = self.spans[place]
            self.spans[place] = Span("".join(texts), span.look, span.url)
        return tuple(span for span in self.spans if span.text)

    def write(self, token: Token) -> None:
        """Add the spans of one inline token."""
        match token.type:
            case "text":
                self._add(clean(token.content), self.look)
            case "softbreak":
                self._add(" ", self.look)
            case "hardbreak":
                self._add("\n", self.look)
            case "cite":
                self._marker(token.meta["mark"])
            case "link_open":
                self._open(token)
            case "link_close":
                self._close()
            case "code_inline":
                self._add(clean(token.content), self.look | Look.CODE)
            case "math":
                self._math(token)
            case "image":
                self._picture(token)
            case _:
                self._change_look(token)

    def _add(self, text: str, look: Look) -> None:
        if self.spans and self.cite is None:
            last = self.spans[-1]
            same = last.look == look and last.url == self.url and last.cite is None
            if same and not look & Look.IMAGE:
                self.joined.setdefault(len(self.spans) - 1, [last.text]).append(text)
                return
        self.spans.append(Span(text, look, self.url, self.cite))

    def _marker(self, mark: MarkerToken) -> None:
        if mark.index < 0 and not mark.url and not mark.raised and mark.state != "label":
            self._add(clean(_plain(mark)), self.look)
        else:
            self.spans.append(_chip(mark, self.look))

    def _open(self, token: Token) -> None:
        mark: MarkerToken | None = token.meta.get("mark")
        self.url = _safe(str(token.attrs["href"]))
        self.cite = mark.index if mark and mark.index >= 0 else None
        self.number = mark.shown if mark else ""
        self.opened = len(self.spans)

    def _close(self) -> None:
        inside = (self.joined.get(at, (self.spans[at].text,)) for at in range(self.opened, len(self.spans)))
        empty = not any(text.strip() for texts in inside for text in texts)
        if self.number or (empty and self.url):
            text = self.number or clean(host_of(self.url or "")) or clean(self.url or "")
            self.spans.append(Span(text, self.look, self.url, self.cite))
        self.url = self.cite = None
        self.number = ""

    def _math(self, token: Token) -> None:
        if token.markup == "$" and not _MATH_LIKE.search(token.content):  # two prices, not a formula
            self._add(clean(f"${token.content}$"), self.look)
        else:
            self._add(clean(token.content), self.look | Look.MATH)

    def _picture(self, token: Token) -> None:
        target = _safe(str(token.attrs.get("src", "")))
        text = clean(token.content).replace("\n", " ").strip() or "image"
        url = self.url if self.cite is not None else target or self.url
        self.spans.append(Span(text, self.look | Look.IMAGE, url, self.cite))

    def _change_look(self, token: Token) -> None:
        if token.type == "html_tag":
            name, opens = token.tag, token.info == "open"
        elif token.type.endswith(("_open", "_close")):
            name, opens = token.type.rpartition("_")[0], token.type.endswith("_open")
        else:
            return
        flag = _LOOKS.get(name)
        if flag is not None:
            self.depth[name] = max(self.depth.get(name, 0) + (1 if opens else -1), 0)
            self.look = self.look | flag if self.depth[name] else self.look & ~flag


def _safe(url: str | None) -> str | None:
    """Return a URL for a span; None if it has a character that is unsafe on a terminal."""
    return None if url is None or "\n" in url or unsafe_characters(url) else url


def _chip(mark: MarkerToken, look: Look) -> Span:
    if mark.index >= 0:
        shown = f"[{mark.shown}]" if _BARE_NUMBERS.fullmatch(mark.shown) else mark.shown  # told without colour, too
        return Span(clean(shown or mark.url or mark.marker), look, _safe(mark.url), mark.index)
    if mark.url:
        return Span(clean(mark.shown or mark.url), look, _safe(mark.url))
    return Span(
        clean(mark.shown if mark.state == "label" else _plain(mark)), look | Look.SUPER if mark.raised else look
    )


def _plain(mark: MarkerToken) -> str:
    """Return the plain text of a marker that is no citation."""
    if mark.plain is not None:
        return mark.plain
    return mark.shown if mark.kind in {MarkerKind.NUM_ANCHOR, MarkerKind.TAG} else mark.marker


def title_of(outline: Sequence[Section]) -> str | None:
    """Return the title of a report: its first heading of level 1, else its first heading."""
    tops = [section for section in outline if section.level == 1] or outline
    return tops[0].title or None if tops else None
