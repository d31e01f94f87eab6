"""Parallel: runs of the Task API, alone or in groups."""
