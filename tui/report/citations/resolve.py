"""Resolves markers to citations: which marker counts, and the source of each of its ids.

The rules are those of tests/contracts/citations.md, sections 1 and 5 (what counts) and 8 (resolution).
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tui.domain import source_key
from tui.domain.detail import Numbering, Source
from tui.domain.patterns import late
from tui.domain.text import clean, one_line
from tui.report.address import is_url, unescape, unwrap
from tui.report.document import Citation, Entry, MarkerKind, Resolution
from tui.report.markdown.grammar import MarkerToken
from tui.report.sources.entries import Listing
from tui.report.sources.entry import Definition

_NAME = late(r"[^\W\d_]{2,}[\w.:-]*\w")

_BRACKETS_THAT_RULE_OUT_FLATTENING = 5
_OF_LIST = "citation:"  # `[citation:3]` is number 3 of the list
_OF_SEARCH = "web:"  # `[web:3]` is result 3, of a service whose numbers are ids
Place = Callable[[MarkerToken], tuple[int, int]]
_PICTURE = late(r"!\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])?")
_CODE = late(r"(`+)(.+?)(?<!`)\1(?!`)")
_STARS = late(r"(?<!\\)\*{1,3}(?=\S)|(?<=\S)(?<!\\)\*{1,3}")
_EMPHASIS = late(r"(?<![\w\\])(_{1,3})(?=\S)([^\n]*?\S)\1(?!\w)")
_PREFIX = late(r"\s*(?:citation|source)\s*:\s*(?=\S)", re.IGNORECASE)
_ESCAPE = late(r"\\([!-/:-@\[-`{-~])")


@dataclass(slots=True)
class Resolver:
    """Resolves the markers of one text, in order."""

    listing: Listing
    sources: Sequence[Source]
    numbering: Numbering
    place: Place
    citations: list[Citation] = field(default_factory=list)
    linked: dict[str, str] = field(default_factory=dict)  # number -> URL of the first link with that number
    web: dict[str, Entry] = field(default_factory=dict)  # source key -> u1, u2, ...
    _labels: dict[str, list[Definition]] = field(default_factory=dict)
    _anchors: dict[str, Definition] = field(default_factory=dict)
    _lines: dict[str, list[int]] = field(default_factory=dict)
    _given: dict[str, Source] = field(default_factory=dict)
    _by_url: dict[str, Source] = field(default_factory=dict)

    @property
    def by_id(self) -> bool:
        """Whether the provider's list takes precedence over lists in the text."""
        return self.numbering is Numbering.BY_ID

    @property
    def by_url(self) -> bool:
        """Whether links are the markers, numbered in order and joined to the provider's list by URL."""
        return self.numbering is Numbering.BY_URL and not self._labels

    def run(self, marks: Sequence[MarkerToken]) -> tuple[tuple[Citation, ...], tuple[Entry, ...]]:
        """Resolve every marker and return citations and sources."""
        self._labels, self._anchors = self.listing.by_label(), self.listing.by_anchor()
        self._lines = {label: [entry.line for entry in entries] for label, entries in self._labels.items()}
        for source in self.sources:
            self._given.setdefault(source.id, source)
            if source.url:
                self._by_url.setdefault(_joined(source.url), source)
        for mark in marks:
            if mark.kind is MarkerKind.NUM_LINK and not mark.state:
                for number in mark.ids:
                    self.linked.setdefault(number, mark.url or "")
        brackets = sum(mark.kind is MarkerKind.NUMERIC and mark.state != "label" and not mark.listed for mark in marks)
        flattening = self.listing.flattening and brackets < _BRACKETS_THAT_RULE_OUT_FLATTENING
        for mark in marks:
            if mark.state:
                continue
            mark.state = "cite" if self._counts(mark, flattening=flattening) else "text"
            if mark.state == "cite":
                mark.index = len(self.citations)
                self.citations.append(self._cite(mark))
        return tuple(self.citations), self._entries()

    def _counts(self, mark: MarkerToken, *, flattening: bool) -> bool:
        if mark.kind in {MarkerKind.LINK, MarkerKind.URL}:
            return not mark.section
        if mark.kind is MarkerKind.NUM_ANCHOR and not mark.ids:  # words that lead to an entry with an address
            entry = self._anchors.get(mark.target)
            mark.ids = (entry.id,) if entry is not None and entry.url else ()
            return bool(mark.ids) and not mark.section
        known = any(number in self._labels or number in self._given for number in mark.ids)
        if mark.kind is MarkerKind.FLATTENED:
            return flattening and known and not mark.section
        if mark.choices or mark.listed:
            mark.ids = next(filter(self._knows, mark.choices or (mark.ids,)), mark.ids)
            if mark.listed:
                return self._knows(mark.ids) or (mark.kind is MarkerKind.FOOTNOTE and self._is_named(mark.ids[0]))
            known = self._knows(mark.ids)
        listed = bool(self._labels or self._given or self.linked)
        linked = any(number in self.linked for number in mark.ids)
        if mark.strict and listed:
            return known or linked
        if mark.first and mark.heading:
            return known or linked
        return True

    def _knows(self, ids: Sequence[str]) -> bool:
        """Whether a list has all of the ids."""
        return all(number in self._labels or number in self._given or number in self.linked for number in ids)

    def _is_named(self, name: str) -> bool:
        """Whether an undefined footnote counts: it is a word, and others are words too."""
        return bool(_NAME.fullmatch(name)) and any(not label[:1].isdigit() for label in self._labels)

    def _cite(self, mark: MarkerToken) -> Citation:
        line, col = self.place(mark)
        if mark.kind in {MarkerKind.LINK, MarkerKind.URL}:
            entry = self._numbered_source(mark) if self.by_url else self._web_source(mark)
            url = unwrap(mark.url or "") if self.by_url else mark.url
            return Citation(mark.marker, mark.kind, (entry.id,), (url,), (Resolution.URL,), line, col)
        found = [self._resolve(mark, number, line) for number in mark.ids]
        ids, urls, status = zip(*found, strict=True)
        return Citation(mark.marker, mark.kind, ids, urls, status, line, col)

    def _resolve(self, mark: MarkerToken, number: str, line: int) -> tuple[str, str | None, Resolution]:
        if number not in self._labels and number not in self._given:
            number = number.removeprefix(_OF_LIST)
            number = number.removeprefix(_OF_SEARCH) if self.by_id else number
        given = self._given.get(number)
        if given is not None and given.url and mark.url and _joined(mark.url) != _joined(given.url):
            given = None  # a link leads where it says
        if given is not None and self.by_id:
            return number, given.url, Resolution.URL if given.url else Resolution.TITLE
        if mark.kind is MarkerKind.NUM_LINK:
            return number, mark.url, Resolution.URL
        definition = self._anchors.get(mark.target) if mark.target and len(mark.ids) == 1 else None
        definition = definition or self._nearest(number, line)
        if definition is not None:
            return definition.id, definition.url, Resolution.URL if definition.url else Resolution.TITLE
        if number in self.linked:
            return number, self.linked[number], Resolution.URL
        if given is not None:
            place = self._numbered(given).id if self.by_url and given.url else number
            return place, given.url, Resolution.SIDECAR if given.url else Resolution.TITLE
        return number, None, Resolution.DANGLING

    def _nearest(self, label: str, line: int) -> Definition | None:
        entries = self._labels.get(label)
        if not entries:
            return None
        if len(entries) == 1:
            return entries[0]
        following = entries[bisect_right(self._lines[label], line - 1) :]
        with_url = [entry for entry in entries if entry.url]
        for entry in following:
            if entry.url:
                return entry
        return following[0] if following else (with_url or entries)[-1]

    def _web_source(self, mark: MarkerToken) -> Entry:
        url = mark.url or ""
        key = source_key.exact(url)
        title = _link_title(mark)
        entry = self.web.get(key)
        if entry is None:
            entry = self.web[key] = Entry(f"u{len(self.web) + 1}", url, title)
        elif entry.title is None and title:
            entry = self.web[key] = replace(entry, title=title)
        return entry

    def _numbered_source(self, mark: MarkerToken) -> Entry:
        """Return the source of a link by its running number, which is shown with the link."""
        url = unwrap(mark.url or "")
        given = self._by_url.get(_joined(url)) or Source("", url, _link_title(mark))
        entry = self._numbered(given, url)
        mark.shown = f"[{entry.id}]"
        return entry

    def _numbered(self, source: Source, url: str | None = None) -> Entry:
        key = _joined(source.url) if source.url else f"id {source.id}"
        if key not in self.web:
            facts = (*source.facts, ("id", source.id)) if source.id else source.facts
            self.web[key] = replace(entry_of(source), id=str(len(self.web) + 1), url=url or source.url, facts=facts)
        return self.web[key]

    def _entries(self) -> tuple[Entry, ...]:
        """Return the sources in order: listed in the text, the provider's, of numbered links, of other links."""
        if self.by_url:
            for source in self.sources:
                if source.url or source.title:
                    self._numbered(source)
            return tuple(self.web.values())
        entries: list[Entry] = []
        listed: set[str] = set()
        for definition in self.listing.entries:
            if definition.label is None and self.by_id and self._given:
                continue  # a torn line of the provider's list, which is here whole
            entry = Entry(
                definition.id,
                definition.url,
                clean(definition.title) if definition.title else None,
                line=definition.line or None,
            )
            given = self._given.get(definition.label or "") if definition.id == definition.label else None
            entries.append(_enrich(entry, given, prefer_given=self.by_id) if given else entry)
            listed.add(definition.label or definition.id)
        entries.extend(entry_of(source) for source in self.sources if source.id not in listed)
        taken = {entry.id for entry in entries}
        entries.extend(Entry(number, url, None) for number, url in self.linked.items() if number not in taken)
        entries.extend(self.web.values())
        return tuple(entries)


