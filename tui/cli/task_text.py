"""Plain `show`: a task with everything known about it, as text for people; nothing received is left out."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tui.domain.amounts import amount_text, plain_cost_text, size_text
from tui.domain.redact import redact_url
from tui.domain.text import as_words, one_line, plural
from tui.domain.times import format_local, parse_time

if TYPE_CHECKING:
    from tui.domain.detail import Deliverable, Detail, Image, Interaction, Json, Source, Step, Update

_LABEL = 20  # cells


def describe(detail: "Detail", record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of `show`; `record` is the object of `show --json`."""
    yield from (detail.task.title, "")
    facts = [(f"{label}:", one_line(text)) for label, text in _facts(detail, record) if text]
    width = min(_LABEL, max(len(label) for label, _ in facts) + 1)
    yield from (f"{label:<{width}} {text}" for label, text in facts)
    yield from _section("Prompt", [detail.task.prompt] if detail.task.prompt else [])
    if detail.interaction:
        yield from _section(f"Waits for an answer: {as_words(detail.interaction.kind)}", _question(detail.interaction))
    if detail.report:
        partial = " (partial: the task ended before its end)" if detail.report.partial else ""
        yield from _section(f"Report{partial}", [detail.report.text])
        yield from _section("Sources", _each(detail.report.sources, _source))
        evidence = detail.report.evidence.items()
        yield from _section("Evidence", [f"{path}: {', '.join(ids)}" for path, ids in evidence])
    yield from _section("Updates", _each(detail.updates, _update))
    yield from _section("Files", _each(detail.deliverables, _file))
    yield from _section("Images", _each(detail.images, _image))
    yield from _section("Questions answered", _each(detail.answered, _answered))
    structured = detail.structured if not _is_report(detail) else None
    yield from _section("Structured result", [] if structured is None else _json(structured, ""))
    yield from _section("Trace", _each(detail.trace, _step))
    yield from _section("Received, with no place of its own", _members(detail.extra))
    yield from _section("Stored answers", [_version(one) for one in record["versions"]])


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    first = True
    for line in lines:
        if first:
            yield from ("", title, "")
            first = False
        yield line


def _each(items: "Sequence[Any]", lines: Any) -> Iterator[str]:
    for item in items:
        yield from lines(item)


def _facts(detail: "Detail", record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    task, cost = detail.task, record["cost"]
    word = task.provider_status
    yield "id", task.id
    yield "provider", f"{task.account_key} {task.remote_id or ('' if task.is_file else '(no id yet)')}".rstrip()
    raw = f" ({as_words(word)})" if word and word != task.status.value else ""
    yield "status", f"{task.status.value}{raw}"
    yield "started by", record.get("started_by") or ""
    yield "mode", task.mode or ""
    yield "saved" if task.is_file else "created", format_local(task.created_at)
    yield "changed", format_local(task.updated_at)
    if not task.is_file:
        yield "finished", f"{format_local(task.finished_at)}{' (when first seen)' if task.finish_observed else ''}"
    yield "cost", "" if cost["amount"] is None else plain_cost_text(cost)
    for name, amount in task.cost.parts:
        yield f"  {as_words(name)}", amount_text(amount, task.cost.unit)
    yield "kept there", record.get("kept_there") or ""
    yield "page", task.web_url or ""
    yield "error", task.error or ""
    yield from (("warning", warning) for warning in task.warnings)
    yield "batch", task.batch_id or ""
    yield "follows", task.parent_id or ""
    yield "sent with", f"the same brief to others: {task.group_id}" if task.group_id else ""
    for name, one in task.counters.items():
        of = f" of {one.total:,} ({one.meaning.value})" if one.total else ""
        yield as_words(name), f"{one.value:,}{of}"
    counts = ((task.sources, "source"), (task.citations, "citation"))
    yield "holds", ", ".join(plural(count, noun) for count, noun in counts if count is not None)
    yield from ((as_words(label), as_words(value)) for label, value in detail.facts)
    yield from (("problem", problem) for problem in detail.problems)
    yield "marks", " ".join(word for word in ("pinned", "unread", "hidden") if record[word])
    yield "tags", " ".join(record["tags"])
    yield "note", record["note"]


def _is_report(detail: "Detail") -> bool:
    """Whether the structured result is what the report shows already."""
    from tui.domain.detail import ReportFormat

    if detail.report is None or detail.report.format is not ReportFormat.JSON:
        return False
    try:
        return bool(json.loads(detail.report.text, strict=False) == detail.structured)
    except (ValueError, RecursionError):
        return False


def _question(asked: "Interaction") -> Iterator[str]:
    if asked.deadline:
        yield f"answer until {format_local(asked.deadline)}"
    yield from _json(asked.data, "")
    if asked.expected is not None:
        yield "expected answer:"
        yield from _json(asked.expected, "  ")


def _answered(asked: "Interaction") -> Iterator[str]:
    how = "went on by itself" if asked.auto_continued else "answered"
    yield f"{format_local(asked.answered_at or asked.created_at)}  {as_words(asked.kind)}: {how}"
    for title, value in (("asked", asked.data), ("expected", asked.expected), ("answer", asked.response)):
        if value is not None:
            yield f"  {title}:"
            yield from _json(value, "    ")


def _source(source: "Source") -> Iterator[str]:
    address = f"{source.url}{source.fragment or ''}" if source.url else ""
    yield f"[{source.id}] {one_line(source.title or '')} {one_line(address)}".rstrip()
    if source.snippet:
        yield f"    {one_line(source.snippet)}"
    yield from _pairs(source.facts)


def _update(update: "Update") -> Iterator[str]:
    yield f"{format_local(update.at)}  {update.text}".strip()
    yield from _pairs(update.facts)
    for source in update.sources:
        yield from (f"    {line}" for line in _source(source))
    if update.structured is not None:
        yield from _json(update.structured, "    ")


def _file(file: "Deliverable") -> Iterator[str]:
    yield f"{one_line(file.title or file.id)}  {file.kind}  {as_words(file.status)}"
    yield from _pairs((("error", file.error or ""), ("at", redact_url(file.url or "")), *file.facts))


def _image(image: "Image") -> Iterator[str]:
    yield f"{one_line(image.title or image.id)}  {as_words(image.chart or image.kind)}"
    for series in image.series:
        axes = f" ({image.y_label} by {image.x_label})" if image.x_label or image.y_label else ""
        points = ", ".join(f"{x}: {'no number' if y is None else f'{y:,.6g}'}" for x, y in series.points)
        yield f"    {one_line(series.name or 'series')}{one_line(axes)}: {one_line(points)}"
    yield from _pairs((("at", redact_url(image.url or "")), *image.facts))


def _step(step: "Step") -> Iterator[str]:
    who = " ".join(filter(None, (step.role, as_words(step.kind), step.tool)))
    yield f"{one_line(who)}: {step.text}".rstrip()
    if step.data is not None:
        yield from _json(step.data, "    ")


def _version(version: Mapping[str, Any]) -> str:
    received = format_local(parse_time(version["received_at"]))
    return f"{version['number']}  {received}  {size_text(version['size'])}  {as_words(version['state'])}"


def _members(extra: "Mapping[str, Json]") -> Iterator[str]:
    for name, value in extra.items():
        yield f"{one_line(as_words(name))}:"
        yield from _json(value, "  ")


def _pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from (f"    {one_line(as_words(label))}: {one_line(as_words(value))}" for label, value in pairs if value)


def _json(value: "Json", indent: str) -> Iterator[str]:
    if isinstance(value, str):
        yield from (indent + line for line in value.splitlines())
        return
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    yield from (indent + line for line in text.splitlines())
