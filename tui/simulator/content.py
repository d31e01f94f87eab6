"""The reports that simulated services deliver: read from `content/` on first use, chosen by the prompt."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FOLDER = Path(__file__).parent / "content"
_WORD = re.compile(r"[^\W\d_]{4,}")
_CODE = re.compile(r"(?ms)(^(`{3,}|~{3,})[^\n]*\n.*?^\2[ \t]*$|`[^`\n]+`)")
_MARKER = re.compile(r"\[(\d+)\](?!\()")
_MARKERS = re.compile(r" ?(?:\[\d+\](?!\())+")


@dataclass(frozen=True, slots=True)
class DemoSource:
    """One source of a report."""

    id: int
    url: str
    title: str
    snippet: str = ""
    date: str = ""

    @property
    def host(self) -> str:
        """The host name without www."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")


@dataclass(frozen=True, slots=True, eq=False)
class DemoReport:
    """One finished report: markdown with `[n]` markers, where n is the id of a source.

    Equal only to itself, so that what is made from it can be remembered.
    """

    slug: str
    title: str
    brief: str
    markdown: str
    sources: tuple[DemoSource, ...]
    language: str = "en"
    structured: Mapping[str, Any] | None = None  # schema, fields, basis: {path: [ids]}
    charts: tuple[Mapping[str, Any], ...] = ()  # title, chart_type, x_label, y_label, series: [{name, points}]

    @property
    def headings(self) -> list[str]:
        """The level-2 headings without their own numbers, in order."""
        return [*_headings(self)]

    def beginning(self, share: float) -> str:
        """The report up to the end of some section: what a task that ended early leaves."""
        parts = re.split(r"(?m)^(?=## )", self.markdown)
        return "".join(parts[: max(2, round(len(parts) * share))]).rstrip() + "\n"


def prose_and_code(markdown: str) -> list[tuple[str, bool]]:
    """Split markdown into (text, is code) pieces, so that brackets inside code are not rewritten."""
    pieces, end = [], 0
    for code in _CODE.finditer(markdown):
        pieces += [(markdown[end : code.start()], False), (code.group(), True)]
        end = code.end()
    return [*pieces, (markdown[end:], False)]


def replace_markers(markdown: str, known: Mapping[int, str]) -> str:
    """Replace every `[n]` outside code whose n is `known`; others stay as they are."""

    def swap(found: re.Match[str]) -> str:
        return known.get(int(found.group(1)), found.group())

    return "".join(text if is_code else _MARKER.sub(swap, text) for text, is_code in prose_and_code(markdown))


@cache
def without_markers(report: DemoReport) -> str:
    """Return the markdown without `[n]`, outside code."""
    return "".join(text if is_code else _MARKERS.sub("", text) for text, is_code in prose_and_code(report.markdown))


class ReportLibrary:
    """All reports of a folder, by slug; the folder is read on first use."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._reports: dict[str, DemoReport] | None = None

    @property
    def reports(self) -> Mapping[str, DemoReport]:
        """Slug to report, in the order of the file names."""
        if self._reports is None:
            found = [_load(path) for path in sorted(self._folder.glob("*.json")) if path.with_suffix(".md").is_file()]
            self._reports = {report.slug: report for report in found}
        return self._reports

    def choose(self, prompt: str, grain: int) -> DemoReport:
        """Return the report that fits `prompt` best: its brief, else the most words in common, else by `grain`."""
        reports = list(self.reports.values())
        words = set(_WORD.findall(prompt.lower()))
        fits = [10_000 if report.brief == prompt else len(words & _words(report.title)) for report in reports]
        best = max(fits)
        return reports[fits.index(best)] if best > 1 else reports[grain % len(reports)]


@lru_cache(maxsize=64)
def _headings(report: DemoReport) -> tuple[str, ...]:
    return tuple(re.findall(r"(?m)^## +(?:\d+\. +)?(.+?)\s*$", _CODE.sub("", report.markdown)))


@cache
def _words(title: str) -> frozenset[str]:
    return frozenset(_WORD.findall(title.lower()))


def _load(path: Path) -> DemoReport:
    data = json.loads(path.read_text("utf-8"))
    return DemoReport(
        slug=data["slug"],
        title=data["title"],
        brief=data["brief"],
        language=data.get("language", "en"),
        markdown=path.with_suffix(".md").read_text("utf-8"),
        sources=tuple(
            DemoSource(entry["id"], entry["url"], entry["title"], entry.get("snippet") or "", entry.get("date") or "")
            for entry in data["sources"]
        ),
        structured=data.get("structured"),
        charts=tuple(data.get("charts", ())),
    )
