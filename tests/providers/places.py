"""Where every property of the published task answers is kept: the table behind "no information is lost".

A row is `property path: (value to plant, place in Detail)`, with what is found there as a third member where it is not
the value itself, and the example body it is planted into as a fourth where it is not the provider's first. A place that
ends in `*` keeps a whole object: everything below the property is found inside it.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tui.domain.detail import Detail


class Row(NamedTuple):
    """One property and its place."""

    planted: Any
    place: str
    found: Any = ...
    base: str = ""

    @property
    def expected(self) -> Any:
        """What is found at the place."""
        return self.planted if self.found is ... else self.found


WHEN = "2026-03-04T05:06:07Z"
MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
MS = int(MOMENT.timestamp() * 1000)
SCHEMA = "extruct-done-schema.json"

EXTRUCT = {
    "id": Row("aaaaaaaa-0000-4000-8000-000000000001", "task.remote_id"),
    "created_at": Row(WHEN, "task.created_at", MOMENT),
    "updated_at": Row(WHEN, "task.updated_at", MOMENT),
    "status": Row("in_progress", "task.provider_status"),
    "brief": Row("a unique brief", "task.prompt"),
    "depth": Row("xhigh", "task.mode"),
    "iterations": Row(71, "task.counters.iterations.value"),
    "agents": Row(23, "task.counters.agents.value"),
    "sources": Row(911, "task.counters.sources.value"),
    "owner.id": Row("owner-17", "facts.owner id"),
    "owner.email": Row("who@example.org", "facts.owner"),
    "output_schema": Row({"title": "unique schema"}, "facts.output schema", '{"title": "unique schema"}'),
    "failure_reason": Row("because of that", "task.error"),
    "report.kind": Row("a new kind", "facts.report kind"),
    "report.markdown": Row("# unique text", "report.text"),
    "report.sources[].id": Row(4711, "report.sources.0.id", "4711"),
    "report.sources[].url": Row("https://unique.example.org/", "report.sources.0.url"),
    "report.degradation_reasons": Row(["half of it is missing"], "task.warnings", ("half of it is missing",)),
    "report.fields": Row({"a": "unique value"}, "structured", {"a": "unique value"}, SCHEMA),
    "report.basis": Row({"headquarters": [4711]}, "report.evidence.headquarters", ("4711",), SCHEMA),
}
_PENDING = "yutori-succeeded-structured-pending.json"
_UPDATES = "yutori-succeeded-citations.json"
_PREVIEW = "report.sources.0"
YUTORI = {
    "task_id": Row("unique-id", "task.remote_id", ..., _UPDATES),
    "view_url": Row("https://platform.yutori.com/research/tasks/u", "task.web_url", ..., _UPDATES),
    "status": Row("running", "task.provider_status", ..., _UPDATES),
    "result": Row("## unique text", "report.text", ..., _UPDATES),
    "structured_result": Row({"a": "unique value"}, "structured", ..., _UPDATES),
    "structured_output_status": Row("a new word", "facts.structured output", ..., _UPDATES),
    "created_at": Row(WHEN, "task.created_at", MOMENT, _UPDATES),
    "updates[].id": Row("update-17", "updates.0.id", ..., _UPDATES),
    "updates[].timestamp": Row(MS, "updates.0.at", MOMENT, _UPDATES),
    "updates[].content": Row("unique words", "updates.0.text", ..., _UPDATES),
    "updates[].citations[].id": Row("citation-17", "updates.0.sources.0.id", ..., _UPDATES),
    "updates[].citations[].url": Row("https://unique.example.org/", "updates.0.sources.0.url", ..., _UPDATES),
    "updates[].citations[].preview_data": Row(
        {"unknown member": "unique value"}, "updates.0.sources.0.facts.unknown member", "unique value", _UPDATES
    ),
    "updates[].stats.num_tool_calls": Row(7001, "task.counters.tool_calls.value", ..., _UPDATES),
    "updates[].stats.num_mcp_tool_calls": Row(7002, "task.counters.mcp_tool_calls.value", ..., _UPDATES),
    "updates[].stats.num_webpages_read": Row(7003, "task.counters.pages_read.value", ..., _UPDATES),
    "updates[].stats.num_navigator_steps": Row(7004, "task.counters.navigator_steps.value", ..., _UPDATES),
    "updates[].stats.num_websites_visited": Row(7005, "task.counters.websites_visited.value", ..., _UPDATES),
    "updates[].stats.sec_saved": Row(7006, "facts.seconds of work saved (Yutori's estimate)", "7006", _UPDATES),
    "updates[].structured_result": Row({"a": "unique value"}, "updates.0.structured", ..., _UPDATES),
    "updates[].structured_output_status": Row("a new word", "updates.0.facts.structured output", ..., _UPDATES),
    "updates[].header_image_url": Row(
        "https://unique.example.org/h.png", "updates.0.facts.header image", ..., _UPDATES
    ),
    "rejection_reason": Row("moon_phase", "facts.rejection reason", ..., _UPDATES),
    "mode": Row("fast", "task.mode", ..., _UPDATES),
    "query": Row("a unique question", "task.prompt", ..., _UPDATES),
}

_FULL = "valyu-status-completed-deliverables.json"
_CHART = "valyu-status-completed-markdown-real-excerpt.json"
_PLAN = "valyu-status-awaiting-input-plan-review.json"
_PAUSED = "valyu-status-paused-outline-review.json"
_BARE = "valyu-status-queued.json"
_JSON = "valyu-status-completed-json.json"


def _source_facts(*names: str) -> dict[str, Row]:
    return {
        f"sources[].{name}": Row(f"unique {name}", f"report.sources.0.facts.{name.replace('_', ' ')}", ..., _FULL)
        for name in names
    }


VALYU = {
    "deepresearch_id": Row("unique-id", "task.remote_id", ..., _FULL),
    "status": Row("failed", "task.provider_status", ..., _FULL),
    "query": Row("a unique question", "task.prompt", ..., _FULL),
    "input": Row("an old question", "task.prompt", ..., "valyu-status-running-no-progress.json"),
    "mode": Row("max", "task.mode", ..., _FULL),
    "research_mode": Row("heavy", "facts.research mode", ..., _FULL),
    "created_at": Row(WHEN, "task.created_at", MOMENT, _FULL),
    "completed_at": Row(MS, "task.finished_at", MOMENT, _FULL),
    "output_formats": Row(
        ["markdown", {"title": "unique"}], "facts.output formats", 'markdown, {"title": "unique"}', _FULL
    ),
    "public": Row(True, "facts.public", "yes", _FULL),
    "batch_id": Row("batch_17", "task.batch_id", ..., _FULL),
    "batch_task_id": Row("mine-17", "facts.id in batch", ..., _FULL),
    "task_id": Row("mine-18", "facts.id in batch", ..., _FULL),
    "progress.current_step": Row(4, "task.counters.steps.value", ..., "valyu-status-running.json"),
    "progress.total_steps": Row(77, "task.counters.steps.total", ..., "valyu-status-running.json"),
    "output_type": Row("toon", "facts.output type", ..., _FULL),
    "output": Row("# unique text", "report.text", ..., _FULL),
    "cost": Row(8.25, "task.cost.amount", ..., _FULL),
    "cost_breakdown.task": Row(8.5, "task.cost.parts.task", ..., _FULL),
    "cost_breakdown.screenshots": Row(8.5, "task.cost.parts.screenshots", ..., _FULL),
    "cost_breakdown.code_execution": Row(8.5, "task.cost.parts.code execution", ..., _FULL),
    "cost_breakdown.deliverables": Row(8.5, "task.cost.parts.deliverables", ..., _FULL),
    "usage.search_cost": Row(8.5, "facts.search cost", "8.5", _FULL),
    "usage.contents_cost": Row(8.5, "facts.contents cost", "8.5", _FULL),
    "usage.ai_cost": Row(8.5, "facts.ai cost", "8.5", _FULL),
    "usage.compute_cost": Row(8.5, "facts.compute cost", "8.5", _FULL),
    "usage.total_cost": Row(8.5, "task.cost.amount", ..., _BARE),
    "pdf_url": Row("https://unique.example.org/r.pdf", "deliverables.1.url", ..., _FULL),
    "error": Row("because of that", "task.error", ..., _FULL),
    "message": Row("as it were", "facts.message", ..., _FULL),
    "success": Row(False, "facts.success", "no", _FULL),
    "title": Row("A unique title", "task.title", ..., _FULL),
    "total_word_count": Row(123456, "task.counters.words_read.value", ..., _FULL),
    "tools": Row({"code_execution": True}, "facts.tools*", ..., _FULL),
    "hitl_config": Row({"plan_review": True}, "facts.checkpoints*", ..., _FULL),
    "editable": Row(True, "facts.can be edited", "yes", _FULL),
    "version": Row(17, "facts.report version", "17", _FULL),
    "structured_output": Row({"a": "unique value"}, "structured", ..., _FULL),
    "sources[].title": Row("A unique title", "report.sources.0.title", ..., _FULL),
    "sources[].url": Row("https://unique.example.org/", "report.sources.0.url", ..., _FULL),
    "sources[].snippet": Row("unique words", "report.sources.0.snippet", ..., _FULL),
    "sources[].source_id": Row(4711, "report.sources.0.id", "4711", _FULL),
    "sources[].fragment": Row("#:~:text=unique words", "report.sources.0.fragment", ..., _FULL),
    "sources[].price": Row(0.125, "report.sources.0.facts.price", "0.125", _FULL),
    "sources[].word_count": Row(4711, "report.sources.0.facts.word count", "4711", _FULL),
    "sources[].locations": Row([{"page": 3}], "report.sources.0.facts.locations", '[{"page": 3}]', _FULL),
    **_source_facts("description", "source", "org_id", "id", "doc_id", "doi", "category", "updated_date", "crawl_date"),
    "images[].image_id": Row("img-17", "images.0.id", ..., _CHART),
    "images[].image_type": Row("hologram", "images.0.kind", ..., _CHART),
    "images[].title": Row("A unique title", "images.0.title", ..., _CHART),
    "images[].description": Row("unique words", "images.0.facts.description", ..., _CHART),
    "images[].image_url": Row("https://unique.example.org/i.png", "images.0.url", ..., _CHART),
    "images[].created_at": Row(MS, "images.0.facts.made at", str(MOMENT), _CHART),
    "images[].source_url": Row("https://unique.example.org/", "images.0.facts.screenshot of", ..., _CHART),
    "images[].captured_at": Row(MS, "images.0.facts.captured at", str(MOMENT), _CHART),
    "images[].chart_type": Row("sankey", "images.0.chart", ..., _CHART),
    "images[].x_axis_label": Row("unique x", "images.0.x_label", ..., _CHART),
    "images[].y_axis_label": Row("unique y", "images.0.y_label", ..., _CHART),
    "images[].data_series[].name": Row("unique series", "images.0.series.0.name", ..., _CHART),
    "images[].data_series[].line_style": Row("dotted", "images.0.facts*", ..., _CHART),
    "images[].data_series[].data[].x": Row("unique label", "images.0.series.0.points.0.0", ..., _CHART),
    "images[].data_series[].data[].y": Row(-4711.5, "images.0.series.0.points.0.1", ..., _CHART),
    "images[].data_series[].data[].y2": Row(4711.25, "images.0.facts*", ..., _CHART),
    "images[].data_series[].data[].z": Row(4711.75, "images.0.facts*", ..., _CHART),
    "images[].data_series[].data[].values": Row([4711.125], "images.0.facts*", ..., _CHART),
    "images[].deepresearch_id": Row("unique-id", "images.0.facts.deepresearch id", ..., _CHART),
    "images[].s3_key": Row("unique/key", "images.0.facts.s3 key", ..., _CHART),
    "deliverables[].id": Row("del-17", "deliverables.0.id", ..., _FULL),
    "deliverables[].request": Row("unique words", "deliverables.0.facts.asked for", ..., _FULL),
    "deliverables[].type": Row("parquet", "deliverables.0.kind", ..., _FULL),
    "deliverables[].status": Row("half done", "deliverables.0.status", ..., _FULL),
    "deliverables[].title": Row("unique.csv", "deliverables.0.title", ..., _FULL),
    "deliverables[].description": Row("unique words", "deliverables.0.facts.description", ..., _FULL),
    "deliverables[].url": Row("https://unique.example.org/d.csv", "deliverables.0.url", ..., _FULL),
    "deliverables[].s3_key": Row("unique/key", "deliverables.0.facts.s3 key", ..., _FULL),
    "deliverables[].row_count": Row(4711, "deliverables.0.facts.rows", "4711", _FULL),
    "deliverables[].column_count": Row(4712, "deliverables.0.facts.columns", "4712", _FULL),
    "deliverables[].error": Row("because of that", "deliverables.0.error", ..., _FULL),
    "deliverables[].created_at": Row(MS, "deliverables.0.facts.made at", str(MOMENT), _FULL),
    "messages[].role": Row("narrator", "trace.0.role", ..., _CHART),
    "messages[].content": Row("unique words", "trace.0.text", ..., _CHART),
    "messages[].content[].type": Row("daydream", "trace.0.kind", ..., _CHART),
    "messages[].content[].text": Row("unique words", "trace.0.text", ..., _CHART),
    "messages[].content[].toolCallId": Row("call-17", "trace.0.data.call", ..., _CHART),
    "messages[].content[].toolName": Row("abacus", "trace.0.tool", ..., _CHART),
    "messages[].content[].input": Row({"a": "unique value"}, "trace.0.data.input", ..., _CHART),
    "messages[].content[].output": Row({"value": "unique value"}, "trace.0.data.output*", ..., _CHART),
    "interaction.interaction_id": Row("int-17", "interaction.id", ..., _PLAN),
    "interaction.type": Row("a new word", "interaction.kind", ..., _PLAN),
    "interaction.data": Row({"plan": "unique plan"}, "interaction.data*", ..., _PLAN),
    "interaction.created_at": Row(MS, "interaction.created_at", MOMENT, _PLAN),
    "interaction.timeout_ms": Row(1000, "interaction.deadline", datetime(2024, 6, 15, 10, 35, 1, tzinfo=UTC), _PLAN),
    "interaction.expected_response": Row({"a": "unique value"}, "interaction.expected", ..., _PLAN),
    "hitl_history[].interaction_id": Row("int-17", "answered.0.id", ..., _PAUSED),
    "hitl_history[].type": Row("a new word", "answered.0.kind", ..., _PAUSED),
    "hitl_history[].created_at": Row(MS, "answered.0.created_at", MOMENT, _PAUSED),
    "hitl_history[].responded_at": Row(MS, "answered.0.answered_at", MOMENT, _PAUSED),
    "hitl_history[].auto_continued": Row(True, "answered.0.auto_continued", ..., _PAUSED),
    "hitl_history[].response": Row({"a": "unique value"}, "answered.0.response", ..., _PAUSED),
}

PLACES: Mapping[str, Mapping[str, Row]] = {"extruct": EXTRUCT, "yutori": YUTORI, "valyu": VALYU}
DEFAULT_BASES = {"extruct": "extruct-done-markdown.json", "yutori": _UPDATES, "valyu": _FULL}
ROOTS = {
    "extruct": ("DeepResearchTask",),
    "yutori": ("ResearchTaskStatusResponse", "TaskListItem"),
    "valyu": ("StatusResponse", "ListItem", "BatchTaskItem"),
}


def properties(spec: Mapping[str, Any], name: str) -> Iterator[str]:
    """Every leaf property below a schema: "report.sources[].url"."""
    yield from _walk(spec, {"$ref": f"#/components/schemas/{name}"}, "")


def _walk(spec: Mapping[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    every = [*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    variants = [variant for variant in every if variant.get("type") != "null"]
    inner = [child for variant in variants for child in _walk(spec, variant, path)]
    for name, child in schema.get("properties", {}).items():
        inner += _walk(spec, child, f"{path}.{name}" if path else name)
    if schema.get("items"):
        items = [found for found in _walk(spec, schema["items"], f"{path}[]") if found != f"{path}[]"]
        inner += items or [path]
    deeper = [found for found in inner if found != path]
    yield from dict.fromkeys(deeper if schema.get("properties") else inner or [path])


def plant(body: Any, path: str, value: Any) -> Any:
    """Return `body` with `value` at `path`; lists keep their first entry only, and get one where they have none."""
    name, _, rest = path.partition(".")
    bare = name.removesuffix("[]")
    body = dict(body) if isinstance(body, dict) else {}
    if bare != name:
        old = body.get(bare)
        first = next((item for item in old if isinstance(item, dict)), {}) if isinstance(old, list) else {}
        body[bare] = [plant(first, rest, value)]
    else:
        body[bare] = plant(body.get(bare), rest, value) if rest else value
    return body


def look_up(detail: Detail, place: str) -> Any:
    """Return what is at "report.sources.0.facts.price"; of (label, text) pairs the text of the label."""
    value: Any = detail
    steps = place.removesuffix("*").split(".")
    while steps:
        step = steps.pop(0)
        if isinstance(value, Mapping):
            whole = ".".join([step, *steps])
            value, steps = (value[whole], []) if whole in value else (value[step], steps)
        elif isinstance(value, tuple | list) and step.isdigit():
            value = value[int(step)]
        elif isinstance(value, tuple):
            value = dict(value)[".".join([step, *steps])]
            steps = []
        else:
            value = getattr(value, step)
    return json.dumps(value, default=str) if place.endswith("*") and not isinstance(value, str) else value
