"""Screens and dialogs, each a command context of its own."""
