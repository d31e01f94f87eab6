"""Every example body of Exa's contract and our own, one by one; what is planted in them; what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.providers.conftest import NOW
from tests.providers.saying import Refuses, Says, check_refusal, planted, planted_at, read, said
from tui.domain.actions import Cancel, Delete, Stop
from tui.domain.anchors import FieldAnchor, WholeAnchor
from tui.domain.detail import ReportFormat
from tui.domain.errors import BadAnswer, BadKey, Forbidden, Gone, PaymentNeeded, RateLimited, Refused, Unavailable
from tui.domain.provider import Draft
from tui.domain.task import CostKind, TaskStatus
from tui.providers.answer import Answer
from tui.providers.exa.spec import PROVIDER, create_body
from tui.providers.registry import recognise
from tui.providers.saved import read_saved, read_stream
from tui.report.read import read_report

OWN = Path(__file__).parent / "bodies"
QUEUED, RUNNING, DONE = TaskStatus.QUEUED, TaskStatus.RUNNING, TaskStatus.DONE
PARTIAL, FAILED, CANCELLED = TaskStatus.PARTIAL, TaskStatus.FAILED, TaskStatus.CANCELLED
PAID, LIST, UP_TO = CostKind.REPORTED, CostKind.PRICE_LIST, CostKind.ESTIMATE
A = "https://airport-a.example/sustainability-2025"
B = "https://airport-b.example/news/electric-fleet"
C = "https://airport-c.example/annual-report"
J4, J8 = "https://journal.example/gse-payback-2024", "https://journal.example/gse-payback-2018"
TEAM, EXAMPLE = "https://example.com/team", "https://example.com"
ELING, WOODBRIDGE = "https://mills.example/eling", "https://mills.example/woodbridge"
GAVE_NONE = "Exa gave no reason"

RUNS = {
    "created-published": Says(RUNNING, "running", (5.0, UP_TO)),
    "created-queued": Says(QUEUED, "queued", (0.5, LIST)),
    "run-running": Says(RUNNING, "running", (0.5, LIST)),
    "run-running-with-cost": Says(RUNNING, "running", (0.5, LIST)),
    "run-bare": Says(RUNNING, "running"),
    "run-unknown-words": Says(TaskStatus.UNKNOWN, "paused: awaiting_budget", (0.5, LIST), problems=1),
    "completed-fixture": Says(DONE, "completed", (0.02, PAID), (EXAMPLE,), (EXAMPLE,), begins='{\n  "companie'[:12]),
    "completed-text-long": Says(
        DONE, "completed", (0.5, PAID), (f"{A} {B} {C} {J4} {J8}",), (A, B, C, J4, J8), begins="# Electric g"
    ),
    "completed-structured": Says(
        DONE, "completed", (0.8437, PAID), (A, A, J4, B), (A, A, J4, B), begins='{\n  "airport'
    ),
    "completed-budget_reached": Says(
        PARTIAL, "completed: budget_reached", (1.0, PAID), (A,), (A,), begins='{\n  "airport'
    ),
    "completed-time_limit": Says(PARTIAL, "completed: time_limit_reached", (4.1, PAID), begins="Time ran out"),
    "completed-stopped": Says(PARTIAL, "completed: stopped", (3.54, PAID), (A,), (A,), begins='{\n  "airport'),
    "completed-contact-costs": Says(DONE, "completed", (0.315, PAID), (TEAM,), (TEAM,), begins='{\n  "people"'),
    "completed-empty": Says(DONE, "completed", (0.012, PAID)),
    "failed": Says(FAILED, "failed", (0.0, PAID), error="Agent run timed out."),
    "failed-schema": Says(FAILED, "failed", (0.0, PAID), error="Schema uses an unsupported keyword."),
    "failed-no-error": Says(FAILED, "failed", (0.0, PAID), error=GAVE_NONE),
    "cancelled": Says(CANCELLED, "cancelled", (0.12, PAID)),
}
OWN_RUNS = {
    "text": Says(
        DONE, "completed", (0.5, PAID), ("?", f"{ELING} {WOODBRIDGE}"), (ELING, WOODBRIDGE), begins="# Tide mills"
    ),
    "fields": Says(
        DONE,
        "completed",
        (0.5, PAID),
        (ELING, WOODBRIDGE, WOODBRIDGE),
        (ELING, WOODBRIDGE, WOODBRIDGE, ELING),
        begins='{\n  "mills":',
    ),
    "both": Says(DONE, "completed", (0.5, PAID), (ELING,), (ELING,), begins="# Tide mills"),
    "new-reason": Says(DONE, "completed: awaiting_approval_of_budget", (0.5, PAID), begins="So far."),
    "running": Says(RUNNING, "running", (0.5, LIST)),
    "failed": Says(FAILED, "failed", error="no capacity"),
    "warned": Says(DONE, "completed", (0.5, PAID), begins="Short."),
}
ERRORS = {
    "400": Refuses(400, Refused, "query is required", "POST"),
    "400-schema": Refuses(400, Refused, "outputSchema is not valid", "POST"),
    "400-previous": Refuses(400, Refused, "has not completed", "POST"),
    "401": Refuses(401, BadKey, "Invalid API key"),
    "401-team": Refuses(401, BadKey, "Team not found"),
    "402": Refuses(402, PaymentNeeded, "exceeded your credits", "POST"),
    "402-budget": Refuses(402, PaymentNeeded, "budget of this Exa key", "POST"),
    "403": Refuses(403, Forbidden, "the key is good"),
    "404": Refuses(404, Gone, "Run not found"),
    "404-previous": Refuses(404, Refused, "is to go on from", "POST"),
    "429-concurrency": Refuses(429, RateLimited, "as many Exa runs are active", "POST"),
    "429-plain": Refuses(429, RateLimited, "rate limited"),
    "500": Refuses(500, Unavailable, "Internal error"),
    "503": Refuses(503, Unavailable, "Service overloaded"),
}
OTHERS = {
    "create-request-max",
    "create-request-rows-published",
    "create-request-schema-published",
    "create-request-simple",
    "deleted",
    "events-page",
    "list",
    "list-last-page",
}
STREAMS = {"stream-failed", "stream-lifecycle-published", "stream-rich"}


def test_every_example_is_here(more_examples: Path) -> None:
    found = {path.stem.removeprefix("exa-") for path in more_examples.glob("exa-*") if path.suffix != ".md"}
    assert found == {*RUNS, *(f"error-{name}" for name in ERRORS), *OTHERS, *STREAMS}


@pytest.mark.parametrize("name", RUNS)
def test_a_run_of_the_examples(name: str, more_examples: Path) -> None:
    body = (more_examples / f"exa-{name}.json").read_bytes()
    assert said(read(PROVIDER, body)) == RUNS[name]
    found = recognise(body, received_at=NOW)
    assert found is not None
    assert found[0] == "exa"


@pytest.mark.parametrize("name", OWN_RUNS)
def test_a_run_of_our_own(name: str) -> None:
    assert said(read(PROVIDER, (OWN / f"{name}.json").read_bytes())) == OWN_RUNS[name]


@pytest.mark.parametrize("name", ERRORS)
def test_an_error(name: str, more_examples: Path) -> None:
    body = (more_examples / f"exa-error-{name}.json").read_bytes()
    check_refusal(PROVIDER, body, ERRORS[name])
    with pytest.raises(BadAnswer, match="no task"):
        read(PROVIDER, body)
    with pytest.raises(BadAnswer) as caught:
        PROVIDER.reader().read_created(body, draft=Draft("x"), received_at=NOW)
    assert not caught.value.outcome_unknown  # an error inside a success answer is a refusal


def test_fields_have_their_confidence_and_reach_sources_of_their_own() -> None:
    detail = read(PROVIDER, (OWN / "fields.json").read_bytes())
    report = detail.report
    assert report is not None
    first = report.anchored[0]
    assert (first.anchor, first.sources, first.confidence) == (FieldAnchor("mills[0].name"), ("g1.1", "g1.2"), "high")
    assert ("score", "0.91") in report.sources[0].facts
    assert ("answer", "Returned 2 mills.") in detail.facts
    document = read_report(report)
    assert [problem for problem in document.problems if "mills.7.name" in problem or "mills[7].name" in problem]


def test_what_supports_a_text_is_listed_and_no_number_of_the_text_is_a_position() -> None:
    detail = read(PROVIDER, (OWN / "text.json").read_bytes())
    assert detail.report is not None
    assert [one.anchor for one in detail.report.anchored] == [WholeAnchor()]
    number, whole = read_report(detail.report).citations
    assert (number.marker, number.urls) == ("[2]", (None,))
    assert whole.urls == (ELING, WOODBRIDGE)


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("structured.mills[0].name", "mills[0].name"),
        ("output.structured.mills[0].name", "mills[0].name"),
        ("$.structured.mills[0].name", "mills[0].name"),
        ("/structured/mills/0/name", "/mills/0/name"),
        ("mills[0].name", "mills[0].name"),
        ("structured[0].name", "[0].name"),
        ("structured", "$"),
        ("structuredness", "structuredness"),
    ],
)
def test_a_field_is_found_however_it_is_spelled(field: str, path: str) -> None:
    def plant(value: dict[str, Any]) -> None:
        value["output"]["grounding"] = [{"field": field, "citations": [{"url": ELING}]}]

    report = read(PROVIDER, planted(OWN, "fields.json", plant)).report
    assert report is not None
    assert report.anchored[0].anchor == FieldAnchor(path)
    if "mills" in path:
        assert [citation.urls for citation in read_report(report).citations] == [(ELING,)]


def test_an_error_beside_a_result_is_a_warning_and_fields_in_the_text_are_fields() -> None:
    def plant(value: dict[str, Any]) -> None:
        value["error"] = {"code": "X", "message": "one search failed"}
        value["output"] = {"text": '{"mills": [{"name": "Eling"}]}', "structured": None, "grounding": []}

    detail = read(PROVIDER, planted(OWN, "fields.json", plant))
    assert (detail.task.warnings, detail.task.error) == (("one search failed",), None)
    assert detail.structured == {"mills": [{"name": "Eling"}]}


def test_a_text_of_its_own_stands_beside_structured_output() -> None:
    detail = read(PROVIDER, (OWN / "both.json").read_bytes())
    assert detail.report is not None
    assert detail.report.format is ReportFormat.MARKDOWN
    assert detail.structured == {"grinding": 1}


def test_warnings_are_warnings_and_figures_under_way_are_not_final() -> None:
    detail = read(PROVIDER, (OWN / "warned.json").read_bytes())
    assert detail.task.warnings == ("two pages were closed", "one was slow")
    assert ("request", "r-1") in detail.facts
    running = read(PROVIDER, (OWN / "running.json").read_bytes())
    assert ("cost so far, not final", "0.1") in running.facts
    assert running.task.counters["searches"].value == 3


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (("request", "dataSources"), "dataSources"),
        (("request", "novel"), "novel"),
        (("usage", "novel"), "novel"),
        (("costDollars", "novel"), "novel"),
        (("error",), "error novel"),
    ],
)
def test_a_member_that_nobody_knows_is_a_fact(place: tuple[str, ...], shown: str) -> None:
    def plant(value: dict[str, Any]) -> None:
        inner = value
        for name in place[:-1]:
            inner = inner[name]
        inner[place[-1]] = {"novel": "canary"}

    detail = read(PROVIDER, planted(OWN, "text.json", plant))
    assert any(name == shown and "canary" in text for name, text in detail.facts)


@pytest.mark.parametrize("place", [(), ("output",)])
def test_a_member_of_the_run_or_its_output_is_kept(place: tuple[str, ...]) -> None:
    assert "canary" in read(PROVIDER, planted_at(OWN, "text.json", place)).extra.values()


def test_members_of_grounding_and_citations_stand_beside_their_source() -> None:
    def plant(value: dict[str, Any]) -> None:
        entry = value["output"]["grounding"][0]
        entry["novel"] = "canary 1"
        entry["citations"][0]["published"] = "canary 2"

    report = read(PROVIDER, planted(OWN, "text.json", plant)).report
    assert report is not None
    assert {("novel", "canary 1"), ("published", "canary 2")} <= set(report.sources[0].facts)


def test_a_list_is_read_page_by_page(more_examples: Path) -> None:
    page = PROVIDER.reader().read_page((more_examples / "exa-list.json").read_bytes(), received_at=NOW)
    assert [task.status for task in page.tasks] == [RUNNING, DONE]
    assert page.cursor == "agent_run_01k9v7q2m4n6p8r0s2t4v6w8aa"
    last = PROVIDER.reader().read_page((more_examples / "exa-list-last-page.json").read_bytes(), received_at=NOW)
    assert (last.tasks, last.cursor) == ((), None)


def test_cancel_stop_and_delete_say_what_happened(more_examples: Path) -> None:
    reader = PROVIDER.reader()

    def told(action: Any, file: str) -> tuple[str, TaskStatus | None]:
        body = (more_examples / f"exa-{file}.json").read_bytes()
        outcome = reader.read_outcome(action, body, received_at=NOW, remote_id=json.loads(body)["id"])
        return outcome.message, outcome.status

    assert told(Cancel(), "cancelled") == ("cancelled at Exa", CANCELLED)
    assert told(Stop(), "completed-stopped") == ("stopped at Exa; what was found is kept", PARTIAL)
    assert told(Cancel(), "completed-structured") == ("it had ended before: completed", DONE)
    assert told(Stop(), "run-running") == ("Exa has not ended it yet: running", RUNNING)
    assert told(Delete(), "deleted") == ("deleted at Exa", None)


def test_the_requests_of_the_examples_are_what_is_sent(more_examples: Path) -> None:
    def sent(file: str, **members: Any) -> None:
        wanted = json.loads((more_examples / f"exa-create-request-{file}.json").read_text())
        draft = Draft(wanted["query"], wanted.get("effort"), wanted.get("outputSchema"), **members)
        assert not PROVIDER.check(draft)
        assert create_body(draft) == wanted

    sent("simple", options={"metadata": {"divewatch_id": "01JD4Z9Y"}})
    sent("schema-published")
    rows = [{"company": "Apple", "domain": "apple.com"}, {"company": "Microsoft", "domain": "microsoft.com"}]
    sent("rows-published", options={"input": {"data": rows, "exclusion": [{"company": "Apple", "person": "Tim Cook"}]}})
    options: dict[str, Any] = {
        "systemPrompt": "Prefer airport operators' own reports.",
        "budget": {"maxCostDollars": 12.5},
        "dataSources": ["similarweb"],
    }
    sent("max", options=options, previous=("agent_run_01k9v7q2m4n6p8r0s2t4v6w8aa",))


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft("x", "high", options={"budget": {"maxCostDollars": 5}}), "options.budget"),
        (Draft("x", options={"budget": {"maxCostDollars": 500}}), "options.budget"),
        (Draft("x", options={"dataSources": ["a"] * 6}), "options.dataSources"),
        (Draft("x", options={"userIdentifier": "a b"}), "options.userIdentifier"),
        (Draft("x", options={"metadata": {"a": 1}}), "options.metadata"),
        (Draft("x", previous=("agent_run_1", "agent_run_2")), "previous"),
        (Draft(" "), "prompt"),
    ],
)
def test_limits_are_checked_before_sending(draft: Draft, field: str) -> None:
    assert [name for name, _ in PROVIDER.check(draft)] == [field]


def test_a_run_costs_its_price_or_nothing_up_to_a_cap() -> None:
    fixed = PROVIDER.cost_at_most(Draft("x", "low"))
    assert (fixed.amount, fixed.at_least, fixed.kind) == (0.025, None, LIST)
    metered = PROVIDER.cost_at_most(Draft("x"))
    assert (metered.amount, metered.at_least, metered.kind) == (5.0, 0.0, UP_TO)
    capped = PROVIDER.cost_at_most(Draft("x", "ultra", options={"budget": {"maxCostDollars": 12.5}}))
    assert (capped.amount, capped.at_least) == (12.5, 0.0)
    assert PROVIDER.cost_at_most(Draft("x", "galactic")).amount is None


def test_a_saved_stream_ends_with_its_run(more_examples: Path) -> None:
    answer = read_stream((more_examples / "exa-stream-rich.txt").read_text())
    assert answer is not None
    assert answer.report is not None
    assert [source.url for source in answer.report.sources] == [A]
    for name, status in (("stream-failed", "failed"), ("stream-lifecycle-published", "completed")):
        assert read_stream((more_examples / f"exa-{name}.txt").read_text()) == Answer("exa", status)


def test_an_output_alone_is_read_like_a_run() -> None:
    run = json.loads((OWN / "fields.json").read_text())
    answer = read_saved(json.dumps({"output": run["output"]}).encode())
    assert answer is not None
    assert answer.report == read(PROVIDER, (OWN / "fields.json").read_bytes()).report


def test_ids_of_the_retired_api_are_no_reference() -> None:
    assert PROVIDER.parse_reference("r_01k9v7q2m4n6p8") is None
    assert PROVIDER.parse_reference("agent_run_123") == "agent_run_123"
