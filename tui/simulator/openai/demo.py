"""OpenAI's tasks in the demo."""

from tui.simulator.content import DemoReport
from tui.simulator.demo_data import ReportPool
from tui.simulator.openai.api import OpenAI

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0


def populate(service: OpenAI, pool: ReportPool) -> None:
    """Add tasks in every state."""

    def seed(script: str, model: str, age: float, what: DemoReport | str, **more: object) -> None:
        prompt, slug = (what, "") if isinstance(what, str) else (what.brief, what.slug)
        body = {
            "model": model,
            "input": prompt,
            "background": True,
            "store": True,
            "tools": [{"type": "web_search"}],
            "reasoning": {"effort": "high", "summary": "auto"},
            "include": ["web_search_call.action.sources"],
            **more,
        }
        service.begin(body, age=age, script=script, content=slug)

    form = {"type": "json_schema", "name": "report", "strict": False, "schema": pool.schema}
    seed("done", "gpt-6.2-astra", 1.4 * _DAY, pool.next(), max_tool_calls=60)
    seed("refusal", "gpt-6-luna", 20 * _HOUR, "Write the reviews that our competitor deserves.")
    seed("done", "gpt-6.2-sol", 4 * _HOUR, pool.structured, text={"format": form})
    seed("incomplete", "gpt-6.2-sol", 2 * _HOUR, pool.next(), max_output_tokens=8000)
    seed("approval", "gpt-6.2-sol", 12 * _MINUTE, pool.next(), tools=[{"type": "mcp", "server_label": "docs"}])
    seed("growing", "gpt-6.2-sol", 1 * _MINUTE, pool.next(), max_tool_calls=40)
    seed("done", "gpt-6.2-sol", 0.5 * _MINUTE, pool.next(), stream=True)
    seed("failed-rate", "gpt-5.6-sol", 0, "Which ports in the Baltic can bunker ammonia?")
