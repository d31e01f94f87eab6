"""Bodies varied in ways that change nothing of their meaning: status, citations, cost and reason stay the same.

Each variant is what an honest service may send tomorrow: members in another order, members nobody knows, nothing where
something optional was, rubbish between the entries of a list, a report in other letters and in several pieces.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.corpora import SHARED
from tests.providers.saying import Says, read, said
from tui.domain.anchors import FieldAnchor
from tui.domain.errors import BadAnswer
from tui.domain.task import TaskStatus
from tui.providers.protocol import Provider
from tui.report.read import read_report

Json = Any
SERVICES = ("openai", "gemini", "perplexity", "parallel", "exa", "tavily", "you")
ASTRAL = "𝒳漢é\u0301 😀 \u05d0\n\n"
_NO_TASKS = ("request", "error-", "group", "usage", "models", "list", "events", "files", "input")
_HERE = Path(__file__).parent
_LISTS = frozenset({"content", "output", "annotations", "steps", "sources", "results", "basis", "citations"})


def _bodies() -> Iterator[Any]:
    for service in SERVICES:
        for path in sorted((_HERE / service / "bodies").glob("*.json")):
            yield pytest.param(service, path, id=f"{service}-{path.stem}")
        for path in sorted((SHARED / "contracts" / "more" / "examples").glob(f"{service}-*.json")):
            if not any(word in path.name for word in _NO_TASKS):
                yield pytest.param(service, path, id=f"shared-{path.stem}", marks=pytest.mark.corpus)


def _provider(service: str) -> Provider:
    provider: Provider = import_module(f"tui.providers.{service}.spec").PROVIDER
    return provider


def everywhere(change: Callable[[dict[str, Json]], dict[str, Json]], value: Json) -> Json:
    """Return a value with every object in it changed; a report that is fields is nobody's to change."""
    if isinstance(value, list):
        return [everywhere(change, item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: item if name in {"content", "structured"} and isinstance(item, dict) else everywhere(change, item)
            for name, item in value.items()}  # fmt: skip
    return change(kept)


def backwards(value: Json) -> Json:
    return everywhere(lambda found: dict(reversed(found.items())), value)


def with_unknown_members(value: Json) -> Json:
    return everywhere(lambda found: {"x_new": [{"id": 7, "url": None}], **found, "x_more": {"a": 1.5}}, value)


def with_rubbish_between(value: Json) -> Json:
    def change(found: dict[str, Json]) -> dict[str, Json]:
        return {
            name: [*item, None, 7, {}] if name in _LISTS and isinstance(item, list) and _objects(item) else item
            for name, item in found.items()
        }

    return everywhere(change, value)


def _objects(value: list[Json]) -> bool:
    return bool(value) and all(isinstance(item, dict) for item in value)


def _length(text: str, service: str) -> int:
    return len(text.encode()) if service == "gemini" else len(text)


def _texts(service: str, value: Json) -> Iterator[tuple[dict[str, Json], str, list[Json] | None, int]]:
    """Yield where each text of a report stands: object, member, the list it is a part of, and its place there."""
    if service in {"openai", "perplexity", "gemini"}:
        items = value.get("output") or value.get("steps") or [{"content": value.get("outputs")}]
        for item in items:
            if not isinstance(item, dict) or item.get("type") in {"user_input", "reasoning", "thought"}:
                continue
            content = item.get("content")
            for place, part in enumerate(content if isinstance(content, list) else ()):
                if isinstance(part, dict) and isinstance(part.get("text"), str):
                    yield part, "text", content, place
        return
    result = value.get("result")
    output = (result if isinstance(result, dict) else value).get("output")
    if isinstance(output, dict) and output.get("structured"):
        return  # the text announces it
    for holder, member in ((output, "content"), (output, "text"), (value, "content")):
        if isinstance(holder, dict) and isinstance(holder.get(member), str):
            yield holder, member, None, 0


def in_other_letters(service: str, value: Json) -> Json:
    """Put letters of every width in front of each text, and move the offsets."""
    for part, member, _, _ in _texts(service, value):
        if not part[member].strip() or part[member].lstrip()[:1] in {"{", "["}:
            continue  # nothing, or fields as text
        part[member] = ASTRAL + part[member]
        for annotation in part.get("annotations") or ():
            for name in ("start_index", "end_index", "index"):
                if isinstance(annotation, dict) and annotation.get(name):
                    annotation[name] += _length(ASTRAL, service)
    return value


def in_two_parts(service: str, value: Json) -> Json:
    """Put a part of its own in front of each text that is one of several."""
    for part, member, parts, place in [*_texts(service, value)]:
        if parts is not None and part[member].strip() and part[member].lstrip()[:1] not in {"{", "["}:
            parts.insert(place, {"type": part.get("type"), "text": ASTRAL, "annotations": []})
    return value


def shuffled(service: str, value: Json) -> Json:
    """Turn annotations round: their order means nothing."""
    for part, *_ in _texts(service, value):
        if isinstance(part.get("annotations"), list):
            part["annotations"].reverse()
    return value


RETOLD = {"other letters": in_other_letters, "two parts": in_two_parts, "annotations shuffled": shuffled}
VARIANTS = {
    "backwards": backwards,
    "unknown members": with_unknown_members,
    "rubbish between": with_rubbish_between,
}


def _said(service: str, value: Json) -> Says | None:
    try:
        return replace(said(read(_provider(service), json.dumps(value).encode())), problems=0)
    except BadAnswer:
        return None


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("service", "path"), list(_bodies()))
def test_a_variant_that_means_the_same_says_the_same(service: str, path: Path, variant: str) -> None:
    value = json.loads(path.read_text("utf-8"))
    before = _said(service, value)
    if before is not None:
        assert _said(service, VARIANTS[variant](value)) == before


