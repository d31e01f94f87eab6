"""Every observed and published body of OpenAI: what it means, one by one; and our own, which a public clone has."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.providers.openai.conftest import BODIES, NOW, READER, read
from tui.domain.detail import ReportFormat
from tui.domain.errors import BadAnswer, BadKey, Forbidden, Gone, PaymentNeeded, RateLimited, Refused, Unavailable
from tui.domain.provider import Draft
from tui.domain.task import TaskStatus
from tui.providers.http.errors import Failure, refusal
from tui.providers.openai.spec import PROVIDER
from tui.providers.registry import recognise
from tui.providers.sdk.reader import JsonReader
from tui.report.document import Resolution
from tui.report.read import read_report

S = TaskStatus


class Row(NamedTuple):
    """What a body means: status, calls and searches, citations (all lead to an address), cost in USD, what is said."""

    status: TaskStatus
    calls: int | None = None
    searches: int | None = None
    cited: int | None = None  # None: there is no report
    cost: tuple[float, float] | None = None  # at least, at most
    said: str = ""


TOKENS = (0.241994, 0.251107)  # of the derived bodies: 148,211 in, 91,136 of them cached, 11,873 out
ROWS = {
    "cancelled": Row(S.CANCELLED),
    "completed-background": Row(S.DONE, 4, 2, 4, (0.261994, 0.271107)),
    "completed-code-interpreter-real": Row(S.DONE, 3, 0, 1),
    "completed-container-file": Row(S.DONE, 1, 0, 3, TOKENS),
    "completed-deep-research-long": Row(S.DONE, 12, 6, 41, (0.301994, 0.311107)),
    "completed-empty-output": Row(S.DONE, cost=TOKENS, said="ended without a text: it is empty"),
    "completed-mcp_approval_request-real": Row(S.WAITING, 0, 0),
    "completed-plain-real": Row(S.DONE, 0, 0, 0, said="no search was made: the answer is from the model's memory"),
    "completed-private-use-markers": Row(S.DONE, 1, 1, 2, (0.251994, 0.261107)),
    "completed-refusal": Row(S.DONE, 0, 0, None, TOKENS, "refused: I can't help with that request."),
    "completed-structured": Row(S.DONE, 1, 1, 0, (0.251994, 0.261107)),
    "completed-tool_usage-real": Row(S.DONE, 1, 1, 1, (0.045344, 0.045344)),
    "completed-web-search-real": Row(S.DONE, 3, 1, 10),
    "completed-web-search-unicode-real": Row(S.DONE, 6, 6, 3),
    "completed-without-text": Row(
        S.DONE, 2, 1, None, (0.261994, 0.271107), "ended without a text: reasoning and web_search_call"
    ),
    "created-queued": Row(S.QUEUED),
    "created-queued-deep-research-legacy": Row(S.QUEUED),
    "failed-insufficient_quota-real": Row(S.FAILED, said="insufficient_quota: You exceeded your current quota"),
    "failed-invalid_prompt": Row(S.FAILED, said="invalid_prompt: Invalid prompt: your prompt was flagged"),
    "failed-rate_limit_exceeded": Row(S.FAILED, said="rate_limit_exceeded: Rate limit reached"),
    "failed-server_error": Row(S.FAILED, 2, 1, said="server_error: An error occurred"),
    "in_progress-empty-output": Row(S.RUNNING),
    "in_progress-partial-output": Row(S.RUNNING, 3, 2),
    "incomplete-content_filter": Row(
        S.FAILED, 1, 1, None, (0.241994, 0.261107), "ended early without text: content_filter"
    ),
    "incomplete-max_output_tokens": Row(S.PARTIAL, 2, 1, 1, (0.251994, 0.261107), "ended early: max_output_tokens"),
    "incomplete-no-text": Row(S.FAILED, 0, 0, None, TOKENS, "ended early without text: max_output_tokens"),
    "queued-background": Row(S.QUEUED),
    "unknown-items": Row(S.DONE, 3, 1, 0, (0.241994, 0.261107)),
    "unknown-status": Row(S.UNKNOWN),
}
WITHOUT_ADDRESS = {"completed-code-interpreter-real", "completed-container-file"}  # files, by name
DANGLING = {"completed-private-use-markers"}  # the answer does not say what its marks stand for


def check(body: bytes, row: Row, *, name: str) -> None:
    detail = read(body)
    task = detail.task
    counted = {key: counter.value for key, counter in task.counters.items()}
    assert (task.status, counted.get("tool_calls"), counted.get("searches")) == (row.status, row.calls, row.searches)
    least = task.cost.amount if task.cost.at_least is None else task.cost.at_least
    assert (least, task.cost.amount) == (row.cost or (None, None))
    assert row.said in " ".join((task.error or "", *task.warnings))
    assert bool(row.said) == bool(task.error or task.warnings)
    assert (detail.interaction is not None) == (row.status is S.WAITING)
    assert (detail.report is None) == (row.cited is None)
    if detail.report is None:
        return
    cited = read_report(detail.report).citations
    assert len(cited) == row.cited
    if name in DANGLING:
        assert {status for one in cited for status in one.status} == {Resolution.DANGLING}
    elif name in WITHOUT_ADDRESS:
        assert all(one.ids and Resolution.DANGLING not in one.status for one in cited)
    else:
        assert all(url and url.startswith("https://") for one in cited for url in one.urls)


@pytest.mark.parametrize("name", ROWS)
def test_a_response_means_what_its_row_says(more_examples: Path, name: str) -> None:
    check((more_examples / f"openai-{name}.json").read_bytes(), ROWS[name], name=name)


def test_every_response_among_the_examples_has_its_row(more_examples: Path) -> None:
    there = set()
    for path in more_examples.glob("openai-*.json"):
        if json.loads(path.read_bytes()).get("object") == "response":
            there.add(path.stem.removeprefix("openai-"))
    assert there == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_a_saved_response_is_recognised_as_openais(more_examples: Path, name: str) -> None:
    found = recognise((more_examples / f"openai-{name}.json").read_bytes(), received_at=NOW)
    assert found is not None
    assert found[0] == "openai"


def test_responses_of_perplexity_are_not_openais(more_examples: Path) -> None:
    for path in more_examples.glob("perplexity-*.json"):
        value = json.loads(path.read_bytes())
        assert not isinstance(value, dict) or READER.recognises(value) == 0, path.name


def test_each_citation_of_a_real_answer_leads_to_its_own_page(more_examples: Path) -> None:
    for name in ("completed-web-search-real", "completed-web-search-unicode-real", "completed-background"):
        value = json.loads((more_examples / f"openai-{name}.json").read_bytes())
        told = [
            one["url"] for item in value["output"] for part in item.get("content") or () for one in part["annotations"]
        ]
        report = read(value).report
        assert report is not None
        assert [one.urls[0] for one in read_report(report).citations] == told


def test_what_a_body_leaves_open_is_kept_as_a_fact(more_examples: Path) -> None:
    detail = read((more_examples / "openai-unknown-items.json").read_bytes())
    shown = dict(detail.facts)
    assert "output_hologram" in shown["other parts of the report"]
    assert "mystery_citation" in shown["other parts of the report"]
    assert [step.tool for step in detail.trace] == ["deep_thought", "web_search", "web_search", "web_search"]
    assert detail.trace[0].data == {"id": "x1", "status": "pondering", "depth": 3}


def test_files_of_a_container_can_be_saved(more_examples: Path) -> None:
    detail = read((more_examples / "openai-completed-container-file.json").read_bytes())
    assert [(one.title, one.url) for one in detail.deliverables] == [
        ("chart.png", "/v1/containers/cntr_0001/files/cfile_0001/content"),
        ("file-0003", "/v1/files/file-0003/content"),
    ]


def test_structured_output_is_a_report_of_fields(more_examples: Path) -> None:
    detail = read((more_examples / "openai-completed-structured.json").read_bytes())
    assert detail.report is not None
    assert detail.report.format is ReportFormat.JSON
    assert detail.structured == json.loads(detail.report.text)


def test_a_request_to_use_a_tool_is_a_checkpoint(more_examples: Path) -> None:
    asked = read((more_examples / "openai-completed-mcp_approval_request-real.json").read_bytes()).interaction
    assert asked is not None
    assert (asked.id[:5], asked.title) == ("mcpr_", "May it call zip1.create_short_url?")
    assert "https://ai-sdk.dev/" in asked.text


ERRORS: dict[str, tuple[int, type[Exception]]] = {
    "400-cancel-completed": (400, Refused),
    "400-cancel-synchronous": (400, Refused),
    "400-previous_response_not_found": (400, Refused),
    "400-stream-not-background": (400, Refused),
    "400-tools-required": (400, Refused),
    "400-unknown_parameter": (400, Refused),
    "401": (401, BadKey),
    "403-model": (403, Forbidden),
    "403-region": (403, Forbidden),
    "404-model": (404, Refused),
    "404-response": (404, Gone),
    "409": (409, Unavailable),
    "429-quota": (429, PaymentNeeded),
    "429-rate": (429, RateLimited),
    "500": (500, Unavailable),
    "503": (503, Unavailable),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_what_its_code_says_and_quotes_the_service(more_examples: Path, name: str) -> None:
    status, kind = ERRORS[name]
    body = (more_examples / f"openai-error-{name}.json").read_bytes()
    error = refusal(Failure(status, body, "application/json", refusal_rules=(PROVIDER.refusal_rules,)), PROVIDER.info)
    assert type(error) is kind
    assert json.loads(body)["error"]["message"].split()[0] in error.message


@pytest.mark.parametrize(("said", "seconds"), [("8.919s", 8.919), ("120ms", 1.0), ("20s", 20.0), ("a while", None)])
def test_how_long_to_wait_is_read_from_the_words_of_a_rate_limit(said: str, seconds: float | None) -> None:
    body = json.dumps({"error": {"message": f"Limit 500. Please try again in {said}.", "code": "rate_limit_exceeded"}})
    error = refusal(Failure(429, body.encode(), refusal_rules=(PROVIDER.refusal_rules,)), PROVIDER.info)
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


def test_every_error_among_the_examples_has_its_row(more_examples: Path) -> None:
    assert {path.stem.removeprefix("openai-error-") for path in more_examples.glob("openai-error-*.json")} == set(
        ERRORS
    )


STREAMS = {
    "sse-background-real": S.DONE,
    "sse-background-resumed-real": S.DONE,
    "sse-web-search-real-excerpt": S.DONE,
    "sse-error-quota-real": S.FAILED,
    "sse-cancelled": S.CANCELLED,
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_says_what_its_newest_response_says(more_examples: Path, name: str) -> None:
    body = (more_examples / f"openai-{name}.txt").read_bytes()
    assert read(body).task.status is STREAMS[name]
    created = READER.read_created(body, draft=Draft("why?"), received_at=NOW)
    assert (created.remote_id or "").startswith("resp_")


def test_the_models_tell_which_of_them_end(more_examples: Path) -> None:
    assert isinstance(READER, JsonReader)
    state = READER.read_account((more_examples / "openai-models.json").read_bytes())
    assert dict(state.facts) == {"models": "2 models", "models that end": "o3 2026-12-11"}


def test_a_delete_and_a_list_of_input_are_no_tasks(more_examples: Path) -> None:
    for name in ("delete-200", "input_items", "models"):
        with pytest.raises(BadAnswer):
            READER.read_task((more_examples / f"openai-{name}.json").read_bytes(), remote_id="resp_1", received_at=NOW)


def own_rows() -> dict[str, Any]:
    rows: dict[str, Any] = json.loads((BODIES / "rows.json").read_text("utf-8"))
    return rows


@pytest.mark.parametrize("name", own_rows())
def test_our_own_bodies_mean_what_their_rows_say(name: str) -> None:
    row = own_rows()[name]
    detail = read((BODIES / f"{name}.json").read_bytes())
    cited = read_report(detail.report).citations if detail.report else ()
    assert detail.task.status.value == row["status"]
    assert [url for one in cited for url in one.urls] == row["cited"]
    assert [*detail.task.warnings, *filter(None, [detail.task.error])] == row["said"]
