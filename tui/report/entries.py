"""The sources that a report lists: labels, URLs and titles of its entries (citations.md section 6.4)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from tui.report.address import is_url, unescape
from tui.report.document import Kind
from tui.report.grammar import Mark
from tui.report.names import has_access_date, without_access_date
from tui.report.sections import Section, find_sections
from tui.report.units import Line, Unit, lines_of, units_of

_TEXT_LABEL = re.compile(
    r"\s*(?:[(（](\d{1,3})[)）]|(\d{1,3})(?:[.)）．]\s|[.)）．、](?=[^\d\s]))|\[(\d{1,3})[.:：])\s*"
)
_LINK_LABEL = re.compile(r"\s*(\d{1,3})\s*(?:\\?\.|\)|、|．)\s*(?=\S)")
_CELL_LABEL = re.compile(r"\W*(\d{1,3})\W*")
_EDGES = re.compile(r"\A[\s\-–—:：|,，;；.。·•*_~^<>#\\]+|[\s\-–—:：|,，;；.·*_~^<>#\\(（\[]+\Z")
_EMPTY = re.compile(r"[(（\[【]\s*[)）\]】]")
_POINTERS = frozenset("link url source pdf here view open 链接 連結 原文 リンク 링크 enlace lien ссылка".split())
_FEWEST_ORDERED = 3
_LABEL_SIGNS = ("[", "\\[", "**[", "*[", "【")
_LABEL_KINDS = frozenset({Kind.NUMERIC, Kind.LENTICULAR, Kind.FOOTNOTE, Kind.NUM_LINK, Kind.NUM_ANCHOR})


@dataclass(slots=True, eq=False)
class Definition:
    """One entry of a list in the text."""

    label: str | None
    url: str | None
    title: str | None
    line: int
    id: str = ""
    dated: bool = False  # carries a day of access


@dataclass(slots=True)
class Listing:
    """Every entry found in a text, in order, and what was learnt on the way."""

    entries: list[Definition] = field(default_factory=list)
    flattening: bool = False  # the list is of the kind whose markers were flattened into digits

    def by_label(self) -> dict[str, list[Definition]]:
        """Return the labelled entries under their labels."""
        found: dict[str, list[Definition]] = {}
        for entry in self.entries:
            if entry.label is not None:
                found.setdefault(entry.label, []).append(entry)
        return found


@dataclass(slots=True, eq=False)
class _Draft:
    """An entry while its lines are read."""

    labels: list[str]
    line: Line
    own: dict[str, str] = field(default_factory=dict)  # URLs that labels carry themselves
    pieces: list[Token] = field(default_factory=list)
    link: str | None = None
    bare: str | None = None

    def add(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            mark: Mark | None = token.meta.get("mark")
            if token.type == "link_open" and mark and mark.url and self.link is None:
                self.link = mark.url
            elif token.type == "cite" and mark and mark.url:
                if mark.kind is Kind.URL:
                    self.bare = self.bare or mark.url
                elif self.link is None:
                    self.link = mark.url
            self.pieces.append(token)

    @property
    def url(self) -> str | None:
        return self.link or self.bare

    def finish(self) -> Iterator[Definition]:
        raw = text_of(self.pieces)
        title = tidy_title(raw)
        if title is None and not self.url and not self.own:
            return
        dated = has_access_date(raw)
        for label in self.labels or [None]:
            url = self.own.get(label or "") or self.url
            yield Definition(label, url, title, self.line.number, dated=dated)


def text_of(tokens: Iterable[Token]) -> str:
    """Return the words of inline tokens: no addresses, no markers, no pictures."""
    parts: list[str] = []
    in_address = False
    for token in tokens:
        if token.type == "link_open":
            in_address = is_address(token)
        elif token.type == "link_close":
            in_address = False
        elif in_address:
            continue
        elif token.type == "text" and not is_url(token.content.strip()):
            parts.append(token.content[token.meta.get("skip", 0) :])
        elif token.type in {"code_inline", "math"} and not is_url(token.content):
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts)


def is_address(opening: Token) -> bool:
    """Whether the text of a link is an address too, or a word that only says "here"."""
    mark: Mark | None = opening.meta.get("mark")
    if mark is None:
        return False
    words = unescape(mark.label.strip(" *_<>[]"))
    return is_url(words) or words.lower() in _POINTERS


def tidy_title(text: str) -> str | None:
    """Return the title of an entry without day of access and stray punctuation; None if nothing is left."""
    text = _EMPTY.sub(" ", without_access_date(text))
    text = " ".join(text.split())
    before = ""
    while text != before:
        before = text
        text = _EDGES.sub("", text)
    return text or None


def read_listing(tokens: Sequence[Token]) -> Listing:
    """Return the entries of a parsed text; marks that turn out to be labels or inside lists are told so."""
    lines = lines_of(units_of(tokens))
    listing = Listing()
    drafts: list[tuple[int, _Draft]] = []
    sections = find_sections(lines)
    inside = bytearray(len(lines))
    for section in sections:
        inside[section.start : section.stop] = b"\1" * (section.stop - section.start)
        drafts.extend(_read_section(lines, section))
    drafts.extend(_outside(lines, inside))
    if not any(draft.labels for _, draft in drafts):
        drafts.extend(_headless(lines, inside))
    for at, line in enumerate(lines):
        if inside[at]:
            for mark in line.marks():
                mark.section = True
    drafts.sort(key=lambda pair: pair[0])
    for _, draft in drafts:
        listing.entries.extend(draft.finish())
    _number(listing.entries)
    labelled = [entry for entry in listing.entries if entry.label is not None]
    dated = sum(entry.dated for entry in labelled)
    listing.flattening = any(section.works_cited for section in sections) or (
        dated >= 2 and dated >= 0.4 * len(labelled)
    )
    return listing


def _number(entries: Sequence[Definition]) -> None:
    seen: dict[str, int] = {}
    bullets = 0
    for entry in entries:
        if entry.label is None:
            bullets += 1
            entry.id = f"s{bullets}"
            continue
        count = seen[entry.label] = seen.get(entry.label, 0) + 1
        entry.id = entry.label if count == 1 else f"{entry.label}#{count}"


def _read_section(lines: Sequence[Line], section: Section) -> Iterator[tuple[int, _Draft]]:
    current: _Draft | None = None
    at = section.start
    while at < section.stop:
        line = lines[at]
        unit = line.unit
        begun: _Draft | None = None
        if unit.kind == "cell":
            at, begun = _read_row(lines, at, section.stop)
            current = None
        else:
            at += 1
            if unit.kind == "definition":  # read where every definition is read
                current = None
                continue
            if unit.kind == "heading":
                current = None
                continue
            begun = _begin(line)
            if begun is None:
                current = _go_on(current, line)
                if current is not None and current.line is line:
                    begun = current
            else:
                current = begun
        if begun is not None:
            yield at - 1, begun


def _begin(line: Line) -> _Draft | None:
    """Return a new entry if a label or a list item stands at the start of the line."""
    labels, own, rest = take_labels(line)
    if labels:
        draft = _Draft(labels, line, own)
        draft.add(rest)
        return draft
    if line.begins_item:
        item = line.unit.item or "•"
        draft = _Draft([item] if item.isdigit() else [], line)
        draft.add(line.tokens)
        return draft
    return None


def _go_on(current: _Draft | None, line: Line) -> _Draft | None:
    """Add a line to the entry above it, or begin an entry without a label if the line has a URL of its own."""
    if current is not None and (
        line.indented or lone_url(line) or (line.unit.item_id and line.unit.item_id == current.line.unit.item_id)
    ):
        current.add(line.tokens)
        return current
    if any(mark.url for mark in line.marks()):
        draft = _Draft([], line)
        draft.add(line.tokens)
        return draft
    return current if current is not None and current.line.unit is line.unit else None


def lone_url(line: Line) -> str | None:
    """Return the URL of a line that holds nothing else."""
    urls = [mark.url for mark in line.marks() if mark.url]
    return urls[0] if len(urls) == 1 and not tidy_title(text_of(line.tokens)) else None


def take_labels(line: Line) -> tuple[list[str], dict[str, str], list[Token]]:
    """Return the labels at the start of a line, the URLs they carry themselves, and the tokens after them."""
    labels: list[str] = []
    own: dict[str, str] = {}
    family: Kind | None = None
    tokens = line.tokens
    at = 0
    while at < len(tokens):
        token = tokens[at]
        mark: Mark | None = token.meta.get("mark")
        if token.type == "cite" and mark and _is_label(mark) and (family is None or family is mark.kind):
            family = mark.kind  # "[8] [731](url)" is one label and a title
            labels.extend(mark.ids)
            if mark.url:
                own.update(dict.fromkeys(mark.ids, mark.url))
            mark.state = "label"
        elif token.type in {"strong_open", "strong_close", "em_open", "em_close", "html_tag", "anchor"}:
            pass
        elif token.type == "text" and not token.content.strip(" \t:："):
            pass
        else:
            break
        at += 1
    rest = tokens[at:]
    if labels:
        _title_link(rest)
    else:
        found = _written_label(rest)
        if found:
            return [found], own, rest
    return labels, own, rest


def _title_link(tokens: Iterable[Token]) -> None:
    """A numbered link right after a label is the entry's title ("731" is a film), no citation."""
    for token in tokens:
        if token.type == "cite" and token.meta["mark"].kind is Kind.NUM_LINK:
            token.meta["mark"].state = "text"
        if token.type != "text" or token.content.strip(" :："):
            return


