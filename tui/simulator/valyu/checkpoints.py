"""The data of a Valyu checkpoint, and the response that it expects (tests/contracts/valyu.md 7)."""

from collections import Counter
from typing import Any

from tui.simulator.content import DemoReport
from tui.simulator.json_body import Body

_EXPECTED: dict[str, Body] = {
    "planning_questions": {"answers": [{"question": "string", "answer": "string"}]},
    "plan_review": {"approved": "boolean", "modifications": "string (optional)"},
    "source_review": {"included_domains": ["string"], "excluded_domains": ["string"]},
    "outline_review": {"approved": "boolean", "modifications": "string (optional)"},
}


def data(kind: str, report: DemoReport, steps: int) -> Body:
    """Return the checkpoint's data, made of the report that the task will write."""
    makers: dict[str, Any] = {
        "planning_questions": _questions,
        "plan_review": lambda: _plan(report, steps),
        "source_review": lambda: _domains(report),
        "outline_review": lambda: _outline(report),
    }
    made: Body = makers[kind]()
    return made


def expected(kind: str) -> Body:
    """Return a sketch of the expected response."""
    return _EXPECTED[kind]


def _questions() -> Body:
    return {
        "questions": [
            {"question": "Who will read this report?", "context": "Decides how much is explained."},
            {"question": "Which period should it cover?", "context": "Sources go back several decades."},
            {"question": "Is anything out of scope?"},
        ]
    }


def _plan(report: DemoReport, steps: int) -> Body:
    areas = report.headings[:6] or [report.title]
    listed = "\n".join(f"{number}. {area}" for number, area in enumerate(areas, start=1))
    plan = f"## Plan\n\n{listed}\n\nPrimary sources first; **every figure** gets a source."
    return {"plan": plan, "research_areas": areas, "estimated_steps": steps}


def _domains(report: DemoReport) -> Body:
    counted = Counter(source.host for source in report.sources)
    domains = []
    for place, (host, count) in enumerate(counted.most_common(12)):
        score = round(max(0.31, 0.94 - place * 0.06), 2)
        advice = "include" if score >= 0.5 else "exclude"
        domains.append(
            {"domain": host, "source_count": count, "avg_relevance_score": score, "ai_recommendation": advice}
        )
    return {"domains": domains}


def _outline(report: DemoReport) -> Body:
    sections = report.headings or [report.title]
    outline = f"# {report.title}\n\n" + "\n\n".join(f"## {section}" for section in sections)
    return {"outline": outline, "sections": sections}
