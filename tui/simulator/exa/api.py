"""Exa's endpoints: agent runs and their events."""

from collections.abc import Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.checks import OBJECT, TEXT, Violation, maybe, names, record, rows, text, whole
from tui.simulator.clock import iso
from tui.simulator.course import Moment
from tui.simulator.events import at_once, event_stream, frame
from tui.simulator.exa import output
from tui.simulator.exa.scripts import METERED_STOP, SCRIPTS, SECONDS
from tui.simulator.json_body import Body, Refusal, answer
from tui.simulator.service import Service
from tui.simulator.tasks import SimTask

_ROWS = maybe(rows(OBJECT))
_BUDGET = record(
    maxCostDollars={"type": ("number", "null"), "minimum": 1, "maximum": 100},
    maxDurationSeconds=maybe(whole(300, 10_800)),
)
_CREATE = record(
    "query",
    query=text(1),
    systemPrompt=maybe(TEXT),
    effort=TEXT,
    input=maybe(record(data=_ROWS, exclusion=_ROWS)),
    outputSchema=maybe(OBJECT),
    previousRunId=maybe(TEXT),
    metadata=maybe(names(TEXT)),
    dataSources=maybe(rows(record("provider", provider=TEXT), most=5)),
    budget=maybe(_BUDGET),
    userIdentifier=maybe(TEXT),
)
_CODES = {
    400: ("INVALID_REQUEST", "INVALID_REQUEST"),
    404: ("NOT_FOUND", "RUN_NOT_FOUND"),
    500: ("SERVER_ERROR", "SERVER_ERROR"),
}
_TAGS = {
    401: "INVALID_API_KEY",
    402: "NO_MORE_CREDITS",
    403: "FEATURE_DISABLED",
    429: "RATE_LIMIT_EXCEEDED",
    503: "SERVICE_UNAVAILABLE",
}
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_SEARCHES = 24  # of a run that ends by itself
_FORGOTTEN = 600.0  # seconds after the end, at teams without retention


