"""The Yutori service over HTTP, as tests/contracts/yutori.md describes it."""

from typing import Any

import httpx
import pytest

from tests.simulator.conftest import client, made
from tui.simulator.app import Simulation
from tui.simulator.clock import ManualClock
from tui.simulator.faults import Faults
from tui.simulator.yutori.scripts import BILLING, UNDOCUMENTED

TASKS = "/v1/research/tasks"


async def read(yutori: httpx.AsyncClient, task_id: str) -> dict[str, Any]:
    response = await yutori.get(f"{TASKS}/{task_id}")
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


async def finished(yutori: httpx.AsyncClient, clock: ManualClock, query: str, **body: Any) -> dict[str, Any]:
    task = await made(yutori, TASKS, query=query, **body)
    clock.advance(3600)
    return await read(yutori, task["task_id"])


async def test_a_task_is_queued_then_runs_without_any_news_then_succeeds(
    yutori: httpx.AsyncClient, clock: ManualClock
) -> None:
    created = await made(yutori, TASKS, query="x")
    assert created["status"] == "queued"
    for advance, status in ((0, "queued"), (30, "running"), (200, "running")):
        clock.advance(advance)
        body = await read(yutori, created["task_id"])
        assert (body["status"], body["updates"], body["result"]) == (status, [], None)
    clock.advance(600)
    assert (await read(yutori, created["task_id"]))["status"] == "succeeded"


async def test_the_query_is_not_in_the_status_answer(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    assert "query" not in await finished(yutori, clock, "x")


async def test_the_result_is_html_whose_citations_are_anchors_without_text(
    yutori: httpx.AsyncClient, clock: ManualClock
) -> None:
    task = await finished(yutori, clock, "x")
    assert task["result"].startswith("<article>")
    assert '"></a>' in task["result"]
    (update,) = task["updates"]
    assert update["content"] == task["result"]
    assert update["timestamp"] > 10**12
    assert update["stats"]["num_tool_calls"] > 0


async def test_citations_and_anchors_do_not_cover_each_other(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    task = await finished(yutori, clock, "postgres vacuum multi-version concurrency control rows")
    citations = task["updates"][0]["citations"]
    assert [citation["id"] for citation in citations] == [str(number) for number in range(len(citations))]
    urls = {citation["url"] for citation in citations}
    assert [url for url in urls if url.replace("&", "&amp;") not in task["result"]]


async def test_fast_mode_is_faster(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    fast = await made(yutori, TASKS, query="x", mode="fast")
    deep = await made(yutori, TASKS, query="x", mode="deep")
    clock.advance(300)
    assert (await read(yutori, fast["task_id"]))["status"] == "succeeded"
    assert (await read(yutori, deep["task_id"]))["status"] == "running"


async def test_a_markdown_result_has_named_links(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    result = (await finished(yutori, clock, "x sim:markdown"))["result"]
    assert result.startswith("# ")
    assert "](https://" in result


async def test_updates_may_come_while_it_runs_with_growing_statistics(
    yutori: httpx.AsyncClient, clock: ManualClock
) -> None:
    task = await made(yutori, TASKS, query="x sim:updates")
    clock.advance(380)
    updates = (await read(yutori, task["task_id"]))["updates"]
    pages = [update["stats"]["num_webpages_read"] for update in updates]
    stamps = [update["timestamp"] for update in updates]
    assert len(pages) >= 2
    assert pages == sorted(pages)
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "object", "properties": {"a": {"type": "string"}}}, dict),
        ({"type": "array", "items": {"type": "object", "properties": {"a": {"type": "integer"}}}}, list),
    ],
)
async def test_a_schema_brings_a_structured_result_beside_the_text(
    yutori: httpx.AsyncClient, clock: ManualClock, schema: dict[str, Any], kind: type
) -> None:
    task = await finished(yutori, clock, "x", output_schema=schema)
    assert isinstance(task["structured_result"], kind)
    assert task["structured_output_status"] == "succeeded"
    assert task["result"]


