"""Providers are found by name without being imported, ours and strangers'."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.providers.conftest import NAMES
from tui.domain.errors import ConfigError, NotFound
from tui.providers import registry
from tui.providers.extruct.spec import PROVIDER as EXTRUCT

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def strangers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    """Entry points as other distributions would register them."""
    points: list[EntryPoint] = []
    monkeypatch.setattr(
        registry, "entry_points", lambda group: tuple(point for point in points if point.group == group)
    )
    registry._points.cache_clear()
    registry.load.cache_clear()
    yield points
    registry._points.cache_clear()
    registry.load.cache_clear()


def test_a_service_is_called_the_same_before_and_after_it_is_loaded() -> None:
    script = """
from tui.domain.account import title
from tui.providers import registry
names = registry.names()
before = [title(name) for name in names]
assert before == [registry.load(name).info.title for name in names] == [title(name) for name in names], before
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.usefixtures("strangers")
def test_a_bare_checkout_knows_our_services() -> None:
    assert registry.names()[: len(NAMES)] == NAMES
    assert "openai" in registry.names()
    assert registry.load("valyu").info.title == "Valyu"


def test_a_third_party_comes_after_ours(strangers: list[EntryPoint]) -> None:
    strangers.append(EntryPoint("acme", "tui.providers.extruct.spec:PROVIDER", registry.GROUP))
    assert registry.names()[: len(NAMES)] == NAMES
    assert registry.names()[-1] == "acme"
    assert registry.load("acme") is EXTRUCT


def test_a_third_party_cannot_take_the_name_of_ours(strangers: list[EntryPoint]) -> None:
    strangers.append(EntryPoint("valyu", "tui.providers.extruct.spec:PROVIDER", registry.GROUP))
    assert registry.load("valyu").info.name == "valyu"


@pytest.mark.parametrize("value", ["no_such_module_at_all:X", "tui.providers.extruct:Nothing", "json:dumps"])
def test_a_broken_third_party_is_named(strangers: list[EntryPoint], value: str) -> None:
    strangers.append(EntryPoint("acme", value, registry.GROUP))
    with pytest.raises(ConfigError, match="acme"):
        registry.load("acme")
    assert registry.load("yutori").info.name == "yutori"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(NotFound) as caught:
        registry.load("nobody\x1b[2J")
    assert "extruct, yutori, valyu" in caught.value.hint
    assert all(name in caught.value.hint for name in registry.names())
    assert "\x1b" not in caught.value.message


def test_the_installed_entry_points_name_the_same_objects() -> None:
    from importlib.metadata import entry_points

    registered = {point.name: point.load() for point in entry_points(group=registry.GROUP) if point.name in NAMES}
    assert registered == {name: registry.load(name) for name in NAMES}


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("from tui.providers import registry; registry.names()", ("httpx", "pydantic", "tui.providers.valyu")),
        (
            "from tui.providers import registry; [registry.load(n).info for n in registry.names()]",
            ("httpx", "pydantic"),
        ),
        ("from tui.providers import registry; [registry.load(n).reader() for n in registry.names()]", ("httpx",)),
        (
            "from tui.domain.provider import Draft; from tui.providers import registry; draft = Draft('x');"
            "[(registry.load(n).check(draft), registry.load(n).cost_at_most(draft)) for n in registry.names()]",
            ("httpx", "pydantic", "jsonschema"),
        ),
    ],
)
def test_describing_and_reading_cost_no_http(statement: str, absent: tuple[str, ...]) -> None:
    root = Path(registry.__file__).parents[2]
    code = f"import sys; {statement}; print([name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_answer_is_recognised(name: str, examples: Path) -> None:
    file = {
        "extruct": "extruct-done-markdown.json",
        "yutori": "yutori-succeeded-html.json",
        "valyu": "valyu-status-completed-json.json",
    }[name]
    found = registry.recognise((examples / file).read_bytes(), received_at=NOW)
    assert found is not None
    assert found[0] == name
    assert found[1].report is not None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"# A report", b'{"a": 1}', b'{"id": null, "task_id": null}', b"{" * 9000]
)
def test_anything_else_is_nobodys_answer(body: bytes) -> None:
    assert registry.recognise(body, received_at=NOW) is None


@pytest.mark.parametrize(
    "value",
    [
        {"id": "resp_1", "object": "response", "status": "completed", "output": [], "model": "openai/gpt-5"},
        {"id": "1", "status": "completed", "created_at": 1},
        {"id": "1", "model": "sonar", "citations": [], "search_results": [], "choices": []},
        {"id": "1", "status": "completed", "report": {"text": "x"}, "outputs": []},
        {"id": "1", "title": "notes", "sources": [], "query": "?"},
        {"task_id": "1", "status": "done", "outputs": {}},
        {"task_id": "1", "status": "succeeded", "result": None},
        {"id": 1},
    ],
    ids=str,
)
def test_an_answer_of_another_service_is_nobodys(value: dict[str, object]) -> None:
    assert registry.recognise(json.dumps(value).encode(), received_at=NOW) is None


def test_no_answer_of_one_service_is_taken_for_another_s(shared: Path) -> None:
    files = sorted((shared / "contracts" / "more" / "examples").glob("*.json"))
    taken = {file.name: found[0] for file in files if (found := registry.recognise(file.read_bytes(), received_at=NOW))}
    assert {file: name for file, name in taken.items() if not file.startswith(f"{name}-")} == {}


@pytest.mark.parametrize("kind", ["succeeded", "done", "completed", "failed", "cancelled", "in_progress", "running"])
@pytest.mark.parametrize("name", NAMES)
def test_every_saved_answer_of_a_task_is_recognised_as_its_service_s(name: str, kind: str, examples: Path) -> None:
    for file in examples.glob(f"{name}-*{kind}*.json"):
        if "created" in file.name or "published-list" in file.name or "cancel-200" in file.name:
            continue
        found = registry.recognise(file.read_bytes(), received_at=NOW)
        assert found is not None, file.name
        assert found[0] == name
