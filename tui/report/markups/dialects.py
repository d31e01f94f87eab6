"""Citations in markdown dialects: pandoc's `[@key]`, Obsidian's `[[note]]` and `^block`, "(Wajdi et al., 2020)"."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tui.domain import slices
from tui.domain.detail import Source
from tui.domain.patterns import late
from tui.report.citations.positions import Places
from tui.report.document import Citation, Document, Entry, MarkerKind, Resolution
from tui.report.markups.edits import Parse, Rewriting, read_rewritten

# A set of characters in front is searched fifteen times as fast as alternatives: 5 MB without any of them in 9 ms.
_OPENS = late(r"[`~<](?:(?<=`)`*|(?<=~)~{2,}|(?<=<)!--)")
_FENCE = late(r"^ {0,3}(`{3,}+|~{3,}+)[^\n]*+\n", re.MULTILINE)
_FENCE_END = late(r"^ {0,3}([`~]{3,})[ \t]*$", re.MULTILINE)
_CODE = late(r"(?<!`)(`{1,3})(?!`)[^\n]{1,500}?(?<!`)\1(?!`)|<!--.{0,2000}?-->", re.DOTALL)
_FRONT = late(r"---[ \t]*\n")
_FRONT_END = late(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEYS = late(r"\[([^\[\]\n]*@[^\[\]\n]*)\](?!\()")
_KEY = late(r"(?:^|(?<=[\s;\[-]))-?@(\{[^{}\n]+\}|[\w][\w:.#$%&+?<>~/-]*\w|\w)")
_BARE = late(r"(?<![\w\[@./-])-?@(\w[\w:.#$%&+?<>~/-]*\w)(?:\s+\[([^\[\]\n]*)\])?")
_WIKI = late(r"(!?)\[\[(?!\s?\d[\d\s,，;–-]*\]\])([^\[\]\n|#^]*)((?:#[^\[\]\n|]*)?)(?:\|([^\[\]\n]*))?\]\](?!\()")
_BLOCK_ID = late(r"[ \t]\^((?=[\d-]{0,40}[A-Za-z])[A-Za-z0-9-]{2,40})[ \t]*$", re.MULTILINE)
_NAME = r"[^\W\d_][\w'’.-]*"
_DATED = late(r"(?<![\w/.-])((?:19|20)\d\d)([a-z]?)(?![\w/-])")
_FIRST_AUTHOR = late(rf"\W*({_NAME})(?=,| et al|\.? &| and | \(|\. )")
_REACH = 90  # characters between the name of the first author and the year
_HEAD = 300  # characters of an entry in which author and year stand


def read_dialect(text: str, parse: Parse, given: Sequence[Source]) -> Document:
    """Return the document of a markdown text that may use one of these; without any, as parsed."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    made = Rewriting(text)
    code = _masks(text)
    masks = _Masks(code)
    bare: Document | None = None
    if "@" in text:
        bare = parse(text, given)
        known = {source.id for source in given} | {entry.id for entry in bare.sources}
        _pandoc(made, known, masks)
    if "[[" in text or "^" in text:
        _obsidian(made, masks)
    bare = bare or parse(text, given)
    leads = _join(made, bare, _Masks([*code, *_markers(text, bare)]))
    if not made.edits:
        return bare
    document = read_rewritten(made, parse, given, brackets=True)
    return _with_entries(document, text, leads) if leads else document


def _masks(text: str) -> list[tuple[int, int]]:
    """Return the ranges of front matter, code and comments."""
    front = _FRONT.match(text)
    end = slices.search(_FRONT_END, text, front.end()) if front else None
    found = [(0, end.end())] if end else []
    done = 0
    for opens in slices.finditer(_OPENS, text) if any(sign in text for sign in ("`", "~~~", "<!--")) else ():
        if opens.start() < done:
            continue
        before = text[max(opens.start() - 3, 0) : opens.start()]
        fence = _FENCE.match(text, opens.start() - len(before) + len(before.rstrip(" ")))
        code = fence or _CODE.match(text, opens.start())
        if code:
            done = _end_of_fence(text, fence) if fence else code.end()
            found.append((code.start(), done))
    return found


def _end_of_fence(text: str, fence: "re.Match[str]") -> int:
    at = fence.end()
    while (closing := slices.search(_FENCE_END, text, at)) is not None:
        if closing[1].startswith(fence[1]):
            return closing.end()
        at = closing.end()
    return len(text)


def _markers(text: str, document: Document) -> list[tuple[int, int]]:
    places = Places(text)
    starts = [(places.to_offset(one.line, one.col), len(one.marker)) for one in document.citations]
    return [(start, start + length) for start, length in starts]


