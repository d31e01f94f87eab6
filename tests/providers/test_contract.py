"""What every provider promises, ours or a stranger's: one suite, run over each of them against real sockets."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.providers.conftest import NAMES, NOW
from tests.providers.faults import Faults, answer
from tui.domain.capability import Capability
from tui.domain.errors import (
    BadAnswer,
    BadKey,
    DivewatchError,
    Forbidden,
    Gone,
    PaymentNeeded,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Unreachable,
    UsageError,
)
from tui.domain.provider import Draft
from tui.domain.secret import Secret
from tui.domain.task import TaskStatus
from tui.providers.base import Client, Settings
from tui.providers.registry import load

KEY = "canary-key-0815"
ID = "11111111-2222-4333-8444-555555555555"
ID_MEMBERS = {"extruct": "id", "yutori": "task_id", "valyu": "deepresearch_id"}
TASK_PATHS = {
    "extruct": "/v1/deep_research_tasks/{id}",
    "yutori": "/v1/research/tasks/{id}",
    "valyu": "/v1/deepresearch/tasks/{id}/status",
}
LIST_PATHS = {
    "extruct": "/v1/deep_research_tasks?limit=20&offset=0",
    "yutori": "/v1/research/tasks?page_size=100",
    "valyu": "/v1/deepresearch/list?limit=100",
}
NEXT_PATHS = {
    "extruct": ("20", "/v1/deep_research_tasks?limit=20&offset=20"),
    "yutori": ("a/b=", "/v1/research/tasks?page_size=100&cursor=a%2Fb%3D"),
}
CREATE_PATHS = {
    "extruct": "/v1/deep_research_tasks",
    "yutori": "/v1/research/tasks",
    "valyu": "/v1/deepresearch/tasks",
}
KEY_HEADERS = {"extruct": ("authorization", f"Bearer {KEY}"), "yutori": ("x-api-key", KEY), "valyu": ("x-api-key", KEY)}
CREATED_WORDS = {"extruct": "created", "yutori": "queued", "valyu": "queued"}
every = pytest.mark.parametrize("name", NAMES)


@asynccontextmanager
async def client_of(name: str, faults: Faults) -> AsyncIterator[Client]:
    client = load(name).client(Settings(faults.base, Secret(KEY)))
    try:
        yield client
    finally:
        await client.close()


def task_body(name: str, **members: Any) -> bytes:
    return json.dumps({ID_MEMBERS[name]: ID, "status": CREATED_WORDS[name], **members}).encode()


@every
def test_a_provider_describes_itself(name: str) -> None:
    info = load(name).info
    assert info.name == name
    assert info.base_url.startswith("https://")
    assert "/v1" not in info.base_url
    assert info.base_url_variable == f"{name.upper()}_BASE_URL"
    assert info.key_variables[0].startswith(name.upper())
    assert info.cadence.first <= info.cadence.steady <= info.cadence.idle


@every
def test_every_capability_is_there_or_its_absence_is_explained(name: str) -> None:
    info = load(name).info
    assert set(info.missing) == set(Capability) - info.capabilities
    assert all(info.title in reason for reason in info.missing.values())


@every
async def test_a_task_is_asked_for_at_its_address_with_the_key(name: str, faults: Faults) -> None:
    faults.canned["v1"] = answer(200, task_body(name))
    async with client_of(name, faults) as client:
        got = await client.fetch(ID)
    detail = load(name).reader().read_task(got.body or b"", remote_id=ID, received_at=got.received_at)
    assert detail.task.status is TaskStatus.QUEUED
    assert faults.seen[0].path == TASK_PATHS[name].format(id=ID)
    header, value = KEY_HEADERS[name]
    assert faults.seen[0].headers[header] == value
    assert KEY not in faults.seen[0].path


@every
async def test_a_known_etag_is_sent_and_not_modified_understood(name: str, faults: Faults) -> None:
    faults.canned["v1"] = answer(304, b"")
    async with client_of(name, faults) as client:
        got = await client.fetch(ID, etag='W/"7"')
    assert (got.status, got.body) == (304, None)
    assert faults.seen[0].headers["if-none-match"] == 'W/"7"'


@every
async def test_the_list_is_asked_for_page_by_page(name: str, faults: Faults) -> None:
    faults.canned["v1"] = answer(200, b"[]")
    async with client_of(name, faults) as client:
        await client.fetch_page()
        if name in NEXT_PATHS:
            await client.fetch_page(NEXT_PATHS[name][0])
    asked = [seen.path for seen in faults.seen]
    assert asked == [LIST_PATHS[name], *([NEXT_PATHS[name][1]] if name in NEXT_PATHS else [])]


@every
async def test_a_create_is_one_post_with_a_json_body(name: str, faults: Faults) -> None:
    faults.canned["v1"] = answer(202, task_body(name))
    draft = Draft("what about umlauts: äöü?")
    async with client_of(name, faults) as client:
        got = await client.create(draft)
    (seen,) = faults.seen
    assert (seen.method, seen.path) == ("POST", CREATE_PATHS[name])
    assert seen.headers["content-type"] == "application/json"
    assert draft.prompt in json.loads(seen.body).values()
    task = load(name).reader().read_created(got.body or b"", draft=draft, received_at=NOW)
    assert (task.remote_id, task.prompt, task.status) == (ID, draft.prompt, TaskStatus.QUEUED)


@every
@pytest.mark.parametrize(
    ("status", "kind", "unknown"),
    [
        (400, Refused, False),
        (401, BadKey, False),
        (402, PaymentNeeded, False),
        (403, Forbidden, False),
        (404, Gone, False),
        (409, Refused, False),
        (422, Refused, False),
        (429, RateLimited, False),
        (500, Unavailable, True),
        (502, Unavailable, True),
        (504, Unavailable, True),
        (307, Unreachable, False),
    ],
)
async def test_a_failed_create_is_sent_once_and_says_whether_it_may_have_worked(
    name: str, status: int, kind: type[ProviderError], unknown: bool, faults: Faults
) -> None:
    faults.canned["v1"] = answer(status, b'{"detail": "no"}', ("Location", faults.base + "/ok"))
    async with client_of(name, faults) as client:
        with pytest.raises(ProviderError) as caught:
            await client.create(Draft("x"))
    assert type(caught.value) is kind
    assert caught.value.outcome_unknown is unknown
    assert len(faults.seen) == 1


@pytest.mark.parametrize(("name", "unknown"), [("extruct", False), ("yutori", True), ("valyu", True)])
async def test_only_extruct_promises_that_a_503_created_nothing(name: str, unknown: bool, faults: Faults) -> None:
    faults.canned["v1"] = answer(503, b"{}")
    async with client_of(name, faults) as client:
        with pytest.raises(Unavailable) as caught:
            await client.create(Draft("x"))
    assert caught.value.outcome_unknown is unknown


@every
@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"{", b'{"status": "queued"}', b'{"error": "no credits"}'])
def test_a_created_task_without_an_id_has_an_unknown_outcome(name: str, body: bytes) -> None:
    with pytest.raises(BadAnswer):
        load(name).reader().read_created(body, draft=Draft("x"), received_at=NOW)


@every
def test_the_id_of_a_created_task_survives_everything_else(name: str) -> None:
    odd = task_body(name, status=["?"], mode={"a": 1}, created_at="soon", updates=3, progress="much", agents=[])
    assert load(name).reader().read_created(odd, draft=Draft("x"), received_at=NOW).remote_id == ID


@every
@pytest.mark.parametrize("body", [b"{}", b"1", b'"x"', b"{", b"<html></html>", b""])
def test_a_list_that_is_none_is_a_bad_answer(name: str, body: bytes) -> None:
    with pytest.raises(BadAnswer):
        load(name).reader().read_page(body, received_at=NOW)


@every
def test_good_entries_of_a_list_are_kept_and_bad_ones_counted(name: str) -> None:
    good = json.loads(task_body(name, created_at="2026-11-20T09:00:00Z"))
    entries = [None, good, {"x": 1}, 5, good, {ID_MEMBERS[name]: None}]
    wrapped = {"tasks": entries} if name == "yutori" else entries
    page = load(name).reader().read_page(json.dumps(wrapped).encode(), received_at=NOW)
    assert [task.remote_id for task in page.tasks] == [ID]
    assert len(page.problems) == 4
    assert all(task.id == "" for task in page.tasks)


@every
def test_an_answer_about_another_task_is_refused(name: str) -> None:
    with pytest.raises(BadAnswer, match="another task"):
        load(name).reader().read_task(task_body(name), remote_id="99999999-0000", received_at=NOW)


@every
def test_an_answer_that_spells_the_id_in_capitals_is_the_same_task(name: str) -> None:
    other = "abcdef00-0000-4000-8000-00000000000A"
    body = task_body(name, **{ID_MEMBERS[name]: other.upper()})
    assert load(name).reader().read_task(body, remote_id=other, received_at=NOW).task.remote_id == other


@every
async def test_an_action_that_a_service_lacks_is_never_sent(name: str, faults: Faults) -> None:
    async with client_of(name, faults) as client:
        with pytest.raises(UsageError):
            await client.act("explode", ID, {})
        for capability in (Capability.CANCEL, Capability.DELETE, Capability.STEER):
            if capability not in load(name).info.capabilities:
                with pytest.raises(UsageError):
                    await client.act(capability, ID, {})
    assert faults.seen == []


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
        await client.act("cancel", ID, {})
        await client.act("delete", ID, {})
        await client.act("versions", ID, {"version": 2})
    asked = [(seen.method, seen.path, seen.body) for seen in faults.seen]
    assert asked == [
        ("POST", f"/v1/deepresearch/tasks/{ID}/cancel", b"{}"),
        ("DELETE", f"/v1/deepresearch/tasks/{ID}/delete", b""),
        ("GET", f"/v1/deepresearch/tasks/{ID}/status?version=2", b""),
    ]


@every
async def test_an_asset_is_downloaded(name: str, faults: Faults, tmp_path: Path) -> None:
    faults.canned["asset"] = answer(200, b"bytes", ("Content-Type", "application/octet-stream"))
    async with client_of(name, faults) as client:
        assert await client.download(faults.base + "/asset", tmp_path / "x") == 5


@every
async def test_a_bad_base_url_is_an_error_of_the_first_request_not_of_the_client(name: str) -> None:
    client = load(name).client(Settings("http://example.org", Secret(KEY)))
    calls: tuple[Callable[[], Awaitable[object]], ...] = (client.fetch_page, lambda: client.fetch(ID))
    for call in calls:
        with pytest.raises(DivewatchError, match="plain http"):
            await call()
    await client.close()


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
