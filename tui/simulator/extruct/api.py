"""Extruct's endpoints: create, get and list deep research tasks, who am I, billing, health."""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.checks import NULL, either, record, text, word
from tui.simulator.clock import iso
from tui.simulator.course import Course
from tui.simulator.extruct.reports import markdown_report, schema_report
from tui.simulator.extruct.scripts import CEILINGS, SCRIPTS, ExtructState, state
from tui.simulator.json_body import Body, Refusal, answer
from tui.simulator.service import Service
from tui.simulator.tasks import SimTask

OWNER = {"id": "5d2f6c1e-0b7a-4a0e-9d55-2f7f0f3f9a11", "email": "you@divewatch.example"}
FOREIGN_TASK = "f0e1d2c3-b4a5-4687-9a0b-1c2d3e4f5a6b"  # belongs to another organization
_CREATE = record(
    "brief",
    brief=text(1, 20_000),
    depth=word("medium", "high", "xhigh"),
    output_schema=either(NULL, record("type", type={"enum": ["object"]})),
)
_PAGE = 50


class SimulatedExtruct(Service):
    """The deep research API of api.extruct.ai."""

    name = "extruct"
    key_variable, url_variable, key_header = "EXTRUCT_API_TOKEN", "EXTRUCT_BASE_URL", "authorization"
    key_prefix = "sk_sim_"
    scripts = SCRIPTS
    creates = (("POST", "/v1/deep_research_tasks"),)
    texts: ClassVar = {402: "Insufficient credits", 422: "Value error", 503: "Could not schedule the task"}
    credits = 100_000.0

    def routes(self) -> Sequence[Route]:
        """The endpoints of tests/contracts/extruct.md 2."""
        return [
            Route("/v1/deep_research_tasks", self.guarded(self.create), methods=["POST"]),
            Route("/v1/deep_research_tasks", self.guarded(self.list_tasks), methods=["GET"]),
            Route("/v1/deep_research_tasks/{task_id}", self.guarded(self.get), methods=["GET"]),
            Route("/v1/user", self.guarded(self.user), methods=["GET"]),
            Route("/v1/billing", self.guarded(self.billing), methods=["GET"]),
            Route("/v1/healthcheck", self.health, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """POST /v1/deep_research_tasks."""
        body = await self.body_of(request, _CREATE)
        depth = body.get("depth", "medium")
        if CEILINGS[depth] > self.available_credits():
            raise self.refusal(402)
        task = self.begin(body["brief"], depth, body.get("output_schema"))
        return answer(self.body(task))

    def begin(self, brief: str, depth: str, output_schema: Body | None, *, age: float = 0, **traits: Any) -> SimTask:
        """Start a task with the script that the brief names, unless `traits` name one."""
        return self.start(brief, {"depth": depth, "output_schema": output_schema}, age=age, **traits)

    async def get(self, request: Request) -> Response:
        """GET /v1/deep_research_tasks/{task_id}."""
        task_id = request.path_params["task_id"]
        try:
            canonical = str(uuid.UUID(task_id))
        except ValueError:
            message = "Input should be a valid UUID, invalid length: expected length 32 for simple format"
            finding = {"type": "uuid_parsing", "loc": ["path", "task_id"], "msg": message, "input": task_id}
            raise Refusal(422, {"detail": [finding]}) from None
        if canonical == FOREIGN_TASK:
            raise self.refusal(403)
        task = self.tasks.get(canonical)
        if task is None or self.setting.faults.find(self.name, "vanish"):
            raise self.refusal(404)
        return answer(self.body(task))

    async def list_tasks(self, request: Request) -> Response:
        """GET /v1/deep_research_tasks: a bare array, newest first, reports inside."""
        offset, limit = (self._number(request, name, default) for name, default in (("offset", 0), ("limit", _PAGE)))
        if self.setting.faults.find(self.name, "vanish"):
            return answer([])
        lag = self.setting.faults.find(self.name, "list-lag")
        late = lag.number(600) if lag else 0.0
        tasks = [task for task in self.tasks.newest_first() if self.elapsed(task) >= late]
        return answer([self.body(task, late) for task in tasks[offset : offset + limit]])

    def _number(self, request: Request, name: str, default: int) -> int:
        given = request.query_params.get(name, "")
        if given in ("", "null"):
            return default
        try:
            number = int(given)
        except ValueError:
            message = "Input should be a valid integer, unable to parse string as an integer"
            finding = {"type": "int_parsing", "loc": ["query", name], "msg": message, "input": given}
            raise Refusal(422, {"detail": [finding]}) from None
        return max(0, number)

    async def user(self, _: Request) -> Response:
        """GET /v1/user."""
        return answer(
            {
                "user_id": OWNER["id"],
                "email": OWNER["email"],
                "available_credits": self.available_credits(),
                "organization_id": "7c1b0a52-9d0e-4f53-8a38-2f3f5a0c9d10",
                "organization_name": "Divewatch demo",
                "organization_slug": "divewatch-demo",
                "organization_is_active": True,
            }
        )

    async def billing(self, _: Request) -> Response:
        """GET /v1/billing, known from the vendor's own client only."""
        user = {"id": OWNER["id"], "email": OWNER["email"], "available_credits": self.available_credits()}
        return answer({"user": user, "subscription": {"requires_subscription": True, "plan_tier": "pro"}})

    async def health(self, _: Request) -> Response:
        """GET /v1/healthcheck, without a token."""
        return answer({"status": "ok"})

    def available_credits(self) -> float:
        """Credits left: one is charged per finished agent, and failed tasks are refunded (extruct.md 12)."""
        states = [self.state(task) for task in self.tasks]
        return self.credits - sum(now.agents for now in states if now.status != "failed")

    def state(self, task: SimTask, late: float = 0.0) -> ExtructState:
        """Return status and counters now, or `late` simulated seconds ago."""
        return state(SCRIPTS[task.script], task.request["depth"], self.elapsed(task) - late, task.spread(0.85, 1.15))

    def body(self, task: SimTask, late: float = 0.0) -> Body:
        """The task object of extruct.md 4."""
        now, course = self.state(task, late), SCRIPTS[task.script]
        return {
            "id": task.id,
            "created_at": iso(self.clock.stamp(task.created), "microseconds"),
            "updated_at": iso(self.clock.stamp(task.created + now.changed), "microseconds"),
            "status": now.status,
            "brief": task.prompt,
            "depth": task.request["depth"],
            "iterations": now.iterations,
            "agents": now.agents,
            "sources": now.sources,
            "owner": OWNER,
            "output_schema": task.request["output_schema"],
            "failure_reason": course.traits.get("reason") if now.status == "failed" else None,
            "report": self._report(task, course) if now.status == "done" else None,
        }

    def _report(self, task: SimTask, course: Course) -> Body:
        schema = task.request["output_schema"]
        report = self.report(task)
        return markdown_report(report, course) if schema is None else schema_report(report, course, schema)


SERVICE = SimulatedExtruct
