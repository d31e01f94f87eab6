"""A report as one self-contained, printable page: nothing executable, nothing fetched, anchors both ways."""

import html
import json
from collections.abc import Iterator
from itertools import groupby

from tui.domain.detail import Detail
from tui.domain.url import openable
from tui.report.document import (  # fmt: skip
    Align,
    Block,
    Citation,
    Code,
    Document,
    Entry,
    Heading,
    List,
    Look,
    Math,
    Notice,
    Paragraph,
    Quote,
    Rule,
    Section,
    Span,
    Spans,
    StructuredField,
    Table,
)
from tui.report.export.common import citations_of, deep_link, facts, label, web_link
from tui.report.export.json import RECORD, core

_TAGS = (
    (Look.BOLD, "strong"), (Look.ITALIC, "em"), (Look.STRIKE, "del"), (Look.CODE, "code"), (Look.SUPER, "sup"),
    (Look.SUB, "sub"),
)  # fmt: skip
_STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1c1c1e, #e6e6e6); --dim: light-dark(#6b6b70, #9a9aa0);
  --line: light-dark(#d9d9de, #3a3a3f); --chip: light-dark(#e8eefc, #1f2d4d); --link: light-dark(#1d4ed8, #8ab4f8); }
body { max-width: 46rem; margin: 3rem auto; padding: 0 1rem; font: 17px/1.6 Georgia, serif; color: var(--ink);
  background: light-dark(#fff, #17171a); overflow-wrap: anywhere; }
h1, h2, h3, h4, nav, dl, .refs { font-family: system-ui, sans-serif; line-height: 1.25; }
a { color: var(--link); } a.cite { font: 0.78em system-ui, sans-serif; text-decoration: none; background: var(--chip);
  padding: 0 0.3em; border-radius: 0.4em; vertical-align: 0.15em; } .dangling { color: var(--dim); }
:target { outline: 2px solid var(--link); outline-offset: 3px; } dt { color: var(--dim); float: left; clear: left;
  width: 7rem; } dd { margin: 0 0 0.2rem 7rem; } pre { overflow-x: auto; padding: 0.8rem; border: 1px solid var(--line);
  font-size: 0.85em; } .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.92em; }
td, th { border: 1px solid var(--line); padding: 0.3em 0.6em; text-align: left; vertical-align: top; }
blockquote { border-left: 3px solid var(--line); margin-left: 0; padding-left: 1rem; } .refs { font-size: 0.9em; }
.refs li { margin-bottom: 0.6em; } .back, .host { color: var(--dim); }
.c { text-align: center; } .r { text-align: right; }
@media print { body { margin: 0; max-width: none; } nav { display: none; } a.cite { background: none; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"


def render(detail: Detail, document: Document) -> str:
    """Return a whole HTML page."""
    writer = _Writer(document)
    title = _text(detail.task.title or document.title or "Report")
    rows = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in facts(detail))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="referrer" content="no-referrer">\n'
        f"{_record(detail)}<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<dl>{rows}</dl>\n{_contents(document.outline)}<main>\n{''.join(writer.blocks(document.blocks))}</main>\n"
        f"{writer.references()}</body>\n</html>\n"
    )


def _record(detail: Detail) -> str:
    """Return the report as received, embedded so that the page can be read back (`cite`, `read`, `import`)."""
    if detail.report is None:
        return ""
    content = json.dumps(core(detail), ensure_ascii=False).replace("(", "\\u0028")  # nothing that looks like CSS
    return f'<meta name="{RECORD}" content="{_text(content)}">\n'


def _text(text: str) -> str:
    return html.escape(text, quote=True)


def _contents(outline: tuple[Section, ...]) -> str:
    if len(outline) < 3:
        return ""
    top = min(section.level for section in outline)
    rows = "".join(
        f'<li style="margin-left:{(section.level - top) * 1.2:.1f}rem">'
        f'<a href="#{_text(section.slug)}">{_text(section.title)}</a></li>'
        for section in outline
    )
    return f'<nav aria-label="Contents"><ul style="list-style:none;padding:0">{rows}</ul></nav>\n'


class _Writer:
    """Converts blocks to HTML, numbering citations in order."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._places = citations_of(document)
        self._known = {entry.id for entry in document.sources}
        self._drawn: set[int] = set()

    def blocks(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        for kind, group in groupby(blocks, lambda block: isinstance(block, StructuredField)):
            if kind:
                fields = (self._field(block) for block in group if isinstance(block, StructuredField))
                yield f"<dl>{''.join(fields)}</dl>\n"
            else:
                yield from (self._block(block) for block in group)

    def _block(self, block: Block) -> str:
        match block:
            case Heading(level=level, spans=spans, slug=slug):
                return f'<h{level} id="{_text(slug)}">{self._spans(spans)}</h{level}>\n'
            case Paragraph(spans=spans):
                return f"<p>{self._spans(spans)}</p>\n"
            case Quote(blocks=blocks):
                return f"<blockquote>{''.join(self.blocks(blocks))}</blockquote>\n"
            case List():
                return self._list(block)
            case Code(text=text):
                return f"<pre><code>{_text(text)}</code></pre>\n"
            case Math(text=text):
                return f"<pre>{_text(text)}</pre>\n"
            case Table():
                return self._table(block)
            case Notice(text=text):
                return f"<p><em>{_text(text)}</em></p>\n"
            case StructuredField():
                return f"<dl>{self._field(block)}</dl>\n"
            case Rule():
                return "<hr>\n"

    def _field(self, field: StructuredField) -> str:
        return f'<dt title="{_text(field.path)}">{_text(field.name)}</dt><dd>{self._spans(field.spans)}&nbsp;</dd>'

    def _list(self, block: List) -> str:
        tag = "ol" if block.ordered else "ul"
        rows = []
        for item in block.items:
            box = "" if item.checked is None else "☑ " if item.checked else "☐ "
            if block.tight and item.blocks and isinstance(item.blocks[0], Paragraph):
                inner = self._spans(item.blocks[0].spans) + "".join(self.blocks(item.blocks[1:]))
            else:
                inner = "".join(self.blocks(item.blocks))
            number = item.label.rstrip(".)")
            value = f' value="{number}"' if block.ordered and number.isdecimal() and number.isascii() else ""
            rows.append(f"<li{value}>{box}{inner}</li>\n")
        return f"<{tag}>\n{''.join(rows)}</{tag}>\n"

    def _table(self, table: Table) -> str:
        head = self._cells("th", table.head, table.aligns)
        rows = "".join(f"<tr>{self._cells('td', row.cells, table.aligns)}</tr>\n" for row in table.rows)
        return f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>\n'

    def _cells(self, tag: str, cells: tuple[Spans, ...], aligns: tuple[Align, ...]) -> str:
        return "".join(self._cell(tag, cell, aligns, column) for column, cell in enumerate(cells))

    def _cell(self, tag: str, spans: Spans, aligns: tuple[Align, ...], column: int) -> str:
        align = aligns[column] if column < len(aligns) else Align.LEFT
        style = {Align.CENTER: ' class="c"', Align.RIGHT: ' class="r"', Align.LEFT: ""}[align]
        return f"<{tag}{style}>{self._spans(spans)}</{tag}>"

    def _spans(self, spans: Spans) -> str:
        return "".join(self._span(span) for span in spans)

    def _span(self, span: Span) -> str:
        if span.cite is not None:
            return self._chip(span.cite, span)
        text = _text(span.text).replace("\n", "<br>\n")
        if span.look & Look.IMAGE:
            text = f"🖼 {text or 'image'}"
        for look, tag in _TAGS:
            if span.look & look:
                text = f"<{tag}>{text}</{tag}>"
        link = web_link(span.url)
        return f'<a href="{_text(openable(link))}" rel="noopener noreferrer">{text}</a>' if link else text

    def _chip(self, index: int, span: Span) -> str:
        citation = self._document.citations[index]
        anchor = "" if index in self._drawn else f' id="c{index}"'
        self._drawn.add(index)
        if len(citation.ids) == 1:
            return self._marker(citation, 0, anchor, span.text)
        parts = [
            self._marker(citation, at, anchor if at == 0 else "", citation.ids[at]) for at in range(len(citation.ids))
        ]
        return " ".join(parts)

    def _marker(self, citation: Citation, at: int, anchor: str, text: str) -> str:
        identifier = citation.ids[at]
        if identifier not in self._known:
            return f'<span class="cite dangling"{anchor} title="no source with this number">{_text(text)}</span>'
        return f'<a class="cite"{anchor} href="#s-{_text(identifier)}">{_text(text)}</a>'

    def references(self) -> str:
        """Return the list of sources, each with links back to every place that cites it."""
        if not self._document.sources:
            return ""
        rows = "".join(self._reference(entry) for entry in self._document.sources)
        body = f'<ul style="list-style:none;padding:0">\n{rows}</ul>'
        return f'<section class="refs"><h2>References</h2>\n{body}</section>\n'

    def _reference(self, entry: Entry) -> str:
        link = web_link(deep_link(entry))
        title = _text(label(entry))
        named = f'<a href="{_text(openable(link))}" rel="noopener noreferrer">{title}</a>' if link else title
        shown = f'<br><span class="host">{_text(entry.url)}</span>' if entry.url and entry.title else ""
        snippet = f"<br>{_text(entry.snippet)}" if entry.snippet else ""
        places = self._places.get(entry.id, [])
        back = " ".join(f'<a href="#c{index}">↑{number}</a>' for number, index in enumerate(places, 1))
        cited = f' <span class="back">{back}</span>' if back else ' <span class="back">not cited</span>'
        return f'<li id="s-{_text(entry.id)}">[{_text(entry.id)}] {named}{cited}{shown}{snippet}</li>\n'
