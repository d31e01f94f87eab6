"""Versions of a finished report: pure functions from a task's history to its edits, versions and texts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui.simulator.tasks import Event, SimTask

EDITING = 25.0  # simulated seconds an edit takes


@dataclass(frozen=True, slots=True)
class SimulatedEdit:
    """One edit as far as it has come."""

    id: str
    status: str  # running, applied, declined, failed
    base: int
    at: float
    data: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ReportVersion:
    """One version of the report."""

    number: int
    kind: str  # original, edit, restore
    at: float  # seconds after the task's creation
    text_of: tuple[str, ...]  # the instructions applied so far
    edit: SimulatedEdit | None = None


def edits(task: SimTask, elapsed: float) -> list[SimulatedEdit]:
    """All edits of a task, oldest first."""
    found = []
    versions = 1
    for event in _events(task, elapsed):
        if event.kind == "restore":
            versions += 1
            continue
        status = _status(event, elapsed)
        versions += status == "applied"
        number = versions if status == "applied" else None
        found.append(SimulatedEdit(event.data["edit_id"], status, event.data["base"], event.at, event.data, number))
    return found


def versions(task: SimTask, completed: float, elapsed: float) -> list[ReportVersion]:
    """All versions of a report completed at `completed`, oldest first; the last is the head."""
    made = [ReportVersion(1, "original", completed, ())]
    by_id = {edit.id: edit for edit in edits(task, elapsed)}
    for event in _events(task, elapsed):
        if event.kind == "restore":
            made.append(ReportVersion(len(made) + 1, "restore", event.at, made[event.data["version"] - 1].text_of))
        elif (edit := by_id[event.data["edit_id"]]).status == "applied":
            base = made[event.data["base"] - 1].text_of
            at = event.at + event.data["takes"]
            made.append(ReportVersion(len(made) + 1, "edit", at, (*base, event.data["instruction"]), edit))
    return made


def text(original: str, version: ReportVersion) -> str:
    """The report with the version's instructions visibly carried out below its first section heading."""
    notes = "\n>\n".join(f"> **Revised:** {instruction}" for instruction in version.text_of)
    if not notes:
        return original
    return re.sub(r"(?m)^(## .+)$", lambda found: f"{found.group(1)}\n\n{notes}", original, count=1)


def _events(task: SimTask, elapsed: float) -> list[Event]:
    return [event for event in task.events if event.kind in ("edit", "restore") and event.at <= elapsed]


def _status(event: Event, elapsed: float) -> str:
    if elapsed < event.at + event.data["takes"]:
        return "running"
    instruction = event.data["instruction"]
    return "declined" if "sim:decline" in instruction else "failed" if "sim:fail" in instruction else "applied"
