"""Our providers keep the contract that a stranger's are held to, and what each promises beyond it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.providers.faults import Faults, answer
from tui.domain.actions import Cancel, Delete, ReadVersion
from tui.domain.errors import BadAnswer, Forbidden, Unavailable, UsageError
from tui.domain.provider import Draft
from tui.domain.secret import Secret
from tui.providers.protocol import Client, ClientSettings
from tui.providers.registry import load
from tui.testing.contract import KEY, ProviderContract

ID = "11111111-2222-4333-8444-555555aaaaaa"
every = pytest.mark.parametrize("name", ["extruct", "yutori", "valyu"])


class TestExtruct(ProviderContract):
    """Extruct."""

    provider = load("extruct")
    remote_id = ID
    task_answer: ClassVar = {"id": ID, "status": "created"}
    key_header = ("authorization", "Bearer {key}")
    fetch_target = f"/v1/deep_research_tasks/{ID}"
    create_target = "/v1/deep_research_tasks"
    list_targets: ClassVar = {
        None: "/v1/deep_research_tasks?limit=20&offset=0",
        "20": "/v1/deep_research_tasks?limit=20&offset=20",
    }


class TestYutori(ProviderContract):
    """Yutori."""

    provider = load("yutori")
    remote_id = ID
    id_member = "task_id"
    task_answer: ClassVar = {"task_id": ID, "status": "queued"}
    key_header = ("x-api-key", "{key}")
    fetch_target = f"/v1/research/tasks/{ID}"
    create_target = "/v1/research/tasks"
    list_targets: ClassVar = {
        None: "/v1/research/tasks?page_size=100",
        "a/b=": "/v1/research/tasks?page_size=100&cursor=a%2Fb%3D",
    }

    def list_answer(self, entries: Sequence[Any]) -> Any:
        """Yutori's envelope."""
        return {"tasks": entries}


class TestValyu(ProviderContract):
    """Valyu."""

    provider = load("valyu")
    remote_id = ID
    id_member = "deepresearch_id"
    task_answer: ClassVar = {"deepresearch_id": ID, "status": "queued"}
    key_header = ("x-api-key", "{key}")
    fetch_target = f"/v1/deepresearch/tasks/{ID}/status"
    create_target = "/v1/deepresearch/tasks"
    list_targets: ClassVar = {None: "/v1/deepresearch/list?limit=100"}


@asynccontextmanager
async def client_of(name: str, faults: Faults) -> AsyncIterator[Client]:
    client = load(name).client(ClientSettings(faults.base, Secret(KEY)))
    try:
        yield client
    finally:
        await client.close()


@pytest.mark.parametrize(("name", "unknown"), [("extruct", False), ("yutori", True), ("valyu", True)])
async def test_only_extruct_promises_that_a_503_created_nothing(name: str, unknown: bool, faults: Faults) -> None:
    faults.canned["v1"] = answer(503, b"{}")
    async with client_of(name, faults) as client:
        with pytest.raises(Unavailable) as caught:
            await client.create(Draft("x"))
    assert caught.value.outcome_unknown is unknown


@every
async def test_the_account_is_read_or_explained(name: str, faults: Faults, examples: Path) -> None:
    files = {"extruct": "extruct-published-user.json", "yutori": "yutori-usage.json"}
    if name not in files:
        async with client_of(name, faults) as client:
            with pytest.raises(UsageError):
                await client.account()
        return
    faults.canned["v1"] = answer(200, (examples / files[name]).read_bytes())
    async with client_of(name, faults) as client:
        account = await client.account()
    assert account.remaining
    assert account.unit


@pytest.mark.parametrize("name", ["extruct", "yutori"])
async def test_an_account_answer_that_says_nothing_is_a_bad_answer(name: str, faults: Faults) -> None:
    faults.canned["v1"] = answer(200, b'{"x": 1}')
    async with client_of(name, faults) as client:
        with pytest.raises(BadAnswer):
            await client.account()


async def test_extruct_says_whose_a_forbidden_task_is(faults: Faults) -> None:
    faults.canned["v1"] = answer(403, b'{"detail": "Forbidden"}')
    async with client_of("extruct", faults) as client:
        with pytest.raises(Forbidden, match="another organization"):
            await client.fetch(ID)


async def test_valyus_actions_reach_it(faults: Faults) -> None:
    faults.canned["v1"] = answer(200, b'{"success": true}')
    async with client_of("valyu", faults) as client:
        await client.act(Cancel(), ID)
        await client.act(Delete(), ID)
        await client.act(ReadVersion(2), ID)
    asked = [(seen.method, seen.path, seen.body) for seen in faults.seen]
    assert asked == [
        ("POST", f"/v1/deepresearch/tasks/{ID}/cancel", b"{}"),
        ("DELETE", f"/v1/deepresearch/tasks/{ID}/delete", b""),
        ("GET", f"/v1/deepresearch/tasks/{ID}/status?version=2", b""),
    ]


REFERENCES = [
    ("extruct", ID, ID),
    ("extruct", f"  {ID.upper()}\n", ID),
    ("extruct", f"https://app.extruct.ai/x/{ID}?tab=1", ID),
    ("extruct", f"https://api.extruct.ai/v1/deep_research_tasks/{ID}", ID),
    ("extruct", f"https://evil.example/extruct.ai/{ID}", None),
    ("extruct", "https://app.extruct.ai/x/nothing", None),
    ("extruct", "", None),
    ("extruct", f"{ID}/../x", None),
    ("yutori", ID, ID),
    ("yutori", f"{ID}-1768848395", f"{ID}-1768848395"),
    ("yutori", f"https://scouts.yutori.com/{ID}", ID),
    ("yutori", f"https://platform.yutori.com/research/tasks/{ID}/", ID),
    ("yutori", f"https://platform.yutori.com/research/tasks/{ID}?x=y#z", ID),
    ("yutori", f"https://yutori.com.evil.example/{ID}", None),
    ("yutori", "task-1", None),
    ("valyu", ID, ID),
    ("valyu", f"https://platform.valyu.ai/playground/deepresearch/{ID}", ID),
    ("valyu", f"https://api.valyu.ai/v1/deepresearch/tasks/{ID}/assets/{ID.replace('1', '9')}?token=x", ID),
    ("valyu", f"https://platform.valyu.ai/?id={ID}", None),
    ("valyu", "javascript:alert(1)", None),
]


@pytest.mark.parametrize(("name", "text", "remote_id"), REFERENCES)
def test_a_pasted_reference_becomes_a_remote_id(name: str, text: str, remote_id: str | None) -> None:
    assert load(name).parse_reference(text) == remote_id
