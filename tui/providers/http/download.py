"""Downloads a file: whole or not at all, readable by its owner only; the key is sent to the service's origin only."""

import asyncio
from pathlib import Path
from typing import BinaryIO

from tui.domain.atomic import replacing
from tui.domain.errors import Refused, Unreachable, UsageError
from tui.domain.text import one_line
from tui.domain.url import Verdict, check_url
from tui.providers.http.body_stream import TooMuch, Unusable, decoded
from tui.providers.http.errors import Failure, refusal
from tui.providers.http.session import HttpRequest, HttpSession
from tui.providers.protocol import DownloadProgress

_SECONDS = 600.0
_MOST_BYTES = 1 << 30


async def save(http: HttpSession, url: str, target: Path, progress: DownloadProgress | None = None) -> int:
    """Download `url` to `target` and return the number of bytes.

    Raises:
        UsageError: the file cannot be written.
        ProviderError: the address is none to ask, or gave no whole answer.
    """
    own = http.origin.owns(url)
    if not own and (trouble := _distrusted(url)):
        raise Refused(f"{http.info.title} gave an address that is not asked for a file: {trouble}")
    return await http.shielded(
        _save(http, HttpRequest("GET", url, headers={"Accept": "*/*"}, keyed=own), target, progress)
    )


def _distrusted(url: str) -> str:
    """Return why a foreign address is not requested ("" if it is): only public hosts, only over TLS."""
    judged = check_url(url)
    if judged.verdict is not Verdict.OPEN:
        return judged.reason
    return "" if url[:8].lower() == "https://" else "it is not https"


async def _save(http: HttpSession, call: HttpRequest, target: Path, progress: DownloadProgress | None) -> int:
    try:
        with replacing(target) as file:
            written = await _fetch_into(http, call, file, progress)
    except OSError as error:
        raise UsageError(f"{one_line(str(target))} cannot be written: {error.strerror or 'no reason given'}") from None
    return written


async def _fetch_into(http: HttpSession, call: HttpRequest, file: BinaryIO, progress: DownloadProgress | None) -> int:
    deadline = asyncio.get_running_loop().time() + _SECONDS
    written = 0
    trouble: OSError | None = None
    async with http.exchange(call, deadline) as response:
        if response.status_code != 200 and 200 <= response.status_code < 300:
            raise Unreachable(f"{http.info.title} sent no whole file (HTTP {response.status_code})")
        if response.status_code != 200:
            location = response.headers.get("location", "")
            raise refusal(Failure(response.status_code, b"", location=location), http.info)
        length = response.headers.get("content-length", "")
        encoded = "content-encoding" in response.headers
        total = int(length) if length.isascii() and length.isdigit() and len(length) < 16 and not encoded else None
        try:
            async for piece in decoded(response, _MOST_BYTES, deadline):
                try:
                    file.write(piece)
                except OSError as error:  # a full disk is no fault of the network, so it leaves by another door
                    trouble = error
                    break
                written += len(piece)
                if progress:
                    progress(written, total)
        except (TooMuch, Unusable) as error:
            raise Unreachable(f"{http.info.title}: {error}") from None
    if trouble:
        raise trouble
    return written
