"""Two tiers of tests: the default one answers within two minutes, the deep one leaves nothing out.

A test belongs to the deep tier when it carries one of the markers of `DEEP`. Nobody has to set `process`: a test that
starts programs is found by what its code, its helpers and its fixtures call. `corpus` comes with
the larger corpus (see `tests/corpora.py`). `slow` and `fuzz` are written at the test.
"""

import dis
import inspect
import multiprocessing
import pty
import subprocess
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import cycle
from typing import Any, TypeGuard, TypeVar

import pytest

DEEP = ("slow", "process", "corpus", "fuzz")  # their meanings are in pyproject.toml
_LARGER = "shared"  # the fixture of the larger corpus
_SPAWNS = {
    subprocess.Popen,
    subprocess.run,
    subprocess.check_call,
    subprocess.check_output,
    multiprocessing.Process,
    multiprocessing.get_context,
    pty.openpty,
    pty.fork,
}
T = TypeVar("T")
Names = Callable[[types.CodeType, dict[str, object]], Iterator[object]]


def mark(item: pytest.Item) -> None:
    """Add the markers that follow from what a test does."""
    if not isinstance(item, pytest.Function):
        return
    if item.get_closest_marker("quick") is None and _starts_programs(item):
        item.add_marker("process")
    if _LARGER in item.fixturenames:
        item.add_marker("corpus")


def is_deep(item: pytest.Item) -> bool:
    """Whether a test is left out by default."""
    return any(item.get_closest_marker(name) for name in DEEP)


def in_turn(cases: Iterable[T], names: Sequence[str], name_of: Callable[[T], str] = repr) -> list[Any]:
    """Return every case with every name as parameters; by default a case meets one of the names, which take turns."""
    return [
        pytest.param(case, name, id=f"{name_of(case)}-{name}", marks=[] if name == turn else [pytest.mark.slow])
        for case, turn in zip(cases, cycle(names), strict=False)
        for name in names
    ]


def _starts_programs(item: pytest.Function) -> bool:
    fixtures = [found[-1].func for found in item._fixtureinfo.name2fixturedefs.values() if found]
    return any(_spawns(inspect.unwrap(function)) for function in (item.function, *fixtures))


@cache
def _spawns(function: Callable[..., object]) -> bool:
    """Whether a function of the tests starts programs, itself or by other functions and classes of the tests."""
    return _reaches_a_spawn(function, _mentioned) and _reaches_a_spawn(function, _taken)


def _reaches_a_spawn(function: object, names: Names) -> bool:
    seen: set[object] = set()
    waiting = [function]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for found in _named(one, names):
            if _is_spawn(found):
                return True
            if _is_code(found) and str(found.__module__).startswith("tests."):
                waiting.append(inspect.unwrap(found))
    return False


def _is_spawn(found: object) -> bool:
    try:
        return found in _SPAWNS
    except TypeError:  # not hashable
        return False


def _is_code(found: object) -> TypeGuard[Callable[..., object]]:
    return inspect.isfunction(found) or inspect.isclass(found)


@cache
def _named(one: object, names: Names) -> tuple[object, ...]:
    """Return what the code of a function, or of the methods of a class, takes from its module or from other modules."""
    if inspect.isclass(one):
        members = [getattr(member, "__func__", member) for member in vars(one).values()]
        return tuple(
            name for member in members if inspect.isfunction(member) for name in _named(inspect.unwrap(member), names)
        )
    if inspect.isfunction(one):
        return tuple(name for code in _codes(one.__code__) for name in names(code, one.__globals__))
    return ()


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _mentioned(code: types.CodeType, names: dict[str, object]) -> Iterator[object]:
    """Yield more than `_taken`, in a tenth of the time: attributes and global names are not told apart."""
    values = [names[name] for name in code.co_names if name in names]
    yield from values
    for module in values:
        if isinstance(module, types.ModuleType):
            yield from (vars(module).get(name) for name in code.co_names)


def _taken(code: types.CodeType, names: dict[str, object]) -> Iterator[object]:
    """Yield the values of global names in `code`, and what is looked up in them when they are modules."""
    last: object = None
    for step in dis.get_instructions(code):
        if step.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
            last = names.get(step.argval)
            yield last
        elif step.opname in {"LOAD_ATTR", "LOAD_METHOD"} and isinstance(last, types.ModuleType):
            last = getattr(last, step.argval, None)
            yield last
        else:
            last = None
