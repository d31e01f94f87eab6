"""`@frozen` makes what `@dataclass(frozen=True, slots=True)` makes, later."""

import copy
import pickle
import re
from dataclasses import KW_ONLY, FrozenInstanceError, InitVar, asdict, dataclass, field, fields, is_dataclass, replace
from threading import Barrier, Thread
from typing import ClassVar
from unittest.mock import Mock

import pytest

from tui.domain.frozen import frozen
from tui.domain.patterns import late


@frozen
class Thing:
    """A thing."""

    LARGEST: ClassVar[int] = 9
    name: str
    size: int = 1
    parts: tuple[str, ...] = field(default=())
    seen: list[str] = field(default_factory=list, compare=False)

    @property
    def large(self) -> bool:
        """Whether it is."""
        return self.size > 3


@frozen
class Other(Thing):
    """One with more."""

    colour: str = "red"


@dataclass(frozen=True, slots=True)
class Usual(Thing):
    """A dataclass on top."""

    weight: int = 0


def test_a_frozen_value_does_what_a_dataclass_does() -> None:
    one = Thing("a", 5)
    assert (one.name, one.size, one.parts, one.seen, one.large, Thing.LARGEST) == ("a", 5, (), [], True, 9)
    assert one == Thing("a", size=5)
    assert one != Thing("b", size=5)
    assert one != Other("a", 5)
    assert hash(one) == hash(Thing("a", 5))
    assert repr(one) == "Thing(name='a', size=5, parts=(), seen=[])"
    assert replace(one, name="c") == Thing("c", 5)
    assert is_dataclass(one)
    assert asdict(one) == {"name": "a", "size": 5, "parts": (), "seen": []}
    assert one.seen is not Thing("a").seen


def test_a_frozen_value_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Thing("a").name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del Thing("a").name
    with pytest.raises(TypeError):
        Thing()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="base"):
        frozen(type("Wrong", (Usual,), {}))


def test_frozen_values_inherit_match_copy_and_pickle() -> None:
    other = Other("a", 2, colour="blue")
    assert [one.name for one in fields(Other)] == ["name", "size", "parts", "seen", "colour"]
    assert [one.name for one in fields(Usual("x"))] == ["name", "size", "parts", "seen", "weight"]
    match other:
        case Other(name, size):
            assert (name, size) == ("a", 2)
    assert copy.deepcopy(other) == pickle.loads(pickle.dumps(other)) == other
    assert not hasattr(other, "__dict__")


def test_a_frozen_value_has_the_fields_of_all_its_bases_once() -> None:
    @frozen
    class Nothing:
        """No fields."""

    @frozen
    class Both(Nothing, Thing):
        size: int = 7

    assert Both("a") == Both("a", 7, (), [])
    assert Both.__match_args__ == tuple(one.name for one in fields(Both)) == ("name", "size", "parts", "seen")


def test_fields_may_be_called_alike() -> None:
    @frozen
    class Alike:
        seen: list[int] = field(default_factory=list)
        make_seen: int = 1
        set_seen: int = 2
        default_seen: int = 3

    assert asdict(Alike(set_seen=5)) == {"seen": [], "make_seen": 1, "set_seen": 5, "default_seen": 3}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"__post_init__": lambda self: None}, "__post_init__"),
        ({"__init__": lambda self: None}, "__init__"),
        ({"__annotations__": {"_": KW_ONLY, "size": int}, "size": 1}, "like _:"),
        ({"__annotations__": {"size": InitVar[int]}}, "like size:"),
        ({"__annotations__": {"size": int}, "size": field(default=1, kw_only=True)}, "like size:"),
        ({"__annotations__": {"size": int}, "size": field(default=1, init=False)}, "like size:"),
        ({"__annotations__": {"seen": list[int]}, "seen": []}, "default_factory"),
    ],
)
def test_what_a_frozen_value_does_not_have_is_refused_with_its_class(body: dict[str, object], why: str) -> None:
    with pytest.raises(TypeError, match=why):
        frozen(type("Wrong", (), body))


def test_a_class_of_frozen_values_is_completed_once_whichever_thread_asks_first() -> None:
    @frozen
    class Asked:
        of: list[int] = field(default_factory=list)

    begin, made = Barrier(4), []

    def ask() -> None:
        begin.wait()
        made.append(Asked())

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [Asked([])] * 4


def test_the_methods_of_a_value_are_made_with_its_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    machinery = Mock(wraps=dataclass)
    monkeypatch.setattr("tui.domain.frozen.dataclass", machinery)

    @frozen
    class Unused:
        of: int = 1

    assert Unused(3).of == 3
    assert not machinery.called
    assert [Unused(), Unused(2)] == [Unused(1), Unused(2)]
    assert machinery.call_count == 1


def test_a_pattern_is_compiled_with_its_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    machinery = Mock(wraps=re.compile)
    monkeypatch.setattr("tui.domain.patterns.re.compile", machinery)
    found = late(r"(\d+)-x", re.IGNORECASE)
    assert not machinery.called
    assert found.search("a 12-X")
    assert found.sub(r"\1", "3-x") == "3"
    assert found.pattern == r"(\d+)-x"
    assert (found.groups, dict(found.groupindex)) == (1, {})
    assert machinery.call_count == 1
    assert isinstance(found, re.Pattern), "a table of rules may hold texts and patterns"
    assert re.sub(found, r"\1", "4-x") == "4"
    with pytest.raises(AttributeError):
        found.nothing  # type: ignore[attr-defined]  # noqa: B018