async def test_a_plain_value_comes_in_a_list(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    assert (await finished(yutori, clock, "x", output_schema={"const": 7}))["structured_result"] == [7]


async def test_the_deprecated_form_of_a_schema_still_works(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    spec = {"output_schema": {"type": "json", "json_schema": {"type": "object", "properties": {"a": {}}}}}
    assert "a" in (await finished(yutori, clock, "x", task_spec=spec))["structured_result"]


async def test_the_structured_part_may_come_later_than_the_text(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    task = await made(yutori, TASKS, query="x sim:structure-pending", mode="fast", output_schema={"type": "object"})
    clock.advance(250)
    early = await read(yutori, task["task_id"])
    assert (early["status"], early["structured_output_status"]) == ("succeeded", "pending")
    clock.advance(200)
    late = await read(yutori, task["task_id"])
    assert (late["structured_output_status"], late["structured_result"]) == ("succeeded", {})


async def test_the_structured_part_may_fail_alone(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    task = await finished(yutori, clock, "x sim:structure-failed", output_schema={"type": "object"})
    assert (task["status"], task["structured_output_status"]) == ("succeeded", "failed")
    assert task["structured_result"] is None


@pytest.mark.parametrize("reason", [*BILLING, *UNDOCUMENTED])
async def test_billing_failures_give_their_reason(yutori: httpx.AsyncClient, clock: ManualClock, reason: str) -> None:
    task = await finished(yutori, clock, f"x sim:failed-{reason.replace('_', '-')}")
    assert (task["status"], task["rejection_reason"], task["result"]) == ("failed", reason, None)


async def test_other_failures_give_none(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    task = await finished(yutori, clock, "x sim:failed-silent")
    assert (task["status"], task["rejection_reason"]) == ("failed", None)


@pytest.mark.parametrize("reason", BILLING)
async def test_a_create_can_be_refused_with_a_success_code(yutori: httpx.AsyncClient, reason: str) -> None:
    created = await made(yutori, TASKS, query=f"x sim:refused-{reason.replace('_', '-')}")
    assert (created["status"], created["rejection_reason"]) == ("failed", reason)
    assert (await read(yutori, created["task_id"]))["status"] == "failed"


async def test_old_ids_carry_seconds_that_the_web_address_leaves_out(yutori: httpx.AsyncClient) -> None:
    created = await made(yutori, TASKS, query="x sim:epoch-id")
    uuid_part, _, seconds = created["task_id"].rpartition("-")
    assert seconds.isdigit()
    assert created["view_url"].endswith(f"/{uuid_part}")


async def test_a_bare_answer_has_little_more_than_it_must(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    task = await finished(yutori, clock, "x sim:bare")
    assert set(task) == {"task_id", "view_url", "status", "result", "updates"}
    assert task["updates"][0]["timestamp"] < 10**12


async def test_a_task_can_succeed_with_nothing(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    task = await finished(yutori, clock, "x sim:nothing")
    assert (task["status"], task["result"], task["updates"]) == ("succeeded", None, [])


@pytest.mark.parametrize(
    ("body", "place"),
    [({}, "query"), ({"query": None}, "query"), ({"query": "x", "webhook_format": "fax"}, "webhook_format"),
     ({"query": "x", "mode": "max"}, "mode"), ({"query": "x", "skip_email": "yes"}, "skip_email")],
)  # fmt: skip
async def test_bad_creates_are_refused(yutori: httpx.AsyncClient, body: dict[str, Any], place: str) -> None:
    response = await yutori.post(TASKS, json=body)
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", place]


async def test_a_body_that_is_no_json_is_refused(yutori: httpx.AsyncClient) -> None:
    assert (await yutori.post(TASKS, content=b"\xff")).status_code == 422


async def test_an_unknown_task_is_not_found(yutori: httpx.AsyncClient) -> None:
    response = await yutori.get(f"{TASKS}/whatever")
    assert (response.status_code, response.json()) == (404, {"detail": "task not found"})


@pytest.mark.parametrize("headers", [{"X-API-Key": "yt-test"}, {"authorization": "Bearer yt-test"}])
async def test_the_key_is_taken_from_either_header(simulation: Simulation, headers: dict[str, str]) -> None:
    async with client(simulation, "yutori", **headers) as known:
        assert (await known.get("/v1/usage")).status_code == 200


async def test_without_a_key_only_health_answers(simulation: Simulation) -> None:
    async with client(simulation, "yutori", x="y") as stranger:
        assert (await stranger.get(TASKS)).status_code == 401
        assert (await stranger.get("/v1/health")).status_code == 200
        assert (await stranger.get("/health")).status_code == 200


async def test_the_list_is_behind_the_task(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    task = await made(yutori, TASKS, query="x sim:failed-budget-exceeded")

    async def listed() -> str:
        (item,) = (await yutori.get(TASKS)).json()["tasks"]
        return str(item["status"])

    assert await listed() == "running"
    clock.advance(40)
    assert (await read(yutori, task["task_id"]))["status"] == "failed"
    assert await listed() == "running"
    clock.advance(20)
    assert await listed() == "failed"


async def test_without_a_page_size_everything_comes_at_once(yutori: httpx.AsyncClient) -> None:
    for number in range(60):
        await made(yutori, TASKS, query=str(number))
    page = (await yutori.get(TASKS)).json()
    assert (len(page["tasks"]), page["total"], page["has_more"], page["next_cursor"]) == (60, 60, False, None)


async def test_cursors_lead_through_all_pages_and_back(yutori: httpx.AsyncClient) -> None:
    for number in range(5):
        await made(yutori, TASKS, query=str(number))
    seen, cursor = [], None
    while True:
        query = {"page_size": 2} | ({"cursor": cursor} if cursor else {})
        page = (await yutori.get(TASKS, params=query)).json()
        seen += [item["query"] for item in page["tasks"]]
        if not page["has_more"]:
            break
        cursor = page["next_cursor"]
    assert seen == ["4", "3", "2", "1", "0"]
    back = (await yutori.get(TASKS, params={"page_size": 2, "cursor": page["prev_cursor"]})).json()
    assert [item["query"] for item in back["tasks"]] == ["2", "1"]


async def test_the_list_can_be_filtered_by_its_three_words_only(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    await finished(yutori, clock, "done")
    await made(yutori, TASKS, query="new")
    page = (await yutori.get(TASKS, params={"status": "succeeded"})).json()
    assert [item["query"] for item in page["tasks"]] == ["done"]
    assert (page["filtered_total"], page["summary"]) == (1, {"running": 1, "succeeded": 1, "failed": 0})
    assert (await yutori.get(TASKS, params={"status": "queued"})).status_code == 422


@pytest.mark.parametrize("query", [{"cursor": "nonsense"}, {"cursor": "e30="}, {"page_size": "all"}])
async def test_broken_paging_is_refused(yutori: httpx.AsyncClient, query: dict[str, str]) -> None:
    assert (await yutori.get(TASKS, params=query)).status_code == 422


async def test_usage_counts_what_was_asked_and_the_limit_holds(
    yutori: httpx.AsyncClient, simulation: Simulation
) -> None:
    simulation.yutori.daily_limit = 2
    await made(yutori, TASKS, query="x")
    await yutori.get(TASKS)
    limits = (await yutori.get("/v1/usage")).json()["rate_limits"]
    assert (limits["requests_today"], limits["remaining_requests"]) == (2, 0)
    assert (await yutori.get(TASKS)).status_code == 429


async def test_usage_counts_tasks_of_a_period(yutori: httpx.AsyncClient, clock: ManualClock) -> None:
    await made(yutori, TASKS, query="x")
    clock.advance(3 * 86_400)
    assert (await yutori.get("/v1/usage")).json()["activity"]["research_tasks"] == 0
    assert (await yutori.get("/v1/usage", params={"period": "7d"})).json()["activity"]["research_tasks"] == 1
    assert (await yutori.get("/v1/usage", params={"period": "1y"})).status_code == 422


async def test_usage_may_be_unavailable(yutori: httpx.AsyncClient, faults: Faults) -> None:
    faults.switch_on("yutori:usage-unavailable")
    limits = (await yutori.get("/v1/usage")).json()["rate_limits"]
    assert (limits["status"], limits["requests_today"]) == ("unavailable", None)