def _is_label(mark: Mark) -> bool:
    return mark.kind in _LABEL_KINDS and (len(mark.ids) == 1 or mark.kind is Kind.NUM_LINK)


def _written_label(tokens: Sequence[Token]) -> str | None:
    """Return the label of `3. …`, `(3) …` and `[3\\. Title](url)`, and take it out of the text."""
    if not tokens:
        return None
    first = tokens[0]
    form, at = _TEXT_LABEL, 0
    if first.type == "link_open" and len(tokens) > 1:
        form, at = _LINK_LABEL, 1
    elif first.type != "text":
        return None
    text = tokens[at]
    number = text.content.strip(" .)[]")
    if at == 0 and number.isdigit() and len(number) <= 3 and len(tokens) > 1 and tokens[1].type == "text":
        text.meta["skip"] = len(text.content)  # an element of its own in front of the entry
        return str(int(number))
    match = form.match(text.content) if text.type == "text" else None
    if not match:
        return None
    label = next(group for group in match.groups() if group)
    text.meta["skip"] = match.end()
    return str(int(label))


def _read_row(lines: Sequence[Line], at: int, stop: int) -> tuple[int, _Draft | None]:
    """Read one table row; its label stands in the first cell, its title in the next one that has words."""
    row, first = lines[at].unit.row, lines[at]
    cells: list[Line] = []
    while at < stop and lines[at].unit.row == row:
        cells.append(lines[at])
        at += 1
    if first.unit.head:
        return at, None
    match = _CELL_LABEL.fullmatch(first.text)
    draft = _Draft([str(int(match[1]))] if match else [], first)
    if match:
        for mark in first.marks():
            mark.state = "label"
        cells = cells[1:]
    for cell in cells:
        titled = bool(tidy_title(text_of(draft.pieces)))
        draft.add(token for token in cell.tokens if not titled or "mark" in token.meta)
    return at, draft if draft.labels or draft.url else None


