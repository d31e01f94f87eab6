"""The command line on an archive that a team shares: `watch` with the key, everybody else without."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_processes import running
from tests.postgres import Server
from tui.engine.archive import Archive, person
from tui.simulator.server import Simulator

BRIEF = "How did the railway reach the coast?"


@pytest.fixture
def services() -> Iterator[Simulator]:
    """Services of this test's own: what they were asked for is the witness."""
    with Simulator(speed=600) as simulator:
        yield simulator


@pytest.fixture
def team(
    server: Server, services: Simulator, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Cli]:
    """Commands of a person without any key."""
    monkeypatch.setenv("DIVEWATCH_ARCHIVE", server.url())
    for name, value in services.exports.items():
        if name.endswith("_URL"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("DIVEWATCH_PERSON", "nina@laptop")
    person.whoami.cache_clear()
    yield cli
    person.whoami.cache_clear()


@contextmanager
def watching(services: Simulator, tmp_path: Path) -> Iterator[None]:
    """Run `watch` where the keys are, until it polls."""
    home = str(tmp_path / "server")
    with running("watch", DIVEWATCH_HOME=home, DIVEWATCH_PERSON="ops@server", **services.exports) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            if told["event"] == "provider" and (told["provider"], told["state"]) == ("valyu", "ok"):
                break
        yield


def test_a_task_is_started_through_who_has_the_key(team: Cli, services: Simulator, tmp_path: Path) -> None:
    with watching(services, tmp_path):
        asked = team("new", "-p", "valyu", "-m", "fast", "--yes", "--json", BRIEF)
        assert asked.code == 0, asked.err
        assert "queued at the team's server, and sent by ops@server" in asked.err
        (task,) = asked.json["tasks"]
        assert task["remote_id"], asked.err
        followed = team("watch", task["id"], "--until-done", "--timeout", "200")
        assert followed.code == 0, "without a key one follows what others fetch"
        assert json.loads(followed.out.splitlines()[-1])["task"]["status"] == "done"
        assert team("list", "--mine", "--json").json["tasks"][0]["started_by"] == "nina@laptop"
        batch = tmp_path / "briefs"
        batch.write_text("one brief\n\nanother brief\n")
        started = team("batch", "start", str(batch), "-p", "valyu", "-m", "fast", "--yes", "--json")
        assert started.code == 0, started.err
        assert all(one["remote_id"] for one in started.json["tasks"])
        refused = team("share", task["id"])
        assert refused.code
        assert "needs the key of valyu" in refused.err or "only a finished task" in refused.err
    batches = [one for one in services.requests if one.method == "POST" and "batches/" in one.path]
    assert (len(services.creates()), len(batches)) == (1, 1), "each was sent once"
    rows = team("cost", "--by", "person", "--json").json["costs"]
    assert ({row["person"] for row in rows}, sum(row["tasks"] for row in rows)) == ({"nina@laptop"}, 3)


def test_without_anybody_who_has_the_key_nothing_is_sent_and_it_says_what_to_do(team: Cli, services: Simulator) -> None:
    refused = team("new", "-p", "valyu", "--yes", BRIEF)
    assert refused.code == 4
    assert "VALYU_API_KEY" in refused.err
    assert "divewatch watch" in refused.err
    assert services.creates() == []


def test_what_waits_stays_and_can_be_taken_back(
    team: Cli, services: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.setattr("tui.cli.common._QUEUE_SECONDS", 0.1)
    with Archive.open(os.environ["DIVEWATCH_ARCHIVE"]) as holder:
        assert holder.take_lease("valyu")  # and takes nothing
        asked = team("new", "-p", "valyu", "--yes", BRIEF)
        assert asked.code == 0, asked.err
        name = asked.out.strip()
        assert f"{name} queued at the team's server; `divewatch cancel {name}` takes it back" in asked.err
        assert "queued at the team's server" in team("show", name).out
        taken = team("cancel", name, "--yes")
        assert taken.code == 0, taken.err
        assert "never sent" in taken.err
    shown = team("show", name, "--json").json
    assert (shown["status"], shown["provider_status"], shown["started_by"]) == ("cancelled", "not sent", "nina@laptop")
    assert services.creates() == []
