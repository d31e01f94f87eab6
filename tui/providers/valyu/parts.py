"""The parts of a Valyu task beside its text: sources, trace, checkpoints, pictures, files, cost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tui.domain.detail import Deliverable, Image, Interaction, Json, Reply, Series, Source
from tui.domain.task import Cost, CostKind, TaskStatus
from tui.domain.text import one_line, plural
from tui.providers.http.explain import explain_value
from tui.providers.sdk.format import note_twice
from tui.providers.sdk.json import Notes, as_text, clean_json, facts, indented, line, rest_facts, to_number
from tui.providers.valyu import models
from tui.providers.valyu.spec import TASK_USD

_TITLES = {
    "planning_questions": "Questions before it begins",
    "plan_review": "Review the plan",
    "source_review": "Review the sources",
    "outline_review": "Review the outline",
}
_ADVICE = {"include": "keep", "exclude": "drop"}
_LONGEST_WAIT_MS = 10 * 365 * 86_400_000


def sources(bodies: Sequence[models.ValyuSource], notes: Notes) -> tuple[Source, ...]:
    """Return the sources in order; without a `source_id` the position is the cited number (section 6)."""
    numbers = [body.source_id or str(position) for position, body in enumerate(bodies, 1)]
    note_twice(numbers, "number", notes)
    return tuple(
        Source(number, body.url, body.title, body.snippet, body.fragment, rest_facts(body.rest()))
        for number, body in zip(numbers, bodies, strict=True)
    )


def interaction(body: models.ValyuInteraction | None, *, held: bool) -> Interaction | None:
    """Return the pending checkpoint; `held` ones have no deadline."""
    if body is None:
        return None
    kind = line(body.type, 60) or ""
    asked = Interaction(
        id=body.interaction_id or "",
        kind=kind,
        data=body.data,
        created_at=body.created_at,
        deadline=_deadline(body.created_at, body.timeout_ms),
        expected=body.expected_response,
        title=_TITLES.get(kind, ""),
        held=held,
    )
    data = body.data if isinstance(body.data, Mapping) else {}
    questions, domains = data.get("questions"), data.get("domains")
    if kind == "planning_questions" and isinstance(questions, list):
        told = tuple((_member(one, "question"), _member(one, "context")) for one in questions)
        return replace(asked, reply=Reply.ANSWERS, questions=told) if told else asked
    if kind in {"plan_review", "outline_review"}:
        text = as_text(data.get("plan" if kind == "plan_review" else "outline"))
        return replace(asked, reply=Reply.APPROVAL, text=text or indented(body.data))
    if kind == "source_review" and isinstance(domains, list):
        choices = {_member(one, "domain"): _about_domain(one) for one in domains}
        named = tuple((name, about) for name, about in choices.items() if name)
        return replace(asked, reply=Reply.SELECTION, choices=named) if named else asked
    return asked


def _member(value: Json, name: str) -> str:
    if isinstance(value, Mapping):
        return as_text(value.get(name))
    return as_text(value) if name in {"question", "domain"} else ""


def _about_domain(entry: Json) -> str:
    if not isinstance(entry, Mapping):
        return ""
    count = entry.get("source_count")
    told = [plural(count, "source")] if isinstance(count, int) else []
    score = entry.get("avg_relevance_score")
    told += [f"relevance {score:.2f}"] if isinstance(score, int | float) else []
    advice = as_text(entry.get("ai_recommendation") or "")
    told += [f"suggested: {_ADVICE.get(advice, advice)}"] if advice else []
    return ", ".join(told)


def _deadline(created: datetime | None, timeout_ms: int | None) -> datetime | None:
    if created is None or timeout_ms is None or timeout_ms > _LONGEST_WAIT_MS:
        return None
    return created + timedelta(milliseconds=timeout_ms)


def answered(body: models.ValyuInteraction) -> Interaction:
    """Return a past checkpoint."""
    asked = Interaction(body.interaction_id or "", body.type or "", body.data, body.created_at)
    return replace(asked, answered_at=body.responded_at, auto_continued=body.auto_continued, response=body.response)


def image(body: models.ImageBody) -> Image:
    """Return a picture; a chart with its data."""
    extra = [fact for series in body.data_series for fact in _series_facts(series)]
    return Image(
        id=body.image_id or "",
        kind=line(body.image_type, 40) or "",
        title=line(body.title) or "",
        url=body.image_url,
        chart=line(body.chart_type, 40),
        x_label=body.x_axis_label or "",
        y_label=body.y_axis_label or "",
        series=tuple(Series(series.name or "", tuple(_points(series.data))) for series in body.data_series),
        facts=facts(
            ("description", body.description),
            ("screenshot of", body.source_url),
            ("made at", body.created_at),
            ("captured at", body.captured_at),
        )
        + tuple(extra)
        + rest_facts(body.rest()),
    )


def _points(data: object) -> Iterator[tuple[str, float | None]]:
    for point in data if isinstance(data, list) else []:
        if isinstance(point, Mapping):
            yield as_text(clean_json(point.get("x"))), to_number(point.get("y"))
        else:
            yield "", to_number(point)


def _series_facts(series: models.SeriesBody) -> Iterator[tuple[str, str]]:
    """Return the members of points beside x and y (y2, z, values), and the line style."""
    name = series.name or "series"
    if series.line_style:
        yield f"line style of {name}", series.line_style
    points = [point for point in series.data if isinstance(point, Mapping)] if isinstance(series.data, list) else []
    for member in dict.fromkeys(key for point in points for key in point if key not in {"x", "y"}):
        values = ", ".join(as_text(clean_json(point.get(member))) or "–" for point in points)
        yield f"{one_line(str(member), 40)} of {name}", values


def deliverable(body: models.DeliverableBody) -> Deliverable:
    """Return a deliverable."""
    return Deliverable(
        id=body.id or "",
        kind=line(body.type, 40) or "",
        title=line(body.title) or "",
        status=line(body.status, 40) or "",
        url=body.url,
        error=explain_value(body.error) or None,
        facts=facts(
            ("asked for", body.request),
            ("description", body.description),
            ("rows", body.row_count),
            ("columns", body.column_count),
            ("made at", body.created_at),
        )
        + rest_facts(body.rest()),
    )


def pdf(url: str | None) -> tuple[Deliverable, ...]:
    """Return the requested PDF of the report, which is downloaded like any other file."""
    return (Deliverable("report.pdf", "pdf", "Report (PDF)", "completed", url),) if url else ()


def cost(body: models.ValyuTask, status: TaskStatus, mode: str | None) -> Cost:
    """Return the reported cost; before the end, the price of the mode (section 5)."""
    parts = _amounts(body.cost_breakdown.model_dump() if body.cost_breakdown else {})
    if body.cost is not None:
        return Cost(body.cost, "USD", CostKind.REPORTED, parts)
    if body.usage is not None and body.usage.total_cost is not None:
        parts = tuple(part for part in _amounts(body.usage.model_dump()) if part[0] != "total cost")
        return Cost(body.usage.total_cost, "USD", CostKind.REPORTED, parts)
    price = TASK_USD.get((mode or "").lower())
    # Whether cancelled and failed tasks are billed is not published.
    if price is None or status in {TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.PARTIAL}:
        return Cost(parts=parts)
    return Cost(price, "USD", CostKind.PRICE_LIST, parts)


def usage_facts(body: models.ValyuTask) -> tuple[tuple[str, Json], ...]:
    """Return older servers' usage as facts, if a cost is reported beside it."""
    return _amounts(body.usage.model_dump()) if body.usage is not None and body.cost is not None else ()


def _amounts(members: Mapping[str, object]) -> tuple[tuple[str, float], ...]:
    return tuple((name.replace("_", " "), value) for name, value in members.items() if isinstance(value, float))
