"""Linkup: reads its saved answers."""
