"""The demo's runs at Parallel."""

from tui.simulator.demo_data import ReportPool
from tui.simulator.parallel.api import Parallel

_MINUTE, _HOUR = 60.0, 3600.0


def populate(service: Parallel, pool: ReportPool) -> None:
    """Add runs in every state."""

    def seed(script: str, processor: str, age: float, spec: object = None) -> None:
        report = pool.structured if spec else pool.next()
        wanted = spec or {"output_schema": {"type": "text"}}
        body = {"input": report.brief, "processor": processor, "enable_events": True, "task_spec": wanted}
        service.begin(body, age=age, script=script, content=report.slug)

    seed("done", "ultra", 30 * _HOUR)
    seed("unmarked", "core", 9 * _HOUR)
    seed("done", "pro", 5 * _HOUR, {"output_schema": {"type": "json", "json_schema": pool.schema}})
    seed("warnings", "pro-fast", 4 * _HOUR)
    seed("failed", "ultra", 2 * _HOUR)
    seed("action-required", "pro", 50 * _MINUTE)
    seed("done", "ultra", 4 * _MINUTE)
    seed("done", "ultra8x", 1 * _MINUTE)
