"""Actions at the providers, each sent once and told in one line; sync and watch."""

import json
import threading
import time

import pytest

from tests.cli.conftest import Cli, fault, tasks
from tui.cli.commands import poll
from tui.providers import registry
from tui.simulator.server import Simulator

# A command that ends leaves requests under way to the end of its process; here, their sockets meet the collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def started(world: Cli, provider: str, brief: str, *arguments: str) -> str:
    """Start a task and return its local id."""
    ended = world("new", "-p", provider, "--yes", *arguments, brief)
    assert ended.code == 0, ended.err
    return ended.out.strip()


def sent(simulator: Simulator, end: str) -> int:
    """Return how many requests were sent to addresses that end so."""
    return sum(request.path.endswith(end) for request in simulator.requests)


def test_a_running_task_is_cancelled_once(world: Cli, simulator: Simulator) -> None:
    task_id, before = started(world, "valyu", "Cancel me.", "-m", "max"), sent(simulator, "/cancel")
    ended = world("cancel", task_id, "--yes", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["id"] == task_id
    assert ended.json["message"]
    assert sent(simulator, "/cancel") == before + 1
    assert tasks(world, id=task_id)[0]["status"] == "cancelled"


def test_cancelling_asks_first(world: Cli, simulator: Simulator) -> None:
    task_id, before = started(world, "valyu", "Do not cancel me.", "-m", "max"), sent(simulator, "/cancel")
    assert world("cancel", task_id).code == 2
    refused = world("cancel", task_id, stdin=b"n\n", tty=True)
    assert refused.code == 1
    assert "Do not cancel me." in refused.err
    assert sent(simulator, "/cancel") == before


@pytest.mark.parametrize("provider", ["extruct", "yutori"])
@pytest.mark.parametrize("command", [("cancel", "--yes"), ("steer", "More, please."), ("share",), ("respond", "{}")])
def test_what_a_provider_cannot_do_is_said_with_the_reason(world: Cli, provider: str, command: tuple[str, ...]) -> None:
    task = tasks(world, provider=provider)[0]
    ended = world(command[0], task["id"], *command[1:])
    assert ended.code == 2
    assert provider in ended.err.lower()


def test_an_instruction_reaches_the_task(world: Cli, simulator: Simulator) -> None:
    task_id = started(world, "valyu", "Steer me.", "-m", "max")
    ended = world("steer", task_id, "Only", "the", "north.")
    assert ended.code == 0, ended.err
    assert any(request.json == {"instruction": "Only the north."} for request in simulator.requests)


def test_a_finished_report_is_shared_and_made_private_again(world: Cli, simulator: Simulator) -> None:
    task = tasks(world, provider="valyu", status="done")[0]
    public = world("share", task["id"])
    assert public.code == 0, public.err
    assert public.out.startswith("https://")
    assert world("share", task["id"], "--off").code == 0
    bodies = [request.json for request in simulator.requests if request.path.endswith("/public")]
    assert bodies[-2:] == [{"public": True}, {"public": False}]


def test_a_checkpoint_is_answered(world: Cli, simulator: Simulator) -> None:
    body = json.dumps({"plan_review": True})
    task_id = started(world, "valyu", "Review my plan.", "-m", "heavy", "-o", f"hitl={body}")
    waiting = world("watch", task_id, "--timeout", "20").out.splitlines() if _running(world, task_id) else []
    assert not waiting or any(json.loads(line)["event"] == "waiting" for line in waiting)
    assert tasks(world, id=task_id)[0]["status"] == "waiting"
    ended = world("respond", task_id, '{"approved": true}')
    assert ended.code == 0, ended.err
    answer = next(request.json for request in reversed(simulator.requests) if request.path.endswith("/respond"))
    assert answer["response"] == {"approved": True}
    assert answer["interaction_id"]


def _running(world: Cli, task_id: str) -> bool:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        world("sync")
        if tasks(world, id=task_id)[0]["status"] == "waiting":
            return False
    return True


def test_an_answer_that_nobody_waits_for_is_not_sent(world: Cli, simulator: Simulator) -> None:
    task, before = tasks(world, provider="valyu", status="done")[0], sent(simulator, "/respond")
    ended = world("respond", task["id"], '{"approved": true}')
    assert ended.code == 2
    assert "not waiting for an answer" in ended.err
    assert world("respond", task["id"], "{broken").code == 2
    assert sent(simulator, "/respond") == before


def test_deleting_at_the_provider_keeps_the_copy(world: Cli) -> None:
    task_id = started(world, "valyu", "Delete me.", "-m", "max")
    world("cancel", task_id, "--yes")
    assert world("delete", task_id, "--yes").code == 0
    assert tasks(world, id=task_id)


def test_a_task_started_elsewhere_is_adopted_by_its_address(world: Cli, simulator: Simulator) -> None:
    task = tasks(world, provider="valyu", status="done")[0]
    ended = world("track", "valyu", task["web_url"])
    assert ended.code == 0, ended.err
    assert ended.out.strip() == task["id"]
    missing = world("track", "valyu", "00000000-0000-4000-8000-000000000000")
    assert missing.code == 5
    assert world("track", "valyu", "nonsense").code == 2
    assert world("track", "nobody", "x").code == 5


def test_sync_tells_what_it_saw(world: Cli) -> None:
    summary = world("sync", "--json").json
    assert summary["schema_version"] == 1
    assert summary["errors"] == {}
    assert summary["seen"]["extruct"] >= 9


@pytest.mark.parametrize(("name", "code"), [("401", 4), ("500", 3), ("drop", 3), ("html", 3), ("403", 4)])
def test_sync_ends_with_the_worst_error(world: Cli, simulator: Simulator, name: str, code: int) -> None:
    with fault(simulator, f"yutori:{name}"):
        ended = world("sync", "--json")
    assert ended.code == code
    assert [*ended.json["errors"]] == ["yutori"]
    assert "yutori: " in ended.err


def test_without_keys_sync_and_watch_say_so(cli: Cli) -> None:
    ended = cli("sync")
    assert ended.code == 4
    watched = cli("watch", "--timeout", "20")
    assert watched.code == 4
    assert "no key" in watched.err


def test_watch_prints_one_object_a_line_until_all_have_ended(world: Cli) -> None:
    task_id = started(world, "yutori", "Watch me.", "-m", "fast")
    ended = world("watch", task_id, "--until-done", "--timeout", "60")
    assert ended.code == 0, ended.err
    lines = [json.loads(line) for line in ended.out.splitlines()]
    told = [line for line in lines if line["event"] == "task"]
    assert {line["task"]["id"] for line in told} == {task_id}
    assert told[-1]["task"]["status"] == "done"
    assert [line["event"] for line in lines if line["event"] in {"ended", "waiting"}] == ["ended"]
    assert {line["provider"] for line in lines if line["event"] == "provider"} <= set(registry.names())


def test_watch_of_a_failed_task_is_exit_code_1(world: Cli) -> None:
    failed = tasks(world, status="failed")[0]
    assert world("watch", failed["id"], "--until-done", "--timeout", "60").code == 1


def test_watch_gives_up_in_time(world: Cli) -> None:
    waiting = started(world, "valyu", "Too slow.", "-m", "max")
    assert world("watch", waiting, "--until-done", "--timeout", "1").code == 124


def test_watch_ends_when_asked_by_a_signal(world: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    import signal

    first = threading.Event()
    lines = poll._lines

    def told(*arguments: object) -> object:
        if not first.is_set():
            first.set()
            signal.raise_signal(signal.SIGTERM)
        return lines(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(poll, "_lines", told)
    assert world("watch", "--timeout", "30").code == 130
    assert first.is_set()


@pytest.mark.parametrize(
    ("status", "command", "reason"),
    [
        ("done", ("cancel", "--yes"), "already ended"),
        ("failed", ("cancel", "--yes"), "already ended"),
        ("cancelled", ("steer", "More."), "under way"),
        ("done", ("steer", "More."), "under way"),
        ("failed", ("share",), "only a finished task"),
    ],
)
def test_what_cannot_work_in_this_state_is_refused_before_anything_is_sent(
    world: Cli, simulator: Simulator, status: str, command: tuple[str, ...], reason: str
) -> None:
    task, before = tasks(world, provider="valyu", status=status)[0], len(simulator.requests)
    ended = world(command[0], task["id"], *command[1:])
    assert ended.code == 2
    assert reason in ended.err
    assert "nothing was sent" in ended.err
    assert not [request for request in simulator.requests[before:] if request.method != "GET"]


def test_a_task_under_way_is_not_deleted_and_nothing_is_sent(world: Cli, simulator: Simulator) -> None:
    task_id, before = started(world, "valyu", "Still at it.", "-m", "max"), sent(simulator, "/delete")
    ended = world("delete", task_id, "--yes")
    assert ended.code == 2
    assert "cancel it first" in ended.err
    assert sent(simulator, "/delete") == before
