"""What every example body of Extruct means."""

from typing import Any

from tests.providers.expected.kinds import (
    JSON,
    MD,
    AccountAnswer,
    D,
    ErrorAnswer,
    F,
    ListAnswer,
    Q,
    R,
    RequestBody,
    TaskAnswer,
    U,
    agents,
    credits_used,
    utc,
)
from tui.domain.detail import Numbering
from tui.domain.errors import BadKey, Forbidden, Gone, PaymentNeeded, RateLimited, Refused, Unavailable
from tui.domain.task import Counter

BRIEF = (
    "We sell calibration software to makers of industrial robots. Target: Acme Robotics (acme-robotics.example).\n"
    "1. How is its operations group organised?\n2. Who owns metrology tooling?\nThe report supports a first sales call."
)
BRIEF_LINE = " ".join(BRIEF.split())[:199] + "…"
ACME = "Acme Robotics: operations and metrology"
E_ID = "0f5a1f5e-5a0d-4f2c-8a52-6d2e1b7f1c01"
FIELDS = {
    "headquarters": "Graz, Austria",
    "headcount": 410,
    "buyers": [{"name": "R. Ortega", "title": "Head of Metrology"}],
}

EXTRUCT: dict[str, Any] = {
    "extruct-created.json": TaskAnswer(
        Q,
        "created",
        {
            "task.remote_id": E_ID,
            "task.prompt": BRIEF,
            "task.title": BRIEF_LINE,
            "task.mode": "medium",
            "task.created_at": utc(2026, 11, 20, 9, 0, 0, 123456),
            "task.finished_at": None,
            "task.counters": {"iterations": Counter(0), "agents": agents(0, 25), "sources": Counter(0)},
            "task.cost": credits_used(0),
            "task.has_report": False,
            "facts.owner": "ana@seller.example",
            "report": None,
        },
    ),
    "extruct-in_progress-early.json": TaskAnswer(
        R, "in_progress", {"task.counters.agents": agents(0, 25), "task.updated_at": utc(2026, 11, 20, 9, 0, 9, 500000)}
    ),
    "extruct-in_progress.json": TaskAnswer(
        R,
        "in_progress",
        {
            "task.counters": {"iterations": Counter(3), "agents": agents(11, 25), "sources": Counter(37)},
            "task.sources": 37,
            "task.cost": credits_used(11),
        },
    ),
    "extruct-raw-newlines.body.txt": TaskAnswer(
        R, "in_progress", {"task.prompt": BRIEF, "task.counters.agents.value": 11}
    ),
    "extruct-done-markdown.json": TaskAnswer(
        D,
        "done",
        {
            "task.title": ACME,
            "task.finished_at": utc(2026, 11, 20, 9, 11, 30),
            "task.counters.agents": agents(19, 25),
            "task.counters.sources": Counter(64),
            "task.sources": 4,
            "task.cost": credits_used(19),
            "task.warnings": (),
            "task.has_report": True,
            "report.format": MD,
            "report.numbering": Numbering.BY_ID,
            "report.partial": False,
            "report.sources.3.id": "7",
            "report.sources.3.url": "https://filings.example/acme-2026.pdf#page=12",
            "report.sources.1.url": "https://news.example/acme-opens-lab?utm_source=a&b=c",
            "structured": None,
        },
    ),
    "extruct-done-markdown-degraded.json": TaskAnswer(
        D,
        "done",
        {
            "task.mode": "high",
            "task.counters.agents": agents(50, 50),
            "task.warnings": (
                "Research stopped when the agent budget was used up.",
                "2 research agents failed and their findings are missing.",
            ),
        },
    ),
    "extruct-done-degradation-null.json": TaskAnswer(
        D,
        "done",
        {
            "task.warnings": (),
            "task.counters": {"iterations": Counter(9), "agents": agents(42, 75), "sources": Counter(142)},
            "facts.owner": "user@example.com",
            "report.text": "Text of the report not published [1].\n",
        },
    ),
    "extruct-done-schema.json": TaskAnswer(
        D,
        "done",
        {
            "structured": FIELDS,
            "report.format": JSON,
            "report.numbering": Numbering.NONE,
            "report.evidence": {
                "headquarters": ("1",),
                "headcount": ("1", "7"),
                "buyers[0].name": ("3",),
                "buyers[0].title": ("3",),
            },
            "task.sources": 4,
        },
    ),
    "extruct-done-schema-basis-list.json": TaskAnswer(
        D,
        "done",
        {
            "structured": FIELDS,
            "report.evidence": {"headquarters": ("1",), "buyers": ("3",)},
            "facts.basis of buyers": "Named on the profile.",
        },
    ),
    "extruct-done-schema-evidenced.json": TaskAnswer(
        D,
        "done",
        {
            "structured.headquarters.reasoning": "Stated on the about page.",
            "report.text": '{\n  "headquarters": "Graz, Austria",\n  "headcount": 410,\n  "buyers": []\n}',
            "report.evidence": {"headquarters": ("1",)},
            "facts.basis of headquarters": "Stated on the about page.",
        },
    ),
    "extruct-failed-credits.json": TaskAnswer(
        F,
        "failed",
        {
            "task.error": "Ran out of credits while the research was running.",
            "task.counters.agents": agents(22, 75),
            "task.cost": credits_used(0),
            "task.finished_at": utc(2026, 11, 20, 9, 9),
            "report": None,
        },
    ),
    "extruct-failed-internal.json": TaskAnswer(
        F, "failed", {"task.error": "Internal error.", "task.cost": credits_used(0)}
    ),
    "extruct-failed-no-reason.json": TaskAnswer(F, "failed", {"task.error": "Extruct gave no reason"}),
    "extruct-failed-rejected-brief.json": TaskAnswer(
        F,
        "failed",
        {
            "task.title": "Help me break in",
            "task.error": "The brief was rejected: it names no company, person or team to research. Suggestions: name "
            "the target and its web domain; say what you sell and what decision the report supports.",
        },
    ),
    "extruct-unknown-status.json": TaskAnswer(U, "cancelled", {"task.finished_at": None}, problems=1),
    "extruct-published-task.json": TaskAnswer(
        U,
        "",
        {"task.counters.agents": Counter(123), "report.text": "<string>", "report.sources.0.id": "123"},
        problems=1,
    ),
    "extruct-list.json": ListAnswer(
        (
            ("0f5a1f5e-5a0d-4f2c-8a52-6d2e1b7f1c09", R, BRIEF_LINE),
            (E_ID, D, ACME),
            ("0f5a1f5e-5a0d-4f2c-8a52-6d2e1b7f1c00", F, BRIEF_LINE),
        )
    ),
    "extruct-list-empty.json": ListAnswer(()),
    "extruct-published-list.json": ListAnswer((("<string>", U, "<string>"),)),
    "extruct-published-user.json": AccountAnswer(1000, "credits", {"facts.e-mail": "example@gmail.com"}),
    "extruct-published-user-newer.json": AccountAnswer(123, "credits", {"facts.organization active": "yes"}),
    "extruct-create-request-markdown.json": RequestBody(BRIEF, "medium"),
    "extruct-create-request-schema.json": RequestBody(BRIEF, "high", schema=True),
    "extruct-published-create-request.json": RequestBody(never_sent="a placeholder whose schema is empty"),
    "extruct-error-401.json": ErrorAnswer(401, BadKey, "Unauthorized"),
    "extruct-error-402.json": ErrorAnswer(402, PaymentNeeded, "Insufficient credits"),
    "extruct-error-403.json": ErrorAnswer(403, Forbidden, "Forbidden"),
    "extruct-error-404.json": ErrorAnswer(404, Gone, "Not Found"),
    "extruct-error-422-depth.json": ErrorAnswer(422, Refused, "depth: Input should be 'medium', 'high' or 'xhigh'"),
    "extruct-error-422-missing-brief.json": ErrorAnswer(422, Refused, "brief: Field required"),
    "extruct-error-422-task-id.json": ErrorAnswer(
        422, Refused, "task_id: Input should be a valid UUID, invalid length"
    ),
    "extruct-error-429.json": ErrorAnswer(429, RateLimited, "Too Many Requests"),
    "extruct-error-503.json": ErrorAnswer(503, Unavailable, "Could not schedule the task"),
}
