"""Every fault in the table, seen from a client's side of a real socket."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from tests.simulator.conftest import HEADERS, KEYS
from tui.simulator.clock import ManualClock
from tui.simulator.fault_effects import HeldResponse, spoiled
from tui.simulator.faults import FAULTS, STATE_FAULTS, Fault, Faults, UnknownFaultError
from tui.simulator.server import Simulator

PATHS = {"extruct": "/v1/deep_research_tasks", "yutori": "/v1/research/tasks", "valyu": "/v1/deepresearch/tasks"}
PROMPTS = {"extruct": "brief", "yutori": "query", "valyu": "query"}
PROVIDERS = sorted(PATHS)


class World:
    """A server with one finished, richly furnished task at each service, and a client for it."""

    def __init__(self, simulator: Simulator, clock: ManualClock) -> None:
        self.simulator = simulator
        self.faults = simulator.faults
        self.clock = clock
        self.http = httpx.Client(timeout=60, trust_env=False)
        self.ids: dict[str, str] = {}
        for provider in PROVIDERS:
            extra = {"tools": {"charts": True}, "deliverables": ["csv"]} if provider == "valyu" else {}
            body = self.create(provider, **extra).json()
            self.ids[provider] = body.get("id") or body.get("task_id") or body["deepresearch_id"]
        clock.advance(5000)

    @contextmanager
    def aged(self, age: float) -> Iterator[None]:
        """Go back to when the tasks were `age` seconds old."""
        self.clock.advance(age - 5000)
        yield
        self.clock.advance(5000 - age)

    def create(self, provider: str, **extra: Any) -> httpx.Response:
        url = self.simulator.base_url(provider) + PATHS[provider]
        return self.http.post(url, headers=HEADERS[provider], json={PROMPTS[provider]: "x", **extra})

    def status(self, provider: str) -> httpx.Response:
        tail = "/status" if provider == "valyu" else ""
        url = f"{self.simulator.base_url(provider)}{PATHS[provider]}/{self.ids[provider]}{tail}"
        return self.http.get(url, headers=HEADERS[provider])

    def list(self, provider: str) -> httpx.Response:
        path = "/v1/deepresearch/list" if provider == "valyu" else PATHS[provider]
        return self.http.get(self.simulator.base_url(provider) + path, headers=HEADERS[provider])

    def tasks(self, provider: str) -> int:
        return len(getattr(self.simulator.simulation, provider).tasks)


@pytest.fixture(scope="module")
def module_world() -> Iterator[World]:
    clock = ManualClock(speed=20)
    with Simulator(clock=clock, keys=KEYS) as simulator:
        world = World(simulator, clock)
        yield world
        world.http.close()
        assert simulator.crashes == []


@pytest.fixture
def world(module_world: World) -> Iterator[World]:
    yield module_world
    module_world.faults.clear()


ANSWERS: dict[str, Callable[[httpx.Response], Any]] = {
    **{str(code): lambda answer, code=code: answer.status_code == code  # type: ignore[misc]
       for code in (401, 402, 403, 404, 409, 422, 429, 500, 502, 503, 504)},
    "429-date": lambda answer: 0 < parsedate_to_datetime(answer.headers["retry-after"]).timestamp() - time.time() < 9,
    "429-bare": lambda answer: answer.status_code == 429 and "retry-after" not in answer.headers,
    "429-gateway": lambda answer: answer.json() == {"message": "Limit Exceeded"},
    "sunset": lambda answer: answer.status_code == 410,
    "empty": lambda answer: (answer.status_code, answer.content) == (200, b""),
    "html": lambda answer: answer.is_success and answer.headers["content-type"].startswith("text/html"),
    "error-in-200": lambda answer: answer.is_success and answer.json()["success"] is False,
    "wrong-type": lambda answer: isinstance(answer.json(), list),
    "redirect": lambda answer: answer.status_code == 307 and "elsewhere.invalid" in answer.headers["location"],
    "redirect-loop": lambda answer: answer.headers["location"] == str(answer.request.url),
    "other-task": lambda answer: "00000000-0000-4000-8000-000000000000" in answer.text,
    "unknown-status": lambda answer: answer.json()["status"] == "hibernating",
    "epoch-times": lambda answer: answer.json()["created_at"] > 10**12,
    "report-shrinks": lambda answer: len(answer.content) < 70_000 and answer.is_success,
}  # fmt: skip


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("name", ANSWERS)
def test_the_fault_shows_in_the_answer_and_goes_when_switched_off(world: World, name: str, provider: str) -> None:
    usual = world.status(provider)
    world.faults.switch_on(name)
    assert ANSWERS[name](world.status(provider))
    world.faults.clear()
    assert world.status(provider).content == usual.content


def test_every_fault_of_the_table_is_tested_here() -> None:
    tested = (
        "slow stall drop drop-body cut-json create-lost create-502 raw-newlines unknown-mode unknown-chart no-s3-key"
    )
    tested += " null-titles no-total duplicates wrapped-list report-changes backwards frozen vanish list-lag no-etag"
    tested += " huge gzip-bomb usage-unavailable"
    assert {*ANSWERS, *tested.split()} == set(FAULTS)
    assert set(FAULTS) >= STATE_FAULTS


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(("fault", "seconds"), [("429", "7"), ("429=11", "11"), ("503=30", "30"), ("503", None)])
def test_a_refusal_says_how_long_to_wait(world: World, provider: str, fault: str, seconds: str | None) -> None:
    world.faults.switch_on(fault)
    answer = world.status(provider)
    assert answer.status_code == int(fault[:3])
    assert answer.headers.get("retry-after") == seconds


def test_a_spoiled_answer_does_not_hide_behind_a_304_nor_outlive_its_fault(world: World) -> None:
    url = f"{world.simulator.base_url('valyu')}{PATHS['valyu']}/{world.ids['valyu']}/status"
    tag = world.status("valyu").headers["etag"]
    asking = {**HEADERS["valyu"], "If-None-Match": tag}
    world.faults.switch_on("unknown-status")
    spoiled = world.http.get(url, headers=asking)
    assert spoiled.json()["status"] == "hibernating"
    assert "etag" not in spoiled.headers
    world.faults.clear()
    assert world.http.get(url, headers=asking).status_code == 304


def test_faults_add_up_and_the_one_that_breaks_json_comes_last(world: World) -> None:
    world.faults.switch_on("cut-json")
    world.faults.switch_on("unknown-status")
    assert '"status":"hibernating"' in world.status("extruct").text


def test_raw_newlines_leave_backslashes_alone() -> None:
    answer = HeldResponse.of(200, {"text": "a\nb\\nabla\\\nc"})
    spoiled_body = spoiled([Fault("raw-newlines")], answer).body
    assert json.loads(spoiled_body, strict=False) == {"text": "a\nb\\nabla\\\nc"}
    assert spoiled_body.count(b"\n") == 2


def test_a_dropped_connection_sends_nothing(world: World) -> None:
    world.faults.switch_on("drop")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        world.status("extruct")


def test_a_body_can_break_off(world: World) -> None:
    world.faults.switch_on("drop-body")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        world.status("valyu")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_lost_create_did_make_the_task(world: World, provider: str) -> None:
    before = world.tasks(provider)
    world.faults.switch_on("create-lost")
    with pytest.raises(httpx.RemoteProtocolError):
        world.create(provider)
    assert world.tasks(provider) == before + 1
    assert world.status(provider).is_success
    assert world.simulator.requests[-2].status is None


def test_a_create_answered_by_a_gateway_page_did_make_the_task(world: World) -> None:
    before = world.tasks("extruct")
    world.faults.switch_on("create-502")
    answer = world.create("extruct")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert world.tasks("extruct") == before + 1


def test_cut_json_is_valid_http_and_invalid_json(world: World) -> None:
    world.faults.switch_on("cut-json")
    answer = world.status("yutori")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_raw_newlines_are_refused_by_strict_parsers_only(world: World) -> None:
    world.faults.switch_on("raw-newlines")
    text = world.status("extruct").text
    with pytest.raises(json.JSONDecodeError, match="Invalid control character"):
        json.loads(text)
    assert "\n" in json.loads(text, strict=False)["report"]["markdown"]


def test_unknown_modes_and_chart_types_can_be_chosen(world: World) -> None:
    world.faults.switch_on("unknown-mode=warp")
    world.faults.switch_on("unknown-chart")
    body = world.status("valyu").json()
    assert body["mode"] == "warp"
    assert body["images"][0]["chart_type"] == "sankey"
    assert world.status("extruct").json()["depth"] == "warp"


def test_members_the_official_sdk_insists_on_can_be_missing(world: World) -> None:
    for name in ("no-s3-key", "null-titles", "no-total"):
        world.faults.switch_on(name)
    body = world.status("valyu").json()
    assert "s3_key" not in body["deliverables"][0]
    assert {source["title"] for source in body["sources"]} == {None}
    assert set(body["progress"]) == {"current_step"}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_lists_can_repeat_themselves(world: World, provider: str) -> None:
    world.faults.switch_on("duplicates")
    body = world.list(provider).json()
    items = body["tasks"] if isinstance(body, dict) else body
    assert items[0] == items[1]


@pytest.mark.parametrize("provider", ["extruct", "valyu"])
def test_bare_lists_can_come_wrapped(world: World, provider: str) -> None:
    world.faults.switch_on("wrapped-list")
    assert isinstance(world.list(provider).json()["data"], list)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_finished_report_can_change(world: World, provider: str) -> None:
    world.faults.switch_on("report-changes")
    first, second = world.status(provider), world.status(provider)
    assert "Revised, edition" in first.text
    assert first.content != second.content


@pytest.mark.parametrize(("provider", "age"), [("extruct", 500), ("yutori", 800), ("valyu", 1200)])
def test_a_status_can_go_backwards(world: World, provider: str, age: float) -> None:
    world.faults.switch_on("backwards")
    with world.aged(age):
        words = [world.status(provider).json()["status"] for _ in range(4)]
    assert words[0] == words[2] != words[1] == words[3]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_time_can_stand_still(world: World, provider: str) -> None:
    world.faults.switch_on("frozen")
    with world.aged(150):
        before = world.status(provider).json()
    assert world.status(provider).json() == before
    world.faults.clear()
    assert world.status(provider).json()["status"] != before["status"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_tasks_can_vanish(world: World, provider: str) -> None:
    world.faults.switch_on(f"{provider}:vanish")
    assert world.status(provider).status_code == 404
    body = world.list(provider).json()
    assert (body["tasks"] if isinstance(body, dict) else body) == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_list_can_be_behind(world: World, provider: str) -> None:
    world.faults.switch_on("list-lag=4990")
    body = world.list(provider).json()
    items = body["tasks"] if isinstance(body, dict) else body
    oldest = items[-1]
    assert oldest["status"] in ("created", "in_progress", "running")
    assert world.status(provider).json()["status"] in ("done", "succeeded", "completed")


def test_without_an_etag_nothing_is_ever_unchanged(world: World) -> None:
    tag = world.status("valyu").headers["etag"]
    world.faults.switch_on("no-etag")
    url = f"{world.simulator.base_url('valyu')}{PATHS['valyu']}/{world.ids['valyu']}/status"
    answer = world.http.get(url, headers={**HEADERS["valyu"], "If-None-Match": tag})
    assert answer.status_code == 200
    assert "etag" not in answer.headers


def test_a_huge_body_is_as_huge_as_asked(world: World) -> None:
    world.faults.switch_on("huge=2")
    assert len(world.status("yutori").content) > 2 * 1024 * 1024


def test_a_gzip_bomb_is_small_on_the_wire(world: World) -> None:
    world.faults.switch_on("gzip-bomb=8")
    url = f"{world.simulator.base_url('yutori')}/v1/usage"
    with world.http.stream("GET", url, headers=HEADERS["yutori"]) as answer:
        raw = b"".join(answer.iter_raw())
    assert len(raw) < 100_000
    assert len(gzip.decompress(raw)) > 8 * 1024 * 1024


def test_slow_answers_come_in_the_end_and_stalled_ones_never_do(world: World) -> None:
    world.faults.switch_on("slow=0.05")
    assert world.status("extruct").is_success
    world.faults.clear()
    world.faults.switch_on("stall=0.05")
    with pytest.raises(httpx.RemoteProtocolError):
        world.status("extruct")


def test_usage_can_be_unavailable(world: World) -> None:
    world.faults.switch_on("usage-unavailable")
    answer = world.http.get(f"{world.simulator.base_url('yutori')}/v1/usage", headers=HEADERS["yutori"])
    assert answer.json()["rate_limits"]["status"] == "unavailable"


def test_one_sick_service_leaves_the_others_alone(world: World) -> None:
    world.faults.switch_on("yutori:sunset")
    assert [world.status(provider).status_code for provider in PROVIDERS] == [200, 200, 410]


def test_a_counted_fault_is_used_up(world: World) -> None:
    world.faults.switch_on("500", times=2)
    assert [world.status("extruct").status_code for _ in range(4)] == [500, 500, 200, 200]


def test_a_fault_can_be_kept_to_one_method_or_path(world: World) -> None:
    world.faults.switch_on("503", method="POST")
    world.faults.switch_on("valyu:500", path="/list")
    assert world.create("extruct").status_code == 503
    assert world.status("extruct").status_code == 200
    assert world.list("valyu").status_code == 500
    assert world.status("valyu").status_code == 200


def test_faults_are_read_from_one_line_of_text() -> None:
    board = Faults.parse("valyu:429=7, slow=0.5,")
    assert board.striking("valyu", "GET", "/") == [Fault("429", "valyu", "7"), Fault("slow", None, "0.5")]
    assert board.striking("extruct", "GET", "/") == [Fault("slow", None, "0.5")]
    assert Faults.parse(None).striking("valyu", "GET", "/") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cut-jason", "did you mean 'cut-json'"),
        ("nobody:500", "no fault is called 'nobody:500'"),
        ("=5", "no fault is called ''"),
    ],
)
def test_an_unknown_fault_names_the_nearest_one(text: str, message: str) -> None:
    with pytest.raises(UnknownFaultError, match=message):
        Faults.parse(text)


def test_every_fault_has_its_own_sentence() -> None:
    assert len(set(FAULTS.values())) == len(FAULTS)
    assert all(sentence and not sentence.endswith(".") for sentence in FAULTS.values())
