"""Lays out a report for a width, without textual."""
