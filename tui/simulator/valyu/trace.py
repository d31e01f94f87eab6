"""The message trace of a Valyu task: thoughts, searches, computations, instructions, growing with its work."""

from collections.abc import Sequence
from typing import Any

from tui.simulator.content import DemoReport, DemoSource
from tui.simulator.json_body import Body

_PARALLEL = 3  # research calls in one turn
_LAST = 0.86  # share of the work after which nothing is searched any more


def messages(
    report: DemoReport, prompt: str, work: float, *, notes: Sequence[tuple[float, str]], images: list[Body], code: bool
) -> list[Body]:
    """Return the trace after `work` of the task is done.

    Args:
        report: The report the task is writing; its sections are what it searches for.
        prompt: The query.
        work: Share of the work done.
        notes: Instructions the user sent, with the share of work at which they came.
        images: Charts; each one is created in a turn of its own.
        code: Whether a computation was run.
    """
    timed = [(0.0, _user(f"**RESEARCH QUERY:**\n{prompt}")), *_turns(report, images, code)]
    timed += [(share, _user(f"**ADDITIONAL INSTRUCTION:**\n{text}")) for share, text in notes]
    timed.append((1.0, _text("I've found all the information I need to answer the query. Now I'll write the report.")))
    timed.sort(key=lambda entry: entry[0])
    return [message for share, message in timed if share <= work]


def _turns(report: DemoReport, images: list[Body], code: bool) -> list[tuple[float, Body]]:
    topics = report.headings or [report.title]
    rounds = [topics[at : at + _PARALLEL] for at in range(0, len(topics), _PARALLEL)]
    extras = [_compute(report)] * code + [_draw(image) for image in images if image["image_type"] == "chart"]
    pace = _LAST / (len(rounds) + len(extras))
    timed: list[tuple[float, Body]] = []
    for number, asked in enumerate(rounds):
        share = 0.02 + number * pace
        timed += [(share, _search(report, asked, number)), (share + pace * 0.7, _found(report, asked, number))]
    for number, (call, result) in enumerate(extras, start=len(rounds)):
        share = 0.02 + number * pace
        timed += [(share, call), (share + pace * 0.3, result)]
    return timed


def _user(text: str) -> Body:
    return {"role": "user", "content": [{"type": "text", "text": text}]}


def _text(text: str) -> Body:
    return {"role": "assistant", "content": [{"type": "text", "text": text}]}


def _search(report: DemoReport, topics: list[str], number: int) -> Body:
    parts: list[Body] = []
    if number == 0:
        plan = "\n".join(f"{index}. {topic}" for index, topic in enumerate(report.headings, start=1))
        parts.append({"type": "reasoning", "text": f"Let me plan the research. Threads to follow:\n{plan}"})
    parts.append({"type": "text", "text": f"I'll look into {', '.join(topics)}."})
    calls = [
        _call(f"toolu_{number}_{index}", "research", {"objective": f"{topic}: primary sources and figures, "
              f"in the context of: {report.title}"})
        for index, topic in enumerate(topics)
    ]  # fmt: skip
    return {"role": "assistant", "content": parts + calls}


def _found(report: DemoReport, topics: list[str], number: int) -> Body:
    """The results of one turn, last call first: clients have to join by id."""
    each = max(1, len(report.sources) // max(1, len(report.headings)))
    results = []
    for index in reversed(range(len(topics))):
        first = (number * _PARALLEL + index) * each
        seen = [_hit(source, first * 7 + at) for at, source in enumerate(report.sources[first : first + each])]
        results.append(_result(f"toolu_{number}_{index}", "research", {"sources": seen}))
    return {"role": "tool", "content": results}


def _hit(source: DemoSource, number: int) -> Body:
    dated: Body = {"updated_date": source.date} if source.date else {}
    return {"source_id": number + 1, "title": source.title, "url": source.url, **dated}


def _compute(report: DemoReport) -> tuple[Body, Body]:
    code = f"sources = {len(report.sources)}\nprint(sources)"
    value = {
        "output": f"{len(report.sources)}\n",
        "exitCode": 0,
        "executionTime": 412,
        "success": True,
        "total_cost": 0.1,
    }
    return _pair("toolu_code", "execute_code", {"code": code}, value, "Let me check the totals.")


def _draw(image: Body) -> tuple[Body, Body]:
    given = {key: image[key] for key in ("title", "chart_type", "x_axis_label", "y_axis_label", "data_series")}
    value = {
        "success": True,
        "chartId": image["image_id"],
        "imageUrl": image["image_url"],
        "message": "Chart created successfully",
    }
    return _pair(f"toolu_{image['image_id'][:8]}", "createChart", given, value, "A chart will make this clearer.")


def _pair(call_id: str, tool: str, given: Body, value: Body, said: str) -> tuple[Body, Body]:
    call: Body = {"role": "assistant", "content": [{"type": "text", "text": said}, _call(call_id, tool, given)]}
    return call, {"role": "tool", "content": [_result(call_id, tool, value)]}


def _call(call_id: str, tool: str, given: Body) -> Body:
    return {"type": "tool-call", "toolCallId": call_id, "toolName": tool, "input": given}


def _result(call_id: str, tool: str, value: Any) -> Body:
    output = {"type": "json", "value": value}
    return {"type": "tool-result", "toolCallId": call_id, "toolName": tool, "output": output}
