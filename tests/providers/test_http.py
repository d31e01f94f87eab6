"""One request over a real socket, against a server that breaks the rules."""

import asyncio
import gzip
import json
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.providers.asking import get, send
from tests.providers.faults import Faults, answer, read_request
from tui.domain.errors import (
    BadAnswer,
    BadKey,
    Forbidden,
    Gone,
    PaymentNeeded,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Unreachable,
)
from tui.domain.secret import Secret
from tui.domain.text import unsafe_characters
from tui.providers import registry
from tui.providers.extruct.spec import PROVIDER
from tui.providers.http.session import DEFAULT_LIMITS, HttpRequest, HttpSession, TransferLimits, tls_context
from tui.providers.protocol import ClientSettings

KEY = "sk-canary-4711-do-not-leak"
ROOMY = TransferLimits(connect=30, read=30, write=30, pool=30, total=60, size=1 << 20)  # time plays no part
QUICK_READ = replace(ROOMY, read=0.2)  # only silence can end a request
QUICK_TOTAL = replace(ROOMY, total=0.4)  # only the deadline can
LIMITS = {"stall": QUICK_READ, "stall_in_the_middle": QUICK_READ, "slow_headers": QUICK_TOTAL, "slow_body": QUICK_TOTAL}


@asynccontextmanager
async def http_for(
    base: str, *, key: str | None = KEY, limits: TransferLimits = ROOMY, **settings: Any
) -> AsyncIterator[HttpSession]:
    """An `HttpSession` with short limits that is closed at the end."""
    made = ClientSettings(base, Secret(key) if key is not None else None, **settings)
    http = HttpSession(PROVIDER.info, made, lambda value: ("X-API-Key", value), limits=limits)
    try:
        yield http
    finally:
        await http.close()


async def failure_of(http: HttpSession, *parts: str, **options: Any) -> ProviderError:
    """The error that a GET ends with."""
    with pytest.raises(ProviderError) as caught:
        await get(http, *parts, **options)
    return caught.value


async def test_an_answer_is_returned_whole_with_its_time_and_status(faults: Faults) -> None:
    async with http_for(faults.base) as http:
        got = await get(http, "ok", "task")
    assert got.status == 200
    assert json.loads(got.body or b"")["status"] == "running"
    assert got.received_at.tzinfo is not None
    assert faults.seen[0].path == "/ok/task"


async def test_the_request_asks_for_gzip_only_and_carries_the_key_in_one_header(faults: Faults) -> None:
    async with http_for(faults.base) as http:
        await get(http, "ok")
    (seen,) = faults.seen
    assert seen.headers["accept-encoding"] == "gzip"
    assert [name for name, value in seen.headers.items() if KEY in value] == ["x-api-key"]
    assert "cookie" not in seen.headers


async def test_gzip_is_inflated(faults: Faults) -> None:
    async with http_for(faults.base) as http:
        assert json.loads((await get(http, "gzip")).body or b"")["id"] == "1"


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("reset", "broke"),
        ("reset_in_the_middle", "broke"),
        ("close", "broke off"),
        ("cut", "broke off"),
        ("cut_chunk", "broke off"),
        ("stall", "went silent"),
        ("stall_in_the_middle", "went silent"),
        ("slow_headers", "no whole answer in time"),
        ("slow_body", "no whole answer in time"),
        ("endless", "larger than 1 MiB"),
        ("gzip_bomb", "larger than 1 MiB"),
        ("gzip_bad", "gzip encoding is broken"),
        ("gzip_cut", "gzip encoding is cut off"),
        ("gzip_and_more", "behind the end"),
        ("br", "not asked for"),
        ("zstd", "not asked for"),
        ("nested_encoding", "not asked for"),
        ("unknown_encoding", "not asked for"),
        ("announced_huge", "larger than 1 MiB"),
        ("negative_length", "not HTTP"),
        ("not_modified", "nobody asked for"),
        ("not_http", "not HTTP"),
        ("many_headers", "not HTTP"),
    ],
)
async def test_a_fault_on_the_way_is_unreachable_with_a_sentence(faults: Faults, behaviour: str, words: str) -> None:
    async with http_for(faults.base, limits=LIMITS.get(behaviour, ROOMY)) as http:
        error = await failure_of(http, behaviour)
        assert isinstance(error, Unreachable)
        assert words in error.message
        assert error.message.startswith("Extruct")
        assert (await get(http, "ok")).status == 200, "the next poll must work"


