"""Connections by asyncio's own transports: what is read and written, how they end, and what waits for whom."""

import asyncio
import shutil
import socket
import ssl
import struct
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpcore
import pytest

from tui.providers.http import asyncio_stream
from tui.providers.http.asyncio_stream import AsyncioBackend, AsyncioStream

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PATIENCE = 30.0
LARGE = 8 << 20


@asynccontextmanager
async def connected(serve: Serve) -> AsyncIterator[AsyncioStream]:
    """Connect to a server that does what `serve` does with each connection."""
    over = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve(reader, writer)
        await over.wait()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    stream = await AsyncioBackend().connect_tcp("127.0.0.1", server.sockets[0].getsockname()[1], PATIENCE)
    assert isinstance(stream, AsyncioStream)
    try:
        yield stream
    finally:
        await stream.aclose()
        over.set()
        server.close()


async def known(condition: Callable[[], object]) -> None:
    """Let the loop run until `condition` holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0)


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say nothing."""


async def test_what_came_is_read_in_order_and_the_end_is_empty() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readexactly(4)) * 2)
        writer.write_eof()

    async with connected(echo) as stream:
        await stream.write(b"", PATIENCE)
        await stream.write(b"abcd", PATIENCE)
        got = b""
        while piece := await stream.read(3, PATIENCE):
            assert len(piece) <= 3
            got += piece
        assert got == b"abcdabcd"
        assert await stream.read(3, PATIENCE) == b""


async def test_silence_is_a_time_out_and_what_comes_later_is_still_read() -> None:
    go = asyncio.Event()

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await go.wait()
        writer.write(b"late")

    async with connected(late) as stream:
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(10, 0.0)
        assert not stream.get_extra_info("is_readable")
        go.set()
        assert await stream.read(10, PATIENCE) == b"late"


async def test_a_connection_that_breaks_is_a_read_error_then_a_write_error() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with connected(reset) as stream:
        with pytest.raises(httpcore.ReadError):
            await stream.read(10, PATIENCE)
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"x", PATIENCE)


async def test_an_idle_connection_that_the_server_closed_is_known_as_such() -> None:
    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with connected(close) as stream:
        await known(lambda: stream.get_extra_info("is_readable"))
        assert await stream.read(10, PATIENCE) == b""
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"x", PATIENCE)


async def test_who_reads_slowly_keeps_little_in_memory() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(bytes(LARGE))

    async with connected(flood) as stream:
        await known(lambda: stream._received._paused)
        assert len(stream._received.data) <= 2 * asyncio_stream._MUCH
        size = 0
        while size < LARGE:
            size += len(await stream.read(65536, PATIENCE))
            assert len(stream._received.data) <= 2 * asyncio_stream._MUCH
        assert size == LARGE


async def test_a_server_that_takes_nothing_is_a_write_time_out() -> None:
    async with connected(silent) as stream:
        with pytest.raises(httpcore.WriteTimeout):
            await stream.write(bytes(64 << 20), 0.0)


async def test_a_large_request_is_written_whole() -> None:
    sizes = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sizes.append(len(await reader.readexactly(LARGE)))
        writer.write(b"ok")

    async with connected(take) as stream:
        await stream.write(bytes(LARGE), PATIENCE)
        assert await stream.read(10, PATIENCE) == b"ok"
        assert sizes == [LARGE]


async def test_nobody_there_is_a_connect_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(httpcore.ConnectError):
            await AsyncioBackend().connect_tcp("127.0.0.1", free.getsockname()[1], PATIENCE)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate of this machine."""
    made = tmp_path_factory.mktemp("tls") / "both.pem"
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    names = "subjectAltName=IP:127.0.0.1"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext".split()
    subprocess.run(
        [*command, names, "-keyout", made, "-out", made.with_suffix(".crt")], check=True, capture_output=True
    )
    made.write_bytes(made.read_bytes() + made.with_suffix(".crt").read_bytes())
    return made


@asynccontextmanager
async def over_tls(certificate: Path, serve: Serve) -> AsyncIterator[AsyncioStream]:
    """Connect to a server that speaks TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    stream = await AsyncioBackend().connect_tcp("127.0.0.1", server.sockets[0].getsockname()[1], PATIENCE)
    assert isinstance(stream, AsyncioStream)
    try:
        yield stream
    finally:
        await stream.aclose()
        server.close()


async def test_tls_is_spoken_with_a_server_whose_certificate_is_trusted(certificate: Path) -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readexactly(2)) * (LARGE // 2))
        writer.close()

    async with over_tls(certificate, flood) as plain:
        trusting = ssl.create_default_context(cafile=str(certificate.with_suffix(".crt")))
        stream = await plain.start_tls(trusting, "127.0.0.1", PATIENCE)
        assert stream.get_extra_info("ssl_object").version()
        await stream.write(b"ab", PATIENCE)
        got = bytearray()
        while piece := await stream.read(65536, PATIENCE):
            got += piece
        assert got == b"ab" * (LARGE // 2)


async def test_a_certificate_that_is_not_trusted_ends_the_connection_and_says_why(certificate: Path) -> None:
    async with over_tls(certificate, silent) as stream:
        with pytest.raises(httpcore.ConnectError) as found:
            await stream.start_tls(ssl.create_default_context(), "127.0.0.1", PATIENCE)
        assert isinstance(found.value.__cause__, ssl.SSLCertVerificationError)
        assert stream._received.transport.is_closing()


async def test_a_server_that_does_not_speak_tls_is_a_connect_error() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with connected(plain) as stream:
        with pytest.raises(httpcore.ConnectError):
            await stream.start_tls(ssl.create_default_context(), "127.0.0.1", PATIENCE)


async def test_a_server_that_says_nothing_during_the_handshake_is_a_time_out() -> None:
    async with connected(silent) as stream:
        with pytest.raises(httpcore.ConnectTimeout):
            await stream.start_tls(ssl.create_default_context(), "127.0.0.1", 0.05)
