"""Versions of one report."""
