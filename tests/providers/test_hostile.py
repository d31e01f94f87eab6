"""Every hostile status answer against its machine-readable expectation; nothing of it may reach a terminal."""

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED
from tests.providers.conftest import NAMES, NOW, read_or_refused
from tests.robust.hostile import texts
from tui.domain.detail import Detail, ReportFormat
from tui.domain.errors import BadAnswer
from tui.domain.text import unsafe_characters
from tui.providers.registry import load

KINDS = {ReportFormat.JSON: "raw"}


@cache
def corpus(name: str) -> dict[str, Any]:
    path = SHARED / "hostile" / f"status_{name}.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"cases": [], "task_id": ""}
    return found


CASES = [pytest.param(name, case, id=case["id"]) for name in NAMES for case in corpus(name)["cases"]]


def body_of(case: dict[str, Any]) -> bytes:
    if "raw" in case:
        return str(case["raw"]).encode("utf-8", "surrogatepass")
    return base64.b64decode(case["raw_b64"]) if "raw_b64" in case else json.dumps(case["body"]).encode()


def allowed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def read(name: str, case: dict[str, Any]) -> Detail:
    return load(name).reader().read_task(body_of(case), remote_id=corpus(name)["task_id"], received_at=NOW)


def test_the_corpus_is_there(shared: Path) -> None:
    assert shared.is_dir()
    assert len(CASES) >= 679


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_hostile_answer_is_judged_as_expected(name: str, case: dict[str, Any]) -> None:
    check = case["check"]
    detail = read_or_refused(lambda: read(name, case))
    if isinstance(detail, BadAnswer):
        assert "reject" in allowed(check["result"]), detail.message
        assert not unsafe_characters(detail.message)
        return
    assert ("degrade" if detail.problems else "accept") in allowed(check["result"]), detail.problems
    assert check["state"] == "any" or detail.task.status.value in allowed(check["state"])
    shown = "none" if detail.report is None else KINDS.get(detail.report.format, "text")
    assert "report" not in check or shown in allowed(check["report"])


@pytest.mark.parametrize(("name", "case"), CASES)
def test_nothing_a_terminal_could_act_on_is_left(name: str, case: dict[str, Any]) -> None:
    detail = read_or_refused(lambda: read(name, case))
    if isinstance(detail, BadAnswer):
        return
    for text in texts(detail):
        assert not unsafe_characters(text), text
    assert detail.report is None or detail.report.text.encode("utf-8")


@pytest.mark.parametrize(("name", "case"), CASES)
def test_an_answer_reads_the_same_twice_and_can_be_kept(name: str, case: dict[str, Any]) -> None:
    first = read_or_refused(lambda: read(name, case))
    if isinstance(first, BadAnswer):
        return
    assert first == read(name, case)
    json.dumps([dict(first.extra), first.structured, *(step.data for step in first.trace)], allow_nan=False)
