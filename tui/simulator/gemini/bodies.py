"""The steps and usage of a simulated interaction at one moment."""

from collections.abc import Mapping
from typing import Any

from tui.simulator.content import DemoReport
from tui.simulator.course import Moment
from tui.simulator.gemini.scripts import SCRIPTS
from tui.simulator.gemini.writing import PICTURE, agent_text, model_text, plan_text, trace
from tui.simulator.json_body import Body
from tui.simulator.tasks import SimTask


def steps_at(task: SimTask, now: Moment, report: DemoReport, *, summaries: bool, traced: bool = True) -> list[Body]:
    """The question, the trace so far (where it is `traced`), and at the end the output."""
    traits = SCRIPTS[task.script].traits
    steps: list[Body] = [{"type": "user_input", "content": [{"type": "text", "text": task.prompt}]}]
    if traits.get("note") and now.started:
        steps.append(_output({"type": "text", "text": "I will start now."}))
    if traced and not (traits.get("plan") or traits.get("spans")):
        work = [step for step in trace(report) if summaries or step["type"] != "thought"]
        steps += work[: int(len(work) * now.share)]
    if now.ended == "completed" and traits.get("fault"):
        fault = {"code": 13, "message": "Internal error while writing the report.", "details": []}
        steps.append({"type": "model_output", "content": [], "error": fault})
    elif now.ended == "completed" and not traits.get("silent"):
        steps.append(_output(*_content(report, traits)))
    elif now.ended == "incomplete" and traits.get("half"):
        steps.append(_output(agent_text(report, report.beginning(0.4), with_list=False)))
    elif now.ended == "requires_continuation":
        steps.append(_output({"type": "text", "text": report.beginning(0.3)}))
    elif now.ended == "requires_action":
        steps.append({"type": "function_call", "id": "fc_1", "name": "get_quote", "arguments": {"symbols": ["AAPL"]}})
    return steps


def _content(report: DemoReport, traits: Mapping[str, Any]) -> list[Body]:
    if traits.get("plan"):
        return [{"type": "text", "text": plan_text(report)}]
    if traits.get("spans"):
        return [model_text(report)]
    if traits.get("picture"):
        opening = {"type": "text", "text": "# Overview\n\nThe picture shows what follows.\n\n"}
        return [opening, PICTURE, agent_text(report)]
    return [agent_text(report)]


def _output(*content: Body) -> Body:
    return {"type": "model_output", "content": [*content]}


def usage(task: SimTask, report: DemoReport, traits: Mapping[str, Any]) -> Body:
    """Tokens: their sum is the total."""
    quick = traits.get("plan") or traits.get("spans")
    scale = 0.01 if quick else 1.0
    read, written = int(task.spread(180_000, 320_000) * scale), int(task.spread(30_000, 65_000) * scale)
    thought, tools = int(written * 0.4), int(read * 0.03)
    told: Body = {
        "total_tokens": read + written + thought + tools,
        "total_input_tokens": read,
        "input_tokens_by_modality": [{"modality": "text", "tokens": read}],
        "total_cached_tokens": int(read * 0.6),
        "total_output_tokens": written,
        "total_thought_tokens": thought,
        "total_tool_use_tokens": tools,
    }
    searches = 0 if quick else sum(step["type"] == "google_search_call" for step in trace(report))
    return told | ({"grounding_tool_count": [{"type": "google_search", "count": searches}]} if searches else {})
