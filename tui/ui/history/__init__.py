"""The event log and the costs."""
