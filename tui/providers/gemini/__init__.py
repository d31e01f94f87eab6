"""Gemini: the deep research agents of the Interactions API."""

from tui.providers.gemini.spec import PROVIDER

__all__ = ["PROVIDER"]
