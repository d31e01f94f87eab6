"""Clients and readers of the services."""
