"""The rows of the fault matrix: what strikes, what a person must be told, what a create may mean then."""

import asyncio
import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from tests.providers.faults import BEHAVIOURS, OK_BODY, Behave, Faults, Seen, always, answer, drip, gzip_bomb

if TYPE_CHECKING:
    from tests.robust.world import Front, JumpingLoop

MOST = 4 << 20  # bytes an answer may have in these worlds
LATE = 1000.0  # simulated seconds; longer than any deadline of the product


class Kind(StrEnum):
    """What a fault speaks of, which decides how the program goes on."""

    WAY = "way"  # no usable answer: the account is offline
    ANSWER = "answer"  # answers that are no task: said on the task, the account offline after some
    LIMIT = "limit"  # asked to wait
    KEY = "key"  # key rejected: that account stops but for a probe
    TASK = "task"  # a final refusal, about the task
    NONE = "none"  # odd, but good


class Create(StrEnum):
    """What a create during the fault may be taken for."""

    UNKNOWN = "unknown"  # it may have been carried out, and was
    NOTHING = "nothing"  # nothing was created, by the contract or because nothing was sent
    CREATED = "created"


@dataclass(frozen=True)
class Row:
    """One named behaviour.

    `strike` and `clear` switch it on and off for one service; `says` is what a person must find (any of these words).
    """

    name: str
    kind: Kind
    says: tuple[str, ...]
    create: Create
    wire: Behave | None = None
    way: "Callable[[Front, JumpingLoop], None] | None" = None
    reads_only: bool = False  # a create is spared: its answer would be a lie that nobody could tell from the truth
    nothing_at: tuple[str, ...] = ()  # providers whose contract says that nothing was created then

    lasts: float = 75.0  # simulated seconds; longer than any cadence, so that the fault is met

    @property
    def rule(self) -> Hashable:
        """What decides how the program answers: behaviours of one rule differ on the wire only."""
        return self.kind, self.says, self.create, self.reads_only, self.nothing_at

    def create_at(self, provider: str) -> Create:
        """Return what a create may mean at one provider."""
        return Create.NOTHING if provider in self.nothing_at else self.create

    def strike(self, front: "Front", loop: "JumpingLoop") -> None:
        """Let the fault begin."""
        front.fault, front.carries_out = self.wire, self.create_at(front.name) is Create.UNKNOWN
        front.reads_only = self.reads_only
        if self.way is not None:
            self.way(front, loop)
            front.hang_up()


def _page(status: int, title: str, *headers: tuple[str, str]) -> bytes:
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()
    return answer(status, body, ("Content-Type", "text/html"), *headers)


def _error(status: int, *headers: tuple[str, str]) -> Behave:
    """An error in each provider's documented shape."""

    async def behave(faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(status, error_body(getattr(faults, "name", ""), "that did not work"), *headers))
        await writer.drain()

    return behave


def error_body(provider: str, words: str) -> bytes:
    """Return an error body as the provider documents it."""
    shapes: Mapping[str, object] = {
        "extruct": {"detail": [{"type": "x", "loc": ["body", "brief"], "msg": words}]},
        "yutori": {"detail": words},
        "valyu": {"success": False, "error": words},
    }
    return json.dumps(shapes.get(provider, {"error": {"message": words, "code": "E1"}})).encode()


def _text(body: bytes, *headers: tuple[str, str]) -> Behave:
    return always(lambda: answer(200, body, *headers))


def _raw(data: bytes) -> Behave:
    return always(lambda: data)


