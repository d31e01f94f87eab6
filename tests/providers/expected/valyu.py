"""What every example body of Valyu means."""

from typing import Any

from tests.providers.expected.kinds import (
    JSON,
    MD,
    ActionAnswer,
    C,
    CreateAnswer,
    D,
    ErrorAnswer,
    F,
    ListAnswer,
    P,
    Q,
    R,
    RequestBody,
    TaskAnswer,
    W,
    listed,
    steps,
    utc,
)
from tui.domain.actions import (
    AddToBatch,
    Cancel,
    CancelBatch,
    Delete,
    Edit,
    ListVersions,
    ListBatches,
    OpenBatch,
    ReadBatch,
    Respond,
    Share,
    Steer,
)
from tui.domain.detail import Numbering
from tui.domain.errors import BadKey, Forbidden, Gone, PaymentNeeded, RateLimited, Refused, Unavailable
from tui.domain.task import Cost, CostKind, Counter

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
    "valyu-cancel-200.json": ActionAnswer(Cancel(), "cancelled at Valyu (Task cancelled successfully)", {"status": C}),
    "valyu-delete-200.json": ActionAnswer(Delete(), "deleted at Valyu (Task deleted successfully)"),
    "valyu-update-200.json": ActionAnswer(Steer("x"), "instruction sent (Task updated successfully)"),
    "valyu-public-200.json": ActionAnswer(
        Share(public=True),
        f"everyone with the address can read it now: https://platform.valyu.ai/playground/deepresearch/{V_ID}",
        {"web_url": f"https://platform.valyu.ai/playground/deepresearch/{V_ID}"},
    ),
    "valyu-respond-200.json": ActionAnswer(Respond("i", ()), "answer sent", {"status": R}),
    "valyu-edit-200-applied.json": ActionAnswer(
        Edit("x"),
        "edited; it is version 2 now; Condensed the Executive Summary to 3 bullets and added the Q3 revenue figure "
        "with citation [14].",
    ),
    "valyu-versions-200.json": ActionAnswer(
        ListVersions(), "2 versions; the newest is 2", {"versions.0.number": 2, "versions.0.newest": True}
    ),
    "valyu-batch-create-200.json": ActionAnswer(OpenBatch(), "the batch is open", {"batch_id": V_BATCH}),
    "valyu-batch-status-200.json": ActionAnswer(
        ReadBatch(), "the batch is processing, 10 total, 2 queued, 3 running, 4 completed and 1 failed"
    ),
    "valyu-batch-list-200.json": ActionAnswer(ListBatches(), "1 batch"),
    "valyu-batch-add-tasks-200.json": ActionAnswer(
        AddToBatch(()), "1 task added, 1 total and 1 queued", {"tasks.0.batch_id": V_BATCH, "tasks.0.status": Q}
    ),
    "valyu-batch-tasks-200.json": ActionAnswer(
        AddToBatch(()), "1 task", {"tasks.0.title": "Analyze technology sector performance in Q4 2024"}
    ),
    "valyu-batch-cancel-200.json": ActionAnswer(CancelBatch(), "the batch is cancelled and 3 tasks cancelled"),
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
