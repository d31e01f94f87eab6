"""The simulator as a server: quick to start and stop, silent, with a record of what was asked."""

import logging
import os
import signal
import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest

from tests.simulator.conftest import HEADERS, KEYS, client
from tui.simulator.app import Simulation
from tui.simulator.clock import ManualClock
from tui.simulator.faults import Faults, UnknownFaultError
from tui.simulator.gateway import BODY_LIMIT
from tui.simulator.json_body import encode
from tui.simulator.names import service_names
from tui.simulator.server import Simulator, serve, throw_away_keys


def get(simulator: Simulator, provider: str, path: str) -> httpx.Response:
    headers = HEADERS[provider] if simulator.keys == KEYS else {}
    return httpx.get(simulator.base_url(provider) + path, headers=headers, trust_env=False, timeout=300)


def test_a_client_may_connect_as_soon_as_the_block_begins() -> None:
    with Simulator(keys=KEYS) as simulator:
        assert get(simulator, "extruct", "/v1/healthcheck").json() == {"status": "ok"}


def test_the_exports_are_all_a_client_needs() -> None:
    with Simulator() as simulator:
        exports = simulator.exports
        assert [*exports][:6] == [
            "EXTRUCT_API_TOKEN", "EXTRUCT_BASE_URL", "YUTORI_API_KEY", "YUTORI_BASE_URL", "VALYU_API_KEY",
            "VALYU_BASE_URL",
        ]  # fmt: skip
        assert len(exports) == 2 * len(service_names())
        assert {"OPENAI_API_KEY", "OPENAI_BASE_URL"} <= exports.keys()
        url, key = exports["VALYU_BASE_URL"], exports["VALYU_API_KEY"]
        assert (
            httpx.get(f"{url}/v1/deepresearch/list", headers={"X-API-Key": key}, trust_env=False, timeout=300).json()
            == []
        )


def test_keys_are_thrown_away_each_time() -> None:
    first, second = throw_away_keys(), throw_away_keys()
    assert set(first.values()).isdisjoint(second.values())


def test_the_port_is_free_again_after_the_block() -> None:
    with Simulator() as simulator:
        port = simulator.port
    with pytest.raises(httpx.ConnectError):
        get(simulator, "extruct", "/v1/healthcheck")
    with Simulator(port, keys=KEYS) as again:
        assert get(again, "yutori", "/v1/health").is_success


def test_a_taken_port_is_an_error_at_once() -> None:
    with Simulator() as simulator, pytest.raises(OSError, match="in use"):
        Simulator(simulator.port)


def test_stopping_does_not_wait_for_requests_under_way() -> None:
    with Simulator(keys=KEYS, faults="stall") as simulator:
        lost: list[type[Exception]] = []

        def ask() -> None:
            try:
                get(simulator, "extruct", "/v1/healthcheck")
            except httpx.HTTPError as error:
                lost.append(type(error))

        thread = threading.Thread(target=ask)
        thread.start()
        while not simulator._transports:
            pass
    thread.join(timeout=300)
    assert not thread.is_alive()
    assert lost


def test_stopping_twice_is_harmless() -> None:
    simulator = Simulator()
    simulator.stop()
    simulator.stop()


def test_an_unknown_fault_is_an_error_before_anything_is_bound() -> None:
    with pytest.raises(UnknownFaultError):
        Simulator(faults="nonsense")


def test_it_leaves_signals_and_the_terminal_alone(capfd: pytest.CaptureFixture[str]) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Simulator(keys=KEYS, faults="drop-body") as simulator:
        with pytest.raises(httpx.RemoteProtocolError):
            get(simulator, "extruct", "/v1/user")
        during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert during == before
    assert tuple(capfd.readouterr()) == ("", "")
    assert not logging.getLogger("uvicorn.access").handlers


def test_requests_are_recorded_without_their_keys() -> None:
    with Simulator(keys=KEYS) as simulator:
        url = f"{simulator.base_url('valyu')}/v1/deepresearch/tasks"
        headers = {**HEADERS["valyu"], "X-Trace": "t"}
        httpx.post(url, headers=headers, json={"query": "é"}, params={"a": "b"}, trust_env=False, timeout=300)
        (recorded,) = simulator.requests
        assert (recorded.provider, recorded.method, recorded.path) == ("valyu", "POST", "/v1/deepresearch/tasks")
        assert (recorded.query, recorded.json, recorded.status) == ("a=b", {"query": "é"}, 202)
        assert recorded.headers["x-trace"] == "t"
        assert "val_test" not in str(simulator.requests)


