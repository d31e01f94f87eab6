"""The demo's archive: what cannot be listed is known from the start."""

from pathlib import Path

import pytest

from tui.cli.commands.demo import remember
from tui.cli.context import open_archive
from tui.simulator.server import Simulator


@pytest.mark.usefixtures("home")
def test_tasks_of_services_without_a_list_are_in_the_archive_of_the_demo() -> None:
    with Simulator(world=True) as simulator:
        remember(simulator)
        with open_archive() as archive:
            known = {task.remote_id for task in archive.tasks() if task.provider == "openai"}
            listed = [task for task in archive.tasks() if task.provider in {"extruct", "yutori", "valyu"}]
        assert known == {task.id for task in simulator.simulation.services["openai"].tasks}
    assert known
    assert listed == []


def test_without_such_services_no_archive_is_made(home: Path) -> None:
    with Simulator() as simulator:
        remember(simulator)
    assert not home.exists()
