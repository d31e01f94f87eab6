"""Schemathesis and the providers' OpenAPI documents: what fits is answered as they say, what does not is refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.generation import GenerationMode

from tests.simulator.conftest import HEADERS, KEYS
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator

load_all_checks()
from schemathesis.specs.openapi.checks import (  # noqa: E402 - registered by load_all_checks
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.fuzz
CONFORMANCE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
REFUSAL = [not_a_server_error, negative_data_rejection]
EXAMPLES = 5
BELOW = {"openai": "/v1"}  # where a document's paths begin, if not at the host
PROVIDERS = ["extruct", "yutori", "valyu", "openai"]


@pytest.fixture
def served() -> Iterator[Simulator]:
    """A server whose tasks are in all states: some old, some fresh; one for each test, as tests change it."""
    clock = ManualClock(speed=20)
    with Simulator(clock=clock, keys=KEYS, world=True) as simulator:
        clock.advance(600)
        simulator.simulation.valyu.begin("How long does the longest task take?", {"mode": "max"}, age=60)
        yield simulator
        assert simulator.crashes == []


def operations(shared: Path, provider: str) -> list[Any]:
    folder = shared / "contracts"
    path = next(file for file in (folder, folder / "more") if (file / f"{provider}.openapi.json").exists())
    raw = json.loads((path / f"{provider}.openapi.json").read_text("utf-8"))
    schema: Any = schemathesis.openapi.from_dict(raw)
    return [found.ok() for found in schema.get_all_operations()]


def known_ids(simulator: Simulator, provider: str) -> list[dict[str, Any]]:
    """Path parameters that lead somewhere: a finished task, a running one, one that waits, a batch."""
    if provider == "valyu":
        service = simulator.simulation.valyu
        by_status = {service.view(task).now.status: task.id for task in service.tasks}
        ids = [by_status[word] for word in ("completed", "running", "awaiting_input", "failed")]
        batch = requests.get(
            f"{simulator.base_url(provider)}/v1/deepresearch/batches", headers=HEADERS["valyu"], timeout=60
        ).json()[0]["batch_id"]
        return [{"id": task_id, "asset_id": "report.pdf", "edit_id": "ed_x", "version": 1} for task_id in [*ids, batch]]
    if provider == "openai":
        return [{"response_id": task.id} for task in list(simulator.simulation.services[provider].tasks)[:5]]
    service_of = {"extruct": simulator.simulation.extruct, "yutori": simulator.simulation.yutori}[provider]
    return [{"task_id": task.id} for task in list(service_of.tasks)[:4]]


def run(
    operation: Any, simulator: Simulator, provider: str, mode: GenerationMode, checks: list[Any], **fixed: Any
) -> None:
    """Send what the document allows (or, in negative mode, forbids), with the key, and check the answers."""

    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any) -> None:
        service = simulator.simulation.services[provider]
        scheme = "Bearer " if service.key_header == "authorization" else ""
        case.headers = {**(case.headers or {}), service.key_header: scheme + service.key}
        response = case.call(base_url=simulator.base_url(provider) + BELOW.get(provider, ""))
        case.validate_response(response, checks=checks)

    send()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_answer_conforms_to_the_document(
    shared: Path, served: Simulator, provider: str, subtests: pytest.Subtests
) -> None:
    for operation in operations(shared, provider):
        with subtests.test(operation.label):
            run(operation, served, provider, GenerationMode.POSITIVE, CONFORMANCE)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_so_does_every_answer_about_something_that_is_there(
    shared: Path, served: Simulator, provider: str, subtests: pytest.Subtests
) -> None:
    for operation in operations(shared, provider):
        wanted = {parameter.name for parameter in operation.path_parameters}
        for ids in known_ids(served, provider) if wanted else []:
            fixed = {name: ids[name] for name in wanted}
            with subtests.test(operation.label, **fixed):
                run(operation, served, provider, GenerationMode.POSITIVE, CONFORMANCE, path_parameters=fixed)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_breaks_the_document_is_refused(
    shared: Path, served: Simulator, provider: str, subtests: pytest.Subtests
) -> None:
    for operation in operations(shared, provider):
        if operation.method == "post" and operation.body:
            with subtests.test(operation.label):
                run(operation, served, provider, GenerationMode.NEGATIVE, REFUSAL)
