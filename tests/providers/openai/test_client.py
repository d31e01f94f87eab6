"""What is asked of OpenAI, and what becomes of its answers on the way."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.providers.openai.conftest import ID, NOW, READER, message, read, response, search
from tui.domain.actions import Approve, Cancel, Delete
from tui.domain.capability import Capability
from tui.domain.errors import BadAnswer, Refused
from tui.domain.provider import Draft
from tui.domain.secret import Secret
from tui.domain.task import Counter, TaskStatus, TotalKind
from tui.providers.openai.prices import cost
from tui.providers.openai.spec import PROVIDER
from tui.providers.protocol import Client, ClientSettings
from tui.providers.sdk.exchanges import unpack
from tui.providers.sdk.prices import Usage
from tui.report.read import read_report
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator
from tui.testing.contract import ProviderContract
from tui.testing.scripted import ScriptedServer, events, reply, scripted_server

RUN = f"/v1/responses/{ID}"
INPUT = f"{RUN}/input_items"


class TestOpenAI(ProviderContract):
    """OpenAI keeps what every provider promises."""

    provider = PROVIDER
    remote_id = ID
    task_answer: ClassVar = {"id": ID, "status": "queued"}
    key_header = ("authorization", "Bearer {key}")
    fetch_target = f"{RUN}?include%5B%5D=web_search_call.action.sources"
    create_target = "/v1/responses"
    odd_statuses = frozenset({404})  # of a create it is about the model


@asynccontextmanager
async def account() -> AsyncIterator[tuple[Client, ScriptedServer]]:
    async with scripted_server() as server:
        settings = ClientSettings(server.base, Secret("k"), headers={"OpenAI-Project": "proj_x"})
        client = PROVIDER.client(settings)
        try:
            yield client, server
        finally:
            await client.close()


def frames(*named: tuple[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Events with their type and number inside, as OpenAI sends them."""
    return [(name, {"type": name, "sequence_number": number, **data}) for number, (name, data) in enumerate(named)]


# -- what goes out ----------------------------------------------------------------------------------------------------


def body_of(draft: Draft) -> Any:
    assert PROVIDER.check(draft) == []
    endpoint = PROVIDER.endpoints.create
    assert endpoint is not None
    assert endpoint.body is not None
    return json.loads(json.dumps(endpoint.body(draft)))


def test_a_create_runs_in_the_background_is_stored_and_searches() -> None:
    assert body_of(Draft("why?")) == {
        "model": "gpt-6.2-sol",
        "input": "why?",
        "background": True,
        "store": True,
        "tools": [{"type": "web_search"}],
        "reasoning": {"summary": "auto"},
        "include": ["web_search_call.action.sources"],
    }


def test_the_published_requests_can_be_made(more_examples: Path) -> None:
    def published(name: str) -> Any:
        value = json.loads((more_examples / f"openai-create-request{name}.json").read_bytes())
        return {"reasoning": {"summary": "auto"}, "include": ["web_search_call.action.sources"]} | value

    brief = "Compare heat pump sales in Germany, France and Poland in 2026. Cite every figure."
    options: dict[str, Any] = {"reasoning": {"effort": "high"}, "max_tool_calls": 60, "metadata": {"divewatch": "t-01"}}
    assert body_of(Draft(brief, options=options)) == published("")
    place = {"country": "DE", "timezone": "Europe/Berlin", "allowed_domains": ["destatis.de", "stat.gov.pl"]}
    options = {"search": {"context_size": "high", **place}}
    assert body_of(Draft("Expand section 2.", options=options, previous=(ID,))) == published("-followup")
    server = {"server_label": "docs", "server_url": "https://mcp.example.com/mcp", "require_approval": "never"}
    options = {"files": ["file-0002"], "vector_stores": ["vs_0001"], "mcp": [server]}
    options["background_options"] = {"completion_window": "8h"}
    assert body_of(Draft(brief, options=options)) == published("-cheap-window")
    legacy = body_of(Draft(brief, "o4-mini-deep-research-2025-06-26", options={"code_interpreter": True}))
    assert legacy == published("-legacy-tools") | {"store": True}
    wanted = published("-structured")
    form = wanted["text"]["format"]
    wanted["text"] = {"format": form | {"name": "report"}}
    assert body_of(Draft(brief, output_schema=form["schema"])) == wanted


