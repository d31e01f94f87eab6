"""Gemini: reads its saved answers."""