@pytest.mark.parametrize("behaviour", ["gzip_members", "gzip_members_in_pieces", "json_called_html"])
async def test_what_is_readable_is_read(faults: Faults, behaviour: str) -> None:
    async with http_for(faults.base) as http:
        assert (await get(http, behaviour)).body == (await get(http, "ok")).body


@pytest.mark.parametrize(("behaviour", "http"), [("no_content", 204), ("part", 206), ("html", 200)])
async def test_a_success_without_a_whole_body_is_a_bad_answer(faults: Faults, behaviour: str, http: int) -> None:
    async with http_for(faults.base) as client:
        error = await failure_of(client, behaviour)
    assert isinstance(error, BadAnswer)
    assert error.http == http


async def test_not_modified_is_an_answer_when_it_was_asked_for(faults: Faults) -> None:
    async with http_for(faults.base) as http:
        got = await get(http, "not_modified", etag='W/"1"')
    assert (got.status, got.body, got.etag) == (304, None, 'W/"1"')
    assert faults.seen[0].headers["if-none-match"] == 'W/"1"'


async def test_memory_stays_flat_under_a_gzip_bomb(faults: Faults) -> None:
    import tracemalloc

    async with http_for(faults.base) as http:
        await failure_of(http, "gzip_bomb")
        tracemalloc.start()
        await failure_of(http, "gzip_bomb")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 12 << 20


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, BadKey),
        (402, PaymentNeeded),
        (403, Forbidden),
        (404, Gone),
        (405, Refused),
        (408, Unavailable),
        (409, Unavailable),
        (410, Gone),
        (413, Refused),
        (422, Refused),
        (425, Unavailable),
        (429, RateLimited),
        (451, Refused),
        (500, Unavailable),
        (502, Unavailable),
        (503, Unavailable),
        (504, Unavailable),
        (520, Unavailable),
        (529, Unavailable),
        (599, Unavailable),
        (999, Unavailable),
    ],
)
async def test_a_status_has_its_type(faults: Faults, status: int, kind: type[ProviderError]) -> None:
    faults.canned["failing"] = answer(status, b'{"detail": "because"}')
    async with http_for(faults.base) as http:
        error = await failure_of(http, "failing")
    assert type(error) is kind
    assert error.http == status
    assert "because" in error.message


async def test_a_rejected_key_names_the_variables_to_set(faults: Faults) -> None:
    faults.canned["failing"] = answer(401, f'{{"detail": "Invalid token {KEY}"}}'.encode())
    async with http_for(faults.base) as http:
        error = await failure_of(http, "failing")
    assert "EXTRUCT_API_TOKEN or EXTRUCT_API_KEY" in error.hint
    assert KEY not in error.message


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_reaches_the_error(faults: Faults, status: int) -> None:
    faults.canned["busy"] = answer(status, b"{}", ("Retry-After", "17"))
    async with http_for(faults.base) as http:
        assert (await failure_of(http, "busy")).retry_after == 17


async def test_retry_after_of_a_good_answer_is_kept(faults: Faults) -> None:
    faults.canned["paced"] = answer(200, b"{}", ("Retry-After", "3"), ("ETag", 'W/"dr_1:2:running"'))
    async with http_for(faults.base) as http:
        got = await get(http, "paced")
    assert (got.retry_after, got.etag) == (3, 'W/"dr_1:2:running"')


@pytest.mark.parametrize("tag", ["", "x" * 600, "\x80\x81"])
async def test_an_etag_that_could_not_be_sent_back_is_dropped(faults: Faults, tag: str) -> None:
    faults.canned["tagged"] = answer(200, b"{}", ("ETag", tag))
    async with http_for(faults.base) as http:
        assert (await get(http, "tagged")).etag is None


async def test_a_broken_explanation_does_not_hide_the_status(faults: Faults) -> None:
    faults.canned["failing"] = answer(404, gzip.compress(b"x" * 9000)[:30], ("Content-Encoding", "gzip"))
    async with http_for(faults.base) as http:
        assert isinstance(await failure_of(http, "failing"), Gone)


async def test_a_huge_error_page_is_read_no_further_than_needed(faults: Faults) -> None:
    faults.canned["failing"] = answer(502, b"<html><title>Bad gateway</title>" + b" " * (3 << 20))
    async with http_for(faults.base) as http:
        assert isinstance(await failure_of(http, "failing"), Unavailable)


async def test_cookies_are_not_kept(faults: Faults) -> None:
    async with http_for(faults.base) as http:
        await get(http, "cookie")
        await get(http, "ok")
    assert "cookie" not in faults.seen[1].headers


