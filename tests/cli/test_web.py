"""The page of `serve` is only for who knows the key, only under our own name, and asks nobody else."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_processes import free_port

aiohttp = pytest.importorskip("aiohttp", reason="the extra [serve] is not installed")
from aiohttp import web  # noqa: E402
from aiohttp.test_utils import make_mocked_request  # noqa: E402

from tui.cli.web.server import Site  # noqa: E402


@pytest.fixture
async def site() -> AsyncIterator[tuple[Site, str]]:
    """A running site and its address."""
    port = free_port()
    made = Site("true", "127.0.0.1", port)
    runner = web.AppRunner(made.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield made, f"http://127.0.0.1:{port}/"
    await runner.cleanup()


async def fetch(url: str, **headers: str) -> Any:
    """Return the answer to a request, redirects not followed, its text read."""
    async with (
        aiohttp.ClientSession() as client,
        client.get(url, headers=headers, allow_redirects=False) as answer,
    ):
        await answer.read()
        return answer


async def test_without_the_key_there_is_no_page(site: tuple[Site, str]) -> None:
    _, root = site
    for path in ("", "?key=wrong", "ws", "download/x"):
        assert (await fetch(root + path)).status == 403


async def test_the_key_becomes_a_cookie_that_scripts_and_other_sites_cannot_use(site: tuple[Site, str]) -> None:
    made, root = site
    answer = await fetch(f"{root}?key={made.key}")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Strict" in answer.headers["Set-Cookie"]
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    page = await fetch(root, Cookie=cookie)
    assert page.status == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Host": "["}]
)
async def test_other_names_and_other_sites_are_refused(site: tuple[Site, str], headers: dict[str, str]) -> None:
    made, root = site
    port = root.rstrip("/").rpartition(":")[2]
    answer = await fetch(root, Cookie=f"divewatch_{port}={made.key}", **headers)
    assert answer.status in {400, 403, 500}


@pytest.mark.parametrize("host", ['localhost"onload=x', "localhost<b>", "localhost:1;script-src *", "localhost:'x'"])
def test_a_host_that_is_no_name_is_refused_and_never_repeated(host: str) -> None:
    made = Site("true", "0.0.0.0", free_port())
    request = make_mocked_request("GET", "/", headers={"Host": host, "Cookie": f"{made._cookie}={made.key}"})
    with pytest.raises(web.HTTPBadRequest) as refused:
        made._admit(request)
    assert host not in (refused.value.text or "")


async def test_the_page_asks_nobody_else_and_finds_all_it_needs(site: tuple[Site, str]) -> None:
    made, root = site
    port = root.rstrip("/").rpartition(":")[2]
    cookie = f"divewatch_{port}={made.key}"
    text = await (await fetch(f"{root}?fontsize=20", Cookie=cookie)).text()
    assert f'data-session-websocket-url="ws://127.0.0.1:{port}/ws"' in text
    assert 'data-font-size="20"' in text
    assert 'data-font-size="16"' in await (await fetch(f"{root}?fontsize=%22x", Cookie=cookie)).text()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', text) + re.findall(r'url\("([^"]+)"\)', text)
    assert len(addresses) >= 4
    for address in addresses:
        assert (await fetch(f"{root.rstrip('/')}{address}", Cookie=cookie)).status == 200


def test_the_address_with_the_key_is_printed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_app(app: object, **how: Any) -> None:
        assert how["host"] == "127.0.0.1"
        how["print"]("whatever aiohttp has to say")

    monkeypatch.setattr(web, "run_app", run_app)
    ended = cli("serve", "--port", "8123")
    assert re.fullmatch(r"http://127\.0\.0\.1:8123/\?key=[\w-]{32}\n", ended.out)
    assert "ssh -L 8123:127.0.0.1:8123" in ended.err


def test_another_address_is_warned_of_and_a_taken_port_explained(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "run_app", lambda app, **how: how["print"]())
    assert "goes over the network as it is" in cli("serve", "--insecure-host", "0.0.0.0").err

    def taken(app: object, **how: Any) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(web, "run_app", taken)
    ended = cli("serve")
    assert ended.code == 1
    assert "choose another --port" in ended.err
