"""Actions: what costs money is sent exactly once, what was started is never lost, and everything is said."""

import asyncio
from pathlib import Path

import pytest

from tests.engine.fakes import KEY, Bench, MemoryArchive, VirtualLoop, account, body, offline, page, simulate
from tui.domain.actions import Cancel, CancelBatch, Delete, Edit, Share, Steer
from tui.domain.capability import Capability
from tui.domain.errors import (
    ArchiveError,
    DivewatchError,
    NotFound,
    PaymentNeeded,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Unreachable,
    UsageError,
)
from tui.domain.provider import Draft, Response
from tui.domain.task import TaskStatus
from tui.engine.commands.create import CONFIRMATIONS
from tui.engine.ingest.merge import UNKNOWN_OUTCOME

DRAFT = Draft("What is X?", mode="deep", options={"depth": "high", "nothing": None})
ENTRY = {"id": "r", "status": "running", "prompt": "What is X?", "created_at": "2026-11-22T12:00:02+00:00"}


def lost() -> Unreachable:
    return Unreachable("connection reset", outcome_unknown=True)


def test_the_row_is_in_the_archive_before_the_request_goes_out() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        rows_at_request: list[int] = []

        async def created() -> Response:
            rows_at_request.append(len(bench.archive.rows))
            return Response(200, body("r", "queued"), bench.clock.now())

        bench.script.creates.append(created)
        bench.script.task("r", body("r", "running"))
        async with bench:
            task = await bench.core.actions.creator.create("scripted", DRAFT)
            assert rows_at_request == [1]
            assert (task.remote_id, task.status, task.prompt) == ("r", TaskStatus.QUEUED, "What is X?")
            assert task.warnings == ()
            await bench.after(10)
            assert bench.task(task.id).status is TaskStatus.RUNNING
            assert len(bench.script.times("create")) == 1

    simulate(main)


def test_a_started_task_is_watched_fast_and_its_end_is_told() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates.append(body("r", "queued"))
        bench.script.task("r", body("r", "queued"), body("r", "running"), body("r", "done", "R"))
        async with bench:
            task = await bench.core.actions.creator.create("scripted", DRAFT)
            await bench.after(30)
            assert bench.task(task.id).status is TaskStatus.DONE
            assert [type(event).__name__ for event in bench.events].count("TaskEnded") == 1

    simulate(main)


def test_a_lost_answer_leaves_an_orphan_that_is_explained_never_resent_and_found_in_the_list() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates.append(lost())
        async with bench:
            task = await bench.core.actions.creator.create("scripted", DRAFT)
            assert task.remote_id is None
            assert task.status is TaskStatus.UNKNOWN
            (warning,) = task.warnings
            assert warning.startswith(UNKNOWN_OUTCOME)
            assert "connection reset" in warning
            await bench.after(300)
            assert bench.task(task.id).remote_id is None
            bench.script.pages = {None: page(ENTRY)}
            bench.script.task("r", body("r", "done", "R"))
            await bench.after(300)
            found = bench.only()
            assert (found.id, found.remote_id, found.status) == (task.id, "r", TaskStatus.DONE)
            assert found.warnings == ()
            assert len(bench.script.times("create")) == 1
            assert "whose answer was lost has been found" in bench.said()

    simulate(main)


def test_an_orphan_is_matched_after_a_restart() -> None:
    async def first(loop: VirtualLoop) -> MemoryArchive:
        bench = Bench(loop)
        bench.script.creates.append(lost())
        async with bench:
            await bench.core.actions.creator.create("scripted", DRAFT)
        return bench.archive

    async def second(loop: VirtualLoop) -> None:
        bench = Bench(loop, archive=archive)
        bench.script.pages = {None: page(ENTRY)}
        bench.script.task("r", body("r"))
        async with bench:
            await bench.after(10)
            assert bench.only().remote_id == "r"
            assert bench.script.times("create") == []

    archive = simulate(first)
    simulate(second)