def test_a_schema_that_cannot_be_held_strictly_is_not_asked_for_strictly() -> None:
    loose: dict[str, Any] = {
        "type": "object",
        "properties": {"a": {"type": "object", "properties": {"b": {"type": "string"}}}},
    }
    assert body_of(Draft("x", output_schema=loose))["text"]["format"]["strict"] is False


def test_search_can_be_switched_off_and_another_search_tool_named() -> None:
    assert body_of(Draft("x", options={"search": {"on": False}}))["tools"] == []
    azure = body_of(Draft("x", options={"search": {"tool": "web_search_preview", "context_size": "low"}}))
    assert azure["tools"] == [{"type": "web_search_preview", "search_context_size": "low"}]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(" "), "prompt"),
        (Draft("x", options={"max_tool_calls": 0}), "options.max_tool_calls"),
        (Draft("x", options={"metadata": {"a": "x" * 513}}), "options.metadata"),
        (Draft("x", options={"metadata": {str(n): "x" for n in range(17)}}), "options.metadata"),
        (Draft("x", options={"mcp": {"server_label": "x"}}), "options.mcp"),
        (Draft("x", options={"reasoning": {"effort": "huge"}}), "options.reasoning"),
        (Draft("x", options={"stream": True, "background_options": {"completion_window": "8h"}}), "options.stream"),
        (Draft("x", "o3-deep-research", options={"search": {"on": False}}), "options.search.on"),
        (Draft("x", previous=(ID, ID)), "previous"),
    ],
)
def test_what_openai_would_refuse_is_said_before_it_is_sent(draft: Draft, field: str) -> None:
    assert field in {place for place, _ in PROVIDER.check(draft)}


def test_any_model_may_be_typed_and_there_is_no_list() -> None:
    assert PROVIDER.check(Draft("x", "gpt-9-of-tomorrow")) == []
    assert "adopted by id" in PROVIDER.info.missing[Capability.LIST]


@pytest.mark.parametrize("text", [ID, "resp_bGl0ZWxsbTpjdXN0b20+/a==", f"https://platform.openai.com/logs/{ID}"])
def test_ids_of_openai_of_gateways_and_in_addresses_are_references(text: str) -> None:
    assert PROVIDER.parse_reference(text) == text.rpartition("/logs/")[2]


async def test_project_and_organisation_go_along() -> None:
    assert PROVIDER.info.headers == {"OPENAI_ORG_ID": "OpenAI-Organization", "OPENAI_PROJECT_ID": "OpenAI-Project"}
    async with account() as (client, server):
        server.on("GET /v1/models", reply({"object": "list", "data": []}))
        await client.account()
    assert server.asked[0].headers["openai-project"] == "proj_x"


# -- what comes back --------------------------------------------------------------------------------------------------


async def test_a_stream_is_read_until_the_run_has_begun_and_the_run_is_known_by_then() -> None:
    begun = response(status="queued")
    told = frames(
        ("response.created", {"response": begun}),
        ("response.in_progress", {"response": {**begun, "status": "in_progress"}}),
    )
    async with account() as (client, server):
        server.on("POST /v1/responses", events(*told, held=True))
        draft = Draft("why?", options={"stream": True})
        answer = await client.create(draft)
    assert len(server.asked) == 1
    assert server.asked[0].json["stream_options"] == {"include_obfuscation": False}
    task = READER.read_created(answer.body or b"", draft=draft, received_at=NOW)
    assert (task.remote_id, task.status, task.prompt) == (ID, TaskStatus.RUNNING, "why?")


async def test_a_stream_that_breaks_off_before_its_first_event_names_no_task() -> None:
    async with account() as (client, server):
        server.on(
            "POST /v1/responses", reply(b"event: response.created\n", 200, **{"Content-Type": "text/event-stream"})
        )
        draft = Draft("why?", options={"stream": True})
        answer = await client.create(draft)
    assert len(server.asked) == 1
    with pytest.raises(BadAnswer):  # the row stays, as a task of which nobody knows whether it was started
        READER.read_created(answer.body or b"", draft=draft, received_at=NOW)


