"""Searches tasks and sources in the archive."""
