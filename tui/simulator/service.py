"""The base of all simulated services: key check, tasks, clock, faults, routing with the service's own refusals."""

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.checks import Schema, Violation, check, validation_detail
from tui.simulator.clock import SimulatedClock
from tui.simulator.content import DemoReport, ReportLibrary
from tui.simulator.course import Course, Moment
from tui.simulator.events import event_stream, follow
from tui.simulator.faults import Faults
from tui.simulator.json_body import Body, Refusal, answer, new_uuid, read_json
from tui.simulator.tasks import Event, SimTask, Tasks, asked_for

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Setting:
    """The parts that the services of one simulator share."""

    clock: SimulatedClock
    library: ReportLibrary
    faults: Faults
    random: Random


_TEXTS = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Request Entity Too Large",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Service(ABC):
    """The API of one provider over one set of tasks.

    Attributes:
        name: the provider's; the service answers below "/name".
        key_variable, url_variable: what `simulate` prints for a client to use.
        key_prefix: of throw-away keys.
        key_header: header of the key in lower case; "authorization" wants "Bearer".
        creates: (method, path) of requests that start a task, for "exactly one" checks and the faults of creates.
        adds: the same as patterns, for requests that start several at once.
        texts: what the service says to a status, where it is not the usual text.
        no_json: status and text of the refusal of a body that is no JSON.
        scripts: the timelines of tasks by name.
        usual: the script of a task whose prompt names none.
        cut_by: kinds of events by which a client ends a task.
    """

    name: ClassVar[str]
    key_variable: ClassVar[str]
    url_variable: ClassVar[str]
    key_prefix: ClassVar[str] = "sim-"
    key_header: ClassVar[str] = "x-api-key"
    creates: ClassVar[tuple[tuple[str, str], ...]] = ()
    adds: ClassVar[tuple[tuple[str, str], ...]] = ()
    texts: ClassVar[Mapping[int, str]] = {}
    no_json: ClassVar[tuple[int, str | None]] = (422, "JSON decode error")
    scripts: ClassVar[Mapping[str, Any]] = {}
    usual: ClassVar[str] = "done"
    cut_by: ClassVar[tuple[str, ...]] = ("cancel",)

    def __init__(self, setting: Setting, key: str) -> None:
        self.setting = setting
        self.clock = setting.clock
        self.key = key
        self.tasks = Tasks()

    @abstractmethod
    def routes(self) -> Sequence[Route]:
        """The endpoints."""

    def envelope(self, status: int, text: str) -> Body:
        """Return an error body; FastAPI's unless a service has its own."""
        if status == 422:
            return {"detail": [{"type": "value_error", "loc": ["body"], "msg": text, "input": None}]}
        return {"detail": text}

    def refusal(self, status: int, text: str | None = None) -> Refusal:
        """Return the service's response for `status`, with its usual text unless one is given."""
        return Refusal(status, self.envelope(status, text or {**_TEXTS, **self.texts}.get(status, "Error")))

    def authorized(self, request: Request) -> bool:
        """Whether the request has this service's key in the right header."""
        wanted = f"Bearer {self.key}" if self.key_header == "authorization" else self.key
        return request.headers.get(self.key_header) == wanted

    async def body_of(self, request: Request, schema: Schema) -> Body:
        """The JSON body of a request that fits a schema; every other one is refused."""
        try:
            body: Body = await read_json(request)
        except ValueError:
            raise self.refusal(*self.no_json) from None
        if findings := list(check(body, schema)):
            raise self.misfit(findings)
        return body

    def misfit(self, findings: list[Violation]) -> Refusal:
        """Return the error for an invalid body; FastAPI's unless a service has its own."""
        return Refusal(422, validation_detail(findings))

    def known(self, request: Request) -> SimTask:
        """Return the task that the `{task}` of a path names.

        Raises:
            Refusal: 404: it never was, or it is forgotten.
        """
        task = self.tasks.get(request.path_params["task"])
        if task is None or self.forgotten(task) or self.setting.faults.find(self.name, "vanish"):
            raise self.refusal(404)
        return task

    def forgotten(self, task: SimTask) -> bool:
        """Whether the service does not know a task any more."""
        return False

    def is_create(self, method: str, path: str) -> bool:
        """Whether a request starts a task."""
        return (method, path.rstrip("/")) in self.creates

    def starts(self, method: str, path: str) -> bool:
        """Whether a request starts one task or several."""
        added = any(method == one and re.fullmatch(pattern, path.rstrip("/")) for one, pattern in self.adds)
        return added or self.is_create(method, path)

    def pace(self, task: SimTask) -> float:
        """Return how many times as long as its script says a task takes."""
        return 1.0

    def moment(self, task: SimTask) -> Moment:
        """Return the state of a task now, at a service whose scripts are courses."""
        course: Course = self.scripts[task.script]
        return course.at(
            self.elapsed(task), variety=task.spread(0.85, 1.15) * self.pace(task), cut=self.cut_short(task)
        )

    def cut_short(self, task: SimTask) -> tuple[float, str] | None:
        """Return the first event by which a client ended a task, as `Course.at` takes it."""
        return next(((event.at, event.kind) for event in task.events if event.kind in self.cut_by), None)

    def live(self, task: SimTask, frames: Callable[[], Sequence[bytes]], *, longest: float = 570.0) -> Response:
        """Return the event stream of a task: its frames as they come, until it has ended."""
        return event_stream(follow(frames, lambda: self.moment(task).ended is not None, longest=longest))

    def note(self, task: SimTask, kind: str, **data: Any) -> SimTask:
        """Record a client's event on a task, now."""
        return self.tasks.happen(task, Event(self.clock.now() - task.created, kind, data))

    def application(self) -> Starlette:
        """Return the endpoints as an ASGI application with the service's own refusals."""

        async def refuse(_: Request, refusal: Exception) -> Response:
            assert isinstance(refusal, Refusal)
            return answer(refusal.body, refusal.status, refusal.headers)

        async def no_route(request: Request, problem: Exception) -> Response:
            assert isinstance(problem, HTTPException)
            refusal = self.refusal(problem.status_code, problem.detail)
            return await refuse(request, Refusal(refusal.status, refusal.body, problem.headers))

        return Starlette(routes=[*self.routes()], exception_handlers={Refusal: refuse, HTTPException: no_route})

    def guarded(self, handler: Handler) -> Handler:
        """Return the handler behind the key check."""

        async def checked(request: Request) -> Response:
            if not self.authorized(request):
                raise self.refusal(401)
            return await handler(request)

        return checked

    def elapsed(self, task: SimTask) -> float:
        """Return the task's age in simulated seconds, as the faults let it appear."""
        return self.setting.faults.seen(self.name, task.id, self.clock.now() - task.created)

    def report(self, task: SimTask) -> DemoReport:
        """Return the report that this task will deliver."""
        wanted = self.setting.library.reports.get(task.traits.get("content", ""))
        return wanted or self.setting.library.choose(task.prompt, task.grain)

    def start(
        self, prompt: str, request: Body, script: str | None = None, *, age: float = 0.0, **traits: Any
    ) -> SimTask:
        """Create a task, `age` simulated seconds ago, with a script: by default the one that the prompt names."""
        script = script or asked_for(prompt, self.scripts, self.usual)
        task_id = traits.pop("id", None) or new_uuid(self.setting.random)
        return self.tasks.add(SimTask(task_id, self.clock.now() - age, prompt, request, script, traits=traits))
