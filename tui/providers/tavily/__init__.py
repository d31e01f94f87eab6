"""Tavily: research whose markers are positions, paid in credits."""
