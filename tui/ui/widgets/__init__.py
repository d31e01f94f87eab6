"""Widgets of the dashboard, each drawing frozen values and posting intent."""
