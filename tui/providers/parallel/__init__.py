"""Parallel: runs of the Task API, alone or in groups."""

from tui.providers.parallel.spec import PROVIDER

__all__ = ["PROVIDER"]
