"""Valyu's endpoints for finished reports: edit, read an edit, list, restore versions (tests/contracts/valyu.md 11)."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.clock import iso
from tui.simulator.json_body import Body, answer
from tui.simulator.valyu import requests
from tui.simulator.valyu.task_view import ValyuTaskView
from tui.simulator.valyu.tasks_service import ValyuTasks
from tui.simulator.valyu.versions import EDITING, ReportVersion, SimulatedEdit, edits

_NOT_EDITABLE = "Only completed markdown reports can be edited"


class Edits:
    """The endpoints, on top of the service's tasks."""

    def __init__(self, service: ValyuTasks) -> None:
        self._service = service

    def routes(self) -> Sequence[Route]:
        """The endpoints."""
        task, guarded = "/v1/deepresearch/tasks/{task}", self._service.guarded
        return [
            Route(f"{task}/edit", guarded(self.edit), methods=["POST"]),
            Route(f"{task}/edits/{{edit_id}}", guarded(self.get), methods=["GET"]),
            Route(f"{task}/versions", guarded(self.versions), methods=["GET"]),
            Route(f"{task}/versions/{{version}}/restore", guarded(self.restore), methods=["POST"]),
        ]

    async def edit(self, request: Request) -> Response:
        """POST .../edit: 202 and a record to poll, or 200 when it is done within `wait_seconds`."""
        body = await requests.body_of(request, requests.EDIT)
        view = self._service.find(request)
        if not _editable(view):
            raise requests.invalid(_NOT_EDITABLE)
        made = edits(view.task, view.elapsed)
        key = request.headers.get("idempotency-key")
        for known in made:
            if key and known.data["key"] == key:
                return self._answer(view, known)
        if any(known.status == "running" for known in made):
            raise self._service.refusal(409, "edit.in_progress")
        base = body.get("base_version", len(view.history))
        if base != len(view.history):
            raise self._service.refusal(409, f"base_version {base} is not the current version")
        at_once = self._service.clock.span(body.get("wait_seconds", 0)) >= EDITING
        edit_id = f"ed_{view.task.grain:08x}{len(made):04x}"
        self._service.happen(
            view, "edit", edit_id=edit_id, base=base, key=key, takes=0.0 if at_once else EDITING,
            instruction=body["instruction"], focus=body.get("focus"),
        )  # fmt: skip
        view = self._service.find(request)
        return self._answer(view, edits(view.task, view.elapsed)[-1])

    def _answer(self, view: ValyuTaskView, edit: SimulatedEdit) -> Response:
        return answer(self._record(view, edit), 202 if edit.status == "running" else 200)

    def _record(self, view: ValyuTaskView, edit: SimulatedEdit) -> Body:
        body: Body = {
            "edit_id": edit.id,
            "deepresearch_id": view.task.id,
            "status": edit.status,
            "target": {"kind": "report"},
            "base_version": edit.base,
            "created_at": iso(view.clock.stamp(view.task.created + edit.at)),
        }
        if edit.data["focus"]:
            body["focus"] = edit.data["focus"]
        if edit.status == "running":
            return body | {"retry_after_seconds": int(self._service.polled_every)}
        if edit.status == "declined":
            decline = {"code": "edit.out_of_scope", "message": "The instruction asks for new research."}
            return body | {"decline": {**decline, "suggestion": "Start a follow-up task with this report as context."}}
        if edit.status == "failed":
            problem = {"code": "edit.interrupted", "message": "The edit was interrupted.", "retryable": True}
            return body | {"error": problem}
        section = (edit.data["focus"] or {}).get("section") or (view.report.headings or ["Report"])[0]
        body |= {
            "version": edit.version,
            "summary": f"Revised {section} as instructed.",
            "changes": [{"section": section, "description": edit.data["instruction"]}],
            "unapplied": [],
            "stats": _stats(edit),
            "warnings": [],
        }
        if view.deliverables:
            stale = "Deliverables were made from an earlier version."
            body["warnings"] = [{"type": "deliverables_stale", "message": stale}]
        return body | {"pdf_url": _pdf(view, edit.version or 1)}

    async def get(self, request: Request) -> Response:
        """GET .../edits/{edit_id}."""
        view = self._service.find(request)
        wanted = request.path_params["edit_id"]
        for edit in edits(view.task, view.elapsed):
            if edit.id == wanted:
                return answer(self._record(view, edit))
        raise self._service.refusal(404, "Edit not found")

    async def versions(self, request: Request) -> Response:
        """GET .../versions."""
        view = self._service.find(request)
        known = view.history if view.now.status == "completed" else []
        return answer({"head": len(known), "versions": [_entry(view, version) for version in known]})

    async def restore(self, request: Request) -> Response:
        """POST .../versions/{version}/restore: an old text becomes the newest version."""
        await requests.body_of(request, requests.NOTHING, optional=True)
        view = self._service.find(request)
        if not _editable(view):
            raise self._service.refusal(409, _NOT_EDITABLE)
        given = request.path_params["version"]
        if not given.isdecimal() or not 1 <= int(given) <= len(view.history):
            raise self._service.refusal(404, "Version not found")
        if any(edit.status == "running" for edit in edits(view.task, view.elapsed)):
            raise self._service.refusal(409, "edit.in_progress")
        self._service.happen(view, "restore", version=int(given))
        return answer({"version": len(view.history) + 1, "restored_from": int(given)})


def _editable(view: ValyuTaskView) -> bool:
    return view.now.status == "completed" and view.schema is None


def _entry(view: ValyuTaskView, version: ReportVersion) -> Body:
    body: Body = {
        "version": version.number,
        "kind": version.kind,
        "target": {"kind": "report"},
        "created_at": iso(view.clock.stamp(view.task.created + version.at)),
    }
    if version.edit:
        body |= {
            "edit_id": version.edit.id,
            "instruction": version.edit.data["instruction"],
            "summary": "Revised as instructed.",
            "stats": _stats(version.edit),
        }
    return body | {"is_head": version.number == len(view.history), "pdf_url": _pdf(view, version.number)}


def _stats(edit: SimulatedEdit) -> Body:
    return {"replacements": 1, "chars_changed": len(edit.data["instruction"]) + 20, "citations_added": 0}


def _pdf(view: ValyuTaskView, version: int) -> str:
    return f"{view.base}/v1/deepresearch/tasks/{view.task.id}/assets/report.pdf?version={version}"