async def test_hostile_headers_are_never_quoted(faults: Faults) -> None:
    async with http_for(faults.base) as http:
        (outcome,) = await asyncio.gather(get(http, "hostile_header"), return_exceptions=True)
    assert not unsafe_characters(str(outcome.message if isinstance(outcome, ProviderError) else ""))


async def test_a_refused_connection_says_so_and_sent_nothing() -> None:
    async with http_for("http://127.0.0.1:1") as http:
        with pytest.raises(Unreachable) as caught:
            await send(http, "POST", "tasks", body={})
    assert "refuses connections" in caught.value.message
    assert not caught.value.outcome_unknown


async def test_a_name_that_does_not_resolve_says_so() -> None:
    async with http_for("https://nowhere.invalid") as http:
        error = await failure_of(http, "tasks")
    assert "nowhere.invalid" in error.message
    assert isinstance(error, Unreachable)


@pytest.mark.parametrize("behaviour", ["reset", "stall", "cut", "slow_headers", "slow_body", "endless", "html"])
async def test_a_post_whose_answer_was_lost_has_an_unknown_outcome(faults: Faults, behaviour: str) -> None:
    async with http_for(faults.base, limits=LIMITS.get(behaviour, ROOMY)) as http:
        with pytest.raises(ProviderError) as caught:
            await send(http, "POST", behaviour, body={"brief": "x"})
    assert caught.value.outcome_unknown
    assert len(faults.seen) == 1


