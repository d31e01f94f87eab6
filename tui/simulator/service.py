"""What the three services have in common: key, tasks, clock, moods (faults) and routing with their own refusals."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.clock import SimulatedClock
from tui.simulator.content import DemoReport, ReportLibrary
from tui.simulator.faults import Faults
from tui.simulator.json_body import Body, Refusal, answer, new_uuid
from tui.simulator.tasks import SimTask, Tasks

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the services of one simulator share."""

    clock: SimulatedClock
    library: ReportLibrary
    faults: Faults
    random: Random


class Service(ABC):
    """One provider's API over one set of tasks."""

    name: str

    def __init__(self, setting: Setting, key: str) -> None:
        self.setting = setting
        self.clock = setting.clock
        self.key = key
        self.tasks = Tasks()

    @abstractmethod
    def routes(self) -> Sequence[Route]:
        """The endpoints."""

    @abstractmethod
    def refusal(self, status: int, text: str | None = None) -> Refusal:
        """This provider's way to say `status`, with its usual text unless one is given."""

    @abstractmethod
    def authorized(self, request: Request) -> bool:
        """Whether the request carries this provider's key in the right header."""

    def application(self) -> Starlette:
        """The endpoints as an ASGI application that refuses in this provider's words."""

        async def refuse(_: Request, refusal: Exception) -> Response:
            assert isinstance(refusal, Refusal)
            return answer(refusal.body, refusal.status, refusal.headers)

        async def no_route(request: Request, problem: Exception) -> Response:
            assert isinstance(problem, HTTPException)
            refusal = self.refusal(problem.status_code, problem.detail)
            return await refuse(request, Refusal(refusal.status, refusal.body, problem.headers))

        return Starlette(routes=[*self.routes()], exception_handlers={Refusal: refuse, HTTPException: no_route})

    def guarded(self, handler: Handler) -> Handler:
        """The handler behind the key check."""

        async def checked(request: Request) -> Response:
            if not self.authorized(request):
                raise self.refusal(401)
            return await handler(request)

        return checked

    def elapsed(self, task: SimTask) -> float:
        """Simulated seconds this task has lived, as far as the faults let it be seen."""
        return self.setting.faults.seen(self.name, task.id, self.clock.now() - task.created)

    def report(self, task: SimTask) -> DemoReport:
        """The report this task will deliver."""
        wanted = self.setting.library.reports.get(task.traits.get("content", ""))
        return wanted or self.setting.library.choose(task.prompt, task.grain)

    def start(self, prompt: str, request: Body, script: str, *, age: float = 0.0, **traits: Any) -> SimTask:
        """Create a task, `age` simulated seconds ago."""
        task_id = traits.pop("id", None) or new_uuid(self.setting.random)
        return self.tasks.add(SimTask(task_id, self.clock.now() - age, prompt, request, script, traits=traits))
