"""Valyu's own abilities against the simulated service: checkpoints, actions, edits, batches, files."""

from pathlib import Path
from typing import Any

import pytest

from tests.providers.test_simulator import client_of, look, start
from tui.domain.errors import Gone, Refused
from tui.domain.provider import Draft
from tui.domain.task import TaskStatus
from tui.providers.base import Client, Outcome
from tui.providers.registry import load
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator


async def act(client: Client, action: str, remote_id: str, **arguments: Any) -> Outcome:
    got = await client.act(action, remote_id, arguments)
    return load("valyu").reader().read_outcome(action, got.body or b"", received_at=got.received_at)


async def test_polling_with_an_etag_costs_no_body(simulator: Simulator, clock: ManualClock) -> None:
    async with client_of("valyu", simulator) as client:
        remote_id = await start("valyu", client, Draft("x"))
        clock.advance(60)
        first = await client.fetch(remote_id)
        second = await client.fetch(remote_id, etag=first.etag)
        clock.advance(3600)
        third = await client.fetch(remote_id, etag=first.etag)
    assert first.etag
    assert (second.status, second.body) == (304, None)
    assert second.retry_after
    assert third.status == 200


async def test_a_checkpoint_is_answered_and_the_task_goes_on(simulator: Simulator, clock: ManualClock) -> None:
    async with client_of("valyu", simulator) as client:
        remote_id = await start("valyu", client, Draft("x", "heavy", None, {"hitl": {"plan_review": True}}))
        clock.advance(600)
        waiting = await look("valyu", client, remote_id)
        assert waiting.task.status is TaskStatus.WAITING
        assert waiting.interaction is not None
        assert waiting.interaction.kind == "plan_review"
        assert waiting.interaction.deadline is not None
        answer = {"approved": True}
        outcome = await act(client, "respond", remote_id, interaction_id=waiting.interaction.id, response=answer)
        assert outcome.status in {TaskStatus.RUNNING, TaskStatus.QUEUED}
        with pytest.raises(Refused, match="not possible in this state"):
            await act(client, "respond", remote_id, interaction_id="int_other", response=answer)
        clock.advance(4 * 3600)
        done = await look("valyu", client, remote_id)
    assert done.task.status is TaskStatus.DONE
    assert done.answered[0].id == waiting.interaction.id


async def test_steer_share_cancel_and_delete(simulator: Simulator, clock: ManualClock) -> None:
    async with client_of("valyu", simulator) as client:
        remote_id = await start("valyu", client, Draft("x", "heavy"))
        clock.advance(120)
        assert (await act(client, "steer", remote_id, instruction="look at Europe")).message.startswith(
            "instruction sent"
        )
        shared = await act(client, "share", remote_id, public=True)
        assert shared.web_url == f"https://platform.valyu.ai/playground/deepresearch/{remote_id}"
        assert ("public", "yes") in (await look("valyu", client, remote_id)).facts
        assert (await act(client, "cancel", remote_id)).status is TaskStatus.CANCELLED
        assert (await look("valyu", client, remote_id)).task.status is TaskStatus.CANCELLED
        with pytest.raises(Refused):
            await act(client, "cancel", remote_id)
        await act(client, "delete", remote_id)
        with pytest.raises(Gone):
            await look("valyu", client, remote_id)


async def test_a_report_is_edited_and_restored(simulator: Simulator, clock: ManualClock) -> None:
    async with client_of("valyu", simulator) as client:
        remote_id = await start("valyu", client, Draft("x", "fast"))
        clock.advance(3600)
        before = await look("valyu", client, remote_id)
        outcome = await act(client, "edit", remote_id, instruction="Shorten the summary", wait_seconds=0)
        for _ in range(20):
            if outcome.poll_with is None:
                break
            clock.advance(30)
            outcome = await act(client, "edit", remote_id, **outcome.poll_with)
        assert outcome.message.startswith("edited")
        edited = await look("valyu", client, remote_id)
        assert edited.report != before.report
        assert (await act(client, "versions", remote_id)).message.startswith("2 versions")
        old = await client.act("versions", remote_id, {"version": 1})
        first = load("valyu").reader().read_task(old.body or b"", remote_id=remote_id, received_at=old.received_at)
        assert first.report == before.report
        assert "restored" in (await act(client, "versions", remote_id, restore=1)).message


async def test_a_batch_from_its_start_to_its_end(simulator: Simulator, clock: ManualClock) -> None:
    async with client_of("valyu", simulator) as client:
        made = await act(client, "batch", "", do="create", name="n", mode="fast")
        assert isinstance(made.data, dict)
        batch = str(made.data["batch_id"])
        added = await act(client, "batch", batch, do="add", tasks=[{"id": "a", "query": "q1"}, {"query": "q2"}])
        assert len(added.tasks) == 2
        assert {task.batch_id for task in added.tasks} == {batch}
        assert (await act(client, "batch", "", do="list")).message == "1 batch"
        clock.advance(4 * 3600)
        assert "completed" in (await act(client, "batch", batch, do="read")).message
        tasks = (await act(client, "batch", batch, do="tasks", include_output=True)).tasks
        assert [task.status for task in tasks] == [TaskStatus.DONE, TaskStatus.DONE]


async def test_files_and_pictures_are_fetched(simulator: Simulator, clock: ManualClock, tmp_path: Path) -> None:
    draft = Draft("x", "standard", None, {"deliverables": ["a table of it"], "output_formats": ["markdown", "pdf"]})
    async with client_of("valyu", simulator) as client:
        remote_id = await start("valyu", client, draft)
        clock.advance(3600)
        detail = await look("valyu", client, remote_id)
        links = [image.url for image in detail.images] + [file.url for file in detail.deliverables]
        assert links
        for number, url in enumerate(links):
            assert url
            assert await client.download(url, tmp_path / str(number)) > 0
    assert len(list(tmp_path.iterdir())) == len(links)
