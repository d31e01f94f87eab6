"""Valyu's own abilities against the simulated service: checkpoints, actions, edits, batches, files."""

from pathlib import Path

import pytest

from tests.our_client import client_of, look, start
from tui.domain.actions import (
    Action,
    AddToBatch,
    Approve,
    BatchOutcome,
    Cancel,
    CancelBatch,
    Delete,
    Edit,
    ListVersions,
    OpenBatch,
    Outcome,
    Pending,
    ReadVersion,
    Restore,
    Share,
    Shared,
    Steer,
)
from tui.domain.errors import Gone, Refused
from tui.domain.provider import Draft
from tui.domain.task import TaskStatus
from tui.providers.protocol import Client
from tui.providers.registry import load
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator


async def act(client: Client, action: Action, remote_id: str) -> Outcome:
    got = await client.act(action, remote_id)
    body = got.body or b""
    return load("valyu").reader().read_outcome(action, body, received_at=got.received_at, remote_id=remote_id)


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
        outcome = await act(client, Approve(waiting.interaction.id, approved=True), remote_id)
        assert outcome.status in {TaskStatus.RUNNING, TaskStatus.QUEUED}
        with pytest.raises(Refused, match="not possible in this state"):
            await act(client, Approve("int_other", approved=True), remote_id)
        clock.advance(4 * 3600)
        done = await look("valyu", client, remote_id)
    assert done.task.status is TaskStatus.DONE
    assert done.answered[0].id == waiting.interaction.id


async def test_steer_share_cancel_and_delete(simulator: Simulator, clock: ManualClock) -> None:
    async with client_of("valyu", simulator) as client:
        remote_id = await start("valyu", client, Draft("x", "heavy"))
        clock.advance(120)
        steered = await act(client, Steer("look at Europe"), remote_id)
        assert steered.message.startswith("instruction sent")
        shared = await act(client, Share(public=True), remote_id)
        assert isinstance(shared, Shared)
        assert shared.web_url == f"https://platform.valyu.ai/playground/deepresearch/{remote_id}"
        assert ("public", "yes") in (await look("valyu", client, remote_id)).facts
        assert (await act(client, Cancel(), remote_id)).status is TaskStatus.CANCELLED
        assert (await look("valyu", client, remote_id)).task.status is TaskStatus.CANCELLED
        with pytest.raises(Refused):
            await act(client, Cancel(), remote_id)
        await act(client, Delete(), remote_id)
        with pytest.raises(Gone):
            await look("valyu", client, remote_id)


async def test_a_report_is_edited_and_restored(simulator: Simulator, clock: ManualClock) -> None:
    async with client_of("valyu", simulator) as client:
        remote_id = await start("valyu", client, Draft("x", "fast"))
        clock.advance(3600)
        before = await look("valyu", client, remote_id)
        outcome = await act(client, Edit("Shorten the summary"), remote_id)
        for _ in range(20):
            if not isinstance(outcome, Pending):
                break
            clock.advance(30)
            outcome = await act(client, outcome.ask, remote_id)
        assert outcome.message.startswith("edited")
        edited = await look("valyu", client, remote_id)
        assert edited.report != before.report
        assert (await act(client, ListVersions(), remote_id)).message.startswith("2 versions")
        old = await client.act(ReadVersion(1), remote_id)
        first = load("valyu").reader().read_task(old.body or b"", remote_id=remote_id, received_at=old.received_at)
        assert first.report == before.report
        assert "restored" in (await act(client, Restore(1), remote_id)).message


async def test_a_batch_from_its_start_to_its_end(simulator: Simulator, clock: ManualClock) -> None:
    async with client_of("valyu", simulator) as client:
        made = await act(client, OpenBatch("n", "fast"), "")
        assert isinstance(made, BatchOutcome)
        batch = made.batch_id or ""
        added = await act(client, AddToBatch((("a", "q1"), ("b", "q2"))), batch)
        assert isinstance(added, BatchOutcome)
        assert [task.id for task in added.tasks] == ["a", "b"]
        assert {task.batch_id for task in added.tasks} == {batch}
        clock.advance(60)
        assert "cancelled" in (await act(client, CancelBatch(), batch)).message
        for task in added.tasks:
            assert (await look("valyu", client, str(task.remote_id))).task.status is TaskStatus.CANCELLED


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
