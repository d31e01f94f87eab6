"""The event log: what happened, from all processes on the archive."""