def test_a_create_whose_process_was_killed_is_explained_at_the_next_start() -> None:
    async def killed(loop: VirtualLoop) -> MemoryArchive:
        bench = Bench(loop)

        async def never() -> Response:
            await loop.create_future()
            raise AssertionError

        bench.script.creates.append(never)
        async with bench:
            bench.core.state.log("test", "create")
            sending = loop.create_task(bench.core.actions.creator.create("scripted", DRAFT))
            await bench.after(1)
            sending.cancel()
        return bench.archive

    async def again(loop: VirtualLoop) -> None:
        loop.jump(600)
        bench = Bench(loop, archive=archive)
        async with bench:
            await bench.after(1)
            (warning,) = bench.only().warnings
            assert warning.startswith(UNKNOWN_OUTCOME)
            assert "the program ended before the answer came" in warning

    archive = simulate(killed)
    simulate(again)


@pytest.mark.parametrize(
    "error",
    [PaymentNeeded("no credits", http=402), Refused("bad field", http=422), Unreachable("no such host")],
)
def test_a_create_that_started_nothing_fails_and_keeps_the_brief(error: ProviderError) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates.append(error)
        async with bench:
            with pytest.raises(type(error), match=error.message):
                await bench.core.actions.creator.create("scripted", DRAFT)
            task = bench.only()
            assert task.status is TaskStatus.FAILED
            assert task.error == f"not started: {error.message}"
            assert task.prompt == "What is X?"
            await bench.after(600)
            assert len(bench.script.times("create")) == 1
            assert bench.script.times("fetch") == []

    simulate(main)


def test_a_create_refused_with_429_is_sent_once_more_when_the_provider_says() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates += [RateLimited("slow down", retry_after=20), body("r", "queued")]
        bench.script.task("r", body("r"))
        async with bench:
            task = await bench.core.actions.creator.create("scripted", DRAFT)
            assert task.remote_id == "r"
            first, second = bench.script.times("create")
            assert second - first >= 20

    simulate(main)


@pytest.mark.parametrize(
    ("errors", "requests"),
    [
        ([RateLimited("x", retry_after=5), RateLimited("x", retry_after=5)], 2),
        ([RateLimited("x", retry_after=600)], 1),
        ([RateLimited("x"), Unavailable("x")], 2),
        ([Unavailable("scheduling failed", http=503)], 1),
    ],
)
def test_a_create_is_sent_at_most_twice_and_only_if_nothing_was_started(
    errors: list[ProviderError], requests: int
) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates += errors
        async with bench:
            with pytest.raises(ProviderError):
                await bench.core.actions.creator.create("scripted", DRAFT)
            assert len(bench.script.times("create")) == requests
            assert bench.only().status is TaskStatus.FAILED

    simulate(main)


def test_a_429_that_may_have_started_something_is_an_orphan() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates += [RateLimited("x", retry_after=1), lost()]
        async with bench:
            task = await bench.core.actions.creator.create("scripted", DRAFT)
            assert task.remote_id is None
            assert len(bench.script.times("create")) == 2

    simulate(main)


def test_an_unreadable_answer_to_a_create_is_kept_and_leaves_an_orphan() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates.append(b"<html>accepted</html>")
        async with bench:
            task = await bench.core.actions.creator.create("scripted", DRAFT)
            assert task.remote_id is None
            assert "could not be read" in task.warnings[0]
            assert bench.archive.unreadable[0][1] == b"<html>accepted</html>"

    simulate(main)


def test_a_create_refused_inside_a_200_is_a_failed_task_and_no_orphan() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates.append(b'{"status": "failed", "error": "budget exceeded"}')
        async with bench:
            task = await bench.core.actions.creator.create("scripted", DRAFT)
            assert (task.status, task.error, task.warnings) == (TaskStatus.FAILED, "budget exceeded", ())
            assert bench.core.state.store.orphans("scripted", "default") == []

    simulate(main)


def test_pressing_twice_starts_one_task() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.latency = 2.0
        bench.script.creates.append(body("r", "queued"))
        bench.script.task("r", body("r"))
        async with bench:
            create = bench.core.actions.creator.create
            first, second = await asyncio.gather(
                create("scripted", DRAFT), create("scripted", Draft("What is X?", "deep", options=dict(DRAFT.options)))
            )
            assert first == second
            assert len(bench.script.times("create")) == 1
            assert len(bench.archive.rows) == 1

    simulate(main)


