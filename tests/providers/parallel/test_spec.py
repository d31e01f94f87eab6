"""Parallel keeps the contract of providers, and what it asks, sends and refuses."""

import asyncio
import json
from typing import Any, ClassVar

import pytest

from tui.domain.capability import Capability
from tui.domain.errors import Refused
from tui.domain.provider import Draft, Response
from tui.domain.secret import Secret
from tui.domain.task import CostKind
from tui.providers.parallel.spec import PROVIDER, create_body
from tui.providers.protocol import ClientSettings
from tui.providers.sdk.exchanges import unpack
from tui.testing.contract import ProviderContract
from tui.testing.scripted import ScriptedServer, events, reply, scripted_server

RUN = "trun_7c1f0a52d9e84b6fa3b1c0e94d27f658"
PATH = f"/v1/tasks/runs/{RUN}"
RESULT = {"run": {"run_id": RUN, "status": "completed"}, "output": {"type": "text", "content": "x", "basis": []}}


class TestParallel(ProviderContract):
    """Parallel."""

    provider = PROVIDER
    remote_id = RUN
    id_member = "run_id"
    task_answer: ClassVar = {"run_id": RUN, "status": "queued", "processor": "ultra"}
    key_header = ("x-api-key", "{key}")
    fetch_target = PATH
    create_target = "/v1/tasks/runs"
    odd_statuses = frozenset({403})

    def test_a_processor_nobody_knows_is_no_bad_key(self) -> None:
        body = {"type": "error", "error": {"message": "Forbidden: invalid processor in request"}}
        _, error = self.asked(lambda client: client.create(Draft("x", "giga")), body, status=403)
        assert type(error) is Refused
        assert "invalid processor" in error.message
        assert error.hint == "choose another processor"


def fetched(prepare: Any, previous: bytes | None = None) -> tuple[ScriptedServer, Response]:
    async def main() -> tuple[ScriptedServer, Response]:
        async with scripted_server() as server:
            prepare(server)
            client = PROVIDER.client(ClientSettings(server.base, Secret("canary-key-0815")))
            try:
                return server, await client.fetch(RUN, previous=previous)
            finally:
                await client.close()

    return asyncio.run(main())


def status_of(word: str) -> Any:
    return reply({"run_id": RUN, "status": word, "processor": "pro"})


def names_in(answer: Response) -> list[str]:
    body = answer.body or b""
    return [one.name for one in unpack(body)] if body.startswith(b"divewatch") else ["status"]


def test_a_run_that_completed_is_asked_for_its_result_and_its_question_once() -> None:
    def prepare(server: ScriptedServer) -> None:
        server.on(f"GET {PATH}", status_of("completed"))
        server.on(f"GET {PATH}/result", reply(RESULT))
        server.on(f"GET {PATH}/input", reply({"input": "Why?", "processor": "pro"}))

    server, answer = fetched(prepare)
    assert names_in(answer) == ["status", "result", "input"]
    assert server.requests(f"GET {PATH}/result")[0].target == f"{PATH}/result?timeout=1"
    again, second = fetched(prepare, answer.body)
    assert [one.target for one in again.asked] == [PATH]
    assert names_in(second) == ["status", "result", "input"]


@pytest.mark.parametrize("http", [404, 408])
def test_a_result_that_is_not_there_says_nothing_about_the_run(http: int) -> None:
    def prepare(server: ScriptedServer) -> None:
        server.on(f"GET {PATH}", status_of("completed"))
        server.on(f"GET {PATH}/result", reply({"error": {"message": "Run failed or run id not found"}}, http))

    _, answer = fetched(prepare)
    assert (answer.status, answer.trouble, names_in(answer)) == (200, None, ["status"])


def test_a_run_that_failed_is_not_asked_for_its_result() -> None:
    server, answer = fetched(lambda server: server.on(f"GET {PATH}", status_of("failed")))
    assert names_in(answer) == ["status"]
    assert not server.requests(f"GET {PATH}/result")


