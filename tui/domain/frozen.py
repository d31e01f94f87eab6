"""Frozen values: `@frozen` is `@dataclass(frozen=True, slots=True)` whose methods are made when first used.

A dataclass writes, compiles and runs eight functions when its module is imported: a quarter of a millisecond for each
class, and most of them are not used before the first paint. Here a class is made with its slots only; the dataclass
machinery writes `__init__`, `__eq__`, `__hash__` and `__repr__` with the first call of any of them. Afterwards nothing
is different: `replace`, `fields`, `asdict`, pattern matching, copying and pickling work as for every dataclass.
"""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields
from threading import RLock
from typing import Any, TypeVar, dataclass_transform

Kind = TypeVar("Kind", bound=type)

_METHODS = ("__init__", "__eq__", "__hash__", "__repr__")
_FACTS = ("__dataclass_fields__", "__dataclass_params__")
_LOCK = RLock()  # bases are completed on the way


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(source: Kind) -> Kind:
    """Return the class of frozen values with the annotated fields of `source`; bases are values, too, or have no state.

    Raises:
        FrozenInstanceError: later, where a field is set or deleted.
    """
    own = tuple(source.__dict__.get("__annotations__", ()))
    body = {name: each for name, each in source.__dict__.items() if name not in {"__dict__", "__weakref__", *own}}
    late = [name for name in _METHODS if name not in body]
    body |= {
        "__slots__": own,
        "__match_args__": (*getattr(source, "__match_args__", ()), *own),
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__getstate__": _state,
        "__setstate__": _set_state,
    }
    made: Any = type(source)(source.__name__, source.__bases__, body)
    made.__qualname__ = source.__qualname__
    completed = _Completion(made, source, late)
    for name in late:
        setattr(made, name, _late(name, completed))
    for name in _FACTS:
        setattr(made, name, _LateFact(name, completed))
    return made  # type: ignore[no-any-return]


class _Completion:
    """Gives a class the methods that a dataclass has, once."""

    def __init__(self, made: Any, source: type, names: list[str]) -> None:
        self._made, self._source, self._names = made, source, names
        self._done = False

    def __call__(self) -> Any:
        """Return the class with everything it lacked."""
        with _LOCK:
            if not self._done:
                whole = dataclass(frozen=True)(self._source)
                for name in (*self._names, *_FACTS):
                    setattr(self._made, name, whole.__dict__[name])
                self._done = True
        return self._made


def _late(name: str, completed: Callable[[], Any]) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(completed(), name)(self, *args, **kwargs)

    return method


class _LateFact:
    """What `dataclasses` asks of the class itself."""

    def __init__(self, name: str, completed: Callable[[], Any]) -> None:
        self._name, self._completed = name, completed

    def __get__(self, instance: object, owner: type) -> Any:
        return getattr(self._completed(), self._name)


def _refuse(self: object, name: str, _: object = None) -> None:
    raise FrozenInstanceError(f"cannot change field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
