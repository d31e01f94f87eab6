"""A reader that raises only `BadAnswer`: wraps another reader and turns all its other exceptions into it.

A response is foreign, and so may be the reader. An exception of any other kind would lose the response, end `new`
with a traceback, or make an unknown outcome look like a failure.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from tui.domain.actions import Action, Outcome
from tui.domain.detail import Detail, Json
from tui.domain.errors import BadAnswer
from tui.domain.frozen import frozen
from tui.domain.provider import Draft
from tui.domain.task import Task
from tui.providers.protocol import Page, Reader


@frozen
class TotalReader:
    """Wraps the reader `inner`."""

    inner: Reader

    def recognises(self, value: Mapping[str, Json]) -> int:
        """See `Reader`."""
        with _total():
            return self.inner.recognises(value)

    def read_task(self, body: bytes, *, remote_id: str | None, received_at: datetime, traced: bool = True) -> Detail:
        """See `Reader`."""
        with _total():
            return self.inner.read_task(body, remote_id=remote_id, received_at=received_at, traced=traced)

    def read_page(self, body: bytes, *, received_at: datetime, cursor: str | None = None) -> Page:
        """See `Reader`."""
        with _total():
            return self.inner.read_page(body, received_at=received_at, cursor=cursor)

    def read_created(self, body: bytes, *, draft: Draft, received_at: datetime) -> Task:
        """See `Reader`; after a response that cannot be read, the task may have been started all the same."""
        with _total(outcome_unknown=True):
            return self.inner.read_created(body, draft=draft, received_at=received_at)

    def read_outcome(
        self, action: Action, body: bytes, *, received_at: datetime, remote_id: str | None = None
    ) -> Outcome:
        """See `Reader`; after a response that cannot be read, the action may have been carried out all the same."""
        with _total(outcome_unknown=True):
            return self.inner.read_outcome(action, body, received_at=received_at, remote_id=remote_id)


@contextmanager
def _total(*, outcome_unknown: bool = False) -> Iterator[None]:
    try:
        yield
    except BadAnswer:
        raise
    except Exception as error:
        raise BadAnswer(
            f"the answer could not be read ({type(error).__name__})", outcome_unknown=outcome_unknown
        ) from error
