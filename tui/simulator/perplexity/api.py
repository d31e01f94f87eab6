"""Perplexity's endpoints: responses under both of their roots, cancel, files, models."""

import re
from collections.abc import Sequence
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.checks import FLAG, OBJECT, TEXT, either, record, rows, whole
from tui.simulator.events import frame
from tui.simulator.json_body import Body, answer, new_uuid
from tui.simulator.perplexity.bodies import MODEL, SCRIPTS, envelope, output, table, usage
from tui.simulator.service import Service
from tui.simulator.tasks import SimTask

_CREATE = record(
    "input",
    input=either(TEXT, rows(OBJECT)),
    model=TEXT,
    models=rows(TEXT, most=5),
    preset=TEXT,
    effort=TEXT,
    profile=OBJECT,
    background=FLAG,
    store=FLAG,
    stream=FLAG,
    instructions=TEXT,
    language_preference=TEXT,
    max_output_tokens=whole(1),
    max_steps=whole(1, 100),
    previous_response_id=TEXT,
    reasoning=record(effort=TEXT),
    response_format=record(type=TEXT, json_schema=OBJECT),
    skills=rows(OBJECT),
    tools=rows(record("type", type=TEXT)),
    service_tier=TEXT,
    step_budget_reminder=FLAG,
    prompt_cache_key=TEXT,
    temperature={"type": "number"},
    top_p={"type": "number"},
)
_TIERS = ("model", "models", "preset", "effort")
_PRESETS = frozenset({"fast", "low", "medium", "high", "xhigh", "wide-research"})
_TYPES = {401: "", 402: "insufficient_quota", 403: "permission_denied", 404: "not_found", 429: "overloaded"}
_CANNOT_CANCEL = "the run is already terminal and cannot be cancelled"
_CANCEL_TAKES = 3.0  # simulated seconds, as measured


