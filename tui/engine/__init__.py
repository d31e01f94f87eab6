"""The engine, without a user interface: schedules, polls, merges, saves, notifies; runs in its own thread and loop."""
