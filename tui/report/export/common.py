"""Shared parts of the formats: the facts at the top, reference labels, citations by source."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tui.domain.detail import Detail
from tui.domain.times import iso
from tui.domain.url import Verdict, check_url
from tui.report.document import Document, Entry


def facts(detail: Detail) -> Iterator[tuple[str, str]]:
    """Yield (label, value) for the head of an export: origin and cost of the report."""
    task = detail.task
    yield "provider", task.provider
    for label, value in (
        ("mode", task.mode),
        ("status", task.provider_status or task.status.value),
        ("created", iso(task.created_at)),
        ("finished", iso(task.finished_at)),
        ("task", task.remote_id),
        ("page", task.web_url),
    ):
        if value:
            yield label, value
    if task.cost.amount is not None:
        yield "cost", f"{task.cost.amount:g} {task.cost.unit} ({task.cost.kind.value.replace('_', ' ')})"
    for warning in task.warnings:
        yield "warning", warning


def citations_of(document: Document) -> Mapping[str, list[int]]:
    """Return by source id the indexes of its citations, in order of the text."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, citation in enumerate(document.citations):
        for identifier in dict.fromkeys(citation.ids):
            places[identifier].append(index)
    return places


def deep_link(entry: Entry) -> str | None:
    """Return the URL of a source with its text fragment, if it has one."""
    if entry.url is None:
        return None
    if entry.fragment and "#" not in entry.url:
        return entry.url + entry.fragment
    return entry.url


def web_link(url: str | None) -> str | None:
    """Return `url` if it may be a link in an exported file; else None."""
    return url if url and check_url(url).verdict is not Verdict.REFUSE and url.lower().startswith("http") else None


def label(entry: Entry) -> str:
    """Return the label of a source: its title, else its URL, else its id."""
    return " ".join((entry.title or entry.url or f"source {entry.id}").split())
