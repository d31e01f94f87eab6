"""Tavily: research whose markers are positions, paid in credits."""

from tui.providers.tavily.spec import PROVIDER

__all__ = ["PROVIDER"]
