"""Every example body of You.com's contract and our own, one by one; what is planted in them; what is refused."""

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.providers.conftest import NOW
from tests.providers.saying import Refuses, Says, check_refusal, planted_at, read, said
from tui.domain.errors import BadAnswer, BadKey, Forbidden, Gone, PaymentNeeded, RateLimited, Refused, Unavailable
from tui.domain.provider import Draft
from tui.domain.task import CostKind, TaskStatus
from tui.providers.http.errors import Failure, refusal
from tui.providers.registry import recognise
from tui.providers.saved import read_saved
from tui.providers.you.spec import PROVIDER, create_body
from tui.testing.contract import ProviderContract

OWN = Path(__file__).parent / "bodies"
ID = "3c1d9a52-7f4e-4b6a-9e20-5d8f1a2b3c4d"
QUEUED, RUNNING, DONE, FAILED = TaskStatus.QUEUED, TaskStatus.RUNNING, TaskStatus.DONE, TaskStatus.FAILED
LIST = CostKind.PRICE_LIST
DEEP, EXHAUSTIVE = (0.10, LIST), (0.45, LIST)
FLOORS, PROTEIN = "https://institute.example/low-emission-floors", "https://board.example/protein-2025"
GRAZING, SLURRY = "https://agency.example/grazing", "https://journal.example/slurry-dilution"
BEIJING = "https://sustainablemobility.iclei.org/air-pollution-beijing/"
BANK = "https://blogs.worldbank.org/en/voices/tackling-poor-air-quality-lessons-three-cities"
FORUM = "https://www.weforum.org/stories/2025/06/urban-mobility-improving-cities-air-quality/"
STATE = "https://www.stateofglobalair.org/resources/health-in-cities"
NATURE, ARXIV, FDA = "https://www.nature.com/", "https://arxiv.org/", "https://www.fda.gov/"
STAFFED, KEEPERS = "https://lights.example/staffed", "https://keepers.example/list"

TASKS = {
    "created": Says(QUEUED, "queued"),
    "status-queued": Says(QUEUED, "queued", EXHAUSTIVE),
    "status-running": Says(RUNNING, "running", EXHAUSTIVE),
    "completed-published": Says(DONE, "completed", (1.2, LIST), begins="Acme Logisti"),
    "completed-long": Says(
        DONE,
        "completed",
        EXHAUSTIVE,
        (
            *(PROTEIN, SLURRY, FLOORS, PROTEIN, SLURRY, f"{GRAZING} {GRAZING}"),
            *(FLOORS, FLOORS, GRAZING, GRAZING, "?"),
        ),
        (FLOORS, PROTEIN, GRAZING, SLURRY, GRAZING),
        begins="# Cutting ni",
    ),
    "completed-structured": Says(DONE, "completed", DEEP, sources=(PROTEIN,), begins='{\n  "measure'),
    "completed-content-string-object": Says(DONE, "completed", EXHAUSTIVE, begins='{\n  "a": 1\n}'),
    "failed": Says(FAILED, "failed", error="Research failed: upstream model error"),
    "failed-no-reason": Says(FAILED, "failed", error="You.com gave no reason"),
    "cancelled": Says(TaskStatus.CANCELLED, "cancelled"),
    "unknown-status": Says(TaskStatus.UNKNOWN, "archived", EXHAUSTIVE, problems=1),
}
AT_ONCE = {
    "sync-lite-published": Says(
        DONE,
        "completed",
        cited=(BEIJING, BANK, FORUM, FORUM, BANK, STATE, STATE),
        sources=(BEIJING, BANK, FORUM, STATE),
        begins="Over the pas",
    ),
    "sync-two-numbers-published": Says(
        DONE, "completed", cited=(f"{NATURE} {ARXIV}",), sources=(NATURE, ARXIV), begins="Recent quant"
    ),
    "sync-structured-published": Says(DONE, "completed", sources=(FDA,), begins='{\n  "drugs":'),
}
OWN_TASKS = {
    "text": Says(DONE, "completed", DEEP, (f"{KEEPERS} {STAFFED}", "?"), (STAFFED, KEEPERS), begins="# Lights\n\nTh"),
    "at-once": Says(DONE, "completed", cited=(STAFFED,), sources=(STAFFED,), begins="Three are [["),
    "no-type": Says(DONE, "completed", DEEP, (STAFFED,), (STAFFED,), begins="Three [[1]]."),
    "failed-object": Says(FAILED, "failed", error="the model is down"),
    "handle": Says(QUEUED, "queued"),
}
ERRORS = {
    "401": Refuses(401, BadKey, "Invalid or expired API key"),
    "402": Refuses(402, PaymentNeeded, "Free tier limit exceeded.", "POST"),
    "403": Refuses(403, Forbidden, "Missing required scopes"),
    "404": Refuses(404, Gone, "Task not found"),
    "422-string": Refuses(422, Refused, "frontier requires background", "POST"),
    "422-list": Refuses(422, Refused, "input: String should have at most 40000", "POST"),
    "422-errors": Refuses(422, Refused, "not supported with research_effort lite", "POST"),
    "429": Refuses(429, RateLimited, "Rate limit exceeded"),
    "500": Refuses(500, Unavailable, "Internal server error"),
}
REQUESTS = {"create-request", "create-request-frontier", "create-request-schema-published"}
STREAMS = {"stream-failed", "stream-published-shape", "stream-unknown-frame"}


