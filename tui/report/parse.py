"""Markdown -> `Document`: total, pure and linear in the size of the text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from markdown_it.token import Token

from tui.domain import slices
from tui.domain.detail import Numbering, Source
from tui.domain.patterns import late
from tui.report.citations.build import build, title_of
from tui.report.citations.positions import Places
from tui.report.citations.resolve import Resolver
from tui.report.document import Document, MarkerKind
from tui.report.html.detect import is_html
from tui.report.list_headings import is_works_cited, may_have_access_dates
from tui.report.markdown.grammar import MarkerToken
from tui.report.markdown.outer_fence import PAGE, Wrapper, find_wrapper
from tui.report.sources.entries import read_listing
from tui.report.tokenize import front, new_env, read_page, read_plain

_BRACKET_MARKER = late(r"\[\d{1,3}\](?![(:])")
_FEW_BRACKETS = 5
_HEADING = late(r"^(?:#{1,6}[^\S\n]|\*\*).{4,60}$", re.MULTILINE)


def parse(
    text: str, sources: Sequence[Source | Mapping[str, Any]] = (), *, numbering: Numbering = Numbering.NONE
) -> Document:
    """Return the document of a markdown report.

    Args:
        text: Any string; never raises.
        sources: What came beside the text: a provider's sources, or entries `{"id", "url", "title"}`.
        numbering: How numbers in the text relate to these sources.
    """
    text = _normal(text)
    given = [as_source(source) for source in sources if _has_id(source)]
    wrapper = find_wrapper(text)
    if wrapper is not None and wrapper.language in PAGE:
        return parse_page(_without_fence(text, wrapper), given, numbering=numbering)
    if wrapper is None and is_html(text):
        return parse_page(text, given, numbering=numbering)
    env = new_env(flattened=_may_be_flattened(text))
    env["wrapper"] = wrapper
    tokens = front().parse(text, env)
    document = assemble(text, tokens, env["marks"], given, numbering=numbering)
    _free(tokens, env["marks"])
    return document


def parse_page(text: str, sources: Sequence[Source] = (), *, numbering: Numbering = Numbering.NONE) -> Document:
    """Return the document of an HTML page; never raises."""
    from tui.report.html.reader import markdown_inside

    inside = markdown_inside(text)
    if inside is not None:
        return parse(inside, sources, numbering=numbering)
    text = _normal(text)
    page = read_page(text)
    document = assemble(text, page.tokens, page.marks, sources, numbering=numbering)
    _free(page.tokens, page.marks)
    return replace(document, title=document.title or page.title)


def parse_text(text: str, sources: Sequence[Source] = (), *, numbering: Numbering = Numbering.NONE) -> Document:
    """Return the document of plain text: its lines as they are, with citation markers; never raises."""
    text = _normal(text)
    tokens, marks = read_plain(text)
    document = assemble(text, tokens, marks, sources, numbering=numbering)
    _free(tokens, marks)
    return document


def assemble(
    text: str, tokens: Sequence[Token], marks: Sequence[MarkerToken], sources: Sequence[Source], *, numbering: Numbering
) -> Document:
    """Return the document of a parsed text: reads sources, resolves markers, builds blocks."""
    _note_headings(tokens)
    listing = read_listing(tokens)
    places = Places(text)
    resolver = Resolver(listing, sources, numbering, places.of_mark)
    citations, entries = resolver.run(marks)
    for mark in marks:
        mark.token = None  # which has the mark: as a circle, all tokens would stay in memory
    built = build(tokens)
    return Document(
        blocks=tuple(built.blocks),
        citations=citations,
        sources=entries,
        outline=tuple(built.outline),
        title=title_of(built.outline),
        words=built.words,
        anchors=built.anchors,
    )


def _free(tokens: list[Token], marks: list[MarkerToken]) -> None:
    for token in tokens:
        slices.drop(token.children or [])
    slices.drop(tokens)
    slices.drop(marks)


def _without_fence(text: str, wrapper: Wrapper) -> str:
    """Return a text without the fence around it; every character keeps its position."""
    lines = text.split("\n")
    for at in (wrapper.opening, wrapper.closing):
        if at < len(lines):
            lines[at] = " " * len(lines[at])
    return "\n".join(lines)


def _normal(text: str) -> str:
    """Return `text` with the line ends and NUL replacement of markdown-it, so that positions agree."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def as_source(source: Source | Mapping[str, Any]) -> Source:
    """Return an entry of a sidecar list as a `Source`; odd members become text."""
    if isinstance(source, Source):
        return source
    known = {"id", "url", "title"}
    facts = tuple((str(key), str(value)) for key, value in source.items() if key not in known and value is not None)
    url, title = source.get("url"), source.get("title")
    return Source(str(source.get("id", "")), str(url) if url else None, str(title) if title else None, facts=facts)


def _has_id(source: Source | Mapping[str, Any]) -> bool:
    return isinstance(source, Source) or source.get("id") not in (None, "")


def _may_be_flattened(text: str) -> bool:
    """Whether to look for flattened markers; decided for good once the lists are read."""
    if len(list(islice(slices.finditer(_BRACKET_MARKER, text), _FEW_BRACKETS))) == _FEW_BRACKETS:
        return False
    headings = slices.finditer(_HEADING, text)
    return may_have_access_dates(text) or any(is_works_cited(found[0]) for found in headings)


def _note_headings(tokens: Sequence[Token]) -> None:
    inside = False
    for token in tokens:
        if token.type == "heading_open":
            inside = True
        elif token.type == "heading_close":
            inside = False
        elif inside and token.children:
            for child in token.children:
                mark = child.meta.get("mark")
                if mark is not None and mark.kind is MarkerKind.NUMERIC:
                    mark.heading = True
