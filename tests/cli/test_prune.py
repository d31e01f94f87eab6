"""What is kept goes only when asked, after saying what; what is shown as a report stays."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tui.domain.task import Task, TaskStatus
from tui.engine.archive import Archive
from tui.engine.ports import ParsedResponse, ResponseFingerprint

LONG_AGO = datetime.now(UTC) - timedelta(days=40)


@pytest.fixture
def edited(cli: Cli, home: Path) -> Cli:
    """An archive with one report in three versions, 40 days old."""
    (home / "data").mkdir(parents=True)
    task = Task("t1", "file", title="Edited", status=TaskStatus.DONE, has_report=True, created_at=LONG_AGO)
    with Archive.open(home / "data" / "archive.db") as archive:
        archive.put_tasks([task])
        for text in ("one", "two", "three"):
            body, digest = text.encode(), hashlib.sha256(text.encode()).hexdigest()
            archive.save_answer("t1", body, digest=digest, received_at=LONG_AGO, final=True)
            archive.save_reading(ParsedResponse(task, ResponseFingerprint(digest), None, (), text)).result()
    return cli


def versions(cli: Cli) -> int:
    return len(cli("show", "t1", "--json").json["versions"])


def test_earlier_versions_go_when_asked_and_the_report_stays(edited: Cli) -> None:
    assert edited("archive", "prune", "--days", "60", "--json").json["versions"] == 0
    asked = edited("archive", "prune", "--days", "30")
    assert (asked.code, "Remove 2 earlier versions (" in asked.err) == (2, True)
    assert versions(edited) == 3
    assert edited("archive", "prune", "--days", "30", "--yes", "--json").json["versions"] == 2
    assert versions(edited) == 1
    assert edited("show", "t1", "--raw").out == "three"


def test_how_long_is_configured_and_nothing_is_removed_without(edited: Cli) -> None:
    refused = edited("archive", "prune", "--yes")
    assert (refused.code, "older than what?" in refused.err) == (2, True)
    assert edited("config", "set", "archive.keep_versions", "30").code == 0
    assert versions(edited) == 3, "a setting alone removes nothing"
    assert edited("archive", "prune", "--yes").err.startswith("removed: 2 earlier versions (")


def test_deleted_tasks_go_for_good_only_when_asked_for(edited: Cli) -> None:
    edited("remove", "t1", "--yes")
    assert edited("archive", "prune", "--days", "0", "--yes", "--json").json["tasks"] == []
    assert edited("archive", "prune", "--days", "1", "--deleted", "--yes", "--json").json["tasks"] == []
    assert edited("archive", "prune", "--days", "0", "--deleted", "--yes", "--json").json["tasks"] == ["t1"]
    assert edited("restore").code == 5
    assert edited("show", "t1").code == 5
