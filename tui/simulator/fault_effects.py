"""The effect of each fault on a response: another response, or a damaged form of it."""

import gzip
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tui.simulator.faults import Fault
from tui.simulator.json_body import Body, Refusal, encode

_GATEWAY_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)
_PORTAL_PAGE = (
    b"<!DOCTYPE html><html><head><title>Guest network</title></head><body>Please log in to go on.</body></html>"
)
_ELSEWHERE = "https://elsewhere.invalid/v1/"
_STAMPS = frozenset({"created_at", "updated_at", "completed_at"})
_BYTES = frozenset({"cut-json", "raw-newlines", "drop-body"})
_ESCAPED_NEWLINE = re.compile(rb"(?<!\\)((?:\\\\)*)\\n")
_MEBIBYTE = 1024 * 1024


@dataclass(slots=True)
class HeldResponse:
    """A response held before it is sent."""

    status: int
    headers: dict[str, str]
    body: bytes
    length: int | None = None  # the Content-Length to claim, when it is not the true one
    cut: bool = False  # drop the connection after the body
    streamed: bool = False  # it was sent already, as it came

    @classmethod
    def of(cls, status: int, value: object, **headers: str) -> "HeldResponse":
        """Return a JSON response."""
        return cls(status, {"content-type": "application/json", **headers}, encode(value))

    @classmethod
    def html(cls, status: int, page: bytes = _GATEWAY_PAGE) -> "HeldResponse":
        """Return an HTML page in place of JSON."""
        return cls(status, {"content-type": "text/html; charset=utf-8"}, page)


def replaced(fault: Fault, provider: str, url: str, refusal: Callable[[int], Refusal]) -> HeldResponse | None:
    """Return the response sent without asking the service; None if `fault` is of another kind."""
    if fault.name.isdigit() and fault.name not in ("502", "504"):
        said = refusal(int(fault.name))
        wait = fault.value or ("7" if fault.name == "429" else None)
        headers = {**said.headers, **({"retry-after": wait} if wait else {})}
        return HeldResponse(said.status, {"content-type": "application/json", **headers}, encode(said.body))
    make = _REPLACEMENTS.get(fault.name)
    return make(fault, provider, url) if make else None


def _too_many(fault: Fault, provider: str, _: str) -> HeldResponse:
    headers = {}
    if fault.name == "429-date":
        headers = {"retry-after": format_datetime(datetime.now(UTC) + timedelta(seconds=fault.number(7)), usegmt=True)}
    body: Body = {"message": "Limit Exceeded"} if fault.name == "429-gateway" else {"detail": "Too Many Requests"}
    if provider == "valyu" and fault.name != "429-gateway":
        body = {"error": "rate_limited", "message": "Too many requests", "retry_after": 1}
    return HeldResponse(429, {"content-type": "application/json", **headers}, encode(body))


def _redirect(location: str) -> HeldResponse:
    return HeldResponse(307, {"location": location, "content-type": "text/plain"}, b"")


def _huge(fault: Fault, _: str, __: str) -> HeldResponse:
    filler = b" " * int(fault.number(64) * _MEBIBYTE)
    return HeldResponse(200, {"content-type": "application/json"}, b'{"padding":"' + filler + b'"}')


def _bomb(fault: Fault, _: str, __: str) -> HeldResponse:
    packed = gzip.compress(b"[" + b" " * int(fault.number(256) * _MEBIBYTE), compresslevel=1)
    return HeldResponse(200, {"content-type": "application/json", "content-encoding": "gzip"}, packed)


_REPLACEMENTS: dict[str, Callable[[Fault, str, str], HeldResponse]] = {
    "429-date": _too_many,
    "429-bare": _too_many,
    "429-gateway": _too_many,
    "502": lambda *_: HeldResponse.html(502),
    "504": lambda *_: HeldResponse(504, {}, b""),
    "sunset": lambda *_: HeldResponse.of(410, {"detail": "This API has been shut down"}),
    "empty": lambda *_: HeldResponse(200, {"content-type": "application/json"}, b""),
    "html": lambda *_: HeldResponse.html(200, _PORTAL_PAGE),
    "error-in-200": lambda *_: HeldResponse.of(200, {"success": False, "error": "Internal server error"}),
    "redirect": lambda fault, _, __: _redirect(fault.value or _ELSEWHERE),
    "redirect-loop": lambda _, __, url: _redirect(url),
    "huge": _huge,
    "gzip-bomb": _bomb,
}


