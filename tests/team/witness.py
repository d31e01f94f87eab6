"""Compares what was acknowledged, what the simulator has on record, and what the archive holds."""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.team.starter import BRIEF
from tui.domain.errors import DivewatchError
from tui.engine.archive import Archive
from tui.engine.files.saved_detail import read_detail
from tui.simulator.server import Simulator

_FINAL = {"done", "failed", "cancelled", "partial"}


@dataclass
class Found:
    """What a comparison found."""

    saved: int = 0  # acknowledged values
    asked: int = 0  # creates that were begun
    accepted: int = 0  # creates that the simulator has on record
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.twice or self.unsound)

    def __str__(self) -> str:
        return (
            f"{self.saved} acknowledged values, {self.asked} creates begun, {self.accepted} at the simulator; "
            f"lost {len(self.lost)}, sent twice {len(self.twice)}, unsound {len(self.unsound)}"
        )


def compare(url: str, simulator: Simulator, lines: list[tuple[str, Any]]) -> Found:
    """Compare the archive with what was told, and with the simulator's record."""
    saved = [value for word, value in lines if word == "saved"]
    found = Found(len(saved), sum(word == "asks" for word, _ in lines))
    last: dict[str, dict[str, Any]] = {}
    for value in saved:
        before = last.get(value["id"], {})
        last[value["id"]] = value | {
            "remote_id": value["remote_id"] or before.get("remote_id"),
            "has_report": value["has_report"] or before.get("has_report", False),
        }
    accepted = Counter(
        brief
        for request in simulator.creates()
        if request.status is None or request.status < 300
        for brief in _strings(request.json)
        if brief.startswith(BRIEF)
    )
    found.accepted = accepted.total()
    found.twice = [f"{brief} ({count} times)" for brief, count in accepted.items() if count > 1]
    with Archive.open(url) as archive:
        for task_id, value in last.items():
            if why := _missing(archive, task_id, value):
                found.lost.append(f"{task_id}: {why}")
        here = Counter(task.prompt for task in archive.tasks())
        found.lost += [f"created at the simulator and not here once: {brief}" for brief in accepted if here[brief] != 1]
        known = {task.remote_id for task in archive.tasks()}
        listed = [task.id for name in ("extruct", "valyu") for task in simulator.simulation.services[name].tasks]
        found.lost += [f"listed by its service, unknown here: {one}" for one in listed[-90:] if one not in known]
        found.unsound += archive.maintenance.verify().problems
    return found


def sync(environ: Mapping[str, str]) -> None:
    """Ask every provider once, as `divewatch sync` does."""
    subprocess.run([sys.executable, "-m", "tui", "sync"], env=dict(environ), check=False, capture_output=True)


def _missing(archive: Archive, task_id: str, value: dict[str, Any]) -> str:
    """Return what of a told value the archive does not bear out; "" if it does."""
    try:
        task = archive.task(task_id)
        if value["remote_id"] and task.remote_id != value["remote_id"]:
            return f"remote id {value['remote_id']} became {task.remote_id}"
        failed_with_report = (value["status"], task.status.value) == ("failed", "partial")  # the report came later
        if value["status"] in _FINAL and task.status.value != value["status"] and not failed_with_report:
            return f"{value['status']} became {task.status.value}"
        if value["has_report"] and read_detail(archive, task_id).report is None:
            return "its report is gone"
    except DivewatchError as error:
        return error.message
    return ""


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        return [text for item in (value.values() if isinstance(value, dict) else value) for text in _strings(item)]
    return [value] if isinstance(value, str) else []
