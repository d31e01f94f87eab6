"""Exa's tasks in the demo: prose and fields, a run that is stopped, one that is cut short, one that fails."""

from tui.simulator.content import DemoReport
from tui.simulator.demo_data import ReportPool
from tui.simulator.exa.api import Exa
from tui.simulator.service import Service

_MINUTE, _HOUR = 60.0, 3600.0


def populate(service: Service, pool: ReportPool) -> None:
    """Add the tasks."""
    assert isinstance(service, Exa)

    def seed(script: str, effort: str, age: float, what: DemoReport | str, **more: object) -> None:
        query, slug = (what, "") if isinstance(what, str) else (what.brief, what.slug)
        service.begin({"query": query, "effort": effort, **more}, age=age, script=script, content=slug)

    seed("done", "high", 7 * _HOUR, pool.next())
    seed("done", "medium", 5 * _HOUR, pool.structured, outputSchema=pool.schema)
    seed("budget", "auto", 90 * _MINUTE, pool.next(), budget={"maxCostDollars": 1})
    seed("failed", "high", 40 * _MINUTE, "Which airports charge for electric ground equipment, and how much?")
    seed("done", "ultra", 3 * _MINUTE, pool.next())
    seed("done", "xhigh", 1 * _MINUTE, pool.next())
