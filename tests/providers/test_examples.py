"""Every example body of the contracts, and what it means, value by value."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.corpora import corpora, marks
from tests.providers.conftest import NAMES, NOW, read_or_refused
from tests.providers.expected import EXAMPLES, MEANINGS
from tests.providers.expected.kinds import (
    AccountAnswer,
    ActionAnswer,
    CreateAnswer,
    ErrorAnswer,
    ListAnswer,
    NoTask,
    RequestBody,
    TaskAnswer,
    UpdateAnswer,
)
from tests.providers.places import look_up
from tui.domain.detail import Detail
from tui.domain.errors import BadAnswer
from tui.domain.provider import Draft
from tui.providers.extruct.spec import create_body as extruct_body
from tui.providers.http.errors import Failure, refusal
from tui.providers.protocol import Provider
from tui.providers.registry import load
from tui.providers.sdk.reader import JsonReader
from tui.providers.valyu.spec import create_body as valyu_body
from tui.providers.yutori.spec import create_body as yutori_body

BODIES = {"extruct": extruct_body, "yutori": yutori_body, "valyu": valyu_body}
DRAFT = Draft("what was asked", mode=None)


def of_kind(kind: type) -> list[Any]:
    """Return path and meaning of every example that means something of this kind."""
    return [
        pytest.param(folder / EXAMPLES / file, meaning, id=f"{folder.name}-{file}", marks=marks(folder))
        for folder in corpora()
        for file, meaning in MEANINGS[folder].items()
        if isinstance(meaning, kind)
    ]


def provider_of(path: Path) -> Provider:
    return load(path.name.partition("-")[0])


def check_values(found: Any, values: Any) -> None:
    for place, expected in values.items():
        assert look_up(found, place) == expected, place


def test_every_example_has_a_meaning(corpus: Path) -> None:
    """Those of services that are read elsewhere may lie beside them."""
    there = {
        path.name for path in (corpus / EXAMPLES).iterdir() if path.name.startswith(NAMES) and path.suffix != ".md"
    }
    assert there == set(MEANINGS[corpus])
    assert len(there) >= 60


@pytest.mark.parametrize(("path", "meaning"), of_kind(TaskAnswer))
def test_a_status_answer(path: Path, meaning: TaskAnswer) -> None:
    body = path.read_bytes()
    detail = provider_of(path).reader().read_task(body, remote_id=None, received_at=NOW)
    assert (detail.task.status, detail.task.provider_status) == (meaning.status, meaning.word)
    assert len(detail.problems) == meaning.problems, detail.problems
    assert detail.task.provider == path.name.partition("-")[0]
    check_values(detail, meaning.values)
    brief = provider_of(path).reader().read_task(body, remote_id=None, received_at=NOW, traced=False)
    assert brief.task == detail.task
    assert brief == detail or not detail.task.status.is_final  # what ended is read whole: it may be shown at once


@pytest.mark.parametrize(("path", "meaning"), of_kind(TaskAnswer))
def test_a_report_is_kept_exactly_as_received(path: Path, meaning: TaskAnswer) -> None:
    value = json.loads(path.read_bytes(), strict=False)
    detail = provider_of(path).reader().read_task(json.dumps(value).encode(), remote_id=None, received_at=NOW)
    report = value.get("report")
    sent = value.get("output") or value.get("result") or (report or {}).get("markdown")
    assert meaning.status is detail.task.status
    if isinstance(sent, str):
        assert detail.report is not None
        assert detail.report.text == sent


@pytest.mark.parametrize(("path", "meaning"), of_kind(UpdateAnswer))
def test_an_update(path: Path, meaning: UpdateAnswer) -> None:
    body = {"task_id": "1", "status": "running", "updates": [json.loads(path.read_text())]}
    detail = provider_of(path).reader().read_task(json.dumps(body).encode(), remote_id="1", received_at=NOW)
    assert detail.problems == ()
    check_values(detail, meaning.values)


@pytest.mark.parametrize(("path", "meaning"), of_kind(ListAnswer))
def test_a_list(path: Path, meaning: ListAnswer) -> None:
    page = provider_of(path).reader().read_page(path.read_bytes(), received_at=NOW)
    assert tuple((task.remote_id, task.status, task.title) for task in page.tasks) == meaning.tasks
    assert page.cursor == meaning.cursor
    assert page.problems == ()


@pytest.mark.parametrize(("path", "meaning"), of_kind(CreateAnswer))
def test_an_answer_to_create(path: Path, meaning: CreateAnswer) -> None:
    task = provider_of(path).reader().read_created(path.read_bytes(), draft=DRAFT, received_at=NOW)
    assert (task.remote_id, task.status, task.error) == (meaning.remote_id, meaning.status, meaning.error)
    assert (task.prompt, task.title, task.mode) == ("what was asked", "what was asked", meaning.mode)


@pytest.mark.parametrize(("path", "meaning"), of_kind(ActionAnswer))
def test_an_answer_to_an_action(path: Path, meaning: ActionAnswer) -> None:
    body = path.read_bytes()
    outcome = provider_of(path).reader().read_outcome(meaning.action, body, received_at=NOW)
    assert outcome.message == meaning.message
    check_values(outcome, meaning.values)


@pytest.mark.parametrize(("path", "meaning"), of_kind(AccountAnswer))
def test_an_account(path: Path, meaning: AccountAnswer) -> None:
    reader = provider_of(path).reader()
    assert isinstance(reader, JsonReader)
    account = reader.read_account(path.read_bytes())
    assert (account.remaining, account.unit) == (meaning.remaining, meaning.unit)
    check_values(account, meaning.values)


@pytest.mark.parametrize(("path", "meaning"), of_kind(ErrorAnswer))
def test_an_error_body(path: Path, meaning: ErrorAnswer) -> None:
    info = provider_of(path).info
    body = path.read_bytes()
    error = refusal(Failure(meaning.http, body, "application/json", changes="409" in path.name), info)
    assert type(error) is meaning.kind
    assert (error.http, error.retry_after) == (meaning.http, meaning.retry_after)
    assert meaning.said in error.message
    assert info.title in error.message or "state" in error.message


@pytest.mark.parametrize(("path", "meaning"), of_kind(ErrorAnswer))
def test_an_error_body_in_a_good_answer_is_no_task(path: Path, meaning: ErrorAnswer) -> None:
    reader = provider_of(path).reader()
    with pytest.raises(BadAnswer, match="no task") as caught:
        reader.read_task(path.read_bytes(), remote_id="1", received_at=NOW)
    assert meaning.said in caught.value.message


@pytest.mark.parametrize(("path", "meaning"), of_kind(RequestBody))
def test_a_request(path: Path, meaning: RequestBody) -> None:
    sent = json.loads(path.read_text())
    if meaning.never_sent:
        assert meaning.never_sent
        return
    draft = Draft(meaning.prompt, meaning.mode, sent["output_schema"] if meaning.schema else None, meaning.options)
    assert not provider_of(path).check(draft)
    assert BODIES[path.name.partition("-")[0]](draft) == sent


@pytest.mark.parametrize(("path", "meaning"), of_kind(NoTask))
def test_a_body_nobody_asked_for(path: Path, meaning: NoTask) -> None:
    reader = provider_of(path).reader()
    found = read_or_refused(lambda: reader.read_task(path.read_bytes(), remote_id="1", received_at=NOW))
    assert not isinstance(found, Detail), meaning.reason
