"""OpenAI's official SDK, unmodified, as a client of the simulator."""

import json
from collections.abc import Iterator

import openai as sdk
import pytest

from tests.simulator.test_openai import LONG, request
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator


@pytest.fixture
def official(simulator: Simulator) -> Iterator[sdk.OpenAI]:
    with sdk.OpenAI(
        base_url=f"{simulator.base_url('openai')}/v1", api_key=simulator.keys["openai"], max_retries=0
    ) as ready:
        yield ready


def test_the_official_sdk_creates_polls_and_reads(official: sdk.OpenAI, clock: ManualClock) -> None:
    made = official.responses.create(**request())
    assert made.status == "queued"
    clock.advance(LONG)
    done = official.responses.retrieve(made.id, include=["web_search_call.action.sources"])
    assert (done.status, done.model) == ("completed", "gpt-6.2-sol")
    assert "compare" in done.output_text  # it joins the note with the report
    message = done.output[-1]
    assert message.type == "message"
    part = message.content[0]
    assert part.type == "output_text"
    said = part.annotations[0]
    assert said.type == "url_citation"
    assert said.url in part.text[said.start_index : said.end_index]
    search = done.output[1]
    assert search.type == "web_search_call"
    assert search.action.type == "search"
    assert search.action.sources
    asked = official.responses.input_items.list(made.id)
    assert asked.data[0].content[0].text == "How does PostgreSQL vacuum old rows?"  # type: ignore[union-attr, index]
    assert "gpt-6.2-sol" in {model.id for model in official.models.list()}


def test_the_official_sdk_follows_a_stream_and_resumes_it(official: sdk.OpenAI, clock: ManualClock) -> None:
    with official.responses.create(**request(stream=True)) as events:
        first = next(iter(events))
    assert first.type == "response.created"
    clock.advance(LONG)
    with official.responses.retrieve(first.response.id, stream=True, starting_after=0) as rest:
        kinds = [event.type for event in rest]
    assert (kinds[0], kinds[-1]) == ("response.queued", "response.completed")
    assert "response.web_search_call.searching" in kinds
    assert "response.reasoning_summary_text.done" in kinds
    assert official.responses.retrieve(first.response.id, stream=False).status == "completed"


def test_the_official_sdk_follows_up_cancels_and_deletes(official: sdk.OpenAI, clock: ManualClock) -> None:
    made = official.responses.create(**request())
    clock.advance(LONG)
    more = official.responses.create(**request("Expand section 2.", previous_response_id=made.id))
    assert more.previous_response_id == made.id
    assert official.responses.cancel(more.id).status == "cancelled"
    with pytest.raises(sdk.BadRequestError, match="Cannot cancel a completed response"):
        official.responses.cancel(made.id)
    official.responses.delete(made.id)
    with pytest.raises(sdk.NotFoundError, match="not found"):
        official.responses.retrieve(made.id)


def test_the_official_sdk_understands_refusals(official: sdk.OpenAI, simulator: Simulator) -> None:
    with pytest.raises(sdk.NotFoundError, match="does not exist"):
        official.responses.create(**request(model="o3-pro"))
    with pytest.raises(sdk.AuthenticationError):
        official.with_options(api_key="sk-wrong").models.list()
    simulator.faults.switch_on("429", times=1)
    with pytest.raises(sdk.RateLimitError):
        official.responses.create(**request())


def test_the_official_sdk_reads_structured_output(official: sdk.OpenAI, clock: ManualClock) -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    form = {"type": "json_schema", "name": "report", "schema": schema}
    made = official.responses.create(**request(text={"format": form}))
    clock.advance(LONG)
    done = official.responses.retrieve(made.id)
    message = done.output[-1]
    assert message.type == "message"
    assert set(json.loads(message.content[0].text)) == {"answer"}  # type: ignore[union-attr]
