"""Gemini's tasks in the demo: running, planned, finished, asked about, ended early."""

from tui.simulator.demo_data import ReportPool
from tui.simulator.gemini.api import DEFAULT_AGENT, Gemini
from tui.simulator.json_body import Body

_MAX = "deep-research-max-preview-04-2026"
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0


def populate(service: Gemini, pool: ReportPool) -> None:
    """Add the tasks; the same seed makes the same ones."""

    def seed(script: str, age: float, agent: str = DEFAULT_AGENT, prompt: str = "", **more: object) -> str:
        report = pool.next()
        config = {"type": "deep-research", "thinking_summaries": "auto", **more}
        request: Body = {"agent": agent, "background": True, "agent_config": config}
        return service.begin(prompt or report.brief, request, age=age, script=script, content=report.slug).id

    seed("quiet", 20 * _HOUR)
    whole = seed("research", 3 * _HOUR, _MAX)
    model = {"model": "gemini-3.8-flash", "previous_interaction_id": whole}
    service.begin("Which of these findings is the least certain?", model, age=2 * _HOUR)
    seed("failed", 90 * _MINUTE, prompt="Find every recall of induction hobs in the Nordic countries since 2020.")
    seed("incomplete", 40 * _MINUTE)
    seed("research", 4 * _MINUTE)
    seed("plan", 2 * _MINUTE, collaborative_planning=True)
    seed("picture", 1 * _MINUTE)
    seed("budget", 30.0, _MAX)
    seed("research", 0.0)
