"""Gemini: the deep research agents of the Interactions API."""
