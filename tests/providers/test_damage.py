"""Bodies with anything anywhere in them are read or refused, never more, and what is read can be shown."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.conftest import NOW, read_or_refused
from tui.domain.detail import Detail
from tui.providers.registry import load
from tui.providers.saved import read_saved
from tui.report.read import read_report

SERVICES = ("exa", "tavily", "you")
_BODIES = {name: sorted((Path(__file__).parent / name / "bodies").glob("*.json")) for name in SERVICES}
_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        -1,
        1.5,
        10**30,
        "",
        "x",
        "\x1b[2J\u202e",
        [],
        {},
        [[]],
        [None],
        {"a": {"b": [1]}},
        ["x", 2, {}],
        "1e999",
    ]
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*at, key)
        yield from places(item, (*at, key))


@pytest.mark.parametrize("name", SERVICES)
@given(data=st.data())
def test_no_damage_breaks_a_reader(name: str, data: st.DataObject) -> None:
    value = json.loads(data.draw(st.sampled_from(_BODIES[name])).read_text("utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from([*places(value)] or [("status",)]))
        inner = value
        for key in way:
            inner = inner[key]
        inner[last] = copy.deepcopy(data.draw(_ODD))
    body = json.dumps(value).encode()
    reader = load(name).reader()
    found = read_or_refused(lambda: reader.read_task(body, remote_id=None, received_at=NOW))
    if isinstance(found, Detail):
        assert "\x1b" not in found.task.title + (found.task.error or "") + repr(found.facts)
        if found.report is not None:
            read_report(found.report)
    read_saved(body)
    reader.recognises(value)
