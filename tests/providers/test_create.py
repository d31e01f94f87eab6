"""Drafts: what is checked before money is spent, what is sent, and what it costs at most."""

import json
from collections.abc import Mapping
from typing import Any

import jsonschema
import pytest

from tests.providers.conftest import NAMES
from tui.domain.provider import Draft
from tui.domain.task import Cost, CostKind
from tui.providers.extruct.spec import create_body as extruct_body
from tui.providers.registry import load
from tui.providers.valyu.spec import create_body as valyu_body
from tui.providers.yutori.spec import create_body as yutori_body

BODIES = {"extruct": extruct_body, "yutori": yutori_body, "valyu": valyu_body}
REQUESTS = {
    "extruct": "CreateDeepResearchTaskRequest",
    "yutori": "CreateResearchTaskRequest",
    "valyu": "CreateRequest",
}
SCHEMA: Mapping[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}}
FILE = {"data": "data:text/plain;base64,eA==", "filename": "x.txt", "mediaType": "text/plain"}
SHEET = {"type": "xlsx", "description": "all figures", "columns": ["a"], "include_headers": True, "sheet_name": "s"}
VALYU_OPTIONS: Mapping[str, Any] = {
    "output_formats": ["markdown", "pdf"],
    "research_strategy": "look at primary sources",
    "report_format": "short",
    "search": {
        "search_type": "all",
        "included_sources": ["academic", "valyu/valyu-arxiv"],
        "start_date": "2026-01-01",
        "end_date": "2026-02-01",
        "country_code": "DE",
        "category": "x",
        "source_biases": {"web": -2},
    },
    "urls": ["https://a.example/"],
    "files": [FILE | {"context": "why"}],
    "mcp_servers": [{"url": "https://mcp.example/", "auth": {"type": "bearer", "token": "t"}, "allowed_tools": ["x"]}],
    "tools": {"code_execution": {"enabled": True, "max_calls": 3}, "screenshots": False},
    "previous_reports": ["f992a8ab-4c91-4322-905f-190107bd5a5b"],
    "alert_email": {"email": "a@b.example", "custom_url": "https://x.example/{id}"},
    "brand_collection_id": "b",
    "metadata": {"project": "x", "n": 1, "ok": True},
    "deliverables": ["a table of trials", SHEET],
    "hitl": {"plan_review": True},
}
DRAFTS = [
    ("extruct", Draft("a brief")),
    ("extruct", Draft("a brief", "xhigh", SCHEMA)),
    ("yutori", Draft("a question")),
    ("yutori", Draft("a question", "fast", {"type": "array", "items": SCHEMA})),
    (
        "yutori",
        Draft("q", None, None, {"user_timezone": "Europe/Berlin", "user_location": "Berlin, DE", "skip_email": True}),
    ),
    ("valyu", Draft("a question")),
    ("valyu", Draft("a question", "max", SCHEMA)),
    ("valyu", Draft("a question", "fast", SCHEMA, {"output_formats": ["toon"]})),
    ("valyu", Draft("a question", "lite")),
    ("valyu", Draft("a question", "heavy", None, VALYU_OPTIONS)),
    ("valyu", Draft("", None, None, {"workflow_id": "w", "workflow_params": {"a": 1}, "workflow_version": 2})),
]


def complaints(name: str, draft: Draft) -> dict[str, str]:
    return dict(load(name).check(draft))


@pytest.mark.parametrize(("name", "draft"), DRAFTS)
def test_what_is_sent_is_what_the_contract_allows(name: str, draft: Draft, specs: dict[str, dict[str, Any]]) -> None:
    assert complaints(name, draft) == {}
    spec = specs[name]
    schema = spec["components"]["schemas"][REQUESTS[name]] | {"components": spec["components"]}
    jsonschema.validate(json.loads(json.dumps(BODIES[name](draft))), schema)


@pytest.mark.parametrize("name", NAMES)
def test_options_that_are_not_set_are_not_sent(name: str) -> None:
    unset = Draft("x", options={"user_location": None, "hitl": None, "anything": None})
    assert complaints(name, unset) == {}
    assert None not in BODIES[name](unset).values()
    assert set(BODIES[name](unset)) <= {"brief", "depth", "query", "mode"}


def test_nulls_deep_inside_an_option_are_not_sent() -> None:
    body = valyu_body(Draft("x", options={"search": {"category": None, "search_type": "web"}}))
    assert body["search"] == {"search_type": "web"}


