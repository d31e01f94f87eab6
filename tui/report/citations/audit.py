"""The audit of a report's sources: deterministic counts, each out of a total."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tui.domain import source_key
from tui.domain.detail import Source
from tui.domain.frozen import frozen
from tui.domain.patterns import late
from tui.domain.redirect import leads_to
from tui.domain.url import host_of
from tui.report.citations.build import count_words
from tui.report.document import (
    Block,
    Document,
    Item,
    List,
    Paragraph,
    Quote,
    Resolution,
    Span,
    Spans,
    StructuredField,
    Table,
)

_SENTENCE_END = late(r"[.!?。！？…\n](?:(?<=\n)|[.!?。！？…]*[\"'”’)\]）】]*(?=\s|\Z|[\u2e80-\u9fff]))")
_FIGURE = late(r"\d")
_SHORTEST = 8  # words of a paragraph that is expected to have a source
_EXAMPLES = 50
_BETWEEN_CELLS = Span("  ")


@frozen
class Fraction:
    """`count` of `of`, with the first examples."""

    count: int
    of: int
    examples: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return {"count", "of"} and, if there are any, "examples"."""
        found: dict[str, Any] = {"count": self.count, "of": self.of}
        return found | {"examples": list(self.examples)} if self.examples else found


_WORDS = {
    "dangling": "numbers in markers that lead nowhere",
    "uncited": "sources that are never cited",
    "without_url": "sources without an address",
    "duplicate_ids": "source numbers listed more than once",
    "shared_urls": "addresses that stand under several numbers",
    "outside_list": "cited addresses that the provider did not list",
    "bare_paragraphs": "paragraphs of 8 words and more without a citation",
    "bare_claims": "sentences with a figure but no citation",
}
"""What each share of an `Audit` counts, in the order in which people read them."""


@frozen
class Audit:
    """The counts about the sources of one report."""

    citations: int
    kinds: tuple[tuple[str, int], ...]
    dangling: Fraction  # ids in markers that lead nowhere, of all ids in markers
    uncited: Fraction  # sources that no marker names, of all sources
    without_url: Fraction  # sources without a URL, of all sources
    duplicate_ids: Fraction  # labels that are listed more than once, of all labels
    outside_list: Fraction | None  # URLs cited that the provider's list lacks, of all URLs cited; None without a list
    shared_urls: Fraction  # URLs that stand under several ids, of all URLs of sources
    bare_paragraphs: Fraction  # paragraphs and list items without any citation, of those of eight words and more
    bare_claims: Fraction  # sentences with a figure but without a citation, of all sentences with a figure
    domains: tuple[tuple[str, int], ...]  # by number of citations, most cited first
    located: int  # citations with a URL: what `domains` adds up to

    def shares(self) -> Iterator[tuple[str, str, Fraction]]:
        """Yield (name, what it counts in words, share) of every share that is known."""
        for name, words in _WORDS.items():
            share: Fraction | None = getattr(self, name)
            if share is not None:
                yield name, words, share

    def to_json(self) -> dict[str, Any]:
        """Return the audit as JSON values."""
        shares = ("dangling", "uncited", "without_url", "duplicate_ids", "outside_list", "shared_urls")
        found: dict[str, Any] = {"citations": self.citations, "kinds": dict(self.kinds)}
        for name in (*shares, "bare_paragraphs", "bare_claims"):
            share: Fraction | None = getattr(self, name)
            found[name] = share.to_json() if share else None
        found["domains"] = [
            {"domain": domain, "citations": count, "of": self.located} for domain, count in self.domains
        ]
        return found


