"""The demo's runs at Perplexity."""

from tui.simulator.demo_data import ReportPool
from tui.simulator.perplexity.api import Perplexity
from tui.simulator.tasks import Event

_MINUTE, _HOUR = 60.0, 3600.0


def populate(service: Perplexity, pool: ReportPool) -> None:
    """Add runs in every state."""

    def seed(script: str, preset: str, age: float, **asked: object) -> None:
        report = pool.structured if asked else pool.next()
        body = {"input": report.brief, "preset": preset, "background": True, **asked}
        service.begin(report.brief, body, age=age, script=script, content=report.slug)

    seed("done", "high", 26 * _HOUR)
    seed("web-markers", "xhigh", 7 * _HOUR)
    seed("files", "high", 3 * _HOUR)
    seed("failed", "medium", 2 * _HOUR)
    schema = {"type": "json_schema", "json_schema": {"name": "report", "schema": pool.schema}}
    seed("done", "medium", 40 * _MINUTE, response_format=schema)
    seed("approval", "high", 12 * _MINUTE)
    seed("done", "xhigh", 1 * _MINUTE)
    stopped = pool.next()
    body = {"input": stopped.brief, "preset": "high", "background": True}
    task = service.begin(stopped.brief, body, age=_HOUR, script="done", content=stopped.slug)
    service.tasks.happen(task, Event(90.0, "cancel"))
