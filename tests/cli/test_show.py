"""Plain `show` leaves nothing out: everything the JSON form holds is there, in words for people."""

import json
from datetime import UTC, datetime
from typing import Any

from tests.cli.conftest import Cli, tasks
from tui.cli.task_text import describe
from tui.domain.detail import (
    Deliverable,
    Detail,
    Image,
    Interaction,
    Report,
    ReportFormat,
    Series,
    Source,
    Step,
    Update,
)
from tui.domain.task import Cost, CostKind, Task, TaskStatus

WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
WHOLE = Detail(
    Task(
        "t1", "valyu", "r1", title="Bells", status=TaskStatus.DONE, batch_id="batch-7", parent_id="older",
        cost=Cost(0.5, "USD", CostKind.REPORTED, (("search_calls", 0.25),)), citations=1,
    ),
    report=Report(
        "Old [1].", ReportFormat.MARKDOWN,
        sources=(Source("1", "https://a.example/1", "First", "A snippet", facts=(("publication date", "2021"),)),),
    ),
    structured={"answer": 42},
    updates=tuple(
        Update(f"u{n}", WHEN, f"Update {n}", sources=tuple(Source(f"{m}", f"https://u.example/{m}") for m in range(60)))
        for n in range(2)
    ),
    trace=(Step("assistant", "call", "Looking", "a_tool_with_a_very_long_name_indeed", {"q": "bells"}),),
    interaction=Interaction("i", "plan_review", {"plan": ["go"]}, WHEN, expected={"approved": "boolean"}),
    answered=(Interaction("j", "source_review", None, answered_at=WHEN, response={"included_domains": ["x.org"]}),),
    images=(Image("m", "chart", "Bells cast", chart="bar", series=(Series("by year", (("1599", 3.0),)),)),),
    deliverables=(Deliverable("d", "csv", "Table", "failed", error="too long"),),
    facts=(("structured_output_status", "not_requested"),),
    extra={"new_member": {"deep": [1, 2]}},
    problems=("odd thing",),
)  # fmt: skip
RECORD: dict[str, Any] = {
    "cost": {"amount": 0.5, "unit": "USD", "kind": "reported"},
    "versions": [{"number": 1, "received_at": "2026-03-04T05:06:07Z", "size": 1234, "state": "final"}],
    "pinned": True, "unread": False, "hidden": False, "tags": ["old"], "note": "read again",
}  # fmt: skip


def test_nothing_received_is_missing_from_plain_show() -> None:
    text = "\n".join(describe(WHOLE, RECORD))
    for told in (
        "batch-7", "older", "search calls", "A snippet", "publication date: 2021", "Update 0", "Update 1",
        "https://u.example/59", "a_tool_with_a_very_long_name_indeed", '"q": "bells"', "plan review",
        '"approved": "boolean"', "source review: answered", "x.org", "Bells cast", "1599: 3", "Table", "too long",
        "structured output status: not requested", "new member:", '"deep"', "odd thing", '"answer": 42', "pinned",
        "read again", "1 citation", "final",
    ):  # fmt: skip
        assert told in text, told


def leaves(value: Any) -> list[str]:
    """Return every text and number inside a JSON value."""
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def test_every_text_of_the_json_form_stands_in_the_plain_form(world: Cli) -> None:
    for task in tasks(world):
        plain = " ".join(world("show", task["id"]).out.replace("_", " ").split())
        shown = world("show", task["id"], "--json").json
        for name in ("updates", "trace", "answered", "deliverables", "extra", "structured"):
            for leaf in leaves(shown[name]):
                words = " ".join(json.dumps(leaf, ensure_ascii=False)[1:-1].replace("_", " ").split())
                spelled = " ".join(leaf.replace("_", " ").split())
                known = words in plain or spelled in plain or _is_time_id_or_number(leaf)
                assert known, (task["id"], name, leaf[:200])


def _is_time_id_or_number(leaf: str) -> bool:
    if leaf[:4].isdigit() or leaf.replace(".", "").replace("-", "").isdigit():
        return True
    return len(leaf) <= 40 or "token=" in leaf  # ids of updates and files; addresses without their tokens
