"""Yutori's endpoints: create, get and list research tasks, usage, health."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.checks import FLAG, NULL, OBJECT, TEXT, either, maybe, record, word
from tui.simulator.clock import iso
from tui.simulator.json_body import Body, Refusal, answer, new_uuid
from tui.simulator.service import Service
from tui.simulator.tasks import SimTask, asked_for
from tui.simulator.yutori import results
from tui.simulator.yutori.scripts import LIST_LAG, SCRIPTS, YutoriState, light_status, state, working

_OLD_SCHEMA = record(type={"enum": ["json"]}, json_schema=either(NULL, OBJECT))
_CREATE = record(
    "query",
    query=TEXT,
    mode=word("deep", "fast"),
    user_timezone=TEXT,
    user_location=maybe(TEXT),
    browser=either(NULL, word("cloud", "local")),
    output_schema=either(NULL, OBJECT),
    task_spec=either(NULL, record(output_schema=either(NULL, _OLD_SCHEMA))),
    skip_email=FLAG,
    webhook_url=maybe(TEXT),
    webhook_format=word("scout", "slack", "zapier"),
    used_deprecated_task_spec=FLAG,
)
_FILTERS = ("running", "succeeded", "failed")
_PERIODS = {"24h": 1, "7d": 7, "30d": 30, "90d": 90}
_DAY = 86_400


class SimulatedYutori(Service):
    """The research API of api.yutori.com."""

    name = "yutori"
    key_variable, url_variable = "YUTORI_API_KEY", "YUTORI_BASE_URL"
    key_prefix = "yt-sim-"
    scripts, usual = SCRIPTS, "html"
    creates = (("POST", "/v1/research/tasks"),)
    texts: ClassVar = {
        400: "Bad request",
        401: "Invalid API key",
        402: "Payment required",
        404: "task not found",
        422: "Value error",
        500: "Internal server error",
    }
    daily_limit = 10_000
    requests_today = 0

    def routes(self) -> Sequence[Route]:
        """The endpoints of tests/contracts/yutori.md 2."""
        return [
            Route("/v1/research/tasks", self._counted(self.create), methods=["POST"]),
            Route("/v1/research/tasks", self._counted(self.list_tasks), methods=["GET"]),
            Route("/v1/research/tasks/{task}", self._counted(self.get), methods=["GET"]),
            Route("/v1/usage", self.guarded(self.usage), methods=["GET"]),
            Route("/v1/health", self.health, methods=["GET"]),
            Route("/health", self.health, methods=["GET"]),
        ]

    def authorized(self, request: Request) -> bool:
        """`x-api-key`, or the bearer form the vendor's agent page uses."""
        given = (request.headers.get("x-api-key"), request.headers.get("authorization", "").removeprefix("Bearer "))
        return self.key in given

    def _counted(self, handler: Any) -> Any:
        """Return the handler behind the key check and the daily limit."""

        async def counted(request: Request) -> Response:
            if self.requests_today >= self.daily_limit:
                raise self.refusal(429)
            self.requests_today += 1
            response: Response = await handler(request)
            return response

        return self.guarded(counted)

    async def create(self, request: Request) -> Response:
        """POST /v1/research/tasks."""
        body = await self.body_of(request, _CREATE)
        old = (body.get("task_spec") or {}).get("output_schema") or {}
        schema = body.get("output_schema") or old.get("json_schema")
        task = self.begin(body["query"], body.get("mode", "deep"), schema)
        traits = SCRIPTS[task.script].traits
        made: Body = {"task_id": task.id, "view_url": _view_url(task), "status": "queued"}
        if "refused" in traits:
            made |= {"status": "failed", "rejection_reason": traits["rejection"]}
        return answer(made | {"webhook_url": body.get("webhook_url")})

    def begin(self, query: str, mode: str, schema: Body | None, *, age: float = 0, **traits: Any) -> SimTask:
        """Start a task with the script that the query names, unless `traits` name one."""
        script = traits.pop("script", None) or asked_for(query, self.scripts, self.usual)
        if "epoch_id" in SCRIPTS[script].traits:
            epoch = int(self.clock.wall(self.clock.now() - age))
            traits["id"] = f"{new_uuid(self.setting.random)}-{epoch}"
        return self.start(query, {"mode": mode, "output_schema": schema}, script, age=age, **traits)

    async def get(self, request: Request) -> Response:
        """GET /v1/research/tasks/{task_id}."""
        return answer(self.body(self.known(request)))

    def state(self, task: SimTask) -> YutoriState:
        """Return the task's state now."""
        structured = task.request["output_schema"] is not None
        script, variety = SCRIPTS[task.script], self._variety(task)
        return state(script, task.request["mode"], self.elapsed(task), structured=structured, variety=variety)

    def body(self, task: SimTask) -> Body:
        """The status answer of yutori.md 4."""
        now, traits = self.state(task), SCRIPTS[task.script].traits
        result, value, updates = None, None, self._interim(task, now)
        if now.status == "succeeded" and "nothing" not in traits:
            report = self.report(task)
            if now.structure == "succeeded":
                value = results.structured_result(report, task.request["output_schema"])
            result = results.text(report, traits)
            moment = self.clock.stamp(task.created + (now.ended or 0.0))
            updates.append(results.update(report, traits, task.id, moment, (value, now.structure)))
        body: Body = {"task_id": task.id, "view_url": _view_url(task), "status": now.status, "result": result}
        if "bare" in traits:
            return body | {"updates": updates}
        return body | {
            "structured_result": value,
            "structured_output_status": now.structure,
            "created_at": iso(self.clock.stamp(task.created), "microseconds"),
            "updates": updates,
            "rejection_reason": traits.get("rejection") if now.status == "failed" else None,
            "mode": task.request["mode"],
        }

    def _interim(self, task: SimTask, now: YutoriState) -> list[Body]:
        script = SCRIPTS[task.script]
        parts = script.traits.get("updates", 0) + 1
        seconds = working(script, task.request["mode"], self._variety(task))
        report, start = self.report(task), task.created + script.queued
        return [
            results.interim_update(report, task.id, number - 1, share, self.clock.stamp(start + share * seconds))
            for number in range(1, parts)
            if (share := number / parts) <= now.share
        ]

    def _variety(self, task: SimTask) -> float:
        return task.spread(0.8, 1.2)

    async def list_tasks(self, request: Request) -> Response:
        """GET /v1/research/tasks: light records, paged by an opaque cursor."""
        wanted = request.query_params.get("status", "")
        if wanted not in ("", "null", *_FILTERS):
            expected = "'running', 'succeeded' or 'failed'"
            raise Refusal(422, _finding("status", "literal_error", f"Input should be {expected}", wanted))
        size = self._page_size(request)
        gone = self.setting.faults.find(self.name, "vanish")
        items = [] if gone else [self._list_item(task) for task in self.tasks.newest_first()]
        fitting = [item for item in items if wanted in ("", "null", item["status"])]
        start = self._start(request)
        end = len(fitting) if size is None else start + size
        back = max(0, start - (size or 0))
        return answer(
            {
                "tasks": fitting[start:end],
                "total": len(items),
                "filtered_total": len(fitting),
                "summary": {word: sum(item["status"] == word for item in items) for word in _FILTERS},
                "page_size": size,
                "has_more": end < len(fitting),
                "prev_cursor": _cursor(fitting, back) if start else None,
                "next_cursor": _cursor(fitting, end) if end < len(fitting) else None,
            }
        )

    def _list_item(self, task: SimTask) -> Body:
        fault = self.setting.faults.find(self.name, "list-lag")
        lag = fault.number(600) if fault else LIST_LAG
        status = light_status(self.state(task), self.elapsed(task), lag)
        return {
            "task_id": task.id,
            "query": task.prompt,
            "status": status,
            "created_at": iso(self.clock.stamp(task.created), "microseconds"),
            "view_url": _view_url(task),
            "rejection_reason": SCRIPTS[task.script].traits.get("rejection") if status == "failed" else None,
        }

    def _page_size(self, request: Request) -> int | None:
        given = request.query_params.get("page_size", "")
        if given in ("", "null"):
            return None
        try:
            return max(1, int(given))
        except ValueError:
            message = "Input should be a valid integer, unable to parse string as an integer"
            raise Refusal(422, _finding("page_size", "int_parsing", message, given)) from None

    def _start(self, request: Request) -> int:
        given = request.query_params.get("cursor", "")
        if given in ("", "null"):
            return 0
        try:
            return max(0, int(json.loads(base64.urlsafe_b64decode(given))["offset"]))
        except (ValueError, KeyError, TypeError):
            raise Refusal(422, _finding("cursor", "value_error", "Invalid cursor", given)) from None

    async def usage(self, request: Request) -> Response:
        """GET /v1/usage: what is left of today's requests, and how much was done."""
        period = request.query_params.get("period", "24h")
        if period not in _PERIODS:
            expected = "'24h', '7d', '30d' or '90d'"
            raise Refusal(422, _finding("period", "literal_error", f"Input should be {expected}", period))
        known = not self.setting.faults.find(self.name, "usage-unavailable")
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        reset = (today + timedelta(days=1)).isoformat()
        navigator = {"requests_today": 0, "daily_limit": 50_000, "remaining_requests": 50_000, "reset_at": reset}
        navigator |= {"per_second_limit": 20}
        recent = sum(self.elapsed(task) < _PERIODS[period] * _DAY for task in self.tasks)
        return answer(
            {
                "num_active_scouts": 0,
                "active_scout_ids": [],
                "rate_limits": {
                    "requests_today": self.requests_today if known else None,
                    "daily_limit": self.daily_limit if known else None,
                    "remaining_requests": self.daily_limit - self.requests_today if known else None,
                    "reset_at": reset,
                    "status": "available" if known else "unavailable",
                },
                "navigator_rate_limits": navigator,
                "n1_rate_limits": navigator,
                "activity": {
                    "period": period,
                    "scout_runs": 0,
                    "browsing_tasks": 0,
                    "research_tasks": recent,
                    "navigator_calls": 0,
                    "n1_calls": 0,
                },
            }
        )

    async def health(self, _: Request) -> Response:
        """GET /v1/health, without a key."""
        return answer({"status": "ok"})


def _view_url(task: SimTask) -> str:
    return f"https://platform.yutori.com/research/tasks/{task.id[:36]}"


def _cursor(items: list[Body], offset: int) -> str:
    where = {"created_at": items[offset]["created_at"], "offset": offset}
    return base64.urlsafe_b64encode(json.dumps(where).encode()).decode()


def _finding(name: str, kind: str, message: str, value: str) -> Body:
    return {"detail": [{"type": kind, "loc": ["query", name], "msg": message, "input": value}]}


SERVICE = SimulatedYutori
