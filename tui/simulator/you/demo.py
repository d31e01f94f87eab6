"""You.com's tasks in the demo: reports by position, one with a warning, fields, one that fails."""

from tui.simulator.content import DemoReport
from tui.simulator.demo_data import ReportPool
from tui.simulator.service import Service
from tui.simulator.you.api import You

_MINUTE, _HOUR = 60.0, 3600.0


def populate(service: Service, pool: ReportPool) -> None:
    """Add the tasks."""
    assert isinstance(service, You)

    def seed(script: str, effort: str, age: float, what: DemoReport | str, **more: object) -> None:
        text, slug = (what, "") if isinstance(what, str) else (what.brief, what.slug)
        body = {"input": text, "research_effort": effort, "background": True, **more}
        service.start(text, body, age=age, script=script, content=slug)

    seed("done", "exhaustive", 8 * _HOUR, pool.next())
    seed("warned", "deep", 4 * _HOUR, pool.next())
    seed("done", "deep", 2 * _HOUR, pool.structured, output_schema=pool.schema)
    seed("failed", "standard", 45 * _MINUTE, "Which ports publish berth occupancy by the hour?")
    seed("done", "frontier", 2 * _MINUTE, pool.next())
