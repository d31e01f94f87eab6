"""The demo: tasks in every state, timed so that much happens in the first minute at `DEMO_SPEED`."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import cycle

from tui.simulator.app import Simulation
from tui.simulator.content import DemoReport
from tui.simulator.json_body import Body
from tui.simulator.tasks import Event

DEMO_SPEED = 20.0
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
_READING_LIST: Body = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["title", "kind"],
        "properties": {"title": {"type": "string"}, "kind": {"enum": ["primary source", "review", "news"]}},
    },
}


def populate(simulation: Simulation) -> None:
    """Fill a simulation with the demo's tasks; the same seed makes the same ones."""
    pool = ReportPool([*simulation.extruct.setting.library.reports.values()])
    _extruct(simulation, pool)
    _yutori(simulation, pool)
    _valyu(simulation, pool)
    for name, service in simulation.services.items():
        if find_spec(f"tui.simulator.{name}.demo") is not None:
            import_module(f"tui.simulator.{name}.demo").populate(service, pool)


class ReportPool:
    """The reports for demo tasks: the longest, the charted, the structured one by name, the others in turn."""

    def __init__(self, reports: list[DemoReport]) -> None:
        self.long = max(reports, key=lambda report: len(report.markdown))
        self.charted = next((report for report in reports if report.charts), self.long)
        self.structured = next((report for report in reports if report.structured), reports[0])
        self.schema: Body = dict((self.structured.structured or {}).get("schema", _READING_LIST))
        special = (self.long, self.charted, self.structured)
        self._others: Iterator[DemoReport] = cycle([report for report in reports if report not in special] or reports)

    def next(self) -> DemoReport:
        """Return the next of the other reports, round and round."""
        return next(self._others)


def _extruct(simulation: Simulation, pool: ReportPool) -> None:
    service = simulation.extruct
    service.credits = 1_500.0

    def seed(script: str, depth: str, age: float, what: DemoReport | str, schema: Body | None = None) -> None:
        brief, slug = (what, "") if isinstance(what, str) else (what.brief, what.slug)
        service.begin(brief, depth, schema, age=age, script=script, content=slug)

    seed("rejected-brief", "medium", 2 * _DAY, "Help me sell more.")
    seed("done", "high", 1.2 * _DAY, pool.next())
    seed("failed-internal", "medium", 20 * _HOUR, "Compare the makers of cryogenic valves in Central Europe.")
    seed("done", "medium", 3 * _HOUR, pool.structured, pool.schema)
    seed("stuck", "high", 50 * _MINUTE, "Who supplies turbine bearings to Nordic hydropower operators?")
    seed("degraded-budget", "high", 8 * _MINUTE, pool.next())
    seed("done", "xhigh", 6 * _MINUTE, pool.next())
    seed(
        "failed-credits",
        "xhigh",
        2 * _MINUTE,
        "Map the decision makers for data centre cooling at six hosting companies.",
    )
    seed("waiting", "medium", 0, pool.next())


def _yutori(simulation: Simulation, pool: ReportPool) -> None:
    service = simulation.yutori

    def seed(script: str, mode: str, age: float, what: DemoReport | str, schema: Body | None = None) -> None:
        query, slug = (what, "") if isinstance(what, str) else (what.brief, what.slug)
        service.begin(query, mode, schema, age=age, script=script, content=slug)

    seed("html", "deep", 1.1 * _DAY, pool.next())
    seed("failed-insufficient-prepaid-balance", "deep", 22 * _HOUR, "What changed in EU battery rules this week?")
    seed("markdown", "fast", 5 * _HOUR, pool.next())
    seed("html", "deep", 3 * _MINUTE, pool.next())
    seed("updates", "deep", 1 * _MINUTE, pool.next())
    seed("structure-pending", "fast", 1 * _MINUTE, pool.next(), _READING_LIST)
    seed("failed-silent", "deep", 0, "Find every public statement on the delay of the tram line extension.")
    seed("waiting", "fast", 0, pool.next())


def _valyu(simulation: Simulation, pool: ReportPool) -> None:
    service = simulation.valyu

    def seed(script: str, mode: str, age: float, what: DemoReport | str, **more: object) -> str:
        query, slug = (what, "") if isinstance(what, str) else (what.brief, what.slug)
        events, patience = more.pop("events", ()), more.pop("patience", service.clock.span(300))
        body = {"mode": mode, "output_formats": ["markdown", "pdf"], **more}
        task = service.begin(query, body, age=age, script=script, content=slug, patience=patience)
        for event in events if isinstance(events, tuple) else ():
            service.tasks.happen(task, event)
        return task.id

    seed("failed", "standard", 2.2 * _DAY, "Summarise the attached filings.")
    seed("standard", "standard", 1.5 * _DAY, pool.next(), events=(Event(420.0, "cancel"),))
    files = ["CSV of all sources", {"type": "xlsx", "description": "Sources as a workbook"}, "A pptx for the board"]
    tools = {"code_execution": True, "charts": True}
    seed("thorough", "max", 1 * _DAY, pool.long, tools=tools, deliverables=files)
    seed("standard", "standard", 4 * _HOUR, pool.charted, tools=tools)
    seed("standard", "fast", 2 * _HOUR, pool.structured, output_formats=[pool.schema])
    seed("outline-review", "heavy", 90 * _MINUTE, pool.next(), patience=5 * _MINUTE)
    seed("source-review", "standard", 11 * _MINUTE, pool.next(), patience=14 * _MINUTE)
    seed("plan-review", "heavy", 7 * _MINUTE, pool.next(), hitl={"plan_review": True})
    seed("planning-questions", "heavy", 0, pool.next(), hitl={"planning_questions": True})
    seed("replanned", "standard", 5 * _MINUTE, pool.next(), tools={"screenshots": True})
    seed("failed-partial", "standard", 2 * _MINUTE, pool.next())
    seed("waiting", "standard", 0, pool.next())
    batch = service.batches.begin({"mode": "fast", "name": "Short versions of standing questions"}, age=_MINUTE)
    queries: list[Body] = [
        {"query": report.brief, "content": report.slug} for report in (pool.next() for _ in range(4))
    ]
    broken: Body = {"query": "Read the three pages given below and compare them.", "script": "failed-early"}
    service.batches.fill(batch, [*queries, broken])