@asynccontextmanager
async def closing_kept_connections(*, also_new: bool = False) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that answers once on each connection (or once ever) and drops the connection at the next request."""
    asked: list[str] = []
    handling: list[asyncio.Task[None] | None] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handling.append(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError):
            asked.append((await read_request(reader)).method)
            if not (also_new and len(asked) > 1):
                writer.write(answer().replace(b"Connection: close", b"Connection: keep-alive"))
                asked.append((await read_request(reader)).method)
        writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
        await asyncio.gather(*[task for task in handling if task])


@asynccontextmanager
async def keeping_connections(reply: bytes) -> AsyncIterator[tuple[str, list[int]]]:
    """A server that gives the same answer to every request and keeps its connections; counts requests on each."""
    asked: list[int] = []
    handling: list[asyncio.Task[None] | None] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handling.append(asyncio.current_task())
        asked.append(0)
        place = len(asked) - 1
        with suppress(asyncio.IncompleteReadError):
            while True:
                await read_request(reader)
                asked[place] += 1
                writer.write(reply.replace(b"Connection: close", b"Connection: keep-alive"))
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
        await asyncio.gather(*[task for task in handling if task])


@pytest.mark.parametrize(
    "reply",
    [
        answer(200),
        answer(304, b"", ("ETag", 'W/"1"'), length=False),
        answer(304, b"", ("Content-Length", "123456789012"), ("Content-Encoding", "br")),  # of what it would have sent
        answer(429, b'{"error": "slow down"}'),
        answer(404, b'{"error": "no such task"}'),
    ],
    ids=["new", "unchanged", "unchanged, described", "refused", "missing"],
)
async def test_the_connection_is_kept_whatever_the_answer(reply: bytes) -> None:
    async with keeping_connections(reply) as (base, asked), http_for(base) as http:
        for _ in range(3):
            with suppress(ProviderError):
                await get(http, "a", etag='W/"1"')
    assert asked == [3]


@pytest.mark.parametrize("name", registry.names())
def test_a_connection_is_kept_from_one_poll_to_the_next(name: str) -> None:
    assert registry.load(name).info.cadence.first < DEFAULT_LIMITS.kept


async def test_a_read_on_a_kept_connection_that_was_closed_is_asked_again_on_a_new_one() -> None:
    async with closing_kept_connections() as (base, asked), http_for(base) as http:
        assert [(await get(http, "a")).status, (await get(http, "b")).status] == [200, 200]
        assert asked == ["GET", "GET", "GET"]


async def test_a_read_on_a_new_connection_that_was_closed_is_not_asked_again() -> None:
    async with closing_kept_connections(also_new=True) as (base, asked), http_for(base) as http:
        await get(http, "a")
        assert isinstance(await failure_of(http, "b"), Unreachable)
        assert asked == ["GET", "GET", "GET"]


async def test_what_changes_something_is_not_sent_again_on_any_connection() -> None:
    async with closing_kept_connections() as (base, asked), http_for(base) as http:
        await get(http, "a")
        with pytest.raises(Unreachable) as caught:
            await send(http, "POST", "b", body={})
        assert caught.value.outcome_unknown
        assert asked == ["GET", "POST"]


async def test_tls_against_a_plain_port_is_explained(faults: Faults) -> None:
    async with http_for(faults.base.replace("http://", "https://")) as http:
        error = await failure_of(http, "ok")
    assert "TLS" in error.message


def test_the_tls_context_is_shared_and_verifies() -> None:
    context = tls_context()
    assert context is tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED


async def test_an_unreadable_ca_file_names_the_setting(faults: Faults, tmp_path: Path) -> None:
    async with http_for(faults.base, ca_file=tmp_path / "missing.pem") as http:
        error = await failure_of(http, "ok")
    assert "ca_file" in error.hint
    assert faults.seen == []


@pytest.mark.parametrize("proxy", ["foo://proxy:80", "socks5://127.0.0.1:1", "http://proxy:port"])
async def test_unusable_proxy_variables_are_named(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    async with http_for("https://api.example.org") as http:
        error = await failure_of(http, "ok")
    assert isinstance(error, Unreachable)
    assert "HTTPS_PROXY" in error.hint


async def test_a_service_on_this_machine_is_not_asked_through_a_proxy(
    faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with http_for(faults.base) as http:
        assert (await get(http, "ok")).status == 200


async def test_a_cancelled_caller_does_not_cancel_the_request(faults: Faults) -> None:
    async with http_for(faults.base) as http:
        for _ in range(30):
            asking = asyncio.ensure_future(get(http, "ok"))
            await asyncio.sleep(0)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        assert (await get(http, "ok")).status == 200
        await asyncio.wait(http._running or [asyncio.ensure_future(asyncio.sleep(0))])
    assert len(faults.seen) == 31


async def test_more_requests_than_connections_recover_from_a_pool_timeout(faults: Faults) -> None:
    narrow = replace(ROOMY, read=1.0, pool=0.05, connections=1)
    async with http_for(faults.base, limits=narrow) as http:
        stalled = asyncio.ensure_future(get(http, "stall"))
        while not faults.seen:
            await asyncio.sleep(0.01)
        results = await asyncio.gather(stalled, get(http, "ok"), return_exceptions=True)
        assert all(isinstance(result, Unreachable) for result in results)
        assert any("anew" in str(result) for result in results)
        assert (await get(http, "ok")).status == 200


async def test_closing_ends_requests_under_way_and_never_raises(faults: Faults) -> None:
    async with http_for(faults.base, limits=ROOMY) as http:
        asking = asyncio.ensure_future(get(http, "stall"))
        while not faults.seen:
            await asyncio.sleep(0.01)
        await http.close()
        with pytest.raises(ProviderError):
            await asking


@pytest.mark.parametrize("part", ["..", ".", "a/../../b", "x?y=1", "x#y", "ä", "%2e%2e", "a b", "\x1b[2J"])
async def test_a_hostile_id_stays_in_its_path_segment(faults: Faults, part: str) -> None:
    faults.canned["v1"] = answer()
    async with http_for(faults.base) as http:
        await get(http, "v1", "tasks", part)
    path = faults.seen[0].path
    assert path.startswith("/v1/tasks/")
    assert path.count("/") == 3
    assert "?" not in path
    assert ".." not in path


async def test_a_prefix_path_stays_in_front(faults: Faults) -> None:
    async with http_for(faults.base + "/ok/proxy/v1/") as http:
        await get(http, "v1", "tasks")
    assert faults.seen[0].path == "/ok/proxy/v1/tasks"


async def test_without_a_key_nothing_is_sent(faults: Faults) -> None:
    async with http_for(faults.base, key=None) as http:
        assert isinstance(await failure_of(http, "ok"), BadKey)
    assert faults.seen == []


async def test_nothing_is_logged_that_holds_a_key_or_a_token(faults: Faults, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with http_for(faults.base) as http:
        await http.ask(HttpRequest("GET", faults.base + "/ok", {"token": "canary-token"}))
    assert KEY not in caplog.text
    assert "canary-token" not in caplog.text


async def test_a_key_does_not_show_in_an_error_or_its_chain(faults: Faults) -> None:
    import traceback

    async with http_for(faults.base) as http:
        error = await failure_of(http, "reset")
    assert KEY not in "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))


async def test_the_client_speaks_http_1_and_follows_nothing(faults: Faults) -> None:
    async with http_for(faults.base) as http:
        await get(http, "ok")
        assert http._pool is not None
        client: httpx.AsyncClient = http._pool.client
        assert not client.follow_redirects
        assert client.timeout == ROOMY.timeout()