class _Masks:
    """Ranges that are not searched."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(stretches):
            self._starts.append(start)
            self._ends.append(max(end, self._ends[-1]) if self._ends else end)

    def free(self, at: int) -> bool:
        """Whether `at` is outside all of them."""
        found = bisect_right(self._starts, at) - 1
        return found < 0 or at >= self._ends[found]


def _pandoc(made: Rewriting, known: set[str], masks: _Masks) -> None:
    """Mark `[see @a, p. 3; @b]` and `@a [p. 3]` as citations, if a bibliography has the keys."""
    done = 0
    for match in slices.finditer(_KEYS, made.text):
        keys = [key.strip("{}") for key in _KEY.findall(match[1])]
        if any(key in known for key in keys) and masks.free(match.start()):
            made.cite(match.start(), match.end(), MarkerKind.KEY, keys, f"[{match[1].replace('@', '')}]")
    for match in _bare_keys(made.text):
        if match.start() >= done and match[1] in known and masks.free(match.start()):
            made.cite(match.start(), match.end(), MarkerKind.KEY, [match[1]], f"[{match[1]}]")
            done = match.end()


def _bare_keys(text: str) -> Iterator["re.Match[str]"]:
    """Yield the matches of `_BARE`, which may go on in the next line."""
    at = text.find("@")
    while at >= 0:
        match = _BARE.match(text, at - text.startswith("-", max(0, at - 1)))
        if match:
            yield match
        at = text.find("@", match.end() if match else at + 1)


def _obsidian(made: Rewriting, masks: _Masks) -> None:
    for match in slices.finditer(_WIKI, made.text) if "[[" in made.text else ():
        if not masks.free(match.start()) or not (match[2].strip() or match[3]):
            continue
        words = match[4] or match[2].strip() or match[3].lstrip("#^")
        part = match[3].removeprefix("#")
        target = part if part.startswith("^") else part.strip().lower().replace(" ", "-")
        inside = not match[2].strip() and target
        made.put(match.start(), match.end(), f"[{words}](#{target})" if inside else words)
    for match in slices.finditer(_BLOCK_ID, made.text):
        if masks.free(match.start()):
            made.put(match.start(), match.end(), f' <a id="^{match[1]}"></a>')


def _join(made: Rewriting, bare: Document, masks: _Masks) -> dict[int, Entry]:
    """Join each author and year to its entry, if exactly one fits; returns the entries by position."""
    by_year: dict[str, list[tuple[str, Entry]]] = {}
    for entry in bare.sources:
        words = _words_of(entry)[:_HEAD] if entry.line or not entry.id.startswith("u") else ""
        author = _FIRST_AUTHOR.match(words)
        for year in {match[1] for match in _DATED.finditer(words)} if author else ():
            by_year.setdefault(year, []).append((author[1] if author else "", entry))
    listed = {entry.line for rows in by_year.values() for _, entry in rows}
    leads: dict[int, Entry] = {}
    for match in slices.finditer(_DATED, made.text) if by_year else ():
        rows = by_year.get(match[1], [])
        before = made.text[max(match.start() - _REACH, 0) : match.start()].rpartition("\n")[2]
        fitting = [
            (found, entry)
            for name, entry in rows
            if (found := _named(before, name, made.text[match.end() : match.end() + 1]))
        ]
        if len(fitting) > 1 and match[2]:
            fitting = [row for row in fitting if match[0] in _words_of(row[1])]
        if len(fitting) != 1 or not masks.free(match.start()):
            continue
        (start, stop), entry = fitting[0]
        start, end = match.start() - len(before) + start, match.end() + stop
        if made.text.count("\n", 0, start) + 1 not in listed:
            made.cite(start, end, MarkerKind.AUTHOR_YEAR, [entry.id], made.text[start:end])
            leads[start] = entry
    return leads


def _named(before: str, name: str, after: str) -> tuple[int, int] | None:
    """Return (begin of the author's name before a year, end of the citation after the year).

    Either all of it is in round brackets, "(Wajdi et al., 2020)", or only the year is, "Wajdi et al. (2020)".
    """
    others = rf"(?:,? (?:&|and|und|et|y|e) {_NAME}|,? et al\.?|(?:, {_NAME}){{1,4}},? (?:&|and) {_NAME})?"
    found = re.search(rf"(?<!\w){re.escape(name)}{others}(,? \(|, ?| )\Z", before, re.IGNORECASE)
    if found is None:
        return None
    if found[1].endswith("("):
        return (found.start(), 1) if after == ")" else None
    inside = before.rfind("(", 0, found.start()) > before.rfind(")", 0, found.start())
    comma = found[1].startswith(",") or "et al" in found[0]
    return (found.start(), 0) if inside and comma else None


def _words_of(entry: Entry) -> str:
    return " ".join([entry.title or "", *(text for label, text in entry.facts if label in {"author", "year", "date"})])


def _with_entries(document: Document, text: str, leads: dict[int, Entry]) -> Document:
    """Resolve the citations by author and year to their entries, which have no label."""
    places: dict[tuple[int, int], Entry] = {}
    for start, entry in leads.items():
        line_start = text.rfind("\n", 0, start) + 1
        places[text.count("\n", 0, start) + 1, start - line_start + 1] = entry

    def lead(citation: Citation) -> Citation:
        entry = places.get((citation.line, citation.col))
        if entry is None or citation.kind is not MarkerKind.AUTHOR_YEAR:
            return citation
        status = Resolution.URL if entry.url else Resolution.TITLE
        return replace(citation, ids=(entry.id,), urls=(entry.url,), status=(status,))

    return replace(document, citations=tuple(lead(citation) for citation in document.citations))
