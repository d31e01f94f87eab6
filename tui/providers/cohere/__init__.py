"""Cohere: reads its saved answers."""
