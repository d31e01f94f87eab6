"""Exa: reads its saved answers."""
