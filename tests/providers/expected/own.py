"""What every example body of our own corpus means."""

from typing import Any

from tests.providers.expected.kinds import (
    HTML,
    JSON,
    MD,
    AccountAnswer,
    ActionAnswer,
    C,
    CreateAnswer,
    D,
    ErrorAnswer,
    F,
    ListAnswer,
    NoTask,
    P,
    Q,
    R,
    RequestBody,
    TaskAnswer,
    U,
    UpdateAnswer,
    W,
    agents,
    credits_used,
    listed,
    steps,
    utc,
)
from tui.domain.actions import Cancel, Delete
from tui.domain.errors import BadKey, Gone, PaymentNeeded, RateLimited, Refused, Unavailable
from tui.domain.task import Cost, CostKind, Counter

EXTRUCT_ID = "7b1d0c52-4a63-4e0e-9a7f-10c2d3e4f501"
YUTORI_ID = "3c9e7f10-6d2b-4b8a-8c55-90aa11bb22cc"
VALYU_ID = "vd-5e6f7a80-1122-4c3d-9e4f-5a6b7c8d9e0f"
BRIEF = "Which harbours still run a manned lighthouse?"
SALT = "How is salt won from the sea?"


def reported(usd: float, *parts: tuple[str, float]) -> Cost:
    return Cost(usd, "USD", CostKind.REPORTED, parts)


