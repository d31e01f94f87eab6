"""Valyu's task endpoints: create, status, list, and all actions on a task but edits."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.checks import check
from tui.simulator.clock import iso
from tui.simulator.json_body import Body, Refusal, answer, encode
from tui.simulator.service import Setting
from tui.simulator.valyu import files, requests
from tui.simulator.valyu.batches import Batches
from tui.simulator.valyu.edits import Edits
from tui.simulator.valyu.output import asset_id
from tui.simulator.valyu.scripts import TERMINAL
from tui.simulator.valyu.task_view import ValyuTaskView, interaction_id
from tui.simulator.valyu.tasks_service import ValyuTasks

_WORKFLOWS = {"company-brief": "Write a brief on the company named in the parameters."}
_LIST_MAXIMUM = 100


class SimulatedValyu(ValyuTasks):
    """The DeepResearch API of api.valyu.ai."""

    key_variable, url_variable = "VALYU_API_KEY", "VALYU_BASE_URL"
    key_prefix = "val_sim_"
    creates = (("POST", "/v1/deepresearch/tasks"),)
    adds = (("POST", "/v1/deepresearch/batches/[^/]+/tasks"),)
    texts: ClassVar = {
        400: "Invalid request parameters",
        401: "Invalid API key",
        402: "Insufficient credits",
        403: "API key does not have inference permission",
        404: "Task not found",
        405: "Method not allowed",
        409: "Task is not awaiting input",
        422: "Invalid request parameters",
        500: "Internal server error. Please try again later.",
        503: "Billing could not be checked",
    }

    def __init__(self, setting: Setting, key: str) -> None:
        super().__init__(setting, key)
        self.batches = Batches(self)

    def routes(self) -> Sequence[Route]:
        """The endpoints of tests/contracts/valyu.md 2."""
        task = "/v1/deepresearch/tasks/{task}"
        own = [
            Route("/v1/deepresearch/tasks", self.guarded(self.create), methods=["POST"]),
            Route("/v1/deepresearch/list", self.guarded(self.list_tasks), methods=["GET"]),
            Route(f"{task}/status", self.guarded(self.status), methods=["GET"]),
            Route(f"{task}/update", self.guarded(self.update), methods=["POST"]),
            Route(f"{task}/cancel", self.guarded(self.cancel), methods=["POST"]),
            Route(f"{task}/delete", self.guarded(self.delete), methods=["DELETE"]),
            Route(f"{task}/public", self.guarded(self.public), methods=["POST"]),
            Route(f"{task}/respond", self.guarded(self.respond), methods=["POST"]),
            Route(f"{task}/assets/{{asset_id}}", self.asset, methods=["GET"]),
        ]
        return [*own, *Edits(self).routes(), *self.batches.routes()]

    def refusal(self, status: int, text: str | None = None) -> Refusal:
        """Return an error; the rate limiter has a form of its own."""
        if status == 429:
            limit = {"endpoint": "deepresearch", "requests_per_second": 5}
            message = "DeepResearch rate limit reached: your plan allows 5 requests per second. Retry after 2 seconds."
            body: Body = {"error": "rate_limited", "message": message, "retry_after": 2, "plan": "Pay-as-you-go"}
            return Refusal(
                429, {**body, "limit": limit, "upgrade_url": "https://platform.valyu.ai/user/account/billing"}
            )
        return super().refusal(status, text)

    def envelope(self, status: int, text: str) -> Body:
        """`{"success": false, "error": ...}`."""
        return {"success": False, "error": text}

    async def create(self, request: Request) -> Response:
        """POST /v1/deepresearch/tasks."""
        body = await requests.body_of(request, requests.CREATE)
        requests.check_create(body)
        workflow = body.get("workflow_id")
        if workflow and workflow not in _WORKFLOWS:
            raise Refusal(404, {"error": "Workflow not found"})
        self.charge(requests.mode_of(body))
        task = self.begin(_WORKFLOWS[workflow] if workflow else body.get("query") or body["input"], body)
        made: Body = {
            "deepresearch_id": task.id,
            "status": self.view(task, request).now.status,
            "mode": task.request["mode"],
            "created_at": iso(self.clock.stamp(task.created)),
            "metadata": body.get("metadata", {}),
            "public": False,
        }
        if made["status"] == "queued":
            made["message"] = "Queued: your organisation has reached its number of concurrent tasks"
        if workflow:
            made["workflow"] = {"slug": workflow, "version": body.get("workflow_version", 1)}
        if "brand_collection_id" in body:
            made["brand_collection_id"] = body["brand_collection_id"]
        if body.get("webhook_url"):
            made["webhook_secret"] = hashlib.sha256(f"{self.key}/{task.id}".encode()).hexdigest()
        return answer(made, 202)

    async def status(self, request: Request) -> Response:
        """GET .../status, with a weak ETag and the seconds until the next poll."""
        view = self.find(request)
        version = request.query_params.get("version")
        if version is not None:
            known = view.now.status == "completed" and version.isdigit() and 1 <= int(version) <= len(view.history)
            if not known:
                raise self.refusal(404, "Version not found")
        body = view.body(int(version) if version else None)
        digest = hashlib.sha256(encode(body)).hexdigest()[:12]
        headers = {"ETag": f'W/"dr_{view.task.id[:8]}:{digest}:{view.now.status}"', "Retry-After": self.polled_every}
        wanted = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
        if headers["ETag"] in wanted:
            return Response(status_code=304, headers=headers)
        return answer(body, headers=headers)

    async def list_tasks(self, request: Request) -> Response:
        """GET /v1/deepresearch/list: a bare array without mode, progress or cost."""
        limit = request.query_params.get("limit", str(_LIST_MAXIMUM))
        if not limit.isdecimal() or not 1 <= int(limit) <= _LIST_MAXIMUM:
            raise requests.invalid("limit must be between 1 and 100")
        if self.setting.faults.find(self.name, "vanish"):
            return answer([])
        lag = self.setting.faults.find(self.name, "list-lag")
        late = lag.number(600) if lag else 0.0
        views = [self.view(task, request, late) for task in self.tasks.newest_first()[: int(limit)]]
        return answer([view.list_item() for view in views if view.elapsed >= 0])

    async def update(self, request: Request) -> Response:
        """POST .../update: steer a running task."""
        body = await requests.body_of(request, requests.UPDATE)
        view = self.find(request)
        if not view.steerable:
            text = "Task is already writing its report" if view.now.status == "running" else "Task is not running"
            raise requests.invalid(text)
        self.happen(view, "update", instruction=body["instruction"], work=view.now.work)
        return self.done(view, "Task updated successfully")

    async def cancel(self, request: Request) -> Response:
        """POST .../cancel: final."""
        await requests.body_of(request, requests.NOTHING, optional=True)
        view = self.find(request)
        if view.now.status in TERMINAL:
            raise requests.invalid(f"Task is already {view.now.status}")
        self.happen(view, "cancel")
        return self.done(view, "Task cancelled successfully")

    async def delete(self, request: Request) -> Response:
        """DELETE .../delete: only what has ended."""
        view = self.find(request)
        if view.now.status not in TERMINAL:
            raise requests.invalid("Only completed, failed or cancelled tasks can be deleted")
        self.tasks.remove(view.task.id)
        return self.done(view, "Task deleted successfully")

    async def public(self, request: Request) -> Response:
        """POST .../public: share or stop sharing."""
        body = await requests.body_of(request, requests.PUBLIC)
        view = self.find(request)
        self.happen(view, "public", public=body["public"])
        return self.done(view, "Public flag updated", public=body["public"])

    async def respond(self, request: Request) -> Response:
        """POST .../respond: answer the open checkpoint."""
        body = await requests.body_of(request, requests.RESPOND)
        view = self.find(request)
        open_one = view.now.interaction
        if open_one is None:
            raise self.refusal(409)
        if body["interaction_id"] != interaction_id(view.task, open_one.kind):
            raise self.refusal(409, "interaction_id is not the current interaction")
        for finding in check(body["response"], requests.RESPONSES[open_one.kind], ("response",)):
            raise requests.invalid(requests.sentence(finding))
        was_paused = view.now.status == "paused"
        self.happen(view, "respond", checkpoint=open_one.kind, response=body["response"])
        return answer(
            {"success": True, "status": "queued" if was_paused else "running", "deepresearch_id": view.task.id}
        )

    def done(self, view: ValyuTaskView, message: str, **more: Any) -> Response:
        """Return the response to an accepted action."""
        return answer({"success": True, "message": message, "deepresearch_id": view.task.id, **more})

    async def asset(self, request: Request) -> Response:
        """GET .../assets/{asset_id}: by key, or by the token of the URLs in the status answer."""
        asset = request.path_params["asset_id"]
        token = request.query_params.get("token")
        if token is None and not self.authorized(request):
            raise self.refusal(401)
        view = self.find(request)
        if token is not None and token != view.token(asset):
            raise self.refusal(403, "Invalid asset token")
        content = _content(view, asset) if view.now.status == "completed" else None
        if content is None:
            raise self.refusal(404, "Asset not found")
        kind, data = content
        return Response(data, media_type=files.TYPES[kind])


def _content(view: ValyuTaskView, asset: str) -> tuple[str, bytes] | None:
    """Return (kind, bytes) of a file; None if the task has none of that id."""
    if asset in ("report.pdf", asset_id(view.task.id, "pdf")):
        return ("pdf", files.printed(view.report.title)) if "pdf" in view.task.request["output_formats"] else None
    for image in view.images:
        if image["image_id"] == asset:
            return "png", files.picture(image)
    makers: dict[str, Callable[[], bytes]] = {
        "csv": lambda: files.comma_separated(view.report),
        "xlsx": lambda: files.workbook(view.report),
        "docx": lambda: files.document(view.report),
        "pdf": lambda: files.printed(view.report.title),
    }
    made = [each for each in view.deliverables if each["id"] == asset and each["status"] == "completed"]
    return (made[0]["type"], makers[made[0]["type"]]()) if made else None


SERVICE = SimulatedValyu
