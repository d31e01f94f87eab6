"""Block rules for markdown-it where real reports need more than CommonMark (citations.md sections 1 and 7)."""

import re
from bisect import bisect_right

from markdown_it.rules_block import StateBlock, html_block

from tui.domain.patterns import late
from tui.report.address import is_web, unescape
from tui.report.list_headings import is_source_heading
from tui.report.markdown.brackets import match_brackets
from tui.report.markdown.data_lists import in_directive
from tui.report.markdown.html_tokens import last_of
from tui.report.markdown.outer_fence import Wrapper

DEEPEST = 100  # levels; deeper quotes and lists stay visible as text (the parser itself would drop them)
_FENCE = late(r"(`{3,}|~{3,})([^\n]*)")
_MARKERS = late(r"(?:\s*(?:\\?\[\^?[\d,，、\s–-]{1,40}\\?\]|【[^】]{1,40}】)(?:\([^()\s]*\))?)+\s*\Z")
_DELIMITERS = late(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*\Z")
_DEFINITION = late(r"\[(\^?[^\]\[\n]{1,200})\]:[ \t]*")
_TARGET = late(r"<([^<>\n]*)>|(\S+)")
_FRONT_MATTER_KEY = late(r"[\w-]+\s*:|\s*-\s|\s*#|\s*\Z")
_UNDERLINE = late(r"(?:=+|-{2,})\s*\Z")
_LABEL_START = late(r"\\?\[|\d{1,3}[.)]|[-*+|>]\s")
_MATH_INSIDE = late(r"\\[A-Za-z]|[=^_{}]")
_CODE_SPAN = late(r"(?<!`)(`{1,3})(?!`)[^`\n]{1,400}\1(?!`)")
_MOST_UNCLOSED = 20  # directives that are looked through to the end of the text
_DIRECTIVE = late(r"(:{3,})\s*\{?\s*[.#]?([A-Za-z][\w-]{2,40})[^:]*\Z")
_CARD_END = late(r"(\]\(<?https?://\S[^\n]*\))\s*(\[)?\s*\Z")
_LONGEST_CARD = 40  # lines
_LONGEST_MATH = 60  # lines
_UNTIL = late(r"<!--|<\?|<(script|style|pre|textarea)(?=[\s>]|\Z)", re.IGNORECASE)
_MOST_CELLS = 500  # of a row; a line with more bars is no table
_LONGEST_FRONT_MATTER = 200  # lines


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse everything beyond the deepest level as one paragraph, so that no text is lost and no stack overflows."""
    if state.level < DEEPEST or silent:
        return False
    _paragraph(state, start, end, state.getLines(start, end, state.blkIndent, False).strip())
    state.line = end
    return True


def _paragraph(state: StateBlock, start: int, end: int, content: str) -> None:
    token = state.push("paragraph_open", "p", 1)
    token.map = [start, end]
    token = state.push("inline", "", 0)
    token.content = content
    token.map = [start, end]
    token.children = []
    state.push("paragraph_close", "p", -1)


def front_matter(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """YAML between two `---` lines at the top of the file."""
    if start != state.env.get("top", 0) or silent or state.level or _line(state, start).rstrip() != "---":
        return False
    for line in range(start + 1, min(end, start + _LONGEST_FRONT_MATTER)):
        text = _line(state, line).rstrip() if start else state.src[state.bMarks[line] : state.eMarks[line]].rstrip()
        if text in {"---", "..."} and line > start + 1:
            token = state.push("front_matter", "", 0)
            token.content = state.src[state.bMarks[start + 1] : state.eMarks[line - 1]]
            token.map = [start, line + 1]
            state.line = line + 1
            return True
        if line == start + 1 and not _FRONT_MATTER_KEY.match(text):
            return False
    return False


def fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Fenced code; the closing line may carry citation markers, which become a paragraph of their own."""
    opening = _FENCE.match(state.src, state.bMarks[start] + state.tShift[start], state.eMarks[start])
    if not opening or (opening[1][0] == "`" and "`" in opening[2]):
        return False
    if silent:
        return True
    wrapper: Wrapper | None = state.env.get("wrapper")
    if wrapper is not None and wrapper.opening == start and not state.level:
        return _unwrap(state, start, min(wrapper.closing, end))
    closer = re.compile(rf"{re.escape(opening[1][0])}{{{len(opening[1])},}}")
    line, tail = start + 1, ""
    while line < end:
        text = _line(state, line)
        if text and state.sCount[line] < state.blkIndent:
            break
        closing = closer.match(text)
        if closing and (not text[closing.end() :].strip() or _MARKERS.match(text, closing.end())):
            tail = text[closing.end() :].strip()
            break
        line += 1
    closed = line < end and bool(closer.match(_line(state, line)))
    token = state.push("fence", "code", 0)
    token.info = opening[2].strip()
    token.content = state.getLines(start + 1, line, state.sCount[start], True)
    token.map = [start, line]
    if tail:
        _paragraph(state, line, line + 1, tail)
    state.line = line + 1 if closed else line
    return True


def _unwrap(state: StateBlock, start: int, closing: int) -> bool:
    """Parse the content of a fence around the whole report as the report; the fence is not shown."""
    filled = [line for line in range(start + 1, closing) if not state.isEmpty(line)]
    indent, state.blkIndent = state.blkIndent, min((state.sCount[line] for line in filled), default=0)
    state.env["wrapper"], state.env["top"] = None, filled[0] if filled else start
    limit, state.lineMax = state.lineMax, closing
    state.md.block.tokenize(state, start + 1, closing)
    state.blkIndent, state.lineMax = indent, limit
    state.line = closing + 1
    return True


def html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block of HTML; a comment or script that is never closed is text, so that it does not hide the rest."""
    opener = _UNTIL.match(state.src, state.bMarks[start] + state.tShift[start], state.eMarks[start])
    if opener:
        closer = "-->" if opener[0] == "<!--" else "?>" if opener[0] == "<?" else f"</{opener[1].lower()}>"
        last: dict[str, int] = state.env["closers"]
        if closer not in last:
            last[closer] = last_of(closer, state.src)
        if last[closer] < opener.end():
            return False
    return html_block(state, start, end, silent)


def directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`:::references` with a list of sources in it, as data or as text; other directives are left as they are."""
    opening = _DIRECTIVE.match(_line(state, start))
    if not opening or not is_source_heading(opening[2].replace("-", " ").replace("_", " ")):
        return False
    if state.env.get("in_directive") or state.env.get("unclosed", 0) > _MOST_UNCLOSED:
        return False
    closer = re.compile(rf":{{{len(opening[1])},}}\s*")
    line = next((at for at in range(start + 1, end) if closer.fullmatch(_line(state, at))), -1)
    if line < 0:
        state.env["unclosed"] = state.env.get("unclosed", 0) + 1
    if line < 0 or silent:
        return line >= 0
    content = state.getLines(start + 1, line, state.blkIndent, False)
    if in_directive(content):
        token = state.push("fence", "code", 0)
        token.content, token.info, token.map = content, "yaml", [start, line]
        token.meta["listed"] = start + 1
    else:
        _paragraph(state, start, start + 1, opening[2])
        limit, state.lineMax = state.lineMax, line
        state.env["in_directive"] = True
        state.md.block.tokenize(state, start + 1, line)
        state.env["in_directive"] = False
        state.lineMax = limit
        state.push("section_end", "", 0)
    state.line = line + 1
    return True


def clipped(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Links around blocks, as clippers write cards: "[" on a line of its own, blank lines, `](address)`.

    The next card may begin on the line that ends one.
    """
    if _line(state, start).strip() != "[":
        return False
    cards: list[tuple[int, int, str]] = []  # first and last line of a card, and what its last line holds of it
    first = line = start
    while line + 1 < min(end, first + _LONGEST_CARD):
        line += 1
        text = _line(state, line)
        if text.strip() == "[" or _FENCE.match(text):
            break
        ending = _CARD_END.match(text)
        if ending:
            cards.append((first, line, ending[1]))
            first = line
            if not ending[2]:
                break
    if not cards:
        return False
    if not silent:
        for first, last, tail in cards:
            line = last
            inner = state.getLines(first + 1, last, state.blkIndent, True)
            _paragraph(state, first, last + 1, f"[\n{inner}{tail}")
        state.line = line + 1
    return True


def definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`[^n]: …` anywhere and `[label]: address`: the label and what it stands for."""
    at = state.bMarks[start] + state.tShift[start]
    match = _DEFINITION.match(state.src, at, state.eMarks[start])
    if not match:
        return False
    label, rest = match[1], state.src[match.end() : state.eMarks[start]].strip()
    target = _TARGET.match(rest)
    address = (target[1] or target[2] or "") if target else ""
    foot = label.startswith("^") and len(label) > 1
    if not foot and not (is_web(address) or (address and address.startswith(("data:", "#", "mailto:")))):
        return False
    if silent:
        return True
    line = start + 1
    while line < end and not state.isEmpty(line) and _continues(state, line):
        line += 1
    label = label.strip()
    state.env["references"].setdefault(" ".join(label.split()).casefold(), unescape(address))
    token = state.push("definition_open", "", 1)
    token.meta["label"] = label.removeprefix("^").removesuffix("^") if foot else label
    token.meta["data"] = address.startswith("data:")
    token.meta["anywhere"] = foot or label.isdigit()
    token.meta["used"] = state.env["used"]  # labels of reference links, once they are read
    token.map = [start, line]
    token = state.push("inline", "", 0)
    token.content = state.getLines(start, line, state.blkIndent, False)[match.end() - at :].strip()
    if line == start + 1:
        token.content = rest
    token.map = [start if rest else start + 1, line]
    token.children = []
    state.push("definition_close", "", -1)
    state.line = line
    return True


def _continues(state: StateBlock, line: int) -> bool:
    return state.sCount[line] - state.blkIndent >= 2 or is_web(_line(state, line))


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table; rows keep cells beyond the header, and a `|` inside a link or code does not part cells."""
    if start + 2 > end or state.sCount[start + 1] < state.blkIndent:
        return False
    delimiters = _line(state, start + 1)
    if "-" not in delimiters or not ("|" in delimiters or ":" in delimiters) or not _DELIMITERS.match(delimiters):
        return False
    if "|" not in _line(state, start):
        return False
    columns = [part.strip() for part in delimiters.strip().strip("|").split("|")]
    if _line(state, start).count("|") > _MOST_CELLS or (len(cells_of(_line(state, start))) < 2 and len(columns) > 1):
        return False
    if silent:
        return True
    opened = state.push("table_open", "table", 1)
    opened.meta["aligns"] = [_align(column) for column in columns]
    _row(state, start, "th")
    line = start + 2
    terminators = state.md.block.ruler.getRules("blockquote")
    while line < end and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        if any(rule(state, line, end, True) for rule in terminators) or "|" not in _line(state, line):
            break
        if _line(state, line).count("|") > _MOST_CELLS:
            break
        _row(state, line, "td")
        line += 1
    state.push("table_close", "table", -1)
    opened.map = [start, line]
    state.line = line
    return True


def _align(column: str) -> str:
    if column.endswith(":"):
        return "center" if column.startswith(":") else "right"
    return "left"


def _row(state: StateBlock, line: int, cell: str) -> None:
    token = state.push("tr_open", "tr", 1)
    token.map = [line, line + 1]
    offset = state.bMarks[line] + state.tShift[line]
    for start, text in cells_of(_line(state, line)):
        state.push(f"{cell}_open", cell, 1)
        token = state.push("inline", "", 0)
        token.map = [line, line + 1]
        token.content = text
        token.meta["at"] = offset + start
        token.children = []
        state.push(f"{cell}_close", cell, -1)
    state.push("tr_close", "tr", -1)


def cells_of(line: str) -> list[tuple[int, str]]:
    """Return the cells of a table row as (offset, text), stripped."""
    bars = [at for at, char in enumerate(line) if char == "|"]
    if "`" in line or ("](" in line and len(bars) > 1):
        covered = _covered(line)
        starts = [start for start, _ in covered]
        bars = (
            [at for at in bars if at > covered[bisect_right(starts, at) - 1][1] or at < starts[0]] if covered else bars
        )
    cells: list[tuple[int, str]] = []
    start = 0
    for bar in [*bars, len(line)]:
        if bar < len(line) and bar and line[bar - 1] == "\\":
            continue
        raw = line[start:bar]
        cells.append((start + len(raw) - len(raw.lstrip()), raw.strip()))
        start = bar + 1
    if cells and not cells[0][1]:
        cells.pop(0)
    if cells and not cells[-1][1]:
        cells.pop()
    return cells


def _covered(line: str) -> list[tuple[int, int]]:
    """Return the ranges of a row in which a bar belongs to a link or to code."""
    spans = [match.span() for match in _CODE_SPAN.finditer(line)] if "`" in line else []
    codes = [start for start, _ in spans]
    brackets = match_brackets(line)
    for opener in brackets.links:
        before = bisect_right(codes, opener) - 1
        if before < 0 or spans[before][1] <= opener:
            spans.append((opener, brackets.closing(brackets.square[opener] + 1)))
    spans.sort()
    merged: list[tuple[int, int]] = []
    for start, stop in spans:
        if not merged or start > merged[-1][1]:
            merged.append((start, stop))
    return merged


def math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    r"""`$$ … $$` and `\[ … \]` that begin a line; blank lines only if the opener stands alone on its line."""
    text = _line(state, start)
    if not text.startswith(("$$", "\\[")):
        return False
    closer = "$$" if text[0] == "$" else "\\]"
    line, rest = start, text[2:]
    parts: list[str] = []
    while closer not in rest:
        parts.append(rest)
        line += 1
        if line >= min(end, start + _LONGEST_MATH) or (state.isEmpty(line) and text.strip() != text[:2]):
            return False
        rest = _line(state, line)
    inside, _, tail = rest.partition(closer)
    content = "\n".join([*parts, inside]).strip()
    if not content or (tail.strip() and line == start) or (closer == "\\]" and not _MATH_INSIDE.search(content)):
        return False
    if silent:
        return True
    token = state.push("math_block", "", 0)
    token.content = content
    token.map = [start, line + 1]
    if tail.strip():
        _paragraph(state, line, line + 1, tail.strip())
    state.line = line + 1
    return True


def setext(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A short line with `===` or `---` below it; a sentence above a rule is no heading, whatever CommonMark says."""
    if start + 1 >= end or state.sCount[start + 1] < state.blkIndent:
        return False
    underline = _line(state, start + 1)
    if not _UNDERLINE.match(underline):
        return False
    text = _line(state, start).strip()
    prose = len(text) > 120 or text.endswith((".", "。", ";", ",")) or _LABEL_START.match(text)
    if prose and underline[0] == "-":
        return False
    token = state.push("heading_open", "h1" if underline[0] == "=" else "h2", 1)
    token.map = [start, start + 2]
    token = state.push("inline", "", 0)
    token.content = text
    token.map = [start, start + 1]
    token.children = []
    state.push("heading_close", "h1" if underline[0] == "=" else "h2", -1)
    state.line = start + 2
    return True
