"""What every example body of Yutori means."""

from typing import Any

from tests.providers.expected.kinds import (
    HTML,
    JSON,
    MD,
    AccountAnswer,
    CreateAnswer,
    D,
    ErrorAnswer,
    F,
    ListAnswer,
    NoTask,
    Q,
    R,
    RequestBody,
    TaskAnswer,
    U,
    UpdateAnswer,
    listed,
    utc,
)
from tui.domain.detail import Numbering
from tui.domain.errors import BadKey, Forbidden, Gone, PaymentNeeded, RateLimited, Refused, Unavailable
from tui.domain.task import Cost, Counter

Y_ID = "7b0d9f52-3f5c-4a55-9a43-0b1a4c2f6d10"
Y_OLD = "ae27a17c-a4ed-4c69-8b2a-4bec330fc935-1768848395"
Y_PAGE = f"https://platform.yutori.com/research/tasks/{Y_ID}"
FIGURES = {
    "tool_calls": Counter(86),
    "mcp_tool_calls": Counter(71),
    "pages_read": Counter(42),
    "navigator_steps": Counter(15),
    "websites_visited": Counter(4),
}
COOLING = {
    "title": "Chip-based cooling",
    "summary": "Below the usual limit.",
    "source_url": "https://lab.example/cooling",
}
REFUSED = {"task.cost": listed(0), "report": None}