async def test_progress_comes_from_the_events_each_asked_for_once_and_outlives_a_cancel() -> None:
    running = response(status="in_progress", max_tool_calls=20)
    thought = {"id": "rs_1", "type": "reasoning", "summary": []}
    first = frames(
        ("response.output_item.added", {"output_index": 0, "item": thought}),
        (
            "response.reasoning_summary_text.delta",
            {"output_index": 0, "item_id": "rs_1", "summary_index": 0, "delta": "**Plan"},
        ),
        (
            "response.reasoning_summary_text.delta",
            {"output_index": 0, "item_id": "rs_1", "summary_index": 0, "delta": "ning**"},
        ),
    )
    second = [
        (name, {**data, "sequence_number": data["sequence_number"] + 3})
        for name, data in frames(
            ("response.output_item.added", {"output_index": 1, "item": search("tide")}),
            ("response.web_search_call.searching", {"output_index": 1, "item_id": "ws_tide"}),
            (
                "response.output_item.added",
                {"output_index": 2, "item": message("", phase="final_answer") | {"content": []}},
            ),
            ("response.output_text.delta", {"output_index": 2, "content_index": 0, "delta": "# Tide mills"}),
        )
    ]
    asked_for = {"data": [{"role": "user", "content": [{"type": "input_text", "text": "Which mills?"}]}]}
    async with account() as (client, server):
        plain = [reply(running), events(*first), reply(running), events(*second), reply(response(status="cancelled"))]
        server.on(f"GET {RUN}", *plain)
        server.on(f"GET {INPUT}", reply(asked_for))
        one = await client.fetch(ID)
        two = await client.fetch(ID, previous=one.body)
        three = await client.fetch(ID, previous=two.body)
    streams = [asked for asked in server.requests(f"GET {RUN}") if "stream" in asked.query]
    assert [asked.query.get("starting_after") for asked in streams] == [None, "2"]
    assert len(server.requests(f"GET {INPUT}")) == 1
    detail = read(one.body)
    assert detail.task.prompt == "Which mills?"
    assert [(step.kind, step.text) for step in detail.trace] == [("reasoning", "**Planning**")]
    detail = read(two.body)
    assert detail.task.counters["tool_calls"] == Counter(1, 20, TotalKind.CEILING)
    assert detail.trace[1].data == {
        "id": "ws_tide",
        "status": "searching",
        "action": {"type": "search", "query": "tide", "sources": []},
    }
    assert detail.report is not None
    assert (detail.report.text, detail.report.partial) == ("# Tide mills", True)
    ended = read(three.body)
    assert (ended.task.status, ended.trace) == (TaskStatus.CANCELLED, detail.trace)
    assert ended.report == detail.report  # the answer to a cancelled response is emptied; what came before is kept


async def test_a_task_without_a_stream_or_without_input_items_is_asked_for_them_once() -> None:
    refused = reply({"error": {"message": "cannot be streamed", "code": None}}, 400)
    async with account() as (client, server):
        server.on(f"GET {RUN}", reply(response(status="in_progress")), refused, reply(response(status="in_progress")))
        server.on(f"GET {INPUT}", reply({"error": {"message": "no"}}, 404))
        first = await client.fetch(ID)
        second = await client.fetch(ID, previous=first.body)
    assert first.trouble is None
    assert second.trouble is None
    assert [("stream" in asked.query) for asked in server.requests(f"GET {RUN}")] == [False, True, False]
    assert len(server.requests(f"GET {INPUT}")) == 1
    assert {one.name: one.body for one in unpack(second.body or b"")}["events"] == b""


