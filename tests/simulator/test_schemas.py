"""Every script at every stage of its life gives bodies the providers' OpenAPI documents allow."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.simulator.conftest import KEYS
from tui.simulator.app import Simulation, create_app
from tui.simulator.clock import ManualClock
from tui.simulator.demo_data import populate
from tui.simulator.extruct import scripts as extruct_scripts
from tui.simulator.valyu import scripts as valyu_scripts
from tui.simulator.yutori import scripts as yutori_scripts

AGES = (0, 10, 60, 150, 240, 400, 700, 1500, 20_000)
SCHEMA = {
    "type": "object",
    "required": ["name", "rows"],
    "properties": {"name": {"type": "string"}, "rows": {"type": "array", "items": {"type": "integer"}}},
}


def without_nullable(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(node, list):
        return [without_nullable(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: without_nullable(value) for key, value in node.items() if key != "nullable"}
    return {**plain, "type": [plain["type"], "null"]} if node.get("nullable") and "type" in plain else plain


def validator(shared: Path, provider: str, name: str) -> jsonschema.Draft202012Validator:
    document = json.loads((shared / "contracts" / f"{provider}.openapi.json").read_text("utf-8"))
    components = without_nullable(document["components"])
    return jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})


@pytest.fixture
def simulation(tmp_path: Path) -> Simulation:
    """A simulation whose only report is short: the shape of a body does not depend on its length."""
    source = {"id": 1, "url": "https://www.rfc-editor.org/rfc/rfc9111", "title": "RFC 9111", "snippet": "Freshness"}
    about = {"slug": "caching", "title": "Caching", "brief": "How are answers cached?", "sources": [source]}
    (tmp_path / "caching.json").write_text(json.dumps(about))
    (tmp_path / "caching.md").write_text("# Caching\n\n## Freshness\n\nAn answer is fresh for a while [1].\n")
    return create_app(KEYS, clock=ManualClock(speed=20), content=tmp_path)


@pytest.mark.parametrize("schema", [None, SCHEMA])
@pytest.mark.parametrize("name", sorted(extruct_scripts.SCRIPTS))
def test_extruct_bodies_validate(shared: Path, simulation: Simulation, name: str, schema: Any) -> None:
    allowed = validator(shared, "extruct", "DeepResearchTask")
    for age in AGES:
        task = simulation.extruct.begin("x", "medium", schema, age=age, script=name)
        allowed.validate(simulation.extruct.body(task))


@pytest.mark.parametrize("name", sorted(extruct_scripts.SCRIPTS))
def test_the_fields_of_a_finished_schema_report_follow_the_schema(simulation: Simulation, name: str) -> None:
    task = simulation.extruct.begin("x", "medium", SCHEMA, age=20_000, script=name)
    report = simulation.extruct.body(task)["report"]
    if report and name != "wrapped-fields":
        jsonschema.validate(report["fields"], SCHEMA)


@pytest.mark.parametrize("schema", [None, SCHEMA, {"type": "array", "items": SCHEMA}])
@pytest.mark.parametrize("name", sorted(yutori_scripts.SCRIPTS))
def test_yutori_bodies_validate(shared: Path, simulation: Simulation, name: str, schema: Any) -> None:
    allowed = validator(shared, "yutori", "ResearchTaskStatusResponse")
    undocumented = {reason.replace("_", "-") for reason in yutori_scripts.UNDOCUMENTED}
    for age in AGES:
        body = simulation.yutori.body(simulation.yutori.begin("x", "deep", schema, age=age, script=name))
        if name.removeprefix("failed-") in undocumented:
            body["rejection_reason"] = None
        allowed.validate(body)


@pytest.mark.parametrize("formats", [["markdown", "pdf"], [SCHEMA], [SCHEMA, "toon"]])
@pytest.mark.parametrize("name", sorted(valyu_scripts.SCRIPTS))
def test_valyu_bodies_validate(shared: Path, simulation: Simulation, name: str, formats: list[Any]) -> None:
    allowed = validator(shared, "valyu", "StatusResponse")
    request = {"output_formats": formats, "deliverables": ["csv", "pptx"], "tools": {"screenshots": True}}
    for age in AGES:
        view = simulation.valyu.view(simulation.valyu.begin("x", request, age=age, script=name))
        allowed.validate(view.body())


def test_everything_in_the_demo_validates_at_any_time(shared: Path) -> None:
    clock = ManualClock(speed=20)
    simulation = create_app(KEYS, clock=clock)
    populate(simulation)
    checks = {
        "extruct": validator(shared, "extruct", "DeepResearchTask"),
        "yutori": validator(shared, "yutori", "ResearchTaskStatusResponse"),
        "valyu": validator(shared, "valyu", "StatusResponse"),
    }
    for _ in range(4):
        for task in simulation.extruct.tasks:
            checks["extruct"].validate(simulation.extruct.body(task))
        for task in simulation.yutori.tasks:
            checks["yutori"].validate(simulation.yutori.body(task))
        for task in simulation.valyu.tasks:
            checks["valyu"].validate(simulation.valyu.view(task).body())
        clock.advance(400)
