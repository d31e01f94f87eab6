"""Results as Yutori delivers them: HTML or markdown text, one update that repeats it, citations, statistics."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from tui.simulator.clock import milliseconds
from tui.simulator.content import DemoReport, DemoSource, replace_markers
from tui.simulator.json_body import Body
from tui.simulator.schema_samples import structured

if TYPE_CHECKING:
    from markdown_it.token import Token

_NAMES = UUID("6a5f0c3e-97a4-4c80-9d5b-3f2f0a4f5b11")
_ONLY_IN_TEXT = 11  # every so many anchors none of the citations knows
_MARKER = re.compile(r"\s*\[(\d+)\]")
_TAGS = {"strong": "b", "em": "i"} | {f"h{level}": f"h{min(level + 1, 6)}" for level in range(1, 7)}


def text(report: DemoReport, traits: Mapping[str, Any]) -> str:
    """The result: HTML whose citations are anchors without text, or markdown with named links."""
    if "bare" in traits:
        return f"{report.title}. Plain text, no links."
    if "markdown" in traits:
        links = {source.id: f"([{source.host}]({source.url}))" for source in report.sources}
        return replace_markers(report.markdown, links)
    return _html(report)


@lru_cache(maxsize=64)
def _html(report: DemoReport) -> str:
    return to_html(report.markdown, {source.id: source.url for source in report.sources})


def citations(report: DemoReport) -> list[Body]:
    """Citations with string ids from "0": some anchors have none, and one of them stands nowhere in the text."""
    cited = [source for index, source in enumerate(report.sources) if index % _ONLY_IN_TEXT != _ONLY_IN_TEXT - 1]
    listed = [_citation(index, source) for index, source in enumerate(cited)]
    unused: Body = {"id": str(len(listed)), "url": "https://www.rfc-editor.org/", "preview_data": {}}
    return [*listed, unused]


def _citation(index: int, source: DemoSource) -> Body:
    preview = {"title": source.title, "description": source.snippet or None, "url": source.url}
    return {
        "id": str(index),
        "url": source.url,
        "preview_data": {key: value for key, value in preview.items() if value},
    }


def stats(report: DemoReport, share: float) -> Body:
    """Statistics after `share` of the work: they only grow."""
    pages = int(len(report.sources) * 2.6 * share)
    calls = int((len(report.sources) * 3.4 + 12) * share)
    return {
        "num_tool_calls": calls,
        "num_mcp_tool_calls": calls,
        "num_webpages_read": pages,
        "num_navigator_steps": int(15 * share),
        "num_websites_visited": len({source.host for source in report.sources[:pages]}),
        "sec_saved": int(1810 * share),
    }


def update(
    report: DemoReport, traits: Mapping[str, Any], task_id: str, moment: datetime, fields: tuple[Any, str]
) -> Body:
    """The update that carries the finished text."""
    body: Body = {
        "id": str(uuid5(_NAMES, f"{task_id}/final")),
        "timestamp": int(moment.timestamp()) if "bare" in traits else milliseconds(moment),
        "content": text(report, traits),
    }
    if "bare" in traits:
        return body
    return body | {
        "citations": citations(report),
        "stats": stats(report, 1.0),
        "structured_result": fields[0],
        "structured_output_status": fields[1],
        "header_image_url": None,
    }


def interim_update(report: DemoReport, task_id: str, number: int, share: float, moment: datetime) -> Body:
    """An update sent while the task runs: allowed by the schema, never published."""
    heading = report.headings[number % len(report.headings)] if report.headings else report.title
    return {
        "id": str(uuid5(_NAMES, f"{task_id}/{number}")),
        "timestamp": milliseconds(moment),
        "content": f"<p>Reading sources for <b>{escape(heading)}</b>.</p>",
        "citations": [],
        "stats": stats(report, share),
        "structured_result": None,
        "structured_output_status": "not_requested",
        "header_image_url": None,
    }


def structured_result(report: DemoReport, schema: Mapping[str, Any]) -> Any:
    """A value that follows `schema`; a plain one stands in a list."""
    value = structured(report, schema)
    return value if isinstance(value, dict | list) else [value]


def to_html(markdown: str, urls: Mapping[int, str]) -> str:
    """The markdown as one `<article>`; `[n]` becomes an anchor without text to `urls[n]`."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("escape")  # formulas keep theirs
    tokens = parser.parse(markdown)
    for token in tokens:
        token.tag, token.info = _TAGS.get(token.tag, token.tag), ""
        token.attrs.pop("style", None)
        for part in token.children or ():
            _change(part, urls)
    return f"<article>{parser.renderer.render(tokens, parser.options, {})}</article>"


def _change(part: "Token", urls: Mapping[int, str]) -> None:
    """Turn a piece of text into HTML, with anchors for its markers."""

    def anchor(found: re.Match[str]) -> str:
        url = urls.get(int(found[1]))
        return found[0] if url is None else f' <a href="{escape(url)}"></a>'

    part.tag = _TAGS.get(part.tag, part.tag)
    if part.type == "text":
        part.type, part.content = "html_inline", _MARKER.sub(anchor, escape(part.content))
