"""Gemini's provider."""
