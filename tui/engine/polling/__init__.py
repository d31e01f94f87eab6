"""Polls the providers: schedule, workers, discovery, and the state of each connection."""
