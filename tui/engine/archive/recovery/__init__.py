"""Rescues what can be read from a damaged archive file."""
