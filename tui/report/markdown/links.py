"""Inline rules for markdown-it: links with raw spaces, pictures, bare addresses, code that is an address."""

from markdown_it.rules_inline import StateInline, backtick

from tui.domain.patterns import late
from tui.domain.url import host_of
from tui.report.address import bare_url, is_url, is_web, unescape
from tui.report.document import MarkerKind
from tui.report.markdown.brackets import Brackets, match_brackets
from tui.report.markdown.grammar import MarkerToken, numbers_in
from tui.report.markdown.inlines import push_mark
from tui.report.markdown.notations import is_numbering

_TITLE = late(r"\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\))\s*\Z")
_LONGEST_LABEL = 200
_MOST_AROUND = 20  # links around links; more are text
_SPAN_ENDS = frozenset({"start_span", "end_span"})
_BLANK_LINE = late(r"\n[ \t]*\n")
_PICTURE = late(r"!\[[^\]\n]*\](?:\([^\n]*\)|\[[^\]\n]*\])?")
_HOST = late(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+/?")
_MARKUP = late(r"</?[A-Za-z][^<>]*>")


def brackets_of(state: StateInline) -> Brackets:
    """Return the matching brackets of the current text, computed on first use."""
    found = state.env["brackets"]
    if found is None:
        found = state.env["brackets"] = match_brackets(state.src)
    assert isinstance(found, Brackets)
    return found


def destination(raw: str) -> str | None:
    """Return the target in the parentheses of a link; None if it is invalid (citations.md section 1)."""
    raw = raw.strip()
    if raw.startswith("<"):
        end = raw.find(">")
        return unescape(raw[1:end]) if end > 0 else None
    if raw.endswith(('"', "'", ")")):
        raw = _TITLE.sub("", raw) or raw
    if (" " in raw or "\t" in raw) and not is_web(raw):
        return None
    return unescape(raw)


def link(state: StateInline, silent: bool) -> bool:
    """`[text](target)`; the text may hold balanced brackets, an http target may hold blanks and brackets."""
    pos, src = state.pos, state.src
    if src[pos] != "[" or state.linkLevel:
        return False
    brackets = brackets_of(state)
    end = brackets.square.get(pos, -1)
    if not pos < end < state.posMax:
        return False
    if src.startswith("(", end + 1):
        close = brackets.closing(end + 1)
        if not 0 <= close < state.posMax:
            return False
        target = destination(src[end + 2 : close])
        if target in _SPAN_ENDS:  # Gemini marks what a citation covers by `[span_1](start_span)`
            state.pos = close + 1
            return True
        if target is not None and brackets.holds_link(pos + 1, end):
            return _around(state, target, (pos + 1, end), close + 1)
        if target is None or (close != brackets.round.get(end + 1) and not is_web(target)):
            return False
        return emit_link(state, target, (pos + 1, end), close + 1)
    return _reference(state, pos, end)


def _around(state: StateInline, target: str, inside: tuple[int, int], stop: int) -> bool:
    """A link around a link: the inner one counts, the outer target follows as a link that cites nothing."""
    depth: int = state.env.get("around", 0)
    if depth >= _MOST_AROUND:
        return False
    maximum = state.posMax
    state.env["around"] = depth + 1
    state.pos, state.posMax = inside
    state.md.inline.tokenize(state)
    state.env["around"] = depth
    state.pos, state.posMax = stop, maximum
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": target}
    state.push("link_close", "a", -1)
    return True


def _reference(state: StateInline, pos: int, end: int) -> bool:
    """`[text][label]`, `[label][]` and `[label]` with a definition elsewhere: links as any other."""
    references: dict[str, str] = state.env["references"]
    if not references:
        return False
    src = state.src
    stop, label = end + 1, src[pos + 1 : end]
    if src.startswith("[", end + 1):
        other = brackets_of(state).square.get(end + 1, -1)
        if 0 < other < state.posMax and other - end < _LONGEST_LABEL:
            stop, label = other + 1, src[end + 2 : other] or label
            if fold_label(label) not in references:
                stop, label = end + 1, src[pos + 1 : end]
    target = references.get(fold_label(label)) if len(label) < _LONGEST_LABEL else None
    if stop == end + 1 and is_numbering(label):
        return False
    if target is None or numbers_in(label) or label.startswith("^"):
        return False
    state.env["used"].add(fold_label(label))
    mark = None
    if is_web(target):
        mark = MarkerToken(MarkerKind.LINK, (), src[pos:stop], pos, url=target, label=src[pos + 1 : end])
    _open_link(state, target, mark, (pos + 1, end), stop)
    return True


def fold_label(label: str) -> str:
    """Return the label of a definition normalised for comparison."""
    return " ".join(label.split()).casefold()


def emit_link(state: StateInline, target: str, inside: tuple[int, int], stop: int) -> bool:
    """Emit a link: a chip for a numbered one, else its text between two tokens."""
    src, start = state.src, state.pos
    label = src[inside[0] : inside[1]]
    plain = _MARKUP.sub("", label) if "<" in label else label
    ids = numbers_in(plain) if len(plain) < 200 else None
    web = is_web(target)
    if ids and (web or target.startswith("#")):
        kind = MarkerKind.NUM_LINK if web else MarkerKind.NUM_ANCHOR
        mark = MarkerToken(kind, ids, src[start:stop], start, shown=f"[{', '.join(ids)}]", url=target if web else None)
        mark.target = target.removeprefix("#") if not web else ""
        push_mark(state, mark)
        state.pos = stop
        return True
    made = MarkerToken(MarkerKind.LINK, (), src[start:stop], start, url=target, label=label) if web else None
    if len(target) > 1 and target.startswith("#"):
        made = MarkerToken(MarkerKind.NUM_ANCHOR, (), src[start:stop], start, label=label, target=target[1:])
    if made is not None and _BLANK_LINE.search(label):
        made.label = card_title(label, target)
        _open_link(state, target, made, (stop, stop), stop)
        return True
    _open_link(state, target, made, inside, stop)
    return True


def card_title(label: str, target: str) -> str:
    """Return the title in a link around blocks: its first line that is neither picture nor host."""
    lines = [line.strip().lstrip("#").strip(" *_") for line in label.split("\n")]
    words = [line for line in lines if line and not _PICTURE.fullmatch(line) and not _HOST.fullmatch(line)]
    return words[0] if words else host_of(target) or target


def _open_link(state: StateInline, target: str, mark: MarkerToken | None, inside: tuple[int, int], stop: int) -> None:
    maximum = state.posMax
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": target}
    if mark is not None:
        token.meta["mark"] = mark
        state.env["marks"].append(mark)
    state.pos, state.posMax = inside
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    if inside[0] == inside[1] and mark is not None:
        state.append_pending(mark.label)
    state.linkLevel -= 1
    state.push("link_close", "a", -1)
    state.pos, state.posMax = stop, maximum


def image(state: StateInline, silent: bool) -> bool:
    """`![alternative](target)` and `![alternative][label]`: never a citation, whatever the alternative says."""
    pos, src = state.pos, state.src
    if src[pos] != "!" or not src.startswith("[", pos + 1):
        return False
    brackets = brackets_of(state)
    end = brackets.square.get(pos + 1, -1)
    if not pos < end < state.posMax:
        return False
    target: str | None
    if src.startswith("(", end + 1):
        close = brackets.closing(end + 1)
        target = destination(src[end + 2 : close]) if 0 <= close < state.posMax else None
        stop = close + 1
    else:
        close = brackets.square.get(end + 1, -1)
        label = src[end + 2 : close] if close > 0 else src[pos + 2 : end]
        stop = close + 1 if close > 0 else end + 1
        target = state.env["references"].get(fold_label(label)) if len(label) < _LONGEST_LABEL else None
        if target is None and close > 0:
            target = ""
    if target is None or stop > state.posMax:
        return False
    token = state.push("image", "img", 0)
    token.content = src[pos + 2 : end]
    token.attrs = {"src": target}
    state.pos = stop
    return True


def url(state: StateInline, silent: bool) -> bool:
    """A bare address in running text, recognised at its colon; its scheme is taken back from the pending text."""
    pos, src = state.pos, state.src
    if src[pos] != ":" or not src.startswith("://", pos) or state.linkLevel:
        return False
    pending = state.pending
    tail = pending[-6:].lower()
    length = 5 if tail.endswith("https") else 4 if tail.endswith("http") else 0
    if not length or (len(tail) > length and tail[-length - 1].isascii() and tail[-length - 1].isalnum()):
        return False
    start = pos - length
    end = bare_url(src, start, state.posMax)
    if end == start:
        return False
    state.pending = pending[:-length]
    push_mark(state, MarkerToken(MarkerKind.URL, (), src[start:end], start, url=unescape(src[start:end])))
    state.pos = end
    return True


def code(state: StateInline, silent: bool) -> bool:
    """A code span; one that is an address and nothing else is a citation."""
    start, before = state.pos, len(state.tokens)
    if state.src[start] != "`" or not backtick(state, False):
        return False
    if len(state.tokens) == before:  # a run of backticks without its like
        return True
    token = state.tokens[-1]
    if (
        token.type == "code_inline"
        and token.content.startswith("http")
        and is_url(token.content)
        and not state.linkLevel
    ):
        state.tokens.pop()
        state.tokens_meta.pop()
        push_mark(state, MarkerToken(MarkerKind.URL, (), state.src[start : state.pos], start, url=token.content))
    return True