async def test_an_approval_is_a_new_response_with_the_tools_and_the_model_of_the_old_one() -> None:
    tools = [{"type": "mcp", "server_label": "docs", "server_url": "https://mcp.example.com", "headers": None}]
    asked = {
        "id": "mcpr_1",
        "type": "mcp_approval_request",
        "name": "search",
        "server_label": "docs",
        "arguments": "{}",
    }
    new = {"id": "resp_new0001", "status": "queued", "previous_response_id": ID}
    async with account() as (client, server):
        server.on(f"GET {RUN}", reply(response(asked, tools=tools)))
        server.on("POST /v1/responses", reply(new))
        action = Approve("mcpr_1", approved=False, changes="not that one")
        answer = await client.act(action, ID)
    (sent,) = server.requests("POST /v1/responses")
    assert sent.json["input"] == [
        {
            "type": "mcp_approval_response",
            "approval_request_id": "mcpr_1",
            "approve": False,
            "reason": "not that one",
        }
    ]
    assert (sent.json["model"], sent.json["previous_response_id"]) == ("gpt-6.2-sol", ID)
    assert sent.json["tools"] == [{"type": "mcp", "server_label": "docs", "server_url": "https://mcp.example.com"}]
    outcome = READER.read_outcome(action, answer.body or b"", received_at=NOW, remote_id=ID)
    assert outcome.successor is not None
    assert (outcome.successor.remote_id, outcome.successor.parent_id) == ("resp_new0001", ID)


def test_a_cancel_says_what_the_response_says() -> None:
    def told(status: str) -> tuple[str, TaskStatus | None]:
        body = json.dumps(response(status=status)).encode()
        outcome = READER.read_outcome(Cancel(), body, received_at=NOW, remote_id=ID)
        return outcome.message, outcome.status

    assert told("cancelled") == ("cancelled at OpenAI", TaskStatus.CANCELLED)
    assert told("in_progress") == ("cancel was sent; OpenAI says in_progress", TaskStatus.CANCELLING)
    assert told("completed") == ("cancel was sent; OpenAI says completed", None)


async def test_a_response_that_has_ended_is_not_cancelled_and_nothing_was_changed() -> None:
    body = {"error": {"message": "Cannot cancel a completed response.", "type": "invalid_request_error"}}
    async with account() as (client, server):
        server.on(f"POST {RUN}/cancel", reply(body, 400))
        with pytest.raises(Refused, match="Cannot cancel a completed response") as caught:
            await client.act(Cancel(), ID)
    assert not caught.value.outcome_unknown


async def test_a_retired_model_is_refused_in_openais_words_and_is_no_missing_task() -> None:
    said = "The model `o3-deep-research` does not exist or you do not have access to it."
    async with account() as (client, server):
        server.on("POST /v1/responses", reply({"error": {"message": said, "code": "model_not_found"}}, 404))
        with pytest.raises(Refused, match="o3-deep-research") as caught:
            await client.create(Draft("x", "o3-deep-research"))
    assert type(caught.value) is Refused
    assert "another model" in caught.value.hint


# -- readings ---------------------------------------------------------------------------------------------------------


def test_the_report_is_the_final_answer_and_notes_are_part_of_the_trace() -> None:
    detail = read(response(search("x"), message("I will look.", phase="commentary"), message("# Found")))
    assert detail.report is not None
    assert (detail.report.text, detail.trace[-1].text) == ("# Found", "I will look.")
    running = read(response(message("I will look.", phase="commentary"), status="in_progress"))
    assert running.report is None


def test_pages_that_were_read_are_told_apart_from_cited_ones() -> None:
    url = "https://a.example/1"
    text = f"It rose ([a.example]({url}))."
    cited = {"type": "url_citation", "url": url, "title": "One", "start_index": 8, "end_index": len(text) - 1}
    detail = read(response(search("x", url, "https://b.example/2"), message(text, cited)))
    assert detail.report is not None
    assert [(source.url, source.cited) for source in detail.report.sources] == [
        (url, True),
        ("https://b.example/2", False),
    ]
    assert detail.task.sources == 1


@pytest.mark.parametrize("shift", [0, 1])
def test_spans_behind_a_wide_character_are_read_in_the_unit_that_fits(shift: int) -> None:
    url = "https://a.example/1"
    claim = "🌊 It rose."
    text = f"{claim} ([a.example]({url}))"
    start = len(claim) + 1 + shift  # code points, or units of UTF-16
    cited = {
        "type": "url_citation",
        "url": url,
        "title": "One",
        "start_index": start,
        "end_index": start + len(url) + 15,
    }
    report = read(response(search("x"), message(text, cited))).report
    assert report is not None
    (only,) = read_report(report).citations
    assert only.urls == (url,)


