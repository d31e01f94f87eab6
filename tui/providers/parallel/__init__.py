"""Parallel: reads its saved answers."""
