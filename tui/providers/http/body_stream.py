"""Reads a response body with a size limit after decoding and a deadline; only gzip; whole or not at all."""

import asyncio
import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress

import httpx

_GZIP = 31  # zlib's window bits for "a gzip stream"


class TooMuch(Exception):
    """The body is larger than allowed."""


class Unusable(Exception):
    """The body cannot be decoded, or ended early."""


async def read_body(response: httpx.Response, most: int, deadline: float) -> bytes:
    """Return the whole decoded body.

    Raises:
        TooMuch: it is longer than `most` bytes, decoded.
        Unusable: its encoding is not gzip, its gzip is broken or cut, or the deadline (loop time) passed.
        httpx.HTTPError: the connection broke.
    """
    return b"".join([chunk async for chunk in decoded(response, most, deadline)])


async def decoded(response: httpx.Response, most: int, deadline: float) -> AsyncIterator[bytes]:
    """Yield the decoded body piece by piece; raises like `read_body`."""
    inflate = _decoder(response.headers.get("content-encoding", ""))
    length = response.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and (len(length) > 15 or int(length) > most):
        raise TooMuch(_size(most))
    expired = _Expiry(response, deadline)
    total = 0
    try:
        async for chunk in response.aiter_raw():
            piece = inflate.feed(chunk, most + 1 - total) if inflate else chunk
            total += len(piece)
            if total > most:
                raise TooMuch(_size(most))
            if piece:
                yield piece
    except (httpx.HTTPError, httpx.StreamError, OSError, RuntimeError):
        if expired.passed:
            raise Unusable("no whole answer in time") from None
        raise
    finally:
        expired.stop()
    if expired.passed:
        raise Unusable("no whole answer in time")
    if inflate:
        inflate.finish()


async def looked_at(response: httpx.Response, most: int, deadline: float, idle: float) -> AsyncGenerator[bytes]:
    """Yield the decoded body until the deadline, or until nothing came for `idle` seconds."""
    inflate = _decoder(response.headers.get("content-encoding", ""))
    loop = asyncio.get_running_loop()
    total = 0
    expired = _Expiry(response, min(deadline, loop.time() + idle))
    try:
        async for chunk in response.aiter_raw():
            piece = inflate.feed(chunk, most + 1 - total) if inflate else chunk
            total += len(piece)
            if total > most:
                return
            if piece:
                yield piece
            expired.stop()
            if loop.time() >= deadline:
                return
            expired = _Expiry(response, min(deadline, loop.time() + idle))
    finally:
        expired.stop()


class _Expiry:
    """Closes the response at the deadline: the pending read then fails, and no task is cancelled."""

    def __init__(self, response: httpx.Response, deadline: float) -> None:
        self.passed = False
        self._response = response
        self._closing: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_at(deadline, self._expire)

    def _expire(self) -> None:
        self.passed = True
        self._closing = asyncio.ensure_future(self._close())

    async def _close(self) -> None:
        with suppress(httpx.HTTPError, httpx.StreamError, OSError, RuntimeError):  # broken already: as good as closed
            await self._response.aclose()

    def stop(self) -> None:
        self._timer.cancel()


_MAGIC = b"\x1f\x8b"
_MOST_MEMBERS = 1000  # of one answer (RFC 1952 section 2.2 allows any number)


class _Gunzip:
    """Decompresses gzip of one or more members, never further than the limit: 1 kB can become 1 GB."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP)
        self._any = False
        self._members = 1

    def feed(self, chunk: bytes, most: int) -> bytes:
        self._any = True
        pieces, left = [self._inflate(chunk, most)], most
        while self._stream.eof and (rest := self._stream.unused_data):
            self._members += 1
            if not rest.startswith(_MAGIC[: len(rest)]) or self._members > _MOST_MEMBERS:
                raise Unusable("there is something behind the end of its gzip encoding")
            self._stream = zlib.decompressobj(_GZIP)
            left -= len(pieces[-1])
            pieces.append(self._inflate(rest, max(1, left)))
        return b"".join(pieces)

    def _inflate(self, chunk: bytes, most: int) -> bytes:
        try:
            return self._stream.decompress(chunk, most)
        except zlib.error:
            raise Unusable("its gzip encoding is broken") from None

    def finish(self) -> None:
        if self._any and not self._stream.eof:
            raise Unusable("its gzip encoding is cut off")


def _decoder(encoding: str) -> _Gunzip | None:
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return None
    if name in {"gzip", "x-gzip"}:
        return _Gunzip()
    raise Unusable("the answer has a content encoding that was not asked for")


def _size(most: int) -> str:
    return f"the answer is larger than {most >> 20} MiB" if most >= 1 << 20 else f"larger than {most:,} bytes"
