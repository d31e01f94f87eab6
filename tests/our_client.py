"""Our own clients and readers at the simulated services, over real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tui.domain.detail import Detail
from tui.domain.provider import Draft
from tui.domain.secret import Secret
from tui.providers.protocol import Client, ClientSettings
from tui.providers.registry import load
from tui.simulator.server import Simulator


@asynccontextmanager
async def client_of(name: str, simulator: Simulator, key: str | None = None) -> AsyncIterator[Client]:
    """Lend a client of a service; `key` stands in for the right one."""
    client = load(name).client(ClientSettings(simulator.base_url(name), Secret(key or simulator.keys[name])))
    try:
        yield client
    finally:
        await client.close()


async def start(name: str, client: Client, draft: Draft) -> str:
    """Start a task; returns its remote id."""
    got = await client.create(draft)
    task = load(name).reader().read_created(got.body or b"", draft=draft, received_at=got.received_at)
    assert task.remote_id
    return task.remote_id


async def look(name: str, client: Client, remote_id: str) -> Detail:
    """Fetch a task and read it."""
    return (await look_again(name, client, remote_id))[0]


async def look_again(name: str, client: Client, remote_id: str, previous: bytes | None = None) -> tuple[Detail, bytes]:
    """Fetch a task, after the answer `previous`, and read it; returns the answer, too."""
    got = await client.fetch(remote_id, previous=previous)
    body = got.body or b""
    return load(name).reader().read_task(body, remote_id=remote_id, received_at=got.received_at), body