class TestYou(ProviderContract):
    """You.com."""

    provider = PROVIDER
    remote_id = ID
    task_answer: ClassVar = {
        "id": ID,
        "task_type": "research",
        "status": "queued",
        "created_at": "2026-11-20T10:00:00Z",
        "updated_at": None,
        "input": {"input": "what about umlauts: äöü?", "research_effort": "deep"},
        "result": None,
    }
    created_answer: ClassVar = {"task_id": ID, "type": "research", "status": "queued", "stream_url": "/v1/x"}
    key_header = ("x-api-key", "{key}")
    fetch_target = f"/v1/research/{ID}"
    create_target = "/v1/research"

    def test_the_client_names_itself(self) -> None:
        requests, _ = self.asked(lambda client: client.fetch(ID), self.task_answer)
        assert requests[0].headers["user-agent"].startswith("divewatch/")


def test_every_example_is_here(more_examples: Path) -> None:
    found = {path.stem.removeprefix("you-") for path in more_examples.glob("you-*") if path.suffix != ".md"}
    assert found == {*TASKS, *AT_ONCE, *(f"error-{name}" for name in ERRORS), *REQUESTS, *STREAMS}


@pytest.mark.parametrize("name", [*TASKS, *AT_ONCE])
def test_a_task_of_the_examples(name: str, more_examples: Path) -> None:
    body = (more_examples / f"you-{name}.json").read_bytes()
    assert said(read(PROVIDER, body)) == {**TASKS, **AT_ONCE}[name]
    found = recognise(body, received_at=NOW)
    assert found is not None
    assert found[0] == "you"


@pytest.mark.parametrize("name", OWN_TASKS)
def test_a_task_of_our_own(name: str) -> None:
    assert said(read(PROVIDER, (OWN / f"{name}.json").read_bytes())) == OWN_TASKS[name]


@pytest.mark.parametrize("name", AT_ONCE)
def test_a_create_that_is_answered_with_the_report_keeps_it(name: str, more_examples: Path) -> None:
    body = (more_examples / f"you-{name}.json").read_bytes()
    task = PROVIDER.reader().read_created(body, draft=Draft("why?", "lite"), received_at=NOW)
    assert (task.remote_id, task.status, task.has_report) == (None, DONE, True)
    assert (task.prompt, task.mode) == ("why?", "lite")


@pytest.mark.parametrize("name", ERRORS)
def test_an_error(name: str, more_examples: Path) -> None:
    body = (more_examples / f"you-error-{name}.json").read_bytes()
    check_refusal(PROVIDER, body, ERRORS[name])
    with pytest.raises(BadAnswer, match="no task"):
        read(PROVIDER, body)


@pytest.mark.parametrize("body", [b"error code: 1010", b"<html><title>Access denied</title></html>"])
def test_the_gateway_s_refusal_is_not_about_the_key(body: bytes) -> None:
    error = refusal(Failure(403, body, "text/html", refusal_rules=(PROVIDER.refusal_rules,)), PROVIDER.info)
    assert type(error) is Forbidden
    assert "gateway" in error.hint


