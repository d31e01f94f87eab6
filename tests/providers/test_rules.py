"""Rules of single contracts that no example body shows."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.providers.conftest import NOW
from tui.domain.detail import Detail, ReportFormat
from tui.domain.provider import Draft
from tui.domain.task import Counter, TaskStatus
from tui.providers.registry import load
from tui.providers.sdk.evidence import Evidence, normal_path, read_basis, unwrap
from tui.providers.sdk.format import format_of


def extruct(**members: Any) -> Detail:
    body = {"id": "1", "status": "done", **members}
    return load("extruct").reader().read_task(json.dumps(body).encode(), remote_id="1", received_at=NOW)


def yutori(**members: Any) -> Detail:
    body = {"task_id": "1", "status": "succeeded", **members}
    return load("yutori").reader().read_task(json.dumps(body).encode(), remote_id="1", received_at=NOW)


def valyu(**members: Any) -> Detail:
    body = {"deepresearch_id": "1", "status": "completed", **members}
    return load("valyu").reader().read_task(json.dumps(body).encode(), remote_id="1", received_at=NOW)


@pytest.mark.parametrize(
    ("basis", "ids", "reasons"),
    [
        ({"a": [1, "2"], "b.c": [3]}, {"a": ("1", "2"), "b.c": ("3",)}, {}),
        ({"a": {"source_ids": [1], "reasoning": "said so"}}, {"a": ("1",)}, {"a": "said so"}),
        ({"a": {"sources": [1]}, "b": {"ids": 2}}, {"a": ("1",), "b": ("2",)}, {}),
        ([{"field": "a", "source_ids": [1]}, {"path": "/b/0/c", "ids": [2]}], {"a": ("1",), "b[0].c": ("2",)}, {}),
        ({"a": {"b": [1], "c": {"d": [2, 3]}}}, {"a.b": ("1",), "a.c.d": ("2", "3")}, {}),
        ({"people": [{"name": [1]}, {"name": [2]}]}, {"people[0].name": ("1",), "people[1].name": ("2",)}, {}),
        ({"people": [[1], [2, 3]]}, {"people[0]": ("1",), "people[1]": ("2", "3")}, {}),
        ({"a": [{"source_ids": [1], "confidence": "high"}]}, {"a[0]": ("1",)}, {"a[0]": "confidence: high"}),
        ({"a": []}, {}, {}),
        ({"a": 7}, {"a": ("7",)}, {}),
        ({"a": {"sources": [{"id": 4, "url": "https://x.example"}]}}, {"a": ("4",)}, {}),
        (None, {}, {}),
    ],
)
def test_every_shape_of_basis_becomes_evidence(basis: Any, ids: dict[str, Any], reasons: dict[str, str]) -> None:
    found = read_basis(basis)
    assert (found.ids, found.reasons, found.odd) == (ids, reasons, False)


@pytest.mark.parametrize("basis", ["text", 5, [1, 2], [{"no": "path"}], {"a": True}, {"a": {"sources": [None]}}])
def test_any_other_basis_is_odd_and_kept(basis: Any) -> None:
    detail = extruct(report={"kind": "schema", "fields": {"a": 1}, "basis": basis, "sources": []})
    assert detail.report is not None
    assert detail.extra["report.basis"] == basis
    assert any("basis" in problem for problem in detail.problems)


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("a.b", "a.b"),
        ("a[0].b", "a[0].b"),
        ("/a/0/b", "a[0].b"),
        ("a.0.b", "a[0].b"),
        ("$.a.b", "a.b"),
        ("2026", "2026"),
    ],
)
def test_paths_have_one_spelling(path: str, normal: str) -> None:
    assert normal_path(path) == normal


def test_only_whole_wrappers_are_unwrapped() -> None:
    evidence = Evidence()
    fields: dict[str, Any] = {
        "a": {"value": 1, "sources": [7]},
        "b": {"value": 2},
        "c": {"value": 3, "sources": [], "unit": "m"},
    }
    assert unwrap(fields, evidence) == {"a": 1, "b": {"value": 2}, "c": fields["c"]}
    assert evidence.ids == {"a": ("7",)}


def test_a_wrapper_inside_a_wrapper_is_unwrapped_too() -> None:
    evidence = Evidence()
    inner = [{"name": {"value": "x", "reasoning": "why"}}]
    assert unwrap({"people": {"value": inner, "sources": [1]}}, evidence) == {"people": [{"name": "x"}]}
    assert evidence.reasons == {"people[0].name": "why"}


@pytest.mark.parametrize("word", ["completed", "SUCCEEDED", " done\n"])
def test_an_alias_of_done_is_accepted(word: str) -> None:
    assert extruct(status=word).task.status is TaskStatus.DONE


def test_an_agent_count_above_the_ceiling_has_no_total() -> None:
    assert extruct(depth="medium", agents=26).task.counters["agents"] == Counter(26)


def test_a_source_count_may_be_a_list() -> None:
    assert extruct(status="in_progress", sources=[{"id": 1}, {"id": 2}]).task.sources == 2


def test_a_list_of_extruct_pages_by_offset() -> None:
    reader = load("extruct").reader()
    full = json.dumps([{"id": str(number), "status": "done"} for number in range(20)]).encode()
    assert reader.read_page(full, received_at=NOW, cursor="40").cursor == "60"
    assert reader.read_page(full, received_at=NOW).cursor == "20"
    assert reader.read_page(full[:-1] + b"]", received_at=NOW, cursor="soon").cursor == "20"
    assert reader.read_page(b'{"items": []}', received_at=NOW, cursor="60").cursor is None


def test_a_list_of_extruct_carries_whole_tasks() -> None:
    report = {"kind": "markdown", "markdown": "# Text", "sources": []}
    page = (
        load("extruct")
        .reader()
        .read_page(json.dumps([{"id": "1", "status": "done", "report": report}]).encode(), received_at=NOW)
    )
    assert page.details[0].report is not None
    assert page.details[0].task == page.tasks[0]


def test_a_cursor_that_does_not_move_ends_the_list() -> None:
    body = json.dumps({"tasks": [], "has_more": True, "next_cursor": "c"}).encode()
    reader = load("yutori").reader()
    assert reader.read_page(body, received_at=NOW).cursor == "c"
    assert reader.read_page(body, received_at=NOW, cursor="c").cursor is None
    assert reader.read_page(b'{"tasks": [], "has_more": true}', received_at=NOW).cursor is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<p>x</p>", ReportFormat.HTML),
        ("<h3 class='a'>x</h3>", ReportFormat.HTML),
        ('see <a href="https://x.example"></a>', ReportFormat.HTML),
        ("line<br/>line", ReportFormat.HTML),
        ("# Heading\n\n`<p>` is a tag", ReportFormat.MARKDOWN),
        ("```html\n<p>x</p>\n```\n", ReportFormat.MARKDOWN),
        ("a < b and c > d", ReportFormat.MARKDOWN),
        ("put <YOUR_KEY> here", ReportFormat.MARKDOWN),
        ("<https://x.example>", ReportFormat.MARKDOWN),
        ("", ReportFormat.MARKDOWN),
    ],
)
def test_html_is_told_from_markdown_by_its_tags(text: str, kind: ReportFormat) -> None:
    assert format_of(text) == (text, kind)


@pytest.mark.parametrize("wrap", ["<pre>{}</pre>", "<article>\n<pre class='x'>{}</pre>\n</article>"])
def test_markdown_escaped_into_one_pre_is_taken_out(wrap: str) -> None:
    assert format_of(wrap.format("# A &amp; B\n\n&lt;x&gt;")) == ("# A & B\n\n<x>", ReportFormat.MARKDOWN)


def test_a_structured_result_that_is_pending_keeps_the_task_running_for_an_hour() -> None:
    young, old = (NOW - timedelta(minutes=minutes) for minutes in (10, 90))
    members = {"result": "# Text", "structured_output_status": "pending"}
    running = yutori(created_at=young.isoformat(), **members).task
    assert (running.status, running.provider_status, running.has_report) == (TaskStatus.RUNNING, "succeeded", True)
    assert yutori(created_at=old.isoformat(), **members).task.status is TaskStatus.DONE
    assert yutori(**members).task.status is TaskStatus.DONE


def test_updates_are_in_the_order_of_their_times_and_the_newest_figures_count() -> None:
    updates = [
        {"id": "b", "timestamp": 1795166200000, "content": "2", "stats": {"num_tool_calls": 9}},
        {"id": "x", "content": "no time", "stats": {"num_tool_calls": 99}},
        {"id": "a", "timestamp": 1795166100, "content": "1", "stats": {"num_tool_calls": 5}},
    ]
    detail = yutori(updates=updates)
    assert [update.id for update in detail.updates] == ["a", "b", "x"]
    assert detail.task.counters["tool_calls"] == Counter(9)


def test_pages_read_has_an_older_name() -> None:
    both = {"num_webpages_read": 3, "num_crawler_calls": 4}
    assert yutori(updates=[{"stats": {"num_crawler_calls": 4}}]).task.counters["pages_read"] == Counter(4)
    detail = yutori(updates=[{"stats": both}])
    assert detail.task.counters["pages_read"] == Counter(3)
    assert ("crawler calls", "4") in detail.updates[0].facts


@pytest.mark.parametrize(
    ("value", "status", "structured"),
    [
        ({}, None, None),
        ({}, "succeeded", {}),
        ([], "not_requested", None),
        ('{"a": 1}', "succeeded", {"a": 1}),
        ("plain words", "succeeded", "plain words"),
        ([{"a": 1}], None, [{"a": 1}]),
    ],
)
def test_a_structured_result_in_its_odd_forms(value: Any, status: str | None, structured: Any) -> None:
    assert yutori(structured_result=value, structured_output_status=status).structured == structured


def test_yutoris_two_forms_of_an_id_are_one_task() -> None:
    asked = "ae27a17c-a4ed-4c69-8b2a-4bec330fc935"
    body = json.dumps({"task_id": f"{asked}-1768848395", "status": "running"}).encode()
    assert load("yutori").reader().read_task(body, remote_id=asked, received_at=NOW).task.remote_id == asked


def test_the_same_citation_in_two_updates_is_one_source() -> None:
    citation = {"id": "0", "url": "https://a.example/"}
    detail = yutori(
        result="<p>x</p>", updates=[{"citations": [citation]}, {"citations": [citation, "https://b.example/"]}]
    )
    assert detail.report is not None
    assert [source.url for source in detail.report.sources] == ["https://a.example/", "https://b.example/"]


@pytest.mark.parametrize(
    "refusal", [{"status": "failed"}, {"status": "failed", "task_id": "N/A"}, {"status": "Failed", "task_id": ""}]
)
def test_a_create_refused_inside_a_good_answer_is_a_failed_task(refusal: dict[str, Any]) -> None:
    body = json.dumps(refusal | {"rejection_reason": "budget_exceeded"}).encode()
    task = load("yutori").reader().read_created(body, draft=Draft("a question", "fast"), received_at=NOW)
    assert (task.status, task.remote_id, task.error) == (TaskStatus.FAILED, None, "the account's budget is used up")
    assert (task.title, task.mode) == ("a question", "fast")


@pytest.mark.parametrize("member", ["deepresearch_id", "deepsearch_id", "id", "task_id"])
def test_valyus_new_id_is_found_under_every_name_that_was_seen(member: str) -> None:
    task = load("valyu").reader().read_created(json.dumps({member: "x"}).encode(), draft=Draft("q"), received_at=NOW)
    assert task.remote_id == "x"


@pytest.mark.parametrize(
    ("output", "kind", "shown", "structured"),
    [
        ({"a": 1}, "json", ReportFormat.JSON, {"a": 1}),
        ('{"a": 1}', "json", ReportFormat.JSON, {"a": 1}),
        ("no json", "json", ReportFormat.MARKDOWN, None),
        ("rows[2]{a,b}:", "toon", ReportFormat.TEXT, None),
        ("# x", "markdown", ReportFormat.MARKDOWN, None),
        ([1], None, ReportFormat.JSON, [1]),
    ],
)
def test_valyus_output_in_every_form(output: Any, kind: str | None, shown: ReportFormat, structured: Any) -> None:
    detail = valyu(output=output, output_type=kind)
    assert detail.report is not None
    assert (detail.report.format, detail.structured) == (shown, structured)


def test_a_source_without_a_number_takes_its_place_in_the_list() -> None:
    detail = valyu(output="x [[2]](u)", sources=[{"url": "https://a.example"}, "https://b.example", {"source_id": 7}])
    assert detail.report is not None
    assert [(source.id, source.url) for source in detail.report.sources] == [
        ("1", "https://a.example"),
        ("2", "https://b.example"),
        ("7", None),
    ]


def test_tokens_of_assets_do_not_stay_in_the_trace() -> None:
    url = "https://api.valyu.ai/v1/deepresearch/tasks/1/assets/2?token=canary"
    part = {"type": "tool-result", "toolCallId": "c", "toolName": "createChart", "output": {"value": {"imageUrl": url}}}
    detail = valyu(messages=[{"role": "tool", "content": [part]}, {"role": "assistant", "content": f"see {url}"}])
    assert "canary" not in str(detail.trace)
    assert len(detail.trace) == 2


@pytest.mark.parametrize(
    ("progress", "counter"),
    [
        ({"current_step": 20, "total_steps": 15}, (20, 15, 1.0)),
        ({"current_step": 0, "total_steps": 0}, (0, None, None)),
        ({"current_step": 4}, (4, None, None)),
        ({"current_step": "5", "total_steps": "15"}, (5, 15, 1 / 3)),
    ],
)
def test_progress_is_never_more_than_it_says(progress: Any, counter: tuple[int, int | None, float | None]) -> None:
    steps = valyu(status="running", progress=progress).task.counters["steps"]
    assert (steps.value, steps.total, steps.fraction) == counter


def test_an_address_with_hidden_characters_is_not_repaired_into_another() -> None:
    detail = valyu(output="x", sources=[{"source_id": 1, "url": "https://exa\u200bmple.com/"}])
    assert detail.report is not None
    assert detail.report.sources[0].url is None
    assert detail.extra["sources[0].url"] == "https://example.com/"
    assert detail.problems == ("sources[0].url: is no address that could be shown",)


def test_a_webhook_secret_is_not_kept() -> None:
    assert "canary" not in str(valyu(webhook_secret="canary"))


@pytest.mark.parametrize(
    ("markdown", "title"),
    [
        ("# A [[1]](https://x.example) *bold* title #\n", "A bold title"),
        ("```\n# no\n```\n\n## Yes [link](u)\n", "Yes link"),
        ("# Overview\n\nIt is.\n", "the prompt"),
        ("## Executive summary:\n", "the prompt"),
        ("no heading", "the prompt"),
        ("#\n\n####### seven", "the prompt"),
    ],
)
def test_a_title_is_the_reports_or_the_start_of_the_prompt(markdown: str, title: str) -> None:
    detail = extruct(brief="the\nprompt", report={"kind": "markdown", "markdown": markdown, "sources": []})
    assert detail.task.title == title


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ({"type": "tool-call", "input": {"objective": "find it"}}, "find it"),
        ({"type": "tool-call", "input": {"other": 1}}, '{"other": 1}'),
        ({"type": "tool-result", "output": {"type": "json", "value": {"sources": [1, 2]}}}, "2 sources"),
        ({"type": "tool-result", "output": {"value": {"output": "42", "exitCode": 0}}}, "42"),
        ({"type": "tool-result", "output": "plain"}, "plain"),
        ({"type": "text", "text": "words"}, "words"),
        ("a bare text", "a bare text"),
        (7, "7"),
    ],
)
def test_every_part_of_a_trace_has_one_line(part: Any, text: str) -> None:
    (step,) = valyu(messages=[{"role": "assistant", "content": [part, None]}]).trace
    assert step.text == text


def test_a_number_that_two_sources_share_is_noted_and_both_stay() -> None:
    detail = valyu(output="x", sources=[{"source_id": 1, "url": "https://a.example"}, {"source_id": 1}])
    assert detail.problems == ("sources: number 1 is there twice",)
    assert detail.report is not None
    assert len(detail.report.sources) == 2


def test_a_deadline_beyond_all_bounds_is_none() -> None:
    waiting = valyu(
        status="paused", interaction={"interaction_id": "i", "created_at": 1718447700000, "timeout_ms": 10**12}
    )
    assert waiting.interaction is not None
    assert waiting.interaction.deadline is None


def test_points_of_a_chart_may_be_bare_numbers() -> None:
    (image,) = valyu(images=[{"data_series": [{"name": "s", "data": [1, {"x": 2, "y": None}, "x"]}]}]).images
    assert image.series[0].points == (("", 1.0), ("2", None), ("", None))


def test_an_enum_that_was_not_unwrapped_is_understood() -> None:
    assert valyu(status={"value": "running"}).task.status is TaskStatus.RUNNING


def test_an_unknown_output_type_is_read_as_markdown_and_noted() -> None:
    detail = valyu(output="# x", output_type="hologram")
    assert detail.problems == ("output_type: unknown word 'hologram'; read as markdown",)


@pytest.mark.parametrize("read", [extruct, yutori, valyu])
def test_what_stands_in_a_table_cell_is_one_line(read: Callable[..., Detail]) -> None:
    task = read(status="a\u2028b", mode="x\ny", depth="x\ny", brief="p\nq", query="p\nq").task
    assert (task.mode, task.title, task.provider_status) == ("x y", "p q", "a b")


def test_reasons_for_degradation_are_one_line_each() -> None:
    report = {"kind": "markdown", "markdown": "x", "sources": [], "degradation_reasons": ["a\nb", "c"]}
    assert extruct(report=report).task.warnings == ("a b", "c")


def test_a_part_of_a_report_names_it_where_nothing_else_does() -> None:
    detail = extruct(brief=None, report={"kind": "markdown", "markdown": "# Overview\n", "sources": []})
    assert detail.task.title == "Overview"


def test_a_title_of_html_is_its_first_heading() -> None:
    assert yutori(result="<article><h2>A &amp; <i>B</i></h2><h3>C</h3></article>").task.title == "A & B"
