"""Anthropic: reads its saved answers."""