def test_the_depth_is_always_sent_to_extruct() -> None:
    assert extruct_body(Draft("x"))["depth"] == "medium"


def test_the_mode_is_sent_to_yutori_only_if_chosen() -> None:
    assert "mode" not in yutori_body(Draft("x"))


def test_the_old_mode_name_is_sent_as_the_new_one() -> None:
    assert valyu_body(Draft("x", "lite"))["mode"] == "standard"


def test_a_workflow_brings_its_own_question() -> None:
    assert valyu_body(Draft("", options={"workflow_id": "w"})) == {"workflow_id": "w"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(""), "prompt"),
        (Draft(" \n"), "prompt"),
        (Draft("x", "ultra\x1b"), "mode"),
        (Draft("x", options={"brand_new": 1}), "options.brand_new"),
        (Draft("x", output_schema={"type": "no such type"}), "output_schema"),
    ],
)
def test_every_service_refuses_these(name: str, draft: Draft, field: str) -> None:
    found = complaints(name, draft)
    assert field in found
    assert "\x1b" not in found[field]


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


@pytest.mark.parametrize(
    ("name", "draft", "field", "words"),
    [
        ("extruct", Draft("x" * 20_001), "prompt", "at most 20,000"),
        ("extruct", Draft("x", output_schema={"type": "array"}), "output_schema", '"type": "object"'),
        ("extruct", Draft("x", output_schema=nested(6)), "output_schema", "6 levels deep"),
        (
            "extruct",
            Draft("x", output_schema={"type": "object", "properties": {f"p{n}": {} for n in range(51)}}),
            "output_schema",
            "51 properties",
        ),
        ("yutori", Draft("x", options={"webhook_format": "fax"}), "options.webhook_format", "scout, slack or zapier"),
        ("yutori", Draft("x", options={"webhook_url": "http://x.example"}), "options.webhook_url", "https"),
        ("yutori", Draft("x", options={"skip_email": "yes"}), "options.skip_email", "true or false"),
        ("yutori", Draft("x", options={"browser": "cloud"}), "options.browser", "does not know"),
        ("valyu", Draft("x" * 25_001), "prompt", "at most 25,000"),
        ("valyu", Draft("x", options={"urls": ["https://a.example"] * 11}), "options.urls", "at most 10"),
        ("valyu", Draft("x", options={"urls": ["ftp://a"]}), "options.urls", "address 1 must be a web address"),
        ("valyu", Draft("x", options={"files": [FILE] * 11}), "options.files", "at most 10"),
        ("valyu", Draft("x", options={"files": [{"data": "x"}]}), "options.files", "needs filename and mediaType"),
        ("valyu", Draft("x", options={"files": [FILE | {"context": "x" * 50_001}]}), "options.files", "50,000"),
        ("valyu", Draft("x", options={"files": [FILE | {"context": "x" * 40_000}] * 3}), "options.files", "100,000"),
        ("valyu", Draft("x", options={"mcp_servers": [{"url": "https://a.example"}] * 6}), "options.mcp_servers", "5"),
        ("valyu", Draft("x", options={"previous_reports": ["a"] * 4}), "options.previous_reports", "at most 3"),
        ("valyu", Draft("x", options={"deliverables": ["a"] * 11}), "options.deliverables", "at most 10"),
        (
            "valyu",
            Draft("x", options={"deliverables": [{"type": "gif", "description": "x"}]}),
            "options.deliverables",
            "csv",
        ),
        ("valyu", Draft("x", options={"research_strategy": "x" * 15_001}), "options.research_strategy", "15,000"),
        (
            "valyu",
            Draft("x", options={"research_strategy": "x" * 9000, "report_format": "x" * 9000}),
            "options.research_strategy",
            "18,000 characters",
        ),
        (
            "valyu",
            Draft("x", options={"search": {"included_sources": ["web"], "excluded_sources": ["legal"]}}),
            "options.search",
            "exclude each other",
        ),
        (
            "valyu",
            Draft("x", options={"search": {"start_date": "2026-01-01T10:00"}}),
            "options.search",
            "historical_cache",
        ),
        ("valyu", Draft("x", options={"search": {"start_date": "soon"}}), "options.search", "date"),
        (
            "valyu",
            Draft("x", options={"search": {"start_date": "2026-02-01", "end_date": "2026-01-01"}}),
            "options.search",
            "after",
        ),
        ("valyu", Draft("x", options={"search": {"country_code": "DEU"}}), "options.search", "country code"),
        ("valyu", Draft("x", options={"search": {"source_biases": {"web": 6}}}), "options.search", "-5 to 5"),
        ("valyu", Draft("x", options={"search": {"brand_new": 1}}), "options.search", "unknown member 'brand_new'"),
        ("valyu", Draft("x", options={"search": []}), "options.search", "object"),
        ("valyu", Draft("x", options={"output_formats": ["toon"]}), "options.output_formats", "needs an output schema"),
        ("valyu", Draft("x", None, SCHEMA, {"output_formats": ["pdf"]}), "options.output_formats", "cannot be mixed"),
        ("valyu", Draft("x", options={"output_formats": "pdf"}), "options.output_formats", "must be a list"),
        ("valyu", Draft("x", "instant", None, {"hitl": {"plan_review": True}}), "options.hitl", "no checkpoints"),
        ("valyu", Draft("x", options={"tools": {"screenshots": {"max_calls": -1}}}), "options.tools", "whole number"),
        (
            "valyu",
            Draft("x", options={"alert_email": {"email": "a@b", "custom_url": "https://x"}}),
            "options.alert_email",
            "{id}",
        ),
        ("valyu", Draft("x", options={"metadata": {"a": [1]}}), "options.metadata", "must map names"),
        ("valyu", Draft("x", options={"workflow_id": "w"}), "prompt", "workflow"),
        ("valyu", Draft("", options={"workflow_id": "w", "report_format": "x"}), "options.report_format", "workflow"),
        ("valyu", Draft("x", options={"workflow_params": {}}), "options.workflow_params", "needs workflow_id"),
        ("valyu", Draft("x", options={"webhook_url": "https://x.example"}), "options.webhook_url", "does not know"),
    ],
)
def test_a_limit_of_the_contract_is_named(name: str, draft: Draft, field: str, words: str) -> None:
    found = complaints(name, draft)
    assert words in found[field]