def test_one_confirmation_starts_one_task_however_late_it_is_repeated() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates += [body("r", "queued"), body("s", "queued")]
        bench.script.task("r", body("r"))
        bench.script.task("s", body("s"))
        async with bench:
            create = bench.core.actions.creator.create
            first = await create("scripted", DRAFT, "yes-1")
            await bench.after(100)
            again = await create("scripted", DRAFT, "yes-1")
            other = await create("scripted", DRAFT, "yes-2")
            assert first.id == again.id != other.id
            assert len(bench.script.times("create")) == 2

    simulate(main)


def test_a_caller_that_gives_up_does_not_stop_the_create() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.latency = 5.0
        bench.script.creates.append(body("r", "queued"))
        bench.script.task("r", body("r"))
        async with bench:
            call = loop.create_task(bench.core.actions.creator.create("scripted", DRAFT))
            await bench.after(1)
            call.cancel()
            await bench.after(20)
            assert bench.only().remote_id == "r"

    simulate(main)


def test_the_list_does_not_double_a_task_that_is_just_being_created() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.task("r", body("r"))

        async def slow() -> Response:
            await asyncio.sleep(30)
            return Response(200, body("r", "queued"), bench.clock.now())

        bench.script.creates.append(slow)
        async with bench:
            call = loop.create_task(bench.core.actions.creator.create("scripted", DRAFT))
            await bench.after(2)
            bench.script.pages = {None: page(ENTRY)}
            await bench.core.refresh(())
            await bench.after(5)
            assert len(bench.core.state.store) == 1
            task = await call
            await bench.after(300)
            assert bench.only().id == task.id

    simulate(main)


def test_two_orphans_with_one_brief_are_matched_one_to_one() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates += [lost(), lost()]
        async with bench:
            first = await bench.core.actions.creator.create("scripted", DRAFT)
            second = await bench.core.actions.creator.create("scripted", DRAFT)
            bench.script.pages = {None: page(ENTRY, ENTRY | {"id": "s"})}
            bench.script.task("r", body("r"))
            bench.script.task("s", body("s"))
            await bench.after(150)
            assert {bench.task(first.id).remote_id, bench.task(second.id).remote_id} == {"r", "s"}
            assert len(bench.core.state.store) == 2

    simulate(main)


def test_without_a_row_in_the_archive_no_money_is_spent() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        async with bench:
            bench.archive.full = True
            with pytest.raises(ArchiveError):
                await bench.core.actions.creator.create("scripted", DRAFT)
            assert bench.script.times("create") == []
            assert len(bench.core.state.store) == 0

    simulate(main)


@pytest.mark.parametrize(("key", "draft"), [("scripted", Draft("")), ("nobody", DRAFT)])
def test_a_draft_that_cannot_be_sent_is_refused_before_anything_happens(key: str, draft: Draft) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        async with bench:
            with pytest.raises(UsageError):
                await bench.core.actions.creator.create(key, draft)
            assert bench.script.times("create") == []
            assert len(bench.archive.rows) == 0

    simulate(main)


def test_without_a_key_a_create_leaves_no_row() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, accounts=lambda b: [account(b.script, key=None)])
        async with bench:
            with pytest.raises(DivewatchError, match="SCRIPTED_KEY") as caught:
                await bench.core.actions.creator.create("scripted", DRAFT)
            assert caught.value.exit_code == 4
            assert len(bench.archive.rows) == 0

    simulate(main)


def test_what_was_sent_and_what_came_back_is_in_the_log_without_keys() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates.append(body("r", "queued"))
        bench.script.task("r", body("r"))
        async with bench:
            await bench.core.actions.creator.create(
                "scripted", Draft("X", options={"webhook": f"https://h.example/{KEY}"})
            )
            lines = [entry for entry in bench.core.state.entries() if entry.kind == "action"]
            assert [line.text.split()[0] for line in lines] == ["brief", "started,"]
            assert "webhook https://h.example/" in lines[0].text
            assert KEY not in lines[0].text
            await bench.after(5)
            assert [entry for entry in bench.archive.entries if entry.kind == "action"] == lines

    simulate(main)


# -- acting on a task


def test_an_action_says_what_happened_and_the_task_is_asked_again_at_once() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        bench.script.acts.append(b'{"message": "cancelled; what was found is kept"}')
        async with bench:
            await bench.after(100)
            bench.script.task("r", body("r", "cancelled"))
            outcome = await bench.core.actions.act("tr", Cancel())
            assert outcome.message == "cancelled; what was found is kept"
            await bench.after(0.1)
            assert bench.task("tr").status is TaskStatus.CANCELLED
            assert "cancel sent" in bench.said()
            assert "cancel: cancelled; what was found is kept" in bench.said()

    simulate(main)