def audit(document: Document, provider_sources: Sequence[Source] = ()) -> Audit:
    """Return the audit of a document, compared with the sources that its provider listed."""
    citations, sources = document.citations, document.sources
    named = [
        (number, status) for citation in citations for number, status in zip(citation.ids, citation.status, strict=True)
    ]
    dangling = [number for number, status in named if status is Resolution.DANGLING]
    cited = {number for number, status in named if status is not Resolution.DANGLING}
    urls = [url for citation in citations for url in citation.urls if url]
    distinct = list(dict.fromkeys(urls))
    labels = Counter(source.id.partition("#")[0] for source in sources)
    by_url: dict[str, list[str]] = {}
    for source in sources:
        if source.url:
            by_url.setdefault(source_key.exact(source.url), []).append(source.id)
    listed = {source_key.loose(source.url) for source in provider_sources if source.url}
    outside = [url for url in distinct if source_key.loose(url) not in listed]
    domains = Counter(source_key.site_name(host) for url in urls if (host := host_of(leads_to(url))))
    missing = gaps(document)
    return Audit(
        citations=len(citations),
        kinds=tuple(Counter(str(citation.kind) for citation in citations).most_common()),
        dangling=_share(dangling, len(named)),
        uncited=_share([source.id for source in sources if source.id not in cited], len(sources)),
        without_url=_share([source.id for source in sources if not source.url], len(sources)),
        duplicate_ids=_share([label for label, count in labels.items() if count > 1], len(labels)),
        outside_list=_share(outside, len(distinct)) if listed else None,
        shared_urls=_share([", ".join(ids) for ids in by_url.values() if len(ids) > 1], len(by_url)),
        bare_paragraphs=Fraction(len(missing.paragraphs), missing.of_paragraphs),
        bare_claims=Fraction(len(missing.claims), missing.of_claims),
        domains=tuple(sorted(domains.items(), key=lambda pair: (-pair[1], pair[0]))),
        located=sum(domains.values()),
    )


def _share(found: Sequence[str], of: int) -> Fraction:
    return Fraction(len(found), of, tuple(dict.fromkeys(found))[:_EXAMPLES])


@frozen
class Gap:
    """A place without a citation: its line, and its text."""

    line: int
    text: str


@frozen
class Gaps:
    """The places without a citation, in reading order, and the totals."""

    paragraphs: tuple[Gap, ...]
    of_paragraphs: int  # of eight words and more
    claims: tuple[Gap, ...]  # sentences with a figure
    of_claims: int


def gaps(document: Document) -> Gaps:
    """Return the paragraphs and the claims without a citation; lists of sources are neither."""
    listed = {source.line for source in document.sources if source.line}
    bare: list[Gap] = []
    loose: list[Gap] = []
    paragraphs = claims = 0
    for line, spans in prose(document.blocks):
        text = "".join(span.text for span in spans if span.cite is None or not span.text.startswith("["))
        if line in listed or count_words(text) < _SHORTEST:
            continue
        paragraphs += 1
        if all(span.cite is None for span in spans):
            bare.append(Gap(line, text))
        for sentence, figures, sourced in _sentences(spans):
            claims += figures
            if figures and not sourced:
                loose.append(Gap(line, sentence.strip()))
    return Gaps(tuple(bare), paragraphs, tuple(loose), claims)


def prose(blocks: Sequence[Block | Item]) -> Iterator[tuple[int, Spans]]:
    """Yield the spans of every paragraph, field, list item and table row, with its line."""
    for block in blocks:
        match block:
            case Paragraph(line, spans) | StructuredField(line, _, _, _, spans):
                yield line, spans
            case List(items=items):
                yield from prose(items)
            case Item(blocks=inner) | Quote(blocks=inner):
                yield from prose(inner)
            case Table(rows=rows):
                for row in rows:
                    yield row.line, tuple(span for cell in row.cells for span in (*cell, _BETWEEN_CELLS))


def _sentences(spans: Spans) -> Iterator[tuple[str, bool, bool]]:
    """Yield (sentence, whether it has a figure, whether a citation is in it or right after it)."""
    figures = sourced = ended = False
    text = ""
    for span in spans:
        if span.cite is not None:
            sourced = True
            continue
        at = 0
        for end in _SENTENCE_END.finditer(span.text):
            if ended and span.text[at : end.start()].strip():
                yield text, figures, sourced
                figures = sourced = False
                text = ""
            figures = figures or bool(_FIGURE.search(span.text, at, end.start()))
            text += span.text[at : end.end()]
            ended, at = True, end.end()
        rest = span.text[at:]
        if rest.strip():
            if ended:
                yield text, figures, sourced
                figures = sourced = ended = False
                text = ""
            figures = figures or bool(_FIGURE.search(rest))
        text += rest
    yield text, figures, sourced
