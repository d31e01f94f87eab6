"""Frozen values: `@frozen` is `@dataclass(frozen=True, slots=True)` whose methods are made when first used.

A dataclass writes, compiles and runs eight functions when its module is imported: a quarter of a millisecond for each
class, and most of them are not used before the first paint. Here a class is made with its slots only. `__init__` is
written with the first value; the dataclass machinery writes everything else with the first call of any of it.
Afterwards nothing is different: `replace`, `fields`, `asdict`, pattern matching, copying and pickling work as for every
dataclass. Fields have a default, a `default_factory` or neither; bases are frozen values or have no state. What else a
dataclass may have (`__post_init__`, an `__init__` of its own, keyword-only fields, `InitVar`) is refused.
"""

from collections.abc import Callable
from dataclasses import KW_ONLY, MISSING, Field, FrozenInstanceError, InitVar, dataclass, field, fields
from inspect import get_annotations
from threading import RLock
from typing import Any, ClassVar, TypeVar, dataclass_transform, get_origin

Kind = TypeVar("Kind", bound=type)

_METHODS = ("__eq__", "__hash__", "__repr__")
_FACTS = ("__dataclass_fields__", "__dataclass_params__")
_LOCK = RLock()  # bases are completed on the way


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(source: Kind) -> Kind:
    """Return the class of frozen values with the annotated fields of `source`.

    Raises:
        FrozenInstanceError: later, where a field is set or deleted.
        TypeError: it has what only a dataclass can have; a base is a dataclass of another kind.
    """
    _check(source)
    defaults: dict[str, Any] = {}
    for base in source.__mro__[:0:-1]:
        defaults |= vars(base).get("__frozen_defaults__", {})
    own = tuple(name for name, kind in get_annotations(source).items() if not _is_classvar(kind))
    body = {name: each for name, each in source.__dict__.items() if name not in {"__dict__", "__weakref__", *own}}
    late = [name for name in _METHODS if body.get(name) is None]  # Python itself sets a hash of None beside `__eq__`
    defaults |= {name: source.__dict__.get(name, MISSING) for name in own}
    body |= {"__slots__": own, "__match_args__": tuple(defaults), "__frozen_defaults__": defaults}
    body |= {"__setattr__": _refuse, "__delattr__": _refuse, "__getstate__": _state, "__setstate__": _set_state}
    made: Any = type(source)(source.__name__, source.__bases__, body)
    made.__qualname__ = source.__qualname__
    completed = _Completion(made, source, late)
    for name in late:
        setattr(made, name, _late(name, completed))
    made.__init__ = _late("__init__", lambda: _initialised(made))
    for name in _FACTS:
        setattr(made, name, _LateFact(name, completed))
    return made  # type: ignore[no-any-return]


def _check(source: type) -> None:
    said = ""
    if any("__dataclass_fields__" in vars(base) and "__frozen_defaults__" not in vars(base) for base in source.__mro__):
        said = "a dataclass as its base"
    for method in {"__init__", "__post_init__"} & vars(source).keys():
        said = f"an {method}"
    for name, kind in get_annotations(source).items():
        default = vars(source).get(name)
        if kind is KW_ONLY or isinstance(kind, InitVar) or (isinstance(default, Field) and not _is_plain(default)):
            said = f"a field like {name}: neither keyword-only nor for `__init__` alone, nor left out of it"
        elif type(default).__hash__ is None and not _is_classvar(kind):
            said = f"one default of {name} for all: it can be changed, use `default_factory`"
    if said:
        raise TypeError(f"{source.__name__}: a frozen value cannot have {said}")


def _is_plain(one: "Field[Any]") -> bool:
    return one.init and one.kw_only is not True and type(one.default).__hash__ is not None


def _is_classvar(kind: object) -> bool:
    return kind.startswith("ClassVar") if isinstance(kind, str) else get_origin(kind) is ClassVar or kind is ClassVar


class _Completion:
    """Adds the methods of a dataclass to a class, once."""

    def __init__(self, made: Any, source: type, names: list[str]) -> None:
        self._made, self._source, self._names = made, source, names
        self._done = False

    def __call__(self) -> Any:
        """Return the class with everything it lacked."""
        with _LOCK:
            if not self._done:
                whole: Any = dataclass(frozen=True)(self._source)
                for name in (*self._names, *_FACTS):
                    setattr(self._made, name, whole.__dict__[name])
                self._done = True
        return self._made


def _initialised(made: Any) -> Any:
    """Return the class with an `__init__` that puts each argument, or its default, into its slot."""
    given: list[str] = []
    work: list[str] = []
    names: dict[str, Any] = {"__MISSING": MISSING}
    for name, default in made.__frozen_defaults__.items():
        value = name
        if isinstance(default, Field) and default.default_factory is not MISSING:
            names[f"__make_{name}"] = default.default_factory
            given.append(f"{name}=__MISSING")
            value = f"__make_{name}() if {name} is __MISSING else {name}"
        else:
            names[f"__default_{name}"] = default.default if isinstance(default, Field) else default
            given.append(name if names[f"__default_{name}"] is MISSING else f"{name}=__default_{name}")
        names[f"__set_{name}"] = getattr(made, name).__set__  # of the slot: quicker than `object.__setattr__`
        work.append(f" __set_{name}(self, {value})")
    exec(f"def __init__(self, {', '.join(given)}):\n" + "\n".join(work or [" pass"]), names)  # noqa: S102  as dataclasses do
    made.__init__ = names["__init__"]
    return made


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
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
