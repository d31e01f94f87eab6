"""Imports a library without modules that it needs once in a program's life or never.

Each is stood for by a module that imports the real one when it is asked for anything, and whose names, where they were
imported by name, do as much when they are called. Whoever imports such a module afterwards gets the real one.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


@contextmanager
def importing_without(*names: str) -> Iterator[None]:
    """What is imported in this block is imported without these modules; those that are there already are left alone."""
    late = [_StandIn(name) for name in names if name not in sys.modules]
    sys.modules.update({module.__name__: module for module in late})
    try:
        yield
    finally:
        for module in late:
            if sys.modules.get(module.__name__) is module:
                del sys.modules[module.__name__]  # who imports it from now on wants the real one


class _StandIn(ModuleType):
    """Has a class of every name while the library is imported, and later what the module has."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            return _LateClass(name, (), {"stand_in": self})
        return getattr(self._real(), name)

    def _real(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:  # the library uses it while it is imported
            del sys.modules[self.__name__]
        return import_module(self.__name__)


class _LateClass(type):
    """Stands for a class or a function of the module, which is imported when it is used."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls._real()(*args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls._real(), name)

    def _real(cls) -> Any:
        return getattr(cls.__dict__["stand_in"]._real(), cls.__name__)
