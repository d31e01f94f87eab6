"""Reports as Extruct writes them: `[n]` by source id, or fields with a basis of source ids per path."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from tui.simulator.content import DemoReport, replace_markers
from tui.simulator.course import Course
from tui.simulator.extruct.scripts import Basis
from tui.simulator.json_body import Body
from tui.simulator.schema_samples import structured


def markdown_report(report: DemoReport, course: Course) -> Body:
    """A report of kind markdown (tests/contracts/extruct.md 7)."""
    numbers = _numbers(report, course)
    text = replace_markers(report.markdown, {number: f"[{new}]" for number, new in numbers.items()})
    if course.traits.get("odd_ids"):
        text += f"\nOne further figure could not be traced to its source [{max(numbers.values()) + 57}].\n"
    return {
        "kind": "markdown",
        "markdown": text,
        "sources": _sources(report, numbers),
        "degradation_reasons": _reasons(course),
    }


def schema_report(report: DemoReport, course: Course, schema: Mapping[str, Any]) -> Body:
    """A report of kind schema: fields that follow `schema`, and what supports each of them."""
    fields, written = structured(report, schema), report.structured or {}
    if written.get("schema") == schema:
        basis = dict(written["basis"])
    else:
        ids = itertools.cycle([source.id for source in report.sources])
        basis = {path: [next(ids), next(ids)] if index % 3 == 0 else [next(ids)]
                 for index, path in enumerate(_leaves(fields))}  # fmt: skip
    numbers = _numbers(report, course)
    basis = {path: [numbers.get(number, number) for number in ids] for path, ids in basis.items()}
    body: Body = {"kind": "schema", "fields": fields}
    form = course.traits.get("basis", Basis.PATHS)
    if form is Basis.WRAPPED:
        body["fields"] = {name: _wrapped(name, value, basis) for name, value in fields.items()}
    else:
        body["basis"] = _basis(form, fields, basis)
    return body | {"sources": _sources(report, numbers), "degradation_reasons": _reasons(course)}


def _numbers(report: DemoReport, course: Course) -> dict[int, int]:
    odd = course.traits.get("odd_ids")
    return {source.id: source.id + source.id // 4 * 3 if odd else source.id for source in report.sources}


def _sources(report: DemoReport, numbers: Mapping[int, int]) -> list[Body]:
    return [{"id": numbers[source.id], "url": source.url} for source in report.sources]


def _reasons(course: Course) -> list[str] | None:
    reasons: list[str] | None = course.traits.get("degradation", [])
    return reasons


def _leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from _leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for index, member in enumerate(value):
            yield from _leaves(member, f"{path}[{index}]")
    elif path:
        yield path


def _basis(form: Basis, fields: Any, basis: Mapping[str, list[int]]) -> Any:
    if form is Basis.OBJECTS:
        return {
            path: {"source_ids": ids, "reasoning": f"Stated by {len(ids)} source(s)."} for path, ids in basis.items()
        }
    if form is Basis.RECORDS:
        return [{"field": path, "source_ids": [str(number) for number in ids]} for path, ids in basis.items()]
    if form is Basis.TREE:
        return _tree(fields, basis)
    return dict(basis)


def _tree(value: Any, basis: Mapping[str, list[int]], path: str = "") -> Any:
    if path in basis:
        return basis[path]
    if isinstance(value, dict):
        return {name: _tree(member, basis, f"{path}.{name}" if path else name) for name, member in value.items()}
    if isinstance(value, list):
        return [_tree(member, basis, f"{path}[{index}]") for index, member in enumerate(value)]
    return []


def _wrapped(name: str, value: Any, basis: Mapping[str, list[int]]) -> Body:
    ids = sorted({number for path, ids in basis.items() if path.split(".")[0].split("[")[0] == name for number in ids})
    return {"value": value, "sources": ids, "reasoning": f"Found in {len(ids)} source(s)."}