async def _endless_chunks(faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    wake = faults.wake
    writer.write(answer(200, b"", ("Transfer-Encoding", "chunked"), length=False))
    while not wake.is_set():
        writer.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
        await writer.drain()


async def _flood_of_1xx(faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    await drip(faults, b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100, writer)


async def _cut_head(_faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConte")
    await writer.drain()


async def _reset_in_head(_faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConte")
    await writer.drain()
    writer.transport.abort()


async def _stall_in_head(faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConte")
    await writer.drain()
    await faults.wake.wait()


async def _redirect_to_itself(_faults: Faults, request: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(307, b"", ("Location", request.path)))
    await writer.drain()


async def _other_task(_faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    body = dict.fromkeys(("id", "task_id", "deepresearch_id"), "somebody-elses")
    writer.write(answer(200, json.dumps({**body, "status": "failed", "success": True}).encode()))
    await writer.drain()


def _redirect(status: int, location: str) -> Behave:
    """A redirect; `{elsewhere}` is a listening origin that must see nothing."""

    async def behave(faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
        where = location.format(elsewhere=getattr(faults, "elsewhere", ""))
        head = f"HTTP/1.1 {status} Moved\r\nLocation: {where}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        writer.write(head.encode("latin-1"))
        await writer.drain()

    return behave


async def _wait_until_date(faults: Faults, _request: Seen, writer: asyncio.StreamWriter) -> None:
    """A Retry-After date on a server whose own clock is a year behind: only the difference counts."""
    now = datetime(2025, 11, 22, 12, 0, tzinfo=UTC)
    then = now + timedelta(seconds=20)
    dates = [(name, format_datetime(at, usegmt=True)) for name, at in (("Date", now), ("Retry-After", then))]
    writer.write(answer(429, error_body(getattr(faults, "name", ""), "slow down"), *dates))
    await writer.drain()


# -- faults before a byte is exchanged ---------------------------------------------------------------------------------


def _address(*addresses: str) -> "Callable[[Front, JumpingLoop], None]":
    """The service's name leads elsewhere; nobody listens on other addresses of this machine."""

    def lead(front: "Front", loop: "JumpingLoop") -> None:
        async def look_up() -> list[str]:
            return [*addresses]

        loop.hosts[f"{front.name}.localhost"] = look_up

    return lead


def _unknown_name(front: "Front", loop: "JumpingLoop") -> None:
    loop.hosts.pop(f"{front.name}.localhost")


def _slow_name(front: "Front", loop: "JumpingLoop") -> None:
    async def look_up() -> list[str]:
        await asyncio.sleep(LATE)
        return []

    loop.hosts[f"{front.name}.localhost"] = look_up


def _silent_host(front: "Front", loop: "JumpingLoop") -> None:
    """A host that takes no connection: its queue is full, so the kernel answers nothing."""
    front.fill_queue()
    _address("127.0.0.9")(front, loop)


_TOO_LARGE = f"larger than {MOST >> 20} MiB"
_LONG = 90.0  # for what ends by the deadline of a whole request only
_BROKE = ("broke", "broke off")
_LATE_WORDS = ("in time", "went silent")
_NO_TASK = ("could not be read", "is no", "not JSON", "JSON")
_REDIRECTS = ("redirects to", "no address", "broke off")


def _shared(name: str, says: tuple[str, ...], kind: Kind = Kind.WAY, create: Create = Create.UNKNOWN) -> Row:
    return Row(name, kind, says, create, BEHAVIOURS[name])


def _wire(
    name: str, wire: Behave, says: tuple[str, ...], kind: Kind = Kind.WAY, create: Create = Create.UNKNOWN
) -> Row:
    return Row(name, kind, says, create, wire)


def _before(name: str, way: "Callable[[Front, JumpingLoop], None]", *says: str) -> Row:
    return Row(name, Kind.WAY, says, Create.NOTHING, None, way)


def _status(code: int, says: str, kind: Kind = Kind.TASK, create: Create = Create.NOTHING) -> Row:
    return Row(f"status_{code}", kind, (says,), create, _error(code))


def _limit(name: str, *retry_after: str) -> Row:
    headers = [("Retry-After", value) for value in retry_after]
    return Row(name, Kind.LIMIT, ("asks to wait",), Create.NOTHING, _error(429, *headers))


def _answer(name: str, body: bytes, *headers: tuple[str, str], says: tuple[str, ...] = _NO_TASK) -> Row:
    return Row(name, Kind.ANSWER, says, Create.UNKNOWN, _text(body, *headers))


def _moved(name: str, status: int, location: str) -> Row:
    return Row(name, Kind.WAY, _REDIRECTS, Create.NOTHING, _redirect(status, location))


ROWS: tuple[Row, ...] = (
    # the way to the service
    _before("name_unknown", _unknown_name, "is not found"),
    _before("name_look_up_stalls", _slow_name, "in time"),
    _before("refused", _address("127.0.0.8"), "refuses connections"),
    _before("silent_host", _silent_host, "in time"),
    _before("only_a_dead_ipv6_address", _address("::1"), "refuses connections", "no connection"),
    Row("first_address_dead", Kind.NONE, (), Create.CREATED, None, _address("127.0.0.8", "127.0.0.1")),
    # connections that break
    _shared("reset", _BROKE),
    _wire("reset_in_head", _reset_in_head, _BROKE),
    _shared("reset_in_the_middle", _BROKE),
    _shared("close", _BROKE),
    _wire("cut_head", _cut_head, _BROKE),
    _shared("cut", _BROKE),
    _shared("cut_chunk", _BROKE),
    # connections that stall
    _shared("stall", _LATE_WORDS),
    _wire("stall_in_head", _stall_in_head, _LATE_WORDS),
    _shared("stall_in_the_middle", _LATE_WORDS),
    Row("slow_headers", Kind.WAY, _LATE_WORDS, Create.UNKNOWN, BEHAVIOURS["slow_headers"], lasts=_LONG),
    Row("slow_body", Kind.WAY, _LATE_WORDS, Create.UNKNOWN, BEHAVIOURS["slow_body"], lasts=_LONG),
    Row("flood_of_1xx", Kind.WAY, (*_LATE_WORDS, *_BROKE), Create.UNKNOWN, _flood_of_1xx, lasts=_LONG),
    # too much
    _shared("endless", (_TOO_LARGE,)),
    _wire("endless_chunks", _endless_chunks, (_TOO_LARGE,)),
    _shared("announced_huge", (_TOO_LARGE,)),
    _wire("gzip_bomb", always(lambda: answer(200, gzip_bomb(8), ("Content-Encoding", "gzip"))), (_TOO_LARGE,)),
    _shared("many_headers", _BROKE),
    _wire("big_header", always(lambda: answer(200, OK_BODY, ("X-Big", "y" * 2_000_000))), _BROKE),
    # encodings
    _shared("gzip_bad", ("gzip encoding is broken",)),
    _shared("gzip_cut", ("gzip encoding is cut off",)),
    _shared("gzip_and_more", ("behind the end",)),
    _shared("br", ("not asked for",)),
    _shared("zstd", ("not asked for",)),
    _shared("nested_encoding", ("not asked for",)),
    _shared("unknown_encoding", ("not asked for",)),
    # not HTTP
    _shared("not_http", _BROKE),
    _wire("garbage", _raw(bytes(range(256)) * 50), _BROKE),
    _wire("http_09", _raw(b"<html>hello</html>"), _BROKE),
    _wire("bad_status_line", _raw(b"HTTP/9.9 banana\r\n\r\n"), _BROKE),
    _shared("negative_length", _BROKE),
    _wire("two_lengths", _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}xxx"), _BROKE),
    _wire("bad_chunk", _raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n"), _BROKE),
    _wire("nul_in_header", _raw(b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\n{}"), _BROKE),
    _wire(
        "escape_in_reason",
        _raw(b"HTTP/1.1 500 \x1b]0;PWN\x07\r\nContent-Length: 0\r\n\r\n"),
        ("in trouble", *_BROKE),
    ),
    # redirects
    _moved("redirect_elsewhere", 302, "{elsewhere}/ok"),
    _moved("redirect_307_elsewhere", 307, "{elsewhere}/ok"),
    _moved("redirect_308_elsewhere", 308, "{elsewhere}/ok"),
    Row("redirect_to_itself", Kind.WAY, _REDIRECTS, Create.NOTHING, _redirect_to_itself),
    _moved("redirect_to_a_file", 302, "file:///etc/passwd"),
    _moved("redirect_to_a_script", 302, "javascript:alert(1)"),
    _moved("redirect_with_userinfo", 302, "http://api.example.org:pw@127.0.0.1/ok"),
    _moved("redirect_to_no_address", 302, "http://[::1"),
    _moved("redirect_with_controls", 302, "/ok\x01\x1b]0;x"),
    _moved("redirect_nowhere", 302, ""),
    _moved("captive_portal", 302, "http://login.hotel.example/?next=x"),
    # success without a task
    _shared("no_content", ("no whole answer",), Kind.ANSWER),
    Row("part", Kind.ANSWER, ("no whole answer",), Create.CREATED, BEHAVIOURS["part"], reads_only=True),
    _shared("not_modified", (), Kind.ANSWER, Create.NOTHING),  # good for those who asked with an ETag
    _wire("html", always(lambda: _page(200, "Log in to the Wi-Fi")), ("HTML page",), Kind.ANSWER),
    _answer("html_as_json", b"<html><title>Log in</title></html>"),
    _answer("empty", b""),
    _answer("null", b"null"),
    _answer("number", b"42"),
    _answer("string", b'"done"'),
    _answer("array_of_arrays", b"[[[]]]"),
    _answer("cut_json", b'{"id": "1", "task_id": "1", "deepresearch_id": "1", "status": "run'),
    _answer("two_documents", OK_BODY * 2),
    _answer("deep_json", b"[" * 100_000 + b"]" * 100_000),
    _answer("binary", bytes(range(256))),
    _answer("plain_text", b"OK", ("Content-Type", "text/plain")),
    _answer("error_in_200", b'{"error": {"message": "quota \\u001b]52;c;ZXZpbA==\\u0007 reached"}}'),
    Row("other_task", Kind.ANSWER, ("another", *_NO_TASK), Create.CREATED, _other_task, reads_only=True),
    # refusals
    _status(400, "refused"),
    _status(401, "key rejected", Kind.KEY),
    _status(402, "credits or a plan"),
    _status(403, "not allow"),
    _status(404, "does not"),
    _status(405, "refused"),
    _status(410, "does not"),
    _status(413, "refused"),
    _status(418, "refused"),
    _status(422, "refused"),
    _status(451, "refused"),
    _status(408, "in trouble", Kind.WAY, Create.UNKNOWN),
    _status(409, "in trouble", Kind.WAY, Create.NOTHING),
    _status(425, "in trouble", Kind.WAY, Create.UNKNOWN),
    _status(500, "in trouble", Kind.WAY, Create.UNKNOWN),
    _status(501, "in trouble", Kind.WAY, Create.UNKNOWN),
    _wire("status_502", always(lambda: _page(502, "Bad gateway")), ("in trouble",)),
    Row("status_503", Kind.WAY, ("in trouble",), Create.UNKNOWN, _error(503), nothing_at=("extruct",)),
    _status(504, "in trouble", Kind.WAY, Create.UNKNOWN),
    _status(529, "in trouble", Kind.WAY, Create.UNKNOWN),
    _status(599, "in trouble", Kind.WAY, Create.UNKNOWN),
    _wire("status_999", _error(999), ("in trouble", *_BROKE)),
    _wire("status_099", _raw(b"HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n"), ("in trouble", "nobody", *_BROKE)),
    # asked to wait
    _limit("wait_seconds", "20"),
    _limit("wait_decimals", "1.5"),
    Row("wait_until_date", Kind.LIMIT, ("asks to wait",), Create.NOTHING, _wait_until_date),
    _limit("wait_date_past", "Mon, 01 Jan 1990 00:00:00 GMT"),
    _limit("wait_year_9999", "Fri, 31 Dec 9999 23:59:59 GMT"),
    _limit("wait_400_digits", "9" * 400),
    _limit("wait_negative", "-5"),
    _limit("wait_nan", "nan"),
    _limit("wait_words", "soon"),
    _limit("wait_unsaid"),
    Row(
        "wait_in_503",
        Kind.LIMIT,
        ("in trouble",),
        Create.UNKNOWN,
        _error(503, ("Retry-After", "20")),
        nothing_at=("extruct",),
    ),
)