class Perplexity(Service):
    """The Agent API of api.perplexity.ai."""

    name = "perplexity"
    key_variable, url_variable, key_header = "PERPLEXITY_API_KEY", "PERPLEXITY_BASE_URL", "authorization"
    key_prefix = "pplx-sim-"
    creates = (("POST", "/v1/agent"), ("POST", "/v1/responses"))
    no_json = (400, "the body is no JSON")
    scripts = SCRIPTS
    texts: ClassVar = {401: "Invalid API key provided.", 402: "Insufficient credits", 404: "response not found"}

    def routes(self) -> Sequence[Route]:
        """The endpoints; both roots lead to the same runs."""
        found = [Route("/v1/models", self.models, methods=["GET"])]
        for root in ("/v1/agent", "/v1/responses"):
            found += [
                Route(root, self.guarded(self.create), methods=["POST"]),
                Route(root + "/{task}", self.guarded(self.get), methods=["GET"]),
                Route(root + "/{task}/cancel", self.guarded(self.cancel), methods=["POST"]),
                Route(root + "/{task}/files", self.guarded(self.files), methods=["GET"]),
                Route(root + "/{task}/files/{file}/content", self.guarded(self.file), methods=["GET"]),
            ]
        return found

    def envelope(self, status: int, text: str) -> Body:
        """An error object; its code is a number in live answers, and its type may be missing."""
        kind = _TYPES.get(status, "internal_error" if status >= 500 else "invalid_request")
        return {"error": {"message": text, "code": status} | ({"type": kind} if kind else {})}

    async def create(self, request: Request) -> Response:
        """Start a run: in the background, or finished at once."""
        body = await self.body_of(request, _CREATE)
        self._refuse_impossible(body)
        parent = self.tasks.get(body.get("previous_response_id") or "")
        asked = _prompt(body["input"]) or (re.sub(r"\bsim:\S+", "", parent.prompt).strip() if parent else "")
        task = self.begin(asked, body, age=0.0 if body.get("background") else 86_400.0)
        return self._stream(task, -1) if body.get("stream") else answer(self.body(task))

    def _refuse_impossible(self, body: Body) -> None:
        if not any(body.get(name) for name in _TIERS):
            raise self.refusal(400, "at least one of model, models, preset, effort is required")
        tier = body.get("effort") or body.get("preset")
        if tier and tier not in _PRESETS:
            raise self.refusal(400, f"Invalid preset '{tier[:60]}'")
        if tier == "wide-research" and not body.get("background"):
            raise self.refusal(400, "wide-research needs background")
        models = [body.get("model") or "", *(body.get("models") or ())]
        if any(name.startswith("anthropic/") for name in models) and body.get("max_output_tokens") is None:
            raise self.refusal(400, "max_output_tokens is required for anthropic models")
        parent = body.get("previous_response_id")
        if parent is not None and self.tasks.get(parent) is None:
            raise self.refusal(400, "previous_response_id names no response")

    def begin(self, prompt: str, request: Body, *, age: float = 0.0, **traits: str) -> SimTask:
        """Start a run with the script that the prompt names, unless `traits` name one."""
        return self.start(prompt, request, age=age, id=f"resp_{new_uuid(self.setting.random)}", **traits)

    async def get(self, request: Request) -> Response:
        """Return one run; `stream=true` resumes after an event."""
        task = self.known(request)
        if request.query_params.get("stream") != "true":
            return answer(self.body(task))
        after = request.query_params.get("starting_after", "-1")
        if not task.request.get("stream") or not after.lstrip("-").isdecimal():
            raise self.refusal(400, "the response was not created with stream and background")
        return self._stream(task, int(after[:12]))

    async def cancel(self, request: Request) -> Response:
        """Cancel a run; one that ended and an unknown one are refused in the same words."""
        task = self.tasks.get(request.path_params["task"])
        if task is None or self.moment(task).ended is not None or self.cut_short(task) is not None:
            raise self.refusal(400, _CANNOT_CANCEL)
        self.note(task, "cancel")
        return answer({"response_id": task.id, "status": "cancelling"})

    async def files(self, request: Request) -> Response:
        """The files a run shared."""
        task = self.known(request)
        shared = [item for item in self.body(task)["output"] if item["type"] == "share_file"]
        made = int(self.clock.wall(task.created))
        rows = [
            {"id": item["file_id"], "object": "file", "bytes": item["size_bytes"], "created_at": made}
            | {"filename": item["filename"]}
            for item in shared
        ]
        return answer({"object": "list", "data": rows})

    async def file(self, request: Request) -> Response:
        """The content of a shared file."""
        task = self.known(request)
        shared = {item.get("file_id") for item in self.body(task)["output"] if item["type"] == "share_file"}
        if request.path_params["file"] not in shared:
            raise self.refusal(404, "file not found")
        return Response(table(self.report(task)), media_type="application/octet-stream")

    async def models(self, _: Request) -> Response:
        """The models; no key is needed."""
        row = {"id": MODEL, "object": "model", "owned_by": "openai", "created": 0}
        return answer({"object": "list", "data": [row]})

    def forgotten(self, task: SimTask) -> bool:
        """Whether it was requested without storage."""
        return task.request.get("store") is False

    def cut_short(self, task: SimTask) -> tuple[float, str] | None:
        """Return when a cancel takes effect: some seconds after the request."""
        cut = super().cut_short(task)
        return None if cut is None else (cut[0] + _CANCEL_TAKES, "cancelled")

    def body(self, task: SimTask) -> Body:
        """The response object: the preset is its model until it ended, and usage comes at the end."""
        now = self.moment(task)
        items = output(task, self.report(task), now.share, now.ended)
        status = now.ended or ("in_progress" if now.started else "queued")
        asked = task.request
        model = asked.get("effort") or asked.get("preset") or asked.get("model") or (asked.get("models") or [MODEL])[0]
        found: Body = {
            "id": task.id,
            "object": "response",
            "created_at": int(self.clock.wall(task.created)),
            "status": status,
            "model": MODEL if now.ended and "/" not in model else model,
            "output": items if now.started else [],
            "error": None,
            **envelope(task),
        }
        if now.ended and now.ended != "cancelled":
            found |= {"usage": usage(task, items), "completed_at": int(self.clock.wall(task.created + now.changed))}
        if status == "incomplete":
            found["incomplete_details"] = {"reason": "max_output_tokens"}
        if status == "failed" and not SCRIPTS[task.script].traits.get("silent"):
            found["error"] = {"message": "Stream error from backend", "type": "internal_error", "code": "500"}
        return found

    def _stream(self, task: SimTask, after: int) -> Response:
        def so_far() -> list[bytes]:
            return [
                frame(str(event["type"]), event) for event in self._events(task) if event["sequence_number"] > after
            ]

        return self.live(task, so_far)

    def _events(self, task: SimTask) -> list[Body]:
        """The events so far; numbers have gaps, and a search shows first as a call of `search_web`."""
        body = self.body(task)
        first = body | {"output": [], "usage": None, "status": "in_progress"}
        events: list[Body] = [
            {"type": "response.created", "sequence_number": 0, "response": first},
            {"type": "response.in_progress", "sequence_number": 1, "response": first},
        ]

        def add(kind: str, **data: object) -> None:
            events.append({"type": f"response.{kind}", "sequence_number": len(events) + 1, **data})

        for index, item in enumerate(body["output"]):
            if item["type"] == "search_results":
                add("reasoning.search_queries", queries=item["queries"], thought="Searching the web...")
                add(
                    "reasoning.search_results", results=item["results"], thought=f"Found {len(item['results'])} results"
                )
            add("output_item.done", item=item, output_index=index)
        if body["status"] in {"completed", "failed", "cancelled"}:
            add(body["status"], response=body, **({"error": body["error"]} if body["status"] == "failed" else {}))
        return events


def _prompt(given: object) -> str:
    """The text of an input: of items, what the user said last."""
    if isinstance(given, str):
        return given
    found = ""
    for item in given if isinstance(given, list) else ():
        content = item.get("content")
        if isinstance(content, str):
            found = content
        for part in content if isinstance(content, list) else ():
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                found = part["text"]
    return found


SERVICE = Perplexity
