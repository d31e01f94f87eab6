"""Schemathesis and the OpenAPI documents of further services: what fits is answered as they say, else refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from tests.simulator.test_fuzz import CONFORMANCE, EXAMPLES
from tui.simulator.clock import ManualClock
from tui.simulator.server import Simulator

SERVICES = ("exa", "tavily", "you")
# Answers that the contracts know and the documents leave out.
UNDOCUMENTED = {"exa": {"/agent/runs": ("404",)}}


@pytest.fixture(scope="module")
def served() -> Iterator[Simulator]:
    """A server whose tasks are in all states: some old, some fresh."""
    clock = ManualClock(speed=20)
    with Simulator(clock=clock, world=True) as simulator:
        clock.advance(600)
        yield simulator
        assert simulator.crashes == []


def operations(shared: Path, provider: str) -> list[Any]:
    raw = json.loads((shared / "contracts" / "more" / f"{provider}.openapi.json").read_text("utf-8"))
    for path, statuses in UNDOCUMENTED.get(provider, {}).items():
        for operation in raw["paths"][path].values():
            if isinstance(operation, dict):
                operation["responses"] |= dict.fromkeys(statuses, operation["responses"]["400"])
    schema: Any = schemathesis.openapi.from_dict(raw)
    found = [one.ok() for one in schema.get_all_operations()]
    return [one for one in found if not one.path.endswith("/stream")]  # lasts as long as its task


def headers(simulator: Simulator, provider: str) -> dict[str, str]:
    """The key; streams, which last as long as a run, are not asked for."""
    service = simulator.simulation.services[provider]
    key = f"Bearer {service.key}" if service.key_header == "authorization" else service.key
    return {service.key_header: key, "Accept": "application/json"}


def run(operation: Any, simulator: Simulator, provider: str, mode: GenerationMode, **fixed: Any) -> None:
    """Send what the document allows (or, in negative mode, forbids), with the key, and check the answers."""
    checks = CONFORMANCE if mode is GenerationMode.POSITIVE else [not_a_server_error, negative_data_rejection]

    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    def send(case: Any) -> None:
        case.headers = {**(case.headers or {}), **headers(simulator, provider)}
        if isinstance(case.body, dict) and case.body.get("stream"):
            case.body["stream"] = False
        case.validate_response(case.call(base_url=simulator.base_url(provider)), checks=checks)

    send()


@pytest.mark.parametrize("provider", SERVICES)
def test_every_answer_conforms_to_the_document(
    shared: Path, served: Simulator, provider: str, subtests: pytest.Subtests
) -> None:
    for operation in operations(shared, provider):
        with subtests.test(operation.label):
            run(operation, served, provider, GenerationMode.POSITIVE)


@pytest.mark.parametrize("provider", SERVICES)
def test_so_does_every_answer_about_something_that_is_there(
    shared: Path, served: Simulator, provider: str, subtests: pytest.Subtests
) -> None:
    tasks = [task.id for task in served.simulation.services[provider].tasks][:4]
    for operation in operations(shared, provider):
        wanted = [parameter.name for parameter in operation.path_parameters]
        for task_id in tasks if wanted else []:
            fixed = dict.fromkeys(wanted, task_id)
            with subtests.test(operation.label, **fixed):
                run(operation, served, provider, GenerationMode.POSITIVE, path_parameters=fixed)


@pytest.mark.parametrize("provider", SERVICES)
def test_what_breaks_the_document_is_refused(
    shared: Path, served: Simulator, provider: str, subtests: pytest.Subtests
) -> None:
    for operation in operations(shared, provider):
        if operation.method == "post" and operation.body:
            with subtests.test(operation.label):
                run(operation, served, provider, GenerationMode.NEGATIVE)
