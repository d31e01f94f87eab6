"""The simulated Tavily: research."""
