"""OpenAI's endpoints: responses in the background with their streams, what was asked, models, files of containers."""

from collections.abc import Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.course import Moment
from tui.simulator.events import at_once, event_stream
from tui.simulator.json_body import Body, Refusal, answer, read_json
from tui.simulator.openai import output, requests
from tui.simulator.openai.scripts import ENDINGS, Ending
from tui.simulator.service import Service, Setting
from tui.simulator.tasks import SimTask, asked_for

_WORDS = {"cancel": "cancelled"}
_CODES = {401: "invalid_api_key", 402: "insufficient_quota", 429: "rate_limit_exceeded"}
_TYPES = {429: "requests", 500: "server_error", 503: "service_unavailable_error"}
_SOURCES = "web_search_call.action.sources"
_ECHOED: Body = {
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "previous_response_id": None,
    "metadata": {},
    "store": True,
    "background": False,
}
_ENDED = "Cannot cancel a {} response."


class OpenAI(Service):
    """The Responses API of api.openai.com."""

    name = "openai"
    key_variable, url_variable, key_header = "OPENAI_API_KEY", "OPENAI_BASE_URL", "authorization"
    key_prefix = "sk-sim-"
    scripts: ClassVar = {name: course for name, (course, _) in ENDINGS.items()}
    creates = (("POST", "/v1/responses"),)
    texts: ClassVar = {401: "Incorrect API key provided: sk-s***********. You can find your API key at the platform."}

    def __init__(self, setting: Setting, key: str) -> None:
        super().__init__(setting, key)
        self._items: dict[str, list[Body]] = {}  # by task: what a whole run puts out never changes

    def routes(self) -> Sequence[Route]:
        """The endpoints of the Responses API that a client of deep research uses."""
        one = "/v1/responses/{response_id}"
        return [
            Route("/v1/responses", self.guarded(self.create), methods=["POST"]),
            Route(one, self.guarded(self.get), methods=["GET"]),
            Route(one, self.guarded(self.delete), methods=["DELETE"]),
            Route(f"{one}/cancel", self.guarded(self.cancel), methods=["POST"]),
            Route(f"{one}/input_items", self.guarded(self.input_items), methods=["GET"]),
            Route("/v1/models", self.guarded(self.models), methods=["GET"]),
            Route("/v1/containers/{box}/files/{file}/content", self.guarded(self.file), methods=["GET"]),
        ]

    def envelope(self, status: int, text: str) -> Body:
        """Return an error body."""
        return _error(text, None, _CODES.get(status), _TYPES.get(status, "invalid_request_error"))

    def bad(self, status: int, text: str, param: str | None = None, code: str | None = None) -> Refusal:
        """A refusal that names a parameter and a code."""
        return Refusal(status, _error(text, param, code))

    # -- endpoints ----------------------------------------------------------------------------------------------------

    async def create(self, request: Request) -> Response:
        """POST /v1/responses."""
        try:
            body = await read_json(request)
        except ValueError:
            raise self.bad(400, "We could not parse the JSON body of your request.") from None
        if (wrong := requests.complaint(body)) is not None:
            raise self.bad(*wrong)
        parent = body.get("previous_response_id")
        if parent is not None and self.tasks.get(parent) is None:
            text = f"Previous response with id '{parent}' not found."
            raise self.bad(400, text, "previous_response_id", "previous_response_not_found")
        task = self.begin(body)
        return self._live(task, -1) if body.get("stream") else answer(self.body(task))

    def begin(self, body: Body, *, age: float = 0.0, **traits: Any) -> SimTask:
        """Start a response with the script that its input names, unless `traits` name one."""
        prompt = requests.prompt_of(body["input"])
        script = traits.pop("script", None) or asked_for(prompt, self.scripts, self.usual)
        earlier = self.tasks.get(body.get("previous_response_id") or "")
        if earlier is not None and not prompt:  # the answer to a request for approval
            traits.setdefault("content", self.report(earlier).slug)
        if not body.get("background"):
            age = age or ENDINGS[script][0].seconds * 2
        stem = f"{self.setting.random.getrandbits(200):050x}"
        return self.start(prompt, body, script, age=age, id=f"resp_{stem}", **traits)

    async def get(self, request: Request) -> Response:
        """GET /v1/responses/{id}; `stream=true` gives the events after `starting_after`."""
        task = self.known(request)
        wanted = request.query_params.get("stream", "false")
        if wanted not in {"true", "false", "1", "0", ""}:
            raise self.bad(400, "Invalid value for 'stream'.", "stream", "invalid_value")
        if wanted not in {"true", "1"}:
            asked = [*request.query_params.getlist("include[]"), *request.query_params.getlist("include")]
            return answer(self.body(task, sources=_SOURCES in asked))
        if not task.request.get("background") or not task.request.get("stream"):
            needs = "background=true" if not task.request.get("background") else "stream=true"
            text = f"This response cannot be streamed because it was not created with {needs}."
            raise self.bad(400, text, "stream")
        return self._live(task, self._number(request, "starting_after", -1, None))

    async def cancel(self, request: Request) -> Response:
        """POST /v1/responses/{id}/cancel: again for a cancelled one, not for one that ended by itself."""
        task = self.known(request)
        if not task.request.get("background"):
            raise self.bad(400, _ENDED.format("synchronous"))
        status = self.body(task)["status"]
        if status in {"completed", "failed", "incomplete"}:
            raise self.bad(400, _ENDED.format(status), "response_id", "invalid_request_error")
        return answer(self.body(task if status == "cancelled" else self.note(task, "cancel")))

    async def delete(self, request: Request) -> Response:
        """DELETE /v1/responses/{id}: not while it runs."""
        task = self.known(request)
        if self.body(task)["status"] in {"queued", "in_progress"}:
            raise self.bad(400, "Cannot delete an in-flight response.")
        self.tasks.remove(task.id)
        return answer({"id": task.id, "object": "response.deleted", "deleted": True})

    async def input_items(self, request: Request) -> Response:
        """GET /v1/responses/{id}/input_items: the input."""
        task = self.known(request)
        self._number(request, "limit", 20, 100, least=1)
        if request.query_params.get("order", "desc") not in {"asc", "desc"}:
            raise self.bad(400, "Invalid value for 'order'.", "order", "invalid_value")
        given = task.request["input"]
        if isinstance(given, str):
            part = {"type": "input_text", "text": given}
            given = [{"type": "message", "status": "completed", "role": "user", "content": [part]}]
        data = [{"id": f"msg_in_{number:03}", **item} for number, item in enumerate(given, 1)]
        ids = [item["id"] for item in data]
        return answer({"object": "list", "data": data, "first_id": ids[0], "last_id": ids[-1], "has_more": False})

    async def models(self, _: Request) -> Response:
        """GET /v1/models."""
        made = {"object": "model", "created": 1794873600, "owned_by": "system"}
        data = [{"id": name, **made, "shutdown_date": requests.ENDS.get(name)} for name in requests.MODELS]
        return answer({"object": "list", "data": data})

    async def file(self, _: Request) -> Response:
        """GET /v1/containers/{id}/files/{id}/content."""
        return Response(output.FILE, media_type="text/csv")

    def _number(self, request: Request, name: str, default: int, most: int | None, least: int = 0) -> int:
        given = request.query_params.get(name, "")
        if not given:
            return default
        number = int(given) if given.lstrip("-").isdecimal() and len(given) < 20 else least - 1
        if number < least or (most is not None and number > most):
            raise self.bad(400, f"Invalid value for '{name}'.", name, "invalid_value")
        return number

    def _live(self, task: SimTask, after: int) -> Response:
        """The events after a number: those that are there, and those that come until the end."""
        if self.body(task)["status"] not in {"queued", "in_progress"}:
            return event_stream(at_once(self.frames(task)[after + 1 :]))
        return self.live(task, lambda: self.frames(task)[after + 1 :])

    # -- state --------------------------------------------------------------------------------------------------------

    def known(self, request: Request) -> SimTask:
        """Return the response that a request names; deleted ones are unknown."""
        name = request.path_params["response_id"]
        task = self.tasks.get(name)
        if task is not None:
            keeps, now = ENDINGS[task.script][1].gone_after, self.moment(task)
            if keeps and now.ended and self.elapsed(task) - now.changed > keeps:
                task = None
        if task is None or self.setting.faults.find(self.name, "vanish"):
            raise self.bad(404, f"Response with id '{name}' not found.")
        return task

    def moment(self, task: SimTask) -> Moment:
        """Return the state of a response now, whatever happened since `task` was read."""
        return super().moment(self.tasks.get(task.id) or task)

    def shown(self, task: SimTask) -> list[Body]:
        """Return the items that are done by now; the message comes last."""
        now, ending = self.moment(task), ENDINGS[task.script][1]
        found = self._made(task, ending)
        if now.ended not in {None, "cancel"}:
            return found if now.share >= 1 or ending.text != "report" else found[: int(now.share * len(found))]
        return found[: int(now.share * max(0, len(found) - 1))]

    def _made(self, task: SimTask, ending: Ending) -> list[Body]:
        if task.id not in self._items:
            self._items[task.id] = output.items(task.id, self.report(task), ending, task.request)
        return self._items[task.id]

    def frames(self, task: SimTask) -> list[bytes]:
        """The events so far."""
        begun = self._frame(task, "queued")
        return output.frames(self.body(task, sources=True), begun, self.shown(task))

    def body(self, task: SimTask, *, sources: bool = False) -> Body:
        """The response of section 4."""
        now, ending = self.moment(task), ENDINGS[task.script][1]
        word = _WORDS.get(now.ended or "", now.ended) or ("in_progress" if now.started else "queued")
        body = self._frame(task, word)
        found = self.shown(task) if word != "cancelled" and (now.ended or ending.growing) else []
        if not sources and _SOURCES not in (task.request.get("include") or ()):
            found = output.without_sources(found)
        if found and word == "in_progress" and "action" in found[-1]:
            found = [*found[:-1], {**found[-1], "status": "searching"}]
        body["output"] = found
        if word == "completed":
            body["completed_at"] = int(self.clock.stamp(task.created + now.changed).timestamp())
        if word == "failed" and ending.error is not None:
            body["error"] = {"code": ending.error[0], "message": ending.error[1]}
        if word == "incomplete":
            body["incomplete_details"] = {"reason": ending.reason}
        if word in {"completed", "incomplete"}:
            body |= self._used(task, found)
        return body

    def _frame(self, task: SimTask, word: str) -> Body:
        """Return the members that are the same in every state."""
        request = task.request
        tools = [
            {"search_context_size": "medium", **tool} if "search" in tool["type"] else tool
            for tool in request.get("tools") or []
        ]
        return {
            "id": task.id,
            "object": "response",
            "created_at": int(self.clock.stamp(task.created).timestamp()),
            "completed_at": None,
            "status": word,
            "model": request["model"],
            "error": None,
            "incomplete_details": None,
            "output": [],
            **{name: request[name] if request.get(name) is not None else usual for name, usual in _ECHOED.items()},
            "parallel_tool_calls": True,
            "reasoning": {"effort": "medium", "summary": None, **(request.get("reasoning") or {})},
            "service_tier": request.get("service_tier", "auto") if word in {"queued", "in_progress"} else "default",
            "text": {"format": {"type": "text"}, "verbosity": "medium", **(request.get("text") or {})},
            "tool_choice": request.get("tool_choice", "auto"),
            "tools": tools,
            "usage": None,
        }

    def _used(self, task: SimTask, found: list[Body]) -> Body:
        """Return the usage: tokens, and searches for models that report them."""
        searches = sum(item.get("action", {}).get("type") == "search" for item in found)
        read, written = int(task.spread(60_000, 180_000)), int(task.spread(4_000, 14_000))
        used: Body = {
            "billing": {"payer": "developer"},
            "usage": {
                "input_tokens": read,
                "input_tokens_details": {"cached_tokens": read // 2, "cache_write_tokens": 0},
                "output_tokens": written,
                "output_tokens_details": {"reasoning_tokens": written * 2 // 3},
                "total_tokens": read + written,
            },
        }
        newer = str(task.request["model"]).startswith(("gpt-6", "gpt-5.6"))
        return used | ({"tool_usage": {"web_search": {"num_requests": searches}}} if newer else {})


def _error(text: str, param: str | None, code: str | None, kind: str = "invalid_request_error") -> Body:
    if code == "insufficient_quota":
        kind = code
    return {"error": {"message": text, "type": kind, "param": param, "code": code}}


SERVICE = OpenAI