YUTORI: dict[str, Any] = {
    "yutori-queued.json": TaskAnswer(
        Q,
        "queued",
        {
            "task.remote_id": Y_ID,
            "task.web_url": Y_PAGE,
            "task.mode": None,
            "task.created_at": utc(2026, 11, 20, 9, 0, 0, 123456),
            "task.counters": {},
            "task.cost": listed(0.35),
            "updates": (),
        },
    ),
    "yutori-running-no-updates.json": TaskAnswer(
        R,
        "running",
        {"task.remote_id": Y_OLD, "task.created_at": utc(2026, 1, 19, 18, 46, 35, 800932), "task.counters": {}},
    ),
    "yutori-running-fast-mode.json": TaskAnswer(R, "running", {"task.mode": "fast"}),
    "yutori-running-with-update.json": TaskAnswer(
        R,
        "running",
        {
            "task.counters.pages_read": Counter(9),
            "updates.0.text": "<p>Reading lab notes and press releases.</p>",
            "updates.0.format": HTML,
            "updates.0.at": utc(2026, 11, 20, 9, 2),
            "updates.0.facts.tool calls": "21",
            "report": None,
        },
    ),
    "yutori-succeeded-citations.json": TaskAnswer(
        D,
        "succeeded",
        {
            "task.title": "Quantum hardware & people",
            "task.counters": FIGURES,
            "task.sources": 3,
            "task.finished_at": None,
            "facts.seconds of work saved (Yutori's estimate)": "1810",
            "report.format": HTML,
            "report.numbering": Numbering.BY_URL,
            "report.sources.0.id": "0",
            "report.sources.0.url": "https://lab.example/cooling?ref=a&page=2",
            "report.sources.0.title": "Chip-based cooling",
            "report.sources.0.snippet": "A lab note.",
            "report.sources.0.facts.image": "https://lab.example/c.png",
            "report.sources.2.url": "https://unused.example/read-but-not-cited",
            "report.sources.2.title": None,
            "updates.0.facts.header image": "https://img.example/header.png",
        },
    ),
    "yutori-succeeded-html.json": TaskAnswer(
        D,
        "succeeded",
        {"task.title": "Hardware strides and strategic moves this week", "report.format": HTML, "report.sources": ()},
    ),
    "yutori-succeeded-markdown.json": TaskAnswer(
        D,
        "succeeded",
        {"task.title": "Quantum Computing Developments", "report.format": MD, "task.created_at": None, "updates": ()},
    ),
    "yutori-succeeded-no-stats.json": TaskAnswer(
        D,
        "succeeded",
        {
            "report.format": MD,
            "report.text": "Plain text, no tags. 3 < 4 and a [1] bracket.",
            "updates.0.at": utc(2026, 11, 20, 9, 15),
            "task.counters": {},
        },
    ),
    "yutori-succeeded-empty.json": TaskAnswer(D, "succeeded", {"report": None, "task.has_report": False}),
    "yutori-succeeded-structured-array.json": TaskAnswer(
        D,
        "succeeded",
        {"structured": [COOLING], "report.format": HTML, "updates.0.structured": [COOLING], "task.warnings": ()},
    ),
    "yutori-succeeded-structured-object.json": TaskAnswer(
        D,
        "succeeded",
        {
            "structured": {"developments": [COOLING | {"category": "research"}]},
            "report.format": JSON,
            "report.sources": (),
        },
    ),
    "yutori-succeeded-structured-failed.json": TaskAnswer(
        D, "succeeded", {"structured": None, "task.warnings": ("the structured output failed; the report is there",)}
    ),
    "yutori-succeeded-structured-pending.json": TaskAnswer(
        D, "succeeded", {"structured": None, "task.warnings": ("the structured output never came",)}
    ),
    "yutori-unknown-status.json": TaskAnswer(U, "cancelled", {"report": None}, problems=1),
    "yutori-failed-budget_exceeded.json": TaskAnswer(
        F,
        "failed",
        REFUSED | {"task.error": "the account's budget is used up", "facts.rejection reason": "budget_exceeded"},
    ),
    "yutori-failed-insufficient_prepaid_balance.json": TaskAnswer(
        F, "failed", REFUSED | {"task.error": "the prepaid balance is too low for this task"}
    ),
    "yutori-failed-subscription_inactive.json": TaskAnswer(
        F, "failed", REFUSED | {"task.error": "the subscription is not active"}
    ),
    "yutori-failed-billing_limit_reached.json": TaskAnswer(
        F, "failed", REFUSED | {"task.remote_id": "task-abc", "task.error": "the account's billing limit is reached"}
    ),
    "yutori-failed-rate_limit_exceeded.json": TaskAnswer(
        F, "failed", REFUSED | {"task.error": "too many requests: the rate limit was exceeded", "task.web_url": None}
    ),
    "yutori-failed-with-error.json": TaskAnswer(
        F, "failed", REFUSED | {"task.error": "the account's billing limit is reached; Rejected"}
    ),
    "yutori-failed-no-reason.json": TaskAnswer(
        F, "failed", {"task.error": "Yutori gave no reason", "task.web_url": Y_PAGE, "task.cost": Cost()}
    ),
    "yutori-published-status-newer.json": TaskAnswer(
        Q,
        "queued",
        {
            "task.mode": "deep",
            "report.text": "<string>",
            "report.partial": True,
            "updates.0.at": None,
            "structured": None,
        },
        problems=1,
    ),
    "yutori-published-status-older.json": TaskAnswer(Q, "queued", {"task.counters.pages_read": Counter(0)}, problems=1),
    "yutori-scout-update-published.json": UpdateAnswer(
        {
            "updates.0.id": "a4e7bd83-4b84-4189-b679-6886fca381bb",
            "updates.0.at": utc(2026, 1, 16, 5, 24, 57, 379000),
            "updates.0.sources.0.title": "GitHub - yutori-ai/yutori-mcp: MCP server for Yutori web monitoring",
            "updates.0.facts.pages read": "0",
            "task.counters.tool_calls": Counter(12),
        }
    ),
    "yutori-update-string-citations.json": UpdateAnswer(
        {
            "updates.0.format": MD,
            "updates.0.sources.0.url": "https://finance.yahoo.com/quote/AAPL",
            "task.counters.websites_visited": Counter(1),
        }
    ),
    "yutori-created-queued.json": CreateAnswer(Y_OLD, Q),
    "yutori-published-create-response.json": CreateAnswer("<string>", Q),
    "yutori-created-failed-insufficient_prepaid_balance.json": CreateAnswer(
        Y_ID, F, "the prepaid balance is too low for this task"
    ),
    "yutori-created-failed-no-reason.json": CreateAnswer("r-1", F, "Yutori gave no reason"),
    "yutori-list.json": ListAnswer(
        (
            ("11111111-0000-4000-8000-000000000001", R, "Compare cooling methods"),
            (
                Y_ID,
                D,
                "What are the latest developments in quantum computing from the past week? Include company "
                "announcements, research papers, and product releases.",
            ),
            ("11111111-0000-4000-8000-000000000003", F, "Third"),
        )
    ),
    "yutori-list-mcp-test.json": ListAnswer((("task-1", D, "Research GPU pricing"),), "cursor-2"),
    "yutori-list-minimal.json": ListAnswer((("t1", D, "q"),)),
    "yutori-list-empty-filter.json": ListAnswer(()),
    "yutori-published-list.json": ListAnswer((("<string>", U, "<string>"),)),
    "yutori-usage.json": AccountAnswer(
        9900, "requests today", {"limit": 10000, "resets_at": utc(2026, 3, 4), "facts.research tasks": "2"}
    ),
    "yutori-create-request-published.json": RequestBody(
        "What are the latest developments in quantum computing from the past week? Include company announcements, "
        "research papers, and product releases.",
        schema=True,
        options={"user_timezone": "America/Los_Angeles", "webhook_url": "https://example.com/webhook"},
    ),
    "yutori-create-request-deprecated-task_spec.json": RequestBody(never_sent="task_spec is deprecated"),
    "yutori-webhook-scout.json": NoTask("a webhook body: nobody can send us one"),
    "yutori-webhook-slack.json": NoTask("a webhook body"),
    "yutori-webhook-zapier.json": NoTask("a webhook body: its status belongs to a scout"),
    "yutori-error-400.json": ErrorAnswer(400, Refused, "Bad request"),
    "yutori-error-401.json": ErrorAnswer(401, BadKey, "Invalid API key"),
    "yutori-error-402.json": ErrorAnswer(402, PaymentNeeded, "Payment required"),
    "yutori-error-403.json": ErrorAnswer(403, Forbidden, "Forbidden"),
    "yutori-error-403-gateway.json": ErrorAnswer(403, Forbidden, "Forbidden"),
    "yutori-error-404.json": ErrorAnswer(404, Gone, "task not found"),
    "yutori-error-422-missing-query.json": ErrorAnswer(422, Refused, "query: Field required"),
    "yutori-error-422-status-filter.json": ErrorAnswer(422, Refused, "status: Input should be 'running'"),
    "yutori-error-429.json": ErrorAnswer(429, RateLimited, "Too Many Requests"),
    "yutori-error-429-gateway.json": ErrorAnswer(429, RateLimited, "Limit Exceeded"),
    "yutori-error-500.json": ErrorAnswer(500, Unavailable, "Internal server error"),
}