class Exa(Service):
    """The Agent API of api.exa.ai."""

    name = "exa"
    key_variable, url_variable, key_header = "EXA_API_KEY", "EXA_BASE_URL", "x-api-key"
    creates = (("POST", "/agent/runs"),)
    no_json = (400, "the body is no JSON")
    scripts, cut_by = SCRIPTS, ("cancelled", "stopped")
    texts: ClassVar = {
        401: "Invalid API key",
        402: "You have exceeded your credits limit. Please top up to keep using Exa.",
        403: "This feature is not enabled for your team",
        404: "Run not found",
        429: "rate limited",
        503: "Service overloaded",
    }
    concurrency = 50
    zero_retention = False

    def routes(self) -> Sequence[Route]:
        """The endpoints."""
        run = "/agent/runs/{task}"
        return [
            Route("/agent/runs", self.guarded(self.create), methods=["POST"]),
            Route("/agent/runs", self.guarded(self.list_runs), methods=["GET"]),
            Route(run, self.guarded(self.get), methods=["GET"]),
            Route(run, self.guarded(self.delete), methods=["DELETE"]),
            Route(f"{run}/cancel", self.guarded(self.cancel), methods=["POST"]),
            Route(f"{run}/stop", self.guarded(self.stop), methods=["POST"]),
            Route(f"{run}/events", self.guarded(self.events), methods=["GET"]),
        ]

    def envelope(self, status: int, text: str) -> Body:
        """Return an error body: an object from the agent, a text with a tag from the gateway in front of it."""
        if status in _TAGS:
            return {"requestId": f"{self.setting.random.getrandbits(64):016x}", "error": text, "tag": _TAGS[status]}
        kind, code = _CODES.get(status, _CODES[400 if status < 500 else 500])
        return {"error": {"type": kind, "code": code, "message": text}}

    def authorized(self, request: Request) -> bool:
        """The key in its own header, or as a bearer token."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self.key in {request.headers.get("x-api-key"), bearer}

    def says(self, status: int, kind: str, code: str, text: str) -> Refusal:
        """Return an error of the agent with its own code."""
        return Refusal(status, {"error": {"type": kind, "code": code, "message": text}})

    # -- runs ---------------------------------------------------------------------------------------------------------

    async def create(self, request: Request) -> Response:
        """Start a run; with `Accept: text/event-stream` the response lasts as long as the run."""
        body = await self.body_of(request, _CREATE)
        if "sim:no-credits" in body["query"]:  # met with HTTP 200 at a sister route
            return answer(self.envelope(402, self.texts[402]))
        self._check(body, request)
        run = self.begin(body)
        if "text/event-stream" in request.headers.get("accept", ""):
            return self.live(run, lambda: self._frames(run))
        return answer(self.body(run))

    def misfit(self, findings: list[Violation]) -> Refusal:
        """Return the first validation error only."""
        return self.refusal(400, findings[0].sentence)

    def _check(self, body: Body, request: Request) -> None:
        if body.get("effort") == "max" and "agent-max-effort" not in request.headers.get("exa-beta", ""):
            raise self.refusal(400, "effort max needs the header Exa-Beta: agent-max-effort-2026-07-27")
        previous = body.get("previousRunId")
        if previous is not None:
            earlier = self.tasks.get(previous)
            if earlier is None:
                raise self.says(404, "NOT_FOUND", "PREVIOUS_RUN_NOT_FOUND", "Previous run not found")
            if self.moment(earlier).ended != "completed":
                raise self.says(400, "INVALID_REQUEST", "PREVIOUS_RUN_NOT_COMPLETED", "Previous run has not completed")
        if sum(self.moment(run).ended is None for run in self.tasks) >= self.concurrency:
            raise self.says(429, "RATE_LIMIT_ERROR", "CONCURRENCY_LIMIT_REACHED", "Too many active runs")

    def begin(self, body: Body, *, age: float = 0.0, **traits: Any) -> SimTask:
        """Start a run with the script that the query names, unless `traits` name one."""
        letters = "".join(self.setting.random.choice(_ALPHABET) for _ in range(26))
        return self.start(body["query"], body, age=age, id=f"agent_run_{letters}", **traits)

    async def get(self, request: Request) -> Response:
        """One run."""
        return answer(self.body(self.known(request)))

    async def list_runs(self, request: Request) -> Response:
        """All runs of the team, newest first."""
        return answer(self._page(request, [self.body(run) for run in self.tasks.newest_first()], 20))

    async def delete(self, request: Request) -> Response:
        """Delete a run and its events."""
        run = self.known(request)
        self.tasks.remove(run.id)
        return answer({"id": run.id, "object": "agent_run.deleted", "deleted": True})

    async def cancel(self, request: Request) -> Response:
        """Cancel a run; one that ended comes back unchanged."""
        return answer(self.body(self._end(self.known(request), "cancelled")))

    async def stop(self, request: Request) -> Response:
        """End a run and keep its findings."""
        run = self.known(request)
        if run.request.get("effort") not in METERED_STOP and self.moment(run).ended is None:
            raise self.refusal(400, "only runs with effort max or ultra can be stopped")
        return answer(self.body(self._end(run, "stopped")))

    def _end(self, run: SimTask, kind: str) -> SimTask:
        return run if self.moment(run).ended is not None else self.note(run, kind)

    async def events(self, request: Request) -> Response:
        """Return the stored events of a run: a JSON page, or a replay that closes."""
        run = self.known(request)
        found = [] if self.zero_retention else self._events(run)
        if "text/event-stream" in request.headers.get("accept", ""):
            after = request.headers.get("last-event-id", "0")
            seen = int(after) if after.isdigit() else 0
            return event_stream(at_once([self._frame(one) for one in found if int(one["id"]) > seen]))
        return answer(self._page(request, found, 100))

    def _page(self, request: Request, entries: list[Body], size: int) -> Body:
        asked = request.query_params.get("limit", str(size))
        if not asked.isdigit() or not 1 <= int(asked) <= 100:
            raise self.refusal(400, "limit must be a number from 1 to 100")
        cursor, size = request.query_params.get("cursor"), int(asked)
        ids = [one["id"] for one in entries]
        first = ids.index(cursor) + 1 if cursor in ids else 0
        page, more = entries[first : first + size], len(entries) > first + size
        return {"object": "list", "data": page, "hasMore": more, "nextCursor": page[-1]["id"] if more else None}

    # -- state --------------------------------------------------------------------------------------------------------

    def forgotten(self, task: SimTask) -> bool:
        """Whether a run has ended without storage."""
        now = self.moment(task)
        return self.zero_retention and now.ended is not None and self.elapsed(task) > now.changed + _FORGOTTEN

    def pace(self, run: SimTask) -> float:
        """Return the duration of a run of its effort, in those of the scripts."""
        return SECONDS.get(run.request.get("effort") or "auto", SECONDS["auto"]) / 240

    def body(self, run: SimTask) -> Body:
        """The run object: all ten members, whatever its status."""
        now, traits = self.moment(run), SCRIPTS[run.script].traits
        status, stop = self._words(run, now)
        usage, cost = output.bill(run.request, now, self._searches(now))
        made = status == "completed"
        body: Body = {
            "id": run.id,
            "object": "agent_run",
            "status": status,
            "stopReason": stop,
            "createdAt": self._stamp(run, 0.0),
            "completedAt": self._stamp(run, now.changed)
            if now.ended in {"completed", "failed", "cancelled", "stopped"}
            else None,
            "request": {name: value for name, value in run.request.items() if value is not None},
            "output": output.output(self.report(run), run.request, now.share, traits) if made else dict(output.NOTHING),
            "usage": usage,
            "costDollars": cost,
        }
        return body | ({"error": traits["error"]} if status == "failed" and "error" in traits else {})

    def _words(self, run: SimTask, now: Moment) -> tuple[str, str | None]:
        """Status and stop reason."""
        if now.ended is None:
            return ("running" if now.started else "queued"), None
        if now.ended == "stopped":
            return "completed", "stopped"
        if now.ended == "completed":
            fields = run.request.get("outputSchema") is not None
            reason = SCRIPTS[run.script].traits.get("stop")
            return "completed", reason or ("schema_satisfied" if fields else None)
        return now.ended, {"failed": "error", "cancelled": "cancelled"}.get(now.ended)

    def _searches(self, now: Moment) -> int:
        return int(now.share * _SEARCHES)

    def _stamp(self, run: SimTask, after: float) -> str:
        return iso(self.clock.stamp(run.created + after), "milliseconds")

    def _events(self, run: SimTask) -> list[Body]:
        """Every event so far, with ids from 1."""
        now, course = self.moment(run), SCRIPTS[run.script]
        found: list[tuple[float, str, Body]] = [(0.0, "created", {"id": run.id, "status": "queued"})]
        if now.started:
            found.append((course.queued, "started", {"id": run.id, "status": "running"}))
        sources = self.report(run).sources
        for number in range(self._searches(now)):
            work = course.seconds * run.spread(0.85, 1.15) * self.pace(run) / max(course.share, 0.01)
            at = course.queued + work * (number + 1) / _SEARCHES
            found += [(at, name, data) for name, data in _search(number, self.report(run).headings, sources)]
        if now.ended in {"completed", "stopped"}:
            found.append((now.changed, "completed", self.body(run)))
        elif now.ended in {"failed", "cancelled"}:
            told = {"id": run.id, "status": now.ended, "error": course.traits.get("error")}
            found.append((now.changed, now.ended, told))
        return [
            {"id": str(number), "event": f"agent_run.{name}", "data": data, "createdAt": self._stamp(run, at)}
            for number, (at, name, data) in enumerate(found, 1)
        ]

    def _frames(self, run: SimTask) -> list[bytes]:
        return [self._frame(one) for one in self._events(run)]

    def _frame(self, event: Body) -> bytes:
        return frame(event["event"], event["data"], event["id"])


def _search(number: int, headings: Sequence[str], sources: Sequence[Any]) -> list[tuple[str, Body]]:
    """The events of one search."""
    call = f"call_{number + 1}"
    item: Body = {"id": f"fc_{number + 1}", "type": "function_call", "call_id": call, "name": "search"}
    text = headings[number % len(headings)] if headings else "overview"
    source = sources[number % len(sources)] if sources else None
    met = [] if source is None else [{"url": source.url, "title": source.title, "callId": call, "parentCallId": None}]
    return [
        ("search_trace", {"tool": "search", "callId": call, "text": text}),
        ("output_item.added", {"item": {**item, "status": "in_progress", "arguments": ""}}),
        *(("source.added", {"source": one}) for one in met),
        ("output_item.done", {"item": {**item, "status": "completed", "metadata": {"sourceCount": 3 + number % 8}}}),
    ]


SERVICE = Exa