OWN: dict[str, Any] = {
    "extruct-created.json": TaskAnswer(
        Q,
        "created",
        {"task.remote_id": EXTRUCT_ID, "task.counters.agents": agents(0, 25), "task.cost": credits_used(0)},
    ),
    "extruct-in_progress.json": TaskAnswer(
        R,
        "in_progress",
        {"task.counters.agents": agents(4, 25), "task.counters.sources": Counter(6), "task.finished_at": None},
    ),
    "extruct-done-markdown.json": TaskAnswer(
        D,
        "done",
        {
            "task.prompt": BRIEF,
            "task.title": "Manned lighthouses",
            "task.finished_at": utc(2026, 11, 2, 7, 41, 10, 250000),
            "task.cost": credits_used(9),
            "facts.owner": "keeper@harbour.example",
            "report.format": MD,
            "report.sources.0.id": "12",
            "report.sources.1.url": "https://harbour.example/crew",
        },
    ),
    "extruct-done-markdown-degraded.json": TaskAnswer(D, "done", {"task.warnings": ("the budget of agents ran out",)}),
    "extruct-done-schema.json": TaskAnswer(
        D,
        "done",
        {
            "report.format": JSON,
            "structured": {"headquarters": "Port of Lenn", "crew": 4},
            "report.evidence.headquarters": ("7",),
            "report.evidence.crew": ("7", "12"),
        },
    ),
    "extruct-failed-rejected-brief.json": TaskAnswer(
        F,
        "failed",
        {"task.error": "The brief names no subject that could be researched.", "task.cost": credits_used(0)},
    ),
    "extruct-failed-no-reason.json": TaskAnswer(F, "failed", {"task.error": "Extruct gave no reason"}),
    "extruct-unknown-status.json": TaskAnswer(U, "hibernating", {"task.finished_at": None}, problems=1),
    "extruct-list.json": ListAnswer(
        ((EXTRUCT_ID, R, BRIEF), ("7b1d0c52-4a63-4e0e-9a7f-10c2d3e4f502", D, "Manned lighthouses"))
    ),
    "extruct-list-empty.json": ListAnswer(()),
    "extruct-error-401.json": ErrorAnswer(401, BadKey, "Invalid token"),
    "extruct-error-402.json": ErrorAnswer(402, PaymentNeeded, "Not enough credits"),
    "extruct-error-404.json": ErrorAnswer(404, Gone, "No such task"),
    "extruct-error-422-depth.json": ErrorAnswer(422, Refused, "depth: Input should be"),
    "extruct-error-429.json": ErrorAnswer(429, RateLimited, "Too many requests"),
    "extruct-error-503.json": ErrorAnswer(503, Unavailable, "nothing was created"),
    "extruct-published-user.json": AccountAnswer(412, "credits"),
    "extruct-create-request-markdown.json": RequestBody(BRIEF, "high"),
    "yutori-queued.json": TaskAnswer(Q, "queued", {"task.remote_id": YUTORI_ID, "task.cost": listed(0.35)}),
    "yutori-created-queued.json": CreateAnswer(YUTORI_ID, Q),
    "yutori-created-failed-no-reason.json": CreateAnswer(YUTORI_ID, F, "Yutori gave no reason"),
    "yutori-running-no-updates.json": TaskAnswer(R, "running", {"updates": ()}),
    "yutori-running-with-update.json": TaskAnswer(
        R,
        "running",
        {
            "task.counters.tool_calls": Counter(14),
            "task.counters.pages_read": Counter(9),
            "updates.0.sources.0.url": "https://bees.example/swarm#:~:text=May",
        },
    ),
    "yutori-succeeded-html.json": TaskAnswer(D, "succeeded", {"report.format": HTML}),
    "yutori-succeeded-citations.json": TaskAnswer(
        D,
        "succeeded",
        {"report.format": HTML, "report.sources.0.title": "When bees swarm", "task.counters.pages_read": Counter(18)},
    ),
    "yutori-succeeded-markdown.json": TaskAnswer(D, "succeeded", {"report.format": MD}),
    "yutori-succeeded-empty.json": TaskAnswer(D, "succeeded", {"report": None, "task.has_report": False}),
    "yutori-succeeded-structured-object.json": TaskAnswer(
        D, "succeeded", {"structured": {"month": "May", "share": 0.7}, "report.format": HTML}
    ),
    "yutori-succeeded-structured-pending.json": TaskAnswer(
        D, "succeeded", {"task.warnings": ("the structured output never came",)}
    ),
    "yutori-succeeded-structured-failed.json": TaskAnswer(
        D, "succeeded", {"task.warnings": ("the structured output failed; the report is there",)}
    ),
    "yutori-failed-no-reason.json": TaskAnswer(F, "failed", {"task.error": "Yutori gave no reason"}),
    "yutori-failed-budget_exceeded.json": TaskAnswer(
        F, "failed", {"task.error": "the account's budget is used up", "task.cost": listed(0)}
    ),
    "yutori-unknown-status.json": TaskAnswer(U, "daydreaming", problems=1),
    "yutori-update-plain-citations.json": UpdateAnswer(
        {
            "updates.0.format": MD,
            "updates.0.sources.0.url": "https://bees.example/swarm",
            "task.counters.websites_visited": Counter(1),
        }
    ),
    "yutori-webhook.json": NoTask("a body that the service sends to a webhook"),
    "yutori-usage.json": AccountAnswer(232, "requests today"),
    "yutori-error-401.json": ErrorAnswer(401, BadKey, "API key not valid"),
    "yutori-error-404.json": ErrorAnswer(404, Gone, "Task not found"),
    "yutori-error-422-missing-query.json": ErrorAnswer(422, Refused, "query: Field required"),
    "yutori-error-429.json": ErrorAnswer(429, RateLimited, "Rate limit reached"),
    "yutori-error-500.json": ErrorAnswer(500, Unavailable, "Internal error"),
    "valyu-status-queued.json": TaskAnswer(Q, "queued", {"task.remote_id": VALYU_ID, "task.prompt": SALT}),
    "valyu-status-running.json": TaskAnswer(R, "running", {"task.counters.steps": steps(2, 9)}),
    "valyu-status-running-no-progress.json": TaskAnswer(R, "running", {"task.prompt": SALT, "task.counters": {}}),
    "valyu-status-completed-progress-short-of-total.json": TaskAnswer(
        D,
        "completed",
        {
            "task.counters.steps": steps(5, 12),
            "task.cost": reported(0.1),
            "task.finished_at": utc(2026, 11, 4, 6, 7),
            "deliverables.0.error": "too little material",
        },
    ),
    "valyu-status-completed-deliverables.json": TaskAnswer(
        D,
        "completed",
        {
            "task.cost": reported(0.16, ("task", 0.1), ("deliverables", 0.06)),
            "report.sources.0.snippet": "Ponds are filled at spring tide.",
            "deliverables.0.title": "ponds.csv",
            "deliverables.1.url": "https://files.example/salt.pdf",
        },
    ),
    "valyu-status-completed-json.json": TaskAnswer(
        D, "completed", {"report.format": JSON, "structured": {"ponds": [{"name": "Old Pan", "hectares": 14}]}}
    ),
    "valyu-status-completed-markdown-real-excerpt.json": TaskAnswer(
        D,
        "completed",
        {"images.0.title": "Ponds by coast", "images.0.series.0.points.0.1": 14, "trace.1.tool": "search"},
    ),
    "valyu-status-failed.json": TaskAnswer(F, "failed", {"task.error": "The model gave no answer.", "report": None}),
    "valyu-status-failed-partial.json": TaskAnswer(
        P, "failed", {"task.error": "Out of time while writing.", "report.format": MD}
    ),
    "valyu-status-cancelled.json": TaskAnswer(C, "cancelled", {"task.finished_at": utc(2026, 11, 4, 6, 1)}),
    "valyu-status-awaiting-input-plan-review.json": TaskAnswer(
        W, "awaiting_input", {"interaction.id": "int-1", "interaction.deadline": utc(2024, 6, 15, 10, 45)}
    ),
    "valyu-status-paused-outline-review.json": TaskAnswer(
        W, "paused", {"interaction.id": "int-2", "answered.0.response": {"approved": True}}
    ),
    "valyu-create-202-queued.json": CreateAnswer(VALYU_ID, Q, mode="fast"),
    "valyu-list.json": ListAnswer(((VALYU_ID, R, SALT), ("vd-2", D, "Who trades in salt?"))),
    "valyu-cancel-200.json": ActionAnswer(Cancel(), "cancelled at Valyu (Task was cancelled)"),
    "valyu-delete-200.json": ActionAnswer(Delete(), "deleted at Valyu (Task was deleted)"),
    "valyu-error-400.json": ErrorAnswer(400, Refused, "query must not be empty"),
    "valyu-error-401.json": ErrorAnswer(401, BadKey, "Invalid API key"),
    "valyu-error-402.json": ErrorAnswer(402, PaymentNeeded, "Insufficient credits"),
    "valyu-error-404.json": ErrorAnswer(404, Gone, "Task not found"),
    "valyu-error-429.json": ErrorAnswer(429, RateLimited, "Too many tasks", 12),
    "valyu-error-500.json": ErrorAnswer(500, Unavailable, "Internal server error"),
}
