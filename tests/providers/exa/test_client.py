"""The client of Exa: the contract of all providers, beta headers, events in pages."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from tests.providers.conftest import NOW
from tui.domain.actions import Stop
from tui.domain.provider import Draft
from tui.domain.secret import Secret
from tui.domain.task import TaskStatus
from tui.providers.exa.spec import PROVIDER, next_cursor
from tui.providers.protocol import ClientSettings
from tui.providers.sdk.exchanges import unpack
from tui.providers.sdk.reader import JsonReader
from tui.testing.contract import KEY, ProviderContract
from tui.testing.scripted import ScriptedServer, reply, scripted_server

ID = "agent_run_01k9v7q2m4n6p8r0s2t4v6w8x0"


class TestExa(ProviderContract):
    """Exa."""

    provider = PROVIDER
    remote_id = ID
    task_answer: ClassVar = {
        "id": ID,
        "object": "agent_run",
        "status": "queued",
        "stopReason": None,
        "request": {"query": "what about umlauts: äöü?"},
        "output": {"text": "", "structured": None, "grounding": []},
        "costDollars": {"total": 0},
    }
    key_header = ("x-api-key", "{key}")
    fetch_target = f"/agent/runs/{ID}"
    create_target = "/agent/runs"
    list_targets: ClassVar = {None: "/agent/runs?limit=50", "a/b": "/agent/runs?limit=50&cursor=a%2Fb"}

    def list_answer(self, entries: Sequence[Any]) -> Any:
        """Exa's envelope."""
        return {"object": "list", "data": entries, "hasMore": False, "nextCursor": None}

    def test_the_beta_header_is_sent_where_it_is_wanted_only(self) -> None:
        def beta(call: Any) -> str | None:
            (request,) = self.asked(call, self.task_answer)[0]
            assert request.headers.get("accept") != "text/event-stream"
            return request.headers.get("exa-beta")

        assert beta(lambda client: client.create(Draft("x", "high"))) is None
        assert beta(lambda client: client.create(Draft("x", "max"))) == "agent-max-effort-2026-07-27"
        assert beta(lambda client: client.act(Stop(), ID)) == "agent-max-effort-2026-07-27"


def event(number: int, name: str = "search_trace", **data: Any) -> dict[str, Any]:
    return {"id": str(number), "event": f"agent_run.{name}", "data": data or {"tool": "search", "text": f"q{number}"}}


def fetched(*pages: dict[str, Any], status: str = "running") -> tuple[list[str], list[bytes]]:
    """Fetch once for each page; returns the queries of the events and the stored bodies."""

    async def main() -> tuple[list[str], list[bytes]]:
        async with scripted_server() as server:
            _serve(server, pages, status)
            client = PROVIDER.client(ClientSettings(server.base, Secret(KEY)))
            stored: list[bytes] = []
            for _ in pages:
                answer = await client.fetch(ID, previous=stored[-1] if stored else None)
                assert answer.trouble is None
                stored.append(answer.body or b"")
            await client.close()
            return [one.target for one in server.asked if "/events" in one.target], stored

    return asyncio.run(main())


def _serve(server: ScriptedServer, pages: Sequence[dict[str, Any]], status: str) -> None:
    run = {"id": ID, "object": "agent_run", "status": status, "request": {"query": "x", "effort": "high"}}
    server.on(f"GET /agent/runs/{ID}", *[reply(run)] * len(pages))
    server.on(f"GET /agent/runs/{ID}/events", *[reply(page) for page in pages])


def page(*events: dict[str, Any], cursor: str | None = None) -> dict[str, Any]:
    return {"object": "list", "data": list(events), "hasMore": cursor is not None, "nextCursor": cursor}


def test_events_are_followed_page_by_page_and_a_page_that_grows_is_kept_once() -> None:
    targets, stored = fetched(
        page(event(1), event(2), cursor="2"), page(event(3)), page(event(3), event(4)), page(event(3), event(4))
    )
    assert [target.partition("?")[2] for target in targets] == ["", "cursor=2", "cursor=2", "cursor=2"]
    assert len([one for one in unpack(stored[-1]) if one.name == "events"]) == 2
    detail = PROVIDER.reader().read_task(stored[-1], remote_id=ID, received_at=NOW)
    assert [step.text for step in detail.trace] == ["q1", "q2", "q3", "q4"]
    assert detail.task.counters["searches"].value == 4


def test_events_that_are_forgotten_stay_here() -> None:
    _, stored = fetched(page(event(1), event(2)), page())
    detail = PROVIDER.reader().read_task(stored[-1], remote_id=ID, received_at=NOW)
    assert [step.text for step in detail.trace] == ["q1", "q2"]


def test_what_events_tell_is_shown_and_pages_met_are_sources_that_were_consulted() -> None:
    met = event(2, "source.added", source={"url": "https://met.example/1", "title": "Met"})
    done = event(3, "output_item.done", item={"name": "search", "metadata": {"sourceCount": 7}})
    text = {**event(4), "data": json.dumps({"tool": "contents", "text": "read"})}
    odd = event(5, "some_future_event", x=1)
    listed = event(6, "preliminary_list", preliminaryList={"answer": [{"name": "A"}]})
    _, stored = fetched(page(event(1), met, done, text, odd, listed))
    detail = PROVIDER.reader().read_task(stored[-1], remote_id=ID, received_at=NOW)
    assert [(step.kind, step.text, step.tool) for step in detail.trace] == [
        ("call", "q1", "search"),
        ("result", "7 sources", "search"),
        ("call", "read", "contents"),
        ("some_future_event", '{"x": 1}', None),
        ("preliminary list", '[{"name": "A"}]', None),
    ]
    assert {name: counter.value for name, counter in detail.task.counters.items()} == {"searches": 2, "sources": 1}


def test_a_team_without_stored_events_is_no_trouble() -> None:
    async def main() -> datetime:
        async with scripted_server() as server:
            server.on(f"GET /agent/runs/{ID}", reply({"id": ID, "status": "running"}))
            server.on(f"GET /agent/runs/{ID}/events", reply({"error": {"code": "RUN_NOT_FOUND"}}, 404))
            client = PROVIDER.client(ClientSettings(server.base, Secret(KEY)))
            answer = await client.fetch(ID)
            await client.close()
            assert answer.trouble is None
            reader = PROVIDER.reader()
            assert isinstance(reader, JsonReader)
            assert reader.peek(answer.body or b"") is TaskStatus.RUNNING
            return answer.received_at

    asyncio.run(main())


def test_a_broken_page_has_no_cursor() -> None:
    assert [next_cursor(body) for body in (b"", b"[]", b"{", b'{"nextCursor": 3}', b'{"nextCursor": ""}')] == [None] * 5
