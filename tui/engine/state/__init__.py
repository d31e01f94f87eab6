"""What the engine knows now: tasks, connections, and who waits for a change."""
