"""You.com's endpoints: start research, get it, stream its end."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.checks import FLAG, OBJECT, TEXT, maybe, record, rows, text
from tui.simulator.clock import iso
from tui.simulator.content import DemoReport, replace_markers
from tui.simulator.course import Course
from tui.simulator.events import frame
from tui.simulator.json_body import Body, Refusal, answer, encode
from tui.simulator.schema_samples import by_property
from tui.simulator.service import Service
from tui.simulator.tasks import SimTask

_HOSTS = maybe(rows(TEXT, most=500))
_CONTROL = record(
    include_domains=_HOSTS,
    exclude_domains=_HOSTS,
    boost_domains=_HOSTS,
    freshness=maybe(TEXT),
    country=maybe(TEXT),
)
_CREATE = record(
    "input",
    input=text(1, 40_000),
    research_effort=maybe(TEXT),
    background=maybe(FLAG),
    source_control=maybe(_CONTROL),
    output_schema=maybe(OBJECT),
)
SECONDS: Mapping[str, float] = {"lite": 2, "standard": 20, "deep": 90, "exhaustive": 240, "frontier": 900}
_FAILED = "Research failed: upstream model error"

SCRIPTS: Mapping[str, Course] = {
    "done": Course("a clean run"),
    "warned": Course("sources that could not be read, told in the result", traits={"warnings": "result"}),
    "warned-beside": Course("the same, told beside the result as in published samples", traits={"warnings": "top"}),
    "ragged": Course("a marker too many, an address twice", traits={"ragged": True}),
    "no-sources": Course("an empty list of sources", traits={"bare": True}),
    "text-of-object": Course("announces an object and sends it as text", traits={"as_text": True}),
    "at-once": Course("the create is answered with the report: `background` is ignored"),
    "failed": Course("fails with a reason", "failed", share=0.5, traits={"error": _FAILED}),
    "failed-object": Course(
        "fails with an object as reason",
        "failed",
        share=0.5,
        traits={"error": {"code": "upstream", "message": _FAILED}},
    ),
    "failed-silent": Course("fails without a reason", "failed", share=0.5),
    "cancelled": Course("is cancelled by nobody knows whom", "cancelled", share=0.5),
    "archived": Course("ends with a status word of the future", "archived", share=1.0),
    "stuck": Course("goes on for ever", None, share=0.4),
    "waiting": Course("waits for half an hour", queued=1800.0),
}


class You(Service):
    """The research API of api.you.com."""

    name = "you"
    key_variable, url_variable, key_header = "YDC_API_KEY", "YOU_BASE_URL", "x-api-key"
    key_prefix = "ydc-sim-"
    scripts = SCRIPTS
    creates = (("POST", "/v1/research"),)
    texts: ClassVar = {
        401: "Invalid or expired API key",
        403: "Missing required scopes",
        404: "Task not found",
        429: "Rate limit exceeded",
        500: "Internal server error",
    }

    def routes(self) -> Sequence[Route]:
        """The endpoints."""
        return [
            Route("/v1/research", self.guarded(self.create), methods=["POST"]),
            Route("/v1/research/{task}", self.guarded(self.get), methods=["GET"]),
            Route("/v1/research/{task}/stream", self.guarded(self.stream), methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """Start research: a handle with `background`, else the report at once."""
        body = await self.body_of(request, _CREATE)
        self._refuse(body)
        task = self.start(body["input"], body)
        if task.script == "at-once" or not body.get("background"):
            self.tasks.remove(task.id)
            return answer({"output": self._output(task, {}), "warnings": []})
        handle = {
            "task_id": task.id,
            "type": "research",
            "status": "queued",
            "stream_url": f"/v1/research/{task.id}/stream",
            "created_at": self._stamp(task, 0.0),
        }
        return answer(handle)

    def _refuse(self, body: Body) -> None:
        """Return a refusal in one of its three shapes."""
        effort = body.get("research_effort")
        if effort == "frontier" and not body.get("background"):
            raise Refusal(422, {"error": "research_effort frontier requires background: true"})
        if effort == "lite" and body.get("output_schema") is not None:
            title = "output_schema is not supported with research_effort lite"
            raise Refusal(422, {"errors": [{"status": "422", "code": "unsupported_output_schema", "title": title}]})
        if "sim:used-up" in body["input"]:
            used = {"limit": 1000, "used": 1000, "period": "month", "reset_at": "2026-12-01T00:00:00Z"}
            told = {"error": "payment_required", "message": "Free tier limit exceeded."}
            raise Refusal(402, {**told, "upgrade_url": "https://you.com/platform", **used})

    async def get(self, request: Request) -> Response:
        """One task."""
        return answer(self.body(self.known(request)))

    async def stream(self, request: Request) -> Response:
        """Stream the end of a task, and nothing before it."""
        task = self.known(request)
        asked = request.query_params.get("from_id", "0")
        first = int(asked) if asked.isdigit() else 0
        frames = lambda: [one for number, one in self._frames(task) if number >= first]  # noqa: E731
        return self.live(task, frames)

    # -- state --------------------------------------------------------------------------------------------------------

    def pace(self, task: SimTask) -> float:
        """Return the duration of a task of its effort, in those of the scripts."""
        return SECONDS.get(task.request.get("research_effort") or "standard", 20) / 240

    def body(self, task: SimTask) -> Body:
        """The status answer; `updated_at` is null until the task starts."""
        now, traits = self.moment(task), SCRIPTS[task.script].traits
        asked = {"research_effort": "standard", "output_schema": None, "source_control": None, **task.request}
        body: Body = {
            "id": task.id,
            "task_type": "research",
            "status": now.ended or ("running" if now.started else "queued"),
            "created_at": self._stamp(task, 0.0),
            "updated_at": self._stamp(task, now.changed) if now.started else None,
            "completed_at": self._stamp(task, now.changed)
            if now.ended in {"completed", "failed", "cancelled"}
            else None,
            "error": traits.get("error") if now.ended == "failed" else None,
            "input": {**asked, "type": "research"},
            "result": None,
        }
        if now.ended == "completed":
            told = ["2 sources could not be opened"] if "warnings" in traits else []
            body["result"] = {"output": self._output(task, traits)}
            (body if traits.get("warnings") == "top" else body["result"])["warnings"] = told
        return body

    def _output(self, task: SimTask, traits: Mapping[str, Any]) -> Body:
        report = self.report(task)
        listed = [] if traits.get("bare") else _sources(report)
        if traits.get("ragged"):
            listed.append({**listed[0], "title": f"{listed[0]['title']} (annex)", "snippets": []})
        schema = task.request.get("output_schema")
        if schema is not None or traits.get("as_text"):
            fields = by_property(report, schema or {})
            value: Any = encode(fields).decode() if traits.get("as_text") else fields
            return {"content": value, "content_type": "object", "sources": listed}
        known = {source.id: f"[[{number}]]" for number, source in enumerate(report.sources, 1)}
        text = replace_markers(report.markdown, known)
        if traits.get("ragged"):
            text += f"\nOne claim has no source that could be opened [[{len(listed) + 1}]].\n"
        return {"content": text, "content_type": "text", "sources": listed}

    def _frames(self, task: SimTask) -> list[tuple[int, bytes]]:
        now = self.moment(task)
        status = "running" if now.started else "queued"
        connected = frame("connected", {"type": "connected", "task_id": task.id, "status": status}, 0)
        if now.ended not in {"completed", "failed", "cancelled"}:
            return [(0, connected)]
        data = {"message": "Research failed", "error": "upstream"} if now.ended == "failed" else {}
        ended = {"type": now.ended, "data": data, "sequence": 7, "task_id": task.id}
        return [(0, connected), (7, frame(now.ended, ended, 7))]

    def _stamp(self, task: SimTask, after: float) -> str:
        return iso(self.clock.stamp(task.created + after), "seconds")


def _sources(report: DemoReport) -> list[Body]:
    """The list, each with one or two quotes."""
    return [
        {
            "url": source.url,
            "title": source.title,
            "snippets": [text for text in (source.snippet, source.date and f"Published {source.date}.") if text],
        }
        for source in report.sources
    ]


SERVICE = You
