"""What every example body means: one entry per file, asserted value by value in `test_examples`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tui.domain.detail import Numbering, ReportFormat
from tui.domain.errors import (
    BadKey,
    Forbidden,
    Gone,
    PaymentNeeded,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from tui.domain.task import Cost, CostKind, Counter, Meaning, TaskStatus


@dataclass(frozen=True)
class TaskAnswer:
    """A status answer: our status, the provider's word, and values at places (see `places.look_up`)."""

    status: TaskStatus
    word: str
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: int = 0


@dataclass(frozen=True)
class UpdateAnswer:
    """One update of a Yutori task, read inside a task."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class ListAnswer:
    """A page: (remote id, status, title) of each task, and the next cursor."""

    tasks: tuple[tuple[str, TaskStatus, str], ...]
    cursor: str | None = None


@dataclass(frozen=True)
class CreateAnswer:
    """The answer to a create."""

    remote_id: str
    status: TaskStatus
    error: str | None = None
    mode: str | None = None


@dataclass(frozen=True)
class ActionAnswer:
    """The answer to an action: the line a person reads, and the tasks that came with it."""

    action: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ErrorAnswer:
    """An error body with the status it comes with."""

    http: int
    kind: type[ProviderError]
    said: str
    retry_after: float | None = None


@dataclass(frozen=True)
class AccountAnswer:
    """Credits or quota."""

    remaining: float
    unit: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RequestBody:
    """A create request: prompt, mode, schema and options that make exactly this body, or why we do not send it."""

    prompt: str = ""
    mode: str | None = None
    schema: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    never_sent: str = ""


@dataclass(frozen=True)
class NoTask:
    """A body that is not an answer to anything we ask."""

    reason: str


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)


def credits_used(amount: float) -> Cost:
    return Cost(amount, "credits", CostKind.CREDITS)


def listed(usd: float) -> Cost:
    return Cost(usd, "USD", CostKind.PRICE_LIST)


def agents(value: int, ceiling: int) -> Counter:
    return Counter(value, ceiling, Meaning.CEILING)


def steps(value: int, total: int) -> Counter:
    return Counter(value, total, Meaning.ESTIMATE)


Q, R, W, D, P, F, C, U = (
    TaskStatus.QUEUED,
    TaskStatus.RUNNING,
    TaskStatus.WAITING,
    TaskStatus.DONE,
    TaskStatus.PARTIAL,
    TaskStatus.FAILED,
    TaskStatus.CANCELLED,
    TaskStatus.UNKNOWN,
)
MD, HTML, JSON = ReportFormat.MARKDOWN, ReportFormat.HTML, ReportFormat.JSON
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

V_ID = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
V_TASK = "f992a8ab-4c91-4322-905f-190107bd5a5b"
V_BATCH = "batch_a1b2c3d4-e5f6-7890-abcd-ef1234567890"
V_REAL = "4e283de9-05e8-40ea-9f89-bd0e36f0e058"
CRISPR = "Comprehensive analysis of CRISPR gene therapy clinical trials"
REAL = {
    "task.remote_id": V_REAL,
    "task.title": "entheai Visualization Layer: Terminal-Native GPU Compositing, Swarm Graphs, and Raindrop-FX in Rust",
    "task.mode": "max",
    "task.created_at": utc(2026, 7, 19, 13, 6, 42, 497000),
    "task.finished_at": utc(2026, 7, 19, 14, 4, 59, 253000),
    "task.counters": {"steps": steps(10, 25), "words_read": Counter(1097911)},
    "task.cost": Cost(15.1, "USD", CostKind.REPORTED, (("task", 15.0), ("code execution", 0.1))),
    "report.format": MD,
    "report.numbering": Numbering.BY_ID,
    "report.sources.0.id": "1",
    "images.0.kind": "chart",
    "images.0.chart": "waterfall",
    "images.0.series.0.name": "Frame Budget",
    "images.0.series.0.points.0": ("GPU render pass", 3.0),
    "images.0.facts.made at": "2026-07-19 13:27:18.384000+00:00",
    "deliverables.0.kind": "pdf",
}
WAITING = {"task.mode": "heavy", "interaction.id": "int_abc123", "interaction.deadline": utc(2024, 6, 15, 10, 40)}

VALYU: dict[str, Any] = {
    "valyu-status-queued.json": TaskAnswer(
        Q,
        "queued",
        {
            "task.remote_id": V_ID,
            "task.prompt": CRISPR,
            "task.title": CRISPR,
            "task.mode": "standard",
            "task.cost": listed(0.625),
            "task.web_url": f"https://platform.valyu.ai/playground/deepresearch/{V_ID}",
            "facts.output formats": "markdown, pdf",
            "facts.public": "no",
            "task.counters": {},
        },
    ),
    "valyu-status-running.json": TaskAnswer(R, "running", {"task.counters": {"steps": steps(5, 15)}, "report": None}),
    "valyu-status-running-no-progress.json": TaskAnswer(
        R, "running", {"task.remote_id": "dr_1", "task.mode": "instant", "task.cost": Cost(), "facts.success": "yes"}
    ),
    "valyu-status-running-with-messages.json": TaskAnswer(
        R,
        "running",
        {
            "task.counters.steps": steps(2, 25),
            "trace.0.role": "user",
            "trace.0.kind": "text",
            "trace.1.kind": "reasoning",
            "trace.3.kind": "call",
            "trace.3.tool": "research",
        },
    ),
    "valyu-status-awaiting-input-planning-questions.json": TaskAnswer(
        W,
        "awaiting_input",
        WAITING
        | {
            "interaction.kind": "planning_questions",
            "interaction.data.questions": [
                {"question": "What geographic regions?", "context": "Scope"},
                {"question": "Specific competitors?"},
            ],
        },
    ),
    "valyu-status-awaiting-input-plan-review.json": TaskAnswer(
        W,
        "awaiting_input",
        WAITING
        | {
            "interaction.kind": "plan_review",
            "interaction.data.estimated_steps": 12,
            "facts.checkpoints": '{"planning_questions": true, "plan_review": true, "source_review": true, '
            '"outline_review": true}',
        },
    ),
    "valyu-status-awaiting-input-source-review.json": TaskAnswer(
        W,
        "awaiting_input",
        WAITING | {"interaction.kind": "source_review", "interaction.data.domains.0.ai_recommendation": "include"},
    ),
    "valyu-status-paused-outline-review.json": TaskAnswer(
        W,
        "paused",
        WAITING
        | {
            "interaction.kind": "outline_review",
            "interaction.data.sections": ["Executive Summary", "Market"],
            "answered.0.id": "int_abc100",
            "answered.0.answered_at": utc(2024, 6, 15, 10, 31),
            "answered.0.auto_continued": False,
            "answered.0.response": {"approved": True},
        },
    ),
    "valyu-status-completed-markdown-real-full.json": TaskAnswer(
        D, "completed", REAL | {"task.sources": 162, "report.sources.161.id": "162"}
    ),
    "valyu-status-completed-markdown-real-excerpt.json": TaskAnswer(D, "completed", REAL | {"task.sources": 12}),
    "valyu-status-completed-progress-short-of-total.json": TaskAnswer(
        D,
        "completed",
        {
            "task.counters": {"steps": steps(3, 15)},
            "task.prompt": None,
            "task.cost": Cost(2.5, "USD", CostKind.REPORTED, (("task", 2.5),)),
            "report.sources.0.id": "1",
            "report.sources.0.fragment": "#:~:text=Finding",
            "report.sources.0.facts.source": "valyu/valyu-pubmed",
            "deliverables.0.facts.s3 key": "secret/internal/path.csv",
            "deliverables.1.url": "https://storage.valyu.ai/report.pdf?token=ephemeral",
        },
    ),
    "valyu-status-completed-deliverables.json": TaskAnswer(
        D,
        "completed",
        {
            "deliverables.0.kind": "csv",
            "deliverables.0.title": "Phase 3 CAR-T Trials in Oncology 2024.csv",
            "deliverables.0.facts.rows": "14",
            "deliverables.0.facts.made at": "2024-06-15 09:44:00+00:00",
            "task.cost": Cost(0.3, "USD", CostKind.REPORTED, (("task", 0.1), ("deliverables", 0.2))),
            "images.0.chart": "bar",
            "images.0.series": (),
            "task.finished_at": utc(2024, 6, 15, 10, 42),
        },
    ),
    "valyu-status-completed-json.json": TaskAnswer(
        D,
        "completed",
        {
            "structured": {"companies": [{"name": "Lambda", "valuation_billions": 1.5, "hq_city": "San Jose"}]},
            "report.format": JSON,
            "report.numbering": Numbering.NONE,
            "task.cost": Cost(0.1, "USD", CostKind.REPORTED),
        },
    ),
    "valyu-status-failed.json": TaskAnswer(
        F, "failed", {"task.error": "Research failed", "report": None, "task.cost": Cost()}
    ),
    "valyu-status-failed-partial.json": TaskAnswer(
        P,
        "failed",
        {
            "task.error": "Research failed",
            "task.has_report": True,
            "report.partial": True,
            "task.counters.steps": steps(9, 15),
        },
    ),
    "valyu-status-cancelled.json": TaskAnswer(
        C, "cancelled", {"report.partial": True, "report.text": "# Partial report\n\n...", "task.error": None}
    ),
    "valyu-create-202-running.json": CreateAnswer(V_TASK, R, mode="standard"),
    "valyu-create-202-running-webhook.json": CreateAnswer(V_TASK, R, mode="standard"),
    "valyu-create-202-queued.json": CreateAnswer("dr-1", Q, mode="heavy"),
    "valyu-list.json": ListAnswer(
        ((V_TASK, D, "CRISPR gene therapy clinical trials"), (V_ID, R, "Quantum computing market analysis"))
    ),
    "valyu-list-wrapped.json": ListAnswer(((V_TASK, D, "CRISPR gene therapy clinical trials"),)),
    "valyu-cancel-200.json": ActionAnswer("cancel", "cancelled at Valyu (Task cancelled successfully)", {"status": C}),
    "valyu-delete-200.json": ActionAnswer("delete", "deleted at Valyu (Task deleted successfully)"),
    "valyu-update-200.json": ActionAnswer("steer", "instruction sent (Task updated successfully)"),
    "valyu-public-200.json": ActionAnswer(
        "share",
        f"everyone with the address can read it now: https://platform.valyu.ai/playground/deepresearch/{V_ID}",
        {"web_url": f"https://platform.valyu.ai/playground/deepresearch/{V_ID}"},
    ),
    "valyu-respond-200.json": ActionAnswer("respond", "answer sent", {"status": R}),
    "valyu-edit-200-applied.json": ActionAnswer(
        "edit",
        "edited; it is version 2 now; Condensed the Executive Summary to 3 bullets and added the Q3 revenue figure "
        "with citation [14].",
        {"poll_after": None},
    ),
    "valyu-versions-200.json": ActionAnswer(
        "versions", "2 versions; the newest is 2", {"data.versions.1.kind": "edit"}
    ),
    "valyu-batch-create-200.json": ActionAnswer("batch", "the batch is open", {"data.batch_id": V_BATCH}),
    "valyu-batch-status-200.json": ActionAnswer(
        "batch", "the batch is processing, 10 total, 2 queued, 3 running, 4 completed and 1 failed"
    ),
    "valyu-batch-list-200.json": ActionAnswer("batch", "1 batch", {"data.batches.0.batch_id": V_BATCH}),
    "valyu-batch-add-tasks-200.json": ActionAnswer(
        "batch", "1 task added, 1 total and 1 queued", {"tasks.0.batch_id": V_BATCH, "tasks.0.status": Q}
    ),
    "valyu-batch-tasks-200.json": ActionAnswer(
        "batch", "1 task", {"tasks.0.title": "Analyze technology sector performance in Q4 2024"}
    ),
    "valyu-batch-cancel-200.json": ActionAnswer("batch", "the batch is cancelled and 3 tasks cancelled"),
    "valyu-create-request.json": RequestBody(
        "Comprehensive analysis of CRISPR gene therapy clinical trials in 2024", "standard"
    ),
    "valyu-create-request-workflow.json": RequestBody(
        options={"workflow_id": "ib-company-profile", "workflow_params": {"company": "NVIDIA (NVDA)"}}
    ),
    "valyu-respond-request-planning-questions.json": RequestBody(never_sent="no create: see test_actions"),
    "valyu-error-400.json": ErrorAnswer(400, Refused, "Invalid request parameters"),
    "valyu-error-400-workflow-validation.json": ErrorAnswer(
        400,
        Refused,
        '2 validation errors: company: Unknown parameter "company"; target: Required parameter "target" is missing',
    ),
    "valyu-error-401.json": ErrorAnswer(401, BadKey, "Invalid API key"),
    "valyu-error-402.json": ErrorAnswer(402, PaymentNeeded, "Insufficient credits"),
    "valyu-error-402-message-only.json": ErrorAnswer(402, PaymentNeeded, "Insufficient credits"),
    "valyu-error-403.json": ErrorAnswer(403, Forbidden, "API key does not have inference permission"),
    "valyu-error-404.json": ErrorAnswer(404, Gone, "Task not found"),
    "valyu-error-404-workflow.json": ErrorAnswer(404, Gone, "workflow not found"),
    "valyu-error-409-respond.json": ErrorAnswer(409, Refused, "Task is not awaiting input"),
    "valyu-error-429.json": ErrorAnswer(
        429, RateLimited, "Search rate limit reached: your plan allows 5 requests per second", 2
    ),
    "valyu-error-429-legacy.json": ErrorAnswer(429, RateLimited, "Too many requests", 1),
    "valyu-error-500.json": ErrorAnswer(500, Unavailable, "Internal server error. Please try again later."),
    "valyu-error-503-billing.json": ErrorAnswer(503, Unavailable, "Billing could not be checked"),
}

MEANINGS: Mapping[str, Any] = EXTRUCT | YUTORI | VALYU