@pytest.mark.parametrize("variant", RETOLD)
@pytest.mark.parametrize(("service", "path"), list(_bodies()))
def test_a_report_told_otherwise_leads_to_the_same_sources(service: str, path: Path, variant: str) -> None:
    value = json.loads(path.read_text("utf-8"))
    before = _said(service, value)
    after = _said(service, RETOLD[variant](service, value))
    if before is not None and after is not None:
        assert sorted(after.cited) == sorted(before.cited) if variant == "annotations shuffled" else True
        assert replace(after, begins=None, sources=()) == replace(before, begins=None, sources=())
        assert {*after.sources} == {*before.sources}


A, B = "https://a.example/p", "https://b.example/q"


def _cited(service: str, value: Json) -> list[tuple[str, tuple[str | None, ...]]]:
    report = read(_provider(service), json.dumps(value).encode()).report
    assert report is not None
    return [(one.marker, one.urls) for one in read_report(report).citations]


@pytest.mark.parametrize(("service", "member"), [("tavily", "content"), ("you", "output")])
def test_an_entry_that_cannot_be_read_keeps_its_place_in_a_list_by_position(service: str, member: str) -> None:
    sources = [None, {"url": A, "title": "A"}, 7, {}, {"url": B, "title": "B"}]
    value: Json = {"request_id": "t", "id": "t", "status": "completed"}
    if service == "tavily":
        value |= {"content": "One [2], two [5], none [1].", "sources": sources}
    else:
        value["result"] = {"output": {"content": "One [[2]], two [[5]], none [[1]].", "sources": sources}}
    assert [urls for _, urls in _cited(service, value)] == [(A,), (B,), (None,)]


def _response(text: str, *annotations: Json) -> Json:
    content = [{"type": "output_text", "text": text, "annotations": [*annotations]}]
    return {
        "id": "resp_0123456789abcdef",
        "object": "response",
        "status": "completed",
        "output": [{"type": "message", "role": "assistant", "content": content}],
    }


def _at(url: str, start: Json, end: Json) -> Json:
    return {"type": "url_citation", "url": url, "title": "T", "start_index": start, "end_index": end}


@pytest.mark.parametrize("service", ["openai", "perplexity"])
@pytest.mark.parametrize("place", [(500, 600), (9, 3), ("x", "y"), (None, None), (-4, 2)])
def test_a_source_with_a_place_that_is_none_supports_the_whole(service: str, place: tuple[Json, Json]) -> None:
    assert _cited(service, _response("It is so.", _at(A, *place))) == [("", (A,))]


@pytest.mark.parametrize("service", ["openai", "perplexity"])
def test_offsets_as_text_and_places_between_characters_are_places(service: str) -> None:
    value = _response("It is so. And so.", _at(A, "0", "9"), _at(B, 17, 17))
    assert _cited(service, value) == [("It is so.", (A,)), (".", (B,))]


@pytest.mark.parametrize("service", ["openai", "perplexity"])
@pytest.mark.parametrize("unit", ["utf-32-le", "utf-16-le", "utf-8"])
def test_markers_tell_what_offsets_count(service: str, unit: str) -> None:
    text = "𝒳漢é so【3:0†source】 and 😀 so【3:1†source】."
    width = {"utf-32-le": 4, "utf-16-le": 2, "utf-8": 1}[unit]

    def at(offset: int) -> int:
        return len(text[:offset].encode(unit)) // width

    first, second = text.index("【"), text.rindex("【")
    ends = text.index("】") + 1, text.rindex("】") + 1
    value = _response(text, _at(A, at(first), at(ends[0])), _at(B, at(second), at(ends[1])))
    assert _cited(service, value) == [("【3:0†source】", (A,)), ("【3:1†source】", (B,))]


@pytest.mark.parametrize("service", ["openai", "perplexity"])
def test_a_stretch_of_fields_sent_as_text_is_a_citation_of_its_field(service: str) -> None:
    text = '{"year": 1974, "by": [{"name": "Ö 😀"}]}'
    value = _response(text, _at(A, text.index("1974"), text.index("1974") + 4), _at(B, text.index("Ö"), len(text)))
    report = read(_provider(service), json.dumps(value).encode()).report
    assert report is not None
    assert [one.anchor for one in report.anchored] == [FieldAnchor("year"), FieldAnchor("by[0].name")]
    assert [urls for _, urls in _cited(service, value)] == [(A,), (B,)]


def test_an_error_beside_a_report_is_told_and_the_report_stays() -> None:
    done = {"task_id": "y1", "status": "succeeded", "result": "A report.", "error": "two pages could not be read"}
    body = json.dumps(done).encode()
    detail = read(_provider("yutori"), body)
    assert detail.task.status is TaskStatus.DONE
    assert detail.task.error == "two pages could not be read"
    assert detail.report is not None
