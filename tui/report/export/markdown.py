"""A report as markdown: the text as received (other formats rewritten from the document), references at the end."""

from collections.abc import Iterator

from tui.domain.detail import Detail, ReportFormat
from tui.domain.source_key import loose
from tui.report.document import (  # fmt: skip
    Align,
    Block,
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
    Span,
    Spans,
    StructuredField,
    Table,
)
from tui.report.export.common import deep_link, facts, label
from tui.report.parse import parse

_RULES = {Align.LEFT: ":---", Align.CENTER: ":---:", Align.RIGHT: "---:"}
_MARKS = ((Look.BOLD, "**"), (Look.ITALIC, "*"), (Look.STRIKE, "~~"))


def render(detail: Detail, document: Document) -> str:
    """Return front matter, the report, and `## References` with the sources that the report itself does not list.

    Every source has the id that the text uses. Sources that the text lists are not repeated: whoever reads the file
    back would count them twice.
    """
    front = [
        "---",
        *(f'{name}: "{_quote(value)}"' for name, value in (("title", detail.task.title), *facts(detail))),
        "---",
    ]
    report = detail.report
    if report is not None and report.format is ReportFormat.MARKDOWN:
        body = report.text.strip()
    else:
        body = "\n\n".join("\n".join(_lines(block)) for block in document.blocks)
    references = [_reference(entry.id, label(entry), deep_link(entry)) for entry in _unlisted(body, document)]
    tail = ["", "## References", "", *references] if references else []
    return "\n".join([*front, "", body, *tail]) + "\n"


def _unlisted(body: str, document: Document) -> list[Entry]:
    """Return the sources that the text alone, parsed as markdown, would not have."""
    own = parse(body).sources
    places = {(entry.id, loose(entry.url)) for entry in own if entry.url}
    named = {entry.id for entry in own}
    linked = {loose(entry.url) for entry in own if entry.url and entry.line is None}

    def given(entry: Entry) -> bool:
        if not entry.url:
            return entry.id in named
        key = loose(entry.url)
        return (entry.id, key) in places or key in linked

    return [entry for entry in document.sources if not given(entry)]


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(level=level, spans=spans):
            yield f"{'#' * level} {_inline(spans)}"
        case Paragraph(spans=spans):
            yield from _inline(spans).split("\n")
        case StructuredField(name=name, spans=spans, depth=depth):
            yield f"{'  ' * depth}- **{name}**: {_inline(spans)}"
        case Quote(blocks=blocks):
            yield from (f"> {line}".rstrip() for line in _joined(blocks))
        case List(items=items, ordered=ordered):
            for number, item in enumerate(items, 1):
                box = "" if item.checked is None else "[x] " if item.checked else "[ ] "
                lead = f"{number}. " if ordered else "- "
                first, *rest = [*_joined(item.blocks)] or [""]
                yield f"{lead}{box}{first}"
                yield from (f"{' ' * len(lead)}{line}".rstrip() for line in rest)
        case Code(text=text, language=language):
            fence = "`" * max(3, _longest_run(text) + 1)
            yield from (f"{fence}{language}", *text.splitlines(), fence)
        case Math(text=text):
            yield from ("$$", *text.splitlines(), "$$")
        case Table(head=head, rows=rows, aligns=aligns):
            yield _row(head)
            yield f"| {' | '.join(_RULES[align] for align in aligns)} |"
            yield from (_row(row.cells) for row in rows)
        case Notice(text=text):
            yield f"*{text}*"
        case Rule():
            yield "---"


def _joined(blocks: tuple[Block, ...]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        if number and not isinstance(block, List):
            yield ""
        yield from _lines(block)


def _row(cells: tuple[Spans, ...]) -> str:
    return f"| {' | '.join(_inline(cell).replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in cells)} |"


def _inline(spans: Spans) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    if span.look & Look.IMAGE:
        return f"![{span.text}]({span.url})"
    text = f"`{span.text}`" if span.look & Look.CODE else span.text
    for look, mark in _MARKS:
        if span.look & look and text.strip():
            text = f"{mark}{text}{mark}"
    return f"[{text}](<{span.url}>)" if span.url and span.url != span.text and span.cite is None else text


def _longest_run(text: str) -> int:
    longest = run = 0
    for char in text:
        run = run + 1 if char == "`" else 0
        longest = max(longest, run)
    return longest


def _reference(identifier: str, title: str, url: str | None) -> str:
    return f"[{identifier}] {title}" + (f": {url}" if url and url != title else "") + "\n"


def _quote(value: str) -> str:
    return " ".join(value.split()).replace("\\", "\\\\").replace('"', '\\"')
