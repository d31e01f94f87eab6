"""The sources of each field of a structured report, in every shape in which services send them.

A list of records with a path and ids, a map from path to ids, a tree like the fields, or wrappers around each value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tui.domain.detail import Json
from tui.domain.patterns import late
from tui.providers.sdk.json import as_text

_ID_MEMBERS = ("source_ids", "sources", "ids")
_PATH_MEMBERS = ("field", "path")
_WRAPPER = frozenset({"value", "sources", "reasoning"})
_STEP = late(r"\[(\d+)\]|[./]?([^.\[\]/]+)")


@dataclass(slots=True)
class Evidence:
    """Source ids and the agent's reasoning by field path ("buyers[0].name"); `odd` is set where some was unreadable."""

    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    odd: bool = False

    def add(self, path: str, ids: tuple[str, ...] | None, record: Mapping[str, Json] | None = None) -> None:
        """Add the sources of `path`, with the other members of `record`."""
        if ids is None:
            self.odd = True
        elif ids:
            self.ids[path] = tuple(dict.fromkeys((*self.ids.get(path, ()), *ids)))
        said = [
            as_text(value) if name == "reasoning" else f"{name}: {as_text(value)}"
            for name, value in (record or {}).items()
            if name not in {*_ID_MEMBERS, *_PATH_MEMBERS, "value"} and value not in (None, "")
        ]
        if said:
            self.reasons[path] = "; ".join(said)


def read_basis(basis: Json) -> Evidence:
    """Read a cleaned `basis` of any shape; whatever does not fit sets `odd`, never raises."""
    evidence = Evidence()
    if isinstance(basis, Mapping):
        _read_tree(basis, "", evidence)
    elif isinstance(basis, list) and all(isinstance(record, Mapping) for record in basis):
        for record in basis:
            assert isinstance(record, Mapping)
            path = next((value for name in _PATH_MEMBERS if isinstance(value := record.get(name), str)), None)
            if path is None:
                evidence.odd = True
            else:
                evidence.add(normal_path(path), _ids_of(record), record)
    elif basis is not None:
        evidence.odd = True
    return evidence


def unwrap(fields: Json, evidence: Evidence) -> Json:
    """Return `fields` with `{value, sources, reasoning}` wrappers replaced by values, noted in `evidence`."""
    return _unwrap(fields, "", evidence)


def normal_path(path: str) -> str:
    """Return "a.b", "a[0].b", "/a/0/b" and "$.a" in one spelling: "a[0].b"."""
    pointer = path.startswith("/")
    normal = ""
    for index, name in _STEP.findall(path.removeprefix("$")):
        is_index = index or (name.isdigit() and (pointer or normal))
        normal += f"[{index or name}]" if is_index else f".{name}" if normal else name
    return normal


def _read_tree(node: Mapping[str, Json], path: str, evidence: Evidence) -> None:
    for name, value in node.items():
        place = _joined(path, normal_path(name)) if not path else _joined(path, name)
        if isinstance(value, Mapping) and any(member in value for member in _ID_MEMBERS):
            evidence.add(place, _ids_of(value), value)
        elif isinstance(value, Mapping):
            _read_tree(value, place, evidence)
        elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
            _read_list(value, place, evidence)
        else:
            evidence.add(place, _ids(value))


def _read_list(items: list[Json], path: str, evidence: Evidence) -> None:
    for index, item in enumerate(items):
        place = f"{path}[{index}]"
        if isinstance(item, Mapping):
            if any(member in item for member in _ID_MEMBERS):
                evidence.add(place, _ids_of(item), item)
            else:
                _read_tree(item, place, evidence)
        else:
            evidence.add(place, _ids(item))


def _unwrap(value: Json, path: str, evidence: Evidence) -> Json:
    if isinstance(value, Mapping):
        if "value" in value and len(value) > 1 and value.keys() <= _WRAPPER:
            evidence.add(path, _ids(value.get("sources")), value)
            return _unwrap(value["value"], path, evidence)
        return {name: _unwrap(item, _joined(path, name), evidence) for name, item in value.items()}
    if isinstance(value, list):
        return [_unwrap(item, f"{path}[{index}]", evidence) for index, item in enumerate(value)]
    return value


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _ids_of(record: Mapping[str, Json]) -> tuple[str, ...] | None:
    return next((_ids(record[name]) for name in _ID_MEMBERS if name in record), None)


def _ids(value: Json) -> tuple[str, ...] | None:
    """Return ids as strings; None if `value` is not a list of ids."""
    if value is None:
        return ()
    items = [*_flat(value)]
    if any(isinstance(item, bool) or not isinstance(item, int | str) for item in items):
        return None
    return tuple(str(item).strip() for item in items)


def _flat(value: Json) -> Iterator[Json]:
    """Return the entries of a list; for an entry that is an object, its id."""
    for item in value if isinstance(value, list) else [value]:
        yield item.get("id", item.get("source_id")) if isinstance(item, Mapping) else item