def spoiled(faults: list[Fault], answer: HeldResponse) -> HeldResponse:
    """Return the service's response after `faults`; those that leave no JSON come last.

    A spoiled body loses its ETag, or the client would keep it for good when the fault is over.
    """
    original = answer.body
    for fault in sorted(faults, key=lambda fault: fault.name in _BYTES):
        answer = _spoiled(fault, answer)
    if answer.body != original or any(fault.name == "no-etag" for fault in faults):
        answer.headers.pop("etag", None)
    return answer


def _spoiled(fault: Fault, answer: HeldResponse) -> HeldResponse:
    if fault.name == "drop-body":
        return replace(answer, body=answer.body[: len(answer.body) // 2], length=len(answer.body), cut=True)
    if answer.status >= 300 or not answer.headers.get("content-type", "").startswith("application/json"):
        return answer
    if fault.name == "cut-json":
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    if fault.name == "raw-newlines":
        return replace(answer, body=_ESCAPED_NEWLINE.sub(rb"\1\n", answer.body))
    change = _CHANGES.get(fault.name)
    return answer if change is None else replace(answer, body=encode(change(json.loads(answer.body), fault)))


def _walk(value: Any, change: Callable[[Body], None]) -> Any:
    """Apply `change` to every object inside `value`."""
    if isinstance(value, dict):
        change(value)
        for member in value.values():
            _walk(member, change)
    elif isinstance(value, list):
        for member in value:
            _walk(member, change)
    return value


def _set(key: str, default: str) -> Callable[[Any, Fault], Any]:
    def change(value: Any, fault: Fault) -> Any:
        return _walk(value, lambda body: body.update({key: fault.value or default}) if key in body else None)

    return change


def _top_set(key: str, default: str) -> Callable[[Any, Fault], Any]:
    """Like `_set`, but only in tasks: the top-level objects, or those of one list."""

    def change(value: Any, fault: Fault) -> Any:
        items = value if isinstance(value, list) else [value, *value.get("tasks", [])]
        for item in items:
            if isinstance(item, dict) and key in item:
                item[key] = fault.value or default
        return value

    return change


def _epochs(value: Any, _: Fault) -> Any:
    def change(body: Body) -> None:
        for key in _STAMPS & body.keys():
            if isinstance(body[key], str):
                body[key] = round(datetime.fromisoformat(body[key]).timestamp() * 1000)

    return _walk(value, change)


def _drop_key(key: str) -> Callable[[Any, Fault], Any]:
    return lambda value, _: _walk(value, lambda body: body.pop(key, None) and None)


def _null_titles(value: Any, _: Fault) -> Any:
    return _walk(value, lambda body: body.update(title=None) if "url" in body and "title" in body else None)


def _other_task(value: Any, _: Fault) -> Any:
    for key in ("id", "task_id", "deepresearch_id"):
        if isinstance(value, dict) and key in value:
            value[key] = "00000000-0000-4000-8000-000000000000"
    return value


def _duplicates(value: Any, _: Fault) -> Any:
    if isinstance(value, list):
        return [twice for item in value for twice in (item, item)]
    if isinstance(value, dict) and isinstance(value.get("tasks"), list):
        value["tasks"] = _duplicates(value["tasks"], _)
    return value


def _reports(change: Callable[[str], str]) -> Callable[[Any, Fault], Any]:
    def edit(body: Body) -> None:
        for key in ("markdown", "result", "output"):
            if isinstance(body.get(key), str) and len(body[key]) > 80:
                body[key] = change(body[key])

    return lambda value, _: _walk(value, edit)


_EDITION = itertools.count(1)


def _revise(text: str) -> str:
    return f"{text}\n\nRevised, edition {next(_EDITION)}.\n"


_CHANGES: dict[str, Callable[[Any, Fault], Any]] = {
    "wrong-type": lambda value, _: value[0] if isinstance(value, list) and value else [value],
    "unknown-status": _top_set("status", "hibernating"),
    "unknown-mode": lambda value, fault: _top_set("depth", "turbo")(_top_set("mode", "turbo")(value, fault), fault),
    "unknown-chart": _set("chart_type", "sankey"),
    "epoch-times": _epochs,
    "no-s3-key": _drop_key("s3_key"),
    "null-titles": _null_titles,
    "no-total": _drop_key("total_steps"),
    "other-task": _other_task,
    "duplicates": _duplicates,
    "wrapped-list": lambda value, _: {"success": True, "data": value} if isinstance(value, list) else value,
    "report-changes": _reports(_revise),
    "report-shrinks": _reports(lambda text: text[:20]),
}
