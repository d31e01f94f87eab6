"""Finds the service classes: the `SERVICE` in the `api` module of every package beside this one."""

from functools import cache
from importlib import import_module

from tui.simulator.names import service_names
from tui.simulator.service import Service


@cache
def service_kinds() -> dict[str, type[Service]]:
    """Return the class of every service by name."""
    return {name: import_module(f"tui.simulator.{name}.api").SERVICE for name in service_names()}
