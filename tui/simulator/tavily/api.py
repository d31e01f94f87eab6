"""Tavily: its endpoints (start research, ask for it, credits), and what its tasks put out."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.checks import FLAG, OBJECT, TEXT, Violation, maybe, record, rows, text
from tui.simulator.clock import iso
from tui.simulator.content import DemoReport, without_markers
from tui.simulator.course import Course
from tui.simulator.events import frame
from tui.simulator.json_body import Body, Refusal, answer
from tui.simulator.schema_samples import by_property
from tui.simulator.service import Service
from tui.simulator.tasks import SimTask

_HOSTS = maybe(rows(TEXT, most=20))
_CREATE = record(
    "input",
    input=text(1),
    model=maybe(TEXT),
    stream=maybe(FLAG),
    output_schema=maybe(record(properties=OBJECT, required=maybe(rows(TEXT)))),
    citation_format=maybe(TEXT),
    include_domains=_HOSTS,
    exclude_domains=_HOSTS,
    output_length=maybe(TEXT),
    files=maybe(rows(record(name=maybe(TEXT), content=maybe(TEXT)), most=5)),
)
_PIECE = 400  # characters of a piece of text in a stream
SECONDS: Mapping[str, float] = {"mini": 45, "pro": 260, "auto": 140}
CREDITS: Mapping[str, tuple[int, int]] = {"mini": (4, 110), "pro": (15, 250), "auto": (4, 250)}

SCRIPTS: Mapping[str, Course] = {
    "done": Course("a numbered report that ends with its own list"),
    "unlisted": Course("a numbered report without a list of its own", traits={"unlisted": True}),
    "ragged": Course("one number too many, an address twice, a source without one", traits={"ragged": True}),
    "names-only": Course("a report that names its sources in words; the list is empty", traits={"names": True}),
    "failed": Course("fails without a reason, with HTTP 200", "failed", share=0.5),
    "failed-reason": Course("fails with a reason", "failed", share=0.5, traits={"error": "Research task failed"}),
    "word": Course("ends with a word that is in no document", "cancelled", share=0.5),
    "stuck": Course("goes on for ever", None, share=0.4),
    "waiting": Course("waits for half an hour", queued=1800.0),
}


def sources(report: DemoReport, traits: Mapping[str, Any]) -> list[Body]:
    """Return the sources: title, address, picture of the site; neither id nor quote."""
    if traits.get("names"):
        return []
    listed: list[Body] = [
        {"title": source.title, "url": source.url, "favicon": f"https://{source.host}/favicon.ico"}
        for source in report.sources
    ]
    if traits.get("ragged"):
        listed += [{**listed[0], "title": f"{listed[0]['title']} (annex)"}, {"title": "notes.md"}]
    return listed


def content(report: DemoReport, request: Body, traits: Mapping[str, Any]) -> Any:
    """Markdown in the wanted form of citation, or an object where a schema was sent."""
    schema = request.get("output_schema")
    if schema is not None:
        return by_property(report, schema)
    text = report.markdown.rstrip()
    if traits.get("names") or request.get("citation_format") in {"mla", "apa", "chicago"}:
        text = without_markers(report).rstrip()
        listed = [f"{source.title}. {source.url}" for source in report.sources]
        return text if traits.get("names") else "\n\n".join([text, "## References", *listed])
    if traits.get("ragged"):
        text += f"\n\nOne figure could not be traced to a source [{len(report.sources) + 7}]."
    if traits.get("unlisted") or traits.get("ragged"):
        return text
    rows = [f"[{number}] {source.title} - {source.url}" for number, source in enumerate(report.sources, 1)]
    return "\n".join([text, "", "## Sources", "", *rows, ""])


def frames(task_id: str, model: str, report: DemoReport, share: float, request: Body) -> list[bytes]:
    """The frames of a stream so far; the text comes in one burst at the end."""
    made: list[Body] = [_call("tool_call", "Planning", "t0", "Initializing research plan")]
    headings = report.headings or [report.title]
    for number, heading in enumerate(headings[: int(len(headings) * share)], 1):
        call = f"t{number}"
        made.append(_call("tool_call", "WebSearch", call, "Executing 1 search query", queries=[heading]))
        found = sources(report, {})[number - 1 : number + 1]
        made.append(_call("tool_response", "WebSearch", call, "Completed executing search tool call", sources=found))
    if share >= 1:
        made.append(_call("tool_call", "Generating", "t99", "Generating final report"))
        whole = content(report, request, {})
        pieces = (
            [whole] if isinstance(whole, dict) else [whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE)]
        )
        made += [{"role": "assistant", "content": piece} for piece in pieces]
        made.append({"role": "assistant", "sources": sources(report, {})})
    head = {"id": task_id, "object": "chat.completion.chunk", "model": model, "created": 1_795_165_200}
    return [frame("chat.completion.chunk", {**head, "choices": [{"delta": delta}]}) for delta in made]


def _call(kind: str, name: str, call: str, arguments: str, **more: Any) -> Body:
    entry = {"name": name, "id": call, "arguments": arguments, **more}
    return {"role": "assistant", "tool_calls": {"type": kind, kind: [entry]}}


class Tavily(Service):
    """The research API of api.tavily.com."""

    name = "tavily"
    key_variable, url_variable, key_header = "TAVILY_API_KEY", "TAVILY_BASE_URL", "authorization"
    key_prefix = "tvly-sim-"
    creates = (("POST", "/research"),)
    no_json = (400, None)
    scripts = SCRIPTS
    texts: ClassVar = {
        400: "Invalid request parameters",
        401: "Unauthorized: missing or invalid API key.",
        404: "Research task not found",
        429: "Your request has been blocked due to excessive requests. Please reduce rate of requests.",
        432: "This request exceeds your plan's set usage limit. Please upgrade your plan or contact support@tavily.com",
        433: "This request exceeds the pay-as-you-go limit. You can increase your limit on the Tavily dashboard.",
        500: "Error getting research status",
    }
    created_status = 200  # the documents say 201; the vendor's own client takes only 200
    stream_required = False
    plan_limit = 15_000

    def routes(self) -> Sequence[Route]:
        """The endpoints."""
        return [
            Route("/research", self.guarded(self.create), methods=["POST"]),
            Route("/research/{task}", self.guarded(self.get), methods=["GET"]),
            Route("/usage", self.guarded(self.usage), methods=["GET"]),
        ]

    def envelope(self, status: int, text: str) -> Body:
        """Return an error body: an object under `detail`."""
        return {"detail": {"error": text}}

    async def create(self, request: Request) -> Response:
        """Start research; with `stream` the response is the run."""
        body = await self.body_of(request, _CREATE)
        self._refuse(body)
        task = self.start(body["input"], body)
        if body.get("stream"):
            return self.live(task, lambda: self._frames(task))
        created = {
            "request_id": task.id,
            "created_at": iso(self.clock.stamp(task.created), "microseconds").replace("Z", "+00:00"),
            "status": "pending",
            "input": task.prompt,
            "model": self.model(task),
            "response_time": 0.31,
        }
        return answer(created, self.created_status)

    def misfit(self, findings: list[Violation]) -> Refusal:
        """Return the first validation error only."""
        return self.refusal(400, findings[0].sentence)

    def _refuse(self, body: Body) -> None:
        for word, status in (("sim:plan-used-up", 432), ("sim:limit-reached", 433), ("sim:too-fast", 429)):
            if word in body["input"]:
                raise self.refusal(status)
        if not body.get("stream") and (self.stream_required or "sim:stream-required" in body["input"]):
            told = {"error": "This request must use streaming.", "error_code": "research_stream_required"}
            raise Refusal(400, {"detail": told})

    async def get(self, request: Request) -> Response:
        """One task: HTTP 202 until it ends, 200 whether it completed or failed."""
        task = self.known(request)
        told = request.query_params.get("include_usage", "").lower() == "true"
        ended = self.moment(task).ended is not None
        return answer(self.body(task, usage=told), 200 if ended else 202)

    async def usage(self, _: Request) -> Response:
        """Credits of the key and of the account."""
        used = sum(self.credits(task) for task in self.tasks if self.moment(task).ended == "completed")
        key = {"usage": used, "limit": None, "research_usage": used}
        plan = {"current_plan": "Bootstrap", "plan_usage": used, "plan_limit": self.plan_limit}
        return answer({"key": key, "account": {**plan, "paygo_usage": 0, "paygo_limit": None, "research_usage": used}})

    # -- state --------------------------------------------------------------------------------------------------------

    def model(self, task: SimTask) -> str:
        """The model asked for."""
        return task.request.get("model") or "auto"

    def pace(self, task: SimTask) -> float:
        """Return the duration of a task of its model, in those of the scripts."""
        return SECONDS.get(self.model(task), SECONDS["auto"]) / 240

    def credits(self, task: SimTask) -> int:
        """Return the credits that a task uses."""
        least, most = CREDITS.get(self.model(task), CREDITS["auto"])
        return int(task.spread(least, least + (most - least) / 3))

    def body(self, task: SimTask, *, usage: bool) -> Body:
        """Return the response to a get; before the end only the status."""
        now, traits = self.moment(task), SCRIPTS[task.script].traits
        status = now.ended or ("in_progress" if now.started else "pending")
        body: Body = {"request_id": task.id, "status": status, "response_time": round(now.changed, 2) + 0.04}
        if status == "completed":
            report = self.report(task)
            body |= {
                "created_at": iso(self.clock.stamp(task.created), "microseconds").replace("Z", "+00:00"),
                "content": content(report, task.request, traits),
                "sources": sources(report, traits),
            }
        if status == "failed" and "error" in traits:
            body["error"] = traits["error"]
        if usage and now.ended is not None:
            body["usage"] = {"credits": self.credits(task) if status == "completed" else 4}
        return body

    def _frames(self, task: SimTask) -> list[bytes]:
        now = self.moment(task)
        made = frames(task.id, self.model(task), self.report(task), now.share, task.request)
        if now.ended == "completed":
            return [*made, b"event: done\n\n"]
        if now.ended is not None:
            text = "An error occurred while streaming the research task"
            return [*made, frame("error", {"id": task.id, "object": "error", "error": text})]
        return made


SERVICE = Tavily
