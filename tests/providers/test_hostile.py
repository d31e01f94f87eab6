"""Every hostile status answer against its machine-readable expectation; nothing of it may reach a terminal."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.corpora import OWN, corpora, marks
from tests.providers.conftest import NAMES, NOW, read_or_refused
from tests.robust.hostile import body_of, texts
from tui.domain.detail import Detail, ReportFormat
from tui.domain.errors import BadAnswer
from tui.domain.text import unsafe_characters
from tui.providers.registry import load

KINDS = {ReportFormat.JSON: "raw"}


@cache
def answers(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "hostile" / f"status_{name}.json").read_text())
    return found


CASES = [
    pytest.param(name, answers(folder, name)["task_id"], case, id=f"{folder.name}-{case['id']}", marks=marks(folder))
    for folder in corpora()
    for name in NAMES
    for case in answers(folder, name)["cases"]
]


def allowed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", NAMES)
def test_there_are_hostile_answers_of_our_own(name: str) -> None:
    assert len(answers(OWN, name)["cases"]) >= 40


@pytest.mark.parametrize(("name", "task_id", "case"), CASES)
def test_a_hostile_answer_is_judged_as_expected_and_made_harmless(
    name: str, task_id: str, case: dict[str, Any]
) -> None:
    check = case["check"]

    def read() -> Detail | BadAnswer:
        return read_or_refused(lambda: load(name).reader().read_task(body_of(case), remote_id=task_id, received_at=NOW))

    detail = read()
    if isinstance(detail, BadAnswer):
        assert "reject" in allowed(check["result"]), detail.message
        assert not unsafe_characters(detail.message)
        return
    assert ("degrade" if detail.problems else "accept") in allowed(check["result"]), detail.problems
    assert check["state"] == "any" or detail.task.status.value in allowed(check["state"])
    shown = "none" if detail.report is None else KINDS.get(detail.report.format, "text")
    assert "report" not in check or shown in allowed(check["report"])

    assert not any(map(unsafe_characters, texts(detail))), "something a terminal could act on is left"
    assert detail.report is None or detail.report.text.encode("utf-8")

    assert detail == read(), "the same bytes mean the same twice"
    json.dumps([dict(detail.extra), detail.structured, *(step.data for step in detail.trace)], allow_nan=False)
