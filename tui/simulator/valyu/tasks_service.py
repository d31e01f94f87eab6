"""The simulated Valyu as batches and edits see it."""

from abc import abstractmethod
from typing import Any

from starlette.requests import Request

from tui.simulator.json_body import Body
from tui.simulator.service import Service
from tui.simulator.tasks import SimTask
from tui.simulator.valyu.task_view import ValyuTaskView


class ValyuTasks(Service):
    """The protocol of the service for batches and edits."""

    @property
    @abstractmethod
    def pace(self) -> str:
        """Return the seconds after which a client should poll again, for the header."""

    @abstractmethod
    def charge(self, mode: str, count: int = 1) -> None:
        """Charge `count` tasks; refuses if the balance is too low."""

    @abstractmethod
    def begin(self, prompt: str, body: Body, *, age: float = 0.0, **traits: Any) -> SimTask:
        """Start a task created `age` simulated seconds ago."""

    @abstractmethod
    def view(self, task: SimTask, request: Request | None = None, late: float = 0.0) -> ValyuTaskView:
        """Return a task as it appears now."""

    @abstractmethod
    def find(self, request: Request) -> ValyuTaskView:
        """Return the task that a request names; refuses with 404."""

    @abstractmethod
    def happen(self, view: ValyuTaskView, kind: str, **data: Any) -> None:
        """Record a client's event on a task."""