def test_creates_can_be_counted() -> None:
    with Simulator(keys=KEYS) as simulator, httpx.Client(trust_env=False, timeout=300) as http:
        for provider, path, body in (
            ("extruct", "/v1/deep_research_tasks", {"brief": "x"}),
            ("yutori", "/v1/research/tasks", {"query": "x"}),
            ("valyu", "/v1/deepresearch/tasks", {"query": "x"}),
            ("valyu", "/v1/deepresearch/batches", {}),
        ):
            http.post(simulator.base_url(provider) + path, headers=HEADERS[provider], json=body)
        assert len(simulator.creates()) == 3
        assert [create.json for create in simulator.creates("yutori")] == [{"query": "x"}]


def test_a_body_that_is_no_json_is_recorded_too() -> None:
    with Simulator(keys=KEYS) as simulator:
        httpx.post(
            f"{simulator.base_url('extruct')}/v1/deep_research_tasks", content=b"{", trust_env=False, timeout=300
        )
        assert simulator.requests[0].json is None
        assert simulator.requests[0].body == b"{"


def test_a_request_body_without_end_is_refused() -> None:
    with Simulator(keys=KEYS) as simulator:
        url = f"{simulator.base_url('extruct')}/v1/deep_research_tasks"
        answer = httpx.post(
            url, headers=HEADERS["extruct"], content=b" " * (BODY_LIMIT + 1), trust_env=False, timeout=300
        )
        assert answer.status_code == 413


def test_an_unknown_prefix_is_not_found() -> None:
    with Simulator() as simulator:
        assert (
            httpx.get(f"http://127.0.0.1:{simulator.port}/openai/v1", trust_env=False, timeout=300).status_code == 404
        )


def test_a_fault_of_the_simulator_itself_is_a_500_and_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with Simulator(keys=KEYS) as simulator:
        monkeypatch.setattr(simulator.simulation.extruct, "available_credits", lambda: 1 / 0)
        answer = get(simulator, "extruct", "/v1/user")
        assert (answer.status_code, answer.json()) == (500, {"detail": "Internal Server Error"})
        assert "ZeroDivisionError" in simulator.crashes[0]


async def test_without_a_server_a_connection_cannot_be_dropped_quietly(simulation: Simulation, faults: Faults) -> None:
    faults.switch_on("drop")
    async with client(simulation, "extruct") as http:
        with pytest.raises(ConnectionAbortedError):
            await http.get("/v1/user")


def test_what_utf8_cannot_hold_is_escaped() -> None:
    assert encode({"a": "\ud800é"}) == b'{"a":"\\ud800\\u00e9"}'
    assert encode({"a": "é"}) == '{"a":"é"}'.encode()


def test_time_and_faults_can_be_turned_from_outside() -> None:
    clock, board = ManualClock(), Faults()
    with Simulator(clock=clock, faults=board) as simulator:
        assert simulator.clock is clock
        assert simulator.faults is board


def test_serving_announces_itself_and_ends_when_told() -> None:
    said: list[dict[str, str]] = []
    until = threading.Event()

    def announce(exports: Any) -> None:
        said.append(dict(exports))
        until.set()

    serve(speed=30, seed=3, announce=announce, until=until)
    assert len(said[0]) == 2 * len(service_names())


def test_serving_in_the_foreground_ends_at_an_interrupt() -> None:
    code = "from tui.simulator.server import serve\nserve(announce=lambda exports: print(*exports, flush=True))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ}, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("EXTRUCT_API_TOKEN")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=300)
    assert (process.returncode, errors) == (0, "")


def test_nothing_of_the_client_side_is_imported() -> None:
    code = (
        "import sys, tui.simulator.server\n"
        "bad = [name for name in sys.modules if name.split('.')[0] in ('httpx', 'textual', 'markdown_it', 'pydantic',"
        " 'sqlite3', 'jsonschema')]\n"
        "bad += [name for name in sys.modules if name.startswith(('tui.providers', 'tui.report', 'tui.engine'))]\n"
        "print(bad)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300).stdout
    assert out.strip() == "[]"
