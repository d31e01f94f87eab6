"""Finds the names of the simulated services: every package beside this module."""

import pkgutil
from functools import cache

import tui.simulator

_FIRST = ("extruct", "yutori", "valyu")  # in the order people see them; the others follow by name


@cache
def service_names() -> tuple[str, ...]:
    """Return the names of all services; imports none."""
    found = {module.name for module in pkgutil.iter_modules(tui.simulator.__path__) if module.ispkg}
    return (*(name for name in _FIRST if name in found), *sorted(found.difference(_FIRST)))
