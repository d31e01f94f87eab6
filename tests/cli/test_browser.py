"""`serve` and the HTML export in a real browser, driven over its debugging protocol; skipped where there is none."""

import asyncio
import base64
import itertools
import json
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, tasks
from tests.cli.test_processes import free_port, line, running

aiohttp = pytest.importorskip("aiohttp", reason="the extra [serve] is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
_OPTIONS = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
SECONDS = 300


class Page:
    """One page, and every address it asked for."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.asked: list[str] = []
        self.received = b""  # by its web socket

    async def call(self, method: str, **parameters: object) -> Any:
        """Return the result of a call; requests of the page that are told meanwhile are noted."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            told = json.loads((await self._socket.receive()).data)
            if told.get("method") in {"Network.requestWillBeSent", "Network.webSocketCreated"}:
                self.asked.append(told["params"].get("request", told["params"])["url"])
            if told.get("method") == "Network.webSocketFrameReceived":
                frame = told["params"]["response"]
                binary = frame["opcode"] == 2  # what is painted; the rest is small talk
                self.received += base64.b64decode(frame["payloadData"]) if binary else b""
            if told.get("id") == number:
                assert "error" not in told, told
                return told["result"]

    async def value(self, script: str) -> Any:
        """Return the value of a script in the page."""
        return (await self.call("Runtime.evaluate", expression=script))["result"].get("value")

    async def until(self, script: str) -> None:
        """Wait until a script's value is true."""
        async with asyncio.timeout(SECONDS):
            while not await self.value(script):
                await asyncio.sleep(0.1)

    async def seen(self, words: bytes) -> None:
        """Wait until the terminal in the page was sent these words."""
        async with asyncio.timeout(SECONDS):
            while words not in self.received:
                await self.value("0")


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """An empty page of a browser that knows nothing."""
    port = free_port()
    assert CHROMIUM
    options = [*_OPTIONS.split(), f"--remote-debugging-port={port}", f"--user-data-dir={tmp_path / 'profile'}"]
    browser = await asyncio.create_subprocess_exec(
        CHROMIUM, *options, "about:blank", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    async with aiohttp.ClientSession() as client:
        async with asyncio.timeout(SECONDS):
            while True:
                try:
                    found = await (await client.get(f"http://127.0.0.1:{port}/json")).json()
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.1)
                    continue
                if pages := [one for one in found if one["type"] == "page"]:
                    break
        async with client.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            one = Page(socket)
            await one.call("Network.enable")
            yield one
    browser.send_signal(signal.SIGTERM)
    await browser.wait()


async def test_the_dashboard_is_painted_takes_keys_and_asks_nobody_else(page: Page, home: Path) -> None:
    port = free_port()
    with running("serve", "--demo", "--port", str(port), DIVEWATCH_HOME=str(home)) as process:
        await page.call("Page.navigate", url=line(process))
        await page.until("document.body && !!document.querySelector('.xterm-screen')")
        await page.until("document.body.classList.contains('-first-byte')")
        await page.seen(b"Valyu")
        await page.value("document.querySelector('.xterm-helper-textarea').focus()")
        await page.call("Input.dispatchKeyEvent", type="keyDown", key="q", text="q")
        await page.call("Input.dispatchKeyEvent", type="keyUp", key="q")
        await page.until("document.body.classList.contains('-closed')")
        assert page.asked
        assert all(f"//127.0.0.1:{port}/" in url or url.startswith("data:") for url in page.asked), page.asked
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0


async def test_an_exported_page_walks_from_claim_to_source_and_back(page: Page, world: Cli, tmp_path: Path) -> None:
    found = max(tasks(world, status="done"), key=lambda task: task["citations"] or 0)
    file = tmp_path / "report.html"
    assert world("export", found["id"], "--format", "html", "-o", str(file)).code == 0
    await page.call("Page.navigate", url=file.as_uri())
    await page.until("document.readyState == 'complete' && !!document.querySelector('a.cite')")
    await page.value("document.querySelector('a.cite').click()")
    await page.until("document.querySelector(':target') && document.querySelector(':target').tagName == 'LI'")
    await page.value("document.querySelector(':target .back a').click()")
    await page.until("document.querySelector(':target').classList.contains('cite')")
    lost = (
        "[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.getElementById(a.hash.slice(1))).length"
    )
    assert await page.value(lost) == 0
    assert {url.partition("#")[0] for url in page.asked} == {file.as_uri()}
