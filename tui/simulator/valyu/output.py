"""Reports as Valyu writes them: `[[n]](url)` citations, a Sources list at the end, images with their figures, files."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5
from zlib import crc32

from tui.simulator.content import DemoReport, DemoSource, replace_markers
from tui.simulator.json_body import Body

_NAMES = UUID("2c1b7f5e-10c4-4d7e-8b1a-9c7f1d0e6a55")


def asset_id(task_id: str, name: str) -> str:
    """The id of one of a task's files."""
    return str(uuid5(_NAMES, f"{task_id}/{name}"))


def markdown(report: DemoReport, pictures: list[Body], *, computed: bool, awkward: bool) -> str:
    """The whole report, its images in place and the Sources section unsplit at its end (tests/contracts/valyu.md 6)."""
    text = _linked(report)
    parts = re.split(r"(?m)^(?=## )", text)
    for at, picture in zip(range(2, len(parts), 2), pictures, strict=False):
        parts[at - 1] = f"{parts[at - 1].rstrip()}\n\n![{picture['title']}]({picture['image_url']})\n\n"
    text = "".join(parts)
    if computed:
        text += "\n\nThe totals were computed anew from the figures above [[step 3 calculation]]."
    lines = (f"[{number}] {title(source, awkward)} - {source.url}" for number, source in enumerate(report.sources, 1))
    return f"{text}\n\n## Sources\n\n" + "\n".join(lines)


@lru_cache(maxsize=64)
def _linked(report: DemoReport) -> str:
    """The text with its markers as numbered links, neighbours parted by one blank."""
    cited = {source.id: f"[[{number}]]({source.url})" for number, source in enumerate(report.sources, start=1)}
    return re.sub(r"\)(?=\[\[\d)", ") ", replace_markers(report.markdown, cited)).rstrip()


def title(source: DemoSource, awkward: bool) -> str:
    """The source's title; awkward ones hold a line break, as real ones do."""
    return source.title.replace(" ", "\n", 1) if awkward and source.id % 3 == 0 else source.title


def sources(report: DemoReport, awkward: bool) -> list[Body]:
    """The sources array: `source_id` counts from 1; not every entry has every member."""
    return [_source(number, source, awkward) for number, source in enumerate(report.sources, start=1)]


def _source(number: int, source: DemoSource, awkward: bool) -> Body:
    if awkward and number % 5 == 0:
        return {"source_id": number, "title": source.title, "url": source.url}
    body: Body = {"source_id": number, "title": title(source, awkward), "url": source.url}
    if source.snippet:
        body["snippet"] = source.snippet[:203]
    body["word_count"] = words(source)
    if source.snippet:
        body["fragment"] = "#:~:text=" + "%20".join(re.findall(r"\w+", source.snippet)[:8])
    if source.date:
        body["updated_date"] = source.date
    if number % 9:
        body["crawl_date"] = "2026-11-18"
    return body


def words(source: DemoSource) -> int:
    """How many words the source had when it was read."""
    return 300 + crc32(source.url.encode()) % 9000


def images(report: DemoReport, link: Callable[[str], str], created: int, screenshots: bool) -> list[Body]:
    """The report's own charts, else some that count its sources; `link` gives the address of an image by name."""
    made = [_drawn(chart) for chart in report.charts] or _counted(report)
    if screenshots:
        shown = report.sources[0]
        made.append(
            {
                "image_type": "screenshot",
                "title": f"Screenshot of {shown.host}",
                "source_url": shown.url,
                "captured_at": created,
            }
        )
    placed = []
    for index, image in enumerate(made):
        url = link(f"image-{index}")
        placed.append({**image, "image_url": url, "image_id": id_in(url), "created_at": created + 4000 * index})
    return placed


def id_in(url: str) -> str:
    """The asset id an asset URL ends with."""
    return url.partition("?")[0].rpartition("/")[2]


def _counted(report: DemoReport) -> list[Body]:
    hosts = Counter(source.host for source in report.sources).most_common(8)
    years = sorted(Counter(source.date[:4] for source in report.sources if source.date[:4].isdigit()).items())
    made = [_chart("horizontalBar", "Where the sources are published", hosts, "Host")]
    return [*made, _chart("line", "Sources by year", years, "Year")] if len(years) > 2 else made


def _chart(kind: str, caption: str, points: list[tuple[str, int]], axis: str) -> Body:
    series = [{"name": "Sources", "points": points}]
    drawn = _drawn({"title": caption, "chart_type": kind, "x_label": axis, "y_label": "Sources", "series": series})
    return drawn | {"description": f"{caption}: {sum(count for _, count in points)} sources counted."}


def _drawn(chart: Mapping[str, Any]) -> Body:
    return {
        "image_type": "chart",
        "chart_type": chart["chart_type"],
        "title": chart["title"],
        "x_axis_label": chart["x_label"],
        "y_axis_label": chart["y_label"],
        "data_series": [
            {"name": series["name"], "data": [{"x": x, "y": y} for x, y in series["points"]]}
            for series in chart["series"]
        ],
    }


def deliverables(wanted: list[Any], report: DemoReport, link: Callable[[str], str], created: int) -> list[Body]:
    """The files that were asked for; presentations fail, so that a failed one can be seen."""
    return [_deliverable(index, each, report, link, created) for index, each in enumerate(wanted)]


def _deliverable(index: int, wanted: Any, report: DemoReport, link: Callable[[str], str], created: int) -> Body:
    kind = wanted["type"] if isinstance(wanted, dict) else kind_of(wanted)
    name = f"deliverable-{index}"
    body: Body = {
        "id": id_in(link(name)),
        "request": wanted["description"] if isinstance(wanted, dict) else wanted,
        "type": kind,
        "status": "completed",
        "title": f"{report.slug}-{index + 1}.{kind}",
        "url": link(name),
        "s3_key": f"deliverables/{name}.{kind}",
        "created_at": created + 12_000,
    }
    if kind == "pptx":
        return body | {"status": "failed", "error": "The presentation could not be generated"}
    if kind in ("csv", "xlsx"):
        body |= {"row_count": len(report.sources), "column_count": 4}
    return body | {"description": f"{len(report.sources)} sources of the report"}


def kind_of(request: str) -> str:
    """The file type a free-text request names."""
    lower = request.lower()
    return next((kind for kind in ("xlsx", "pptx", "docx", "pdf") if kind in lower), "csv")


def toon(value: Any, depth: int = 0) -> str:
    """The value in TOON notation, as far as objects, lists and plain values go."""
    pad = "  " * depth
    if isinstance(value, dict):
        return "\n".join(_toon_member(name, member, depth) for name, member in value.items())
    if isinstance(value, list):
        return "\n".join(f"{pad}- {_plain(member)}" for member in value)
    return f"{pad}{_plain(value)}"


def _toon_member(name: str, member: Any, depth: int) -> str:
    pad = "  " * depth
    if isinstance(member, dict):
        return f"{pad}{name}:\n{toon(member, depth + 1)}"
    if isinstance(member, list):
        return f"{pad}{name}[{len(member)}]:\n{toon(member, depth + 1)}"
    return f"{pad}{name}: {_plain(member)}"


def _plain(value: Any) -> str:
    if isinstance(value, dict | list):
        return toon(value).strip().replace("\n", "; ")
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
