"""What batches and edits use of the simulated Valyu: its tasks as they stand, and what happens to them."""

from abc import abstractmethod
from typing import Any

from starlette.requests import Request

from tui.simulator.json_body import Body
from tui.simulator.service import Service
from tui.simulator.tasks import SimTask
from tui.simulator.valyu.task_view import ValyuTaskView


class ValyuTasks(Service):
    """The part of the service that batches and edits know."""

    @property
    @abstractmethod
    def pace(self) -> str:
        """Seconds after which a client should ask again, as the header says it."""

    @abstractmethod
    def charge(self, mode: str, count: int = 1) -> None:
        """Take what `count` tasks cost from the balance; refuses where it is not enough."""

    @abstractmethod
    def begin(self, prompt: str, body: Body, *, age: float = 0.0, **traits: Any) -> SimTask:
        """Start a task as if `age` simulated seconds ago."""

    @abstractmethod
    def view(self, task: SimTask, request: Request | None = None, late: float = 0.0) -> ValyuTaskView:
        """Return a task as it stands."""

    @abstractmethod
    def find(self, request: Request) -> ValyuTaskView:
        """Return the task that a request names; refuses with 404."""

    @abstractmethod
    def happen(self, view: ValyuTaskView, kind: str, **data: Any) -> None:
        """Note what a client did to a task."""
