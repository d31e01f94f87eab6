"""Gemini's Interactions API: agents in the background, plans, follow-ups, the event stream. Both version segments."""

import base64
from collections.abc import Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.checks import FLAG, OBJECT, TEXT, Violation, either, names, record, rows, text
from tui.simulator.clock import iso
from tui.simulator.course import Moment
from tui.simulator.gemini.bodies import frames_of, resumed, steps_at, usage
from tui.simulator.gemini.scripts import SCRIPTS
from tui.simulator.json_body import Body, Refusal, answer
from tui.simulator.service import Service
from tui.simulator.tasks import SimTask, asked_for

DEFAULT_AGENT = "deep-research-preview-04-2026"
_WORDS = {
    400: "INVALID_ARGUMENT",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_BAD_KEY = "API key not valid. Please pass a valid API key."
_RPC = "type.googleapis.com/google.rpc"
_CONFIG = record(
    "type",
    type=TEXT,
    thinking_summaries=TEXT,
    visualization=TEXT,
    collaborative_planning=FLAG,
    enable_bigquery_tool=FLAG,
)
CREATE = record(
    agent=TEXT,
    model=TEXT,
    input=either(TEXT, rows(OBJECT), OBJECT),
    background=FLAG,
    store=FLAG,
    stream=FLAG,
    agent_config=_CONFIG,
    tools=rows(record("type", type=TEXT)),
    previous_interaction_id=TEXT,
    system_instruction=TEXT,
    labels=names(text(most=63)),
    webhook_config=record(uris=rows(TEXT), user_metadata=OBJECT),
    service_tier=TEXT,
    continuation_token=TEXT,
    generation_config=OBJECT,
)


class Gemini(Service):
    """The interactions API of generativelanguage.googleapis.com.

    Attributes:
        stream_seconds: real seconds after which a live stream is dropped.
    """

    name = "gemini"
    key_variable, url_variable = "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL"
    key_prefix = "AIza-sim-"
    key_header = "x-goog-api-key"
    creates = (("POST", "/v1beta/interactions"), ("POST", "/v1/interactions"))
    texts: ClassVar = {404: "Interaction not found.", 429: "You exceeded your current quota."}
    no_json = (400, "Invalid JSON payload received.")
    scripts = SCRIPTS
    stream_seconds = 570.0

    def routes(self) -> Sequence[Route]:
        """The endpoints, below either version of the API."""
        one = "/{version:str}/interactions/{task}"
        return [
            Route("/{version:str}/interactions", self.guarded(self.create), methods=["POST"]),
            Route(one, self.guarded(self.get), methods=["GET"]),
            Route(one, self.guarded(self.delete), methods=["DELETE"]),
            Route(f"{one}/cancel", self.guarded(self.cancel), methods=["POST"]),
        ]

    def refusal(self, status: int, text: str | None = None) -> Refusal:
        """Return an error of google.rpc; a wrong key is an invalid argument here."""
        if status == 401:
            reason = {"@type": f"{_RPC}.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
            return Refusal(400, _rpc(400, _BAD_KEY, reason))
        if status == 429:
            wait = {"@type": f"{_RPC}.RetryInfo", "retryDelay": "7s"}
            return Refusal(429, _rpc(429, text or self.texts[429], wait))
        return super().refusal(400 if status == 422 else status, text)

    def envelope(self, status: int, text: str) -> Body:
        """An error body."""
        return _rpc(status, text)

    # -- endpoints ----------------------------------------------------------------------------------------------------

    async def create(self, request: Request) -> Response:
        """Start an interaction; a model answers at once, an agent only in the background."""
        body = await self.body_of(request, CREATE)
        self._check(body)
        task = self.begin(prompt_of(body["input"]), body)
        if body.get("stream"):
            return self._stream(task, "")
        return answer(self.body(task, partial=task.script != "answer"))

    def misfit(self, findings: list[Violation]) -> Refusal:
        """Return the first validation error only."""
        place = ".".join(map(str, findings[0].path)) or "the body"
        return self.refusal(400, f"Invalid value at '{place}': {findings[0].message}")

    def _check(self, body: Body) -> None:
        agent, model = body.get("agent"), body.get("model")
        if bool(agent) == bool(model):
            raise _word("invalid_request", "Exactly one of agent and model is needed.")
        if not body.get("input"):
            raise _word("invalid_request", "The input is empty.")
        if agent and not body.get("background"):
            raise _word("invalid_request", "Agent interactions require background=true.")
        if agent and any(tool["type"] == "function" for tool in body.get("tools", ())):
            raise _word("invalid_request", "The agent takes no functions.")
        earlier = body.get("previous_interaction_id")
        if earlier and self.tasks.get(earlier) is None:
            raise self.refusal(404)

    def begin(self, prompt: str, request: Body, *, age: float = 0.0, **traits: Any) -> SimTask:
        """Start an interaction with the script that the input names, or that follows from the request."""
        planning = (request.get("agent_config") or {}).get("collaborative_planning")
        usual = "plan" if planning else "research" if request.get("agent") else "answer"
        script = traits.pop("script", None) or asked_for(prompt, self.scripts, usual)
        earlier = self.tasks.get(request.get("previous_interaction_id") or "")
        if earlier is not None:
            traits.setdefault("content", self.report(earlier).slug)
        raw = self.setting.random.randbytes(45)
        return self.start(prompt, request, script, age=age, id=f"v1_{base64.urlsafe_b64encode(raw).decode()}", **traits)

    async def get(self, request: Request) -> Response:
        """Return one interaction, or its stream from a frame on."""
        task = self.known(request)
        if request.query_params.get("stream") == "true":
            return self._stream(task, request.query_params.get("last_event_id", ""))
        return answer(self.body(task))

    async def cancel(self, request: Request) -> Response:
        """End a running interaction."""
        task = self.known(request)
        if self.moment(task).ended is not None:
            raise Refusal(409, {"error": {"message": "The interaction is not running.", "code": "conflict"}})
        return answer(self.body(self.note(task, "cancel")))

    async def delete(self, request: Request) -> Response:
        """Delete an interaction."""
        self.tasks.remove(self.known(request).id)
        return answer({})

    # -- what is told -------------------------------------------------------------------------------------------------

    def word(self, now: Moment) -> str:
        """The status word of a moment."""
        return {"cancel": "cancelled"}.get(now.ended or "", now.ended) or ("in_progress" if now.started else "queued")

    def body(self, task: SimTask, *, partial: bool = False, streamed: bool = False) -> Body:
        """The interaction; both times are the beginning, whatever happened since.

        Args:
            task: The interaction.
            partial: As the answer to a create tells it.
            streamed: With the steps that only the stream tells of.
        """
        now, request, traits = self.moment(task), task.request, SCRIPTS[task.script].traits
        began = iso(self.clock.stamp(task.created), "seconds")
        word = "in_progress" if partial else self.word(now)
        told: Body = {"id": task.id, "status": word, "object": "interaction", "created": began, "updated": began}
        told |= {name: request[name] for name in ("agent", "model", "previous_interaction_id") if request.get(name)}
        if partial:
            return told
        told["service_tier"] = request.get("service_tier", "standard")
        if request.get("agent_config") and not traits.get("bare"):
            told["agent_config"] = request["agent_config"]
        quiet = traits.get("quiet") and not streamed
        report = self.report(task)
        steps = steps_at(task, now, report, summaries=self._summaries(request), traced=not quiet)
        if traits.get("legacy") and now.ended:
            content = [part for step in steps if step["type"] == "model_output" for part in step["content"]]
            return told | {"role": "agent", "outputs": content}
        if now.ended or not quiet:
            told["steps"] = steps
        if word == "failed" and traits.get("reason"):
            told["errors"] = [{"code": "internal", "message": "The agent could not finish the research task."}]
        if word == "requires_continuation":
            told |= {"continuation_token": "ct_0001"}
        return told | ({"usage": usage(task, report, traits)} if now.ended else {})

    def _summaries(self, request: Body) -> bool:
        return (request.get("agent_config") or {}).get("thinking_summaries") == "auto"

    def _stream(self, task: SimTask, after: str) -> Response:
        def frames() -> list[bytes]:
            return resumed(frames_of(self.body(task, streamed=True), self._summaries(task.request)), after)

        return self.live(task, frames, longest=self.stream_seconds)


def _word(code: str, message: str) -> Refusal:
    return Refusal(400, {"error": {"message": message, "code": code}})


def _rpc(status: int, message: str, *details: Body) -> Body:
    told: Body = {"code": status, "message": message, "status": _WORDS.get(status, "UNKNOWN")}
    return {"error": {**told, **({"details": [*details]} if details else {})}}


SERVICE = Gemini


def prompt_of(given: Any) -> str:
    """The text of an input of any form."""
    if isinstance(given, str):
        return given
    if isinstance(given, dict):
        return str(given.get("text") or prompt_of(given.get("content", "")))
    return "\n\n".join(filter(None, (prompt_of(part) for part in given))) if isinstance(given, list) else ""