def test_quotes_beside_the_first_are_excerpts_and_warnings_stand_in_two_places() -> None:
    detail = read(PROVIDER, (OWN / "text.json").read_bytes())
    assert detail.report is not None
    assert (detail.report.sources[0].snippet, detail.report.sources[0].excerpts) == ("Three are.", ("One is not.",))
    assert (detail.report.sources[1].snippet, detail.report.sources[1].excerpts) == (None, ())
    assert detail.task.warnings == ("one page was closed", "cut short")


@pytest.mark.parametrize(
    "place", [(), ("input",), ("result",), ("result", "output"), ("result", "output", "sources", 0)]
)
def test_a_member_that_nobody_knows_has_a_place(place: tuple[Any, ...]) -> None:
    assert "canary" in repr(read(PROVIDER, planted_at(OWN, "text.json", place)))


def test_the_requests_of_the_examples_are_what_is_sent(more_examples: Path) -> None:
    def wanted(file: str) -> Any:
        return json.loads((more_examples / f"you-{file}.json").read_text())

    for file in sorted(REQUESTS):
        sent = wanted(file)
        options = {"source_control": sent["source_control"]} if "source_control" in sent else {}
        draft = Draft(sent["input"], sent["research_effort"], sent.get("output_schema"), options)
        assert not PROVIDER.check(draft), file
        assert create_body(draft) == {**sent, "background": True}


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def nested(levels: int) -> dict[str, Any]:
    return closed(a=nested(levels - 1)) if levels > 1 else closed(a={"type": "string"})


@pytest.mark.parametrize(
    ("draft", "field", "trouble"),
    [
        (Draft("x" * 40_001), "prompt", "40,001"),
        (Draft("x", "lite", closed(a={"type": "string"})), "output_schema", "lite"),
        (Draft("x", "deep", {"type": "object", "properties": {}}), "output_schema", "additionalProperties"),
        (Draft("x", "deep", {**closed(a={"type": "string"}), "required": []}), "output_schema", "required"),
        (Draft("x", "deep", nested(6)), "output_schema", "6 levels"),
        (Draft("x", "deep", closed(**{f"p{n}": {"type": "string"} for n in range(101)})), "output_schema", "101"),
        (Draft("x", "deep", closed(a={"enum": [*range(501)]})), "output_schema", "501 enum"),
        (Draft("x", "deep", closed(a={"$ref": "#"})), "output_schema", "refer"),
        (Draft("x", "deep", {"anyOf": [closed()]}), "output_schema", "anyOf"),
        (Draft("x", "deep", closed(a={"enum": ["y" * 25_000]})), "output_schema", "25,000"),
        (
            Draft("x", options={"source_control": {"include_domains": ["a.nl"], "boost_domains": ["b.nl"]}}),
            "options.source_control",
            "no other list",
        ),
        (Draft("x", options={"source_control": {"freshness": "decade"}}), "options.source_control", "freshness"),
        (Draft("x", options={"source_control": {"country": "Netherlands"}}), "options.source_control", "country"),
        (
            Draft("x", options={"source_control": {"boost_domains": ["a"] * 501}}),
            "options.source_control",
            "501 hosts",
        ),
    ],
)
def test_limits_are_checked_before_sending(draft: Draft, field: str, trouble: str) -> None:
    ((name, said_of_it),) = PROVIDER.check(draft)
    assert name == field
    assert trouble in said_of_it


def test_five_levels_and_a_range_of_days_are_fine() -> None:
    assert not PROVIDER.check(Draft("x", "deep", nested(5)))
    assert not PROVIDER.check(Draft("x", options={"source_control": {"freshness": "2024-01-01to2026-11-01"}}))


def test_what_the_service_cannot_do_is_said() -> None:
    assert "balance" in next(text for name, text in PROVIDER.info.missing.items() if name.value == "account")


def test_saved_answers_are_read_without_an_id() -> None:
    answer = read_saved((OWN / "at-once.json").read_bytes())
    assert answer is not None
    assert answer.report == read(PROVIDER, (OWN / "at-once.json").read_bytes()).report


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_a_saved_stream_is_no_task(name: str, more_examples: Path) -> None:
    with pytest.raises(BadAnswer):
        read(PROVIDER, (more_examples / f"you-{name}.txt").read_bytes())
