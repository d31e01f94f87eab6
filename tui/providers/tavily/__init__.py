"""Tavily: reads its saved answers."""
