"""The state of a running engine: tasks, connections, event log, futures of waiting callers."""
