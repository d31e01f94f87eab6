"""A Valyu task as the API shows it at one moment: status body, list item, batch item."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from tui.simulator.clock import SimulatedClock, iso, milliseconds
from tui.simulator.content import DemoReport
from tui.simulator.json_body import Body
from tui.simulator.schema_samples import structured
from tui.simulator.tasks import SimTask
from tui.simulator.valyu import checkpoints, output, trace, versions
from tui.simulator.valyu.scripts import (
    SCRIPTS,
    STEPS,
    TERMINAL,
    WRITING,
    ScriptedInteraction,
    ValyuMoment,
    ValyuScript,
    progress,
)

PRICES = {"instant": 0.05, "fast": 0.1, "standard": 0.5, "heavy": 2.5, "max": 15.0}  # USD; tests/contracts/valyu.md 5
_SCREENSHOT, _COMPUTATION, _DELIVERABLE = 0.05, 0.1, 0.1
_TITLED = 0.1  # share of the work after which a title is known


@dataclass(frozen=True)
class ValyuTaskView:
    """One task at one moment, with the base URL for its links."""

    task: SimTask
    now: ValyuMoment
    elapsed: float
    clock: SimulatedClock
    report: DemoReport
    base: str  # scheme, host and prefix that asset URLs start with
    secret: str  # what asset tokens are made with

    @property
    def script(self) -> ValyuScript:
        """The script of the task."""
        return SCRIPTS[self.task.script]

    @property
    def mode(self) -> str:
        """The mode in force."""
        return str(self.task.request["mode"])

    @property
    def ended(self) -> datetime:
        """When the present status began."""
        return self.clock.stamp(self.task.created + self.now.since)

    @property
    def readable(self) -> bool:
        """Whether there is a report or a part of one."""
        if self.now.status == "cancelled":
            return self.now.work > 0.3
        return self.now.status == "completed" or (self.now.status == "failed" and self.script.partial)

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """The JSON Schema the output has to follow, if one was sent."""
        formats = self.task.request["output_formats"]
        return next((wanted for wanted in formats if isinstance(wanted, dict)), None)

    def link(self, name: str) -> str:
        """The address of one of the task's files, with the token that opens it without a key."""
        asset = output.asset_id(self.task.id, name)
        return f"{self.base}/v1/deepresearch/tasks/{self.task.id}/assets/{asset}?token={self.token(asset)}"

    def token(self, asset: str) -> str:
        """`{task_id}:{asset_id}:{32 hex}` (tests/contracts/valyu.md 9)."""
        digest = hashlib.sha256(f"{self.secret}/{self.task.id}/{asset}".encode()).hexdigest()
        return f"{self.task.id}:{asset}:{digest[:32]}"

    @cached_property
    def images(self) -> list[Body]:
        """The images of a markdown report."""
        if self.schema is not None or self.mode == "instant":
            return []
        made = milliseconds(self.clock.stamp(self.task.created))
        return output.images(self.report, self.link, made, self._uses("screenshots"))

    @cached_property
    def deliverables(self) -> list[Body]:
        """The files that were asked for."""
        wanted = self.task.request.get("deliverables", [])
        return output.deliverables(wanted, self.report, self.link, milliseconds(self.ended))

    @cached_property
    def history(self) -> list[versions.ReportVersion]:
        """The versions of a completed report."""
        return versions.versions(self.task, self.now.since, self.elapsed)

    @property
    def computed(self) -> bool:
        """Whether the task ran code."""
        return self._uses("code_execution") or self.mode == "max"

    def _uses(self, tool: str) -> bool:
        setting = self.task.request.get("tools", {}).get(tool, self.task.request.get(tool, False))
        return bool(setting.get("enabled", True) if isinstance(setting, dict) else setting)

    def text(self, version: int | None = None) -> str:
        """The markdown of a completed report, or what an unfinished one left behind."""
        if self.now.status == "completed":
            whole = output.markdown(self.report, self.images, computed=self.computed, awkward=self.script.awkward)
            return versions.text(whole, self.history[(version or len(self.history)) - 1])
        part = DemoReport(
            self.report.slug, self.report.title, "", self.report.beginning(self.now.work * 0.7), self.report.sources
        )
        return output.markdown(part, [], computed=False, awkward=False)

    def body(self, version: int | None = None) -> Body:
        """The status answer, members in the order of the one complete answer that is known (valyu.md 4)."""
        request = self.task.request
        body: Body = {"deepresearch_id": self.task.id, "status": self.now.status, "query": self.task.prompt}
        if self.now.work >= _TITLED:
            body["title"] = self.report.title
        body |= {
            "mode": self.mode,
            "output_formats": request["output_formats"],
            "created_at": iso(self.clock.stamp(self.task.created)),
            "public": self.public,
        }
        for name in ("batch_id", "batch_task_id"):
            if name in self.task.traits:
                body[name] = self.task.traits[name]
        steps = progress(self.script, self.mode, self.now.work)
        if steps and self.now.status != "queued":
            body["progress"] = {"current_step": steps[0], "total_steps": steps[1]}
        body |= self._checkpoint()
        if self.now.status in TERMINAL:
            body |= self._ending(version)
        if self.now.status != "queued" or self.now.work:
            body["messages"] = self._messages()
        return body

    @property
    def public(self) -> bool:
        """Whether the task is shared."""
        flags = [event.data["public"] for event in self.task.events if event.kind == "public"]
        return bool(flags and flags[-1])

    def _messages(self) -> list[Body]:
        notes = [
            (event.data["work"], event.data["instruction"]) for event in self.task.events if event.kind == "update"
        ]
        pictures, prompt = self.images, self.task.prompt
        return trace.messages(self.report, prompt, self.now.work, notes=notes, images=pictures, code=self.computed)

    def _checkpoint(self) -> Body:
        request, now = self.task.request, self.now
        body: Body = {"hitl_config": request["hitl"]} if request.get("hitl") else {}
        if now.interaction:
            kind = now.interaction.kind
            body["interaction"] = {
                "interaction_id": interaction_id(self.task, kind),
                "type": kind,
                "data": checkpoints.data(kind, self.report, STEPS[self.mode]),
                "created_at": self._milliseconds(now.interaction.opened),
                "timeout_ms": self._timeout(now.interaction),
                "expected_response": checkpoints.expected(kind),
            }
        if now.history:
            body["hitl_history"] = [self._answered(past) for past in now.history]
        return body

    def _timeout(self, interaction: ScriptedInteraction) -> int:
        """Return the time to answer in real milliseconds."""
        opened = self.task.created + interaction.opened
        patience = self.task.traits["patience"]
        return round((self.clock.wall(opened + patience) - self.clock.wall(opened)) * 1000)

    def _answered(self, past: ScriptedInteraction) -> Body:
        return {
            "interaction_id": interaction_id(self.task, past.kind),
            "type": past.kind,
            "created_at": self._milliseconds(past.opened),
            "responded_at": self._milliseconds(past.answered or past.opened),
            "auto_continued": False,
            "response": dict(past.response or {}),
        }

    def _milliseconds(self, age: float) -> int:
        return milliseconds(self.clock.stamp(self.task.created + age))

    def _ending(self, version: int | None) -> Body:
        body: Body = {}
        if self.readable:
            body["total_word_count"] = sum(output.words(source) for source in self.report.sources)
            body |= self._output(version)
        if self.readable or self.now.status != "completed":
            body["sources"] = output.sources(self.report, self.script.awkward) if self.readable else []
        if self.now.status == "failed":
            body["error"] = self.script.error
        if self.now.status == "completed":
            body |= self._bill()
            body["completed_at"] = iso(self.ended)
            if "pdf" in self.task.request["output_formats"]:
                body["pdf_url"] = self.link("pdf")
            if self.images:
                body["images"] = self.images
            if self.deliverables:
                body["deliverables"] = self.deliverables
            body |= {"editable": self.schema is None, "version": version or len(self.history)}
        return body

    def _output(self, version: int | None) -> Body:
        if self.schema is None:
            return {"output_type": "markdown", "output": self.text(version)}
        value = structured(self.report, self.schema)
        if "toon" in self.task.request["output_formats"]:
            return {"output_type": "toon", "output": output.toon(value)}
        return {"output_type": "json", "output": value if isinstance(value, dict | list) else str(value)}

    def _bill(self) -> Body:
        parts = {"task": PRICES[self.mode]}
        if any(image["image_type"] == "screenshot" for image in self.images):
            parts["screenshots"] = _SCREENSHOT
        if self.computed:
            parts["code_execution"] = _COMPUTATION
        if extra := len([each for each in self.deliverables if each["status"] == "completed"]) - 1:
            parts |= {"deliverables": round(max(0, extra) * _DELIVERABLE, 2)} if extra > 0 else {}
        return {"cost": round(sum(parts.values()), 5), "cost_breakdown": parts}

    def list_item(self) -> Body:
        """The short form of GET /v1/deepresearch/list."""
        full = self.body()
        names = ("deepresearch_id", "query", "title", "status", "created_at", "public")
        return {name: full[name] for name in names if name in full}

    def batch_item(self, include_output: bool) -> Body:
        """The form of a batch's task list."""
        full = self.body()
        names = ["query", "status", "created_at", "completed_at"]
        if include_output:
            names += ["output_type", "output", "sources", "images", "pdf_url", "deliverables", "error", "cost"]
        chosen = {name: full[name] for name in names if name in full}
        return {"deepresearch_id": self.task.id, "task_id": self.task.traits.get("batch_task_id", ""), **chosen}

    @property
    def steerable(self) -> bool:
        """Whether an instruction can still change the report."""
        return self.now.status == "running" and self.now.work < WRITING


def interaction_id(task: SimTask, kind: str) -> str:
    """The id of one checkpoint of a task."""
    return "int_" + hashlib.sha256(f"{task.id}/{kind}".encode()).hexdigest()[:12]
