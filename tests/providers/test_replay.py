"""A server that answers with saved bodies: the real clients fetch each, and read it as if it had been opened."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.corpora import corpora
from tests.providers.conftest import NOW
from tests.providers.test_kinds import KINDS
from tui.domain.detail import Detail
from tui.domain.errors import BadAnswer, ProviderError
from tui.domain.provider import Draft
from tui.domain.secret import Secret
from tui.providers.protocol import Client, ClientSettings
from tui.providers.registry import load, names
from tui.report.read import read_report
from tui.testing.scripted import ScriptedServer, reply, scripted_server

OWN = Path(__file__).parent
OLDEST = {"extruct", "yutori", "valyu"}  # their bodies are made by the simulator
_NOT_TASKS = ("request", "-error-", "delete", "cancel-200", "models", "files", "input", "usage", "group", "memory")


def bodies(service: str) -> Iterator[tuple[str, Any]]:
    """Yield the saved bodies of a service that are tasks with an id, ours and those of the contracts."""
    theirs = [root / "contracts" / folder for root in corpora() for folder in ("examples", "more/examples")]
    folders = [*OWN.glob(f"{service}/bodies"), *theirs]
    for path in (path for folder in folders for path in sorted(folder.glob("*.json"))):
        ours = path.parent.parent.name == service or path.name.startswith(f"{service}-")
        if ours and not any(word in path.name for word in _NOT_TASKS):
            yield path.name, json.loads(path.read_text("utf-8"))
    yield from ((name, kind.body) for name, kind in KINDS.items() if kind.service == service)


def told(detail: Detail) -> tuple[Any, ...]:
    """What counts: status, cost, reason, and where each citation leads."""
    cited = read_report(detail.report).citations if detail.report else ()
    task = detail.task
    return task.status, task.provider_status, task.cost, task.error, tuple(one.urls for one in cited)


async def fetched(client: Client, service: str, remote_id: str) -> Detail:
    answer = await client.fetch(remote_id)
    assert answer.body is not None
    return load(service).reader().read_task(answer.body, remote_id=remote_id, received_at=NOW)


async def path_of(client: Client, server: ScriptedServer, remote_id: str) -> str:
    """Where the client asks for a task."""
    server.script.clear()
    server.on("*", reply({}, 404))
    with pytest.raises(ProviderError):
        await client.fetch(remote_id)
    return server.asked[-1].path


@pytest.mark.parametrize("everywhere", [False, True], ids=["only the task is known", "every request is answered so"])
@pytest.mark.parametrize("service", names())
async def test_a_replayed_body_means_what_it_means_when_opened(service: str, everywhere: bool) -> None:
    reader = load(service).reader()
    compared = 0
    async with scripted_server() as server:
        client = load(service).client(ClientSettings(server.base, Secret("k")))
        try:
            for name, value in bodies(service):
                body = json.dumps(value).encode()
                try:
                    expected = reader.read_task(body, remote_id=None, received_at=NOW)
                except BadAnswer:
                    continue
                if expected.task.remote_id is None:
                    continue
                task_path = await path_of(client, server, expected.task.remote_id)
                server.script.clear()
                server.on("*" if everywhere else f"GET {task_path}", reply(body, 202 if service == "tavily" else 200))
                assert told(await fetched(client, service, expected.task.remote_id)) == told(expected), name
                compared += 1
        finally:
            await client.close()
    assert compared >= 4 or (service in OLDEST and not corpora())


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 409, 422, 429, 432, 433, 500, 502, 503])
@pytest.mark.parametrize("service", names())
async def test_every_error_body_with_every_status_is_a_refusal_in_words(service: str, status: int) -> None:
    files = [
        path for root in corpora() for path in (root / "contracts" / "more" / "examples").glob(f"{service}-error-*")
    ]
    saved = [path.read_bytes() for path in sorted(files)] or [b'{"error": {"message": "no"}}', b"<html>no</html>"]
    async with scripted_server() as server:
        client = load(service).client(ClientSettings(server.base, Secret("k")))
        try:
            for body in saved:
                server.script.clear()
                server.on("*", reply(body, status))
                with pytest.raises(ProviderError) as refused:
                    await client.fetch("abc")
                assert refused.value.message.strip()
                assert "{" not in refused.value.message
        finally:
            await client.close()


CREATED = {
    "openai": (
        "created-queued",
        "created-queued-deep-research-legacy",
        "queued-background",
        "in_progress-empty-output",
    ),
    "gemini": ("created-in_progress", "queued", "completed-google-search-real", "completed-plan"),
    "perplexity": ("created-queued", "in_progress-early", "failed"),
    "parallel": ("created", "created-observed-2025", "created-published", "run-queued"),
    "exa": ("created-published", "created-queued", "run-bare", "failed-no-error"),
    "tavily": ("created", "created-published"),
    "you": ("created", "sync-lite-published", "sync-structured-published"),
}


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("service", CREATED)
async def test_a_create_is_taken_whatever_success_it_is_answered_with(service: str, status: int, shared: Path) -> None:
    reader = load(service).reader()
    draft = Draft("Who rebuilt the bridges?")
    async with scripted_server() as server:
        client = load(service).client(ClientSettings(server.base, Secret("k")))
        try:
            for name in CREATED[service]:
                body = (shared / "contracts" / "more" / "examples" / f"{service}-{name}.json").read_bytes()
                server.script.clear()
                server.asked.clear()
                server.on("*", reply(body, status))
                answer = await client.create(draft)
                assert [asked.method for asked in server.asked] == ["POST"], "sent exactly once"
                created = reader.read_created(answer.body or b"", draft=draft, received_at=NOW)
                whole = reader.read_task(body, remote_id=None, received_at=NOW).task
                assert created.remote_id or created.has_report, name
                assert created.status is whole.status, name
                assert created.prompt
        finally:
            await client.close()
