"""No information is lost: every property of the published answers has a place, and is found there."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.providers.conftest import NAMES, NOW
from tests.providers.places import DEFAULT_BASES, PLACES, ROOTS, Row, look_up, plant, properties
from tui.domain.detail import Detail
from tui.providers.registry import load

PUBLISHED = Path(__file__).resolve().parents[1] / "contracts" / "properties.json"
ROWS = [pytest.param(name, path, row, id=f"{name}:{path}") for name in NAMES for path, row in PLACES[name].items()]


def read(name: str, body: Any) -> Detail:
    return load(name).reader().read_task(json.dumps(body).encode(), remote_id=None, received_at=NOW)


def home_of(name: str, path: str) -> Row | None:
    """The row of a property, or of the nearest object above it that is kept whole."""
    places = PLACES[name]
    if path in places:
        return places[path]
    above = path
    while "." in above or "[]" in above:
        above = above.rpartition(".")[0] if not above.endswith("[]") else above.removesuffix("[]")
        row = places.get(above)
        if row and row.place.endswith("*"):
            return row
    return None


@pytest.fixture
def published(name: str) -> set[str]:
    """The properties that a service publishes for its task answers; the list is kept true by the test below."""
    return set(json.loads(PUBLISHED.read_text("utf-8"))[name])


@pytest.mark.parametrize("name", NAMES)
def test_the_list_of_published_properties_is_that_of_the_document(
    name: str, specs: dict[str, dict[str, Any]], published: set[str]
) -> None:
    assert published == {path for root in ROOTS[name] for path in properties(specs[name], root)}


@pytest.mark.parametrize("name", NAMES)
def test_every_published_property_has_a_place(name: str, published: set[str]) -> None:
    assert len(published) >= 20
    assert sorted(path for path in published if home_of(name, path) is None) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_no_place_for_what_is_not_published(name: str, published: set[str]) -> None:
    above = {path[:end] for path in published for end in range(len(path)) if path[end] in ".["}
    assert sorted(set(PLACES[name]) - published - above) == []


@pytest.mark.parametrize(("name", "path", "row"), ROWS)
def test_a_planted_value_is_found_at_its_place(name: str, path: str, row: Row, examples: Path) -> None:
    base = json.loads((examples / (row.base or DEFAULT_BASES[name])).read_text())
    found = look_up(read(name, plant(base, path, row.planted)), row.place)
    if row.place.endswith("*"):
        assert str(row.planted).strip("[]{}'") in found or json.dumps(row.planted) in found
    else:
        assert found == row.expected


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_whole_is_found_to_its_last_member(name: str, published: set[str], examples: Path) -> None:
    for path in sorted(published - set(PLACES[name])):
        row = home_of(name, path)
        assert row is not None
        base = json.loads((examples / (row.base or DEFAULT_BASES[name])).read_text())
        detail = read(name, plant(base, path, "planted 4711"))
        assert "planted 4711" in str(look_up(detail, row.place)), path


@pytest.mark.parametrize("name", NAMES)
def test_a_member_that_no_contract_knows_is_kept(name: str, examples: Path) -> None:
    base = json.loads((examples / DEFAULT_BASES[name]).read_text())
    detail = read(name, {**base, "brand_new": {"deep": ["value"]}})
    assert detail.extra["brand_new"] == {"deep": ["value"]}
    assert detail.problems == ()
