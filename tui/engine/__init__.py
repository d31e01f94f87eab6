"""Orchestration without a user interface: schedule, poll, merge, keep, tell; runs in its own thread and loop."""
