"""Every example body of Perplexity, and what it means."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.providers.conftest import NOW
from tests.providers.shown import lost
from tui.domain.actions import Cancel
from tui.domain.detail import Detail, Json, Reply, ReportFormat
from tui.domain.errors import BadAnswer, BadKey, Forbidden, Gone, PaymentNeeded, RateLimited, Refused, Unavailable
from tui.domain.provider import Draft
from tui.domain.task import CostKind, TaskStatus
from tui.providers.http.errors import Failure, refusal
from tui.providers.perplexity.spec import PROVIDER
from tui.providers.registry import recognise
from tui.providers.saved import read_stream
from tui.report.read import read_report

OWN = Path(__file__).parent / "bodies"
RUN = "resp_3f0c9a52-6f0e-4a1b-9d55-0b6b1f1f7c10"
S = TaskStatus


class Run(NamedTuple):
    """A run: status, mode, (searches, pages read, sources), cost, citations and how many lead somewhere."""

    status: TaskStatus
    mode: str = "high"
    counts: tuple[int, int, int | None] = (0, 0, None)
    cost: float | None = None
    cited: tuple[int, int] | None = None
    error: str | None = None
    warning: str = ""
    problems: int = 0


RUNS = {
    "created-queued": Run(S.QUEUED),
    "in_progress-early": Run(S.RUNNING),
    "in_progress-partial-output": Run(S.RUNNING, counts=(3, 3, 15)),
    "completed-fast-real": Run(S.DONE, "openai/gpt-6-luna", (1, 0, 10), 0.00119, (1, 1)),
    "completed-structured-real-excerpt": Run(S.DONE, "openai/gpt-6-luna", (1, 0, 3), 0.01135, (0, 0)),
    "completed-background": Run(S.DONE, counts=(3, 3, 15), cost=0.2792, cited=(5, 4)),
    "completed-long": Run(S.DONE, counts=(4, 2, 23), cost=0.2812, cited=(203, 171)),
    "completed-annotations": Run(S.DONE, counts=(1, 0, 3), cost=0.2727, cited=(2, 2)),
    "completed-web-n-markers": Run(S.DONE, counts=(1, 0, 3), cost=0.2727, cited=(2, 2)),
    "completed-repeated-ids": Run(S.DONE, counts=(2, 0, 5), cost=0.2752, cited=(2, 1), problems=1),
    "completed-no-search": Run(S.DONE, counts=(0, 0, 0), cost=0.00002, cited=(0, 0)),
    "completed-without-text": Run(S.DONE, counts=(2, 0, 10), cost=0.2752, warning="completed without a text"),
    "completed-images": Run(S.DONE, counts=(2, 0, 1), cost=0.2727, cited=(1, 1)),
    "completed-sandbox-files": Run(S.DONE, counts=(0, 0, 0), cost=0.2702, cited=(0, 0)),
    "completed-unknown-items": Run(S.DONE, counts=(2, 0, 1), cost=0.2727, cited=(1, 1)),
    "incomplete": Run(S.PARTIAL, counts=(2, 0, 10), cost=0.2752, cited=(1, 1), error="ended early: max_output_tokens"),
    "failed": Run(S.FAILED, counts=(1, 0, 5), error="Stream error from backend"),
    "failed-no-detail": Run(S.FAILED, error="Perplexity gave no reason"),
    "cancelled": Run(S.CANCELLED, counts=(3, 0, 15)),
    "requires_action-function": Run(S.WAITING, cost=0.2702),
    "requires_action-mcp_approval": Run(S.WAITING),
    "unknown-status": Run(S.UNKNOWN, problems=1),
    "legacy-async-completed": Run(S.DONE, "sonar-deep-research", (0, 0, 2), 0.3462, (2, 2)),
}
ERRORS = {
    "error-400-cancel-terminal": (400, Refused, "already terminal"),
    "error-400-max_output_tokens": (400, Refused, "max_output_tokens is required"),
    "error-400-preset": (400, Refused, "Invalid preset 'deep'"),
    "error-401": (401, BadKey, "Invalid API key provided"),
    "error-401-gateway.body.txt": (401, BadKey, "401 Authorization Required"),
    "error-402": (402, PaymentNeeded, "Insufficient credits"),
    "error-403": (403, Forbidden, "cannot use finance_search"),
    "error-404": (404, Gone, "response not found"),
    "error-410-sonar-retired": (410, Gone, "Sonar is now the Agent API"),
    "error-422": (422, Refused, "Field required"),
    "error-429-overloaded": (429, RateLimited, "overloaded"),
    "error-500": (500, Unavailable, "Stream error from backend"),
}
REQUESTS = {
    "create-request": Draft("", "high"),
    "create-request-effort": Draft(
        "",
        options={
            "effort": "xhigh",
            "max_steps": 40,
            "max_output_tokens": 16000,
            "language_preference": "de",
            "store": True,
            "tool_choice": "auto",
            "tools": [
                {
                    "type": "web_search",
                    "filters": {
                        "search_domain_filter": ["destatis.de", "-pinterest.com"],
                        "search_recency_filter": "year",
                    },
                    "search_context_size": "high",
                },
                {"type": "fetch_url", "max_urls": 5},
            ],
        },
    ),
    "create-request-followup": Draft("", "medium", previous=("resp_3f0c9a52-6f0e-4a1b-9d55-0b6b1f1f7c10",)),
    "create-request-structured": Draft(
        "",
        output_schema={},
        options={"models": ["openai/gpt-6.1-sol", "anthropic/claude-fable-5"], "max_output_tokens": 8000},
    ),
}
# Times and statuses are values of their own; kinds decide what a thing is shown as; a fence of thoughts is taken off.
SHOWN_OTHERWISE = {
    "created_at",
    "completed_at",
    "started_at",
    "created",
    "object",
    "type",
    "role",
    "finish_reason",
    "content",
}
OTHERS = {"cancel-200", "sse-fast-real-excerpt.txt", "models", "files"}  # no key is needed; items name the same files


def path_of(folder: Path, name: str) -> Path:
    return folder / f"perplexity-{name if name.endswith('.txt') else name + '.json'}"


def look(body: bytes) -> Detail:
    return PROVIDER.reader().read_task(body, remote_id=None, received_at=NOW)


def test_every_example_has_a_meaning(more_examples: Path) -> None:
    known = {path_of(more_examples, name).name for name in {*RUNS, *ERRORS, *REQUESTS, *OTHERS}}
    assert {path.name for path in more_examples.glob("perplexity-*") if path.suffix != ".md"} == known


@pytest.mark.parametrize("name", RUNS)
def test_a_run(name: str, more_examples: Path) -> None:
    detail, meant = look(path_of(more_examples, name).read_bytes()), RUNS[name]
    task = detail.task
    assert (task.status, task.mode, task.error) == (meant.status, meant.mode, meant.error)
    counts = [task.counters[key].value if key in task.counters else 0 for key in ("searches", "pages_read")]
    assert (*counts, task.sources) == meant.counts
    assert (task.cost.amount, task.cost.kind is CostKind.REPORTED) == (meant.cost, meant.cost is not None)
    assert "; ".join(task.warnings).startswith(meant.warning)
    assert bool(task.warnings) == bool(meant.warning)
    assert len(detail.problems) == meant.problems
    assert task.has_report == (meant.cited is not None)
    if detail.report is not None:
        citations = read_report(detail.report).citations
        assert (len(citations), sum(any(one.urls) for one in citations)) == meant.cited


@pytest.mark.parametrize("name", RUNS)
def test_a_saved_answer_is_recognised(name: str, more_examples: Path) -> None:
    found = recognise(path_of(more_examples, name).read_bytes(), received_at=NOW)
    assert found is not None
    assert found[0] == "perplexity"


@pytest.mark.parametrize("name", RUNS)
def test_every_value_of_an_answer_has_a_place(name: str, more_examples: Path) -> None:
    body = path_of(more_examples, name).read_bytes()
    assert lost(body, look(body), SHOWN_OTHERWISE) == {}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error(name: str, more_examples: Path) -> None:
    http, kind, said = ERRORS[name]
    body = path_of(more_examples, name).read_bytes()
    error = refusal(Failure(http, body, "text/html" if "gateway" in name else "application/json"), PROVIDER.info)
    assert type(error) is kind
    assert said in error.message
    with pytest.raises(BadAnswer):
        look(body)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request(name: str, more_examples: Path) -> None:
    sent: dict[str, Any] = json.loads(path_of(more_examples, name).read_text())
    endpoint = PROVIDER.endpoints.create
    assert endpoint is not None
    assert endpoint.body is not None
    given = REQUESTS[name]
    schema = sent.get("response_format", {}).get("json_schema", {}).get("schema")
    draft = Draft("what was asked", given.mode, schema, given.options, given.previous)
    assert not PROVIDER.check(draft)
    made = dict(endpoint.body(draft) or {})
    assert made.pop("input") == "what was asked"
    del sent["input"]
    if schema is not None:  # a model alone is given the tools of research, and the schema a name of ours
        assert [tool["type"] for tool in made.pop("tools")] == ["web_search", "fetch_url"]
        assert made.pop("response_format")["json_schema"]["schema"] == schema
        del sent["response_format"]
    assert made == sent


def test_a_cancel_is_under_way_not_done(more_examples: Path) -> None:
    body = path_of(more_examples, "cancel-200").read_bytes()
    outcome = PROVIDER.reader().read_outcome(Cancel(), body, received_at=NOW, remote_id=RUN)
    assert outcome.status is TaskStatus.CANCELLING
    assert outcome.message.startswith("asked Perplexity to stop it")


def test_a_stream_that_was_cut_off_holds_no_report(more_examples: Path) -> None:
    found = read_stream(path_of(more_examples, "sse-fast-real-excerpt.txt").read_text())
    assert found is not None
    assert (found.status, found.report) == ("in_progress", None)


def test_what_a_run_left_behind_has_its_place(more_examples: Path) -> None:
    pictures = look(path_of(more_examples, "completed-images").read_bytes()).images
    assert [(one.title, one.url) for one in pictures] == [("Heat pump", "https://img.example/1.jpg")]
    assert dict(pictures[0].facts)["page"] == "https://source1.example/page"
    detail = look(path_of(more_examples, "completed-sandbox-files").read_bytes())
    (file,) = detail.deliverables
    assert (file.id, file.kind, file.title) == ("file_1", "xlsx", "report.xlsx")
    assert file.url == f"/v1/responses/{RUN}/files/file_1/content"
    assert [step.tool for step in detail.trace] == ["sandbox_results", "share_file"]
    odd = look(path_of(more_examples, "completed-unknown-items").read_bytes())
    assert [step.tool for step in odd.trace] == ["finance_results", "unknown", "search_results"]


def test_what_a_run_asks_for_is_a_form(more_examples: Path) -> None:
    asked = look(path_of(more_examples, "requires_action-function").read_bytes()).interaction
    assert asked is not None
    assert (asked.id, asked.reply, asked.title) == ("call_1", Reply.ANSWERS, "It wants the result of get_price")
    assert [question for question, _ in asked.questions] == ['get_price({"sku":"x"})']
    asked = look(path_of(more_examples, "requires_action-mcp_approval").read_bytes()).interaction
    assert asked is not None
    assert (asked.id, asked.reply, asked.title) == ("mcpr_1", Reply.APPROVAL, "May it use delete_page of docs?")
    assert asked.text == '{"id":1}'


def test_structured_output_is_a_value(more_examples: Path) -> None:
    detail = look(path_of(more_examples, "completed-structured-real-excerpt").read_bytes())
    assert detail.report is not None
    assert detail.report.format is ReportFormat.JSON
    assert isinstance(detail.structured, dict)
    assert set(detail.structured) == {"notes", "restaurants"}


# -- our own body, so that a clone without the contracts is whole ------------------------------------------------------


@pytest.fixture
def own() -> Detail:
    return look((OWN / "completed.json").read_bytes())


def test_every_marker_leads_where_its_id_says(own: Detail) -> None:
    assert own.report is not None
    found = [(one.marker, *one.urls) for one in read_report(own.report).citations]
    assert found == [
        ("[1]", "https://tea.example/prices"),
        ("[3]", "https://weather.example/"),
        ("[web:2]", "https://tea.example/päge"),
        ("[9]", None),
    ]


def test_a_page_that_was_read_adds_to_its_result_or_is_only_consulted(own: Detail) -> None:
    assert own.report is not None
    sources = {source.id: source for source in own.report.sources}
    assert [*sources] == ["1", "2", "page 3", "3"] or [*sources] == ["1", "2", "3", "page 4"]
    assert (sources["1"].snippet, sources["1"].excerpts) == ("Prices rose.", ("By four per cent.",))
    assert dict(sources["2"].facts) == {"mood": "calm", "query": "tea prices 2026; tea exports"}
    assert [source.title for source in sources.values() if not source.cited] == ["Unlisted"]


def test_the_last_message_is_the_report_and_the_others_are_steps(own: Detail) -> None:
    assert own.report is not None
    assert own.report.text.startswith("# Tea")
    assert [step.text for step in own.trace if step.kind == "text"] == ["I look further.[2]"]
    assert [step.tool for step in own.trace if step.kind == "result"] == [
        "search_results",
        "fetch_url_results",
        "search_results",
    ]


def test_what_it_cost_is_told_with_its_parts(own: Detail) -> None:
    cost = own.task.cost
    assert (cost.amount, cost.unit, cost.kind) == (0.035, "USD", CostKind.REPORTED)
    assert dict(cost.parts) == {"input": 0.01, "output": 0.02, "tool calls": 0.005}


def test_what_no_model_names_is_kept(own: Detail) -> None:
    assert own.extra == {"temperature": 1}
    shown = dict(own.facts)
    assert shown["model"] == "openai/gpt-6.1-sol"
    assert shown["input tokens"] == "100"
    assert "search_web" in shown["tool calls details"]
    assert own.task.finished_at is not None


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        ([{"type": "refusal", "refusal": "I cannot help with that."}], "it refused: I cannot help with that."),
        ([], "completed without a text"),
        (None, "completed without a text"),
    ],
)
def test_a_run_that_completed_without_a_report_says_so(content: Any, warning: str) -> None:
    item = {"type": "message", "role": "assistant", "content": content}
    body = {"id": RUN, "object": "response", "status": "completed", "output": [item]}
    detail = look(json.dumps(body).encode())
    assert (detail.task.status, detail.report, detail.task.warnings) == (TaskStatus.DONE, None, (warning,))


def test_a_message_of_a_run_under_way_is_no_report_yet() -> None:
    item = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "I begin."}]}
    body = {"id": RUN, "object": "response", "status": "in_progress", "output": [item]}
    detail = look(json.dumps(body).encode())
    assert (detail.report, [step.text for step in detail.trace]) == (None, ["I begin."])


def test_a_response_of_another_service_is_left_alone() -> None:
    item: Json = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "x"}]}
    body: dict[str, Json] = {
        "id": "resp_0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "object": "response",
        "status": "completed",
        "output": [item],
    }
    assert PROVIDER.reader().recognises(body) == 0


@pytest.mark.parametrize("odd", [None, 5, "x", [], [1], [[]], {"a": 1}, {"a": []}])
def test_no_odd_value_anywhere_breaks_the_reader(odd: Any) -> None:
    text = (OWN / "completed.json").read_text()
    places = [*walk(json.loads(text))]
    assert len(places) > 60
    for place in places:
        value = json.loads(text)
        inner = value
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = odd
        try:
            detail = look(json.dumps(value).encode())
        except BadAnswer:
            assert place == ("id",)
            continue
        if detail.report is not None:
            read_report(detail.report)


def walk(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every value inside a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield (*place, step)
        yield from walk(inner, (*place, step))
