"""The runs of a simulated Parallel: state and body at any moment."""

import re
from typing import ClassVar

from tui.simulator.clock import iso
from tui.simulator.json_body import Body, new_uuid
from tui.simulator.parallel.outputs import SCRIPTS
from tui.simulator.service import Service
from tui.simulator.tasks import SimTask

_PROCESSOR = re.compile(r"(?:lite|base|core(?:2x)?|pro|ultra(?:2x|4x|8x)?)(?:-fast)?")


class Runs(Service):
    """The parts that single runs and groups share."""

    name = "parallel"
    key_variable, url_variable, key_header = "PARALLEL_API_KEY", "PARALLEL_BASE_URL", "x-api-key"
    key_prefix = "par-sim-"
    creates = (("POST", "/v1/tasks/runs"),)
    adds = (("POST", r"/v1/tasks/groups/[^/]+/runs"),)
    no_json = (422, None)
    scripts = SCRIPTS
    texts: ClassVar = {
        401: "Unauthorized: invalid or missing credentials",
        402: "Payment required: insufficient credit in account",
        403: "Forbidden: invalid processor in request",
        404: "Run id not found",
        408: "Request timed out; run still active",
        422: "Unprocessable content: request validation error",
        429: "Too many requests: quota temporarily exceeded",
    }

    def envelope(self, status: int, text: str) -> Body:
        """Return an error object with a reference."""
        return {"type": "error", "error": {"ref_id": new_uuid(self.setting.random), "message": text}}

    def begin(self, body: Body, *, age: float = 0.0, **traits: str) -> SimTask:
        """Start a run with the script that its question names, unless `traits` name one."""
        if not _PROCESSOR.fullmatch(body["processor"]):
            raise self.refusal(403)
        asked = body["input"] if isinstance(body["input"], str) else str(body["input"])
        run_id = f"trun_{self.setting.random.getrandbits(128):032x}"
        return self.start(asked, body, age=age, id=run_id, **traits)

    def run(self, task: SimTask) -> Body:
        """The run object; its time changes with its status only."""
        now, course = self.moment(task), SCRIPTS[task.script]
        changed = now.changed if now.ended else course.queued if now.started else 0.0
        found: Body = {
            "run_id": task.id,
            "interaction_id": task.id,
            "status": now.ended or ("running" if now.started else "queued"),
            "is_active": now.ended is None,
            "processor": task.request["processor"],
            "metadata": task.request.get("metadata") or {},
            "created_at": iso(self.clock.stamp(task.created), "microseconds"),
            "modified_at": iso(self.clock.stamp(task.created + changed), "microseconds"),
        }
        if "group" in task.traits:
            found["taskgroup_id"] = task.traits["group"]
        if course.traits.get("warnings"):
            found["warnings"] = [
                {"type": "spec_validation_warning", "message": 'Field "sources" duplicates the basis.', "detail": {}},
                {"type": "warning", "message": "Error listing tools from MCP server wiki: 502.", "detail": {}},
            ]
        if now.ended == "failed" and not course.traits.get("silent"):
            found["error"] = {"ref_id": "2f6b9f1e", "message": "Task run failed: the output did not fit the schema"}
        if course.traits.get("nulls"):
            del found["interaction_id"]
            found = {"warnings": None, "error": None, "taskgroup_id": None} | found
        return found
