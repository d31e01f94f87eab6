"""The Valyu service over HTTP, as tests/contracts/valyu.md describes it: tasks and what one can do to them."""

import csv
import io
import re
import zipfile
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.simulator.conftest import client, made
from tui.simulator.app import Simulation
from tui.simulator.clock import ManualClock

TASKS = "/v1/deepresearch/tasks"
LIST = "/v1/deepresearch/list"
POSTGRES = "postgres vacuum multi-version concurrency control old rows"


async def read(valyu: httpx.AsyncClient, task_id: str) -> dict[str, Any]:
    response = await valyu.get(f"{TASKS}/{task_id}/status")
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


async def started(valyu: httpx.AsyncClient, query: str = "x", **body: Any) -> str:
    return str((await made(valyu, TASKS, query=query, **body))["deepresearch_id"])


async def finished(valyu: httpx.AsyncClient, clock: ManualClock, query: str = "x", **body: Any) -> dict[str, Any]:
    task_id = await started(valyu, query, **body)
    clock.advance(20_000)
    return await read(valyu, task_id)


async def test_create_is_accepted_and_runs_at_once(valyu: httpx.AsyncClient) -> None:
    response = await valyu.post(TASKS, json={"query": "x", "metadata": {"a": 1}})
    body = response.json()
    assert response.status_code == 202
    assert (body["status"], body["mode"], body["metadata"], body["public"]) == ("running", "standard", {"a": 1}, False)
    assert "webhook_secret" not in body


async def test_a_webhook_secret_is_shown_in_the_answer_to_create_only(
    valyu: httpx.AsyncClient, clock: ManualClock
) -> None:
    body = await made(valyu, TASKS, query="x", webhook_url="https://hook.example/")
    assert re.fullmatch(r"[0-9a-f]{64}", body["webhook_secret"])
    assert body["webhook_secret"] not in str(await read(valyu, body["deepresearch_id"]))


async def test_a_queued_task_says_why_and_shows_nothing_yet(valyu: httpx.AsyncClient) -> None:
    body = await made(valyu, TASKS, query="x sim:waiting")
    assert body["status"] == "queued"
    assert body["message"]
    status = await read(valyu, body["deepresearch_id"])
    assert not {"progress", "messages", "title", "output"} & set(status)


@pytest.mark.parametrize("name", ["lite", "standard"])
async def test_lite_is_the_old_name_of_standard(valyu: httpx.AsyncClient, name: str) -> None:
    assert (await made(valyu, TASKS, query="x", mode=name))["mode"] == "standard"


async def test_the_old_names_of_query_and_mode_are_understood(valyu: httpx.AsyncClient) -> None:
    body = await made(valyu, TASKS, input="old words", model="fast")
    assert (await read(valyu, body["deepresearch_id"]))["query"] == "old words"
    assert body["mode"] == "fast"


async def test_a_running_task_shows_steps_and_a_trace_that_only_grows(
    valyu: httpx.AsyncClient, clock: ManualClock
) -> None:
    task_id = await started(valyu, tools={"code_execution": True})
    traces, steps = [], []
    for _ in range(12):
        clock.advance(60)
        body = await read(valyu, task_id)
        traces.append(body["messages"])
        steps.append(body.get("progress", {}).get("current_step", 0))
    assert steps == sorted(steps)
    assert steps[-1] > 1
    for before, after in pairwise(traces):
        assert after[: len(before)] == before
    assert len(traces[-1]) > len(traces[0])


