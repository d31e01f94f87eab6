"""The seeded world of the demo."""

from tui.simulator.app import Simulation


def populate(simulation: Simulation) -> None:
    """Fill a simulation with the demo's tasks."""
    simulation.extruct.begin("hello", "medium", None, age=30)
