"""Parallel's endpoints: runs with input, result and events. There is no list, no cancel and no delete."""

import re
from collections.abc import AsyncIterator, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.checks import Violation, validation_detail
from tui.simulator.clock import iso
from tui.simulator.events import event_stream, follow, frame
from tui.simulator.json_body import Refusal, answer
from tui.simulator.parallel.groups import Groups
from tui.simulator.parallel.outputs import SCRIPTS, messages, output, stats
from tui.simulator.parallel.requests import RUN_INPUT
from tui.simulator.parallel.runs import Runs
from tui.simulator.tasks import SimTask

_GONE_OR_FAILED = "Run failed or run id not found"
_ENDED = frozenset({"completed", "failed", "cancelled"})


class Parallel(Runs):
    """The Task API of api.parallel.ai."""

    def routes(self) -> Sequence[Route]:
        """The endpoints; events are at their old address, too."""
        runs = "/v1/tasks/runs"
        return [
            Route(runs, self.guarded(self.create), methods=["POST"]),
            Route(runs + "/{task}", self.guarded(self.get), methods=["GET"]),
            Route(runs + "/{task}/input", self.guarded(self.input), methods=["GET"]),
            Route(runs + "/{task}/result", self.guarded(self.result), methods=["GET"]),
            Route(runs + "/{task}/events", self.guarded(self.events), methods=["GET"]),
            Route("/v1beta/tasks/runs/{task}/events", self.guarded(self.events), methods=["GET"]),
            *Groups(self).routes(),
        ]

    async def create(self, request: Request) -> Response:
        """Start a run."""
        return answer(self.run(self.begin(await self.body_of(request, RUN_INPUT))), 202)

    def misfit(self, findings: list[Violation]) -> Refusal:
        """Return a validation error: FastAPI's, inside an error object."""
        body = self.envelope(422, self.texts[422])
        body["error"]["detail"] = {"errors": validation_detail(findings)["detail"]}
        return Refusal(422, body)

    async def get(self, request: Request) -> Response:
        """Return a run, which never includes its output."""
        return answer(self.run(self.known(request)))

    async def input(self, request: Request) -> Response:
        """Return the input of a run."""
        return answer(self.known(request).request)

    async def result(self, request: Request) -> Response:
        """Return the output after waiting up to `timeout` real seconds; a failed run is answered as an unknown one."""
        task = self.tasks.get(request.path_params["task"])
        given = request.query_params.get("timeout", "600")
        if not re.fullmatch(r"-?\d{1,12}", given):
            raise self.refusal(422)
        if task is None or self.setting.faults.find(self.name, "vanish"):
            raise self.refusal(404, _GONE_OR_FAILED)
        async for _ in follow(list, lambda: self.moment(task).ended is not None, longest=float(given)):
            pass
        ended = self.moment(task).ended
        if ended == "completed":
            return answer({"run": self.run(task), "output": output(task, self.report(task))})
        raise self.refusal(404, _GONE_OR_FAILED) if ended in _ENDED else self.refusal(408)

    async def events(self, request: Request) -> Response:
        """Stream the state and all messages; of an inactive run one frame."""
        task = self.known(request)

        async def stream() -> AsyncIterator[bytes]:
            yield b": keep-alive\n\n"
            yield self._state(task)
            if self.moment(task).ended is not None:
                return
            async for piece in follow(lambda: self._frames(task), lambda: self.moment(task).ended is not None):
                yield piece
            yield self._state(task)

        return event_stream(stream())

    def _state(self, task: SimTask) -> bytes:
        done = self.moment(task).ended == "completed"
        found = {"type": "task_run.state", "event_id": None, "input": None, "run": self.run(task)}
        return frame("task_run.state", found | {"output": output(task, self.report(task)) if done else None})

    def _frames(self, task: SimTask) -> list[bytes]:
        """Yield the messages so far, and statistics after every fourth."""
        share, report, course = self.moment(task).share, self.report(task), SCRIPTS[task.script]
        frames = []
        for number, (at, kind, said) in enumerate(messages(report, share)):
            moment = task.created + course.queued + at * course.seconds
            event = f"task_run.progress_msg.{kind}"
            told = {"type": event, "message": said, "timestamp": iso(self.clock.stamp(moment), "microseconds")}
            frames.append(frame(event, told))
            if number % 4 == 3:
                frames.append(frame("task_run.progress_stats", stats(report, at)))
        return frames


SERVICE = Parallel