def test_private_use_marks_are_markers_that_lead_nowhere_and_never_text() -> None:
    report = read(response(search("x"), message("It rose \ue200cite\ue202turn0search3\ue201."))).report
    assert report is not None
    (only,) = read_report(report).citations
    assert only.urls == (None,)


def test_what_is_not_stored_expires_soon_after_its_end() -> None:
    task = read(response(message("x"), store=False, completed_at=1796000000, created_at=1795999000)).task
    assert task.finished_at is not None
    assert task.expires_at is not None
    assert (task.expires_at - task.finished_at).total_seconds() == 600


@pytest.mark.parametrize(
    ("model", "tokens", "tier", "least", "most"),
    [
        ("gpt-5.6-sol", (1_000_000, 1_000_000), "default", 24.0, None),
        ("gpt-5.6-sol-2026-07-30", (1_000_000, 0), "flex", 2.0, None),
        ("gpt-5.6-sol", (1_000_000, 0), "priority", 8.0, None),
        ("gpt-6.2-sol", (1_000_000, 1_000_000), "default", 12.0, 19.0),  # one long request, or many short ones
        ("gpt-9", (1_000_000, 0), "default", None, None),
    ],
)
def test_costs_follow_the_table(
    model: str, tokens: tuple[int, int], tier: str, least: float | None, most: float | None
) -> None:
    found = cost(Usage(model, *tokens), tier)
    assert (found.amount, found.at_least) == ((least, None) if most is None else (most, least))


def test_odd_annotations_and_items_break_nothing() -> None:
    odd = [None, 7, "x", {}, {"type": 3}, {"type": "url_citation", "url": 5, "start_index": "a", "end_index": -1}]
    items: list[Any] = [
        None,
        3,
        "x",
        {},
        {"type": []},
        {"type": "web_search_call", "action": "x"},
        {"type": "reasoning", "summary": 3},
    ]
    detail = read(response(*items, message("text", *odd), search("x", "https://a.example/\x1b[2J")))
    assert detail.report is not None
    assert r"\x1b" not in repr(detail.trace)


# -- against the simulator --------------------------------------------------------------------------------------------


async def test_a_task_goes_its_whole_way_at_the_simulator() -> None:
    clock = ManualClock(speed=20)
    with Simulator(clock=clock, keys={"openai": "sk-x"}) as simulator:
        client = PROVIDER.client(ClientSettings(simulator.base_url("openai"), Secret("sk-x")))
        try:
            draft = Draft("How does vacuum work?", options={"stream": True, "max_tool_calls": 30})
            clock.advance(0)
            plain = Draft("How does vacuum work? sim:growing")
            made = READER.read_created((await client.create(plain)).body or b"", draft=plain, received_at=NOW)
            clock.advance(120)
            half = read((await client.fetch(made.remote_id or "")).body)
            assert half.task.status is TaskStatus.RUNNING
            assert half.task.counters["searches"].value > 0
            clock.advance(10_000)
            answer = await client.fetch(made.remote_id or "")
            done = read(answer.body)
            assert (done.task.status, done.task.prompt) == (TaskStatus.DONE, plain.prompt)
            assert done.report is not None
            assert len(read_report(done.report).citations) > 5
            follow = Draft("And its limits?", options=draft.options, previous=(made.remote_id or "",))
            assert PROVIDER.check(follow) == []
            await client.act(Delete(), made.remote_id or "")
        finally:
            await client.close()
        assert simulator.crashes == []


async def test_a_file_of_a_container_is_saved_from_the_simulator(tmp_path: Path) -> None:
    with Simulator(keys={"openai": "sk-x"}) as simulator:
        client = PROVIDER.client(ClientSettings(simulator.base_url("openai"), Secret("sk-x")))
        try:
            await client.download("/v1/containers/cntr_0001/files/cfile_0001/content", tmp_path / "figures.csv")
        finally:
            await client.close()
    assert (tmp_path / "figures.csv").read_bytes().startswith(b"finding")
