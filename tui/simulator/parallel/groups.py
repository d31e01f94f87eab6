"""Groups of runs: created empty, filled, read as a snapshot, followed by events with a cursor."""

from collections import Counter
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.simulator.checks import record, rows
from tui.simulator.clock import iso
from tui.simulator.events import at_once, event_stream, follow, frame
from tui.simulator.json_body import Body, answer
from tui.simulator.parallel.outputs import output
from tui.simulator.parallel.requests import METADATA, RUN_INPUT, SPEC
from tui.simulator.parallel.runs import Runs
from tui.simulator.tasks import SimTask

_MOST = 1000


class Groups:
    """The groups of one simulated Parallel."""

    def __init__(self, service: Runs) -> None:
        self.service = service
        self.made: dict[str, Body] = {}

    def routes(self) -> Sequence[Route]:
        """The endpoints."""
        guarded, groups = self.service.guarded, "/v1/tasks/groups"
        return [
            Route(groups, guarded(self.create), methods=["POST"]),
            Route(groups + "/{group}", guarded(self.get), methods=["GET"]),
            Route(groups + "/{group}/runs", guarded(self.add), methods=["POST"]),
            Route(groups + "/{group}/runs", guarded(self.snapshot), methods=["GET"]),
            Route(groups + "/{group}/runs/{run}", guarded(self.one), methods=["GET"]),
            Route(groups + "/{group}/events", guarded(self.events), methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """Create an empty group."""
        body = await self.service.body_of(request, record(metadata=METADATA))
        group = f"tgrp_{self.service.setting.random.getrandbits(160):040x}"
        made = iso(self.service.clock.stamp(self.service.clock.now()), "microseconds")
        self.made[group] = {"taskgroup_id": group, "metadata": body.get("metadata"), "created_at": made}
        return answer(self._body(group))

    async def get(self, request: Request) -> Response:
        """Return the counts by status."""
        return answer(self._body(self._known(request)))

    async def add(self, request: Request) -> Response:
        """Start runs in a group; ids come in the order of the inputs."""
        group = self._known(request)
        wanted = record("inputs", inputs=rows(RUN_INPUT, most=_MOST), default_task_spec=SPEC)
        body = await self.service.body_of(request, wanted)
        spec = body.get("default_task_spec")
        runs = [
            self.service.begin(({"task_spec": spec} if spec else {}) | given, group=group) for given in body["inputs"]
        ]
        cursor = str(1000 + len(self._runs(group)))
        ids = [run.id for run in runs]
        return answer({"status": self._status(group), "run_ids": ids, "run_cursor": cursor, "event_cursor": cursor})

    async def snapshot(self, request: Request) -> Response:
        """Return every run of a group, as events."""
        group, query = self._known(request), request.query_params
        after = query.get("last_event_id", "")
        frames = []
        for number, task in enumerate(self._runs(group), 1001):
            run = self.service.run(task)
            if query.get("status", run["status"]) != run["status"] or (after.isdecimal() and number <= int(after[:9])):
                continue
            with_output = query.get("include_output") == "true" and run["status"] == "completed"
            frames.append(self._state(task, number, with_input=query.get("include_input") == "true", full=with_output))
        return event_stream(at_once(frames))

    async def one(self, request: Request) -> Response:
        """One run of a group."""
        group = self._known(request)
        task = next((one for one in self._runs(group) if one.id == request.path_params["run"]), None)
        if task is None:
            raise self.service.refusal(404)
        return answer(self.service.run(task))

    async def events(self, request: Request) -> Response:
        """Stream counts, then the end of each run, until all have ended."""
        group = self._known(request)
        given = request.query_params.get("timeout", "570")
        longest = min(float(given), 570.0) if given.replace(".", "", 1).isdecimal() else 0.0

        def so_far() -> list[bytes]:
            status = {"type": "task_group_status", "event_id": "1000", "status": self._status(group)}
            ended = [
                (number, task)
                for number, task in enumerate(self._runs(group), 1001)
                if self.service.moment(task).ended is not None
            ]
            frames = [frame("task_group_status", status)]
            return frames + [self._state(task, number, with_input=False, full=False) for number, task in ended]

        return event_stream(follow(so_far, lambda: not self._status(group)["is_active"], longest=longest))

    def _state(self, task: SimTask, number: int, *, with_input: bool, full: bool) -> bytes:
        found = {
            "type": "task_run.state",
            "event_id": str(number),
            "input": task.request if with_input else None,
            "run": self.service.run(task),
            "output": output(task, self.service.report(task)) if full else None,
        }
        return frame("task_run.state", found)

    def _known(self, request: Request) -> str:
        group: str = request.path_params["group"]
        if group not in self.made:
            raise self.service.refusal(404, "TaskGroup not found")
        return group

    def _runs(self, group: str) -> list[SimTask]:
        return [task for task in self.service.tasks if task.traits.get("group") == group]

    def _status(self, group: str) -> Body:
        counts = Counter(self.service.run(task)["status"] for task in self._runs(group))
        active = any(self.service.moment(task).ended is None for task in self._runs(group))
        return {
            "num_task_runs": sum(counts.values()),
            "task_run_status_counts": dict(counts),
            "is_active": active,
            "status_message": None,
            "modified_at": self.made[group]["created_at"],
        }

    def _body(self, group: str) -> Body:
        return self.made[group] | {"status": self._status(group)}