async def test_the_trace_joins_calls_and_results_by_id(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    body = await finished(valyu, clock, tools={"code_execution": True})
    parts = [part for message in body["messages"] for part in message["content"]]
    calls = [part["toolCallId"] for part in parts if part["type"] == "tool-call"]
    results = [part["toolCallId"] for part in parts if part["type"] == "tool-result"]
    assert len(calls) == len(set(calls))
    assert sorted(calls) == sorted(results)
    assert {part["toolName"] for part in parts if part["type"] == "tool-call"} == {
        "research", "execute_code", "createChart",
    }  # fmt: skip
    assert parts[0]["text"].startswith("**RESEARCH QUERY:**\n")


async def test_a_completed_task_stays_below_its_steps_and_tells_its_cost(
    valyu: httpx.AsyncClient, clock: ManualClock
) -> None:
    body = await finished(valyu, clock, tools={"code_execution": {"enabled": True}, "screenshots": True})
    assert body["status"] == "completed"
    assert body["progress"]["current_step"] < body["progress"]["total_steps"]
    assert body["cost_breakdown"] == {"task": 0.5, "screenshots": 0.05, "code_execution": 0.1}
    assert body["cost"] == pytest.approx(0.65)
    assert body["created_at"] < body["completed_at"]
    assert "success" not in body


async def test_members_come_in_the_order_of_the_real_answer(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    body = await finished(valyu, clock, output_formats=["markdown", "pdf"])
    order = (
        "deepresearch_id status query title mode output_formats created_at public progress total_word_count output_type"
        " output sources cost cost_breakdown completed_at pdf_url images"
    ).split()
    assert [name for name in body if name in order] == order
    assert [*body][-1] == "messages"


async def test_citations_are_numbered_links_and_the_number_is_the_source(
    valyu: httpx.AsyncClient, clock: ManualClock
) -> None:
    body = await finished(valyu, clock, POSTGRES)
    sources = body["sources"]
    assert [source["source_id"] for source in sources] == list(range(1, len(sources) + 1))
    cited = re.findall(r"\[\[(\d+)\]\]\((\S+)\)", body["output"].split("## Sources")[0])
    assert len(cited) > 80
    urls = {str(source["source_id"]): source["url"] for source in sources}
    assert all(urls[number].startswith(url.rstrip(")")) for number, url in cited)


async def test_the_report_ends_with_unsplit_sources(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    body = await finished(valyu, clock, POSTGRES)
    _, _, tail = body["output"].partition("\n## Sources\n\n")
    lines = tail.splitlines()
    assert len(lines) == len(body["sources"])
    assert lines[4] == f"[5] {body['sources'][4]['title']} - {body['sources'][4]['url']}"


async def test_a_computation_is_cited_without_a_link(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    assert "[[step 3 calculation]]." in (await finished(valyu, clock, code_execution=True))["output"]


async def test_awkward_titles_hold_line_breaks_and_sources_lack_members(
    valyu: httpx.AsyncClient, clock: ManualClock
) -> None:
    body = await finished(valyu, clock, f"{POSTGRES} sim:awkward")
    assert any("\n" in source["title"] for source in body["sources"])
    assert {len(source) for source in body["sources"]} > {3}


async def test_images_stand_in_the_text_and_carry_their_figures(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    body = await finished(valyu, clock, "space debris what is up there where it comes from and what removes it")
    for image in body["images"]:
        assert f"![{image['title']}]({image['image_url']})" in body["output"]
        assert image["data_series"][0]["data"]
    assert body["images"][0]["title"].startswith("Orbital launch")


async def test_a_schema_brings_json_and_no_markdown(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    schema = {"type": "object", "properties": {"count": {"type": "integer", "minimum": 3}}}
    body = await finished(valyu, clock, output_formats=[schema])
    assert (body["output_type"], body["output"]) == ("json", {"count": 3})
    assert body["editable"] is False


async def test_toon_is_text_made_of_the_same_values(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    schema = {"type": "object", "properties": {"n": {"const": 3}, "on": {"type": "boolean"}, "deep": {"type": "object",
              "properties": {"list": {"type": "array", "items": {"const": 1}}, "none": {"type": "null"}}}}}  # fmt: skip
    body = await finished(valyu, clock, output_formats=[schema, "toon"])
    assert body["output_type"] == "toon"
    assert body["output"] == "n: 3\non: true\ndeep:\n  list[2]:\n    - 1\n    - 1\n  none: null"


async def test_failures_may_leave_nothing_or_part_of_a_report(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    nothing = await finished(valyu, clock, "x sim:failed")
    assert (nothing["status"], nothing["error"], nothing["sources"]) == ("failed", "Research failed", [])
    assert "output" not in nothing
    part = await finished(valyu, clock, f"{POSTGRES} sim:failed-partial")
    whole = await finished(valyu, clock, POSTGRES)
    assert part["status"] == "failed"
    assert 0 < len(part["output"]) < len(whole["output"])
    assert "cost" not in part


async def test_the_etag_changes_with_the_body_and_saves_sending_it(
    valyu: httpx.AsyncClient, clock: ManualClock
) -> None:
    path = f"{TASKS}/{await started(valyu)}/status"
    first = await valyu.get(path)
    again = await valyu.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["retry-after"] == first.headers["retry-after"]
    clock.advance(300)
    changed = await valyu.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]
    assert re.fullmatch(r'W/"dr_.+:running"', changed.headers["etag"])


async def test_the_list_is_a_bare_array_of_short_records(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    await finished(valyu, clock, "first")
    await started(valyu, "second")
    items = (await valyu.get(LIST)).json()
    assert [item["query"] for item in items] == ["second", "first"]
    assert set(items[1]) == {"deepresearch_id", "query", "title", "status", "created_at", "public"}


async def test_no_more_than_a_hundred_can_be_listed(valyu: httpx.AsyncClient) -> None:
    for number in range(103):
        await started(valyu, str(number))
    assert len((await valyu.get(LIST)).json()) == 100
    assert [item["query"] for item in (await valyu.get(LIST, params={"limit": 2})).json()] == ["102", "101"]
    for limit in ("0", "101", "ten"):
        assert (await valyu.get(LIST, params={"limit": limit})).status_code == 400


async def test_steering_reaches_the_trace(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    task_id = await started(valyu)
    clock.advance(200)
    response = await valyu.post(f"{TASKS}/{task_id}/update", json={"instruction": "Only after 2010"})
    assert response.json() == {
        "success": True, "message": "Task updated successfully", "deepresearch_id": task_id,
    }  # fmt: skip
    before = (await read(valyu, task_id))["messages"]
    assert before[-1]["content"][0]["text"].endswith("Only after 2010")
    clock.advance(200)
    assert (await read(valyu, task_id))["messages"][: len(before)] == before


@pytest.mark.parametrize(("advance", "query"), [(800, "x"), (20_000, "x"), (10, "x sim:waiting")])
async def test_what_is_not_researching_cannot_be_steered(
    valyu: httpx.AsyncClient, clock: ManualClock, simulation: Simulation, advance: float, query: str
) -> None:
    task_id = await started(valyu, query)
    task = simulation.valyu.tasks.get(task_id)
    assert task is not None
    clock.advance(advance * task.spread(0.85, 1.15) if advance == 800 else advance)
    response = await valyu.post(f"{TASKS}/{task_id}/update", json={"instruction": "More"})
    assert response.status_code == 400


async def test_cancel_is_final_and_leaves_what_was_found(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    task_id = await started(valyu, POSTGRES)
    clock.advance(500)
    assert (await valyu.post(f"{TASKS}/{task_id}/cancel", json={})).json()["message"] == "Task cancelled successfully"
    clock.advance(5000)
    body = await read(valyu, task_id)
    assert body["status"] == "cancelled"
    assert body["output"].startswith("# ")
    again = await valyu.post(f"{TASKS}/{task_id}/cancel")
    assert (again.status_code, again.json()["error"]) == (400, "Task is already cancelled")


async def test_an_early_cancel_leaves_nothing(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    task_id = await started(valyu)
    clock.advance(20)
    await valyu.post(f"{TASKS}/{task_id}/cancel")
    body = await read(valyu, task_id)
    assert "output" not in body
    assert body["sources"] == []


async def test_only_what_has_ended_can_be_deleted_and_then_is_gone(
    valyu: httpx.AsyncClient, clock: ManualClock
) -> None:
    task_id = await started(valyu)
    assert (await valyu.delete(f"{TASKS}/{task_id}/delete")).status_code == 400
    clock.advance(5000)
    assert (await valyu.delete(f"{TASKS}/{task_id}/delete")).status_code == 200
    assert (await valyu.get(f"{TASKS}/{task_id}/status")).status_code == 404
    assert (await valyu.get(LIST)).json() == []


async def test_sharing_can_be_switched_on_and_off(valyu: httpx.AsyncClient) -> None:
    task_id = await started(valyu)
    for flag in (True, False):
        answer = (await valyu.post(f"{TASKS}/{task_id}/public", json={"public": flag})).json()
        assert (answer["success"], answer["public"]) == (True, flag)
        assert (await read(valyu, task_id))["public"] is flag


async def test_files_open_with_their_token_alone(
    simulation: Simulation, valyu: httpx.AsyncClient, clock: ManualClock
) -> None:
    wanted = ["CSV of sources", {"type": "xlsx", "description": "sources"}, "a docx", "one pdf", "slides as pptx"]
    body = await finished(valyu, clock, output_formats=["markdown", "pdf"], deliverables=wanted)
    urls = {item["type"]: item["url"] for item in body["deliverables"]}
    async with client(simulation, "valyu", x="y") as stranger:
        data = {kind: (await stranger.get(urls[kind])).content for kind in ("csv", "xlsx", "docx", "pdf")}
        picture = (await stranger.get(body["images"][0]["image_url"])).content
        report = (await stranger.get(body["pdf_url"])).content
        assert (await stranger.get(urls["pptx"])).status_code == 404
    rows = list(csv.reader(io.StringIO(data["csv"].decode())))
    assert len(rows) == body["deliverables"][0]["row_count"] + 1
    for kind in ("xlsx", "docx"):
        assert zipfile.ZipFile(io.BytesIO(data[kind])).testzip() is None
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert data["pdf"].startswith(b"%PDF-")
    assert report.startswith(b"%PDF-")
    failed = next(item for item in body["deliverables"] if item["type"] == "pptx")
    assert (failed["status"], bool(failed["error"])) == ("failed", True)


async def test_files_need_the_right_token_or_the_key(
    simulation: Simulation, valyu: httpx.AsyncClient, clock: ManualClock
) -> None:
    body = await finished(valyu, clock, output_formats=["markdown", "pdf"])
    bare = f"{TASKS}/{body['deepresearch_id']}/assets/report.pdf"
    async with client(simulation, "valyu", x="y") as stranger:
        assert (await stranger.get(bare)).status_code == 401
        assert (await stranger.get(bare, params={"token": "wrong"})).status_code == 403
    assert (await valyu.get(bare)).status_code == 200
    assert (await valyu.get(bare.replace("report.pdf", "other"))).status_code == 404


async def test_asset_urls_point_back_to_where_the_client_asked(valyu: httpx.AsyncClient, clock: ManualClock) -> None:
    url = urlsplit((await finished(valyu, clock))["images"][0]["image_url"])
    assert (url.scheme, url.netloc) == ("http", "sim.test")
    assert url.path.startswith("/valyu/v1/deepresearch/tasks/")


async def test_there_is_nothing_to_fetch_before_the_end(valyu: httpx.AsyncClient) -> None:
    task_id = await started(valyu, output_formats=["markdown", "pdf"])
    assert (await valyu.get(f"{TASKS}/{task_id}/assets/report.pdf")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "status", None),
        ("POST", "update", {"instruction": "x"}),
        ("POST", "cancel", {}),
        ("DELETE", "delete", None),
        ("POST", "public", {"public": True}),
        ("POST", "respond", {"interaction_id": "int_1", "response": {"approved": True}}),
        ("GET", "versions", None),
        ("POST", "edit", {"instruction": "x"}),
    ],
)
async def test_what_is_not_there_is_not_found_and_strangers_learn_nothing(
    simulation: Simulation, valyu: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None
) -> None:
    url = f"{TASKS}/00000000-0000-4000-8000-000000000000/{path}"
    response = await valyu.request(method, url, json=body)
    assert (response.status_code, response.json()) == (404, {"success": False, "error": "Task not found"})
    async with client(simulation, "valyu", authorization="Bearer val_test") as stranger:
        refused = await stranger.request(method, url, json=body)
        assert (refused.status_code, refused.json()) == (401, {"success": False, "error": "Invalid API key"})