def _outside(lines: Sequence[Line], inside: bytearray) -> Iterator[tuple[int, _Draft]]:
    """Read what defines sources anywhere: definitions, rows of labelled URLs, blocks of labels above a lone URL."""
    candidates: list[int] = []
    for at, line in enumerate(lines):
        if line.unit.kind == "definition" and line.at == 0 and not line.text.lstrip("< ").startswith("data:"):
            yield at, _read_definition(line.unit, line)
        elif (
            line.unit.kind == "text"
            and not inside[at]
            and line.text.startswith(_LABEL_SIGNS)
            and _starts_with_label(line)
        ):
            candidates.append(at)
    rows = [at for at in candidates if _is_labelled_url(lines[at])]
    rows = [
        at
        for at, before, after in zip(rows, [-2, *rows], [*rows[1:], -2], strict=False)
        if at in (before + 1, after - 1)
    ]
    row_set = set(rows)
    for at in candidates:
        below = lines[at + 1] if at + 1 < len(lines) else None
        stop = at + 1
        if below is not None and below.unit.kind == "text" and lone_url(below) and _is_block(lines[at]):
            stop = at + 2
        elif at not in row_set:
            continue
        labels, own, rest = take_labels(lines[at])
        draft = _Draft(labels, lines[at], own)
        draft.add(rest)
        draft.add(token for line in lines[at + 1 : stop] for token in line.tokens)
        inside[at:stop] = b"\1" * (stop - at)
        yield at, draft


