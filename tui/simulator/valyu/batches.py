"""Valyu's batches: a few tasks at a time, counted, paged and cancelled together (tests/contracts/valyu.md 12)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.clock import iso
from tui.simulator.json_body import Body, answer, new_uuid
from tui.simulator.tasks import SimTask
from tui.simulator.valyu import requests
from tui.simulator.valyu.scripts import TERMINAL
from tui.simulator.valyu.task_view import ValyuTaskView
from tui.simulator.valyu.tasks_service import ValyuTasks

_AT_ONCE = 3  # tasks of a batch that run side by side
_WAITS = 240.0  # seconds a place in the next group adds
_OPEN = ("open", "processing")
_PAGE = 50


@dataclass(slots=True)
class SimulatedBatch:
    """One batch: its request and the ids of its tasks in order."""

    id: str
    created: float
    request: Body
    task_ids: list[str] = field(default_factory=list)
    cancelled: bool = False

    @property
    def mode(self) -> str:
        """The mode of all its tasks."""
        return requests.mode_of(self.request)


class Batches:
    """The endpoints, on top of the service's tasks."""

    def __init__(self, service: ValyuTasks) -> None:
        self._service = service
        self._batches: dict[str, SimulatedBatch] = {}

    def routes(self) -> Sequence[Route]:
        """The endpoints."""
        path, guarded = "/v1/deepresearch/batches", self._service.guarded
        return [
            Route(path, guarded(self.create), methods=["POST"]),
            Route(path, guarded(self.list_batches), methods=["GET"]),
            Route(f"{path}/{{id}}", guarded(self.get), methods=["GET"]),
            Route(f"{path}/{{id}}/tasks", guarded(self.add), methods=["POST"]),
            Route(f"{path}/{{id}}/tasks", guarded(self.list_tasks), methods=["GET"]),
            Route(f"{path}/{{id}}/cancel", guarded(self.cancel), methods=["POST"]),
        ]

    async def create(self, request: Request) -> Response:
        """POST /v1/deepresearch/batches: an empty batch."""
        body = await requests.body_of(request, requests.BATCH)
        if requests.mode_of(body) == "instant":
            raise requests.invalid("instant mode is not available for batches")
        requests.check_formats(body.get("output_formats", []))
        requests.check_search(body.get("search", {}))
        return answer(self._body(self.begin(body)))

    def begin(self, body: Body, age: float = 0.0) -> SimulatedBatch:
        """Make an empty batch, `age` simulated seconds ago."""
        service = self._service
        batch = SimulatedBatch(f"batch_{new_uuid(service.setting.random)}", service.clock.now() - age, body)
        self._batches[batch.id] = batch
        return batch

    def fill(self, batch: SimulatedBatch, tasks: list[Body]) -> list[SimTask]:
        """Add tasks; those beyond the first few wait for their turn. Only the world names a content or script."""
        made = []
        age = self._service.clock.now() - batch.created if not batch.task_ids else 0.0
        for given in tasks:
            place = len(batch.task_ids)
            body = {"mode": batch.mode, "output_formats": batch.request.get("output_formats", [])}
            task = self._service.begin(
                given.get("query") or given["input"],
                body,
                age=age,
                batch_id=batch.id,
                batch_task_id=given.get("id", f"task-{place + 1}"),
                delay=place // _AT_ONCE * _WAITS,
                **{name: given[name] for name in ("content", "script") if name in given},
            )
            batch.task_ids.append(task.id)
            made.append(task)
        return made

    def _views(self, batch: SimulatedBatch, request: Request | None = None) -> list[ValyuTaskView]:
        tasks = (self._service.tasks.get(task_id) for task_id in batch.task_ids)
        return [self._service.view(task, request) for task in tasks if task is not None]

    def _find(self, request: Request) -> SimulatedBatch:
        batch = self._batches.get(request.path_params["id"])
        if batch is None or self._service.setting.faults.find("valyu", "vanish"):
            raise self._service.refusal(404, "Batch not found")
        return batch

    def _status(self, batch: SimulatedBatch, words: Counter[str]) -> str:
        if batch.cancelled:
            return "cancelled"
        if not words:
            return "open"
        if set(words) - TERMINAL:
            return "processing"
        return "completed" if set(words) == {"completed"} else "completed_with_errors"

    def _body(self, batch: SimulatedBatch) -> Body:
        views = self._views(batch)
        words = Counter(view.now.status for view in views)
        status = self._status(batch, words)
        body: Body = {
            "batch_id": batch.id,
            "status": status,
            "mode": batch.mode,
            "output_formats": batch.request.get("output_formats") or ["markdown"],
            "counts": _counts(words),
            "cost": round(sum(view.body().get("cost", 0.0) for view in views), 5),
            "created_at": iso(self._service.clock.stamp(batch.created)),
        }
        for name, shown in (
            ("name", "name"),
            ("metadata", "metadata"),
            ("webhook_url", "webhook_url"),
            ("search", "search_params"),
        ):
            if name in batch.request:
                body[shown] = batch.request[name]
        if views and status not in _OPEN:
            body["completed_at"] = iso(max(view.ended for view in views))
        return body

    async def list_batches(self, request: Request) -> Response:
        """GET /v1/deepresearch/batches: a bare array, newest first."""
        limit = _limit(request)
        newest = sorted(self._batches.values(), key=lambda batch: -batch.created)
        return answer([self._body(batch) for batch in newest[:limit]])

    async def get(self, request: Request) -> Response:
        """GET /v1/deepresearch/batches/{id}."""
        return answer(self._body(self._find(request)))

    async def add(self, request: Request) -> Response:
        """POST .../tasks: all of them or none."""
        body = await requests.body_of(request, requests.BATCH_TASKS)
        batch = self._find(request)
        if self._body(batch)["status"] not in _OPEN:
            raise requests.invalid("Batch is not open")
        given: list[dict[str, Any]] = body["tasks"]
        for index, task in enumerate(given):
            if not (task.get("query") or task.get("input")):
                raise requests.invalid(f"tasks.{index}: query is required")
        self._service.charge(batch.mode, len(given))
        made = self.fill(batch, given)
        listed = [
            {
                "task_id": task.traits["batch_task_id"],
                "deepresearch_id": task.id,
                "status": self._service.view(task).now.status,
            }
            for task in made
        ]
        counts = self._body(batch)["counts"]
        return answer({"success": True, "batch_id": batch.id, "added": len(made), "tasks": listed, "counts": counts})

    async def list_tasks(self, request: Request) -> Response:
        """GET .../tasks: the only list with a cursor."""
        batch = self._find(request)
        wanted = request.query_params.get("status")
        views = [view for view in self._views(batch, request) if wanted in (None, view.now.status)]
        limit, last = _limit(request), request.query_params.get("last_key")
        ids = [view.task.id for view in views]
        start = ids.index(last) + 1 if last in ids else 0
        page = views[start : start + limit]
        more = start + limit < len(views)
        with_output = request.query_params.get("include_output") == "true"
        return answer(
            {
                "success": True,
                "batch_id": batch.id,
                "tasks": [view.batch_item(with_output) for view in page],
                "pagination": {"count": len(page), "last_key": page[-1].task.id if more else None, "has_more": more},
            }
        )

    async def cancel(self, request: Request) -> Response:
        """POST .../cancel: every task of it that has not ended."""
        batch = self._find(request)
        if self._body(batch)["status"] not in _OPEN:
            raise requests.invalid("Batch is not open or processing")
        active = [view for view in self._views(batch) if view.now.status not in TERMINAL]
        for view in active:
            self._service.happen(view, "cancel")
        batch.cancelled = True
        return answer({"success": True, "batch_id": batch.id, "status": "cancelled", "cancelled_count": len(active)})


def _counts(words: Counter[str]) -> Body:
    names = ("queued", "running", "completed", "failed", "cancelled")
    return {"total": words.total(), **{name: words[name] for name in names}}


def _limit(request: Request) -> int:
    given = request.query_params.get("limit", str(_PAGE))
    if not given.isdecimal() or int(given) < 1:
        raise requests.invalid("limit must be a positive integer")
    return int(given)