def test_a_schema_nested_beyond_reason_is_refused() -> None:
    assert "too deeply" in complaints("yutori", Draft("x", output_schema=nested(2000)))["output_schema"]


@pytest.mark.parametrize(
    ("name", "draft", "cost"),
    [
        ("extruct", Draft("x"), Cost(25, "credits", CostKind.PRICE_LIST)),
        ("extruct", Draft("x", "xhigh"), Cost(75, "credits", CostKind.PRICE_LIST)),
        ("extruct", Draft("x", "unheard of"), Cost(None, "credits")),
        ("yutori", Draft("x", "fast"), Cost(0.35, "USD", CostKind.PRICE_LIST)),
        ("valyu", Draft("x", "instant"), Cost()),
        (
            "valyu",
            Draft("x"),
            Cost(1.625, "USD", CostKind.PRICE_LIST, (("task", 0.625), ("code execution", 1.0))),
        ),
        (
            "valyu",
            Draft("x", "max", None, {"code_execution": False}),
            Cost(15.625, "USD", CostKind.PRICE_LIST, (("task", 15.625),)),
        ),
        (
            "valyu",
            Draft("x", "fast", None, {"tools": {"code_execution": {"max_calls": 2}, "screenshots": True}}),
            Cost(
                1.10625, "USD", CostKind.PRICE_LIST, (("task", 0.15625), ("code execution", 0.2), ("screenshots", 0.75))
            ),
        ),
        (
            "valyu",
            Draft(
                "x", "fast", None, {"tools": {"code_execution": {"enabled": False}}, "deliverables": ["a", "b", "c"]}
            ),
            Cost(0.35625, "USD", CostKind.PRICE_LIST, (("task", 0.15625), ("deliverables", 0.2))),
        ),
        ("valyu", Draft("", options={"workflow_id": "w"}), Cost()),
    ],
)
def test_the_most_a_draft_may_cost(name: str, draft: Draft, cost: Cost) -> None:
    assert load(name).cost_at_most(draft) == cost


@pytest.mark.parametrize("name", NAMES)
def test_every_mode_on_offer_can_be_ordered_at_its_listed_price_or_more(name: str) -> None:
    provider = load(name)
    assert sum(mode.default for mode in provider.info.modes) == 1
    for mode in provider.info.modes:
        draft = Draft("x", mode.name)
        assert not provider.check(draft)
        assert (provider.cost_at_most(draft).amount or 0) >= (mode.cost.amount or 0)
        assert mode.note