def test_what_a_provider_cannot_do_is_refused_with_its_reason_and_not_sent() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            with pytest.raises(UsageError, match="cannot be steered"):
                await bench.core.actions.act("tr", Steer("x"))
            with pytest.raises(UsageError, match="cannot share"):
                await bench.core.actions.act("tr", Share(public=True))
            assert bench.script.times("steer") == []

    simulate(main)


@pytest.mark.parametrize(("error", "said"), [(lost(), "may have been carried out"), (Refused("too late"), "too late")])
def test_a_failed_action_is_said_and_raised(error: ProviderError, said: str) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        bench.script.acts.append(error)
        async with bench:
            with pytest.raises(type(error)):
                await bench.core.actions.act("tr", Cancel())
            assert said in bench.said()
            assert len(bench.script.times("cancel")) == 1

    simulate(main)


def test_a_task_deleted_at_the_provider_stays_here_and_is_asked_no_more() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r", status=TaskStatus.DONE, has_report=True)
        bench.script.acts.append(b'{"message": "deleted"}')
        async with bench:
            await bench.core.actions.act("tr", Delete())
            await bench.after(600)
            assert bench.task("tr").warnings == ("deleted at the provider: what was saved stays",)
            assert bench.script.times("fetch") == []

    simulate(main)


def test_sharing_shows_the_public_address() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, capabilities=frozenset({Capability.SHARE}))
        bench.known("r")
        bench.script.task("r", body("r"))
        bench.script.acts.append(b'{"message": "shared", "url": "https://public.example/r"}')
        async with bench:
            await bench.core.actions.act("tr", Share(public=True))
            assert bench.task("tr").web_url == "https://public.example/r"

    simulate(main)


def test_an_edited_report_takes_the_place_of_the_old_one_even_if_it_is_shorter() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, capabilities=frozenset({Capability.EDIT}))
        bench.known("r")
        bench.script.task("r", body("r", "done", "a long report"))
        bench.script.acts.append(b'{"message": "edit under way"}')
        async with bench:
            await bench.after(5)
            bench.script.task("r", body("r", "done", "a long report"), body("r", "done", "short"))
            await bench.core.actions.act("tr", Edit("shorten"))
            await bench.after(120)
            assert bench.archive.shown_report("tr") == "short"
            assert bench.archive.reports("tr") == ["a long report", "short"]
            assert bench.task("tr").warnings == ()
            asked = len(bench.script.times("fetch"))
            await bench.after(600)
            assert len(bench.script.times("fetch")) == asked

    simulate(main)


def test_an_edit_that_takes_its_time_is_asked_about_until_it_is_made() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, capabilities=frozenset({Capability.EDIT}))
        bench.known("r")
        bench.script.task("r", body("r", "done", "the report"))
        under_way = b'{"message": "the edit is being made", "poll_after": 3}'
        bench.script.acts += [under_way, under_way, b'{"message": "edited; it is version 2 now"}']
        async with bench:
            await bench.after(5)
            outcome = await bench.core.actions.act("tr", Edit("more"))
            assert outcome.message == "the edit is being made"
            bench.script.task("r", body("r", "done", "the better report"))
            await bench.after(20)
            asked = bench.script.times("edit")
            assert [round(later - asked[0]) for later in asked] == [0, 3, 6]
            assert "edited; it is version 2 now" in bench.said()
            assert bench.archive.shown_report("tr") == "the better report"

    simulate(main)


def test_an_edit_whose_progress_cannot_be_asked_is_given_up_with_a_word() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, capabilities=frozenset({Capability.EDIT}))
        bench.known("r")
        bench.script.task("r", body("r", "done", "the report"))
        bench.script.acts += [b'{"message": "under way", "poll_after": 3}', offline()]
        async with bench:
            await bench.after(5)
            await bench.core.actions.act("tr", Edit("more"))
            await bench.after(60)
            assert len(bench.script.times("edit")) == 2
            assert "edit failed: connection refused" in bench.said()

    simulate(main)


