"""Commands, their keys, and when they are possible."""
