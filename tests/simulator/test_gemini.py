"""The simulated Gemini: what its answers look like, what it refuses, and that it keeps to its OpenAPI document."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
from schemathesis.generation import GenerationMode

from tests.simulator.conftest import KEYS, client, made
from tests.simulator.test_fuzz import CONFORMANCE, REFUSAL, run
from tui.providers.http.sse import parse_events
from tui.simulator.app import Simulation
from tui.simulator.clock import ManualClock
from tui.simulator.content import DemoReport, ReportLibrary
from tui.simulator.gemini.api import Gemini
from tui.simulator.gemini.bodies import agent_text, model_text
from tui.simulator.server import Simulator

AGENT = {"agent": "deep-research-preview-04-2026", "background": True}
PATH = "/v1beta/interactions"
REPORTS = ReportLibrary().reports


@pytest.fixture
async def gemini(simulation: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    service = simulation.services["gemini"]
    assert isinstance(service, Gemini)
    service.stream_seconds = 0.0
    async with client(simulation, "gemini") as ready:
        yield ready


async def at_end(gemini: httpx.AsyncClient, clock: ManualClock, prompt: str = "x", **more: Any) -> dict[str, Any]:
    """An interaction after its end."""
    begun = await made(gemini, PATH, input=prompt, **{**AGENT, **more})
    clock.advance(2000)
    told: dict[str, Any] = (await gemini.get(f"{PATH}/{begun['id']}")).json()
    return told


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_annotations_cover_markers_in_bytes_and_come_shuffled(report: DemoReport) -> None:
    content = agent_text(report)
    raw = content["text"].encode()
    spans = [raw[one["start_index"] : one["end_index"]].decode() for one in content["annotations"]]
    assert spans
    assert all(span.startswith("[cite: ") and span.endswith("]") for span in spans)
    listed = {
        line.rpartition("(")[2].rstrip(")") for line in content["text"].splitlines() if "](https://vertex" in line
    }
    assert {one["url"] for one in content["annotations"]} == listed


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_a_model_cites_whole_sentences(report: DemoReport) -> None:
    content = model_text(report)
    raw = content["text"].encode()
    assert content["annotations"]
    for one in content["annotations"]:
        span = raw[one["start_index"] : one["end_index"]].decode()
        assert span == span.strip()
        assert len(span) > 3


async def test_a_create_is_answered_with_the_beginning_only(gemini: httpx.AsyncClient) -> None:
    begun = await made(gemini, PATH, input="x", **AGENT)
    assert begun["status"] == "in_progress"
    assert begun["created"] == begun["updated"]
    assert "steps" not in begun


async def test_both_times_stay_equal(gemini: httpx.AsyncClient, clock: ManualClock) -> None:
    told = await at_end(gemini, clock)
    assert (told["status"], told["created"]) == ("completed", told["updated"])
    usage = told["usage"]
    parts = ("total_input_tokens", "total_output_tokens", "total_thought_tokens", "total_tool_use_tokens")
    assert usage["total_tokens"] == sum(usage[part] for part in parts)


async def test_thoughts_are_told_only_where_they_were_asked_for(gemini: httpx.AsyncClient, clock: ManualClock) -> None:
    silent = await at_end(gemini, clock)
    config = {"type": "deep-research", "thinking_summaries": "auto"}
    telling = await at_end(gemini, clock, agent_config=config)
    assert "thought" not in {step["type"] for step in silent["steps"]}
    assert "thought" in {step["type"] for step in telling["steps"]}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"input": "x", "agent": "deep-research-preview-04-2026"}, "background=true"),
        ({"input": "x"}, "agent and model"),
        ({"input": "x", **AGENT, "model": "gemini-3.8-flash"}, "agent and model"),
        ({**AGENT}, "input is empty"),
        ({"input": "x", **AGENT, "tools": [{"type": "function", "name": "f"}]}, "no functions"),
        ({"input": "x", **AGENT, "labels": {"a": "x" * 64}}, "at most 63"),
        ({"input": 3, **AGENT}, "input"),
    ],
)
async def test_what_it_refuses(gemini: httpx.AsyncClient, body: dict[str, Any], said: str) -> None:
    response = await gemini.post(PATH, json=body)
    assert response.status_code == 400
    assert said in response.json()["error"]["message"]


async def test_a_wrong_key_is_a_bad_argument(simulation: Simulation) -> None:
    async with client(simulation, "gemini", **{"x-goog-api-key": "wrong"}) as stranger:
        response = await stranger.get(f"{PATH}/v1_x")
    assert response.status_code == 400
    assert response.json()["error"]["details"][0]["reason"] == "API_KEY_INVALID"


async def test_a_predecessor_must_be_there(gemini: httpx.AsyncClient) -> None:
    response = await gemini.post(PATH, json={"input": "x", "previous_interaction_id": "v1_gone", **AGENT})
    assert response.status_code == 404


async def test_the_stream_replays_and_goes_on_behind_an_id(gemini: httpx.AsyncClient, clock: ManualClock) -> None:
    begun = await made(gemini, PATH, input="x", **AGENT)
    path = f"{PATH}/{begun['id']}"
    clock.advance(150)
    first = parse_events((await gemini.get(path, params={"stream": "true"})).content)
    ids = [json.loads(one.data).get("event_id") for one in first]
    assert ids[0]
    assert None in ids
    clock.advance(2000)
    whole = parse_events((await gemini.get(path, params={"stream": "true"})).content)
    assert [one.raw for one in whole[: len(first)]] == [one.raw for one in first]
    assert [whole[-1].name, whole[-1].data] == ["done", "[DONE]"]
    last = json.loads(whole[-2].data)["interaction"]
    assert last["status"] == "completed"
    assert "steps" not in last
    seen = next(one for one in reversed(ids) if one)
    rest = parse_events((await gemini.get(path, params={"stream": "true", "last_event_id": seen})).content)
    behind = next(at for at, one in enumerate(whole) if json.loads(one.data).get("event_id") == seen) + 1
    assert [one.raw for one in rest] == [one.raw for one in whole[behind:]]


# -- the OpenAPI document ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served() -> Iterator[Simulator]:
    clock = ManualClock(speed=20)
    with Simulator(clock=clock, keys={"gemini": KEYS["gemini"]}) as simulator:
        service = simulator.simulation.services["gemini"]
        assert isinstance(service, Gemini)
        service.stream_seconds = 0.0
        for script in ("research", "failed", "plan", "stuck"):
            service.begin(f"sim:{script}", dict(AGENT), age=500)
        yield simulator
        assert simulator.crashes == []


def document(shared: Path) -> Any:
    return json.loads((shared / "contracts" / "more" / "gemini.openapi.json").read_text("utf-8"))


def operations(shared: Path) -> list[Any]:
    """Every operation; streams are checked frame by frame, by a schema that the document names beside them."""
    raw = document(shared)
    for path in raw["paths"].values():
        for told in path.values():
            for response in told.get("responses", {}).values() if isinstance(told, dict) else ():
                response["content"].get("text/event-stream", {}).pop("schema", None)
    schema: Any = schemathesis.openapi.from_dict(raw)
    return [found.ok() for found in schema.get_all_operations()]


async def test_every_frame_conforms_to_the_document(
    gemini: httpx.AsyncClient, clock: ManualClock, shared: Path
) -> None:
    raw = document(shared)
    schema = {"$ref": "#/components/schemas/StreamEvent", "components": raw["components"]}
    for script in ("research", "failed", "picture"):
        told = await at_end(gemini, clock, f"sim:{script}")
        frames = parse_events((await gemini.get(f"{PATH}/{told['id']}", params={"stream": "true"})).content)
        for frame in frames[:-1]:
            jsonschema.validate(json.loads(frame.data), schema)


def test_every_answer_conforms_to_the_document(shared: Path, served: Simulator, subtests: pytest.Subtests) -> None:
    ids = [task.id for task in served.simulation.services["gemini"].tasks]
    for operation in operations(shared):
        wanted = {parameter.name for parameter in operation.path_parameters}
        for one in ["v1_unknown", *ids] if "id" in wanted else [""]:
            fixed = {name: {"id": one, "api_version": "v1beta"}[name] for name in wanted}
            with subtests.test(operation.label, **fixed):
                run(operation, served, "gemini", GenerationMode.POSITIVE, CONFORMANCE, path_parameters=fixed)


def test_what_breaks_the_document_is_refused(shared: Path, served: Simulator, subtests: pytest.Subtests) -> None:
    for operation in operations(shared):
        if operation.method == "post" and operation.body:
            fixed = {"api_version": "v1"}
            with subtests.test(operation.label):
                run(operation, served, "gemini", GenerationMode.NEGATIVE, REFUSAL, path_parameters=fixed)
