"""Parallel's answers -> domain values; pure, and total but for `BadAnswer`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tui.domain.actions import Action, AddToBatch, BatchOutcome, OpenBatch, Outcome
from tui.domain.detail import Step
from tui.domain.task import Cost, Task, TaskStatus
from tui.domain.text import clean, one_line, plural
from tui.providers.parallel.events import ParallelProgress, read_events
from tui.providers.parallel.models import ParallelInput, ParallelOutput, ParallelRun, WarningBody
from tui.providers.parallel.report import is_page, output_body, output_of, output_report
from tui.providers.sdk.json import as_text, clean_json, facts, read, rest_facts
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.reader import SURE, JsonReader
from tui.providers.sdk.reading import reason

_PAGE = "https://platform.parallel.ai/play/deep-research/{}"
_SECRET_HEADERS = re.compile(r"(?is)\bheaders: .*")  # a warning about an MCP server quotes the headers sent to it
_HIDDEN = "not shown: may hold keys"


class ParallelReader(JsonReader[ParallelRun]):
    """Reads the responses of Parallel: a run, `{run, output}`, or a run with further responses beside it."""

    body = ParallelRun
    id_members = ("run_id",)
    statuses: ClassVar = {
        "queued": TaskStatus.QUEUED,
        "running": TaskStatus.RUNNING,
        "action_required": TaskStatus.WAITING,
        "cancelling": TaskStatus.CANCELLING,
        "cancelled": TaskStatus.CANCELLED,
        "completed": TaskStatus.DONE,
        "failed": TaskStatus.FAILED,
    }

    def task_of(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the run of a result, a state event or a webhook."""
        for name in ("run", "data"):
            inner = value.get(name)
            if isinstance(inner, dict) and "run_id" in inner:
                return inner
        return value

    def recognises(self, value: Mapping[str, Any]) -> int:
        """Recognise a run by its id or processor; a file of the web application by its basis."""
        run = self.task_of(value)
        ours = str(run.get("run_id", "")).startswith("trun_") or ("run_id" in run and "processor" in run)
        return SURE + len(value) if ours or ("input" in value and is_page(value)) else 0

    def read(self, body: ParallelRun, context: ReadContext) -> TaskParts:
        """Read a run with the responses beside it."""
        progress = read_events(context.events("events"), context.notes)
        asked = self._input(context, progress)
        output = output_of(self._result(context)) or output_of(context.value)
        if output is None and progress.output is not None:
            output = output_of({"output": progress.output})
        found = output_body(output, context.notes) if output is not None else None
        report, structured = output_report(found) if found is not None else (None, None)
        of_page = body.run_id is None and report is not None
        status = TaskStatus.DONE if of_page else context.status
        ended = status.is_final
        prompt = asked.input if asked is not None else body.input
        processor = body.processor or (asked.processor if asked else None)
        return TaskParts(
            status=status,
            prompt=clean(prompt) if isinstance(prompt, str) else as_text(clean_json(prompt)) or None,
            mode=processor,
            created_at=body.created_at,
            updated_at=body.modified_at,
            finished_at=body.modified_at if ended else None,
            counters={name: one for name, one in progress.counters.items() if name != "percent" or not ended},
            cost=self._cost(processor, status),
            error=_reason(body),
            warnings=(*map(_warning, body.warnings), *_waiting(status)),
            web_url=_PAGE.format(body.run_id) if re.fullmatch(r"trun_\w+", str(body.run_id)) else None,
            parent_id=asked.previous_interaction_id if asked else None,
            batch_id=body.taskgroup_id,
            report=report,
            structured=structured,
            trace=(*progress.trace, *(_calls(found) if found else ())),
            facts=_facts(body, asked, found) + progress.facts,
        )

    def _result(self, context: ReadContext) -> Mapping[str, Any]:
        """Return the result response, if it is about this run."""
        result = context.json("result")
        if not isinstance(result, dict):
            return {}
        named = self.task_of(result).get("run_id")
        if named is not None and context.remote_id is not None and not self.same_id(context.remote_id, str(named)):
            context.notes.problem("result: is about another run")
            return {}
        return result

    def _input(self, context: ReadContext, progress: ParallelProgress) -> ParallelInput | None:
        found = context.json("input")
        asked = found if isinstance(found, dict) else progress.input
        return None if asked is None else read(ParallelInput, dict(asked), context.notes.at("input"))

    def _cost(self, processor: str | None, status: TaskStatus) -> Cost:
        """Return the published price; whether failed runs are billed is not documented reliably."""
        if processor is None or status in {TaskStatus.FAILED, TaskStatus.CANCELLED}:
            return Cost()
        return self.spec.price_of(processor)

    def outcome(self, action: Action, value: Mapping[str, Any], context: ReadContext) -> Outcome:
        """Read the response to a group action; its runs are in the order in which they were sent."""
        if isinstance(action, OpenBatch):
            group = value.get("taskgroup_id")
            return BatchOutcome("group made", batch_id=one_line(group, 200) if isinstance(group, str) else None)
        ids = value.get("run_ids")
        if isinstance(action, AddToBatch) and isinstance(ids, list) and len(ids) == len(action.tasks):
            tasks = tuple(
                Task(our_id, self.spec.name, one_line(run_id, 200), status=TaskStatus.QUEUED, mode=action.mode)
                for (our_id, _), run_id in zip(action.tasks, ids, strict=True)
                if isinstance(run_id, str)
            )
            return BatchOutcome(f"{plural(len(tasks), 'run')} started", batch_id=context.remote_id, tasks=tasks)
        return super().outcome(action, value, context)


