"""Mutated example bodies: whatever a service sends, a reader answers with a value or with `BadAnswer`."""

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpora import corpora
from tests.providers.conftest import NAMES, NOW, read_or_refused
from tests.robust.hostile import texts
from tui.domain.actions import AddToBatch, Edit, ListVersions
from tui.domain.detail import Detail
from tui.domain.errors import BadAnswer
from tui.domain.provider import Draft
from tui.domain.text import unsafe_characters
from tui.providers.registry import load

pytestmark = pytest.mark.no_cover  # long, and what it runs is covered elsewhere: tracing would double its time

LARGEST = 40_000


@cache
def bodies(name: str) -> tuple[Any, ...]:
    paths = sorted(path for folder in corpora() for path in folder.glob(f"contracts/examples/{name}-*.json"))
    return tuple(json.loads(path.read_text()) for path in paths if path.stat().st_size < LARGEST)


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["done", "completed", "failed", "1e400", "2026-01-01T00:00:00Z", "\x1b[2J", "\ud800", "a\u202eb"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) inside a JSON value."""
    found = []
    keys: Any = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found.append((value, key))
        found += places(value[key])
    return found


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    value = copy.deepcopy(draw(st.sampled_from(bodies(name))))
    for _ in range(draw(st.integers(1, 4))):
        spots = places(value)
        if not spots:
            break
        container, key = draw(st.sampled_from(spots))
        if isinstance(container, dict) and draw(st.booleans()):
            del container[key]
        else:
            container[key] = draw(junk)
    return json.dumps(value).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_a_mutated_answer_is_read_or_refused(name: str, data: st.DataObject) -> None:
    body = data.draw(mutated(name))
    reader = load(name).reader()
    draft = Draft("prompt")
    attempts: tuple[Callable[[], object], ...] = (
        lambda: reader.read_task(body, remote_id=None, received_at=NOW),
        lambda: reader.read_page(body, received_at=NOW, cursor="20"),
        lambda: reader.read_created(body, draft=draft, received_at=NOW),
        lambda: reader.read_outcome(AddToBatch(()), body, received_at=NOW),
        lambda: reader.read_outcome(Edit("x"), body, received_at=NOW),
        lambda: reader.read_outcome(ListVersions(), body, received_at=NOW),
    )
    for attempt in attempts:
        found = read_or_refused(attempt)
        shown = [found.message] if isinstance(found, BadAnswer) else texts(found)
        assert not any(map(unsafe_characters, shown))


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_a_damaged_answer_is_read_or_refused(name: str, data: st.DataObject) -> None:
    whole = bytearray(json.dumps(data.draw(st.sampled_from(bodies(name)))).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(whole)))
        whole[start : start + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=6))
    found = read_or_refused(lambda: load(name).reader().read_task(bytes(whole), remote_id=None, received_at=NOW))
    assert isinstance(found, Detail) or found.message


@pytest.mark.parametrize("name", NAMES)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(name: str, body: bytes) -> None:
    found = read_or_refused(lambda: load(name).reader().read_task(body, remote_id=None, received_at=NOW))
    assert isinstance(found, Detail) or found.message
