"""What Valyu's create call accepts, refuses and charges (tests/contracts/valyu.md 3)."""

from typing import Any

import httpx
import pytest

from tests.simulator.conftest import made
from tui.simulator.app import Simulation

TASKS = "/v1/deepresearch/tasks"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "query is required"),
        ({"query": "  "}, "query is required"),
        ({"query": "x", "colour": "red"}, "Unrecognized key(s) in request: 'colour'"),
        ({"query": "x", "mode": None}, "mode: Input should be a valid string"),
        (
            {"query": "x", "mode": "turbo"},
            "mode: Input should be 'instant', 'fast', 'standard', 'lite', 'heavy' or 'max'",
        ),
        ({"query": "x" * 25_001}, "query: String should have at most 25000 characters"),
        ({"query": "x", "urls": ["https://a.example"] * 11}, "urls: List should have at most 10 items"),
        (
            {"query": "x", "output_formats": ["toon"]},
            "TOON output format requires a JSON schema. Include a schema object in output_formats.",
        ),
        (
            {"query": "x", "output_formats": ["markdown", {"type": "object"}]},
            "A JSON schema cannot be combined with markdown or pdf in output_formats",
        ),
        ({"query": "x", "output_formats": [{}, {}]}, "Only one JSON schema is allowed in output_formats"),
        (
            {"query": "x", "research_strategy": "s" * 9000, "report_format": "f" * 6001},
            "research_strategy and report_format combined length (15001) exceeds 15,000 character limit",
        ),
        ({"query": "x", "webhook_url": "http://a.example"}, "webhook_url must be an HTTPS URL"),
        ({"query": "x", "mode": "instant", "hitl": {"plan_review": True}}, "hitl is not available in instant mode"),
        (
            {"query": "x", "search": {"included_sources": ["web"], "excluded_sources": ["legal"]}},
            "included_sources and excluded_sources cannot be used together",
        ),
        (
            {"query": "x", "search": {"start_date": "2026-01-01T00:00:00Z"}},
            "start_date and end_date with a time require historical_cache",
        ),
        (
            {"query": "x", "search": {"source_biases": {"web": 6}}},
            "search.source_biases.web: Input should be at most 5",
        ),
        ({"query": "x", "tools": {"charts": {"max_calls": -1}}}, "tools.charts.max_calls: Input should be at least 0"),
        (
            {"query": "x", "alert_email": {"email": "a@b.example", "custom_url": "https://x.example"}},
            "alert_email.custom_url must contain {id}",
        ),
        (
            {"query": "x", "files": [{"data": "d", "filename": "f", "mediaType": "m", "context": "c" * 50_000}] * 3},
            "files[].context combined length exceeds 100,000 character limit",
        ),
        ({"workflow_id": "company-brief", "query": "x"}, "workflow_and_freeform_mutually_exclusive"),
        ([], "body: Input should be a valid object"),
    ],
)
async def test_bad_creates_are_refused_with_a_sentence(
    valyu: httpx.AsyncClient, simulation: Simulation, body: Any, text: str
) -> None:
    response = await valyu.post(TASKS, json=body)
    assert (response.status_code, response.json()["error"]) == (400, text)
    assert len(simulation.valyu.tasks) == 0


async def test_a_body_that_is_no_json_is_refused(valyu: httpx.AsyncClient) -> None:
    response = await valyu.post(TASKS, content=b"query=x")
    assert (response.status_code, response.json()["error"]) == (400, "Request body is not valid JSON")


async def test_a_workflow_brings_its_own_query(valyu: httpx.AsyncClient) -> None:
    body = await made(valyu, TASKS, workflow_id="company-brief", workflow_version=2, brand_collection_id="b")
    assert (body["workflow"], body["brand_collection_id"]) == ({"slug": "company-brief", "version": 2}, "b")
    assert (await valyu.get(f"{TASKS}/{body['deepresearch_id']}/status")).json()["query"]
    assert (await valyu.post(TASKS, json={"workflow_id": "none"})).status_code == 404


async def test_the_price_must_be_on_the_account(valyu: httpx.AsyncClient, simulation: Simulation) -> None:
    simulation.valyu.balance = 0.5
    response = await valyu.post(TASKS, json={"query": "x", "mode": "heavy"})
    assert (response.status_code, response.json()["error"]) == (
        402, "Insufficient credits: $2.50 required, $0.50 available",
    )  # fmt: skip
    await made(valyu, TASKS, query="x")
    assert simulation.valyu.balance == 0
