"""The endpoints of a service as data: requests, and the errors of their responses."""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from tui.domain.actions import Action
from tui.domain.frozen import frozen
from tui.domain.provider import RefusalRules
from tui.domain.task import TaskStatus

ACTIVE = frozenset({TaskStatus.QUEUED, TaskStatus.RUNNING, TaskStatus.WAITING, TaskStatus.CANCELLING})
"""While a task goes on: when a live event stream has something to tell."""
WITH_RESULT = frozenset({TaskStatus.DONE, TaskStatus.PARTIAL})
"""When there should be a report."""
ALWAYS = frozenset(TaskStatus)

BodyOf = Callable[..., Mapping[str, Any] | None]  # (draft) of a create, (action, remote id) of an action; None: no body
QueryOf = Callable[..., Mapping[str, str]]  # the same


@frozen
class Endpoint:
    """One request.

    Attributes:
        method: HTTP method; everything but GET changes something and is sent exactly once.
        path: segments below the base URL and the version. "{id}" stands for the task's (or batch's) remote id, any
            other "{name}" for the attribute `name` of the action. Each is one segment whatever it holds.
        body: makes the JSON body: `body(draft)` for a create, `body(action, remote_id)` for an action.
        query: constant query parameters, or a function like `body`.
        headers: constant headers, or a function like `body` (an idempotency key).
        version: instead of the service's own version segment; "" for none.
        on: what refusals mean here; tried before the service's own rules.
        seconds: deadline of the whole request, where 45 s are not enough (a create that is the run); of a create,
            also a function of the draft.
        asks_first: an action repeats something of its task (the model, the tools): the task is asked for first, and
            `body` gets that answer, decoded, as a third argument.
        starts: an action that starts a further task, paid like any other: that task's row is saved before it is sent.
        check: says why an action could not be sent as it is, before anything is written or sent for it.
        opening: the answer to a create may be a live event stream: it is read until this says that enough is there,
            or until `seconds` have passed. An ordinary answer is read to its end.
    """

    method: str
    path: tuple[str, ...]
    body: BodyOf | None = None
    query: Mapping[str, str] | QueryOf = field(default_factory=dict)
    headers: Mapping[str, str] | QueryOf = field(default_factory=dict)
    version: str | None = None
    on: RefusalRules = field(default_factory=dict)
    seconds: float | Callable[[Any], float] | None = None
    asks_first: bool = False
    starts: bool = False
    check: Callable[[Any], str | None] | None = None
    opening: Callable[[bytes], bool] | None = None


def GET(*path: str, **more: Any) -> Endpoint:  # noqa: N802 - reads as the method it is
    """Return an endpoint for GET."""
    return Endpoint("GET", path, **more)


def POST(*path: str, **more: Any) -> Endpoint:  # noqa: N802
    """Return an endpoint for POST."""
    return Endpoint("POST", path, **more)


def PUT(*path: str, **more: Any) -> Endpoint:  # noqa: N802
    """Return an endpoint for PUT."""
    return Endpoint("PUT", path, **more)


def DELETE(*path: str, **more: Any) -> Endpoint:  # noqa: N802
    """Return an endpoint for DELETE."""
    return Endpoint("DELETE", path, **more)


@frozen
class Paging:
    """The paging of a list.

    Attributes:
        size: entries asked for.
        size_parameter: query parameter of `size`; "" sends none.
        cursor_parameter: query parameter of the next page's cursor; "" for a list of one page.
        offset: the cursor is the number of entries before the page, and a short page is the last.
        items: members that may hold the entries, where the answer is no bare list.
        following: members that may hold the next cursor.
        more: member that is false on the last page; "" where a missing cursor says so.
        entry: member of each entry that holds the task ("" the entry itself).
        whole: entries are whole tasks, with their reports: no further request is needed.
    """

    size: int
    size_parameter: str = "limit"
    cursor_parameter: str = ""
    offset: bool = False
    items: tuple[str, ...] = ("items", "tasks", "results", "data")
    following: tuple[str, ...] = ("next_cursor", "nextCursor")
    more: str = ""
    entry: str = ""
    whole: bool = False


@frozen
class Stream:
    """A bounded read of a server-sent event stream; its end says nothing about the task.

    Attributes:
        seconds: the longest look.
        idle: the look ends earlier when nothing came for so many seconds.
        cursor: makes, of an event's (id, data), the value to go on from; asked from the last event back, as not every
            event need have one. None for a stream that replays.
        cursor_parameter: query parameter of that value.
        newest_only: event names of which only the newest is kept (statistics, states).
        size: bytes of events kept for one task; beyond, the oldest go.
    """

    seconds: float = 6.0
    idle: float = 1.5
    cursor: Callable[[str, Any], str | None] | None = None
    cursor_parameter: str = ""
    newest_only: frozenset[str] = frozenset()
    size: int = 4 << 20


@frozen
class Exchange:
    """A further request of a fetch, after the status; each response is kept as received.

    Attributes:
        name: how the reader asks for it: "result", "input", "events".
        endpoint: the request.
        when: statuses with which it is asked.
        once: asked until it was answered, then kept: what does not change, or can be read only once.
        absent: HTTP statuses that say "not there", which is no error and no statement about the task.
        never: HTTP statuses that say "not there, and never will be": it is not asked for again.
        stream: it is an event stream, looked at for a while.
        cursor: makes, of the last answer, the value that asks for what is new; the answers are kept one after another.
            None for a last page: it is asked for again, and replaced where it grew.
        cursor_parameter: query parameter of that value.
    """

    name: str
    endpoint: Endpoint
    when: frozenset[TaskStatus] = ALWAYS
    once: bool = False
    absent: frozenset[int] = frozenset({404, 408, 409, 410, 425})
    never: frozenset[int] = frozenset()
    stream: Stream | None = None
    cursor: Callable[[bytes], str | None] | None = None
    cursor_parameter: str = ""


@frozen
class Endpoints:
    """All endpoints of a service; its capabilities follow from them.

    Attributes:
        fetch: asks for one task.
        create: starts one; None for a service that is only watched.
        list: asks for the account's tasks; None is normal: the archive is the list then.
        paging: how the list comes; needed with `list`.
        account: asks for credits or quota, read by `JsonReader.read_account`.
        more: further requests of a fetch, in this order.
        read_once: the final answer of `fetch` can be had only once: a task that ended is not asked about again.
        actions: one endpoint for each kind of action.
        assets: the service makes files or pictures that can be saved.
    """

    fetch: Endpoint
    create: Endpoint | None = None
    list: Endpoint | None = None
    paging: Paging | None = None
    account: Endpoint | None = None
    more: tuple[Exchange, ...] = ()
    read_once: bool = False
    actions: Mapping[type[Action], Endpoint] = field(default_factory=dict)
    assets: bool = False
