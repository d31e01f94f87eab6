"""The present state of the engine: tasks, connections, and the futures of callers that wait."""
