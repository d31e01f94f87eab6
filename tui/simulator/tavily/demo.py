"""Tavily's tasks in the demo: numbered reports with and without a list, an author-date one, one without sources."""

from tui.simulator.content import DemoReport
from tui.simulator.demo_data import ReportPool
from tui.simulator.service import Service
from tui.simulator.tavily.api import Tavily

_MINUTE, _HOUR = 60.0, 3600.0


def populate(service: Service, pool: ReportPool) -> None:
    """Add the tasks."""
    assert isinstance(service, Tavily)

    def seed(script: str, model: str, age: float, what: DemoReport | str, **more: object) -> None:
        text, slug = (what, "") if isinstance(what, str) else (what.brief, what.slug)
        service.start(text, {"input": text, "model": model, **more}, age=age, script=script, content=slug)

    seed("done", "pro", 9 * _HOUR, pool.next())
    seed("unlisted", "pro", 3 * _HOUR, pool.next())
    seed("done", "mini", 2 * _HOUR, pool.next(), citation_format="apa")
    seed("failed", "auto", 30 * _MINUTE, "What do rural bus lines cost per kilometre in six countries?")
    seed("done", "pro", 1 * _MINUTE, pool.next())