def _reason(body: ParallelRun) -> str | None:
    """Return why a run failed: a message, else any member of its error."""
    error = body.error
    if error is not None and error.message:
        return error.message
    detail = (error.detail if error.detail is not None else error.details) if error is not None else None
    said = reason(detail) or (as_text(detail) if detail else "") or reason(body.errors)
    return said or (as_text(error.rest()) if error is not None and error.rest() else None)


def _waiting(status: TaskStatus) -> tuple[str, ...]:
    said = "it waits for somebody to act; what is wanted, and how to answer, Parallel does not say"
    return (said,) if status is TaskStatus.WAITING else ()


def _warning(body: WarningBody) -> str:
    said = _SECRET_HEADERS.sub(f"headers {_HIDDEN}", body.message or "")
    kind = (body.type or "").removesuffix("warning").strip("_").replace("_", " ")
    detail = as_text(body.detail) if body.detail not in (None, {}, []) else ""
    rest = as_text(body.rest()) if body.rest() else ""
    return one_line("; ".join(filter(None, (kind, said, detail, rest))) or "warning", 400)


def _facts(
    body: ParallelRun, asked: ParallelInput | None, output: ParallelOutput | None
) -> tuple[tuple[str, str], ...]:
    error = body.error
    own = asked.rest() if asked else {}
    return (
        facts(
            ("error reference", error.ref_id if error else None),
            ("error detail", (error.detail if error.detail is not None else error.details) if error else None),
            ("errors", body.errors),
            ("interaction", body.interaction_id if body.interaction_id != str(body.run_id) else None),
            ("active", body.is_active),
            ("metadata", body.metadata or None),
            ("MCP servers", _servers(asked.mcp_servers) if asked else None),
            ("webhook", _HIDDEN if asked and asked.webhook else None),
            ("output schema", (output.output_schema or None) if output else None),
        )
        + rest_facts(error.rest() if error else {})
        + rest_facts({name: value for name, value in own.items() if name != "metadata"})
        + rest_facts(output.rest() if output else {})
    )


def _servers(value: object) -> str:
    """Return names and addresses of MCP servers, never their headers."""
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    shown = (" ".join(as_text(clean_json(row.get(name))) for name in ("name", "url")).strip() for row in rows)
    return "; ".join(shown)


def _calls(output: ParallelOutput) -> Iterator[Step]:
    """Return the calls of MCP tools, each with result or error."""
    for call in output.mcp_tool_calls:
        about = {"call": call.tool_call_id, "server": call.server_name, **call.rest()}
        kept = {name: value for name, value in about.items() if value}
        yield Step("assistant", "call", as_text(call.arguments), call.tool_name, kept or None)
        failed = as_text(call.error)
        yield Step(
            "tool", "error" if failed else "result", failed or as_text(call.content), call.tool_name, kept or None
        )