def test_what_the_stream_said_is_kept_after_the_end() -> None:
    said = {"type": "task_run.progress_msg.plan", "message": "I will.", "timestamp": "2026-11-20T09:12:44.101Z"}
    state = {"type": "task_run.state", "run": {"run_id": RUN, "status": "running"}}

    def running(server: ScriptedServer) -> None:
        server.on(f"GET {PATH}", status_of("running"))
        server.on(f"GET {PATH}/events", events((state["type"], state), (said["type"], said)))  # type: ignore[arg-type]

    def ended(server: ScriptedServer) -> None:
        server.on(f"GET {PATH}", status_of("completed"))
        server.on(f"GET {PATH}/result", reply(RESULT))

    _, first = fetched(running)
    _, replayed = fetched(running, first.body)
    server, last = fetched(ended, replayed.body)
    assert names_in(last) == ["status", "events", "result"]
    assert not server.requests(f"GET {PATH}/events")
    detail = PROVIDER.reader().read_task(last.body or b"", remote_id=RUN, received_at=last.received_at)
    assert [step.text for step in detail.trace] == ["I will."]


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (Draft("x"), {"processor": "ultra", "task_spec": {"output_schema": {"type": "text"}}}),
        (Draft("x", "giga-fast", options={"output": "auto"}), {"processor": "giga-fast"}),
        (
            Draft("x", "pro", {"type": "object"}),
            {
                "processor": "pro",
                "task_spec": {"output_schema": {"type": "json", "json_schema": {"type": "object"}}},
            },
        ),
        (
            Draft("x", "pro", options={"output": "auto", "include_domains": ["a.example"]}, previous=("a", "b")),
            {
                "processor": "pro",
                "source_policy": {"include_domains": ["a.example"]},
                "previous_interaction_id": "b",
            },
        ),
    ],
)
def test_a_draft_becomes_a_request_that_asks_for_events(draft: Draft, expected: dict[str, Any]) -> None:
    assert not PROVIDER.check(draft)
    assert create_body(draft) == {"input": "x", "enable_events": True, **expected}


@pytest.mark.parametrize(
    ("draft", "place"),
    [
        (Draft("x" * 15_001), "prompt"),
        (Draft("x" * 14_000, options={"description": "y" * 12_000}), "prompt"),
        (
            Draft("x", options={"include_domains": ["a"] * 100, "exclude_domains": ["b"] * 101}),
            "options.exclude_domains",
        ),
        (Draft("x", options={"after_date": "1.3.2026"}), "options.after_date"),
        (Draft("x", options={"location": "Holland"}), "options.location"),
        (Draft("x", options={"metadata": {"k" * 17: 1}}), "options.metadata"),
        (Draft("x", options={"metadata": {"k": "v" * 513}}), "options.metadata"),
        (Draft("x", options={"mcp_servers": [{}] * 11}), "options.mcp_servers"),
        (Draft("x", output_schema={}, options={"description": "y"}), "options.description"),
    ],
)
def test_what_would_be_refused_is_not_sent(draft: Draft, place: str) -> None:
    assert [field for field, _ in PROVIDER.check(draft)] == [place]


@pytest.mark.parametrize(("mode", "usd"), [(None, 0.3), ("lite-fast", 0.005), ("ultra8x", 2.4), ("giga", None)])
def test_the_price_is_that_of_the_list(mode: str | None, usd: float | None) -> None:
    cost = PROVIDER.cost_at_most(Draft("x", mode))
    assert cost.amount == usd
    assert cost.kind is (CostKind.UNKNOWN if usd is None else CostKind.PRICE_LIST)


def test_what_it_can_do() -> None:
    can = PROVIDER.info.capabilities
    assert {Capability.CREATE, Capability.FOLLOW, Capability.BATCH} == can
    assert json.dumps(dict(PROVIDER.info.missing))