def _starts_with_label(line: Line) -> bool:
    for token in line.tokens:
        if token.type == "cite":
            mark: Mark = token.meta["mark"]
            return _is_label(mark)
        if token.type not in {"strong_open", "em_open"}:
            return False
    return False


def _is_block(line: Line) -> bool:
    """Whether a line is labels, each with its own URL or without one, and a title that cites nothing more."""
    tail = False
    for token in line.tokens:
        mark: Mark | None = token.meta.get("mark")
        if mark is None:
            tail = tail or (token.type == "text" and bool(token.content.strip()))
        elif tail and mark.kind in _LABEL_KINDS:
            return False
    return True


def _is_labelled_url(line: Line) -> bool:
    """Whether a line reads `[n] url` or `[n] [title](url)`."""
    if line.unit.kind != "text" or not _starts_with_label(line):
        return False
    seen = False
    for token in line.tokens:
        mark: Mark | None = token.meta.get("mark")
        if token.type == "text" and not token.content.strip(" \t:：-–—"):
            continue
        if mark is not None and mark.kind in {Kind.LINK, Kind.URL}:
            return seen
        if mark is None and token.type not in {"strong_open", "strong_close", "em_open", "em_close"}:
            return False
        if mark is not None and mark.kind is Kind.NUM_LINK:
            return False
        seen = seen or mark is not None
    return False


def _read_definition(unit: Unit, line: Line) -> _Draft:
    draft = _Draft([unit.label], line)
    _title_link(line.tokens)
    for tokens in unit.lines():
        draft.add(tokens)
    if draft.url is None and is_url(unit.token.content.strip()):
        draft.bare = unit.token.content.strip()
    for mark in (token.meta["mark"] for token in unit.token.children or () if "mark" in token.meta):
        mark.section = True
    return draft


def _headless(lines: Sequence[Line], inside: bytearray) -> list[tuple[int, _Draft]]:
    """Read a list at the very end that nothing announces: `[n] …` lines, or an ordered list with URLs throughout."""
    return _final_labels(lines, inside) or _final_ordered(lines, inside)


def _final_labels(lines: Sequence[Line], inside: bytearray) -> list[tuple[int, _Draft]]:
    at = len(lines) - 1
    while at >= max(len(lines) - 3, 0) and not _starts_with_label(lines[at]) and not lone_url(lines[at]):
        at -= 1
    starts: list[int] = []
    while at >= 0 and lines[at].unit.kind == "text" and not inside[at]:
        if _starts_with_label(lines[at]):
            starts.append(at)
        elif not lines[at].indented and not lone_url(lines[at]):
            break
        at -= 1
    starts.reverse()
    with_url = sum(any(mark.url for mark in lines[start].marks()) for start in starts)
    if len(starts) < 2 or 2 * with_url < len(starts):
        return []
    return _collect(lines, inside, starts, len(lines))


def _final_ordered(lines: Sequence[Line], inside: bytearray) -> list[tuple[int, _Draft]]:
    starts = [
        at for at, line in enumerate(lines) if line.begins_item and line.unit.item != "•" and line.unit.depth == 1
    ]
    run: list[int] = []
    for at in reversed(starts):
        if inside[at] or (run and int(lines[at].unit.item or 0) != int(lines[run[-1]].unit.item or 0) - 1):
            break
        run.append(at)
    run.reverse()
    if len(run) < _FEWEST_ORDERED or lines[run[0]].unit.item != "1":
        return []
    if any(line.unit.kind == "heading" or not line.unit.depth for line in lines[run[0] : -3]):
        return []
    drafts = _collect(lines, inside, run, len(lines), mark=False)
    if not all(draft.url for _, draft in drafts):
        return []
    return _collect(lines, inside, run, len(lines))


def _collect(
    lines: Sequence[Line], inside: bytearray, starts: Sequence[int], stop: int, *, mark: bool = True
) -> list[tuple[int, _Draft]]:
    drafts: list[tuple[int, _Draft]] = []
    for start, end in zip(starts, [*starts[1:], stop], strict=True):
        begun = _begin(lines[start])
        if begun is None:
            continue
        drafts.append((start, begun))
        last = start
        for at in range(start + 1, end):
            if _go_on(begun, lines[at]) is not begun:
                break
            last = at
        if mark:
            inside[start : last + 1] = b"\1" * (last + 1 - start)
    return drafts
