"""The simulated You.com: research."""
