"""divewatch: watch, read and keep your deep-research tasks in the terminal."""

__version__ = "0.1.0"
