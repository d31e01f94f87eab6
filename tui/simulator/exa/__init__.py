"""The simulated Exa: agent runs."""