def _joined(url: str) -> str:
    """Return the key by which a link in the text is joined with the provider's list."""
    return source_key.loose(unwrap(url))


def _link_title(mark: MarkerToken) -> str | None:
    """Return the text of a link as a title; None if it is an address."""
    label = title_of_link(mark.label.strip(" <>"))
    return one_line(unescape(label)) or None if label and not is_url(unescape(label)) else None


def entry_of(source: Source) -> Entry:
    """Return a provider's source as an entry of the document."""
    return Entry(source.id, source.url, source.title, source.snippet, source.fragment, source.facts)


def _enrich(entry: Entry, given: Source, *, prefer_given: bool) -> Entry:
    """Add a provider's values to an entry that the text lists, too."""
    first, second = (entry_of(given), entry) if prefer_given else (entry, entry_of(given))
    return Entry(
        entry.id,
        first.url or second.url,
        first.title or second.title,
        given.snippet,
        given.fragment,
        given.facts,
        entry.line,
    )


def title_of_link(label: str) -> str:
    """Return a link's text as a title: `bare_llm.py` keeps its underscore, a badge is its alternative text."""
    label = _PICTURE.sub(r"\1", label)
    parts: list[str] = []
    done = 0
    for match in _CODE.finditer(label):
        parts += [_words(label[done : match.start()]), match[2].strip()]
        done = match.end()
    parts.append(_words(label[done:]))
    return _PREFIX.sub("", "".join(parts), count=1).strip()


def _words(text: str) -> str:
    text = _STARS.sub("", text)
    text = _EMPHASIS.sub(r"\2", text)
    return _ESCAPE.sub(r"\1", text).replace("`", "")
