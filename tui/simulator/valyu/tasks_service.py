"""The tasks of the simulated Valyu, under its endpoints: charged, started, shown, found."""

from typing import Any

from starlette.requests import Request

from tui.simulator.json_body import Body
from tui.simulator.service import Service
from tui.simulator.tasks import Event, SimTask
from tui.simulator.valyu import requests
from tui.simulator.valyu.scripts import PATIENCE, SCRIPTS, checkpoints, duration, moment
from tui.simulator.valyu.task_view import PRICES, ValyuTaskView


class ValyuTasks(Service):
    """What the endpoints of tasks, batches and edits share."""

    name = "valyu"
    scripts, usual = SCRIPTS, "standard"
    balance = 100_000.0

    def charge(self, mode: str, count: int = 1) -> None:
        """Charge `count` tasks of a mode.

        Raises:
            Refusal: 402 when the balance is too low; then nothing is taken.
        """
        price = PRICES[mode] * count
        if price > self.balance:
            text = f"Insufficient credits: ${price:.2f} required, ${self.balance:.2f} available"
            raise self.refusal(402, text)
        self.balance -= price

    def begin(self, prompt: str, body: Body, *, age: float = 0.0, **traits: Any) -> SimTask:
        """Start a task with the script that the prompt names, unless `traits` name one."""
        request = {**body, "mode": requests.mode_of(body), "output_formats": body.get("output_formats") or ["markdown"]}
        traits.setdefault("patience", self.clock.span(PATIENCE))
        return self.start(prompt, request, age=age, **traits)

    def view(self, task: SimTask, request: Request | None = None, late: float = 0.0) -> ValyuTaskView:
        """Return the task as it appears now, or `late` simulated seconds ago."""
        script, elapsed = SCRIPTS[task.script], self.elapsed(task) - late
        now = moment(
            script,
            duration(script, task.request["mode"], task.spread(0.85, 1.15)),
            elapsed,
            stops=checkpoints(script, task.request.get("hitl")),
            events=task.events,
            patience=task.traits["patience"],
            delay=task.traits.get("delay", 0.0),
        )
        base = f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}" if request else ""
        return ValyuTaskView(task, now, elapsed, self.clock, self.report(task), base, self.key)

    def find(self, request: Request) -> ValyuTaskView:
        """Return the task that a path names.

        Raises:
            Refusal: 404.
        """
        return self.view(self.known(request), request)

    @property
    def polled_every(self) -> str:
        """Return the seconds until the next poll: 5, less when time runs faster."""
        return str(max(1, min(5, round(30 / self.clock.speed))))

    def happen(self, view: ValyuTaskView, kind: str, **data: Any) -> None:
        """Record an event on a task, now."""
        self.tasks.happen(view.task, Event(view.elapsed, kind, data))