def test_the_tasks_of_a_batch_become_known() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop, capabilities=frozenset({Capability.BATCH}))
        bench.known("r")
        bench.script.task("r", body("r"))
        bench.script.task("s", body("s", "done", "S"))
        bench.script.acts.append(b'{"message": "2 tasks", "tasks": [{"id": "r"}, {"id": "s"}]}')
        async with bench:
            await bench.core.actions.act("tr", CancelBatch())
            await bench.after(20)
            found = bench.core.state.store.find("scripted", "default", "s")
            assert found is not None
            assert found.status is TaskStatus.DONE
            assert len(bench.core.state.store) == 2

    simulate(main)


def test_an_unreadable_answer_that_cannot_be_kept_is_said() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)

        async def created() -> Response:
            bench.archive.full = True
            return Response(200, b"<html>", bench.clock.now())

        bench.script.creates.append(created)
        async with bench:
            task = await bench.core.actions.creator.create("scripted", DRAFT)
            assert task.remote_id is None
            assert "could not keep the unreadable answer: disk full" in bench.said()

    simulate(main)


def test_a_mistake_in_a_draft_found_by_the_client_leaves_a_failed_row() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates.append(UsageError("no such mode"))
        async with bench:
            with pytest.raises(UsageError):
                await bench.core.actions.creator.create("scripted", DRAFT)
            assert bench.only().error == "not started: no such mode"

    simulate(main)


def test_only_the_latest_confirmations_are_remembered() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        async with bench:
            for number in range(CONFIRMATIONS + 5):
                bench.script.creates.append(body(f"r{number}", "failed"))
                await bench.core.actions.creator.create("scripted", DRAFT, f"yes-{number}")
            assert len(bench.core.actions.creator._confirmed) == CONFIRMATIONS

    simulate(main)


def test_an_action_on_a_task_that_is_not_there_is_refused() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.creates.append(lost())
        async with bench:
            with pytest.raises(NotFound):
                await bench.core.actions.act("nothing", Cancel())
            orphan = await bench.core.actions.creator.create("scripted", DRAFT)
            with pytest.raises(UsageError, match="not known to be at the provider"):
                await bench.core.actions.act(orphan.id, Cancel())

    simulate(main)


def test_a_download_is_carried_out_and_said(tmp_path: Path) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            url = "https://assets.example/a?token=secret-token"
            assert await bench.core.actions.download("tr", url, tmp_path / "a.png") == 42
            assert "saved 42 bytes" in bench.said()
            assert "secret-token" not in bench.said()

    simulate(main)


# -- adopting


@pytest.mark.parametrize("reference", ["r", "https://scripted.example/tasks/r"])
def test_a_task_is_adopted_by_its_id_or_address(reference: str) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.task("r", body("r", "running", title="Found"))
        async with bench:
            task = await bench.core.actions.track("scripted", reference)
            assert (task.remote_id, task.status, task.title) == ("r", TaskStatus.RUNNING, "Found")
            bench.script.task("r", body("r", "done", "R"))
            await bench.after(30)
            assert bench.task(task.id).status is TaskStatus.DONE

    simulate(main)


def test_adopting_a_known_task_returns_it() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.known("r")
        bench.script.task("r", body("r"))
        async with bench:
            assert (await bench.core.actions.track("scripted", "r")).id == "tr"
            assert len(bench.core.state.store) == 1

    simulate(main)


@pytest.mark.parametrize(
    ("reference", "kind"), [("no such id", UsageError), ("absent", NotFound), ("offline", Unreachable)]
)
def test_what_cannot_be_adopted_leaves_no_row(reference: str, kind: type[DivewatchError]) -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.task("offline", offline())
        async with bench:
            with pytest.raises(kind):
                await bench.core.actions.track("scripted", reference)
            assert len(bench.archive.rows) == 0

    simulate(main)


def test_an_adopted_task_whose_answer_cannot_be_read_is_kept_and_said() -> None:
    async def main(loop: VirtualLoop) -> None:
        bench = Bench(loop)
        bench.script.task("r", b"nonsense")
        async with bench:
            with pytest.raises(ProviderError):
                await bench.core.actions.track("scripted", "r")
            assert "could not be read" in bench.only().warnings[0]
            assert bench.archive.unreadable

    simulate(main)
