"""The faults that can be injected: one table of names, and the switchboard for tests and `--faults`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock

from tui.simulator.names import service_names

FAULTS: dict[str, str] = {
    "401": "the key is rejected",
    "402": "not enough credits",
    "403": "the key may not do this",
    "404": "nothing is found",
    "409": "every request conflicts with the task's state",
    "422": "the request does not validate",
    "429": "too many requests, Retry-After in seconds (value: the seconds, 7)",
    "429-date": "too many requests, Retry-After as an HTTP date (value: seconds from now, 7)",
    "429-bare": "too many requests, without Retry-After",
    "429-gateway": "too many requests, in the words of a gateway in front of the service",
    "500": "server fault, in the service's own words",
    "502": "an HTML page of a gateway",
    "503": "unavailable, nothing was done (value: Retry-After in seconds, none)",
    "504": "a gateway gives up, with an empty body",
    "sunset": "the service is gone: 410 on everything",
    "empty": "200 with an empty body",
    "html": "200 with the login page of a captive portal",
    "error-in-200": "200 whose body is an error object",
    "wrong-type": "200 whose JSON is a list where an object belongs, and the other way round",
    "redirect": "307 to another origin (value: its URL)",
    "redirect-loop": "307 to itself",
    "huge": "200 with a body of many megabytes (value: how many, 64)",
    "gzip-bomb": "200 whose small body unpacks to many megabytes (value: how many, 256)",
    "slow": "every answer takes a while (value: real seconds, 3)",
    "stall": "no answer at all (value: real seconds until the connection is dropped, 3600)",
    "drop": "the connection is dropped before a byte is sent",
    "drop-body": "the connection is dropped in the middle of the body",
    "cut-json": "200 with the first half of the JSON",
    "create-lost": "a create is carried out, then the connection is dropped before the answer",
    "create-502": "a create is carried out, then answered with the HTML page of a gateway",
    "raw-newlines": "line breaks stand unescaped inside JSON strings, as Extruct has been seen to send them",
    "unknown-status": "a status nobody has documented (value: the word, hibernating)",
    "unknown-mode": "a mode nobody has documented (value: the word, turbo)",
    "unknown-chart": "charts of a kind nobody has documented (value: the word, sankey)",
    "epoch-times": "created_at and its kin as epoch milliseconds",
    "no-s3-key": "deliverables without the s3_key the official SDK insists on",
    "null-titles": "sources whose title is null",
    "no-total": "progress without total_steps",
    "other-task": "the answer is about another task than the one asked for",
    "duplicates": "a list shows every task twice",
    "wrapped-list": "a bare list comes inside an object",
    "report-changes": "a finished report reads differently at each request",
    "report-shrinks": "a finished report has lost its text",
    "backwards": "every second look at a task shows it as it was when half as old",
    "frozen": "nothing moves: every task is shown as it was when the fault began",
    "vanish": "known tasks are gone from list and status",
    "list-lag": "the list is behind (value: simulated seconds, 600)",
    "no-etag": "answers carry no ETag and never 304",
    "usage-unavailable": "Yutori's usage figures are unavailable",
}
STATE_FAULTS = frozenset(
    {"backwards", "frozen", "vanish", "list-lag", "usage-unavailable"}
)  # asked for by the services


class UnknownFaultError(ValueError):
    """An unknown fault; the message names it and the nearest one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that is switched on."""

    name: str
    provider: str | None = None  # None: all of them
    value: str | None = None
    times: int | None = None  # how many more requests it strikes; None: until switched off
    method: str | None = None  # only this HTTP method
    path: str = ""  # only paths that contain this

    def number(self, default: float) -> float:
        """The value as a number."""
        return float(self.value) if self.value else default

    def strikes(self, provider: str, method: str, path: str) -> bool:
        """Whether the fault applies to this request."""
        return self.provider in (None, provider) and self.method in (None, method) and self.path in path


class Faults:
    """The switched-on faults. May be used from any thread."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = Lock()
        self._on: tuple[Fault, ...] = tuple(faults)
        self._looks: dict[tuple[str, str], int] = {}
        self._frozen: dict[tuple[str, str], float] = {}

    @classmethod
    def parse(cls, text: str | None) -> "Faults":
        """Parse `[PROVIDER:]NAME[=VALUE]`, comma separated, as `--faults` takes it.

        Raises:
            UnknownFaultError: A name or provider is not known.
        """
        return cls(_parse_one(item.strip()) for item in (text or "").split(",") if item.strip())

    def switch_on(self, text: str, *, times: int | None = None, method: str | None = None, path: str = "") -> None:
        """Switch on one `[PROVIDER:]NAME[=VALUE]`, for a number of requests, one method or some paths only.

        Faults that bend the state of tasks (`STATE_FAULTS`) stay on until `clear`, for all requests.

        Raises:
            UnknownFaultError: The name or provider is not known.
        """
        fault = replace(_parse_one(text), times=times, method=method, path=path)
        with self._lock:
            self._on = (*self._on, fault)

    def clear(self) -> None:
        """Switch all faults off."""
        with self._lock:
            self._on = ()
            self._looks.clear()
            self._frozen.clear()

    def striking(self, provider: str, method: str, path: str) -> list[Fault]:
        """Return the faults that apply to this request; it uses up counted ones."""
        with self._lock:
            answers = [fault for fault in self._on if fault.name not in STATE_FAULTS]
            hit = [fault for fault in answers if fault.strikes(provider, method, path)]
            self._on = tuple(
                replace(fault, times=fault.times - 1) if fault in hit and fault.times else fault
                for fault in self._on
                if not (fault in hit and fault.times == 1)
            )
        return hit

    def find(self, provider: str, name: str) -> Fault | None:
        """Return the fault of that name, if it is on for the provider; else None."""
        return next((fault for fault in self._on if fault.name == name and fault.provider in (None, provider)), None)

    def seen(self, provider: str, task_id: str, elapsed: float) -> float:
        """Return the age that a task appears to have under the faults about time."""
        key = (provider, task_id)
        with self._lock:
            if self.find(provider, "frozen"):
                return self._frozen.setdefault(key, elapsed)
            if self.find(provider, "backwards"):
                self._looks[key] = self._looks.get(key, 0) + 1
                return elapsed if self._looks[key] % 2 else elapsed / 2
        return elapsed


def _parse_one(text: str) -> Fault:
    where, colon, rest = text.partition(":")
    provider, body = (where, rest) if colon and where in service_names() else (None, text)
    name, _, value = body.partition("=")
    if name not in FAULTS:
        raise UnknownFaultError(_unknown(name))
    return Fault(name, provider, value or None)


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, FAULTS, 1)
    return f"no fault is called {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
